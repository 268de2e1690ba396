"""Weeks and months: which days a report is about, and which earlier days it is laid beside."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

WEEK = 7
WEEKS_BEFORE, MONTHS_BEFORE = 4, 3
"""Periods before that an average is taken of."""
_ONE_DAY = timedelta(days=1)


class PeriodKind(StrEnum):
    """How long a stretch a report is about."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Period:
    """The days a report is about, both ends included.

    A week runs Monday to Sunday, a month is one of the calendar; one that is not over yet ends on
    its last complete day, and ``whole_days`` says how many days the whole one has.
    """

    kind: PeriodKind
    first: date
    last: date
    whole_days: int

    @property
    def days(self) -> int:
        """Count the days."""
        return (self.last - self.first).days + 1

    @property
    def is_partial(self) -> bool:
        """Tell whether days are still to come."""
        return self.days < self.whole_days


def period_of(kind: PeriodKind, day: date, through: date | None = None) -> Period:
    """Find the period a day lies in.

    Args:
        kind: Day, week (Monday to Sunday) or month of the calendar.
        day: Any day of it.
        through: The last complete day, on which a period that is not over ends; None: ``day``
            itself is the last complete one.
    """
    first, last = _ends(kind, day)
    reached = min(last, day if through is None else max(through, first))
    return Period(kind, first, reached, (last - first).days + 1)


def before(period: Period, n: int = 1) -> Period:
    """Give the n-th period before, n >= 1: as many of its days, while this one is not over."""
    first = period.first
    for _ in range(n):
        first, last = _ends(period.kind, first - _ONE_DAY)
    whole = (last - first).days + 1
    days = min(period.days, whole) if period.is_partial else whole
    return Period(period.kind, first, first + timedelta(days=days - 1), whole)


def year_before(period: Period) -> Period | None:
    """Give the same month of last year, as many of its days; None for a week.

    Weeks have no fixed place in a year: their days are laid over last year's one by one.
    """
    return before(period, 12) if period.kind is PeriodKind.MONTH else None


def earlier(period: Period) -> tuple[Period, ...]:
    """List the periods before that an average speaks of, the nearest first."""
    count = MONTHS_BEFORE if period.kind is PeriodKind.MONTH else WEEKS_BEFORE
    return tuple(before(period, n) for n in range(1, count + 1))


def days_of(period: Period) -> Iterator[date]:
    """Give the days of a period, oldest first."""
    return (period.first + timedelta(days=n) for n in range(period.days))


def _ends(kind: PeriodKind, day: date) -> tuple[date, date]:
    if kind is PeriodKind.DAY:
        return day, day
    if kind is PeriodKind.WEEK:
        first = day - timedelta(days=day.weekday())
        return first, first + timedelta(days=WEEK - 1)
    first = day.replace(day=1)
    following = (first + timedelta(days=31)).replace(day=1)
    return first, following - _ONE_DAY
