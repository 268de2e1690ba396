"""A table of cells to typed columns of a fact, by header name and never by position."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from storeops.errors import FileProblem
from storeops.facts import FACTS, UNKNOWN_ATTRIBUTION, UNKNOWN_WINDOW
from storeops.fields import Col
from storeops.ingest.columns import parse_columns
from storeops.ingest.grid import Part
from storeops.ingest.layout import Layout
from storeops.ingest.log import Log
from storeops.ingest.plan import plan
from storeops.ingest.problems import refused
from storeops.ingest.table import Table
from storeops.ingest.values import Cell, cell_text, parse_period, texts
from storeops.ingest.words import fold

_DEFAULTS = {
    Col.ATTRIBUTION: UNKNOWN_ATTRIBUTION,
    Col.WINDOW: UNKNOWN_WINDOW,
    Col.DEVICE: "all",
}
"""Values of key columns that neither the file nor the layout tells; of others it is blank."""


def normalise(part: Part, layout: Layout, outside: Mapping[str, str], log: Log) -> Table:
    """Parse the columns of a part and set apart what is no fact.

    Args:
        part: Table of cells.
        layout: The layout that claimed the file.
        outside: Values from outside the file, by column.
        log: Gets the notes.

    Returns:
        Typed columns; of rows with the same natural key the first one is kept.

    Raises:
        FileProblem: A required column is gone, an id is damaged, the period is wrong, or no row
            at all can be read.
    """
    known = plan(layout, part.grid.header, tuple(part.given))
    if known.lacking and part.peer is None:
        raise refused(
            "ingest.column_gone",
            kind="missing_column",
            layout=layout.title,
            missing=known.lacking,
            headers=tuple(filter(None, part.grid.header)),
        )
    table = Table(part, layout, known, _body(part, layout, known.where))
    parse_columns(table)
    table.values.update({name: list(values) for name, values in part.given.items()})
    _fill(table, outside)
    faults = table.faults
    table.kept = [line for line in table.body if line not in faults] if faults else table.body
    if table.body and not table.kept:
        raise _nothing_readable(table)
    if part.peer is None:
        _note(table, log)
    _drop_duplicates(table, log)
    return table


def _nothing_readable(table: Table) -> FileProblem:
    fault = table.first_fault()
    return refused(
        "ingest.nothing_readable",
        place=fault.place,
        kind="bad_cell",
        column=fault.column,
        found=fault.found,
    )


def _body(part: Part, layout: Layout, where: Mapping[str, int]) -> list[int]:
    """List the lines that are facts: no summary rows, and nothing missing that must be there."""
    grid, rules = part.grid, layout.rows
    apart = set(part.apart)
    summaries = {} if part.given else rules.summary
    for header, marks in summaries.items():
        at = where.get(fold(header))
        if at is not None:
            apart |= _marked(grid.columns[at], frozenset(map(fold, marks)))
    for header in rules.skip_missing:
        at = where.get(fold(header))
        if at is not None:
            apart |= {line for line, text in enumerate(texts(grid.columns[at])) if text is None}
    return [line for line in range(len(grid.rows)) if line not in apart]


def _marked(cells: Sequence[Cell], marks: Collection[str]) -> set[int]:
    names = map(fold, map(cell_text, cells))
    return {line for line, name in enumerate(names) if name in marks}


def _fill(table: Table, outside: Mapping[str, str]) -> None:
    """Add the columns the file does not hold: constants, outside values, blank keys."""
    lines = len(table.part.grid.rows)
    values = table.values
    for column, text in {**table.layout.constants, **outside}.items():
        if column not in values and column != Col.DATE:
            values[column] = [text] * lines
    if Col.DATE in outside and Col.DATE not in values:
        values[Col.DATE.value] = [_single_day(table.layout, outside[Col.DATE])] * lines
    for key in FACTS[table.part.fact].keys:
        if key == Col.DATE and key not in values:
            raise refused("ingest.no_date", kind="missing_date")
        values.setdefault(str(key), [_DEFAULTS.get(Col(key), "")] * lines)


def _single_day(layout: Layout, text: str) -> object:
    period = parse_period(text)
    if period is None:
        raise refused("ingest.no_date", kind="missing_date")
    first, last = period
    if first != last and layout.period == "day":
        raise refused("ingest.wrong_period", kind="wrong_period", first=first, last=last)
    return last


def _note(table: Table, log: Log) -> None:
    if table.faults:
        fault = table.first_fault()
        log.note(
            "bad_cell",
            "ingest.bad_cells",
            rows=len(table.faults),
            place=fault.place,
            column=fault.column,
            found=fault.found,
        )
    if table.delayed:
        log.note(
            "immature",
            "ingest.delayed",
            cells=sum(table.delayed.values()),
            columns=tuple(map(table.header, table.delayed)),
        )
    if table.plan.unknown:
        log.note("unknown_column", "ingest.unknown_columns", columns=table.plan.unknown)


def _drop_duplicates(table: Table, log: Log) -> None:
    """Keep the first of the rows that share a natural key."""
    columns = [table.values[key] for key in FACTS[table.part.fact].keys]
    keys = list(zip(*columns, strict=True))
    if len(set(keys)) == len(keys):
        return
    seen = set()
    kept = []
    for line in table.kept:
        if keys[line] not in seen:
            seen.add(keys[line])
            kept.append(line)
    dropped = sorted(set(table.kept) - set(kept))
    table.kept = kept
    if dropped and table.part.peer is None:
        log.note(
            "duplicate_row",
            "ingest.duplicates",
            rows=len(dropped),
            place=table.part.grid.place(0, dropped[0]),
        )
