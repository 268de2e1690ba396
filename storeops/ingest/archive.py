"""Zip files: wrappers of downloads, and the guard against workbooks that would explode."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from functools import partial

from storeops.errors import FileProblem
from storeops.ingest.problems import damaged, encrypted, too_large

Unpack = Callable[[], bytes]
"""Gives the bytes of one member; raises FileProblem."""

_MAX_MEMBERS = 500
_MAX_UNPACKED = 300_000_000
_RATIO_MATTERS_FROM = 20_000_000
_MAX_RATIO = 150
_UTF8_NAME = 0x800
_ENCRYPTED = 0x1
_MANIFEST = "[Content_Types].xml"
_MAX_AREA = 20_000_000
_AREA_PER_CELL = 50
_CHUNK = 1 << 20

_MOST_COLUMNS, _TWO_LETTER_COLUMNS = 16_384, 702
_LETTERS = bytes(range(ord("A"), ord("Z") + 1)) + bytes(range(ord("a"), ord("z") + 1))
_LETTERS_AND_DIGITS = bytes.maketrans(_LETTERS + b"0123456789", b"A" * len(_LETTERS) + b"0" * 10)
_row_numbers = re.compile(rb' r="[A-Za-z]{0,3}([0-9]+)"').findall


def is_wrapper(data: bytes) -> bool:
    """Tell whether the bytes are a zip that is not itself a workbook."""
    if not data.startswith(b"PK"):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as opened:
            return _MANIFEST not in opened.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return _MANIFEST.encode() not in data


def members(data: bytes) -> Iterator[tuple[str, Unpack]]:
    """Unpack a wrapper, one member at a time.

    Yields:
        The member's name, GBK names repaired, and how to get its bytes (raises FileProblem).

    Raises:
        FileProblem: The archive is damaged, or unpacks to more than any export holds.
    """
    try:
        opened = zipfile.ZipFile(io.BytesIO(data))
    except Exception as error:
        raise damaged(error) from error
    with opened:
        infos = [info for info in opened.infolist() if not info.is_dir()]
        _check_sizes(infos)
        for info in infos:
            yield _name(info), partial(_unpacked, opened, info)


def _name(info: zipfile.ZipInfo) -> str:
    if info.flag_bits & _UTF8_NAME:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("gb18030")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return info.filename


def _check_sizes(infos: list[zipfile.ZipInfo]) -> None:
    total = sum(info.file_size for info in infos)
    packed = sum(info.compress_size for info in infos)
    too_dense = total > _RATIO_MATTERS_FROM and total > _MAX_RATIO * max(packed, 1)
    if len(infos) > _MAX_MEMBERS or total > _MAX_UNPACKED or too_dense:
        raise too_large()


def _unpacked(opened: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    if info.flag_bits & _ENCRYPTED:
        raise encrypted()
    try:
        return opened.read(info)
    except Exception as error:
        raise damaged(error) from error


def check_workbook(data: bytes) -> None:
    """Refuse a workbook that is a bomb: by its sizes, or by cells set absurdly far apart.

    The reader lays a sheet out as a full rectangle, so two cells at opposite corners would
    claim the memory of the whole rectangle.

    Raises:
        FileProblem: Too large, damaged, or encrypted.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as opened:
            infos = opened.infolist()
            _check_sizes(infos)
            if any(info.flag_bits & _ENCRYPTED for info in infos):
                raise encrypted()
            for info in infos:
                if info.filename.startswith("xl/worksheets/sheet"):
                    _check_area(opened.read(info))
    except FileProblem:
        raise
    except Exception as error:
        raise damaged(error) from error


def _check_area(xml: bytes) -> None:
    alike = xml.translate(_LETTERS_AND_DIGITS)
    wide, very_wide, tall = (mark in alike for mark in (b'="AA0', b'="AAA0', b"A00000"))
    if not very_wide and not (wide and tall):
        return
    rows = max(map(int, _row_numbers(xml)), default=0)
    columns = _MOST_COLUMNS if very_wide else _TWO_LETTER_COLUMNS
    if rows * columns > max(_MAX_AREA, _AREA_PER_CELL * xml.count(b"<c ")):
        raise too_large()
