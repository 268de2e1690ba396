"""Opening the database file, and telling a damaged one from a busy one."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

import duckdb

from storeops.errors import RecordError
from storeops.history import schema
from storeops.history.lock import beside, locked
from storeops.history.sql import Connection, run
from storeops.messages import message

_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    # Opens in any DuckDB a user may have since 1.2; a third smaller than the v1.0.0 format.
    "storage_compatibility_version": "v1.2.0",
    "memory_limit": "400MB",
    "threads": 2,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}
_DISK_TROUBLE = (
    duckdb.IOException,
    duckdb.FatalException,
    duckdb.InternalException,
    duckdb.SerializationException,
)
_HEADERS = 3 * 4096
"""Bytes before the first block of a DuckDB file: the main header and two database headers."""


@contextmanager
def guarded(path: Path) -> Iterator[None]:
    """Turn what a broken, busy or full disk makes DuckDB say into an error a user can act on.

    Mistakes of ours (unknown names, wrong types) pass through: they are bugs.
    """
    try:
        yield
    except duckdb.Error as error:
        if isinstance(error, _DISK_TROUBLE) or "checksum" in str(error):
            raise problem(path, error) from error
        raise


def problem(path: Path, error: Exception) -> RecordError:
    """Name the reason why the file cannot be used."""
    detail = str(error).partition("\n")[0]
    if "Could not set lock" in detail:
        return RecordError(
            message("record.held_elsewhere", path=str(path), detail=detail),
            message("record.held.hint"),
        )
    if "No space left" in detail:
        return RecordError(
            message("record.disk_full", path=str(path)), message("record.disk_full.hint")
        )
    if "Permission denied" in detail or "Read-only file system" in detail:
        return RecordError(
            message("record.not_writable", path=str(path), detail=detail),
            message("record.not_writable.hint"),
        )
    return RecordError(
        message("record.damaged", path=str(path), detail=detail), message("record.damaged.hint")
    )


def create(path: Path) -> None:
    """Make an empty record; it appears under its name only when it is complete.

    A kill in the middle therefore never leaves an empty file that looks like a lost record.
    """
    draft = beside(path, ".new")
    for remains in (draft, beside(draft, ".wal")):
        remains.unlink(missing_ok=True)
    with guarded(path), duckdb.connect(str(draft), config=_CONFIG) as connection:
        schema.create(connection)
    draft.replace(path)


def connect(path: Path, *, read_only: bool) -> Connection:
    """Open the record in today's structure.

    Raises:
        RecordError: The file is damaged, is not a record, comes from a newer version, or is held
            by another program.
    """
    if path.stat().st_size == 0:
        raise problem(path, OSError(errno.EIO, "0 bytes"))
    is_closed_well = not beside(path, ".wal").exists()
    connection = _open(path, read_only=read_only)
    try:
        with guarded(path):
            if is_closed_well:
                _check_length(path, connection)
            if schema.is_current(connection):
                return connection
            if read_only:
                connection.close()
                connection = _open(path, read_only=False)
            schema.bring_forward(connection)
            return connection
    except schema.NotARecord as error:
        connection.close()
        raise RecordError(
            message("record.foreign", path=str(path)), message("record.foreign.hint")
        ) from error
    except BaseException:
        connection.close()
        raise


@contextmanager
def transaction(connection: Connection) -> Iterator[Connection]:
    """Commit what the block does, or nothing of it."""
    run(connection, "BEGIN")
    try:
        yield connection
        run(connection, "COMMIT")
    except BaseException:
        # A fatal error has ended the transaction already, and its message is the one that counts.
        with suppress(duckdb.Error):
            run(connection, "ROLLBACK")
        raise


def set_aside(path: Path, *, now: datetime, wait_seconds: float = 60) -> Path:
    """Rename a damaged record, with its log, so that a new one can be built; nothing is deleted.

    Args:
        path: The record.
        now: Stamp of the new name, ``history.damaged-20260610-093000.duckdb``.
        wait_seconds: How long to wait while another process holds the record.

    Returns:
        The new path.
    """
    with locked(path, wait_seconds=wait_seconds, now=now):
        aside = _free_name(path, f"{now:%Y%m%d-%H%M%S}")
        log = beside(path, ".wal")
        if log.exists():
            log.rename(beside(aside, ".wal"))
        return path.rename(aside)


def _free_name(path: Path, stamp: str) -> Path:
    aside = path.with_name(f"{path.stem}.damaged-{stamp}{path.suffix}")
    number = 1
    while aside.exists() or beside(aside, ".wal").exists():
        number += 1
        aside = path.with_name(f"{path.stem}.damaged-{stamp}-{number}{path.suffix}")
    return aside


def _open(path: Path, *, read_only: bool) -> Connection:
    try:
        return duckdb.connect(str(path), read_only=read_only, config=_CONFIG)
    except duckdb.Error as error:
        raise problem(path, error) from error


def _check_length(path: Path, connection: Connection) -> None:
    """Find a file that is cut off; blocks are read late, so a question might miss the lost ones.

    Free blocks may lie beyond the end of a sound file, so only those in use are counted.
    """
    sizes = "SELECT block_size, used_blocks FROM pragma_database_size()"
    block_size, blocks = run(connection, sizes)[0]
    wanted = _HEADERS + int(block_size) * int(blocks)
    found = path.stat().st_size
    if found < wanted:
        raise problem(path, OSError(errno.EIO, f"{found} < {wanted} bytes"))
