"""The tables of a page: cells as text with the plain number beside it, rows that can be linked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from storeops.diagnose.finding import DataTable, TableColumn
from storeops.messages import Change, Quantity, Unit
from storeops.reporter.columns import is_signed
from storeops.reporter.lang import Catalogue
from storeops.reporter.numbers import json_number
from storeops.reporter.page.figures import way

_MOST_PICKS, _LEAST_REPEATS = 12, 3
_TEXT = (Unit.TEXT, Unit.DATE)


@dataclass(frozen=True, slots=True)
class Head:
    """A column head; ``look`` names the classes of its cells."""

    id: str
    label: str
    look: str
    is_detail: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: what it reads, its classes, and the plain number of its column if it is one."""

    text: str
    look: str
    metric: str = ""
    value: object = ""
    is_number: bool = False
    tag: str = "td"


@dataclass(frozen=True, slots=True)
class Row:
    """A row with the anchor that a finding links to."""

    anchor: str
    is_tinted: bool
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class TableView:
    """A table, the latest day first where it is one of days."""

    anchor: str
    name: str
    title: str
    heads: tuple[Head, ...]
    rows: tuple[Row, ...]
    left_out: int
    has_details: bool
    has_tint: bool


def row_anchor(table: int, row: int) -> str:
    """Name a row of a table of the report, counting both as the report does."""
    return f"t{table}r{row}"


def table_view(table: DataTable, number: int, limit: int, words: Catalogue) -> TableView:
    """Format a table; of more than ``limit`` rows the first, of days the last ones are shown."""
    heads = tuple(_head(column, words) for column in table.columns)
    picks = [_picks(table, at) for at in range(len(heads))]
    order = list(range(len(table.rows)))
    if table.columns and table.columns[0].unit is Unit.DATE and _ascends(table):
        order.reverse()
    rows = tuple(
        Row(
            row_anchor(number, at),
            at in table.tinted,
            _naming(
                _cell(value, column, head, words, picks=may_pick)
                for value, column, head, may_pick in zip(
                    table.rows[at], table.columns, heads, picks, strict=True
                )
            ),
        )
        for at in order[:limit]
    )
    return TableView(
        anchor=f"t{number}",
        name=table.name,
        title=words.say(table.name),
        heads=heads,
        rows=rows,
        left_out=len(order) - len(rows),
        has_details=any(head.is_detail for head in heads),
        has_tint=any(row.is_tinted for row in rows),
    )


def _head(column: TableColumn, words: Catalogue) -> Head:
    kind = "t" if column.unit in _TEXT else "n"
    look = f"{kind} detail" if column.detail else kind
    return Head(column.id.removeprefix("metric."), words.say(column.id), look, column.detail)


def _cell(value: object, column: TableColumn, head: Head, words: Catalogue, *, picks: bool) -> Cell:
    """Format a cell; a click on one that picks leaves only the rows that read the same."""
    match value:
        case int() | float() if is_signed(column):
            return _number(
                value, column.unit, head, words.numbers.signed(value, column.unit), has_way=True
            )
        case int() | float():
            return _number(value, column.unit, head, words.numbers.cell(value, column.unit))
        case Change():
            return _number(value.value, Unit.FACTOR, head, words.argument(value), has_way=True)
        case Quantity():
            return _number(value.value, Unit.FACTOR, head, words.argument(value))
        case None if column.unit not in _TEXT:
            return _number(None, column.unit, head, words.argument(value))
        case _:
            look = f"{head.look} pick" if picks and value is not None else head.look
            return Cell(words.argument(value), look)


def _number(
    value: float | None, unit: Unit, head: Head, text: str, *, has_way: bool = False
) -> Cell:
    number = json_number(value, unit, head.id)
    look = f"{head.look} {way(number)}" if has_way else head.look
    return Cell(text, look, head.id, "" if number is None else number, is_number=True)


def _naming(cells: Iterable[Cell]) -> tuple[Cell, ...]:
    """Make the first cell of a row its head."""
    first, *others = cells
    return replace(first, tag="th"), *others


def _ascends(table: DataTable) -> bool:
    days = [row[0] for row in table.rows if isinstance(row[0], date)]
    return days == sorted(days)


def _picks(table: DataTable, at: int) -> bool:
    """Tell a column of a few words that come again and again: a group, a phase, a rival."""
    if table.columns[at].unit is not Unit.TEXT:
        return False
    said = [repr(row[at]) for row in table.rows if row[at] is not None]
    kinds = len(set(said))
    return 1 < kinds <= _MOST_PICKS and len(said) >= _LEAST_REPEATS * kinds
