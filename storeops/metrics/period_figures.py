"""The figures of a week or a month: totals, what normal days would have brought, what is abnormal.

A figure's baseline is what normal days of this shop would have brought over the same days, those
of a promotion included. Only ordinary days are judged; promotion days are laid beside the same
days of the last comparable event.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from storeops.calendars import Calendar
from storeops.facts import Window
from storeops.fields import Col
from storeops.metrics.budgets import Budgets
from storeops.metrics.change import relative
from storeops.metrics.choice import choose_days
from storeops.metrics.decomposition import split_paid_amount
from storeops.metrics.definitions import METRICS, DailyMean, Metric, quotient
from storeops.metrics.figures import ALARMED, OWN_MONEY, StageSetting, stage_of
from storeops.metrics.industry_line import peer_line
from storeops.metrics.panel import Floats, Ints, by_day
from storeops.metrics.period_ground import (
    Ground,
    averaged,
    beside,
    ground_of,
    metrics_of,
    totals_beside,
)
from storeops.metrics.period_judging import Judged, Norm, has_three, judge, norm_of
from storeops.metrics.period_normal import LEVEL_DAYS
from storeops.metrics.period_people import PeriodPeople, period_people
from storeops.metrics.periods import Period, PeriodKind, before, earlier
from storeops.metrics.results import MetricDay, PaidSplit, Stage, Totals

FIGURES = (
    "paid_amount", "visitors_per_day", "conversion_rate", "amount_per_buyer", "refunded_amount",
    "ad_spend", "ad_cost_share", "paid_buyers_per_day", "amount_per_visitor", "add_to_cart_rate",
    "wishlist_rate", "order_to_pay_rate", "returning_buyer_share", "average_order_value",
    "refund_rate",
)  # fmt: skip
"""Figures of a period; people stand as daily means, because nobody can add them."""
_DAILY = {"visitors_per_day": Col.VISITORS, "paid_buyers_per_day": Col.PAID_BUYERS}
_SIZES = {Stage.START: 0.20, Stage.GROWING: 0.10, Stage.MATURE: 0.06}
"""A stretch is steadier than a day: two thirds of what a day must move by."""
_MONEY_SHARE, _MONEY_FLOOR = 0.01, 200.0
TREND_DAYS = 28
_NORMAL_WEEKS = 8
"""Weeks back among which normal ones are looked for."""
_EVENT_SPREAD, _EVENT_LIMIT = 0.30, 2.8
"""Least uncertainty of last time's event as a measure of this one, and what counts as beyond it."""


@dataclass(frozen=True, slots=True)
class Precedent:
    """Promotion days of the period beside the same days of the last comparable events."""

    days: int
    """Promotion days that have such a day, of all that the period holds."""
    of: int
    paid: float
    paid_before: float
    first_before: date
    last_before: date
    is_beyond: bool


@dataclass(frozen=True, slots=True)
class PeriodFigures:
    """One shop's period and what it was judged by.

    ``missing`` are days without whole figures; ``judged`` the ordinary days among the known ones,
    over which alone ``is_abnormal`` is decided: ``judged_paid`` and ``judged_normal`` are their
    sales, ``judged_now`` and ``judged_before`` their counts, actual and expected. ``now``,
    ``normal`` and ``previous`` are sums of daily counts over the known days. ``stretches`` counts
    the past stretches the noise was measured on. A figure's ``change`` is that of the ordinary
    days; its value and baseline are of all known ones. ``people`` are those of the whole period
    from an export of their own; they stand among the figures and are never judged.
    """

    period: Period
    before: Period
    missing: tuple[date, ...]
    promotions: tuple[date, ...]
    judged: tuple[date, ...]
    days_used: tuple[date, ...]
    normal_days: int
    stage: Stage
    size: float
    money_floor: float
    figures: tuple[MetricDay, ...]
    now: Totals | None
    normal: Totals | None
    previous: Totals | None
    split: PaidSplit | None
    split_previous: PaidSplit | None
    judged_paid: float | None
    judged_normal: float | None
    judged_now: Totals | None
    judged_before: Totals | None
    judged_split: PaidSplit | None
    precedent: Precedent | None
    budgets: Budgets
    stretches: int
    people: PeriodPeople

    @property
    def known_days(self) -> int:
        """Count the days whose figures are whole."""
        return self.period.days - len(self.missing)

    @property
    def is_abnormal(self) -> bool:
        """Tell whether any figure is abnormal."""
        return any(figure.is_abnormal for figure in self.figures)

    @property
    def judged_change(self) -> float | None:
        """Yuan of the ordinary days against what was expected of them."""
        if self.judged_paid is None or self.judged_normal is None:
            return None
        return self.judged_paid - self.judged_normal

    @property
    def is_mixed(self) -> bool:
        """Tell whether some known days are no ordinary ones."""
        return len(self.judged) < self.known_days

    @property
    def has_normal(self) -> bool:
        """Tell whether anything was expected of the known days."""
        paid = self.figure("paid_amount")
        return paid is not None and paid.baseline is not None

    def figure(self, metric: str) -> MetricDay | None:
        """Find a figure by metric name."""
        return next((figure for figure in self.figures if figure.metric == metric), None)


