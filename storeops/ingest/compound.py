"""The compound file around an old workbook: chains of sectors that never end are damage.

The workbook reader follows a chain until its end mark. A damaged or malicious table whose chain
bites its own tail would make it fill the memory, so the chains are walked here first. Structure
after [MS-CFB], Compound File Binary File Format.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence

_HEADER = 512
_LARGEST = 0xFFFFFFFA
"""Sector numbers from here on are marks: end of chain, free, reserved."""
_ENTRY = 128
_IN_HEADER = 109
_SHIFTS = (9, 12)


class EndlessChainError(ValueError):
    """A chain of sectors returns to a sector it has passed, or the header makes no sense."""


def check(data: bytes) -> None:
    """Walk every chain of a compound file.

    Args:
        data: The whole file, beginning with its signature.

    Raises:
        EndlessChainError: A chain does not end.
    """
    if len(data) < _HEADER:
        raise EndlessChainError("header")
    shift, mini_shift = struct.unpack_from("<HH", data, 30)
    if shift not in _SHIFTS or not 1 <= mini_shift < shift:
        raise EndlessChainError("sector size")
    first_entry, cutoff = struct.unpack_from("<I4xI", data, 48)
    (first_mini,) = struct.unpack_from("<I", data, 60)
    table = _table(data, shift)
    mini = _numbers(data, _chain(table, first_mini), shift)
    directory = b"".join(_sector(data, at, shift) for at in _chain(table, first_entry))
    for start, size, is_root in _streams(directory):
        _chain(table if size >= cutoff or is_root else mini, start)


def _sector(data: bytes, number: int, shift: int) -> bytes:
    start = (number + 1) << shift
    return data[start : start + (1 << shift)]


def _numbers(data: bytes, sectors: Sequence[int], shift: int) -> list[int]:
    whole = b"".join(_sector(data, number, shift) for number in sectors)
    return list(struct.unpack(f"<{len(whole) // 4}I", whole[: len(whole) // 4 * 4]))


def _table(data: bytes, shift: int) -> list[int]:
    """Read the allocation table: sector to the next sector of its chain."""
    listed = list(struct.unpack_from(f"<{_IN_HEADER}I", data, 76))
    (more,) = struct.unpack_from("<I", data, 68)
    seen: set[int] = set()
    while more < _LARGEST:
        if more in seen:
            raise EndlessChainError("list of tables")
        seen.add(more)
        numbers = _numbers(data, [more], shift)
        if not numbers:
            break
        listed += numbers[:-1]
        more = numbers[-1]
    return _numbers(data, [number for number in listed if number < _LARGEST], shift)


def _chain(table: Sequence[int], start: int) -> list[int]:
    """Follow a chain; one that leaves the table ends there, the reader says what is wrong."""
    passed: list[int] = []
    number = start
    while number < len(table):
        passed.append(number)
        if len(passed) > len(table):
            raise EndlessChainError("chain")
        number = table[number]
    return passed


def _streams(directory: bytes) -> Iterator[tuple[int, int, bool]]:
    """List first sector and size of every stream; the root holds the small ones."""
    for at in range(0, len(directory) - _ENTRY + 1, _ENTRY):
        kind = directory[at + 66]
        if kind:
            start, size = struct.unpack_from("<II", directory, at + 116)
            yield start, size, kind == 5  # noqa: PLR2004 (the root entry's type)
