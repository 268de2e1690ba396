"""What the metrics hand over of figures that still grow: small frozen records."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Expected:
    """What a figure that still grows will come to, with a 90 % interval.

    ``cohorts`` counts the past days it was learned from (mornings, for several days together);
    None when the figure is done and nothing was to be learned.
    """

    value: float
    low: float
    high: float
    cohorts: int | None


@dataclass(frozen=True, slots=True)
class GrowingDay:
    """One day whose figure still grows, at its present age in days (1 on the next morning).

    ``expected`` is what it will come to, None where that cannot be told yet.
    """

    day: date
    age: int
    now: float
    expected: Expected | None


@dataclass(frozen=True, slots=True)
class ReturnOutlook:
    """Final return on ad spend of the trailing week: its growing days, and the week by money.

    ``days`` are returns, ``orders`` the attributed orders of the same days where they are known.
    """

    days: tuple[GrowingDay, ...]
    orders: tuple[GrowingDay, ...]
    week_now: float
    week: Expected | None


@dataclass(frozen=True, slots=True)
class RefundOutlook:
    """Refunds of the orders paid on some days, in yuan: so far, and what they will come to.

    ``share`` is the expected final amount over the paid amount of the same days, ``share_before``
    the same of the days that are done.
    """

    first: date
    last: date
    now: float
    expected: Expected | None
    share: float | None
    share_before: float | None
