"""A month's target: split by weekday and phase, how far the shop is, and what it would take."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from storeops.calendars import DayPhase
from storeops.messages import Unit

BEHIND_DAYS = 3
"""Days in a row after which a month is called behind (DOMAIN 12)."""


@dataclass(frozen=True, slots=True)
class Goal:
    """What a month is to bring: ``amount`` is yuan above zero, ``month`` its first day."""

    month: date
    amount: float
    is_net: bool = False
    """Whether refunds are taken off what was paid."""

    @property
    def last(self) -> date:
        """The last day of the month."""
        following = self.month.replace(day=1) + timedelta(days=31)
        return following.replace(day=1) - timedelta(days=1)


class Basis(StrEnum):
    """What a day's weight stands on besides its weekday."""

    ORDINARY = "ordinary"
    """Nothing else: an ordinary day."""
    OWN = "own"
    """What days of the last comparable event brought this shop, against its ordinary days then."""
    ASSUMED = "assumed"
    """The shipped table: the shop has no comparable day."""
    CLOSED = "closed"
    """The shop is closed: nothing is asked of the day."""


@dataclass(frozen=True, slots=True)
class DayTarget:
    """One day's part of the target, in yuan; ``weight`` 1 is an average ordinary day.

    ``due`` is the target of all days up to this one, ``paid_so_far`` what they brought; both
    ``paid`` and ``paid_so_far`` are None on days that are not counted yet.
    """

    day: date
    phase: DayPhase
    weight: float
    basis: Basis
    target: float
    due: float
    paid: float | None = None
    paid_so_far: float | None = None


@dataclass(frozen=True, slots=True)
class Lever:
    """What one factor alone would have to be per remaining day, the other two as usual.

    ``usual`` speaks of the last ordinary days: the median of daily visitors, a ratio of sums for
    the two rates. ``best`` is the same over the best seven days in a row of this shop's history,
    ordinary ones, with the daily mean for visitors; ``is_within_reach`` says that ``needed`` is
    not above it.
    """

    factor: str
    unit: Unit
    usual: float
    needed: float
    best: float
    is_within_reach: bool


@dataclass(frozen=True, slots=True)
class Pace:
    """How a month stands against its target; money is yuan, shares are fractions.

    Only completed days count. ``progress`` is the weight of the days gone by (weekday times
    phase), not their number: a promotion ahead leaves more to come than its days say. A day gone
    by without a figure adds neither to ``paid`` nor to ``progress``: what it brought is not known.
    """

    month: date
    """Its first day."""
    target: float
    through: date
    """The last day counted; the day before the month when none is."""
    paid: float
    attainment: float
    progress: float
    gap: float
    """Paid minus what the weights ask for by now; negative is behind."""
    day_target: float | None
    """The part of the target that falls on ``through``."""
    need_per_day: float | None
    """What a remaining ordinary day has to bring, 0 when the target is reached; None when no open
    day is left."""
    usual_per_day: float | None
    """The median of the last ordinary days, their weekday evened out."""
    remaining_days: int
    """Open days still to come."""
    missing_days: tuple[date, ...] = ()
    """Days gone by without a figure, and the report says so."""
    behind_days: int = 0
    """Days in a row, up to the last, on which less than 95 % of what was due had come in."""
    levers: tuple[Lever, ...] = ()
    """Empty when the usual days suffice or the history does not tell."""
    is_reachable: bool | None = None
    """False: no lever alone nor all three together at their best would do; None: cannot tell."""
    is_net: bool = False
    """Whether refunds are taken off."""
    outlook: float | None = None
    """What the month comes to when the remaining days are as usual; None when none is left."""
    days: tuple[DayTarget, ...] = ()
    """All days of the month."""

    @property
    def is_over(self) -> bool:
        """Tell whether the last day of the month is counted."""
        return self.through >= Goal(self.month, self.target).last

    @property
    def assumed_days(self) -> tuple[date, ...]:
        """List the days whose weight comes from the shipped table."""
        return tuple(day.day for day in self.days if day.basis is Basis.ASSUMED)
