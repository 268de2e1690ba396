"""How a month stands against its target: split by day, progress by weight, what is still needed.

Everything is laid over the weights of :mod:`storeops.metrics.weights`: a day without its figure
counts on neither side, and the target is split so that the days add up to it to the fen.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import accumulate

import numpy as np

from storeops.calendars import Calendar, Phase
from storeops.facts import Window
from storeops.fields import Col
from storeops.metrics.change import ratio
from storeops.metrics.choice import LOOK_BACK
from storeops.metrics.completeness import complete_days
from storeops.metrics.levers import is_reachable, levers
from storeops.metrics.panel import Floats, Ints
from storeops.metrics.shop import ShopLines, shop_lines
from storeops.metrics.target import DayTarget, Goal, Pace
from storeops.metrics.weights import (
    DayWeight,
    level_of,
    month_weights,
    ordinary_days,
    paid_line,
    weekday_factors,
)

_ENOUGH = 0.95
_USUAL_DAYS = 28
_LEAST_DAYS = 7
_FEN = 100
_MAY_BE_NOTHING = frozenset({Phase.CLOSED, Phase.HOLIDAY})
"""Phases on which nothing sold is a figure, not a gap."""


@dataclass(frozen=True, slots=True)
class _Usual:
    """What ordinary days bring: the money of one, and which days say so."""

    per_day: float
    days: Ints


def pace(window: Window, calendar: Calendar, goal: Goal) -> Pace | None:
    """Lay a month's target over its days and tell how far the shop is.

    Args:
        window: Facts of one shop; its last complete day is the last one counted. The month may
            lie before, around or after it.
        calendar: Phases of the days.
        goal: The target, above zero.

    Returns:
        None when the shop is closed all month: there is no day to split the target over.
    """
    shop = shop_lines(window, calendar)
    weights = month_weights(shop, calendar, goal.month, goal.last)
    if not any(day.weight for day in weights):
        return None
    line = _money(shop, is_net=goal.is_net)
    through = _through(shop, goal)
    parts = split(goal.amount, [day.weight for day in weights])
    days = _days(weights, parts, _figures(shop, line, weights, through))
    stands = _stands(goal, through, days)
    usual = _usual(shop, line)
    return stands if usual is None else _with_usual(stands, shop, usual)


def _stands(goal: Goal, through: date, days: tuple[DayTarget, ...]) -> Pace:
    """Tell how the month stands by its own days alone."""
    total = math.fsum(day.weight for day in days)
    gone = [day for day in days if day.day <= through]
    counted = [day for day in gone if day.paid is not None]
    paid = math.fsum(day.paid or 0.0 for day in counted)
    progress = min(math.fsum(day.weight for day in counted) / total, 1.0)
    left = _left(days, through)
    return Pace(
        month=goal.month,
        target=goal.amount,
        through=through,
        paid=paid,
        attainment=paid / goal.amount,
        progress=progress,
        gap=paid - goal.amount * progress,
        day_target=gone[-1].target if gone else None,
        need_per_day=ratio(max(goal.amount - paid, 0.0), math.fsum(left)),
        usual_per_day=None,
        remaining_days=len(left),
        missing_days=tuple(day.day for day in gone if day.paid is None and day.weight > 0),
        behind_days=_behind(goal.amount, total, counted),
        is_net=goal.is_net,
        days=days,
    )


def _with_usual(stands: Pace, shop: ShopLines, usual: _Usual) -> Pace:
    """Add what ordinary days bring, what that comes to, and what more would take."""
    left = _left(stands.days, stands.through)
    times = ratio(stands.need_per_day, usual.per_day)
    found = levers(shop, usual.days, times) if times is not None and times > 1 else ()
    return replace(
        stands,
        usual_per_day=usual.per_day,
        outlook=stands.paid + usual.per_day * math.fsum(left) if left else None,
        levers=found,
        is_reachable=is_reachable(found, times),
    )


def _left(days: Sequence[DayTarget], through: date) -> list[float]:
    """List the weights of the open days still to come."""
    return [day.weight for day in days if day.day > through and day.weight > 0]


def split(amount: float, weights: Sequence[float]) -> tuple[float, ...]:
    """Share an amount out by weights, in yuan, so that the parts add up to it to the fen.

    What has been shared out up to each part is rounded, so no part is off by more than a fen and
    one without weight gets nothing.

    Args:
        amount: Yuan, at most two decimals.
        weights: None below zero, some above.
    """
    sums = list(accumulate(weights))
    ends = [round(round(amount * _FEN) * (so_far / sums[-1])) for so_far in sums]
    return tuple((end - start) / _FEN for start, end in zip([0, *ends], ends, strict=False))


def _money(shop: ShopLines, *, is_net: bool) -> Floats:
    """Give what counts towards the target; net of refunds it is known where both sides are."""
    line = paid_line(shop)
    if not is_net:
        return line
    unknown = np.full(len(shop.days), np.nan)
    net: Floats = line - shop.lines.get(Col.REFUNDED_AMOUNT, unknown)
    return net


def _through(shop: ShopLines, goal: Goal) -> date:
    """Give the last day of the month that is complete, the day before the month if none is."""
    complete = np.flatnonzero(complete_days(shop.lines, len(shop.days)))
    before = goal.month - timedelta(days=1)
    if not len(complete):
        return before
    return max(min(shop.days.day(int(complete[-1])), goal.last), before)


def _figures(
    shop: ShopLines, line: Floats, weights: Sequence[DayWeight], through: date
) -> Mapping[date, float]:
    """Give what the days gone by brought, as far as it is known.

    A zero on a day that cannot be without sales is a gap, except where the shop may stand still.
    """
    complete = complete_days(shop.lines, len(shop.days))
    gross = paid_line(shop)
    found = {}
    for day in weights:
        index = shop.days.index(day.day)
        if day.day > through or not 0 <= index < len(shop.days) or np.isnan(line[index]):
            continue
        if complete[index] or gross[index] > 0 or day.phase.phase in _MAY_BE_NOTHING:
            found[day.day] = float(line[index])
    return found


def _days(
    weights: Sequence[DayWeight], parts: Sequence[float], figures: Mapping[date, float]
) -> tuple[DayTarget, ...]:
    due = [round(sum_, 2) for sum_ in accumulate(parts)]
    so_far = list(accumulate(figures.get(day.day, 0.0) for day in weights))
    last = max(figures, default=None)
    return tuple(
        DayTarget(
            day=day.day,
            phase=day.phase,
            weight=day.weight,
            basis=day.basis,
            target=part,
            due=asked,
            paid=figures.get(day.day),
            paid_so_far=round(brought, 2) if last is not None and day.day <= last else None,
        )
        for day, part, asked, brought in zip(weights, parts, due, so_far, strict=True)
    )


def _behind(amount: float, total: float, counted: Sequence[DayTarget]) -> int:
    """Count the last days in a row on which less had come in than 95 % of what was due."""
    run = 0
    paid = weight = 0.0
    for day in counted:
        paid += day.paid or 0.0
        weight += day.weight
        run = run + 1 if paid < _ENOUGH * amount * weight / total else 0
    return run


def _usual(shop: ShopLines, line: Floats) -> _Usual | None:
    """Measure an average ordinary day over the last four weeks of them; None below one week."""
    days = ordinary_days(shop, len(shop.days))
    days = days[~np.isnan(line[days])]
    recent = days[days > len(shop.days) - 1 - LOOK_BACK][-_USUAL_DAYS:]
    if len(recent) < _LEAST_DAYS:
        return None
    weekday = shop.days.weekday
    level = level_of(line, recent, weekday_factors(paid_line(shop)[days], weekday[days]), weekday)
    return None if level is None else _Usual(level, recent)