def period_figures(
    window: Window,
    calendar: Calendar,
    period: Period,
    *,
    stage: StageSetting = "auto",
    budgets: Budgets,
) -> PeriodFigures:
    """Compute the figures of a period and judge its ordinary days.

    Args:
        window: Facts of one shop, reaching back at least thirteen weeks before the period for a
            baseline and a year or two for its noise.
        calendar: Phases of the days.
        period: Which days.
        stage: Size of the shop; auto measures it over the last normal days before the period.
        budgets: A period is one look and may spend what a day may.
    """
    ground = ground_of(window, calendar)
    where = ground.of(period)
    whole = where[ground.whole[where]]
    judged = whole[ground.shop.usable[whole]]
    norm = norm_of(ground, period, whole, judged)
    choice = choose_days(ground.days, ground.days.index(period.first), ground.shop.usable)
    size = stage_of(ground.shop, choice) if stage == "auto" else Stage(stage)
    last = before(period)
    three = whole[has_three(ground, whole)]
    now, normal = ground.totals(three), norm.totals(norm.all, three)
    previous = totals_beside(ground, period, last)
    paid, (held_before, held_now) = METRICS["paid_amount"], _held(ground, norm)
    told = PeriodFigures(
        period=period,
        before=last,
        missing=ground.dates(where[~ground.whole[where]]) if len(where) else (),
        promotions=ground.dates(whole[ground.promoted[whole]]),
        judged=ground.dates(judged),
        days_used=ground.dates(choice.pool[-LEVEL_DAYS:]),
        normal_days=len(choice.pool),
        stage=size,
        size=_SIZES[size],
        money_floor=_money_floor(norm),
        figures=(),
        now=now,
        normal=normal,
        previous=previous,
        split=_split(normal, now),
        split_previous=_split(previous, now),
        judged_paid=ground.value(paid, judged),
        judged_normal=norm.expected(norm.judged, paid),
        judged_now=held_now,
        judged_before=held_before,
        judged_split=_split(held_before, held_now),
        precedent=_precedent(ground, calendar, whole),
        budgets=budgets,
        stretches=len(norm.past),
        people=period_people(window, period, last),
    )
    return replace(told, figures=told.people.beside(_figures(window, ground, norm, told)))


def _money_floor(norm: Norm) -> float:
    """Give the least yuan worth a word: 1 % of a day's normal sales a day, at least 200."""
    usual = norm.expected(norm.all, METRICS["paid_amount"])
    return max(_MONEY_SHARE * (usual or 0.0), _MONEY_FLOOR)


def _precedent(ground: Ground, calendar: Calendar, whole: Ints) -> Precedent | None:
    """Lay promotion days beside the same days of the events before, as far as these are known."""
    line = ground.shop.lines.get(Col.PAID_AMOUNT)
    promoted = whole[ground.promoted[whole]]
    if line is None:
        return None
    pairs = []
    for index in promoted:
        day = ground.days.day(int(index))
        other = calendar.same_phase_before(day, ground.days.first)
        there = None if other is None else ground.days.index(other)
        if there is not None and ground.whole[there] and line[there] > 0 and line[index] > 0:
            pairs.append((int(index), there))
    if not pairs:
        return None
    now, then = (np.array(side, dtype=np.intp) for side in zip(*pairs, strict=True))
    paid, paid_before = float(line[now].sum()), float(line[then].sum())
    beyond = abs(math.log(paid / paid_before)) > _EVENT_LIMIT * _EVENT_SPREAD
    first, last = ground.days.day(int(then.min())), ground.days.day(int(then.max()))
    return Precedent(len(pairs), len(promoted), paid, paid_before, first, last, beyond)


def _figures(
    window: Window, ground: Ground, norm: Norm, told: PeriodFigures
) -> tuple[MetricDay, ...]:
    parts = dict(told.split.parts) if told.split else {}
    judged_parts = dict(told.judged_split.parts) if told.judged_split else {}
    return tuple(
        _figure(window, ground, norm, metric, (told, parts, judged_parts))
        for metric in metrics_of(FIGURES, ground.shop)
    )


