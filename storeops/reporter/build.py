"""Arrange a diagnosis into a report: which blocks, in which order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from storeops.diagnose.finding import DataTable, Diagnosis, Finding
from storeops.facts import FileEntry
from storeops.messages import Unit, message
from storeops.reporter.blocks import (
    Block,
    Chart,
    CheckedList,
    Figures,
    Findings,
    Heading,
    Notes,
    PaceBlock,
    Report,
    SplitBlock,
    Table,
    VerdictLine,
)

MOST_SHOWN = 5
"""Causes a report shows; the rest is in the JSON document and the workbook."""

_FOR_THE_WORKBOOK = frozenset({"table.split_sources", "table.split_items"})
"""Tables whose last lines must not be cut off, too long for a screen."""

_CHARTS = (
    ("chart.daily", "table.daily", ("metric.paid_amount", "metric.visitors"), "line"),
    ("chart.sources", "table.sources", ("metric.visitors",), "bar"),
    ("chart.items", "table.items", ("metric.paid_amount",), "bar"),
    ("chart.scenes", "table.ads", ("metric.ad_spend",), "bar"),
    ("chart.target", "table.target", ("column.paid_so_far", "column.due_so_far"), "line"),
)
"""Title, table, series and kind; drawn when the table has the series and something to name rows."""


def build(diagnosis: Diagnosis, files: Iterable[FileEntry]) -> Report:
    """Turn one shop's diagnosis into a report, the answer first.

    Findings keep the order of the diagnosis, which ranks them; a consequence follows its cause.
    """
    findings = with_consequences(diagnosis.findings)
    return Report(
        shop=diagnosis.shop,
        day=diagnosis.day,
        phase=diagnosis.phase,
        verdict=diagnosis.verdict,
        figures=diagnosis.figures,
        split=diagnosis.split,
        findings=findings,
        checked=diagnosis.checked,
        notes=diagnosis.notes,
        files=tuple(files),
        blocks=tuple(_blocks(diagnosis, findings)),
        period=diagnosis.period,
        pace=diagnosis.pace,
    )


def with_consequences(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Put every consequence right after its cause; what names no present cause is a cause."""
    by_cause: dict[str | None, list[Finding]] = {}
    for finding in findings:
        by_cause.setdefault(cause_of(finding, findings), []).append(finding)
    ordered = []
    for cause in by_cause.get(None, ()):
        ordered += [cause, *by_cause.get(cause.id, ())]
    return tuple(ordered)


def cause_of(finding: Finding, findings: Sequence[Finding]) -> str | None:
    """Follow ``because_of`` to the first cause; None when the finding is a cause itself."""
    by_id = {other.id: other for other in findings}
    seen = [finding.id]
    while (parent := by_id.get(seen[-1])) and parent.because_of in by_id:
        if parent.because_of in seen:
            return None
        seen.append(str(parent.because_of))
    return seen[-1] if len(seen) > 1 else None


def _blocks(diagnosis: Diagnosis, findings: Sequence[Finding]) -> Iterator[Block]:
    yield VerdictLine(diagnosis.verdict)
    yield Heading(message("report.title", shop=diagnosis.shop, day=diagnosis.day), level=1)
    if diagnosis.figures:
        yield Figures(diagnosis.figures)
    if diagnosis.split is not None:
        yield SplitBlock(diagnosis.split)
    if diagnosis.pace is not None:
        yield PaceBlock(diagnosis.pace)
    if findings:
        yield Findings(most_important(findings))
    if diagnosis.checked:
        yield CheckedList(diagnosis.checked)
    if diagnosis.notes:
        yield Notes(diagnosis.notes)
    tables = [table for table in diagnosis.tables if table.rows]
    for table in tables:
        yield Table(table, detail=diagnosis.focus is None or table.name in _FOR_THE_WORKBOOK)
    yield from _charts(tables)


def most_important(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Keep the first five causes with what follows from them."""
    causes = [finding.id for finding in findings if cause_of(finding, findings) is None]
    shown = set(causes[:MOST_SHOWN])
    return tuple(
        finding
        for finding in findings
        if finding.id in shown or cause_of(finding, findings) in shown
    )


def _charts(tables: Sequence[DataTable]) -> Iterator[Chart]:
    for title, name, series, kind in _CHARTS:
        for table in tables:
            x = _naming_column(table)
            has_series = {column.id for column in table.columns}.issuperset(series)
            if table.name == name and x is not None and has_series:
                yield Chart(message(title), name, x, series, kind)


def _naming_column(table: DataTable) -> str | None:
    return next(
        (
            column.id
            for column in table.columns
            if column.unit in (Unit.DATE, Unit.TEXT) and not column.id.endswith("_id")
        ),
        None,
    )
