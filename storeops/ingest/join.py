"""Rows of one fact from several sheets of a file, as one table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from storeops.facts import FACTS, FactRows
from storeops.fields import FIELDS
from storeops.ingest.table import taken
from storeops.messages import Unit


def join(tables: Sequence[FactRows]) -> FactRows:
    """Put tables of one fact under each other; a column some of them lack is missing there.

    Of rows with the same natural key the first one is kept: sheets of a workbook may overlap.
    """
    if len(tables) == 1:
        return tables[0]
    names = dict.fromkeys(name for table in tables for name in table.columns)
    columns = {name: _stacked(name, tables) for name in names}
    keys = list(zip(*(columns[key] for key in FACTS[tables[0].fact].keys), strict=True))
    first: dict[tuple[Any, ...], int] = {}
    for line, key in enumerate(keys):
        first.setdefault(key, line)
    if len(first) < len(keys):
        lines = list(first.values())
        columns = {name: taken(values, lines) for name, values in columns.items()}
    return FactRows(tables[0].fact, columns)


def _stacked(name: str, tables: Sequence[FactRows]) -> Any:
    if FIELDS[name].unit in (Unit.TEXT, Unit.DATE):
        return [value for table in tables for value in table.columns.get(name, [None] * len(table))]
    return np.concatenate(
        [table.columns.get(name, np.full(len(table), np.nan)) for table in tables]
    )
