"""The import log: one row per file ever seen, with everything a second run needs to know."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pandas as pd

from storeops.facts import UNSTATED, FileReading
from storeops.history.entries import ImportEntry
from storeops.history.rank import rank
from storeops.history.serialise import dump_notes, dump_outside, load_notes, load_outside
from storeops.history.sql import Connection, run
from storeops.history.staging import Part

IMPORTED = "imported"
UNCHANGED = "unchanged"

_READING = (
    "file, sha256, modified, status, layout, shop, outside, rows_in, rows_kept, rows_reported, "
    "first_day, last_day, notes, signature, tool_version, imported_at"
)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What holds for all files of a batch: layouts, version of the program, moment (UTC)."""

    signature: str
    tool_version: str
    moment: datetime


@dataclass(frozen=True, slots=True)
class Logged:
    """What is on record about the identity of a file: its bytes and its outside values."""

    file_id: int
    status: str
    shop: str | None
    signature: str
    tool_version: str


def known(connection: Connection, digests: Collection[str]) -> dict[str, tuple[ImportEntry, ...]]:
    """Look up files by the hash of their bytes; a hash that was never seen is absent."""
    rows = run(
        connection,
        "SELECT {reading} FROM import_log WHERE sha256 IN (SELECT unnest(?::VARCHAR[])) "
        "ORDER BY file_id",
        [list(digests)],
        reading=_READING,
    )
    found: dict[str, list[ImportEntry]] = {}
    for row in rows:
        found.setdefault(row[1], []).append(_entry(row))
    return {digest: tuple(entries) for digest, entries in found.items()}


def entries(connection: Connection) -> tuple[ImportEntry, ...]:
    """List the whole log in the order of imports."""
    rows = run(connection, "SELECT {reading} FROM import_log ORDER BY file_id", reading=_READING)
    return tuple(_entry(row) for row in rows)


def logged(connection: Connection, digests: Collection[str]) -> dict[tuple[str, str], list[Logged]]:
    """Look up what stands in the way of a batch: (hash, outside values) to what is logged."""
    rows = run(
        connection,
        "SELECT sha256, outside, file_id, status, shop, signature, tool_version FROM import_log "
        "WHERE sha256 IN (SELECT unnest(?::VARCHAR[]))",
        [list(digests)],
    )
    found: dict[tuple[str, str], list[Logged]] = {}
    for sha256, outside, *rest in rows:
        found.setdefault((sha256, outside), []).append(Logged(*rest))
    return found


def identity(reading: FileReading) -> tuple[str, str]:
    """Tell what makes two imports the same: the bytes and the values from outside the file."""
    return reading.sha256, dump_outside(reading.outside)


def told_since(reading: FileReading, stored: str) -> bool:
    """Tell a logged file of equal bytes that lacked an answer this reading has.

    Args:
        reading: The file as read now.
        stored: Outside values as logged, serialised.
    """
    before = load_outside(stored)
    now = dict(reading.outside)
    changed = {name for name in now if before.get(name) != now[name]}
    return (
        before.keys() == now.keys()
        and bool(changed)
        and all(before[name] in UNSTATED for name in changed)
    )


def mark(reading: FileReading) -> tuple[str, str, str]:
    """Name the identity within a shop: equal marks are the same import."""
    return (*identity(reading), reading.shop or "")


def next_id(connection: Connection) -> int:
    """Give the next free file id."""
    return int(run(connection, "SELECT coalesce(max(file_id), 0) + 1 FROM import_log")[0][0])


def write(
    connection: Connection,
    files: Sequence[tuple[int, FileReading]],
    parts: Sequence[Part],
    how: Circumstances,
) -> None:
    """Log files and what each of them holds."""
    rows = [_row(file_id, reading, how) for file_id, reading in files]
    _insert(connection, "import_log", rows)
    _insert(connection, "import_fact", [_part_row(part) for part in parts])


def forget(connection: Connection, file_ids: Collection[int]) -> None:
    """Take files out of the log, to log them anew."""
    for table in ("import_fact", "import_log"):
        ids = [list(file_ids)]
        run(connection, "DELETE FROM {table} WHERE file_id IN (SELECT unnest(?))", ids, table=table)


def _insert(connection: Connection, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        # One frame: binding some thousand single values takes ten times as long.
        connection.register("lines", pd.DataFrame(rows, dtype=object))
        run(connection, "INSERT INTO {table} BY NAME FROM lines", table=table)
        connection.unregister("lines")


def _row(file_id: int, reading: FileReading, how: Circumstances) -> dict[str, Any]:
    sha256, outside = identity(reading)
    return {
        "file_id": file_id,
        "sha256": sha256,
        "outside": outside,
        "file": reading.file,
        "modified": reading.modified,
        "status": reading.status,
        "layout": reading.layout,
        "shop": reading.shop,
        "rows_in": reading.rows_in,
        "rows_kept": reading.rows_kept,
        "rows_reported": reading.rows_reported,
        "first_day": reading.first_day,
        "last_day": reading.last_day,
        "notes": dump_notes(reading.notes),
        "signature": how.signature,
        "tool_version": how.tool_version,
        "imported_at": how.moment.replace(tzinfo=None),
        "rank": rank(reading),
    }


def _part_row(part: Part) -> dict[str, Any]:
    first, last = part.span
    return {
        "file_id": part.file_id,
        "fact": part.rows.fact,
        "view": part.view,
        "columns": part.value_columns,
        "rows": len(part.rows),
        "first_day": first,
        "last_day": last,
    }


def _entry(row: tuple[Any, ...]) -> ImportEntry:
    plain = FileReading(*row[:6])
    reading = replace(
        plain,
        outside=load_outside(row[6]),
        rows_in=row[7],
        rows_kept=row[8],
        rows_reported=row[9],
        first_day=row[10],
        last_day=row[11],
        notes=load_notes(row[12]),
    )
    return ImportEntry(reading, row[13], row[14], row[15].replace(tzinfo=UTC))
