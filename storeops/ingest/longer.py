"""Rows of several days in a report of days: a fact of their own, never days."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache

from storeops.facts import FACTS, FactRows
from storeops.fields import Col
from storeops.ingest.grid import Grid, Part
from storeops.ingest.layout import Checks, Layout, PartsCheck
from storeops.ingest.plan import SHOP
from storeops.ingest.table import taken
from storeops.ingest.values import Period, periods
from storeops.ingest.words import fold


def by_length(grid: Grid, layout: Layout) -> tuple[Part, ...]:
    """Part the lines of longer periods from the others, where the layout says what they are.

    Returns:
        The days with all that is no period, and the longer periods with their ``days``; one of
        the two alone when the other has no line.
    """
    found = _periods(grid, layout)
    lengths = {
        line: (period[1] - period[0]).days + 1
        for line, period in enumerate(found)
        if period is not None and period[0] != period[1]
    }
    if not lengths or layout.longer is None:
        return (Part(layout.fact, grid),)
    others = [line for line in range(len(grid.rows)) if line not in lengths]
    days = {Col.DAYS.value: [str(days) for days in lengths.values()]}
    longer = Part(layout.longer, _lines(grid, list(lengths)), days)
    return (Part(layout.fact, _lines(grid, others)), longer) if others else (longer,)


def _periods(grid: Grid, layout: Layout) -> Sequence[Period | None]:
    if layout.longer is None:
        return ()
    where = grid.positions()
    names = map(fold, layout.columns[Col.DATE].header)
    at = next((where[name] for name in names if name in where), None)
    return () if at is None else periods(grid.columns[at])


def _lines(grid: Grid, lines: Sequence[int]) -> Grid:
    return replace(
        grid,
        columns=tuple(taken(column, lines) for column in grid.columns),
        rows=taken(grid.rows, lines),
    )


@lru_cache(maxsize=64)
def layout_of(layout: Layout, fact: str) -> Layout:
    """Give the layout by which the rows of one fact are read: of longer periods its part.

    Columns and checks that the fact of the periods has no place for are left out knowingly.
    """
    if fact != layout.longer:
        return layout
    known = {*FACTS[fact].keys, *FACTS[fact].columns, SHOP}
    columns = {name: spec for name, spec in layout.columns.items() if name in known}
    checks = layout.checks
    ratios = [check for check in checks.ratios if {check.numerator, check.denominator} <= known]
    left = (
        *(spec.header for name, spec in layout.columns.items() if name not in known),
        *(check.header for check in checks.ratios if check not in ratios),
    )
    return layout.model_copy(
        update={
            "fact": fact,
            "columns": columns,
            "period": "any",
            "checks": Checks(
                ratios=tuple(ratios),
                people=_within(checks.people, known),
                sums=_within(checks.sums, known),
            ),
            "limits": (),
            "ignore": (*layout.ignore, *(header for headers in left for header in headers)),
        }
    )


def days_told(rows: FactRows) -> Iterator[date]:
    """Give the days of all rows, of a longer period its first and last."""
    yield from rows.columns[Col.DATE]
    for last, days in zip(rows.columns[Col.DATE], rows.columns.get(Col.DAYS, ()), strict=False):
        yield last - timedelta(days=int(days) - 1)


def _within(checks: Sequence[PartsCheck], known: set[str]) -> tuple[PartsCheck, ...]:
    return tuple(check for check in checks if {check.total, *check.parts} <= known)
