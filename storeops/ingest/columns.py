"""Cells of one column to the type its field asks for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np

from storeops.facts import FACTS
from storeops.fields import FIELDS, Col
from storeops.ingest.entries import parse_entries
from storeops.ingest.problems import refused
from storeops.ingest.table import Table
from storeops.ingest.values import (
    DAMAGED,
    Cell,
    Numbers,
    Period,
    cell_text,
    ids,
    number_columns,
    periods,
    texts,
)
from storeops.messages import Unit

_COUNTED = (Unit.PEOPLE, Unit.COUNT)
_PERCENT = 100
_FIRST_YEAR, _LAST_YEAR = 2010, 2100
"""A day outside these years is no day of a shop."""


def parse_columns(table: Table) -> None:
    """Parse the columns of a table into ``values``, the vendor's ratios into ``printed``.

    Unreadable cells blame their lines.

    Raises:
        FileProblem: An id is damaged, a period is longer than the layout takes, or a day is
            impossible.
    """
    columns, plan = table.part.grid.columns, table.plan
    for column in plan.days:
        table.values[column] = _days(table, column, columns[plan.found[column]])
    for column in plan.texts:
        table.values[column] = _words(table, column, columns[plan.found[column]])
    measures = plan.measures
    places = [*(plan.found[column] for column in plan.numeric), *plan.ratios.at, *measures.values()]
    parsed = number_columns([columns[at] for at in places])
    for column, numbers in zip(plan.numeric, parsed, strict=False):
        _keep_numbers(table, column, numbers)
    first, last = len(plan.numeric), len(parsed) - len(measures)
    table.printed = [numbers.values for numbers in parsed[first:last]]
    for (name, at), numbers in zip(measures.items(), parsed[last:], strict=True):
        table.blame(numbers.bad, at)
        table.values[name] = numbers.values
    parse_entries(table)
    if table.part.peer is not None:
        told = zip(plan.ratios.metrics, table.printed, strict=True)
        table.values.update({metric: values for metric, values in told if metric is not None})


def _words(table: Table, column: str, cells: Sequence[Cell]) -> list[Any]:
    spec = table.layout.columns[column]
    values: list[Any] = ids(cells) if column.endswith("_id") else texts(cells)
    if DAMAGED in values:
        values = _without_damaged(table, column, values)
    if spec.values:
        values = [spec.values.get(value, value) for value in values]
    if column in FACTS[table.part.fact].keys:
        values = _keys(table, column, values)
    return values


def _without_damaged(table: Table, column: str, values: list[Any]) -> list[Any]:
    grid, at = table.part.grid, table.plan.found[column]
    for line in table.body:
        if values[line] is DAMAGED:
            raise refused(
                "ingest.damaged_id",
                place=grid.place(at, line),
                kind="damaged_id",
                column=grid.header[at],
                found=cell_text(grid.columns[at][line]),
            )
    return [None if value is DAMAGED else value for value in values]


def _keys(table: Table, column: str, values: list[Any]) -> list[Any]:
    """Make a key usable: a required one must be there, an optional one may be blank."""
    at = table.plan.found[column]
    if table.layout.columns[column].required:
        table.blame((line for line, value in enumerate(values) if value is None), at)
    values = ["" if value is None else value for value in values]
    if column == Col.ITEM_ID and not table.layout.entries:
        table.blame((line for line, value in enumerate(values) if not value.isdecimal()), at)
    return values


def _keep_numbers(table: Table, column: str, parsed: Numbers) -> None:
    values, at = parsed.values, table.plan.found[column]
    if table.layout.columns[column].scale == "percent":
        values = _fractions(values, table.part.grid.columns[at])
    if parsed.bad:
        table.blame(parsed.bad, at)
    if parsed.negative and FIELDS[column].unit in _COUNTED:
        table.blame(np.flatnonzero(values < 0).tolist(), at)
    if parsed.delayed:
        table.delayed[column] = len(parsed.delayed)
    table.values[column] = values


def _fractions(values: Any, cells: Sequence[Cell]) -> Any:
    """Divide percent points that carry no sign; texts with a sign are fractions by now."""
    signed = any(isinstance(cell, str) and "%" in cell for cell in cells)
    return values if signed or not bool((values > 1).any()) else values / _PERCENT


def _days(table: Table, column: str, cells: Sequence[Cell]) -> list[date | None]:
    found = periods(cells)
    if any(_is_odd(period) for period in set(found)):
        for line in table.body:
            _check_period(table, column, line, found[line])
    return [period[1] if period else None for period in found]


def _is_odd(period: Period | None) -> bool:
    return (
        period is None or period[0] != period[1] or not _FIRST_YEAR <= period[0].year <= _LAST_YEAR
    )


def _check_period(table: Table, column: str, line: int, period: Period | None) -> None:
    if period is None:
        table.blame((line,), table.plan.found[column])
        return
    first, last = period
    if not _FIRST_YEAR <= first.year <= last.year <= _LAST_YEAR:
        raise refused(
            "ingest.impossible_day",
            place=table.place(column, line),
            kind="wrong_period",
            day=first,
        )
    if first != last and table.layout.period == "day":
        raise refused(
            "ingest.wrong_period",
            place=table.place(column, line),
            kind="wrong_period",
            first=first,
            last=last,
        )
