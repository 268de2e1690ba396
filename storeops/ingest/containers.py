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

from python_calamine import CalamineWorkbook

from storeops.errors import FileProblem
from storeops.ingest import archive, markup
from storeops.ingest.problems import damaged, encrypted, too_large, unreadable
from storeops.ingest.values import Cell

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = b"PK\x03\x04"
_ENCRYPTED = ("EncryptedPackage".encode("utf-16-le"), "EncryptionInfo".encode("utf-16-le"))
_BOMS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}
_MAX_SPARSE_CELLS = 4_000_000
_CELLS_PER_BYTE = 2
_LOOK_AHEAD = 30
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
        return _workbook(data)
    if data.startswith(ZIP):
        archive.check_workbook(data)
        return _workbook(data)
    text = decode(data)
    head = text[:4096].lstrip().lower()
    if not head.startswith("<"):
        return (Sheet("", _separated(text)),)
    tables = markup.read_workbook(data) if "<workbook" in head else markup.read_tables(text)
    sheets = tuple(Sheet(name, rows) for name, rows in tables)
    if not sheets:
        raise unreadable("ingest.not_a_table")
    return sheets


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
