"""Members of a shop (items, sources, words) as vectors: the day, its baseline, and the noise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from statistics import NormalDist

import numpy as np
import pandas as pd

from storeops.calendars import days_between
from storeops.facts import Window
from storeops.fields import Col
from storeops.metrics.baseline import HALF, Choice, Series, expect
from storeops.metrics.decomposition import Members
from storeops.metrics.definitions import quotients
from storeops.metrics.panel import Bools, Days, Floats, Ints, Panel, by_day, panel
from storeops.metrics.results import BaselineKind, ShopDay, Totals

COLUMNS = (Col.VISITORS, Col.PAID_BUYERS, Col.PAID_AMOUNT)
MOST = 400
"""Members looked at closely; the others stay in the remainder."""
ALARMS_PER_DAY = 1 / 7
"""False alarms all members of one kind may cause in a shop: one a week (STATISTICS 0)."""
EXPLAINING_Z = 2.0
"""A member that explains an abnormal shop day needs less evidence than a lone one."""
_LEAST_Z = 2.8
_TESTS_PER_MEMBER = 2
_MONEY_NOISE = 1.5
_UNKNOWN_SPREAD = 0.25
"""Day noise assumed for a member without enough history of its own."""
_FEW, _RECENT = 4, 14


@dataclass(frozen=True, slots=True)
class Table:
    """Members side by side, (n_members,) each, largest change first.

    Rows of ``z`` are visitors, buyers and amount. ``n_seen`` counts the members before the small
    ones were left out.
    """

    keys: tuple[str, ...]
    before: Members
    now: Members
    z: Floats
    is_significant: Bools
    days_used: tuple[date, ...]
    n_seen: int


def member_table(
    frame: pd.DataFrame, key: str, *, window: Window, shop_day: ShopDay, whole: Totals | None
) -> Table | None:
    """Compare every member with the mean of the shop's baseline days.

    Args:
        frame: One slice of a fact: one row per day and member, (n_rows, ...).
        key: The column that names the member.
        window: Where the frame comes from.
        shop_day: Gives the baseline days and whether the shop's day is abnormal.
        whole: The shop's baseline, to which the members' means are scaled so that members and
            shop speak of the same normal day; None leaves the means as they are.

    Returns:
        None when the frame lacks the day, one of the three numbers, or any baseline day.
    """
    days = _days(window, shop_day)
    found = panel(frame, key, COLUMNS, days)
    target = len(days) - 1
    used = _used(shop_day, days, found.covered)
    if len(found.matrices) < len(COLUMNS) or not found.covered[target] or not len(used):
        return None
    matrix = np.stack([found.matrices[column] for column in COLUMNS])
    scale = np.ones(len(COLUMNS)) if whole is None else _scale(window, days, used, whole)
    before = _means(matrix[:, :, used]) * scale[:, None]
    now = matrix[:, :, target]
    order = _order(found, before, now)
    matrix, before, now = matrix[:, order], before[:, order], now[:, order]
    z = _distances(*_recent(matrix, days, _choice(shop_day, days, used)), before)
    limit = EXPLAINING_Z if shop_day.is_abnormal else alone_limit(len(found.keys))
    return Table(
        keys=tuple(found.keys[index] for index in order),
        before=Members(*before),
        now=Members(*now),
        z=z,
        is_significant=np.fmax(np.abs(z[0]), np.abs(z[2])) >= limit,
        days_used=days.dates(used),
        n_seen=len(found.keys),
    )


def alone_limit(n_members: int) -> float:
    """Give the distance a member must reach when nothing else speaks for it.

    The budget of false alarms is shared by all members and both figures tested (union bound).
    """
    tail = ALARMS_PER_DAY / (max(n_members, 1) * _TESTS_PER_MEMBER) / 2
    return max(_LEAST_Z, -NormalDist().inv_cdf(min(tail, 0.5)))


def _days(window: Window, shop_day: ShopDay) -> Days:
    days = days_between(window.first_day, window.day)
    pool = set(shop_day.pool)
    return Days(
        first=window.first_day,
        is_normal=np.array([day in pool for day in days]),
        weekday=np.array([day.weekday() for day in days], dtype=np.intp),
    )


def _used(shop_day: ShopDay, days: Days, covered: Bools) -> Ints:
    """Give the shop's baseline days that this fact has; if they are few, its last normal days."""
    chosen = _covered(shop_day.days_used, days, covered)
    recent = _covered(shop_day.pool, days, covered)[-_RECENT:]
    return recent if len(chosen) < _FEW and len(recent) > len(chosen) else chosen


