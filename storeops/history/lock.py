"""One process at a time: the lock around the record, and the name of who holds it."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from storeops.errors import RecordError
from storeops.messages import Message, message


def beside(path: Path, suffix: str) -> Path:
    """Name a companion file of the record: ``history.duckdb`` and ``.lock``."""
    return path.with_name(path.name + suffix)


@contextmanager
def locked(path: Path, *, wait_seconds: float, now: datetime) -> Iterator[None]:
    """Hold the record for the length of a ``with`` block.

    The operating system drops the lock with its process, so a killed holder leaves nothing to
    clean up; the file that names the holder is only read while the lock is taken.

    Raises:
        RecordError: Another process kept the lock for ``wait_seconds``, or the folder cannot be
            written to.
    """
    lock = FileLock(beside(path, ".lock"))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=wait_seconds, poll_interval=0.02)
    except Timeout as error:
        raise RecordError(_held(path), message("record.held.hint")) from error
    except OSError as error:
        raise RecordError(
            message("record.not_writable", path=str(path.parent), detail=str(error)),
            message("record.not_writable.hint"),
        ) from error
    holder = beside(path, ".holder")
    try:
        _sign(holder, now)
        yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


def _sign(holder: Path, now: datetime) -> None:
    who = {"pid": str(os.getpid()), "host": socket.gethostname(), "since": now.isoformat()}
    fresh = beside(holder, f".{os.getpid()}")
    fresh.write_text(json.dumps(who), encoding="utf-8")
    fresh.replace(holder)


def _held(path: Path) -> Message:
    try:
        who = json.loads(beside(path, ".holder").read_text(encoding="utf-8"))
        since = datetime.fromisoformat(who["since"]).strftime("%Y-%m-%d %H:%M:%S")
        return message(
            "record.held", path=str(path), pid=str(who["pid"]), host=str(who["host"]), since=since
        )
    except (OSError, ValueError, KeyError, TypeError):
        return message("record.held_unknown", path=str(path))
