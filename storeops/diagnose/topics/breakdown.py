"""The exact split carried down: by traffic source within and mix, and by item."""

from __future__ import annotations

from dataclasses import astuple
from math import fsum

from storeops.diagnose.finding import DataTable, TableColumn
from storeops.messages import Unit, message
from storeops.metrics.results import MemberParts, Moves, PaidTree

_BY_SOURCE = (
    TableColumn("column.source", Unit.TEXT),
    TableColumn("column.part_visitors", Unit.CNY),
    TableColumn("column.part_conversion_within", Unit.CNY),
    TableColumn("column.part_conversion_mix", Unit.CNY),
    TableColumn("column.part_amount_within", Unit.CNY),
    TableColumn("column.part_amount_mix", Unit.CNY),
    TableColumn("column.impact", Unit.CNY),
)
_BY_ITEM = (
    TableColumn("column.item", Unit.TEXT),
    TableColumn("column.part_visitors", Unit.CNY),
    TableColumn("column.part_conversion", Unit.CNY),
    TableColumn("column.part_amount", Unit.CNY),
    TableColumn("column.part_remainder", Unit.CNY),
    TableColumn("column.impact", Unit.CNY),
)


def by_source(moves: Moves) -> tuple[DataTable, ...]:
    """Lay out the tree: sources, visitors counted in several of them, what none accounts for.

    The last line is the shop's own split; the lines above it add up to it.
    """
    tree = moves.tree
    if tree is None:
        return ()
    rows = [
        (move.name or move.key, *_parts(move.tree))
        for move in moves.members
        if move.tree is not None
    ]
    rows += [
        (message("split.overlap"), *_line(tree.overlap, 0.0, 0.0)),
        (message("split.unattributed"), *_rest(tree)),
        (message("split.total"), *_whole(tree)),
    ]
    return (DataTable("table.split_sources", _BY_SOURCE, tuple(rows)),)


def _parts(parts: MemberParts) -> tuple[float, ...]:
    values: tuple[float, ...] = astuple(parts)
    return (*values, fsum(values))


def _line(visitors: float, conversion: float, amount: float) -> tuple[float | None, ...]:
    return (visitors, conversion, None, amount, None, fsum((visitors, conversion, amount)))


def _rest(tree: PaidTree) -> tuple[float | None, ...]:
    return _line(0.0, tree.conversion_remainder, tree.amount_remainder)


def _whole(tree: PaidTree) -> tuple[float | None, ...]:
    split = tree.split
    return _line(split.visitors, split.conversion_rate, split.amount_per_buyer)


def by_item(moves: Moves) -> tuple[DataTable, ...]:
    """Lay out what every item contributed, factor by factor, and what no item accounts for."""
    if not moves.members or moves.change is None:
        return ()
    rows: list[tuple[object, ...]] = [
        (
            move.name or move.key,
            move.split.visitors,
            move.split.conversion_rate,
            move.split.amount_per_buyer,
            move.split.remainder,
            move.change,
        )
        for move in moves.members
    ]
    rows += [
        (message("split.unattributed"), None, None, None, None, moves.remainder),
        (message("split.total"), None, None, None, None, moves.change),
    ]
    return (DataTable("table.split_items", _BY_ITEM, tuple(rows)),)
