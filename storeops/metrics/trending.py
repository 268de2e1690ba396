"""A shop's lasting changes: its headline figures, and the items and sources that count.

What an item or a source is held against is the shop as a whole, and where the peers' line is on
record the shop is held against its peers: a trend is what a line did beyond that.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from storeops.facts import Window
from storeops.fields import Col
from storeops.metrics import sources
from storeops.metrics.attribution import titles_of
from storeops.metrics.blocks import (
    CONVERSION,
    LEAST_VISITORS,
    MONEY_NOISE,
    PRICE_NOISE,
    Family,
)
from storeops.metrics.board import Board
from storeops.metrics.definitions import quotient
from storeops.metrics.levels import Days, Series
from storeops.metrics.panel import Floats, Ints, by_day, panel
from storeops.metrics.trend import (
    LEAST_DAYS,
    RATE_SIZE,
    SIZE,
    Trends,
    find_trends,
)

PAID, VISITORS, BASKET = "paid_amount", "visitors", "amount_per_buyer"
FACTORS = (VISITORS, CONVERSION, BASKET)
P_FIGURES, P_MEMBERS = 0.2, 0.3
"""How rare a look at any headline figure, and at any item or source, must be (benchmarks/trends.py:
so a shop sees less than one false trend a quarter)."""
_LEAST_SHARE, _LEAST_EVENTS, _MOST, _RECENT = 0.03, 5.0, 20, 63
"""Members followed: their least part of the shop, events a day, number, and over how many days."""
_OWN = 0.5
"""Part of a member's change against the shop that it must have made by itself."""
_BEFORE, _NOW = 28, 7
"""Normal days before a trend, and lately, between which money is compared."""
_REACH = 400
"""Days of history that speak."""
_KEYS = {Family.ITEM: Col.ITEM_ID, Family.SOURCE: Col.SOURCE}


@dataclass(frozen=True, slots=True)
class Trend:
    """One line whose level has changed for good, as of the last day.

    ``change`` is relative, from the level before ``begin`` to the last week; ``lost`` the yuan of
    the normal ``days`` since then against that level, None where there is no worth. ``parts`` are
    the relative changes of the factors of the paid amount over the same time. ``is_beside_peers``:
    what the peers did as well is taken off.
    """

    family: Family
    key: str
    metric: str
    is_new: bool
    is_step: bool
    begin: date
    days: int
    change: float
    lost: float | None
    z: float
    p: float
    is_beside_peers: bool = False
    parts: tuple[tuple[str, float], ...] = ()
    name: str | None = None

    @property
    def daily(self) -> float | None:
        """Give the yuan a normal day since it began."""
        return None if self.lost is None else self.lost / self.days


@dataclass(frozen=True, slots=True)
class _Line:
    """One series with what turns it into a sentence: ``worth`` is the yuan of one event."""

    family: Family
    key: str
    metric: str
    counts: Floats
    exposure: Floats | None
    noise: float
    is_beside_peers: bool = False


def figure_trends(window: Window, board: Board) -> tuple[Trend, ...]:
    """List the headline figures that have changed for good, the paid amount first."""
    lines = _figures(window, board)
    found = _found(lines, board, P_FIGURES)
    return tuple(_with_parts(trend, board) if trend.metric == PAID else trend for trend in found)


def member_trends(board: Board) -> tuple[Trend, ...]:
    """List the items and sources that have changed for good beyond the shop as a whole."""
    lines = [line for family in _KEYS for line in _members(family, board)]
    items = board.slices.get(Family.ITEM)
    titles = {} if items is None else titles_of(items.rows)
    return tuple(
        replace(
            trend,
            name=titles.get(trend.key)
            if trend.family is Family.ITEM
            else trend.key.rsplit(sources.PATH, 1)[-1],
        )
        for trend in _found(lines, board, P_MEMBERS)
        if _moves_itself(trend, board)
    )


