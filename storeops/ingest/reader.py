"""One download to typed facts: the door of this package.

for path in find_sources(folder):
    for source in open_sources(path, folder):
        reading = read(source, layouts, outside)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from storeops.errors import FileProblem
from storeops.facts import (
    FACTS,
    MAPPED_DAILY,
    OF_OTHERS,
    FactRows,
    FileReading,
)
from storeops.fields import Col
from storeops.ingest.containers import Sheet, read_sheets
from storeops.ingest.entries import entry_rows
from storeops.ingest.grid import cut
from storeops.ingest.identify import Claim, identify
from storeops.ingest.join import join
from storeops.ingest.layout import Layout
from storeops.ingest.log import Log
from storeops.ingest.longer import days_told, layout_of
from storeops.ingest.normalise import normalise
from storeops.ingest.outside import Outside, named_period, named_values, needed, outside_values
from storeops.ingest.problems import refused
from storeops.ingest.reshape import measure_rows, peer_rows, reshape
from storeops.ingest.shelf import layouts_signature, load_layouts
from storeops.ingest.sources import Source, find_sources, open_sources
from storeops.ingest.table import Table
from storeops.ingest.validate import validate
from storeops.ingest.values import cell_text
from storeops.ingest.words import fold, words

__all__ = [
    "Outside",
    "Source",
    "find_sources",
    "layouts_signature",
    "load_layouts",
    "open_sources",
    "outside_values",
    "read",
]


_OWN_FACTS = frozenset(FACTS) - OF_OTHERS - {MAPPED_DAILY.name}


@dataclass(frozen=True, slots=True)
class _Content:
    """What a file holds: fact rows, and how many lines of the file became any."""

    tables: tuple[FactRows, ...]
    kept: int
    outside: dict[str, str]


def read(source: Source, layouts: Sequence[Layout], options: Outside | None = None) -> FileReading:
    """Read one download.

    Args:
        source: The file's bytes.
        layouts: All layouts at hand.
        options: What the caller says about files that do not say it themselves.

    Returns:
        Rows and notes; a file that cannot be used comes back with status unknown, unreadable or
        refused and one note saying where, what was found and what to do. Nothing is raised.
    """
    log = Log(source.name)
    try:
        content = _content(source, layouts, options or Outside(), log)
    except FileProblem as problem:
        log.problem(problem.note_kind, problem.problem, problem.hint, problem.place)
        return _reading(source, log, problem.status)
    return _reading(source, log, "imported", content)


def _reading(source: Source, log: Log, status: str, content: _Content | None = None) -> FileReading:
    days = [day for table in content.tables for day in days_told(table)] if content else []
    kept = content.kept if content else 0
    return FileReading(
        file=source.name,
        sha256=source.sha256,
        modified=source.modified,
        status=status,
        layout=log.layout,
        shop=log.shop,
        tables=content.tables if content else (),
        outside=content.outside if content else {},
        rows_in=log.rows_in,
        rows_kept=kept,
        rows_reported=log.rows_in - kept,
        first_day=min(days, default=None),
        last_day=max(days, default=None),
        notes=tuple(log.notes),
    )


def _content(source: Source, layouts: Sequence[Layout], options: Outside, log: Log) -> _Content:
    if source.problem is not None:
        raise source.problem
    claim = identify(read_sheets(source.data), layouts)
    layout = claim.layout
    log.layout = layout.name
    _check_owner(source, layout)
    needs = _needed(claim)
    outside = outside_values(source, needs, options) | named_values(source, layout)
    made: list[FactRows] = []
    kept = 0
    for sheet, header_row in claim.tables:
        for table in _tables(sheet, header_row, layout, outside, log):
            rows = table.rows()
            peer = table.part.peer
            if peer is None:
                _check_name(source, table)
                kept += len({*rows.columns[Col.ROW].tolist()})
            made.append(_long(rows, layout, peer))
    if not log.rows_in:
        log.note("empty_file", "ingest.no_rows")
    tables, repeated = _joined(made)
    if repeated:
        log.note("duplicate_row", "ingest.duplicates_across", rows=repeated)
    return _Content(tables, kept - repeated, outside)


def _check_owner(source: Source, layout: Layout) -> None:
    """Refuse a file named after rivals whose columns read as the shop's own."""
    name = source.name.rsplit("/", 1)[-1]
    if layout.fact in _OWN_FACTS and any(mark in name for mark in words().rivals):
        raise refused("ingest.rivals_file", kind="mixed_shops", layout=layout.title)


def _needed(claim: Claim) -> frozenset[str]:
    """Name the outside values a file needs: no day where a column holds it."""
    layout, needs = claim.layout, needed(claim.layout)
    if layout.outside.date != "either":
        return needs
    names = set(map(fold, layout.columns[Col.DATE].header))
    holds_days = all(
        names & {fold(cell_text(cell)) for cell in sheet.rows[header_row]}
        for sheet, header_row in claim.tables
    )
    return needs - {Col.DATE} if holds_days else needs


def _long(rows: FactRows, layout: Layout, peer: str | None) -> FactRows:
    """Turn the rows of a wide table into those of a long fact, where the layout is of one."""
    if layout.measures:
        return measure_rows(rows, layout)
    if layout.entries:
        return entry_rows(rows, layout)
    return rows if peer is None else peer_rows(rows, peer)


def _tables(
    sheet: Sheet, header_row: int, layout: Layout, outside: dict[str, str], log: Log
) -> list[Table]:
    grid, ragged = cut(sheet, header_row)
    log.rows_in += len(grid.rows) + len(ragged)
    if ragged:
        first = ragged[0]
        log.note(
            "ragged_row",
            "ingest.ragged",
            rows=len(ragged),
            line=first.row,
            cells=first.cells,
            expected=first.expected,
        )
    tables = []
    for part in reshape(grid, layout):
        table = normalise(part, layout_of(layout, part.fact), outside, log)
        if part.peer is None:
            validate(table, log)
        tables.append(table)
    return tables


def _check_name(source: Source, table: Table) -> None:
    """Refuse a file whose name says a longer period than its rows: they are sums of it."""
    period = named_period(source.name.rsplit("/", 1)[-1])
    if period is None or period[0] == period[1] or table.layout.period != "day":
        return
    days = {table.values[Col.DATE][line] for line in table.kept}
    if len(days) == 1 and days & {*period}:
        raise refused("ingest.wrong_period", kind="wrong_period", first=period[0], last=period[1])


def _joined(made: list[FactRows]) -> tuple[tuple[FactRows, ...], int]:
    """Join the tables of one fact, and count the rows that several sheets have alike."""
    by_fact: dict[str, list[FactRows]] = {}
    for rows in made:
        if len(rows):
            by_fact.setdefault(rows.fact, []).append(rows)
    joined = tuple(join(group) for group in by_fact.values())
    return joined, sum(map(len, made)) - sum(map(len, joined))
