"""The files that hold exports: BIFF and Office Open XML workbooks, GB18030 text, zip archives.

The same input gives the same bytes: no clock, no random ids.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime

import xlsxwriter
import xlwt

Row = Sequence[str]
_CREATED = datetime(2020, 1, 1)  # noqa: DTZ001 (a workbook property has no zone)
_UTF8_NAME = 0x800


def xls(sheets: Mapping[str, Sequence[Row]]) -> bytes:
    """Write a BIFF workbook, every cell as text."""
    book = xlwt.Workbook(encoding="utf-8")
    for name, rows in sheets.items():
        sheet = book.add_sheet(name)
        for number, row in enumerate(rows):
            for column, text in enumerate(row):
                if text:
                    sheet.write(number, column, text)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def xlsx(sheets: Mapping[str, Sequence[Row]], comment: str) -> bytes:
    """Write an Office Open XML workbook, every cell as text; ``comment`` is a file property."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.set_properties({"created": _CREATED, "comments": comment})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                for column, text in enumerate(row):
                    if text:
                        sheet.write_string(number, column, text)
    return out.getvalue()


def csv(rows: Sequence[Row]) -> bytes:
    """Write comma-separated text in GB18030 with a blank line at the end, as the ads console."""
    lines = [",".join(_quoted(text) for text in row) for row in rows]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("gb18030")


def _quoted(text: str) -> str:
    if any(mark in text for mark in ',"\r\n'):
        return '"' + text.replace('"', '""') + '"'
    return text


class _GbkInfo(zipfile.ZipInfo):
    """A member whose name is stored as GBK bytes without the UTF-8 mark, as the vendors do."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802 (zipfile's own hook)
        return self.filename.encode("gb18030"), self.flag_bits & ~_UTF8_NAME


class _Pipe(io.BytesIO):
    """A stream that cannot go back: sizes then stand in the central directory only."""

    def tell(self) -> int:
        raise io.UnsupportedOperation

    def seek(self, _offset: int, _whence: int = 0, /) -> int:
        raise io.UnsupportedOperation


def archive(members: Mapping[str, bytes], stamp: datetime) -> bytes:
    """Wrap files in a zip as the vendors' servers stream it."""
    out = _Pipe()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, data in members.items():
            info = _GbkInfo(name, (stamp.year, stamp.month, stamp.day, stamp.hour, stamp.minute, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3
            opened.writestr(info, data)
    return out.getvalue()
