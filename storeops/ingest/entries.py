"""Long tables of rivals and the industry: figures as a page shows them, exact, a range, or text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from storeops.facts import FactRows
from storeops.fields import FIELDS, Col
from storeops.ingest.layout import Layout
from storeops.ingest.table import Table
from storeops.ingest.values import Cell, Missing, Range, cell_text, parse_number, parse_text
from storeops.ingest.words import narrow, words
from storeops.messages import Unit

_PERCENT = 100
_NAN = float("nan")


@dataclass(frozen=True, slots=True)
class Shown:
    """One figure: ``value``, or ``low`` and ``high``, or ``text``."""

    value: float = _NAN
    low: float = _NAN
    high: float = _NAN
    text: str | None = None


def parse_entries(table: Table) -> None:
    """Parse the entries of a long table into ``values``; unreadable cells blame their lines."""
    for metric, at in table.plan.entries.items():
        entry = table.layout.entries[metric]
        cells = table.part.grid.columns[at]
        named = table.values.get(Col.METRIC, ())
        shown: list[Shown | None] = []
        for line, cell in enumerate(cells):
            name = named[line] if named else metric
            parsed = _parsed(name, cell, points=entry.scale == "percent", none=entry.blank_is_none)
            if isinstance(parsed, str):
                table.blame((line,), at)
            shown.append(None if isinstance(parsed, str) else parsed)
        table.values[metric] = shown
    _name_items(table)


def _name_items(table: Table) -> None:
    """Let an item of a rival that has no id go by its title, so that two items stay apart."""
    if Col.ITEM_TITLE not in table.plan.entries or Col.ITEM_ID not in table.values:
        return
    ids, titles = table.values[Col.ITEM_ID], table.values[Col.ITEM_TITLE]
    table.values[Col.ITEM_ID.value] = [
        item or (title.text if title is not None else "")
        for item, title in zip(ids, titles, strict=True)
    ]


def _parsed(metric: str, cell: Cell, *, points: bool, none: bool) -> Shown | str | None:
    """Read one cell: a figure, None when there is none, its text when it cannot be read."""
    text = cell_text(cell)
    field = FIELDS.get(metric)
    if field is not None and field.unit is Unit.TEXT:
        said = parse_text(text)
        return Shown(text=said or "") if said or none else None
    number = _number(text)
    if number is None:
        return text
    if isinstance(number, Missing):
        return None
    scale = _PERCENT if points and "%" not in text and "％" not in text else 1
    if isinstance(number, Range):
        return Shown(low=number.low / scale, high=number.high / scale)
    return Shown(value=number / scale)


def _number(text: str) -> float | Range | Missing | None:
    """Read a figure where a range is expected: ``5%-10%`` and ``100以下`` are ranges here."""
    number = parse_number(text)
    if number is not None:
        return number
    known, plain = words(), narrow(text)
    for mark in known.ceiling_marks:
        if mark in plain:
            high = parse_number(plain.replace(mark, "", 1))
            return Range(0.0, high) if isinstance(high, float) and high >= 0 else None
    for mark in known.loose_range_marks:
        if plain.count(mark) == 1 and isinstance(
            found := parse_number(plain.replace(mark, "~")), Range
        ):
            return found
    return None


def entry_rows(rows: FactRows, layout: Layout) -> FactRows:
    """Turn the entries of a layout into long rows, one per line and metric that shows something.

    Args:
        rows: The keys, and per entry a list of what each line shows.
        layout: The layout whose entries they are.

    Returns:
        Rows of the same fact with ``metric``, ``value``, ``low``, ``high`` and ``words``.
    """
    found = list(_cells(rows, layout))
    lines = [line for line, _, _ in found]
    columns: dict[str, Any] = {
        name: _taken(values, lines)
        for name, values in rows.columns.items()
        if name not in layout.entries
    }
    columns[Col.METRIC.value] = [metric for _, metric, _ in found]
    for name, part in ((Col.VALUE, "value"), (Col.LOW, "low"), (Col.HIGH, "high")):
        columns[name.value] = np.array([getattr(s, part) for *_, s in found], dtype=np.float64)
    columns[Col.WORDS.value] = [shown.text for *_, shown in found]
    return FactRows(rows.fact, columns)


def _cells(rows: FactRows, layout: Layout) -> Iterator[tuple[int, str, Shown]]:
    for metric in layout.entries:
        for line, shown in enumerate(rows.columns.get(metric, ())):
            if shown is not None:
                named = rows.columns[Col.METRIC][line] if Col.METRIC in layout.columns else metric
                yield line, named, shown


def _taken(values: Any, lines: list[int]) -> Any:
    return values[lines] if isinstance(values, np.ndarray) else [values[line] for line in lines]
