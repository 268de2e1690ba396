"""Plain listings of what the user told: events beside the calendar's own, and changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any, Protocol

from storeops.calendars import Stretch
from storeops.config import EventSettings, LoggedChange
from storeops.messages import Message, Term, message
from storeops.reporter.lang import Catalogue
from storeops.reporter.text import inert


class _OwnEvent(Protocol):
    """An own event as ``pipeline.telling`` hands it over."""

    @property
    def event(self) -> EventSettings: ...

    @property
    def file(self) -> str: ...


class _Around(Protocol):
    """What ``pipeline.telling.events_around`` hands over."""

    @property
    def day(self) -> date: ...

    @property
    def own(self) -> Sequence[_OwnEvent]: ...

    @property
    def calendar(self) -> Sequence[Stretch]: ...


def events(found: _Around, words: Catalogue) -> str:
    """List the own events with their files, then the calendar around the day."""
    return "\n".join(words.text(line) for line in _lines(found))


def _lines(found: _Around) -> Iterator[Message]:
    yield message("events.own" if found.own else "events.none")
    for own in found.own:
        event = own.event
        yield message("events.own_line", span=_span(event.start, event.end), name=event.name,
                      phase=Term("phase", event.phase), file=own.file)  # fmt: skip
    yield message("events.calendar", day=found.day)
    for stretch in found.calendar:
        what = stretch.what
        yield message(
            "events.line",
            span=_span(stretch.first, stretch.last, evening=what.starts_at_20h),
            what=message("phase.of_event", event=what.name, phase=what.label),
            mark=message(_mark(stretch)),
        )
    if any(stretch.what.is_estimated for stretch in found.calendar):
        yield message("events.estimated_hint")


def _mark(stretch: Stretch) -> str:
    if stretch.what.is_own:
        return "events.mark.own"
    return "events.mark.estimated" if stretch.what.is_estimated else "events.mark.none"


def _span(first: date, last: date, *, evening: bool = False) -> Message:
    return message(
        f"events.span.{'evening' if evening else 'day' if first == last else 'days'}",
        first=first, last=last,
    )  # fmt: skip


def events_document(found: _Around) -> dict[str, Any]:
    """Give the events as JSON."""
    return {
        "date": found.day.isoformat(),
        "own": [
            {**own.event.model_dump(mode="json"), "name": inert(own.event.name), "file": own.file}
            for own in found.own
        ],
        "calendar": [_stretch_document(stretch) for stretch in found.calendar],
    }


def _stretch_document(stretch: Stretch) -> dict[str, Any]:
    what = stretch.what
    return {
        "event": inert(what.event or ""),
        "phase": what.label.name,
        "start": stretch.first.isoformat(),
        "end": stretch.last.isoformat(),
        "starts_at_20h": what.starts_at_20h,
        "estimated": what.is_estimated,
        "own": what.is_own,
    }


def changes(noted: Iterable[LoggedChange], words: Catalogue) -> str:
    """List the noted changes, newest first."""
    lines = [words.text(change_line(change)) for change in _newest_first(noted)]
    return "\n".join(lines) or words.say("log.none")


def change_line(change: LoggedChange) -> Message:
    """Say one noted change."""
    return message(
        "log.line_item" if change.item else "log.line",
        day=change.day, kind=Term("change", change.kind), text=change.text, item=change.item,
    )  # fmt: skip


def changes_document(noted: Iterable[LoggedChange]) -> list[dict[str, Any]]:
    """Give the noted changes as JSON, newest first."""
    return [
        {
            "date": change.day.isoformat(),
            "kind": change.kind,
            "item": change.item,
            "text": inert(change.text),
        }
        for change in _newest_first(noted)
    ]


def _newest_first(noted: Iterable[LoggedChange]) -> list[LoggedChange]:
    return sorted(noted, key=lambda change: change.day, reverse=True)
