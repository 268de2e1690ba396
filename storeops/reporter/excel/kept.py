"""Reading back what an operator wrote into an earlier workbook of the same day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from io import BytesIO
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from storeops.errors import StoreopsError
from storeops.messages import message
from storeops.reporter.excel.tasks import ID_COLUMN, ID_HEAD, Kept
from storeops.reporter.lang import LANGUAGES, catalogue


def read_kept(workbook: bytes, name: str) -> list[Kept]:
    """Read the to-do rows of an earlier workbook of the same day.

    Raises:
        StoreopsError: The workbook cannot be read (a password, damage); overwriting it would
            lose what the operator wrote.
    """
    try:
        book = load_workbook(BytesIO(workbook), read_only=True, data_only=True)
    except (BadZipFile, InvalidFileException, KeyError, ValueError, OSError) as error:
        raise StoreopsError(
            message("workbook.unreadable", file=name), message("workbook.unreadable_hint")
        ) from error
    names = {catalogue(lang).say("sheet.to_do") for lang in LANGUAGES}
    for sheet in book.worksheets:
        if sheet.title in names:
            return list(_parse(list(sheet.iter_rows(values_only=True))))
    return []


def _parse(rows: Sequence[tuple[object, ...]]) -> Iterator[Kept]:
    is_list = False
    for row in rows:
        padded = (*row, *(None,) * (ID_COLUMN + 1 - len(row)))
        if is_list and any(cell is not None for cell in padded[:ID_COLUMN]):
            finding = padded[ID_COLUMN]
            values = tuple(map(_value, padded[:ID_COLUMN]))
            yield Kept(values, str(finding) if finding is not None else None)
        is_list = is_list or padded[ID_COLUMN] == ID_HEAD


def _value(cell: object) -> object:
    return cell.date() if isinstance(cell, datetime) else cell
