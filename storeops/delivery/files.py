"""Filing a report in a folder: whole or not at all, and not again when nothing changed."""

from __future__ import annotations

import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from storeops.errors import StoreopsError
from storeops.messages import message

_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]+')
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}
)
_LONGEST = 200
"""Bytes of a name: file systems allow 255, and sync tools add their own endings."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a report: where it is, and whether the file changed."""

    path: Path
    status: Literal["new", "replaced", "unchanged"]


def file_report(folder: Path, name: str, data: bytes) -> Receipt:
    """Put a report into a folder under a name that every system accepts.

    The bytes are written beside the target, forced to disk and moved into place, so that a
    reader sees the old file or the new one, never a part. Identical bytes are not written again.

    Args:
        folder: Made if absent.
        name: Wanted file name; characters that Windows forbids are replaced.
        data: The whole file.

    Raises:
        StoreopsError: The file is open in another program, or the folder cannot be written.
    """
    path = folder / safe_name(name)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        is_new = not path.exists()
        if not is_new and path.read_bytes() == data:
            return Receipt(path, "unchanged")
        _write_whole(path, data)
    except PermissionError as error:
        raise StoreopsError(
            message("delivery.locked", file=str(path)), message("delivery.locked_hint")
        ) from error
    except OSError as error:
        raise StoreopsError(
            message("delivery.not_written", file=str(path), problem=error.strerror or str(error)),
            message("delivery.not_written_hint"),
        ) from error
    return Receipt(path, "new" if is_new else "replaced")


def safe_name(name: str) -> str:
    """Make a file name that Windows, macOS and Linux accept, keeping its ending."""
    cleaned = _FORBIDDEN.sub("_", name).strip(" .")
    stem, dot, ending = cleaned.rpartition(".")
    if not dot:
        stem, ending = cleaned, ""
    if stem.split(".")[0].strip().casefold() in _DEVICES:
        stem = f"_{stem}"
    room = _LONGEST - len((dot + ending).encode())
    stem = stem.encode()[:room].decode(errors="ignore").rstrip(" .")
    return f"{stem or '_'}{dot}{ending}"


def _write_whole(path: Path, data: bytes) -> None:
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".storeops-", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).chmod(_mode(path))
        os.replace(temporary, path)  # noqa: PTH105 (atomic on every system)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _mode(path: Path) -> int:
    """Keep the mode of the file replaced; a new one is readable as any other file is."""
    if path.exists():
        return path.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
