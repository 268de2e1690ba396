"""Where the day's change sits: item x source, new and returning buyers, devices.

Items whose own sources are on file are taken apart by source, the others are one leaf each. What
moved together by one ratio is one place (``localise``), with how often chance would show as much.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from storeops.facts import Window
from storeops.fields import DEVICES, Col, device_column
from storeops.metrics.attribution import item_moves, item_source_moves
from storeops.metrics.blocks import MONEY_NOISE, PRICE_NOISE
from storeops.metrics.board import Board
from storeops.metrics.definitions import quotient, quotients
from storeops.metrics.localise import Cube, localise
from storeops.metrics.panel import Floats, Ints, by_day
from storeops.metrics.results import Moves, PaidSplit, ShopDay, Totals

MOST = 3
_CHANCE = 0.1
"""Places that chance would show more often than this are not told."""
_DAY_NOISE = 0.08
"""Day noise of one leaf beside its counting noise, relative to what was expected."""
_WHOLE = ""
"""Source of an item that is not taken apart."""
_FADING = 0.95
_TAKEN_APART = 12
"""Items whose sources are read, the largest changes first."""


@dataclass(frozen=True, slots=True)
class Place:
    """One place of the change, in yuan.

    ``item``, ``source`` and ``kind`` are None where the place does not fix them; ``kind`` is new,
    returning, or a device. ``share`` is its part of the shop's change, ``p`` how often chance
    would show as much somewhere.
    """

    item: str | None
    item_name: str | None
    source: str | None
    kind: str | None
    ratio: float
    amount: float
    share: float | None
    p: float


def places(window: Window, shop_day: ShopDay, board: Board) -> tuple[Place, ...]:
    """Find the places of an abnormal day's change, the surest first.

    Returns:
        Nothing on a day that needs no explanation, and nothing for a change all members share.
    """
    if not shop_day.has_moved:
        return ()
    found = _among_items(window, shop_day, board)
    return (*found, *_among_kinds(window, shop_day, board))[: MOST + 1]


@dataclass(frozen=True, slots=True)
class _Leaf:
    item: str
    source: str
    before: Totals
    now: Totals


@dataclass(frozen=True, slots=True)
class _Measured:
    """Leaves in the measure of the day's main factor, (n_leaves,); ``worth`` is yuan of one."""

    actual: Floats
    expected: Floats
    noise: Floats
    worth: Floats


def _among_items(window: Window, shop_day: ShopDay, board: Board) -> tuple[Place, ...]:
    moves = item_moves(window, shop_day, board)
    leaves = tuple(_leaves(moves, window, shop_day, board))
    if not leaves or shop_day.split is None:
        return ()
    items = {key: n for n, key in enumerate(dict.fromkeys(leaf.item for leaf in leaves))}
    sources = {key: n for n, key in enumerate(dict.fromkeys(leaf.source for leaf in leaves))}
    codes = np.array([(items[leaf.item], sources[leaf.source]) for leaf in leaves], dtype=np.intp)
    told = _measured(leaves, _factor(shop_day.split), board.basket)
    names = {move.key: move.name for move in moves.members}
    keys = (tuple(items), tuple(sources))
    found = []
    cube = Cube(codes, told.actual, told.expected, told.noise)
    for segment in localise(cube, most=MOST, chance=_CHANCE).segments:
        item = keys[0][segment.fixed[0]] if 0 in segment.fixed else None
        source = keys[1][segment.fixed[1]] if 1 in segment.fixed else None
        if item is None and source in {None, _WHOLE}:
            continue
        inside = np.logical_and.reduce([codes[:, d] == v for d, v in segment.fixed.items()])
        amount = float(((told.actual - told.expected) * told.worth)[inside].sum())
        found.append(
            Place(
                item=item,
                item_name=names.get(item or ""),
                source=None if source == _WHOLE else source,
                kind=None,
                ratio=segment.ratio,
                amount=amount,
                share=quotient(amount, moves.change or 0.0),
                p=segment.p,
            )
        )
    return tuple(found)


def _factor(split: PaidSplit) -> str:
    """Name the factor that carries most of the change, in its direction."""
    sign = 1 if split.end >= split.start else -1
    return max(split.parts, key=lambda part: sign * part[1])[0]


