"""What is to be run when, as the user says it, and the entry a system's scheduler gets for it."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum

from storeops.delivery.schedule.clock import LocalClock, Slot
from storeops.errors import StoreopsError
from storeops.messages import Message, message

EVERY_DAY = tuple(range(7))
ID = re.compile(r"[0-9a-f]{12}")

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class System(StrEnum):
    """The scheduler that keeps the entry."""

    CRON = "cron"
    SYSTEMD = "systemd"
    WINDOWS = "windows"


@dataclass(frozen=True, slots=True)
class Job:
    """The run of one folder.

    Attributes:
        folder: Absolute path of the workspace.
        times: Times of day in Beijing.
        python: Absolute path of the interpreter that has storeops.
        days: Weekdays in Beijing, Monday is 0.
        locale: Value of LANG the run gets, so that "auto" means the same language as here.
    """

    folder: str
    times: tuple[time, ...]
    python: str
    days: tuple[int, ...] = EVERY_DAY
    locale: str | None = None

    def __post_init__(self) -> None:
        """Refuse what no entry can hold: a line break would start a line of its own."""
        for path in (self.folder, self.python):
            if _CONTROL.search(path):
                raise StoreopsError(
                    message("schedule.bad_path", path=path), message("schedule.bad_path_hint")
                )

    @property
    def arguments(self) -> tuple[str, ...]:
        """What the interpreter is given."""
        return ("-m", "storeops", "run", self.folder)

    @property
    def environment(self) -> dict[str, str]:
        """What the run needs of its surroundings.

        ``PYTHONSAFEPATH`` keeps Python from importing a file of the folder it is started in: that
        folder is full of downloads.
        """
        given = {"PYTHONUTF8": "1", "PYTHONSAFEPATH": "1"}
        return given | ({"LANG": self.locale} if self.locale else {})


@dataclass(frozen=True, slots=True)
class Machine:
    """Where the entry is made: the clock of its scheduler, the moment, the folder of units."""

    platform: str
    clock: LocalClock
    now: datetime
    units: str


@dataclass(frozen=True, slots=True)
class Page:
    """One text an entry consists of, and where it is put."""

    where: str
    text: str


@dataclass(frozen=True, slots=True)
class Entry:
    """All that will be written and run, so that it can be shown first."""

    id: str
    system: System
    job: Job
    slots: tuple[Slot, ...]
    """When it runs by the scheduler's own clock."""
    pages: tuple[Page, ...]
    commands: tuple[tuple[str, ...], ...]
    notes: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class Installed:
    """An entry of ours as a scheduler holds it; ``folder`` is empty when it cannot be read."""

    id: str
    system: System
    folder: str
    slots: tuple[Slot, ...]
    clock: LocalClock
    active: bool = True

    def next_run(self, now: datetime) -> datetime | None:
        """Give the next moment it runs, None when it never does."""
        moments = [slot.next(self.clock, now) for slot in self.slots if self.active]
        return min(filter(None, moments), default=None)


def entry_id(folder: str, system: System) -> str:
    """Derive the id of a folder's entry; Windows does not tell capitals from small letters."""
    same = folder.casefold() if system is System.WINDOWS else folder
    return hashlib.sha256(same.encode("utf-8", "surrogateescape")).hexdigest()[:12]


def parse_time(text: str) -> time:
    """Read a time of day such as ``08:30``.

    Raises:
        StoreopsError: Not a time.
    """
    match = re.fullmatch(r"([01]?[0-9]|2[0-3])[:\uff1a]([0-5][0-9])", text.strip())
    if match is None:
        raise StoreopsError(
            message("schedule.bad_time", text=text), message("schedule.bad_time_hint")
        )
    return time(int(match[1]), int(match[2]))
