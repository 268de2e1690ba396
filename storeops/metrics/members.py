"""Members of a shop (items, sources, words) as vectors: the day, its baseline, and the noise.

A member's baseline is its share of the shop's normal day: the shares of all members add up, and
zeros and newcomers need no special case. Whether it moved is judged by its own series on the board.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from storeops.fields import Col
from storeops.metrics.blocks import CONVERSION, HALF, MONEY_NOISE, Family
from storeops.metrics.board import Board, Reading
from storeops.metrics.decomposition import Members
from storeops.metrics.definitions import quotients
from storeops.metrics.panel import Bools, Days, Floats, Ints, Panel, panel
from storeops.metrics.results import ShopDay, Totals

COLUMNS = (Col.VISITORS, Col.PAID_BUYERS, Col.PAID_AMOUNT)
MEASURES = (*COLUMNS, CONVERSION)
"""What is judged of a member, in the order of the rows of ``Table.z``."""
MOST = 400
"""Members looked at closely; the others stay in the remainder."""
EXPLAINING_Z = 2.0
"""A member that explains an abnormal shop day needs less evidence than a lone one."""
FAMILY_SHARES = {Family.ITEM: 0.4, Family.SOURCE: 0.3, Family.WORD: 0.15}
"""What each family may spend of the watched budget; ads have the rest (STATISTICS 0)."""
_TESTED = (0, 2, 3)
"""Visitors, money and conversion are judged alone; buyers follow from them."""
_FADING = 0.95
"""Weight a baseline day loses with every day of age: the last weeks speak."""
_UNKNOWN_SPREAD = 0.15
"""Day noise assumed for a series that is not followed."""
_FEW = 4


@dataclass(frozen=True, slots=True)
class Table:
    """Members side by side, (n_members,) each, largest change first.

    ``z`` and ``p`` have a row per measure of ``MEASURES``; ``raw`` is z with what all members
    share left in; ``p_limits`` is the p each member may spend alone; ``visible`` the smallest
    relative fall of the money that would have been noticed. ``specific`` is what each moved beyond
    the common ratio of all others: what is its own. ``n_seen`` counts the members before
    the small ones were left out.
    """

    keys: tuple[str, ...]
    before: Members
    now: Members
    raw: Floats
    z: Floats
    p: Floats
    visible: Floats
    specific: Members
    is_lone: Bools
    is_significant: Bools
    days_used: tuple[date, ...]
    n_seen: int


def member_table(
    frame: pd.DataFrame,
    key: Col,
    *,
    board: Board,
    shop_day: ShopDay,
    family: Family | None = None,
) -> Table | None:
    """Compare every member with its share of the shop's baseline.

    Args:
        frame: One slice of a fact: one row per day and member, (n_rows, ...).
        key: The column that names the member.
        board: Where their series are followed.
        shop_day: Gives the normal days and whether the shop's day is abnormal.
        family: Under which they are followed; None when they are not.

    Returns:
        None when shop or frame lack the day, one of the three numbers, or any baseline day.
    """
    whole = shop_day.before
    days = board.shop.days.since(board.start)
    found = panel(frame, key, COLUMNS, days)
    target = len(days) - 1
    used = _covered(shop_day.pool, days, found.covered)
    complete = len(found.matrices) == len(COLUMNS) and found.covered[target] and len(used) > 0
    if whole is None or not complete:
        return None
    matrix = np.stack([found.matrices[column] for column in COLUMNS])
    before = _shares(matrix, whole, board, used)
    now = matrix[:, :, target]
    order = _order(found, before, now)
    keys = tuple(found.keys[index] for index in order)
    before, now = before[:, order], now[:, order]
    raw, z, p = _scores(board, family, keys, before, now)
    limits, visible = _alone(board, family, keys, before[2], shop_day)
    is_lone: Bools = np.logical_or.reduce(p[list(_TESTED)] <= limits, axis=0)
    return Table(
        keys=keys,
        before=Members(*before),
        now=Members(*now),
        raw=raw,
        z=z,
        p=p,
        visible=visible,
        specific=Members(*(specific(*pair) for pair in zip(before, now, strict=True))),
        is_lone=is_lone,
        is_significant=is_lone | _explaining(raw, shop_day),
        days_used=days.dates(used),
        n_seen=len(found.keys),
    )


def _covered(dates: tuple[date, ...], days: Days, covered: Bools) -> Ints:
    where = np.array([days.index(day) for day in dates], dtype=np.intp)
    where = where[(where >= 0) & (where < len(days) - 1)]
    return where[covered[where]]


def _shares(matrix: Floats, whole: Totals, board: Board, used: Ints) -> Floats:
    """Give every member's part of the shop's baseline: its weighted share of the days used."""
    lines = np.stack([board.shop.lines[column][board.start :] for column in COLUMNS])[:, used]
    weights = _FADING ** (used[-1] - used)
    own = np.nansum(matrix[:, :, used] * weights, axis=-1)
    total = np.nansum(lines * weights, axis=-1)
    before = np.array([whole.visitors, whole.buyers, whole.amount])
    shares: Floats = own * np.nan_to_num(quotients(before, total))[:, None]
    return shares


def specific(before: Floats, now: Floats) -> Floats:
    """Take off what a member would have done had it moved as all others together did."""
    ratio = quotients(now.sum() - now, before.sum() - before)
    specific: Floats = now - before * np.where(np.isnan(ratio), 1.0, ratio)
    return specific


def _order(found: Panel, before: Floats, now: Floats) -> Ints:
    """Sort members by the size of their change, ties by name; drop empty and unknown ones."""
    known = ~np.isnan(now).any(axis=0) & ((before + np.nan_to_num(now)).sum(axis=0) > 0)
    change = np.abs(now - before)
    order = np.lexsort((np.array(found.keys), -change[0], -np.round(change[2], 6)))
    chosen: Ints = order[known[order]][:MOST]
    return chosen


def _scores(
    board: Board, family: Family | None, keys: tuple[str, ...], before: Floats, now: Floats
) -> tuple[Floats, Floats, Floats]:
    """Read scores and their rarity off the board, (4, n_members) each."""
    readings = [None if family is None else board.reading(family, name) for name in MEASURES]
    shape = (len(MEASURES), len(keys))
    raw, z, p = np.full(shape, np.nan), np.full(shape, np.nan), np.full(shape, np.nan)
    for row, reading in enumerate(readings):
        if reading is not None:
            where = reading.places(keys)
            raw[row], z[row], p[row] = reading.raw[where], reading.z[where], reading.p[where]
    assumed = _assumed(board.basket, before, now)
    raw[: len(COLUMNS)] = np.where(np.isnan(raw[: len(COLUMNS)]), assumed, raw[: len(COLUMNS)])
    return raw, np.where(np.isnan(z), raw, z), p


def _assumed(basket: float, before: Floats, now: Floats) -> Floats:
    """Score members that have no series of their own yet by an assumed day noise."""
    unit = np.array([1.0, 1.0, basket])[:, None]
    noise = np.array([1.0, 1.0, MONEY_NOISE])[:, None]
    center = np.log(before / unit + HALF)
    spread = np.sqrt(_UNKNOWN_SPREAD**2 + noise / (before / unit + HALF))
    scores: Floats = (np.log(now / unit + HALF) - center) / spread
    return scores


def _alone(
    board: Board, family: Family | None, keys: tuple[str, ...], worth: Floats, shop_day: ShopDay
) -> tuple[Floats, Floats]:
    """Give the p each member may spend alone, and the fall of its money that would show.

    The family's part of the budget is shared out by normal sales: half by worth, half evenly
    among those that could lose the least yuan worth a word.
    """
    matters = worth >= shop_day.money_floor
    even = quotients(matters.astype(float), np.full(len(keys), float(matters.sum())))
    share = (even + quotients(worth, np.full(len(keys), worth.sum()))) / 2
    spend = FAMILY_SHARES.get(family, 0.0) if family else 0.0
    limits = np.nan_to_num(share) * spend * shop_day.budgets.of_watched / len(_TESTED)
    reading = None if family is None else board.reading(family, Col.PAID_AMOUNT)
    if reading is None:
        return limits, np.full(len(keys), np.nan)
    return limits, _visible(reading, keys, limits)


def _visible(reading: Reading, keys: tuple[str, ...], limits: Floats) -> Floats:
    where = reading.places(keys)
    p = np.ones(len(reading.keys))
    p[where] = np.maximum(limits, 1e-12)
    visible: Floats = -np.expm1(reading.distance(-reading.limits(p)))[where]
    return visible


def _explaining(raw: Floats, shop_day: ShopDay) -> Bools:
    """Tell which members may explain what the shop did: they need less evidence than a lone one."""
    visitors = shop_day.figure("visitors")
    is_flood = visitors is not None and visitors.is_abnormal
    large = np.abs(raw[[0, 2]]) >= EXPLAINING_Z
    asked = np.array([[is_flood or shop_day.has_moved], [shop_day.has_moved]])
    found: Bools = np.logical_or.reduce(large & asked, axis=0)
    return found
