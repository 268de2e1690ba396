"""Bytes to sheets of cells, whatever the extension says.

Containers are told apart by their content: BIFF and Office Open XML workbooks, HTML tables,
Excel-2003 XML, comma- or tab-separated text. Archives that wrap such files are
``ingest.archive``'s business.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from python_calamine import CalamineWorkbook

from storeops.errors import FileProblem
from storeops.ingest import archive, compound
from storeops.ingest.problems import damaged, encrypted, too_large, unreadable
from storeops.ingest.values import Cell

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = b"PK\x03\x04"
_ENCRYPTED = ("EncryptedPackage".encode("utf-16-le"), "EncryptionInfo".encode("utf-16-le"))
_BOMS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}
_MAX_SPARSE_CELLS = 4_000_000
_CELLS_PER_BYTE = 2
_LOOK_AHEAD = 30
_CELL_RECORDS = frozenset({b"\xfd\x00\x0a\x00", b"\x03\x02\x0e\x00", b"\x7e\x02\x0a\x00"})
_SHORT, _LONG = 0x0A, 0x0E
"""Their lengths."""
_COLUMN_BYTE = 7
"""Where the high byte of the column stands after the start of a cell record."""
_FIRST_LATIN, _LAST_LATIN = "\x80", "\xff"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: ``rows[i]`` is row ``i + 1`` as Excel numbers it, cells as the container has them.

    Text stays text; only cells that are numbers or dates in the container are not ``str``. Rows
    of text containers may differ in length.
    """

    name: str
    rows: Sequence[Sequence[Cell]]


def read_sheets(data: bytes) -> tuple[Sheet, ...]:
    """Read all sheets of a file.

    Raises:
        FileProblem: Empty, encrypted, truncated, too large when unpacked, or not a table.
    """
    if not data.strip(b"\0 \t\r\n"):
        raise unreadable("ingest.empty")
    if data.startswith(OLE):
        _check_chains(data)
        _check_old_workbook(data)
        return _workbook(data)
    if data.startswith(ZIP):
        archive.check_workbook(data)
        return _workbook(data)
    text = decode(data)
    head = text[:4096].lstrip().lower()
    if not head.startswith("<"):
        return (Sheet("", _separated(text)),)
    return _marked_up(data, text, head)


def _marked_up(data: bytes, text: str, head: str) -> tuple[Sheet, ...]:
    from storeops.ingest import markup  # noqa: PLC0415 (lxml only for the few files that need it)

    tables = markup.read_workbook(data) if "<workbook" in head else markup.read_tables(text)
    sheets = tuple(Sheet(name, rows) for name, rows in tables)
    if not sheets:
        raise unreadable("ingest.not_a_table")
    return sheets


def _check_chains(data: bytes) -> None:
    try:
        compound.check(data)
    except compound.EndlessChainError as error:
        raise damaged(error) from error


def _check_old_workbook(data: bytes) -> None:
    """Refuse an .xls with a cell beyond its 256 columns.

    Only damage or malice puts one there, and the reader lays a sheet out as a full rectangle:
    one such cell can claim gigabytes. Looked for are the three records that hold most cells; the
    high byte of their column must be zero.

    Raises:
        FileProblem: Damaged.
    """
    signs = np.frombuffer(data, dtype=np.uint8)
    ends = len(signs) - _COLUMN_BYTE
    if ends <= 0:
        return
    lengths = signs[2 : 2 + ends]
    beyond = (signs[_COLUMN_BYTE:] != 0) & (signs[3 : 3 + ends] == 0)
    at = np.flatnonzero(beyond & ((lengths == _SHORT) | (lengths == _LONG)))
    if any(data[start : start + 4] in _CELL_RECORDS for start in at.tolist()):
        raise unreadable("ingest.damaged", found="BIFF")


def _workbook(data: bytes) -> tuple[Sheet, ...]:
    if any(mark in data for mark in _ENCRYPTED):
        raise encrypted()
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        return tuple(_sheet(workbook, name, len(data)) for name in workbook.sheet_names)
    except FileProblem:
        raise
    except BaseException as error:  # a panic of the Rust library is no Exception
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        if type(error).__name__ == "PasswordError":
            raise encrypted() from error
        raise damaged(error) from error


def _sheet(workbook: CalamineWorkbook, name: str, size: int) -> Sheet:
    sheet = workbook.get_sheet_by_name(name)
    area = sheet.total_height * sheet.total_width
    if area > max(_MAX_SPARSE_CELLS, _CELLS_PER_BYTE * size):
        raise too_large()
    return Sheet(name, sheet.to_python(skip_empty_area=False))


def decode(data: bytes) -> str:
    """Decode text: byte-order mark, then strict UTF-8, then GB18030.

    Raises:
        FileProblem: Binary data, or neither encoding fits (a file cut within a character).
    """
    named = next((name for mark, name in _BOMS.items() if data.startswith(mark)), None)
    if named is None and b"\0" in data:
        raise unreadable("ingest.not_a_table")
    for encoding in (named,) if named else ("utf-8", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise unreadable("ingest.not_text")


def _separated(text: str) -> list[list[str]]:
    lines = text.splitlines()[:_LOOK_AHEAD]
    commas, tabs = (max((line.count(mark) for line in lines), default=0) for mark in ",\t")
    if not commas and not tabs:
        raise unreadable("ingest.not_a_table")
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter="\t" if tabs > commas else ",", strict=True
    )
    try:
        return list(reader)
    except csv.Error as error:
        raise unreadable("ingest.bad_quotes", line=reader.line_num) from error


def repaired(sheet: Sheet) -> Sheet | None:
    """Undo Chinese text that was decoded as Latin-1.

    Returns:
        The sheet with readable text, or None when there is nothing to repair.
    """
    head = "".join(
        cell for row in sheet.rows[:_LOOK_AHEAD] for cell in row if isinstance(cell, str)
    )
    if head.isascii() or not any(_FIRST_LATIN <= letter <= _LAST_LATIN for letter in head):
        return None
    if _unmixed(head) == head:
        return None
    return Sheet(
        _unmixed(sheet.name),
        [[_unmixed(cell) if isinstance(cell, str) else cell for cell in row] for row in sheet.rows],
    )


def _unmixed(text: str) -> str:
    for latin in ("latin-1", "cp1252"):
        try:
            return text.encode(latin).decode("gb18030")
        except (UnicodeEncodeError, UnicodeDecodeError):
            continue
    return text
