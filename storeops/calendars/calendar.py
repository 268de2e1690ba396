"""Which days are ordinary and which are not: promotions with phases, holidays, worked weekends.

The dates are data (``promotions.yaml``, ``holidays.yaml``); events of the user's configuration
are merged in and win. Days are Beijing natural days.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from importlib import resources
from typing import Any

import yaml

from storeops.config import EventSettings
from storeops.messages import Term

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_ONE_DAY = timedelta(days=1)
_EVENING = " 20:00"
_OUTER_WAVE = 9
"""Warm-up before the whole event is never laid over a warm-up between two waves."""
_SATURDAY, _FRIDAY, _MONDAY = 5, 4, 0


class Phase(StrEnum):
    """What kind of day it is; only ``NORMAL`` days train a baseline."""

    NORMAL = "normal"
    WARMUP = "warmup"
    DEPOSIT = "deposit"
    BALANCE = "balance"
    BURST = "burst"
    SALE = "sale"
    ENCORE = "encore"
    AFTERMATH = "aftermath"
    HOLIDAY = "holiday"
    CLOSED = "closed"

    @property
    def is_promotion(self) -> bool:
        """Tell whether customers meet a promotion on such a day (warm-up and encore included)."""
        return self in _PROMOTION


_PROMOTION = frozenset(
    {Phase.WARMUP, Phase.DEPOSIT, Phase.BALANCE, Phase.BURST, Phase.SALE, Phase.ENCORE}
)
_RANK = {
    phase: rank
    for rank, phase in enumerate(
        (
            Phase.NORMAL, Phase.AFTERMATH, Phase.WARMUP, Phase.HOLIDAY, Phase.ENCORE, Phase.SALE,
            Phase.DEPOSIT, Phase.BALANCE, Phase.BURST, Phase.CLOSED,
        )
    )
}  # fmt: skip


class Level(StrEnum):
    """How far an event reaches beyond its own days."""

    MAJOR = "major"
    MIDDLE = "middle"
    MINOR = "minor"
    OWN = "own"
    """From the user's configuration: exactly the days given."""


@dataclass(frozen=True, slots=True)
class _Reach:
    """Days before the first and after the last day of an event that it still colours."""

    warmup: int
    encore: int
    aftermath: int


_REACH = {
    Level.MAJOR: _Reach(warmup=7, encore=3, aftermath=11),
    Level.MIDDLE: _Reach(warmup=3, encore=0, aftermath=3),
    Level.MINOR: _Reach(warmup=0, encore=0, aftermath=0),
}


@dataclass(frozen=True, slots=True)
class DayPhase:
    """The phase of one day.

    ``event`` is the event's key (``double_11``) or the name the user gave it (``is_own``);
    ``year`` tells one edition from another. ``wave`` (0 is the last stretch of this phase in the
    edition, 1 the one before it) and ``offset`` (days from the first day of the stretch) lay
    editions over each other. ``starts_at_20h``: the phase begins at 20:00 on this day, most of
    the day still belongs to the one before.
    ``is_estimated``: the date is not confirmed by a public source.
    """

    phase: Phase = Phase.NORMAL
    event: str | None = None
    year: int = 0
    level: Level | None = None
    wave: int = 0
    offset: int = 0
    starts_at_20h: bool = False
    is_estimated: bool = False

    @property
    def is_own(self) -> bool:
        """Tell whether the event comes from the user's configuration."""
        return self.level is Level.OWN

    @property
    def name(self) -> Term | str | None:
        """Give the event's name as a message argument: a term, or the user's own words."""
        if self.event is None or self.is_own:
            return self.event
        return Term("holiday" if self.level is None else "promotion", self.event)


_NORMAL = DayPhase()
_Claim = tuple[int, DayPhase, int]
"""Strength of the phase, its stretch, and the days since the stretch began."""


