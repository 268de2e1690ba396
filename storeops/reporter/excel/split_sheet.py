"""变化拆解: the exact split as a table and a waterfall, with any further detail under it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import accumulate

from xlsxwriter.chart import Chart as Drawing
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from storeops.diagnose.finding import DataTable, Split
from storeops.messages import Unit
from storeops.reporter.excel import cells, charts
from storeops.reporter.excel.style import BRAND, LINE, Style
from storeops.reporter.excel.tables import HEAD_ROW, write_table
from storeops.reporter.lang import Catalogue
from storeops.reporter.split_levels import levels

_FEN = 2
_FEED = 12
"""First hidden column that feeds the waterfall: base, level, rise, fall."""


def write(
    workbook: Workbook,
    sheet: Worksheet,
    split: Split,
    tables: Sequence[DataTable],
    style: Style,
    words: Catalogue,
) -> None:
    """Write the split, its waterfall at the right, and tables that say more under it."""
    sheet.hide_gridlines(2)
    sheet.set_row(0, 26)
    sheet.write_string(0, 0, words.say("sheet.split"), style.title)
    sheet.write_string(1, 0, words.term("metric", split.metric), style.subtitle)
    sheet.set_column(0, 0, 36)
    sheet.set_column(1, 11, 15)
    last = _write_rows(sheet, split, style, words)
    _write_feed(sheet, split, style, words)
    drawing = _waterfall(workbook, sheet.get_name(), len(split.parts) + 2, style, words)
    drawing.set_size({"width": 560, "height": 300})
    sheet.insert_chart(HEAD_ROW, 3, drawing)
    row = max(last, HEAD_ROW + 15) + 3
    for table in tables:
        sheet.write_string(row - 1, 0, words.say(table.name), style.section)
        row = write_table(sheet, table, row, style, words).last + 4
    sheet.autofilter(HEAD_ROW, 0, last - 1, 1)
    sheet.freeze_panes(HEAD_ROW + 1, 0)
    cells.landscape(sheet, words.say("workbook.page"))


def _write_rows(sheet: Worksheet, split: Split, style: Style, words: Catalogue) -> int:
    sheet.set_row(HEAD_ROW, 32)
    sheet.write_string(HEAD_ROW, 0, words.say("column.factor"), style.head())
    sheet.write_string(HEAD_ROW, 1, words.say("column.impact"), style.head(Unit.CNY))
    rows = levels(split, words)
    row = HEAD_ROW
    for name, amount in rows:
        row += 1
        is_end = row in (HEAD_ROW + 1, HEAD_ROW + len(rows))
        look = style.number(Unit.CNY, bold=True) if is_end else style.change(Unit.CNY)
        sheet.write_string(row, 0, name, style.make(bold=is_end, bottom=1, bottom_color=LINE))
        sheet.write_number(row, 1, amount, look)
    for criteria, look in ((">", style.rising), ("<", style.falling)):
        sheet.conditional_format(
            HEAD_ROW + 2, 1, row - 1, 1,
            {"type": "cell", "criteria": criteria, "value": 0, "format": look},
        )  # fmt: skip
    total = round(rows[-1][1] - rows[0][1], _FEN)
    sheet.write_string(row + 1, 0, words.say("split.total"), style.subtitle)
    formula = f"=B{row + 1}-B{HEAD_ROW + 2}"
    sheet.write_formula(row + 1, 1, formula, style.change(Unit.CNY, bottom=0), total)
    return row + 1


def _write_feed(sheet: Worksheet, split: Split, style: Style, words: Catalogue) -> None:
    """Write what a stacked column needs to look like a waterfall, in hidden columns."""
    rows = levels(split, words)
    signed = partial(words.numbers.money, digits=0)
    reached = list(accumulate(amount for _, amount in rows[:-1]))
    names = ("split.level", "split.base", "split.level", "split.rise", "split.fall")
    for offset, name in enumerate(names):
        sheet.write_string(HEAD_ROW, _FEED + offset, words.say(name), style.hidden)
    for index, (name, amount) in enumerate(rows):
        row = HEAD_ROW + 1 + index
        is_end = index in (0, len(rows) - 1)
        base = 0.0 if is_end else min(reached[index], reached[index - 1])
        bars = (base, amount if is_end else 0.0, max(amount, 0.0), max(-amount, 0.0))
        label = words.numbers.plain(round(amount)) if is_end else signed(amount)
        sheet.write_string(row, _FEED, f"{name}\n{label}", style.hidden)
        for offset, value in enumerate(bars[:2] if is_end else bars):
            sheet.write_number(row, _FEED + 1 + offset, value, style.hidden)
    sheet.set_column(_FEED, _FEED + len(names) - 1, None, None, {"hidden": True})


def _waterfall(
    workbook: Workbook, sheet: str, rows: int, style: Style, words: Catalogue
) -> Drawing:
    drawing = workbook.add_chart({"type": "column", "subtype": "stacked"})
    first, last = HEAD_ROW + 1, HEAD_ROW + rows
    colours = (None, BRAND, style.colours.up, style.colours.down)
    names = ("split.base", "split.level", "split.rise", "split.fall")
    for offset, (name, colour) in enumerate(zip(names, colours, strict=True), _FEED + 1):
        drawing.add_series(
            {
                "name": words.say(name),
                "categories": [sheet, first, _FEED, last, _FEED],
                "values": [sheet, first, offset, last, offset],
                "fill": {"color": colour} if colour else {"none": True},
                "border": {"none": True},
                "gap": 40,
            }
        )
    charts.dress(drawing, words.say("chart.split.day"), style)
    drawing.set_x_axis(charts.axis(style))
    drawing.set_y_axis(charts.axis(style, grid=True, num_format="#,##0"))
    drawing.set_legend({"none": True})
    drawing.show_hidden_data()
    return drawing
