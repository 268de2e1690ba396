"""How many false alarms a shop puts up with, and how they are shared out.

Two budgets: the headline figures, which alone make a day abnormal, and everything else, which is
watched. A budget is spent as a union bound: each line gets a part of it as its p, so that the sum
holds whatever lines have to do with each other (STATISTICS 2.1).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

MONTH, WEEK = 30.0, 7.0
SAFETY = 1 / 2
"""A learned p may be wrong by half of itself: so much of a promise is spent (STATISTICS 2.2)."""
SHARES: dict[str, float] = {
    "paid_amount": 0.46,
    "visitors": 0.14,
    "conversion_rate": 0.14,
    "amount_per_buyer": 0.07,
    "refunded_amount": 0.12,
    "ad_spend": 0.07,
}
"""What each headline figure may spend. The verdict's own figure has most; spend is steered by hand
and the amount per buyer is the noisiest, so they need more evidence."""


class Sensitivity(StrEnum):
    """How easily storeops speaks up."""

    QUIET = "quiet"
    NORMAL = "normal"
    KEEN = "keen"


@dataclass(frozen=True, slots=True)
class Budgets:
    """False alarms promised per day at most."""

    headline: float
    watched: float

    def of_figure(self, metric: str) -> float:
        """Give the p at which a headline figure counts as abnormal."""
        return SAFETY * self.headline * SHARES.get(metric, min(SHARES.values()))

    @property
    def of_watched(self) -> float:
        """Give the p that all watched lines share."""
        return SAFETY * self.watched


BUDGETS: dict[Sensitivity, Budgets] = {
    Sensitivity.QUIET: Budgets(1 / (3 * MONTH), 1 / MONTH),
    Sensitivity.NORMAL: Budgets(1 / MONTH, 1 / WEEK),
    Sensitivity.KEEN: Budgets(2 / MONTH, 2 / WEEK),
}
"""quiet: a false verdict a quarter and a false notice a month; normal: one a month and one a week;
keen: two a month and two a week."""
