"""Writing one cell safely, and measuring what a sheet needs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from storeops.reporter.lang import Catalogue
from storeops.reporter.numbers import is_known
from storeops.reporter.text import width, wrap

_LONGEST = 32000
"""Excel refuses a cell of more than 32,767 characters."""
_LINE_HEIGHT = 16.5
ROW_HEIGHT = 19.5


def put(
    sheet: Worksheet, row: int, column: int, value: object, look: Format, words: Catalogue
) -> None:
    """Write one value: a number as a number, a day as a day, everything else as plain text.

    Text never becomes a formula or a link, and what is not known leaves the cell empty.
    """
    if isinstance(value, bool) or value is None:
        sheet.write_blank(row, column, None, look)
    elif isinstance(value, int | float):
        if is_known(value):
            sheet.write_number(row, column, value, look)
        else:
            sheet.write_blank(row, column, None, look)
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value, look)
    else:
        sheet.write_string(row, column, words.argument(value)[:_LONGEST], look)


def shown(value: object, words: Catalogue) -> str:
    """Give the text whose width a cell needs; numbers are measured with thousands and fen."""
    if value is None:
        return ""
    if isinstance(value, int | float):
        return f"{value:,.2f}"
    return words.argument(value)


def fitting(texts: Sequence[str], narrowest: int, widest: int) -> int:
    """Choose a column width for texts, Chinese counted double, between two limits."""
    return min(widest, max(narrowest, 2 + max(map(width, texts), default=0)))


def height(text: str, columns: float, line: float = _LINE_HEIGHT) -> float:
    """Choose a row height for a text wrapped into a width in columns."""
    return max(ROW_HEIGHT, line * len(wrap(text, max(4, int(columns)))) + 3)


def merge(sheet: Worksheet, row: int, columns: tuple[int, int], text: str, look: Format) -> None:
    """Write a text over several columns of a row."""
    sheet.merge_range(row, columns[0], row, columns[1], "", look)
    sheet.write_string(row, columns[0], text[:_LONGEST], look)


def landscape(sheet: Worksheet, footer: str, *, pages_high: int = 0) -> None:
    """Set the page: A4 across, one page wide, numbered."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, pages_high)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.set_footer(f"&L&8&A&R&8{footer}")


def chart_font(font: str, size: int = 9, colour: str = "#52606D") -> dict[str, Any]:
    """Describe a chart's font."""
    return {"name": font, "size": size, "color": colour, "bold": False}