def _split(before: Totals | None, now: Totals | None) -> PaidSplit | None:
    return split_paid_amount(before, now) if before and now else None


def _held(ground: Ground, norm: Norm) -> tuple[Totals | None, Totals | None]:
    """Add the counts of the ordinary days: expected, and actual."""
    if norm.judged is None:
        return None, None
    where = norm.judged.where[has_three(ground, norm.judged.where)]
    return norm.totals(norm.judged, where), ground.totals(where)


_Parts = tuple[PeriodFigures, Mapping[str, float], Mapping[str, float]]


def _figure(window: Window, ground: Ground, norm: Norm, metric: Metric, of: _Parts) -> MetricDay:
    told, parts, judged_parts = of
    period = told.period
    name = str(metric.name)
    factor = _DAILY.get(name, name)
    value = ground.value(metric, ground.of(period))
    baseline = norm.expected(norm.all, metric)
    held = judge(norm, metric)
    limit = None if held.distance is None else held.distance.limit(told.budgets.of_figure(factor))
    worth = _impact(name, held.actual, held.expected, judged_parts.get(factor))
    low, high = _range(baseline, limit, told)
    return MetricDay(
        metric=name,
        unit=metric.unit,
        value=value,
        baseline=baseline,
        low=low,
        high=high,
        z=None if held.distance is None else held.distance.z,
        p=None if held.distance is None else held.distance.p,
        visible=None if limit is None else max(-math.expm1(-limit), told.size),
        previous_day=beside(ground, metric, period, told.before),
        same_weekday=averaged(ground, metric, period, comparable(ground, period)),
        peer=_peer(window, ground, metric, period),
        change=relative(held.actual, held.expected),
        impact=_impact(name, value, baseline, parts.get(factor)),
        is_abnormal=factor in ALARMED and _is_outside(held, limit, worth, told),
        trend=_trend(ground, metric, period),
    )


def _is_outside(
    held: Judged, limit: float | None, worth: float | None, told: PeriodFigures
) -> bool:
    """Ask for significance, size and money, all of the ordinary days."""
    change = relative(held.actual, held.expected)
    if limit is None or change is None or worth is None:
        return False
    return abs(held.moved) > limit and abs(change) >= told.size and abs(worth) >= told.money_floor


def _range(
    baseline: float | None, limit: float | None, told: PeriodFigures
) -> tuple[float | None, float | None]:
    """Bound what is unremarkable, where all known days are ordinary ones."""
    if baseline is None or limit is None or len(told.judged) < told.known_days:
        return None, None
    reach = max(limit, math.log1p(told.size))
    return baseline * math.exp(-reach), baseline * math.exp(reach)


def _impact(
    name: str, value: float | None, baseline: float | None, part: float | None
) -> float | None:
    """Give the worth of a change in yuan: by the exact split, or as it stands for money."""
    if value is None or baseline is None:
        return None
    return value - baseline if name in OWN_MONEY else part


def comparable(ground: Ground, period: Period) -> tuple[Period, ...]:
    """Choose the periods before whose average says something of this one.

    Months: the last three. Weeks: the last four of eight that hold no promotion.
    """
    if period.kind is PeriodKind.MONTH:
        return earlier(period)
    weeks = (before(period, n) for n in range(1, _NORMAL_WEEKS + 1))
    plain = [one for one in weeks if not ground.promoted[ground.of(one)].any()]
    return tuple(plain[: len(earlier(period))])


def _peer(window: Window, ground: Ground, metric: Metric, period: Period) -> float | None:
    """Give the average peer's figure over the same days, where it has all of them."""
    column = _DAILY.get(str(metric.name), Col.PAID_AMOUNT)
    if metric.name not in {*_DAILY, "paid_amount"}:
        return None
    found = peer_line(window, column)
    where = ground.known(metric, ground.of(period))
    if found is None or found[1] or not len(where):
        return None
    line: Floats = by_day(found[0], Col.VALUE, ground.days)[where]
    if np.isnan(line).any():
        return None
    total = float(line.sum())
    return quotient(total, len(where)) if isinstance(metric.kind, DailyMean) else total


def _trend(ground: Ground, metric: Metric, period: Period) -> tuple[float | None, ...]:
    """Give the days of the period, at least the last four weeks, oldest first."""
    last = ground.days.index(period.last)
    line = ground.shop.metric(metric)
    where = range(max(last - max(TREND_DAYS, period.days) + 1, 0), min(last + 1, len(line)))
    return tuple(
        float(line[n]) if ground.whole[n] and not np.isnan(line[n]) else None for n in where
    )
