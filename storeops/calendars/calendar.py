"""Which days are ordinary and which are not: promotions with phases, holidays, worked weekends.

Days are Beijing natural days. ``loading`` reads the tables; this module answers for a day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby

from storeops.calendars.phases import DayPhase, Phase

_ONE_DAY = timedelta(days=1)
_SATURDAY, _FRIDAY, _MONDAY = 5, 4, 0
_NORMAL = DayPhase()
_YEAR = timedelta(days=364)
"""A year back on the same weekday."""
_SHIFT = timedelta(days=36)
"""How far a year's edition may lie from a year before: lunar dates move by 11 to 19 days."""
_NEARBY = 14
"""Days around a year ago in which an ordinary day of the same weekday is looked for."""
_FESTIVAL_DAYS = {
    "spring_festival": (30, 20),
    "dragon_boat": (7, 3),
    "mid_autumn": (14, 3),
    "qixi": (7, 1),
}
"""Days before and after a lunar festival on which it, and not the date, decides what is bought."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Consecutive days of one phase of one edition, both ends included."""

    what: DayPhase
    first: date
    last: date


@dataclass(frozen=True, slots=True, eq=False)
class Claim:
    """A stretch as a table or the user states it.

    ``strength`` decides who keeps a day that two claim. ``anchor`` is the day that editions are
    laid over each other by: the first full day, or the festival itself. ``event`` are the
    edition's own days, without what lies around them.
    """

    what: DayPhase
    first: date
    last: date
    strength: int
    anchor: date
    event: tuple[date, date]

    @property
    def has_evening(self) -> bool:
        """Tell whether the stretch begins at 20:00."""
        return self.what.starts_at_20h

    def on(self, day: date, before: Phase) -> DayPhase:
        """Give the phase as it is on one of the days; ``before`` is the phase of the day before."""
        offset = (day - self.first).days
        evening = self.has_evening and offset == 0
        return replace(
            self.what,
            offset=offset,
            starts_at_20h=evening,
            until_20h=before if evening else None,
            is_first_full_day=offset == int(self.has_evening),
            days_before=max((self.event[0] - day).days, 0),
            days_after=max((day - self.event[1]).days, 0),
            is_last_day=day == self.event[1],
        )


