"""A draft for a table only the user knows: its numbers under their own headers."""

from __future__ import annotations

import json

import numpy as np

from storeops.facts import MAPPED_DAILY
from storeops.ingest.grid import Grid
from storeops.ingest.values import numbers
from storeops.ingest.words import fold
from storeops.ingest.words import words as vocabulary

_SIGNATURE = 8


def own_table(title: str, grid: Grid, day: int | None) -> str:
    """Write the layout of a table that becomes a fact of its own.

    Args:
        title: What to call it.
        grid: The table.
        day: Position of the column that holds the day; None when the file name must tell it.

    Returns:
        YAML text: the first column of text is what a line is about, columns of numbers are kept
        as measures, others are ignored until a person decides. Personal data is always ignored.
    """
    named = [at for at, name in enumerate(grid.header) if name]
    private = vocabulary().private
    measures = [
        at
        for at in named
        if at != day and fold(grid.header[at]) not in private and _is_number(grid, at)
    ]
    others = [at for at in named if at != day and at not in measures]
    words = [at for at in others if fold(grid.header[at]) not in private]
    lines = [
        f"title: {_quoted(title)}",
        "vendor: custom",
        'how_to_get: ""',
        f"fact: {MAPPED_DAILY.name}",
        f"match: [{_listed(grid, named[:_SIGNATURE])}]",
        "columns:" if day is not None or words else "columns: {}",
    ]
    if day is not None:
        lines.append(f"  date: {{header: [{_quoted(grid.header[day])}], required: true}}")
    if words:
        lines.append(f"  subject: {{header: [{_quoted(grid.header[words[0]])}]}}")
    lines.append(f"measures: [{_listed(grid, measures)}]")
    dropped = [at for at in others if at not in words[:1]]
    if dropped:
        lines.append(f"ignore: [{_listed(grid, dropped)}]")
    if day is None:
        lines.append("outside: {date: file_name}")
    return "\n".join(lines) + "\n"


def _is_number(grid: Grid, at: int) -> bool:
    """Tell a column whose cells are numbers or missing, with at least one number."""
    cells = grid.columns[at]
    parsed = numbers(cells)
    return not parsed.bad and not bool(np.isnan(parsed.values).all())


def _listed(grid: Grid, places: list[int]) -> str:
    return ", ".join(_quoted(grid.header[at]) for at in places)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
