"""Finding downloads in a folder and opening them, archives included."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from storeops.errors import FileProblem
from storeops.ingest import archive
from storeops.ingest.problems import refused, unreadable

_NOT_TABLES = frozenset(
    f".{suffix}"
    for suffix in (
        "yaml", "yml", "py", "pyc", "ipynb", "md", "json", "png", "jpg", "jpeg", "gif",
        "webp", "bmp", "ico", "svg", "psd", "ai", "cdr", "heic", "tif", "tiff", "pdf", "doc",
        "docx", "ppt", "pptx", "mp3", "mp4", "mov",
        "avi", "mkv", "wav", "m4a", "ttf", "otf", "iso", "dmg", "apk", "pkg", "torrent",
        "exe", "msi", "dll", "lnk", "url", "ini", "cfg", "toml", "log", "sh", "bat", "css", "js",
        "db",
        "sqlite", "duckdb", "wal", "lock", "bak", "tmp", "crdownload", "part", "partial",
        "download", "opdownload",
    )
)  # fmt: skip
_TEXT = ".txt"
_PEEK = 8192
_MAX_FILE = 300_000_000
_MAX_DEPTH = 2
"""An archive, and an archive inside it."""


@dataclass(frozen=True, slots=True)
class Source:
    """One download, or one member of an archive (``a.zip/b.csv``).

    ``name`` is relative to the workspace, with ``/``; ``path`` is the file on disk (of the
    archive for a member); ``modified`` is its time stamp; ``problem`` says why ``data`` is empty.
    """

    name: str
    path: Path
    sha256: str
    modified: float
    data: bytes
    problem: FileProblem | None = None


def find_sources(folder: Path, skip: tuple[str, ...] = ("reports",)) -> list[Path]:
    """List the files of a folder, at any depth, that may be downloads.

    Args:
        folder: The workspace, or a single file.
        skip: Names of top-level folders that hold no downloads.

    Returns:
        Paths in a fixed order. Hidden and temporary files and folders, and files whose suffix
        says that they are no table, are left out; a folder reached twice is read once.
    """
    if folder.is_file():
        return [folder]
    found: list[Path] = []
    seen: set[str] = set()
    for here, folders, names in os.walk(folder, followlinks=True):
        real = os.path.realpath(here)
        if real in seen:
            folders.clear()
            continue
        seen.add(real)
        outside = skip if Path(here) == folder else ()
        folders[:] = sorted(
            name for name in folders if not _is_private(name) and name not in outside
        )
        found.extend(Path(here, name) for name in names if not _is_private(name))
    return sorted(path for path in found if _may_be_table(path))


def _is_private(name: str) -> bool:
    return name.startswith((".", "~$", "~", "__")) or name.endswith("~")


def _may_be_table(path: Path) -> bool:
    suffix = path.suffix.lower()
    if suffix == _TEXT:
        return _has_columns(path)
    return suffix not in _NOT_TABLES


def _has_columns(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            head = file.read(_PEEK)
    except OSError:
        return True
    return any(line.count(mark) > 1 for line in head.splitlines() for mark in (b"\t", b","))


def open_sources(path: Path, root: Path) -> Iterator[Source]:
    """Read a file; an archive is unpacked into its members.

    Args:
        path: A file of the workspace.
        root: The workspace; names are relative to it.

    Yields:
        The file, or each member that may be a table. What cannot be opened comes with
        ``problem`` set; nothing is raised.
    """
    name = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name
    try:
        modified = path.stat().st_mtime
        data = path.read_bytes() if path.stat().st_size <= _MAX_FILE else None
    except OSError as error:
        problem = unreadable("ingest.cannot_open", found=error.strerror or type(error).__name__)
        yield Source(name, path, "", 0.0, b"", problem)
        return
    if data is None:
        yield Source(name, path, "", modified, b"", refused("ingest.explodes"))
        return
    yield from _expanded(Source(name, path, _digest(data), modified, data), 0)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _expanded(source: Source, depth: int) -> Iterator[Source]:
    if not archive.is_wrapper(source.data):
        yield source
        return
    if depth == _MAX_DEPTH:
        yield _failed(source, refused("ingest.nested"))
        return
    try:
        empty = True
        for inner, unpack in archive.members(source.data):
            if _is_table_member(inner):
                empty = False
                yield from _member(source, inner.strip("/"), unpack, depth)
        if empty:
            yield _failed(source, unreadable("ingest.empty_archive"))
    except FileProblem as problem:
        yield _failed(source, problem)


def _member(source: Source, inner: str, unpack: archive.Unpack, depth: int) -> Iterator[Source]:
    name = f"{source.name}/{inner}"
    try:
        data = unpack()
    except FileProblem as problem:
        digest = _digest(f"{source.sha256}/{inner}".encode())
        yield Source(name, source.path, digest, source.modified, b"", problem)
        return
    yield from _expanded(Source(name, source.path, _digest(data), source.modified, data), depth + 1)


def _failed(source: Source, problem: FileProblem) -> Source:
    return Source(source.name, source.path, source.sha256, source.modified, b"", problem)


def _is_table_member(name: str) -> bool:
    inner = PurePosixPath(name.replace("\\", "/"))
    private = any(_is_private(part) for part in inner.parts)
    return not private and inner.suffix.lower() not in _NOT_TABLES
