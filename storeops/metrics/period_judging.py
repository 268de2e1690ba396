"""What a period is held against: expectations of its days, and how far off they may be."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from storeops.fields import FIELDS, Col
from storeops.messages import Unit
from storeops.metrics.blocks import MONEY_NOISE
from storeops.metrics.definitions import DailyMean, Metric, RatioOfSums, from_sums, quotient
from storeops.metrics.panel import Bools, Ints
from storeops.metrics.period_ground import THREE, Ground
from storeops.metrics.period_normal import (
    LEVEL_DAYS,
    PRIOR_SPREAD,
    Distance,
    Stretch,
    distance,
    expectation,
    log_ratio,
    past_stretches,
)
from storeops.metrics.periods import WEEK, Period
from storeops.metrics.results import Totals

_LEAST = {Unit.PEOPLE: 30.0}
_LEAST_EVENTS = 5.0
"""Expected people, and other events, below which nothing is judged."""
_PLAIN_BASKET = 100.0
_MOST_LOG = 6.0
_NOTHING = 1e-9


@dataclass(frozen=True, slots=True)
class Norm:
    """What was expected: of all whole days, of the ordinary ones, and of past stretches.

    ``past`` are stretches as long as the ordinary days are many, ``weeks`` are weeks.
    """

    ground: Ground
    all: Stretch | None
    judged: Stretch | None
    past: tuple[Stretch, ...]
    weeks: tuple[Stretch, ...]
    basket: float

    def sums(self, stretch: Stretch, metric: Metric) -> dict[str, float]:
        """Add the expectation of a metric's columns over the days that have the metric."""
        columns = tuple(self.ground.shop.lines)
        mine = np.isin(stretch.where, self.ground.known(metric, stretch.where))
        return {
            str(column): float(stretch.expected[columns.index(column), mine].sum())
            for column in metric.columns
        }

    def expected(self, stretch: Stretch | None, metric: Metric) -> float | None:
        """Give what normal days would have brought of a metric; None where that is not known."""
        if stretch is None or not self.ground.shop.has(metric):
            return None
        sums = self.sums(stretch, metric)
        known = len(self.ground.known(metric, stretch.where))
        if not known or any(math.isnan(value) for value in sums.values()):
            return None
        if isinstance(metric.kind, DailyMean):
            return quotient(sums[metric.kind.column], known)
        return from_sums(metric, sums)

    def totals(self, stretch: Stretch | None, where: Ints) -> Totals | None:
        """Add the expected counts and money of some of a stretch's days."""
        columns = tuple(self.ground.shop.lines)
        if stretch is None or any(column not in columns for column in THREE):
            return None
        mine = np.isin(stretch.where, where)
        rows = [columns.index(column) for column in THREE]
        sums = stretch.expected[rows][:, mine].sum(axis=1)
        return None if np.isnan(sums).any() or not mine.any() else Totals(*map(float, sums))


@dataclass(frozen=True, slots=True)
class Judged:
    """The ordinary days of one figure: what they brought, what was expected, how far apart."""

    actual: float | None = None
    expected: float | None = None
    moved: float = 0.0
    distance: Distance | None = None


def norm_of(ground: Ground, period: Period, whole: Ints, judged: Ints) -> Norm:
    """Form the expectations of a period from the days before it alone.

    Args:
        ground: The shop's days.
        period: The period.
        whole: Positions of its complete days.
        judged: Positions of its ordinary ones.
    """
    names = tuple(ground.shop.lines)
    empty = np.empty((0, len(ground.days)))
    lines = np.stack(list(ground.shop.lines.values())) if names else empty
    origin = max(ground.days.index(period.first), 0)
    usable = ground.shop.usable

    def stretch(where: Ints) -> Stretch | None:
        expected = expectation(lines, ground.days, usable, origin=origin, where=where)
        return None if expected is None or not len(where) else Stretch(where, expected)

    def past(length: int) -> tuple[Stretch, ...]:
        return tuple(past_stretches(lines, ground.days, usable, origin=origin, length=length))

    weeks = past(WEEK)
    own = weeks if len(judged) == WEEK else past(max(len(judged), 1))
    sums = ground.totals(np.flatnonzero(usable[:origin])[-LEVEL_DAYS:])
    basket = quotient(sums.amount, sums.buyers) if sums else None
    return Norm(ground, stretch(whole), stretch(judged), own, weeks, basket or _PLAIN_BASKET)


def has_three(ground: Ground, where: Ints) -> Bools:
    """Tell which days have visitors, buyers and money."""
    lines = [ground.shop.lines.get(column) for column in THREE]
    known = [line[where] for line in lines if line is not None]
    if len(known) < len(THREE):
        return np.zeros(len(where), dtype=bool)
    unknown: Bools = np.logical_or.reduce([np.isnan(line) for line in known])
    return ~unknown


def judge(norm: Norm, metric: Metric) -> Judged:
    """Lay the ordinary days beside what was expected of them; no distance where events are few."""
    ground, stretch = norm.ground, norm.judged
    expected = norm.expected(stretch, metric)
    if stretch is None or expected is None:
        return Judged()
    actual = ground.value(metric, stretch.where)
    unit, events = _events(metric, norm.sums(stretch, metric), norm.basket)
    if actual is None or events < _LEAST.get(metric.unit, _LEAST_EVENTS):
        return Judged(actual, expected)
    prior = math.hypot(PRIOR_SPREAD, math.sqrt(quotient(MONEY_NOISE, events) or 0.0))
    if norm.past is not norm.weeks:
        prior = distance(0.0, _past(norm, metric, unit, norm.weeks), prior).spread
    moved = _moved(metric, actual, expected, unit)
    far = distance(moved, _past(norm, metric, unit, norm.past), prior)
    return Judged(actual, expected, moved, far)


def _events(metric: Metric, sums: Mapping[str, float], basket: float) -> tuple[float, float]:
    """Give the worth of one event of a metric, and the number the smallest of its parts has."""
    counts = [
        value / basket if FIELDS[column].unit is Unit.CNY and column != Col.AD_SPEND else value
        for column, value in sums.items()
    ]
    is_sum = not isinstance(metric.kind, RatioOfSums)
    unit = basket if metric.unit is Unit.CNY and is_sum and metric.name != Col.AD_SPEND else 1.0
    return unit, min(counts)


def _past(norm: Norm, metric: Metric, unit: float, stretches: tuple[Stretch, ...]) -> list[float]:
    found = []
    for stretch in stretches:
        expected = norm.expected(stretch, metric)
        actual = norm.ground.value(metric, stretch.where)
        if expected is not None and actual is not None:
            found.append(_moved(metric, actual, expected, unit))
    return found


def _moved(metric: Metric, actual: float, expected: float, unit: float) -> float:
    """Take the log distance; a rate that is nothing has fallen as far as is told at all."""
    if not isinstance(metric.kind, RatioOfSums):
        return log_ratio(actual, expected, unit)
    usual = max(expected, _NOTHING)
    return math.log(max(actual, usual * math.exp(-_MOST_LOG)) / usual)