class Calendar:
    """Phases by day. Build it with :func:`storeops.calendars.load_calendar`."""

    def __init__(
        self,
        claims: Iterable[Claim],
        worked: frozenset[date],
        festivals: Mapping[str, tuple[date, ...]],
        *,
        spoken_for: tuple[date, date],
    ) -> None:
        self._claims = tuple(claims)
        self._days = _settled(self._claims)
        self._worked = worked
        self._festivals = festivals
        self._since = spoken_for[0]
        self.holidays_until = spoken_for[1]
        """Last day for which the table of legal holidays speaks."""

    def phase(self, day: date) -> DayPhase:
        """Give the phase of a day; days no event claims are ``NORMAL``."""
        claim = self._days.get(day)
        if claim is None:
            return _NORMAL
        return claim.on(day, self._kind(day - _ONE_DAY))

    def _kind(self, day: date) -> Phase:
        claim = self._days.get(day)
        return Phase.NORMAL if claim is None else claim.what.phase

    def phases(self, first: date, last: date) -> tuple[DayPhase, ...]:
        """Give the phases of all days from ``first`` to ``last``, both included."""
        return tuple(self.phase(day) for day in days_between(first, last))

    def stretches(self, first: date, last: date) -> tuple[Stretch, ...]:
        """List the stretches that touch a span, as far as no stronger one covers them."""
        found = []
        for claim, days in groupby(self._around(first, last), self._days.get):
            shown = tuple(days)
            if claim is not None and shown[-1] >= first and shown[0] <= last:
                found.append(Stretch(self.phase(shown[0]), shown[0], shown[-1]))
        return tuple(found)

    def _around(self, first: date, last: date) -> tuple[date, ...]:
        """List the days of a span and those of the stretches that reach over its ends."""
        ends = [claim for day in (first, last) if (claim := self._days.get(day))]
        return days_between(
            min([first, *(claim.first for claim in ends)]),
            max([last, *(claim.last for claim in ends)]),
        )

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
        """Find the day of the previous comparable event with the same phase and place in it.

        The latest earlier edition of the same event is preferred (last year's 11.11), then the
        latest event of the same level that begins at the same hour (6.18 for 11.11). Stretches are
        laid over each other by their first full day, lunar holidays by the festival itself. An own
        event is compared with the last own event of the same name.

        Returns:
            A day not before ``earliest``, or None when no such event lies in reach.
        """
        found = [(is_same, other) for is_same, other in self._like(day) if earliest <= other < day]
        return max(found)[1] if found else None

    def _like(self, day: date) -> Iterator[tuple[bool, date]]:
        """Give the days of other editions that lie in them as this one does in its own."""
        here = self._days.get(day)
        if here is None or here.what.phase is Phase.NORMAL:
            return
        for there in self._claims:
            other = there.anchor + (day - here.anchor)
            if _comparable(here, there) and self._days.get(other) is there:
                yield there.what.event == here.what.event, other

    def year_before(self, day: date) -> date | None:
        """Find the day a year ago that may be compared with this one.

        An event day is laid over the same event's last edition; a day near a lunar festival is
        aligned by its distance to the festival, not by date; any other day by weekday (worked
        weekends as workdays) with an ordinary day about 364 days before.

        Returns:
            None where last year's day was of another kind or lies before the tables begin.
        """
        edition = self._edition_before(day)
        if edition is not None:
            return edition
        other = self._by_festival(day) if self._festival(day) else self._by_weekday(day)
        if other is None or other < self._since:
            return None
        return other if self._kind(other) is self._kind(day) else None

    def _edition_before(self, day: date) -> date | None:
        around = day - _YEAR
        editions = (other for is_same, other in self._like(day) if is_same)
        return max((o for o in editions if abs(o - around) <= _SHIFT), default=None)

    def _festival(self, day: date) -> tuple[str, date] | None:
        """Name the lunar festival a day is near to."""
        for name, days in self._festivals.items():
            before, after = _FESTIVAL_DAYS[name]
            for festival in days:
                if -before <= (day - festival).days <= after:
                    return name, festival
        return None

    def _by_festival(self, day: date) -> date | None:
        near = self._festival(day)
        if near is None:
            return None
        name, festival = near
        earlier = [other for other in self._festivals[name] if other < festival]
        return max(earlier) + (day - festival) if earlier else None

    def _by_weekday(self, day: date) -> date | None:
        candidates = (day - _YEAR + n * _ONE_DAY for n in range(-_NEARBY, _NEARBY + 1))
        alike = [
            other
            for other in candidates
            if self._kind(other) is Phase.NORMAL
            and self._festival(other) is None
            and self.effective_weekday(other) == self.effective_weekday(day)
        ]
        return min(alike, key=lambda other: abs(day - _YEAR - other), default=None)


def _settled(claims: Iterable[Claim]) -> dict[date, Claim]:
    """Give every day to its strongest claim; of equals the first, an own event always."""
    days: dict[date, Claim] = {}
    for claim in claims:
        for day in days_between(claim.first, claim.last):
            held = days.get(day)
            if held is None or claim.strength > held.strength or claim.what.is_own:
                days[day] = claim
    return days


def _comparable(here: Claim, there: Claim) -> bool:
    one, other = here.what, there.what
    alike = other.phase is one.phase and other.wave == one.wave and other.level is one.level
    if not alike or other.is_buildup:
        return False
    if one.is_own:
        return other.event == one.event and there.first != here.first
    if other.event == one.event:
        return other.year != one.year
    return one.level is not None and there.has_evening == here.has_evening


def days_between(first: date, last: date) -> tuple[date, ...]:
    """List the days from ``first`` to ``last``, both included; empty when last is before first."""
    start = first.toordinal()
    return tuple(date.fromordinal(n) for n in range(start, last.toordinal() + 1))