def _moves_itself(trend: Trend, board: Board) -> bool:
    """Tell a member that changed from one whose share changed because others did."""
    line = _lines_of(trend.family, board)[trend.metric][trend.key]
    before, now = _stretches(board, trend.begin)
    usual = float(np.nanmean(line[before])) if len(before) else 0.0
    own = quotient(_moved(line, before, now), usual)
    return own is not None and own * trend.change > 0 and abs(own) >= _OWN * abs(trend.change)


def part_of(trend: Trend, of: Trend, board: Board) -> float | None:
    """Tell what part of a headline figure's change in yuan or visitors a member made.

    Both are compared from before the figure's trend to the last week.
    """
    column = VISITORS if of.metric == VISITORS else PAID
    whole = board.shop.lines.get(column)
    mine = _lines_of(trend.family, board).get(column, {}).get(trend.key)
    if whole is None or mine is None:
        return None
    before, now = _stretches(board, of.begin)
    return quotient(_moved(mine, before, now), _moved(whole, before, now))


def _found(lines: list[_Line], board: Board, p: float) -> tuple[Trend, ...]:
    """Look at some lines; nothing is said on a day that is not normal or not complete."""
    shop = board.shop
    if not lines or not shop.usable[shop.target]:
        return ()
    first = max(0, len(shop.days) - _REACH)
    nothing = np.ones(len(shop.days))
    series = Series(
        counts=np.array([line.counts for line in lines])[:, first:],
        noise=np.array([line.noise for line in lines]),
        size=np.array([RATE_SIZE if line.metric in FACTORS[1:] else SIZE for line in lines]),
        exposure=np.array([nothing if line.exposure is None else line.exposure for line in lines])[
            :, first:
        ],
    )
    days = Days(shop.usable[first:], shop.days.weekday[first:])
    found = find_trends(series, days, np.full(len(lines), p / len(lines)))
    return tuple(
        _trend(lines[index], found, int(index), board) for index in np.flatnonzero(found.is_trend)
    )


def _trend(line: _Line, found: Trends, index: int, board: Board) -> Trend:
    first = max(0, len(board.shop.days) - _REACH)
    begin = board.shop.days.day(int(found.begin[index]) + first)
    worth = _worth(line, begin, board)
    return Trend(
        family=line.family,
        key=line.key,
        metric=line.metric,
        is_new=bool(found.is_new[index]),
        is_step=bool(found.is_step[index]),
        begin=begin,
        days=int(found.days[index]),
        change=float(np.expm1(found.size[index])),
        lost=None if worth is None else float(found.lost[index]) * worth,
        z=float(found.z[index]),
        p=float(found.p[index]),
        is_beside_peers=line.is_beside_peers,
    )


def _worth(line: _Line, begin: date, board: Board) -> float | None:
    """Give the yuan of one event: of a visitor or buyer what they paid before the trend."""
    if line.metric in {PAID, BASKET}:
        return board.basket
    column = VISITORS if line.metric == VISITORS else Col.PAID_BUYERS
    own = _lines_of(line.family, board)
    amount, people = (own.get(each, {}).get(line.key) for each in (PAID, column))
    if amount is None or people is None:
        return None
    before, _ = _stretches(board, begin)
    return quotient(float(np.nansum(amount[before])), float(np.nansum(people[before])))


def _with_parts(trend: Trend, board: Board) -> Trend:
    before, now = _stretches(board, trend.begin)
    mean = {
        column: [float(np.nanmean(board.shop.lines[column][where])) for where in (before, now)]
        for column in (VISITORS, Col.PAID_BUYERS, PAID)
        if column in board.shop.lines
    }
    if len(mean) < len(FACTORS) or not len(before):
        return trend
    visitors, buyers, amount = mean.values()
    ratios = (
        (VISITORS, quotient(visitors[1], visitors[0])),
        (CONVERSION, quotient(buyers[1] * visitors[0], visitors[1] * buyers[0])),
        (BASKET, quotient(amount[1] * buyers[0], buyers[1] * amount[0])),
    )
    parts = tuple((name, ratio - 1) for name, ratio in ratios if ratio is not None)
    return replace(trend, parts=parts)


