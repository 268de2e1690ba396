"""The days of a period and of those beside it, and what may be said of several days at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from storeops.calendars import Calendar, Phase
from storeops.facts import Window
from storeops.fields import FIELDS, Col
from storeops.metrics.completeness import complete_days
from storeops.metrics.definitions import (
    METRICS,
    DailyMean,
    Metric,
    RatioOfSums,
    Sum,
    from_sums,
    quotient,
)
from storeops.metrics.panel import Bools, Days, Ints
from storeops.metrics.periods import Period
from storeops.metrics.results import Totals
from storeops.metrics.shop import ShopLines, shop_lines

THREE = (Col.VISITORS, Col.PAID_BUYERS, Col.PAID_AMOUNT)
_WEIGHTS = tuple(Metric(str(c), FIELDS[c].unit, Sum((c,)), (), "weight of a rate") for c in THREE)
"""Daily counts as weights of rates and splits; of people such a sum is no number of people."""


@dataclass(frozen=True, slots=True)
class Ground:
    """A shop's lines, and which of its days are whole.

    ``whole``: the key figures are there, or the shop was closed; what is missing is never zero.
    ``promoted``: customers met a promotion.
    """

    shop: ShopLines
    whole: Bools
    promoted: Bools

    @property
    def days(self) -> Days:
        """Give the days of the window."""
        return self.shop.days

    def of(self, period: Period) -> Ints:
        """Give the positions of a period's days that lie inside the window."""
        first, last = self.days.index(period.first), self.days.index(period.last)
        return np.arange(max(first, 0), min(last, len(self.days) - 1) + 1, dtype=np.intp)

    def known(self, metric: Metric, where: Ints) -> Ints:
        """Keep the whole days that have all columns of a metric."""
        if not self.shop.has(metric):
            return where[:0]
        fine = self.whole[where]
        for column in metric.columns:
            fine = fine & ~np.isnan(self.shop.lines[column][where])
        return where[fine]

    def value(self, metric: Metric, where: Ints) -> float | None:
        """Compute a metric over the days that have it: a sum, a mean of people, or a Σ/Σ.

        Returns:
            None when no day has it, or for a kind that several days cannot be put into.
        """
        known = self.known(metric, where)
        if not len(known) or not isinstance(metric.kind, Sum | DailyMean | RatioOfSums):
            return None
        sums = {str(c): float(self.shop.lines[c][known].sum()) for c in metric.columns}
        if isinstance(metric.kind, DailyMean):
            return quotient(sums[metric.kind.column], len(known))
        return from_sums(metric, sums)

    def totals(self, where: Ints) -> Totals | None:
        """Add the daily counts and the money of some days; None when one of the three is absent.

        The sums of people are only what rates and splits weigh with, no number of people.
        """
        if not all(column in self.shop.lines for column in THREE):
            return None
        rows = np.stack([self.shop.lines[column][where] for column in THREE])
        rows = rows[:, ~np.isnan(rows).any(axis=0)]
        return Totals(*map(float, rows.sum(axis=1))) if rows.shape[1] else None

    def dates(self, where: Ints) -> tuple[date, ...]:
        """Name the days at some positions."""
        return self.days.dates(where)


def ground_of(window: Window, calendar: Calendar) -> Ground:
    """Lay a shop's days out and mark the whole and the promoted ones."""
    shop = shop_lines(window, calendar)
    phases = calendar.phases(window.first_day, window.day)
    closed = np.array([phase.phase is Phase.CLOSED for phase in phases], dtype=bool)
    told = np.any([~np.isnan(line) for line in shop.lines.values()], axis=0) & closed
    return Ground(
        shop=shop,
        whole=complete_days(shop.lines, len(shop.days)) | told,
        promoted=np.array([phase.phase.is_promotion for phase in phases], dtype=bool),
    )


def beside(ground: Ground, metric: Metric, now: Period, other: Period) -> float | None:
    """Compute a metric over another period so that it may be laid beside one.

    Where days are missing on either side, only days in the same place of both periods are taken,
    and a sum is brought to as many days as are known here.
    """
    here, there = ground.of(now), ground.of(other)
    known, theirs = ground.known(metric, here), ground.known(metric, there)
    if not len(known) or not len(theirs):
        return None
    if len(known) == now.days and len(theirs) == other.days:
        return ground.value(metric, theirs)
    start, other_start = ground.days.index(now.first), ground.days.index(other.first)
    shared = np.intersect1d(known - start, theirs - other_start)
    value = ground.value(metric, shared + other_start)
    return _scaled(metric, value, len(known), len(shared))


def totals_beside(ground: Ground, now: Period, other: Period) -> Totals | None:
    """Add another period's daily counts and money, brought to as many days as are known here."""
    sums = [beside(ground, weight, now, other) for weight in _WEIGHTS]
    known = [value for value in sums if value is not None]
    return Totals(*known) if len(known) == len(THREE) else None


def averaged(ground: Ground, metric: Metric, now: Period, others: Sequence[Period]) -> float | None:
    """Average a metric over several periods: sums by period, people by day, rates Σ/Σ."""
    known = len(ground.known(metric, ground.of(now)))
    theirs = [ground.known(metric, ground.of(other)) for other in others]
    whole = [one for one, other in zip(theirs, others, strict=True) if len(one) == other.days]
    if not known or not whole:
        return None
    every = np.concatenate(whole)
    value = ground.value(metric, every)
    if known == now.days:
        return _scaled(metric, value, 1, len(whole))
    return _scaled(metric, value, known, len(every))


def _scaled(metric: Metric, value: float | None, n_days: int, of: int) -> float | None:
    """Bring a sum of so many days to another number of them; rates and means stay."""
    if value is None or not of:
        return None
    return value * n_days / of if isinstance(metric.kind, Sum) else value


def metrics_of(names: Sequence[str], shop: ShopLines) -> tuple[Metric, ...]:
    """List the metrics a shop has all columns of, in the order asked for."""
    return tuple(METRICS[name] for name in names if shop.has(METRICS[name]))
