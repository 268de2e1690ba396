"""A sheet of one or more tables: numbers with formats, live rates, filter, frozen head, chart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_range, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from storeops.diagnose.finding import DataTable, TableColumn
from storeops.fields import FIELDS, Additivity
from storeops.messages import Unit
from storeops.reporter.columns import is_signed
from storeops.reporter.excel import cells
from storeops.reporter.excel.style import GREY_BAR, PROMOTION, Style
from storeops.reporter.lang import Catalogue
from storeops.reporter.numbers import is_known
from storeops.reporter.text import width

HEAD_ROW = 3
TOTALLED = "table.daily"
"""The table whose rows are days of one shop, so that its additive columns may be added up."""

_OF_DAYS = frozenset({TOTALLED, "table.target"})
"""Tables of days, which have a chart: bars in their cells would say the same."""
_WIDEST_TEXT = 46
_WIDEST_NUMBER = 20
_NARROWEST = 9
_PRINTED_WITH_CHART = 8
"""Columns of a table up to which its chart is printed beside it."""


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a table stands on its sheet: rows of the data, first to last, and its columns."""

    sheet: str
    table: DataTable
    first: int
    last: int
    left: int = 0

    def column(self, column_id: str) -> int:
        """Find the sheet column of a table column."""
        return self.left + [column.id for column in self.table.columns].index(column_id)


def write_sheet(
    sheet: Worksheet, tables: Sequence[DataTable], subtitle: str, style: Style, words: Catalogue
) -> list[Placed]:
    """Write tables one under the other; the first has the filter and the frozen head."""
    first = tables[0]
    sheet.hide_gridlines(2)
    sheet.write_string(0, 0, sheet.get_name(), style.title)
    sheet.set_row(0, 26)
    sheet.write_string(1, 0, subtitle, style.subtitle)
    placed: list[Placed] = []
    row = HEAD_ROW
    for table in tables:
        if len(tables) > 1:
            sheet.write_string(row - 1, 0, words.say(table.name), style.caption)
        placed.append(write_table(sheet, table, row, style, words))
        row = placed[-1].last + 4
    head = placed[0]
    sheet.autofilter(HEAD_ROW, 0, head.last, len(first.columns) - 1)
    sheet.freeze_panes(HEAD_ROW + 1, _frozen_columns(first))
    if first.name == TOTALLED:
        _write_totals(sheet, head, style, words)
    _set_widths(sheet, tables, words)
    sheet.repeat_rows(HEAD_ROW)
    columns = max(len(table.columns) for table in tables)
    if columns > _PRINTED_WITH_CHART:
        sheet.print_area(0, 0, placed[-1].last, columns - 1)
    cells.landscape(sheet, words.say("workbook.page"))
    return placed


def write_table(
    sheet: Worksheet, table: DataTable, head_row: int, style: Style, words: Catalogue
) -> Placed:
    """Write the head and the rows of one table from a row on."""
    place = Placed(sheet.get_name(), table, head_row + 1, head_row + len(table.rows))
    sheet.set_row(head_row, 32)
    for index, column in enumerate(table.columns):
        look = style.head(column.unit, indent=_indent(column, index))
        sheet.write_string(head_row, index, words.say(column.id), look)
        _write_column(sheet, place, index, style, words)
    return place


def _write_column(
    sheet: Worksheet, place: Placed, index: int, style: Style, words: Catalogue
) -> None:
    table, column = place.table, place.table.columns[index]
    ids = {other.id for other in table.columns}
    formula = column.formula if column.formula and ids.issuperset(column.formula) else None
    looks = [_look(column, index, style, is_tinted=is_tinted) for is_tinted in (False, True)]
    for number, values in enumerate(table.rows):
        look = looks[number in table.tinted]
        row, value = place.first + number, values[index]
        if formula is None:
            cells.put(sheet, row, index, value, look, words)
        else:
            above, below = (xl_rowcol_to_cell(row, place.column(part)) for part in formula)
            text = f'=IF(OR({above}="",{below}="",{below}=0),"",{above}/{below})'
            sheet.write_formula(row, index, text, look, value if is_known(value) else "")
    if is_signed(column):
        _colour_signs(sheet, xl_range(place.first, index, place.last, index), style)
    elif column.id == "metric.paid_amount" and table.name not in _OF_DAYS:
        sheet.conditional_format(
            place.first, index, place.last, index,
            {
                "type": "data_bar", "bar_solid": True,
                "bar_color": "#D6E4F0", "bar_border_color": GREY_BAR,
            },
        )  # fmt: skip