def _measured(leaves: tuple[_Leaf, ...], factor: str, basket: float) -> _Measured:
    """Lay leaves out in people, buyers by people, or money by buyers, whichever moved the day.

    Counts speak sooner than money: the same fall is surer in a thousand visitors than in the
    yuan of fifty buyers.
    """
    before, now = (
        np.array([(one.visitors, one.buyers, one.amount) for one in side]).T
        for side in ([leaf.before for leaf in leaves], [leaf.now for leaf in leaves])
    )
    rate, ticket = quotients(before[1], before[0]), quotients(before[2], before[1])
    ticket = np.where(np.isnan(ticket), basket, ticket)
    if factor == "visitors":
        actual, expected, worth = now[0], before[0], np.nan_to_num(rate) * ticket
        counted = np.maximum((actual + expected) / 2, 1.0)
    elif factor == "conversion_rate":
        actual, expected, worth = now[1], now[0] * np.nan_to_num(rate), ticket
        counted = np.maximum(expected, 1.0)
    else:
        actual, expected, worth = now[2], now[1] * ticket, np.ones(len(leaves))
        counted = PRICE_NOISE * basket * np.maximum(expected, basket)
    noise = np.sqrt(counted + (_DAY_NOISE * expected) ** 2)
    return _Measured(actual, expected, noise, worth)


def _leaves(moves: Moves, window: Window, shop_day: ShopDay, board: Board) -> Iterator[_Leaf]:
    """Give one leaf per item, or per item and source where the item's sources are on file."""
    for place, move in enumerate(moves.members):
        parts = (
            item_source_moves(window, shop_day, board, move.key)
            if place < _TAKEN_APART
            else Moves((), None, None, ())
        )
        if not parts.members:
            yield _Leaf(move.key, _WHOLE, move.before, move.now)
        for part in parts.members:
            yield _Leaf(move.key, part.name or part.key, part.before, part.now)


def _among_kinds(window: Window, shop_day: ShopDay, board: Board) -> tuple[Place, ...]:
    """Look at new and returning buyers, and at devices, one split at a time."""
    frame = window.tables.get("shop_daily")
    whole = shop_day.before
    if frame is None or whole is None:
        return ()
    days = board.shop.days
    used = np.array([days.index(day) for day in shop_day.pool], dtype=np.intp)
    paid = by_day(frame, Col.PAID_AMOUNT, days)
    returning = by_day(frame, Col.RETURNING_PAID_AMOUNT, days)
    splits = (
        {"new": paid - returning, "returning": returning},
        {each: by_day(frame, device_column(each, Col.PAID_AMOUNT), days) for each in DEVICES},
    )
    return tuple(place for split in splits for place in _kinds(split, paid, used, shop_day, board))


def _kinds(
    split: dict[str, Floats],
    paid: Floats,
    used: Ints,
    shop_day: ShopDay,
    board: Board,
) -> Iterator[Place]:
    lines = np.stack(list(split.values()))
    whole, change = shop_day.before, shop_day.figure(Col.PAID_AMOUNT.value)
    used = used[~np.isnan(lines[:, used]).any(axis=0)]
    if whole is None or not len(used) or np.isnan(lines[:, -1]).any():
        return
    weights = _FADING ** (used[-1] - used)
    total = quotient(whole.amount, float((paid[used] * weights).sum())) or 0.0
    before = (lines[:, used] * weights).sum(axis=1) * total
    now = lines[:, -1]
    cube = Cube(np.arange(len(split))[:, None], now, before, _noise(before, now, board.basket))
    for segment in localise(cube, most=1).segments:
        if segment.fixed and change is not None:
            kind = tuple(split)[segment.fixed[0]]
            share = quotient(segment.amount, change.impact or 0.0)
            yield Place(None, None, None, kind, segment.ratio, segment.amount, share, segment.p)


def _noise(before: Floats, now: Floats, basket: float) -> Floats:
    """Spread of actual - expected: the money of that many buyers, and a day's own noise."""
    counted = MONEY_NOISE * basket * np.maximum((before + now) / 2, basket)
    noise: Floats = np.sqrt(counted + (_DAY_NOISE * before) ** 2)
    return noise
