"""Who moved: traffic sources, items, search words and an item's own sources."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from storeops.facts import Window
from storeops.fields import Col
from storeops.metrics import sources
from storeops.metrics.decomposition import split_by_member, split_many
from storeops.metrics.definitions import quotient
from storeops.metrics.members import Table, member_table
from storeops.metrics.results import Move, Moves, PaidTree, Role, ShopDay, Totals

ROLE_DAYS = 28
_HEROES, _SECONDS = 2, 5
_HERO_SHARE, _SECOND_SHARE = 0.10, 0.03
_NOTHING = Moves((), None, None, ())


def source_moves(window: Window, shop_day: ShopDay) -> Moves:
    """Compare every traffic source with its baseline and carry the shop's split down to them.

    One slice is read: the carrier that covers the whole shop, one attribution basis, one device.
    """
    frame = window.tables.get("source_daily")
    if frame is None or shop_day.before is None:
        return _NOTHING
    slice_ = one_slice(frame, (Col.CARRIER, Col.ATTRIBUTION, Col.DEVICE), window)
    table = _table(slice_, Col.SOURCE, window, shop_day)
    if table is None:
        return replace(_NOTHING, basis=slice_.basis)
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
    return _summary(members, table, shop_day, basis=slice_.basis, tree=tree)


def item_moves(window: Window, shop_day: ShopDay) -> Moves:
    """Compare every item with its baseline; paid amounts of items add up to the shop's."""
    frame = window.tables.get("item_daily")
    if frame is None or shop_day.before is None:
        return _NOTHING
    table = _table(Slice(frame, ()), Col.ITEM_ID, window, shop_day)
    if table is None:
        return _NOTHING
    titles, roles = _titles(frame), _roles(frame, window)
    members = tuple(
        replace(move, name=titles.get(move.key), role=roles.get(move.key, Role.OTHER))
        for move in _moves(table, shop_day)
    )
    return _summary(members, table, shop_day)


def word_moves(window: Window, shop_day: ShopDay) -> Moves:
    """Compare every search word with its baseline, in one scope and on one device."""
    frame = window.tables.get("search_word_daily")
    if frame is None or shop_day.before is None:
        return _NOTHING
    slice_ = one_slice(frame, (Col.WORD_SCOPE, Col.DEVICE), window)
    table = _table(slice_, Col.WORD, window, shop_day)
    if table is None:
        return replace(_NOTHING, basis=slice_.basis)
    scope = dict(slice_.basis).get(Col.WORD_SCOPE.value)
    members = tuple(replace(move, name=move.key, group=scope) for move in _moves(table, shop_day))
    return _summary(members, table, shop_day, basis=slice_.basis)


def item_source_moves(window: Window, shop_day: ShopDay, item_id: str) -> Moves:
    """Compare the traffic sources of one item with their baseline.

    ``change`` and ``share`` refer to the sum of the item's sources.
    """
    frame = window.tables.get("item_source_daily")
    if frame is None or shop_day.before is None:
        return _NOTHING
    mine = frame[frame[Col.ITEM_ID] == item_id]
    if mine.empty:
        return _NOTHING
    slice_ = one_slice(mine, (Col.ATTRIBUTION,), window)
    table = member_table(slice_.rows, Col.SOURCE, window=window, shop_day=shop_day, whole=None)
    if table is None:
        return replace(_NOTHING, basis=slice_.basis)
    change = float(table.now.amount.sum() - table.before.amount.sum())
    members = tuple(
        replace(move, name=move.key.rsplit(sources.PATH, 1)[-1], group=sources.group(move.key))
        for move in _moves(table, shop_day, change=change)
    )
    return Moves(members, change, 0.0, table.days_used, slice_.basis)


@dataclass(frozen=True, slots=True)
class Slice:
    """The rows of one choice of key values, and what was chosen."""

    rows: pd.DataFrame
    basis: tuple[tuple[str, str], ...]


def one_slice(frame: pd.DataFrame, keys: Sequence[Col], window: Window) -> Slice:
    """Choose one value of every key, because people of two slices are never added.

    Preferred: present on the window's last day; covering the whole shop; present on most days;
    then a fixed order of attributions, devices and scopes.
    """
    rows, basis = frame, []
    for key in keys:
        if key in rows:
            text = rows[key].astype(object).where(rows[key].notna(), "").to_numpy()
            chosen = _preferred(key, rows[Col.DATE], text, window)
            rows = rows[text == chosen]
            basis.append((key.value, chosen))
    return Slice(rows, tuple(basis))


_PREFERENCES: dict[Col, tuple[str, ...]] = {
    Col.ATTRIBUTION: ("last", "every", "unspecified", "first", ""),
    Col.DEVICE: ("all", "", "mobile", "pc"),
    Col.WORD_SCOPE: ("outside", "", "inside"),
}


def _preferred(key: Col, dates: pd.Series, text: npt.NDArray[np.object_], window: Window) -> str:
    """Rank the values of one key and give the best."""
    n_days = {str(name): int(n) for name, n in dates.groupby(text).nunique().items()}
    today = set(text[(dates == pd.Timestamp(window.day)).to_numpy()])

    def rank(name: str) -> tuple[bool, bool, int, int, str]:
        order = _PREFERENCES.get(key, ())
        place = -order.index(name) if name in order else -len(order)
        whole = key is not Col.CARRIER or sources.is_whole_shop(name)
        return name in today, whole, n_days[name], place, name

    return max(n_days, key=rank)


def _table(slice_: Slice, key: Col, window: Window, shop_day: ShopDay) -> Table | None:
    return member_table(slice_.rows, key, window=window, shop_day=shop_day, whole=shop_day.before)


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
                z=float(table.z[2, index]),
                visitors_z=float(table.z[0, index]),
                buyers_z=float(table.z[1, index]),
                is_significant=bool(table.is_significant[index]),
                is_new=_is_nothing(before),
                is_vanished=_is_nothing(now),
            )
        )
    return moves


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


def _titles(frame: pd.DataFrame) -> dict[str, str]:
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
