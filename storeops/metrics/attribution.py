"""Who moved: traffic sources, items, search words and an item's own sources."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from storeops.facts import Window
from storeops.fields import Col
from storeops.metrics import sources
from storeops.metrics.blocks import Family
from storeops.metrics.board import Board
from storeops.metrics.decomposition import split_by_member, split_many
from storeops.metrics.definitions import quotient
from storeops.metrics.members import Table, member_table
from storeops.metrics.results import MetricDay, Move, Moves, PaidTree, Role, ShopDay, Totals
from storeops.metrics.slices import one_slice

ROLE_DAYS = 28
_HEROES, _SECONDS = 2, 5
_HERO_SHARE, _SECOND_SHARE = 0.10, 0.03
_NOTHING = Moves((), None, None, ())
_LIKELY_Z = 1.645
"""Distance of the paid amount that a quiet day has once in ten."""


def source_moves(shop_day: ShopDay, board: Board) -> Moves:
    """Compare every traffic source with its baseline and carry the shop's split down to them.

    One slice is read: the carrier that covers the whole shop, one attribution basis, one device.
    """
    table = _table(Family.SOURCE, Col.SOURCE, board, shop_day)
    if table is None or shop_day.before is None:
        return _nothing(Family.SOURCE, board)
    tree = None
    if shop_day.now is not None:
        tree = split_by_member(
            table.before, table.now, whole_before=shop_day.before, whole_now=shop_day.now
        )
    members = tuple(
        replace(
            move,
            name=move.key.rsplit(sources.PATH, 1)[-1],
            group=sources.group(move.key),
            tree=tree.members[index] if tree else None,
        )
        for index, move in enumerate(_moves(table, shop_day))
    )
    return _summary(members, table, shop_day, basis=board.slices[Family.SOURCE].basis, tree=tree)


def item_moves(window: Window, shop_day: ShopDay, board: Board) -> Moves:
    """Compare every item with its baseline; paid amounts of items add up to the shop's."""
    table = _table(Family.ITEM, Col.ITEM_ID, board, shop_day)
    if table is None:
        return _nothing(Family.ITEM, board)
    frame = board.slices[Family.ITEM].rows
    titles, roles = titles_of(frame), _roles(frame, window)
    members = tuple(
        replace(move, name=titles.get(move.key), role=roles.get(move.key, Role.OTHER))
        for move in _moves(table, shop_day)
    )
    return _summary(members, table, shop_day)


def word_moves(shop_day: ShopDay, board: Board) -> Moves:
    """Compare every search word with its baseline, in one scope and on one device."""
    table = _table(Family.WORD, Col.WORD, board, shop_day)
    if table is None:
        return _nothing(Family.WORD, board)
    basis = board.slices[Family.WORD].basis
    scope = dict(basis).get(Col.WORD_SCOPE.value)
    members = tuple(replace(move, name=move.key, group=scope) for move in _moves(table, shop_day))
    return _summary(members, table, shop_day, basis=basis)


def explained(window: Window, shop_day: ShopDay, board: Board) -> ShopDay:
    """Let the paid amount be abnormal by a member that beyond doubt lost or won as much.

    The shop's own line is noisier than its hero's: a change too small to be certain by itself is
    certain when a single item or source has moved that much and nothing else explains it.
    """
    paid = shop_day.figure(Col.PAID_AMOUNT.value)
    if paid is None or paid.low is None or shop_day.is_abnormal or shop_day.before is None:
        return shop_day
    change, worth = paid.change or 0.0, abs(paid.impact or 0.0)
    is_likely = abs(paid.z or 0.0) >= _LIKELY_Z and abs(change) >= shop_day.band
    if not is_likely or worth < shop_day.money_floor:
        return shop_day
    least = shop_day.band * shop_day.before.amount
    for moves in (item_moves(window, shop_day, board), source_moves(shop_day, board)):
        for move in moves.members:
            own = move.specific.amount if move.specific else 0.0
            if move.is_lone and own * change > 0 and abs(own) >= least:
                return _abnormal(shop_day, paid)
    return shop_day


def _abnormal(shop_day: ShopDay, paid: MetricDay) -> ShopDay:
    figures = (replace(one, is_abnormal=True) if one is paid else one for one in shop_day.figures)
    return replace(shop_day, figures=tuple(figures))


