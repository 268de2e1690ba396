"""The workspace: a folder of downloads with its settings, its record and its reports."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from storeops import __version__
from storeops.config import FILE_NAME, LoggedChange, Settings, load_settings
from storeops.errors import StoreopsError
from storeops.history import History
from storeops.messages import message
from storeops.pipeline import notebook

Progress = Callable[[Sequence[Any], str], Iterator[Any]]
"""Wraps a list to show a bar while it is worked through."""


def silent(items: Sequence[Any], label: str) -> Iterator[Any]:  # noqa: ARG001 (the shape of a bar)
    """Pass the items on and show nothing."""
    yield from items


@dataclass(frozen=True, slots=True)
class Workspace:
    """A folder of downloads with its settings; ``storeops diagnose FOLDER`` takes any folder.

    ``settings.events`` holds the events of the notebook as well as those of the configuration.
    """

    root: Path
    settings: Settings
    changes: tuple[LoggedChange, ...] = ()
    """What the user did, by ``storeops log``."""

    @property
    def record(self) -> Path:
        """The database file."""
        return self.root / self.settings.record.path

    @property
    def reports(self) -> Path:
        """The folder reports are filed in."""
        return self.root / self.settings.report.folder

    @property
    def formats(self) -> Path:
        """The folder of the user's own layouts."""
        return self.root / "formats"


@dataclass(frozen=True, slots=True)
class Request:
    """What the caller wants beyond the settings; None leaves it to them.

    ``now`` is the clock in Beijing time, for the import log only: the day of a report is always
    the data's. ``file_day`` and ``item_id`` serve files that carry neither.
    """

    now: datetime
    day: date | None = None
    shop: str | None = None
    file_day: date | None = None
    item_id: str | None = None
    window_days: int | None = None
    attribution: str | None = None


def open_workspace(root: Path) -> Workspace:
    """Read the settings and the notebook of a folder; without any, the defaults hold."""
    settings = load_settings(root / FILE_NAME)
    events = (*settings.events, *notebook.events(root))
    return Workspace(root, settings.model_copy(update={"events": events}), notebook.changes(root))


def open_record(workspace: Workspace, now: datetime) -> History:
    """Open the workspace's record, waiting for another run that holds it."""
    return History.open(
        workspace.record,
        wait_seconds=workspace.settings.record.wait_seconds,
        tool_version=__version__,
        now=now,
    )


def shop_names(record: History, request: Request) -> tuple[str, ...]:
    """List the shops asked for, all of the record by default."""
    names = tuple(shop.name for shop in record.shops())
    if request.shop is None or not names:
        return names
    if request.shop not in names:
        raise StoreopsError(
            message("shop.unknown", shop=request.shop, shops=names), message("shop.unknown.hint")
        )
    return (request.shop,)
