"""The day's row in a workbook the operator already keeps; everything else stays as it is.

What openpyxl would lose (charts, pictures, pivots, extensions) is counted before and after; a
workbook that holds any of it is refused rather than spoilt.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from io import BytesIO
from zipfile import BadZipFile, ZipFile

from openpyxl import load_workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.formula.translate import Translator
from openpyxl.utils import range_boundaries
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from storeops.errors import StoreopsError
from storeops.messages import message
from storeops.yamlfile import read_yaml

LOOK_AHEAD = 30
"""The header stands within the first rows of a sheet."""
DATE = "date"
_RATES = frozenset({"conversion_rate", "add_to_cart_rate", "wishlist_rate", "ad_cost_share"})
_POINTS = 100
_STYLE = ("font", "border", "fill", "number_format", "protection", "alignment")
_day = re.compile(r"([0-9]{4})\D{1,3}([0-9]{1,2})\D{1,3}([0-9]{1,2})\D?").fullmatch
_compact = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})").fullmatch
_FRAGILE = ("charts/", "media/", "pivot", "slicer", "activeX", "ctrlProps", "diagrams/", "richData")


@dataclass(frozen=True, slots=True)
class Entered:
    """What became of the workbook: its new bytes (None when it says all that already)."""

    data: bytes | None
    sheet: str
    row: int
    is_new: bool
    filled: tuple[str, ...]


def enter(
    data: bytes, name: str, day: date, values: Mapping[str, float | str], sheet: str | None = None
) -> Entered:
    """Enter a day's figures: correct its row, else append one in the manner of the row above.

    Args:
        data: The workbook.
        name: Its name, for what is wrong with it.
        day: The day.
        values: Metric (or ``weekday``, ``phase``) to value; rates as fractions.
        sheet: The sheet; None takes the first with a column of days and one of a metric.

    Returns:
        The new bytes, the place, and the headers that were filled. Formulas are never overwritten.

    Raises:
        StoreopsError: It cannot be read, has no such table, holds what cannot be kept, or the
            row below the last day is taken.
    """
    book = _opened(data, name)
    page, head, where = _table(book, name, sheet)
    at, is_new = _row_of(page, head, where[DATE], day, name)
    changed = _append(page, at, head, where, day) if is_new else False
    filled = []
    for metric, column in where.items():
        cell = page.cell(at, column)
        if metric in values and not _is_formula(cell) and isinstance(cell, Cell):
            value = _like_above(page, at, column, metric, values[metric])
            if _differs(cell.value, value):
                cell.value, changed = value, True
            filled.append(str(page.cell(head, column).value))
    out = BytesIO()
    if changed:
        book.save(out)
        _check_kept(data, out.getvalue(), name)
    return Entered(out.getvalue() if changed else None, page.title, at, is_new, tuple(filled))


def _opened(data: bytes, name: str) -> Workbook:
    try:
        return load_workbook(BytesIO(data), keep_vba=name.lower().endswith(".xlsm"))
    except (BadZipFile, InvalidFileException, KeyError, ValueError, OSError) as error:
        raise StoreopsError(
            message("own_book.unreadable", file=name), message("own_book.unreadable_hint")
        ) from error


@cache
def _labels() -> Mapping[str, str]:
    text = files("storeops.reporter").joinpath("own_book.yaml").read_text(encoding="utf-8")
    return {
        _fold(label): metric
        for metric, labels in read_yaml(text, "own_book.yaml")[0].items()
        for label in labels
    }


def _fold(text: object) -> str:
    plain = unicodedata.normalize("NFKC", str(text)).casefold()
    return re.sub(r"\(.*?\)|\s", "", plain)


def _table(book: Workbook, name: str, sheet: str | None) -> tuple[Worksheet, int, dict[str, int]]:
    if sheet is not None and sheet not in book.sheetnames:
        raise StoreopsError(
            message("own_book.no_sheet", file=name, sheet=sheet, sheets=tuple(book.sheetnames)),
            message("own_book.no_sheet_hint"),
        )
    for page in [book[sheet]] if sheet is not None else book.worksheets:
        for row in range(1, min(page.max_row, LOOK_AHEAD) + 1):
            where: dict[str, int] = {}
            for cell in page[row]:
                metric = _labels().get(_fold(cell.value))
                if metric is not None:
                    where.setdefault(metric, int(cell.column or 0))
            if DATE in where and len(where) > 1:
                return page, row, where
    raise StoreopsError(message("own_book.no_table", file=name), message("own_book.no_table_hint"))


def _row_of(page: Worksheet, head: int, column: int, day: date, name: str) -> tuple[int, bool]:
    """Find the row of a day, else the one below the last day, which must be free."""
    last = head
    for row in range(head + 1, page.max_row + 1):
        found = _as_day(page.cell(row, column).value)
        if found == day:
            return row, False
        if found is not None:
            last = row
    free = last + 1
    if any(cell.value is not None for cell in page[free]):
        raise StoreopsError(
            message("own_book.taken", file=name, sheet=page.title, row=free),
            message("own_book.taken_hint"),
        )
    return free, True


def _as_day(value: object) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    found = _compact(str(value).strip()) or _day(str(value).strip()) if value is not None else None
    try:
        return date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        return None


def _append(page: Worksheet, at: int, head: int, where: Mapping[str, int], day: date) -> bool:
    """Make a row like the one above: its styles, its formulas moved down, the day as it writes."""
    cell = page.cell(at, where[DATE])
    if at - 1 > head:
        for column in range(1, page.max_column + 1):
            _copy_down(page.cell(at - 1, column), page.cell(at, column))
        page.row_dimensions[at].height = page.row_dimensions[at - 1].height
        cell.value = _written_like(page.cell(at - 1, where[DATE]).value, day)
    else:
        cell.value = _written_like(None, day)
        cell.number_format = "yyyy-mm-dd"
    _stretch(page, at, head)
    return True


def _stretch(page: Worksheet, at: int, head: int) -> None:
    """Let a table object that ended above the new row hold it too."""
    for table in page.tables.values():
        left, top, right, bottom = range_boundaries(table.ref)
        if top == head and bottom == at - 1:
            first = page.cell(top or 1, left or 1).coordinate
            table.ref = f"{first}:{page.cell(at, right or 1).coordinate}"
            if table.autoFilter is not None:
                table.autoFilter.ref = table.ref


def _copy_down(model: Cell | MergedCell, cell: Cell | MergedCell) -> None:
    if isinstance(model, MergedCell) or isinstance(cell, MergedCell):
        return
    if model.has_style:
        for part in _STYLE:
            setattr(cell, part, copy(getattr(model, part)))
    if _is_formula(model):
        cell.value = Translator(str(model.value), model.coordinate).translate_formula(
            cell.coordinate
        )


def _written_like(model: object, day: date) -> str | datetime:
    if isinstance(model, str):
        compact = _compact(model.strip()) is not None
        mark = "/" if "/" in model else "." if "." in model else "-"
        return f"{day:%Y%m%d}" if compact else f"{day:%Y}{mark}{day:%m}{mark}{day:%d}"
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001 (a cell has no zone)


def _is_formula(cell: Cell | MergedCell) -> bool:
    return isinstance(cell.value, str) and cell.value.startswith("=")


def _like_above(
    page: Worksheet, at: int, column: int, metric: str, value: float | str
) -> float | str:
    """Write a rate in points where the column above does: 4.6 instead of 0.046."""
    if metric not in _RATES or isinstance(value, str):
        return value
    for row in range(at - 1, max(at - 8, 0), -1):
        above = page.cell(row, column)
        if isinstance(above.value, int | float):
            in_points = above.value > 1 and "%" not in above.number_format
            return round(value * _POINTS, 2) if in_points else value
    return value


def _differs(old: object, new: float | str) -> bool:
    """Compare as a workbook stores numbers: to fifteen digits."""
    if isinstance(old, int | float) and isinstance(new, int | float):
        return not math.isclose(old, new, rel_tol=1e-14)
    return old != new


def _check_kept(before: bytes, after: bytes, name: str) -> None:
    lost = _fragile(before) - _fragile(after)
    if lost:
        raise StoreopsError(
            message("own_book.not_kept", file=name, what=tuple(sorted(lost))),
            message("own_book.not_kept_hint"),
        )


def _fragile(data: bytes) -> Counter[str]:
    """Count the parts of a workbook that a rewrite may lose, and the extensions of its sheets."""
    found: Counter[str] = Counter()
    with ZipFile(BytesIO(data)) as parts:
        for part in parts.namelist():
            found.update(mark.strip("/") for mark in _FRAGILE if mark in part)
            if part.startswith("xl/worksheets/sheet"):
                found["extensions"] += parts.read(part).count(b"<ext ")
            if part.startswith("xl/drawings/drawing"):
                found["shapes"] += parts.read(part).count(b"<xdr:sp>")
    return +found
