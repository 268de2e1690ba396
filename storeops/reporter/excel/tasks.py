"""待办: one row per cause, with the operator's own deadlines and states kept from day to day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from xlsxwriter.worksheet import Worksheet

from storeops.diagnose.finding import Finding, Severity
from storeops.messages import Unit
from storeops.reporter.blocks import Report
from storeops.reporter.build import cause_of
from storeops.reporter.excel import cells
from storeops.reporter.excel.style import Style
from storeops.reporter.excel.tables import HEAD_ROW
from storeops.reporter.lang import LANGUAGES, Catalogue, catalogue

_COLUMNS = ("task.what", "task.why", "task.impact", "task.owner", "task.due", "task.status")
_STATES = ("task.open", "task.doing", "task.done", "task.dropped")
_WIDTHS = (46, 60, 15, 12, 13, 11)
_IMPACT = 2
ID_COLUMN = len(_COLUMNS)
ID_HEAD = "storeops finding"
_SPARE_ROWS = 30
"""Rows under the list that already offer the states, for tasks the operator adds."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One row of an earlier workbook: its six cells and the finding it stood for, if any."""

    cells: tuple[object, ...]
    finding: str | None


def write(
    sheet: Worksheet, report: Report, kept: Sequence[Kept], style: Style, words: Catalogue
) -> None:
    """Write the list: today's causes, then earlier rows the operator has worked on."""
    sheet.hide_gridlines(2)
    sheet.set_row(0, 26)
    sheet.write_string(0, 0, words.say("sheet.to_do"), style.title)
    sheet.write_string(1, 0, words.say("task.hint"), style.subtitle)
    for index, (name, wide) in enumerate(zip(_COLUMNS, _WIDTHS, strict=True)):
        unit = Unit.CNY if name == "task.impact" else Unit.TEXT
        look = style.head(unit, indent=int(index > _IMPACT))
        sheet.write_string(HEAD_ROW, index, words.say(name), look)
        sheet.set_column(index, index, wide)
    sheet.set_row(HEAD_ROW, 26)
    sheet.write_string(HEAD_ROW, ID_COLUMN, ID_HEAD, style.hidden)
    sheet.set_column(ID_COLUMN, ID_COLUMN, None, None, {"hidden": True})
    last = HEAD_ROW
    for last, (values, finding) in enumerate(_rows(report, kept, words), HEAD_ROW + 1):
        _write_row(sheet, last, values, style, words)
        if finding is not None:
            sheet.write_string(last, ID_COLUMN, finding, style.hidden)
    _finish(sheet, last, style, words)


def _write_row(
    sheet: Worksheet, row: int, values: Sequence[object], style: Style, words: Catalogue
) -> None:
    impact = style.change(Unit.CNY)
    due = style.number(Unit.DATE, indent=1)
    text = style.number(Unit.TEXT, indent=1)
    looks = (style.wrapped, style.wrapped, impact, text, due, text)
    for index, (value, look) in enumerate(zip(values, looks, strict=True)):
        cells.put(sheet, row, index, value, look, words)
    heights = (
        cells.height(str(value or ""), wide)
        for value, wide in zip(values[:2], _WIDTHS[:2], strict=True)
    )
    sheet.set_row(row, max(heights))


def _finish(sheet: Worksheet, last: int, style: Style, words: Catalogue) -> None:
    for criteria, look in ((">", style.rising), ("<", style.falling)):
        sheet.conditional_format(
            HEAD_ROW + 1, 2, max(last, HEAD_ROW + 1), 2,
            {"type": "cell", "criteria": criteria, "value": 0, "format": look},
        )  # fmt: skip
    states = [words.say(state) for state in _STATES]
    sheet.data_validation(
        HEAD_ROW + 1, 5, last + _SPARE_ROWS, 5,
        {"validate": "list", "source": states, "error_type": "information"},
    )  # fmt: skip
    sheet.autofilter(HEAD_ROW, 0, max(last, HEAD_ROW + 1), len(_COLUMNS) - 1)
    sheet.freeze_panes(HEAD_ROW + 1, 0)
    sheet.repeat_rows(HEAD_ROW)
    cells.landscape(sheet, words.say("workbook.page"))


def _rows(
    report: Report, kept: Sequence[Kept], words: Catalogue
) -> Iterator[tuple[tuple[object, ...], str | None]]:
    by_finding = {row.finding: row for row in kept if row.finding}
    listed = set()
    for finding in causes(report):
        listed.add(finding.id)
        values = _fresh(finding, report, words)
        earlier = by_finding.get(finding.id)
        if earlier is not None:
            values = (*values[:4], earlier.cells[4], _state(earlier.cells[5], words))
        yield values, finding.id
    for row in kept:
        if row.finding not in listed and _is_worked_on(row, report.day + timedelta(days=1)):
            yield _earlier(row, words), row.finding


def causes(report: Report) -> list[Finding]:
    """List the findings that are causes: what somebody has to do something about."""
    return [finding for finding in report.findings if cause_of(finding, report.findings) is None]


def _fresh(finding: Finding, report: Report, words: Catalogue) -> tuple[object, ...]:
    said = words.text(finding.text)
    evidence = [words.text(evidence.text) for evidence in finding.evidence]
    why = words.say("report.item_separator").join([said, *evidence])
    return (
        words.text(finding.action) if finding.action else said,
        why,
        None if finding.impact is None else round(finding.impact, 2),
        words.term("owner", finding.owner.value),
        report.day + timedelta(days=1) if finding.severity is Severity.ACT else None,
        words.say("task.open"),
    )


def _earlier(row: Kept, words: Catalogue) -> tuple[object, ...]:
    values = list(row.cells)
    text = str(values[0] or "")
    if row.finding is not None and not text.startswith(words.say("task.gone", text="").strip()):
        values[0] = words.say("task.gone", text=text)
    return tuple(values)


def _is_worked_on(row: Kept, proposed: date) -> bool:
    """Tell a row the operator added or edited; any other may go with its finding."""
    untouched = {catalogue(lang).say("task.open") for lang in LANGUAGES}
    is_edited = row.cells[5] not in untouched or row.cells[4] not in (None, proposed)
    return row.finding is None or is_edited


def _state(value: object, words: Catalogue) -> object:
    """Keep the operator's state; one of ours in another language is said in this one."""
    for lang in LANGUAGES:
        for state in _STATES:
            if catalogue(lang).say(state) == value:
                return words.say(state)
    return value
