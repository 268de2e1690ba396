"""A month's target: split by weekday and phase, how far the shop is, and what it would take."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from storeops.messages import Unit


@dataclass(frozen=True, slots=True)
class Lever:
    """What one factor alone would have to be per remaining day, the other two as usual.

    ``usual`` is its median over the last normal days, ``best`` the best seven days in a row of
    this shop's own history; ``is_within_reach`` says that ``needed`` is not above ``best``.
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
    phase), not their number: a promotion ahead leaves more to come than its days say.
    """

    month: date
    """Its first day."""
    target: float
    through: date
    """The last day counted."""
    paid: float
    attainment: float
    progress: float
    gap: float
    """Paid minus what the weights ask for by now; negative is behind."""
    day_target: float | None
    """The part of the target that falls on ``through``."""
    need_per_day: float | None
    """What a remaining normal day has to bring; None when no day is left."""
    usual_per_day: float | None
    """The median of the last normal days."""
    remaining_days: int
    missing_days: tuple[date, ...] = ()
    """Days gone by without a figure: they count as nothing paid, and the report says so."""
    behind_days: int = 0
    """Days in a row, up to the last, on which less than 95 % of what was due had come in."""
    levers: tuple[Lever, ...] = ()
    is_reachable: bool | None = None
    """False: no lever alone nor all three together at their best would do; None: cannot tell."""
    is_net: bool = False
    """Whether refunds are taken off."""
