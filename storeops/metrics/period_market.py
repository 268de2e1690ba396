"""Was it the market? A period's surprise beside its peers', each against its own normal days."""

from __future__ import annotations

import math

import numpy as np

from storeops.facts import Window
from storeops.fields import Col
from storeops.metrics.industry_line import peer_line
from storeops.metrics.market import Surprises, verdict
from storeops.metrics.panel import Bools, Floats, Ints, by_day
from storeops.metrics.period_figures import PeriodFigures
from storeops.metrics.period_ground import Ground
from storeops.metrics.period_normal import expectation, past_stretches
from storeops.metrics.results import MarketView

_METRICS = (Col.PAID_AMOUNT, Col.VISITORS)
_LEAST_PART = 0.6
_Z90 = 1.645


def period_market(window: Window, ground: Ground, figures: PeriodFigures) -> MarketView:
    """Judge whether the change of a period's ordinary days is the market's, the shop's, or both.

    Returns:
        ``cause`` unknown without peers on most of the days, or without a clear answer.
    """
    for metric in _METRICS:
        own, found = ground.shop.lines.get(metric), peer_line(window, metric)
        if own is None or found is None:
            continue
        lines = np.stack([own, by_day(found[0], Col.VALUE, ground.days)])
        seen = _surprises(ground, figures, lines, is_index=found[1])
        if seen is not None:
            return _view(seen, metric.value, figures)
    return MarketView(_METRICS[0].value, "unknown")


def _surprises(
    ground: Ground, figures: PeriodFigures, lines: Floats, *, is_index: bool
) -> Surprises | None:
    joint: Bools = (lines[0] > 0) & (lines[1] > 0)
    usable = ground.shop.usable & joint
    where = np.array([ground.days.index(day) for day in figures.judged], dtype=np.intp)
    where = where[joint[where]]
    if len(where) < max(1, math.ceil(_LEAST_PART * figures.known_days)):
        return None
    origin = ground.days.index(figures.period.first)
    expected = expectation(lines, ground.days, usable, origin=origin, where=where)
    if expected is None:
        return None
    past = [
        _moved(lines, one.where, one.expected)
        for one in past_stretches(
            lines, ground.days, usable, origin=origin, length=len(figures.judged)
        )
    ]
    before = np.array(past).reshape(-1, 2).T
    own, peers = _moved(lines, where, expected)
    return Surprises(own, peers, before[0], before[1], is_normal=True, is_index=is_index)


def _moved(lines: Floats, where: Ints, expected: Floats) -> tuple[float, float]:
    own, peers = np.log(lines[:, where].sum(axis=1) / expected.sum(axis=1))
    return float(own), float(peers)


def _view(seen: Surprises, metric: str, figures: PeriodFigures) -> MarketView:
    cause, parts = verdict(seen)
    expected, change = figures.judged_normal, figures.judged_change
    is_paid = metric == Col.PAID_AMOUNT and expected is not None and change is not None
    market = (expected or 0.0) * math.expm1(parts.market)
    return MarketView(
        metric=metric,
        cause=cause,
        own=math.expm1(seen.own),
        peers=math.expm1(seen.peers),
        market=math.expm1(parts.market),
        market_part=market if is_paid else None,
        own_part=(change or 0.0) - market if is_paid else None,
        z=parts.rest / parts.spread,
        own_low=math.expm1(parts.rest - _Z90 * parts.spread),
        own_high=math.expm1(parts.rest + _Z90 * parts.spread),
        beta=parts.beta.value,
        beta_assumed=parts.beta.is_assumed,
        joint_days=len(seen.past_own),
    )
