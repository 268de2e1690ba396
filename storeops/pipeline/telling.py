"""What the user tells: own events and own changes, entered, listed, taken out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from storeops.calendars import Stretch, load_calendar
from storeops.config import FILE_NAME, EventSettings, LoggedChange, load_settings
from storeops.errors import StoreopsError
from storeops.messages import message
from storeops.pipeline import notebook
from storeops.pipeline.windows import newest_day
from storeops.pipeline.workspace import Request, Workspace, open_record, shop_names

_BACK, _AHEAD = timedelta(days=45), timedelta(days=75)


@dataclass(frozen=True, slots=True)
class OwnEvent:
    """An own event and the file it stands in."""

    event: EventSettings
    file: str


@dataclass(frozen=True, slots=True)
class EventsAround:
    """All own events, and the calendar's stretches (own ones too) around a day."""

    day: date
    own: tuple[OwnEvent, ...]
    calendar: tuple[Stretch, ...]


def events_around(workspace: Workspace, request: Request) -> EventsAround:
    """List the events around a day: the one asked for, else the last on record, else today."""
    day = request.day or _last_day(workspace, request) or request.now.date()
    calendar = load_calendar(workspace.settings.events)
    stretches = calendar.stretches(day - _BACK, day + _AHEAD)
    return EventsAround(day, _own_events(workspace), stretches)


def _last_day(workspace: Workspace, request: Request) -> date | None:
    if not workspace.record.is_file():
        return None
    with open_record(workspace, request.now) as record:
        days = [newest_day(record, shop) for shop in shop_names(record, request)]
    return max(days, default=None)


def _own_events(workspace: Workspace) -> tuple[OwnEvent, ...]:
    configured = load_settings(workspace.root / FILE_NAME).events
    return (
        *(OwnEvent(event, FILE_NAME) for event in configured),
        *(OwnEvent(event, notebook.EVENTS_FILE) for event in notebook.events(workspace.root)),
    )


def add_event(workspace: Workspace, name: str, phase: str, days: tuple[date, date]) -> bool:
    """Enter an event.

    Returns:
        False when it was there already.

    Raises:
        StoreopsError: It has no name, or ends before it starts.
    """
    first, last = days
    if last < first:
        raise StoreopsError(message("events.backwards", first=first, last=last))
    told: dict[str, Any] = {"name": _plain(name), "start": first, "end": last, "phase": phase}
    event = EventSettings.model_validate(told)
    if event in workspace.settings.events:
        return False
    return notebook.add_event(workspace.root, event)


def remove_event(
    workspace: Workspace, name: str, start: date | None, *, is_rehearsal: bool = False
) -> tuple[EventSettings, ...]:
    """Take an event out of the notebook.

    Args:
        workspace: Whose notebook.
        name: The event's name.
        start: Its first day; needed when several of the name are kept.
        is_rehearsal: Only say what would go.

    Returns:
        What was taken out.

    Raises:
        StoreopsError: No such event, several of that name, or it stands in the configuration.
    """
    name = _plain(name)
    kept = notebook.events(workspace.root)
    gone = [event for event in kept if event.name == name and start in {None, event.start}]
    if not gone:
        raise _absent(workspace, name, kept)
    if start is None and len(gone) > 1:
        raise StoreopsError(
            message("events.several", name=name, days=tuple(event.start for event in gone)),
            message("events.several_hint"),
        )
    if not is_rehearsal:
        notebook.remove_events(workspace.root, gone)
    return tuple(gone)


def _absent(workspace: Workspace, name: str, kept: tuple[EventSettings, ...]) -> StoreopsError:
    if any(event.name == name for event in workspace.settings.events if event not in kept):
        return StoreopsError(message("events.configured", name=name, file=FILE_NAME))
    names = tuple(dict.fromkeys(event.name for event in kept))
    return StoreopsError(message("events.unknown", name=name, names=names or None))


def log_change(
    workspace: Workspace, text: str, kind: str, *, day: date, item: str | None
) -> LoggedChange:
    """Note something the user did; the same note twice is kept once.

    Raises:
        StoreopsError: There is no text, or the item id is not a number.
    """
    if item is not None and not (item.isascii() and item.isdigit()):
        raise StoreopsError(message("log.bad_item", item=item))
    told: dict[str, Any] = {"day": day, "text": _plain(text), "kind": kind, "item": item}
    change = LoggedChange.model_validate(told)
    notebook.add_change(workspace.root, change)
    return change


def _plain(text: str) -> str:
    """Drop what is not text (a byte the command line could not decode) and blanks at the ends."""
    plain = text.encode("utf-8", "ignore").decode("utf-8").strip()
    if not plain:
        raise StoreopsError(message("notebook.no_text"))
    return plain