def _stretches(board: Board, begin: date) -> tuple[Ints, Ints]:
    """Give the normal days before a day, and the last ones."""
    usable = np.flatnonzero(board.shop.usable)
    first = board.shop.days.index(begin)
    return usable[usable < first][-_BEFORE:], usable[usable >= first][-_NOW:]


def _moved(line: Floats, before: Ints, now: Ints) -> float:
    if not len(before) or not len(now):
        return 0.0
    return float(np.nanmean(line[now]) - np.nanmean(line[before]))


def _figures(window: Window, board: Board) -> list[_Line]:
    """Lay out visitors, conversion, amount per buyer and paid amount, as far as they are there."""
    lines = board.shop.lines
    visitors, buyers, amount = (lines.get(column) for column in (VISITORS, Col.PAID_BUYERS, PAID))
    found = []
    if amount is not None:
        peers = _peers(window, board, Col.PAID_AMOUNT)
        found.append(_shop(PAID, amount / board.basket, peers, MONEY_NOISE))
    if visitors is not None:
        found.append(_shop(VISITORS, visitors, _peers(window, board, Col.VISITORS), 1.0))
    if visitors is not None and buyers is not None:
        enough = np.where(visitors >= LEAST_VISITORS, visitors, np.nan)
        found.append(_Line(Family.SHOP, "", CONVERSION, buyers, enough, 1.0))
    if amount is not None and buyers is not None:
        some = np.where(buyers > 0, buyers, np.nan)
        found.append(_Line(Family.SHOP, "", BASKET, amount / board.basket, some, PRICE_NOISE))
    return found


def _shop(metric: str, counts: Floats, peers: Floats | None, noise: float) -> _Line:
    return _Line(Family.SHOP, "", metric, counts, peers, noise, peers is not None)


def _peers(window: Window, board: Board, metric: Col) -> Floats | None:
    """Give the average peer's line; None unless it is known today and on enough days before."""
    frame = window.tables.get("peer_daily")
    if frame is None:
        return None
    mine = frame[(frame[Col.METRIC] == metric.value) & (frame[Col.PEER] == "average")]
    line = by_day(mine, Col.VALUE, board.shop.days)
    usable = board.shop.usable & (line > 0)
    enough = usable[-1] and usable.sum() >= max(LEAST_DAYS, 0.9 * board.shop.usable.sum())
    return line if enough else None


def _lines_of(family: Family, board: Board) -> dict[str, dict[str, Floats]]:
    """Give visitors, buyers and amount of the shop or of the members of a family, by key."""
    columns = (VISITORS, str(Col.PAID_BUYERS), PAID)
    if family is Family.SHOP:
        return {name: {"": line} for name, line in board.shop.lines.items() if name in columns}
    slice_ = board.slices.get(family)
    if slice_ is None:
        return {}
    found = panel(slice_.rows, _KEYS[family], columns, board.shop.days)
    unborn = np.arange(len(board.shop.days)) < found.born[:, None]
    return {
        name: dict(zip(found.keys, np.where(unborn, np.nan, matrix), strict=True))
        for name, matrix in found.matrices.items()
    }


def _members(family: Family, board: Board) -> list[_Line]:
    """Lay out the larger members: visitors of both kinds, and what items sell."""
    own = _lines_of(family, board)
    usable = np.flatnonzero(board.shop.usable)[-_RECENT:]
    found = []
    for column, noise in ((VISITORS, 1.0), (PAID, MONEY_NOISE)):
        whole = board.shop.lines.get(column)
        if whole is None or (family is Family.SOURCE and column == PAID):
            continue
        unit = board.basket if column == PAID else 1.0
        total = float(np.nansum(whole[usable]))
        large = sorted(
            (-float(np.nansum(line[usable])), key) for key, line in own.get(column, {}).items()
        )[:_MOST]
        held = np.where(whole > 0, whole, np.nan) / unit
        for less, key in large:
            is_large = -less >= max(_LEAST_SHARE * total, _LEAST_EVENTS * unit * len(usable))
            if is_large:
                found.append(_Line(family, key, column, own[column][key] / unit, held, noise))
    return found
