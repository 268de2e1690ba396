"""Shapes a table of headers cannot say, each one named function that a layout refers to."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from storeops.facts import MAPPED_DAILY, PEER_DAILY, FactRows
from storeops.fields import FIELDS, Col
from storeops.ingest.grid import Grid, Part
from storeops.ingest.layout import Layout
from storeops.ingest.longer import by_length
from storeops.ingest.values import Cell, cell_text, parse_text
from storeops.ingest.words import fold, words
from storeops.messages import Unit

Reshaper = Callable[[Grid, Layout], tuple[Part, ...]]

PATH = " > "
_OWN = "own"
_CHANGE = "change"
_PEERS = ("average", "excellent")
_mark = re.compile(r"[(_:\-·/|]$")


def source_tree(grid: Grid, layout: Layout) -> tuple[Part, ...]:
    """Turn source levels into paths and keep the leaves.

    The levels are the headers of the layout's ``source`` column, in order; its alias table
    applies to each level. A level that is missing or a summary word ends the path, so a summary
    row is the node of its parent level. A node with others below it is a total of them and set
    apart; a node without is a leaf, whether or not it is called a summary.

    Args:
        grid: One row per node; level columns and measures.
        layout: With a column ``source``; ``carrier`` separates trees.

    Returns:
        One part whose ``source`` column holds paths joined with `` > ``.
    """
    paths = _paths(grid, layout)
    trees = _trees(grid, layout)
    nodes = list(zip(trees, _aliased(paths, trees, layout), strict=True))
    parents = {(tree, path[:depth]) for tree, path in nodes for depth in range(len(path))}
    below: dict[tuple[str, tuple[str, ...]], list[int]] = {}
    for line, (tree, path) in enumerate(nodes):
        if (tree, path) not in parents:
            for depth in range(len(path)):
                below.setdefault((tree, path[:depth]), []).append(line)
    apart = [line for line, node in enumerate(nodes) if node in parents or not node[1]]
    totals = {line: below[nodes[line]] for line in apart if nodes[line] in below}
    given = {Col.SOURCE.value: [PATH.join(path) for _, path in nodes]}
    return (Part(layout.fact, grid, given, totals, frozenset(apart)),)


def _paths(grid: Grid, layout: Layout) -> list[tuple[str, ...]]:
    where = grid.positions()
    ends = {fold(header): set(marks) for header, marks in layout.rows.summary.items()}
    levels = []
    for name in map(fold, layout.columns[Col.SOURCE].header):
        if name in where:
            stop = ends.get(name, set())
            levels.append([_level(cell, stop) for cell in grid.columns[where[name]]])
    return [_until_none(row) for row in zip(*levels, strict=True)]


def _level(cell: Cell, stop: set[str]) -> str | None:
    text = parse_text(cell_text(cell))
    return None if text in stop else text


def _until_none(levels: Sequence[str | None]) -> tuple[str, ...]:
    path: list[str] = []
    for text in levels:
        if text is None:
            break
        path.append(text)
    return tuple(path)


def _trees(grid: Grid, layout: Layout) -> list[str]:
    where = grid.positions()
    column = layout.columns.get(Col.CARRIER)
    found = [where[name] for name in map(fold, column.header if column else ()) if name in where]
    if not found:
        return [""] * len(grid.rows)
    return [parse_text(cell_text(cell)) or "" for cell in grid.columns[found[0]]]


def _aliased(
    paths: list[tuple[str, ...]], trees: list[str], layout: Layout
) -> list[tuple[str, ...]]:
    """Give sources their newest names, unless two of this file would become one."""
    alias = layout.columns[Col.SOURCE].values
    if not alias:
        return paths
    origin: dict[tuple[str, tuple[str, ...]], tuple[str, ...]] = {}
    renamed = []
    for tree, path in zip(trees, paths, strict=True):
        new = tuple(alias.get(text, text) for text in path)
        renamed.append(new)
        if origin.setdefault((tree, new), path) != path:
            return paths
    return renamed


@lru_cache(maxsize=4096)
def _role(header: str) -> tuple[str, str | None]:
    """Split a header of the home export into metric and role (None when it says none)."""
    folded = fold(header)
    for role, names in words().groups.items():
        for name in names:
            if folded.endswith(f"({name})"):
                return folded.removesuffix(f"({name})"), role
            if folded.endswith(name):
                return _mark.sub("", folded.removesuffix(name)), role
    return folded, None


def _home_fold(header: str) -> str:
    metric, role = _role(header)
    return f"{metric}({role})" if role else metric


def signature_fold(reshaper: str) -> Callable[[str], str]:
    """Choose how headers are compared when a layout with this reshaper is recognised."""
    return _home_fold if reshaper == home_groups.__name__ else fold


def home_groups(grid: Grid, layout: Layout) -> tuple[Part, ...]:
    """Split the home page export into the shop's own table and one per peer group.

    Columns before the first group describe the row; then every metric has up to four columns:
    own, change, peer average, excellent peers. A bare role belongs to the metric before it. Of a
    metric that occurs twice the first one counts.

    Returns:
        One part for the shop and one for each peer group the file has.
    """
    shared: list[int] = []
    groups: dict[str, dict[str, int]] = {_OWN: {}, **{peer: {} for peer in _PEERS}}
    metric = ""
    roles = [_role(header) for header in grid.header]
    for column, (name, role) in enumerate(roles):
        metric = name or metric
        if role is None and not groups[_OWN] and not _opens_group(name, roles[column + 1 :][:1]):
            shared.append(column)
        elif role != _CHANGE:
            groups[role or _OWN].setdefault(metric, column)
    parts = [Part(layout.fact, _columns(grid, shared, groups[_OWN]))]
    for peer in _PEERS:
        if groups[peer]:
            table = _columns(grid, shared, groups[peer])
            parts.append(Part(layout.fact, table, peer=peer))
    return tuple(parts)


def _opens_group(name: str, following: Sequence[tuple[str, str | None]]) -> bool:
    """Tell whether a header without a role is a metric: the next one is a role of it."""
    return any(role not in (None, _OWN) and metric in ("", name) for metric, role in following)


def _columns(grid: Grid, shared: Sequence[int], group: Mapping[str, int]) -> Grid:
    chosen = [*shared, *group.values()]
    return Grid(
        grid.sheet,
        (*(grid.header[column] for column in shared), *group),
        tuple(grid.columns[column] for column in chosen),
        tuple(grid.at[column] for column in chosen),
        grid.rows,
    )


def peer_rows(rows: FactRows, peer: str) -> FactRows:
    """Turn a wide table of peer values into long rows, one per day and metric.

    Args:
        rows: The fact's columns, filled with the values of one peer group.
        peer: ``average`` or ``excellent``.

    Returns:
        Rows of ``peer_daily``; a metric without a value on a day has no row.
    """
    days, sheets, places = (rows.columns[name] for name in (Col.DATE, Col.SHEET, Col.ROW))
    cells = [
        (name, line)
        for name, values in rows.columns.items()
        if name != Col.ROW and (name not in FIELDS or FIELDS[name].unit not in _WORDS)
        for line in np.flatnonzero(~np.isnan(values)).tolist()
    ]
    columns: dict[str, Any] = {
        Col.DATE.value: [days[line] for _, line in cells],
        Col.METRIC.value: [name for name, _ in cells],
        Col.PEER.value: [peer] * len(cells),
        Col.VALUE.value: np.array([rows.columns[name][line] for name, line in cells], dtype=float),
        Col.SHEET.value: [sheets[line] for _, line in cells],
        Col.ROW.value: np.array([places[line] for _, line in cells], dtype=np.int64),
    }
    return FactRows(PEER_DAILY.name, columns)


def measure_rows(rows: FactRows, layout: Layout) -> FactRows:
    """Turn the measures of a user's table into long rows, one per line and measure.

    Args:
        rows: The keys, and a column per measure under its own header.
        layout: The layout; its name tells its measures from those of other tables.

    Returns:
        Rows of ``mapped_daily``; a measure without a value in a line has no row.
    """
    cells = [
        (name, line)
        for name in layout.measures
        if name in rows.columns
        for line in np.flatnonzero(~np.isnan(rows.columns[name])).tolist()
    ]
    lines = [line for _, line in cells]
    columns: dict[str, Any] = {
        name: [rows.columns[name][line] for line in lines]
        for name in (Col.DATE, Col.SUBJECT, Col.SHEET)
    }
    columns |= {
        Col.DATASET: [layout.name] * len(cells),
        Col.METRIC: [name for name, _ in cells],
        Col.VALUE: np.array([rows.columns[name][line] for name, line in cells], dtype=float),
        Col.ROW: np.array([rows.columns[Col.ROW][line] for line in lines], dtype=np.int64),
    }
    return FactRows(MAPPED_DAILY.name, {str(name): values for name, values in columns.items()})


def sides(grid: Grid, layout: Layout) -> tuple[Part, ...]:
    """Turn a comparison with a column per side into a line per side.

    A header the layout does not know is a side's name: the own shop's or a rival's. Beside the
    known columns a line gets ``rival`` and a column named as the entry ``value``.

    Args:
        grid: One row per metric; known columns, and a column per side.
        layout: With a column ``metric`` and an entry ``value``.
    """
    known = {fold(h) for column in layout.columns.values() for h in column.header}
    known |= set(map(fold, layout.ignore))
    of_side = [j for j, name in enumerate(grid.header) if name and fold(name) not in known]
    shared = [j for j, name in enumerate(grid.header) if fold(name) in known]
    lines = range(len(grid.rows))
    alias = layout.columns[Col.RIVAL].values
    columns = tuple([grid.columns[j][i] for _ in of_side for i in lines] for j in shared)
    values = [grid.columns[j][i] for j in of_side for i in lines]
    melted = Grid(
        grid.sheet,
        (*(grid.header[j] for j in shared), layout.entries[Col.VALUE].header[0]),
        (*columns, values),
        (*(grid.at[j] for j in shared), grid.at[of_side[0]] if of_side else 0),
        [grid.rows[i] for _ in of_side for i in lines],
    )
    names = [alias.get(grid.header[j], grid.header[j]) for j in of_side for _ in lines]
    return (Part(layout.fact, melted, {Col.RIVAL.value: names}),)


_WORDS = (Unit.TEXT, Unit.DATE)
RESHAPERS: dict[str, Reshaper] = {
    home_groups.__name__: home_groups,
    sides.__name__: sides,
    source_tree.__name__: source_tree,
}


def reshape(grid: Grid, layout: Layout) -> tuple[Part, ...]:
    """Run the layout's reshaper, if it names one, or set its longer periods apart from days."""
    if layout.reshape is None:
        return by_length(grid, layout)
    return RESHAPERS[layout.reshape](grid, layout)