def item_source_moves(window: Window, shop_day: ShopDay, board: Board, item_id: str) -> Moves:
    """Compare the traffic sources of one item with their baseline.

    ``change`` and ``share`` refer to the sum of the item's sources.
    """
    frame = window.tables.get("item_source_daily")
    if frame is None:
        return _NOTHING
    mine = frame[frame[Col.ITEM_ID] == item_id]
    if mine.empty:
        return _NOTHING
    slice_ = one_slice(mine, (Col.ATTRIBUTION,), window)
    table = member_table(slice_.rows, Col.SOURCE, board=board, shop_day=shop_day)
    if table is None:
        return replace(_NOTHING, basis=slice_.basis)
    change = float(table.now.amount.sum() - table.before.amount.sum())
    members = tuple(
        replace(move, name=move.key.rsplit(sources.PATH, 1)[-1], group=sources.group(move.key))
        for move in _moves(table, shop_day, change=change)
    )
    return Moves(members, change, 0.0, table.days_used, slice_.basis)


def _nothing(family: Family, board: Board) -> Moves:
    slice_ = board.slices.get(family)
    return _NOTHING if slice_ is None else replace(_NOTHING, basis=slice_.basis)


def _table(family: Family, key: Col, board: Board, shop_day: ShopDay) -> Table | None:
    slice_ = board.slices.get(family)
    if slice_ is None:
        return None
    return member_table(slice_.rows, key, board=board, shop_day=shop_day, family=family)


def _moves(table: Table, shop_day: ShopDay, *, change: float | None = None) -> list[Move]:
    """Turn vectors into records, in the table's order."""
    whole = _shop_change(shop_day) if change is None else change
    splits = split_many(table.before, table.now)
    moves = []
    for index, key in enumerate(table.keys):
        before, now = table.before.at(index), table.now.at(index)
        moves.append(
            Move(
                key=key,
                name=None,
                now=now,
                before=before,
                change=now.amount - before.amount,
                share=quotient(now.amount - before.amount, whole or 0.0),
                split=splits.at(index, table.before, table.now),
                z=_known(table.raw[2, index]),
                visitors_z=_known(table.raw[0, index]),
                buyers_z=_known(table.raw[1, index]),
                conversion_z=_known(table.raw[3, index]),
                specific=table.specific.at(index),
                p=_known(np.fmin.reduce(table.p[:, index])),
                visible=_known(table.visible[index]),
                is_significant=bool(table.is_significant[index]),
                is_lone=bool(table.is_lone[index]),
                is_new=_is_nothing(before),
                is_vanished=_is_nothing(now),
            )
        )
    return moves


def _known(number: float) -> float | None:
    return None if np.isnan(number) else float(number)


def _is_nothing(totals: Totals) -> bool:
    return totals.visitors == 0 and totals.amount == 0


def _shop_change(shop_day: ShopDay) -> float | None:
    if shop_day.now is None or shop_day.before is None:
        return None
    return shop_day.now.amount - shop_day.before.amount


def _summary(
    members: tuple[Move, ...],
    table: Table,
    shop_day: ShopDay,
    *,
    basis: tuple[tuple[str, str], ...] = (),
    tree: PaidTree | None = None,
) -> Moves:
    change = _shop_change(shop_day)
    carried = sum(move.change for move in members)
    return Moves(
        members=members,
        change=change,
        remainder=None if change is None else change - carried,
        days_used=table.days_used,
        basis=basis,
        tree=tree,
    )


def titles_of(frame: pd.DataFrame) -> dict[str, str]:
    """Give every item's newest title."""
    if Col.ITEM_TITLE not in frame:
        return {}
    named = frame[frame[Col.ITEM_TITLE].notna()].drop_duplicates(Col.ITEM_ID, keep="last")
    return dict(zip(named[Col.ITEM_ID].astype(str), named[Col.ITEM_TITLE].astype(str), strict=True))


def _roles(frame: pd.DataFrame, window: Window) -> dict[str, Role]:
    """Guess roles from the share of the last 28 days' sales: heroes, then the second line."""
    since = pd.Timestamp(window.day) - pd.Timedelta(days=ROLE_DAYS - 1)
    recent = frame[frame[Col.DATE] >= since]
    paid = (
        recent.groupby(Col.ITEM_ID)[Col.PAID_AMOUNT]
        .sum()
        .sort_values(ascending=False, kind="stable")
    )
    total = float(paid.sum())
    roles = {}
    for place, (item, amount) in enumerate(paid.head(_HEROES + _SECONDS).items()):
        share = quotient(float(amount), total) or 0.0
        if place < _HEROES and share >= _HERO_SHARE:
            roles[str(item)] = Role.HERO
        elif share >= _SECOND_SHARE:
            roles[str(item)] = Role.SECOND
    return roles