class Calendar:
    """Phases by day. Build it with :func:`load_calendar`."""

    def __init__(
        self, days: Mapping[date, _Claim], worked: frozenset[date], holidays_until: date
    ) -> None:
        self._days = days
        self._worked = worked
        self.holidays_until = holidays_until
        """Last day for which the table of legal holidays speaks."""

    def phase(self, day: date) -> DayPhase:
        """Give the phase of a day; days no event claims are ``NORMAL``."""
        claim = self._days.get(day)
        if claim is None:
            return _NORMAL
        _, what, offset = claim
        return replace(what, offset=offset, starts_at_20h=what.starts_at_20h and offset == 0)

    def phases(self, first: date, last: date) -> tuple[DayPhase, ...]:
        """Give the phases of all days from ``first`` to ``last``, both included."""
        return tuple(self.phase(day) for day in days_between(first, last))

    def is_worked_weekend(self, day: date) -> bool:
        """Tell whether the State Council made this Saturday or Sunday a working day."""
        return day in self._worked

    def effective_weekday(self, day: date) -> int:
        """Give the weekday whose profile the day follows, Monday is 0.

        A worked Saturday follows Friday, a worked Sunday Monday.
        """
        weekday = day.weekday()
        if day not in self._worked:
            return weekday
        return _FRIDAY if weekday == _SATURDAY else _MONDAY

    def effective_weekdays(self, first: date, last: date) -> tuple[int, ...]:
        """Give the effective weekday of all days from ``first`` to ``last``, both included."""
        return tuple(self.effective_weekday(day) for day in days_between(first, last))

    def same_phase_before(self, day: date, earliest: date) -> date | None:
        """Find the day of the previous comparable event with the same phase and offset.

        The latest earlier edition of the same event is preferred (last year's 11.11), then the
        latest event of the same level (6.18 for 11.11).

        Returns:
            A day not before ``earliest``, or None when no such event lies in reach.
        """
        here = self.phase(day)
        if here.event is None or here.is_own:
            return None
        same: date | None = None
        alike: date | None = None
        for other, (_, there, offset) in self._days.items():
            near = earliest <= other < day and offset == here.offset
            if not near or not _comparable(here, there):
                continue
            if there.event == here.event:
                same = max(same or other, other)
            else:
                alike = max(alike or other, other)
        return same or alike


def _comparable(here: DayPhase, there: DayPhase) -> bool:
    return (
        there.phase is here.phase
        and there.wave == here.wave
        and there.level is here.level
        and (there.event, there.year) != (here.event, here.year)
        and (here.level is not None or there.event == here.event)
    )


def days_between(first: date, last: date) -> tuple[date, ...]:
    """List the days from ``first`` to ``last``, both included; empty when last is before first."""
    start = first.toordinal()
    return tuple(date.fromordinal(n) for n in range(start, last.toordinal() + 1))


def load_calendar(events: Iterable[EventSettings] = ()) -> Calendar:
    """Build the calendar from the shipped tables and the user's own events.

    Args:
        events: Events of the configuration; where they overlap they win over the tables.
    """
    days: dict[date, _Claim] = {}
    holidays = _table("holidays.yaml")
    for name, spans in holidays["holidays"].items():
        for text in spans:
            first, last, _ = _span(text)
            _put_span(days, first, last, DayPhase(Phase.HOLIDAY, name, last.year))
    for name, row in _table("promotions.yaml").items():
        for year, phases in row["editions"].items():
            edition = DayPhase(
                event=name,
                year=year,
                level=Level(row["level"]),
                is_estimated=year in row["estimated"],
            )
            _put_edition(days, edition, phases)
    for event in events:
        own = DayPhase(Phase(event.phase), event.name, event.start.year, Level.OWN)
        for index, day in enumerate(days_between(event.start, event.end)):
            days[day] = (_RANK[own.phase], own, index)
    worked = frozenset(date.fromisoformat(text) for text in holidays["worked_weekends"])
    return Calendar(days, worked, date.fromisoformat(holidays["until"]))


def _table(name: str) -> Any:
    text = resources.files("storeops.calendars").joinpath(name).read_text(encoding="utf-8")
    return yaml.load(text, Loader=_Loader)  # noqa: S506 (a safe loader, the C one when built)


def _put_edition(
    days: dict[date, _Claim], edition: DayPhase, phases: Mapping[str, list[str]]
) -> None:
    """Enter one edition of a promotion: its own phases, and the days around it."""
    firsts, lasts = [], []
    for phase, texts in phases.items():
        for wave, text in enumerate(reversed(texts)):
            first, last, evening = _span(text)
            what = replace(edition, phase=Phase(phase), wave=wave, starts_at_20h=evening)
            _put_span(days, first, last, what)
            firsts.append(first)
            lasts.append(last)
    reach = _REACH[edition.level or Level.MINOR]
    start, end = min(firsts), max(lasts)
    around = (
        (Phase.WARMUP, start - reach.warmup * _ONE_DAY, reach.warmup),
        (Phase.ENCORE, end + _ONE_DAY, reach.encore),
        (Phase.AFTERMATH, end + (1 + reach.encore) * _ONE_DAY, reach.aftermath),
    )
    for outer, first, length in around:
        what = replace(edition, phase=outer, wave=_OUTER_WAVE)
        _put_span(days, first, first + (length - 1) * _ONE_DAY, what)


def _span(text: str) -> tuple[date, date, bool]:
    """Read ``2025-10-20 20:00 / 2025-10-21``; one day may stand alone."""
    start, _, end = text.partition(" / ")
    first = date.fromisoformat(start.removesuffix(_EVENING))
    return first, date.fromisoformat(end) if end else first, start.endswith(_EVENING)


def _put_span(days: dict[date, _Claim], first: date, last: date, what: DayPhase) -> None:
    """Enter a phase day by day; the stronger phase keeps a day that two events claim."""
    strength = 0 if what.level is Level.MINOR else _RANK[what.phase]
    for index, day in enumerate(days_between(first, last)):
        held = days.get(day)
        if held is None or strength > held[0]:
            days[day] = (strength, what, index)
