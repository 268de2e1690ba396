"""Native charts over tables that already stand on a sheet."""

from __future__ import annotations

from typing import Any

from xlsxwriter.chart import Chart as Drawing
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.workbook import Workbook

from storeops.messages import Unit
from storeops.reporter.blocks import Chart
from storeops.reporter.excel import cells
from storeops.reporter.excel.style import BRAND, LINE, SECOND, Style
from storeops.reporter.excel.tables import Placed
from storeops.reporter.lang import Catalogue
from storeops.reporter.numbers import workbook_format

BARS = 12
"""Rows a bar chart shows; the table beside it has all."""
_LABEL_LENGTH = 14


def draw(
    workbook: Workbook, chart: Chart, place: Placed, style: Style, words: Catalogue
) -> Drawing:
    """Draw a chart block: lines over days, or bars over the first rows of a table."""
    if chart.kind == "line":
        return _lines(workbook, chart, place, style, words)
    return _bars(workbook, chart, place, style, words)


def dress(drawing: Drawing, title: str, style: Style) -> None:
    """Give a chart the workbook's font, a quiet frame and its title."""
    drawing.set_title(
        {
            "name": title,
            "name_font": {"name": style.font, "size": 11, "bold": True, "color": BRAND},
            "overlay": False,
        }
    )
    drawing.set_chartarea({"border": {"color": LINE}, "fill": {"color": "#FFFFFF"}})
    drawing.set_plotarea({"fill": {"none": True}})


def axis(style: Style, *, grid: bool = False, **more: Any) -> dict[str, Any]:
    """Describe an axis: small grey numbers, a hair line grid or none."""
    lines: dict[str, Any] = {"visible": grid}
    if grid:
        lines["line"] = {"color": LINE, "width": 0.5}
    return {
        "num_font": cells.chart_font(style.font, 8),
        "line": {"color": LINE},
        "major_gridlines": lines,
        "major_tick_mark": "none",
    } | more


def _lines(
    workbook: Workbook, chart: Chart, place: Placed, style: Style, words: Catalogue
) -> Drawing:
    drawing = workbook.add_chart({"type": "line"})
    units = _units(place)
    for index, column_id in enumerate(chart.series):
        colour = (BRAND, SECOND)[index % 2]
        drawing.add_series(
            _series(place, chart.x, column_id, place.last, words)
            | {
                "line": {"color": colour, "width": 2 if not index else 1.5},
                "y2_axis": units[column_id] is not units[chart.series[0]],
            }
        )
    dress(drawing, words.text(chart.title), style)
    first_unit = units[chart.series[0]]
    drawing.set_x_axis(axis(style, date_axis=units[chart.x] is Unit.DATE, num_format="mm-dd"))
    drawing.set_y_axis(axis(style, grid=True, num_format=_rounded(first_unit)))
    drawing.set_y2_axis(axis(style, num_format="#,##0"))
    drawing.set_legend({"position": "top", "font": cells.chart_font(style.font)})
    drawing.show_blanks_as("gap")
    return drawing


def _bars(
    workbook: Workbook, chart: Chart, place: Placed, style: Style, words: Catalogue
) -> Drawing:
    drawing = workbook.add_chart({"type": "bar"})
    last = min(place.last, place.first + BARS - 1)
    labels = _write_labels(workbook, place, place.column(chart.x), style, words)
    for column_id in chart.series:
        unit = _units(place)[column_id]
        drawing.add_series(
            _series(place, chart.x, column_id, last, words)
            | {
                "fill": {"color": BRAND},
                "border": {"none": True},
                "categories": [place.sheet, place.first, labels, last, labels],
                "gap": 45,
                "data_labels": {
                    "value": True,
                    "num_format": _rounded(unit),
                    "font": cells.chart_font(style.font, 8),
                },
            }
        )
    dress(drawing, words.text(chart.title), style)
    drawing.set_x_axis(axis(style, visible=False))
    drawing.set_y_axis(axis(style, reverse=True))
    drawing.set_legend({"none": True})
    drawing.show_hidden_data()
    return drawing


def _write_labels(
    workbook: Workbook, place: Placed, column: int, style: Style, words: Catalogue
) -> int:
    """Write short names for the axis into a hidden column; as formulas they follow a sort."""
    sheet = workbook.get_worksheet_by_name(place.sheet)
    labels = place.left + len(place.table.columns)
    for number, values in enumerate(place.table.rows[:BARS]):
        row = place.first + number
        name = words.argument(values[column - place.left])
        short = name if len(name) <= _LABEL_LENGTH else f"{name[: _LABEL_LENGTH - 1]}…"
        cell = xl_rowcol_to_cell(row, column)
        text = f'=IF(LEN({cell})>{_LABEL_LENGTH},LEFT({cell},{_LABEL_LENGTH - 1})&"…",{cell})'
        sheet.write_formula(row, labels, text, style.hidden, short)
    sheet.set_column(labels, labels, None, None, {"hidden": True})
    return labels


def _series(place: Placed, x: str, column_id: str, last: int, words: Catalogue) -> dict[str, Any]:
    def area(name: str) -> list[Any]:
        column = place.column(name)
        return [place.sheet, place.first, column, last, column]

    return {"name": words.say(column_id), "categories": area(x), "values": area(column_id)}


def _units(place: Placed) -> dict[str, Unit]:
    return {column.id: column.unit for column in place.table.columns}


def _rounded(unit: Unit) -> str:
    return "#,##0" if unit is Unit.CNY else workbook_format(unit)
