"""Schedule entries as text and JSON: before they are made, and those there are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, time, tzinfo
from typing import Any, Protocol

from storeops.messages import Message, Term
from storeops.reporter.lang import Catalogue
from storeops.reporter.text import inert


class _Slot(Protocol):
    """A time on some weekdays."""

    @property
    def at(self) -> time: ...

    @property
    def days(self) -> tuple[int, ...]: ...


class _Clock(Protocol):
    """The clock an entry goes by."""

    @property
    def name(self) -> str: ...


class _Page(Protocol):
    """One text of an entry."""

    @property
    def where(self) -> str: ...

    @property
    def text(self) -> str: ...


class _Job(Protocol):
    """What is run, by Beijing's clock."""

    @property
    def folder(self) -> str: ...

    @property
    def times(self) -> tuple[time, ...]: ...

    @property
    def days(self) -> tuple[int, ...]: ...


class _Entry(Protocol):
    """What ``delivery.schedule.plan`` hands over."""

    @property
    def id(self) -> str: ...

    @property
    def system(self) -> str: ...

    @property
    def job(self) -> _Job: ...

    @property
    def pages(self) -> Sequence[_Page]: ...

    @property
    def commands(self) -> Sequence[tuple[str, ...]]: ...

    @property
    def notes(self) -> Sequence[Message]: ...


class _Installed(Protocol):
    """What ``delivery.schedule.installed`` hands over, one per entry."""

    @property
    def id(self) -> str: ...

    @property
    def system(self) -> str: ...

    @property
    def folder(self) -> str: ...

    @property
    def slots(self) -> Sequence[_Slot]: ...

    @property
    def clock(self) -> _Clock: ...

    @property
    def active(self) -> bool: ...

    def next_run(self, now: datetime) -> datetime | None: ...


_WEEK = 7


def entry(planned: _Entry, words: Catalogue) -> str:
    """Show an entry in full: when, the exact texts, the commands, and what to know."""
    return "\n".join(_lines(planned, words))


def _lines(planned: _Entry, words: Catalogue) -> Iterator[str]:
    job = planned.job
    yield words.say(
        "schedule.entry",
        system=Term("scheduler", str(planned.system)),
        folder=job.folder,
        days=_days(job.days, words),
        times=tuple(f"{at:%H:%M}" for at in job.times),
    )
    for page in planned.pages:
        yield ""
        yield words.say("schedule.page", where=page.where)
        yield from (f"    {inert(line)}".rstrip() for line in page.text.rstrip("\n").split("\n"))
    yield ""
    yield words.say("schedule.commands")
    yield from (f"    {inert(' '.join(command))}" for command in planned.commands)
    yield ""
    yield from (f"- {words.text(note)}" for note in planned.notes)


def installed(found: Sequence[_Installed], now: datetime, beijing: tzinfo, words: Catalogue) -> str:
    """List the entries there are, each with its next run in Beijing time."""
    if not found:
        return words.say("schedule.none")
    return "\n".join(line for each in found for line in _shown(each, now, beijing, words))


def _shown(each: _Installed, now: datetime, beijing: tzinfo, words: Catalogue) -> Iterator[str]:
    yield words.say(
        "schedule.installed",
        folder=each.folder or each.id,
        system=Term("scheduler", str(each.system)),
        id=each.id,
    )
    for slot in each.slots:
        days = _days(slot.days, words)
        yield "    " + words.say(
            "schedule.slot", days=days, at=f"{slot.at:%H:%M}", clock=each.clock.name
        )
    upcoming = each.next_run(now)
    if not each.active:
        yield "    " + words.say("schedule.inactive")
    elif upcoming is None:
        yield "    " + words.say("schedule.unreadable")
    else:
        there = upcoming.astimezone(beijing)
        yield "    " + words.say("schedule.next", day=words.day(there.date()), at=f"{there:%H:%M}")


def _days(days: tuple[int, ...], words: Catalogue) -> str:
    if len(days) == _WEEK:
        return words.say("schedule.every_day")
    return words.argument(tuple(Term("weekday", str(day)) for day in days))


def document(found: Sequence[_Installed], now: datetime, beijing: tzinfo) -> dict[str, Any]:
    """Give the entries there are as JSON; times by the named clock, the next run in Beijing."""
    return {
        "schema": "storeops.schedule/1",
        "entries": [
            {
                "id": each.id,
                "system": str(each.system),
                "folder": each.folder or None,
                "active": each.active,
                "clock": each.clock.name,
                "times": [
                    {"at": f"{slot.at:%H:%M}", "weekdays": [day + 1 for day in slot.days]}
                    for slot in each.slots
                ],
                "next_run": upcoming.astimezone(beijing).isoformat()
                if (upcoming := each.next_run(now))
                else None,
            }
            for each in found
        ],
    }