def _look(column: TableColumn, index: int, style: Style, *, is_tinted: bool) -> Format:
    more: dict[str, Any] = {"indent": _indent(column, index)}
    if is_tinted:
        more["bg_color"] = PROMOTION
    if is_signed(column):
        return style.change(column.unit, **more)
    return style.number(column.unit, **more)


def _indent(column: TableColumn, index: int) -> int:
    """Keep text off the cell before it; a number is right-aligned and needs nothing."""
    return int(index > 0 and column.unit in (Unit.TEXT, Unit.DATE))


def _colour_signs(sheet: Worksheet, area: str, style: Style) -> None:
    for criteria, look in ((">", style.rising), ("<", style.falling)):
        sheet.conditional_format(
            area, {"type": "cell", "criteria": criteria, "value": 0, "format": look}
        )


def _write_totals(sheet: Worksheet, place: Placed, style: Style, words: Catalogue) -> None:
    """Write the row over the head: sums and ratios of sums of the rows the filter leaves."""
    row = HEAD_ROW - 1
    sheet.write_string(row, 0, words.say("workbook.total"), style.make(bold=True))
    ids = {column.id for column in place.table.columns}
    for index, column in enumerate(place.table.columns):
        look = style.number(column.unit, bold=True, bottom=0)
        if column.formula and ids.issuperset(column.formula):
            formula = _ratio_of_sums(place, column.formula)
        elif _may_be_added(column):
            formula = f"=SUBTOTAL(109,{xl_range(place.first, index, place.last, index)})"
        else:
            if column.unit is Unit.PEOPLE:
                sheet.write_string(row, index, "—", style.make(align="right"))
                sheet.write_comment(row, index, words.say("workbook.not_added"), {"author": ""})
            continue
        total = place.table.total(column)
        sheet.write_formula(row, index, formula, look, "" if total is None else total)


def _may_be_added(column: TableColumn) -> bool:
    field = FIELDS.get(column.id.removeprefix("metric."))
    return field is not None and field.additivity is Additivity.SUM


def _ratio_of_sums(place: Placed, parts: tuple[str, str]) -> str:
    """Divide two filtered sums over the rows that have both: a blank is not a zero."""
    areas = [
        xl_range(place.first, place.column(part), place.last, place.column(part)) for part in parts
    ]
    offset = f"ROW({areas[0]})-ROW({areas[0].split(':')[0]})"
    visible = [
        f"SUBTOTAL(109,OFFSET({area.split(':')[0]},{offset},0))*ISNUMBER({other})"
        for area, other in zip(areas, reversed(areas), strict=True)
    ]
    return f'=IFERROR(SUMPRODUCT({visible[0]})/SUMPRODUCT({visible[1]}),"")'


def _frozen_columns(table: DataTable) -> int:
    return 1 if table.columns and table.columns[0].unit in (Unit.TEXT, Unit.DATE) else 0


def _set_widths(sheet: Worksheet, tables: Sequence[DataTable], words: Catalogue) -> None:
    for index in range(max(len(table.columns) for table in tables)):
        texts, widest = [], _WIDEST_NUMBER
        for table in tables:
            if index < len(table.columns):
                column = table.columns[index]
                widest = max(widest, _WIDEST_TEXT if column.unit is Unit.TEXT else 0)
                texts += [_half_head(words.say(column.id)), *_measured(table, index, words)]
        sheet.set_column(index, index, cells.fitting(texts, _NARROWEST, widest))


def _measured(table: DataTable, index: int, words: Catalogue) -> list[str]:
    column = table.columns[index]
    if table.name == TOTALLED and _may_be_added(column):
        return [cells.shown(table.total(column), words)]
    if column.unit is Unit.RATIO:
        return ["▲100.0%"]
    if column.unit in (Unit.PEOPLE, Unit.COUNT):
        return [f"{value:,.0f}" for row in table.rows if is_known(value := row[index])]
    return [cells.shown(row[index], words) for row in table.rows]


def _half_head(text: str) -> str:
    """Give what a head needs when it may wrap once and carries a filter button."""
    half = text[: (len(text) + 1) // 2 + 1]
    return max([half, *text.split()], key=width) + "   "
