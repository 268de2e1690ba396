"""``storeops doctor``: whether tomorrow's run will work, one check at a time.

Each check stands alone: one that breaks is one line of the result and never ends the others, and
of what broke only the kind is told, because an exception may quote what must not be shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from storeops.config import FILE_NAME, Settings, load_settings
from storeops.errors import StoreopsError
from storeops.facts import SHOP_PERIOD
from storeops.history import History
from storeops.messages import message
from storeops.pipeline.checks import CHECKS
from storeops.pipeline.checks.visit import Check, Look, Status, Visit
from storeops.pipeline.questions import Coverage

__all__ = ["Check", "Checkup", "Status", "checkup"]

CALENDAR = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Checkup:
    """All checks, and per shop the calendar of the last two weeks."""

    checks: tuple[Check, ...]
    coverage: tuple[Coverage, ...]
    language: str = "auto"
    """The language the settings ask for."""

    @property
    def faulty(self) -> bool:
        """Whether any check found a fault."""
        return any(check.status is Status.FAULT for check in self.checks)


def checkup(
    root: Path, now: datetime, environ: Mapping[str, str], *, offline: bool = False
) -> Checkup:
    """Check a workspace and the machine it is on; nothing is sent, and no data is changed.

    Args:
        root: The workspace.
        now: The clock in Beijing time.
        environ: The environment, for secrets and the language.
        offline: Leave out what needs the network.
    """
    settings, found = _settings(root)
    visit = Visit(root, now, settings or Settings(), environ, offline)
    for name, look in CHECKS:
        found += tuple(_alone(name, look, visit))
    return Checkup(found, _coverage(visit), visit.settings.report.language)


def _settings(root: Path) -> tuple[Settings | None, tuple[Check, ...]]:
    """Read the settings; without readable ones the other checks go by the defaults."""
    try:
        settings = load_settings(root / FILE_NAME)
    except StoreopsError as error:
        return None, (Check("config", Status.FAULT, error.problem, error.hint),)
    except Exception as error:  # noqa: BLE001 (each check stands alone)
        return None, (_broken("config", error),)
    kind = "read" if (root / FILE_NAME).is_file() else "absent"
    said = message(f"doctor.config_{kind}", file=FILE_NAME)
    return settings, (Check("config", Status.OK, said),)


def _alone(name: str, look: Look, visit: Visit) -> Iterator[Check]:
    try:
        yield from look(visit)
    except StoreopsError as error:
        yield Check(name, Status.FAULT, error.problem, error.hint)
    except Exception as error:  # noqa: BLE001 (each check stands alone)
        yield _broken(name, error)


def _broken(name: str, error: Exception) -> Check:
    said = message("doctor.broken", check=name, kind=type(error).__name__)
    return Check(name, Status.FAULT, said, message("doctor.broken_hint"))


def _coverage(visit: Visit) -> tuple[Coverage, ...]:
    """Lay out the last days; what keeps the record from being read is told by its own check."""
    try:
        with visit.record() as record:
            return tuple(_calendar(record, visit))
    except Exception:  # noqa: BLE001
        return ()


def _calendar(record: History, visit: Visit) -> Iterator[Coverage]:
    for shop in record.shops():
        ends = (end for fact, (_, end) in shop.days.items() if fact != SHOP_PERIOD.name)
        last = max(ends, default=visit.now.date())
        first = last - CALENDAR + timedelta(days=1)
        rows = record.coverage(shop.name, first=first, last=last)
        restated = record.restatements(shop.name, first=first, last=last)
        yield Coverage(shop.name, first, last, rows, restated)