def _covered(dates: tuple[date, ...], days: Days, covered: Bools) -> Ints:
    where = np.array([days.index(day) for day in dates], dtype=np.intp)
    where = where[(where >= 0) & (where < len(days) - 1)]
    return where[covered[where]]


def _scale(window: Window, days: Days, used: Ints, whole: Totals) -> Floats:
    """Give the factor from the mean of the days used to the shop's centre, per column."""
    shop = window.tables["shop_daily"]
    lines = np.stack([by_day(shop, column, days)[used] for column in COLUMNS])
    factor = quotients(np.array([whole.visitors, whole.buyers, whole.amount]), _means(lines))
    return np.where(np.isnan(factor), 1.0, factor)


def _means(values: Floats) -> Floats:
    """Average over the last axis what is known; zero where nothing is."""
    known = ~np.isnan(values)
    total = np.where(known, values, 0.0).sum(axis=-1)
    mean: Floats = total / known.sum(axis=-1).clip(min=1)
    return mean


def _order(found: Panel, before: Floats, now: Floats) -> Ints:
    """Sort members by the size of their change, ties by name; drop empty and unknown ones."""
    known = ~np.isnan(now).any(axis=0) & ((before + np.nan_to_num(now)).sum(axis=0) > 0)
    change = np.abs(now - before)
    order = np.lexsort((np.array(found.keys), -change[0], -np.round(change[2], 6)))
    chosen: Ints = order[known[order]][:MOST]
    return chosen


def _choice(shop_day: ShopDay, days: Days, used: Ints) -> Choice:
    pool = np.array([days.index(day) for day in shop_day.pool], dtype=np.intp)
    pool = pool[(pool >= 0) & (pool < len(days) - 1)]
    is_weekday = shop_day.kind is BaselineKind.WEEKDAY
    return Choice(
        target=len(days) - 1,
        weekday=used if is_weekday else used[:0],
        recent=pool[-_RECENT:],
        pool=pool,
        kind=shop_day.kind,
    )


def _recent(matrix: Floats, days: Days, choice: Choice) -> tuple[Floats, Days, Choice]:
    """Cut off the days before the first one that the spread is learned from."""
    start = int(choice.pool[0]) if len(choice.pool) else choice.target
    cut = Days(days.day(start), days.is_normal[start:], days.weekday[start:])
    shifted = Choice(
        target=choice.target - start,
        weekday=choice.weekday[choice.weekday >= start] - start,
        recent=choice.recent - start,
        pool=choice.pool - start,
        kind=choice.kind,
    )
    return matrix[:, :, start:], cut, shifted


def _distances(matrix: Floats, days: Days, choice: Choice, before: Floats) -> Floats:
    """Give the noise-aware distance of every member and column from its baseline.

    The spread is the member's own where its history allows, else an assumed one; the centre is
    the baseline the report shows.
    """
    n_columns, n_members, n_days = matrix.shape
    basket = quotients(before[2], before[1])
    usual = float(np.nansum(before[2]) / max(np.nansum(before[1]), 1.0)) or 1.0
    basket = np.where(np.isnan(basket) | (basket <= 0), usual, basket)
    unit = np.concatenate([np.ones(2 * n_members), basket])
    noise = np.repeat([1.0, 1.0, _MONEY_NOISE], n_members)
    series = Series(above=matrix.reshape(n_columns * n_members, n_days), unit=unit, noise=noise)
    spread = expect(series, days, choice).spread
    center = before.reshape(-1) / unit
    counting = noise / (center + HALF)
    spread = np.where(np.isnan(spread), np.sqrt(_UNKNOWN_SPREAD**2 + counting), spread)
    now = series.above[:, choice.target] / unit
    z: Floats = (np.log(now + HALF) - np.log(center + HALF)) / spread
    return z.reshape(n_columns, n_members)
