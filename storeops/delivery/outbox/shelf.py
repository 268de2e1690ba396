"""The files of the outbox: each whole or absent, whatever kills the program."""

from __future__ import annotations

import os
import re
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from storeops.delivery.outbox import content
from storeops.delivery.outbox.ticket import Key, Ticket, dump, load
from storeops.delivery.parcel import Parcel

_TICKET = ".json"
_PARCEL = ".parcel"
_NAME = re.compile(r"\d{4}-\d{2}-\d{2}-(?:day|week|month)-[0-9a-f]{10}")
_OURS = re.compile(rf"({_NAME.pattern})(?:\.json|\.[0-9a-f]{{20}}\.parcel)")
_LEFT_ALONE = frozenset({"desktop.ini", "Thumbs.db"})
"""What file managers put into any folder, apart from hidden files."""
_UNFINISHED = ".tmp-"


class DamagedError(Exception):
    """A file that is not what its name says."""


@dataclass(frozen=True, slots=True)
class Tidied:
    """What was found wrong: names of files kept aside, and of those that cannot even be read."""

    aside: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()


class Shelf:
    """Reads and writes tickets and contents; the caller holds the lock when it writes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._receipts = folder / "receipts"
        self._aside = folder / "aside"

    def make(self) -> None:
        """Make the folders, for this user only."""
        for folder in (self.folder, self._receipts, self._aside):
            folder.mkdir(mode=0o700, parents=folder is self.folder, exist_ok=True)

    def open_names(self) -> tuple[str, ...]:
        """Name the tickets that are not settled, as far as the folder tells."""
        return _names(self.folder)

    def settled_names(self) -> tuple[str, ...]:
        """Name the receipts."""
        return _names(self._receipts)

    def read(self, name: str) -> Ticket | None:
        """Read a ticket, None when there is none. The open one counts when a kill left both.

        Raises:
            DamagedError: The file is not that ticket.
        """
        for folder in (self.folder, self._receipts):
            path = folder / f"{name}{_TICKET}"
            try:
                data = path.read_bytes()
            except FileNotFoundError:
                continue
            try:
                ticket = load(data)
            except (ValueError, RecursionError) as error:
                raise DamagedError(path.name) from error
            if ticket.key.name != name:
                raise DamagedError(path.name)
            return ticket
        return None

    def write(self, ticket: Ticket) -> None:
        """Put a ticket on disk; a settled one ends among the receipts."""
        path = self.folder / f"{ticket.key.name}{_TICKET}"
        receipt = self._receipts / path.name
        _write(path, dump(ticket))
        if ticket.is_settled:
            self._settle(path.name)
        elif receipt.exists():
            receipt.unlink()
            _sync(self._receipts)

    def _settle(self, file: str) -> None:
        os.replace(self.folder / file, self._receipts / file)  # noqa: PTH105 (atomic everywhere)
        _sync(self._receipts)
        _sync(self.folder)

    def store(self, key: Key, parcel: Parcel) -> str:
        """Put a content on disk; give its fingerprint."""
        data = content.dump(parcel)
        mark = content.fingerprint(data)
        _write(self._content(key, mark), data)
        return mark

    def parcel(self, ticket: Ticket) -> Parcel | None:
        """Read a ticket's content, None when it is lost or not what was stored."""
        if ticket.content is None:
            return None
        try:
            data = self._content(ticket.key, ticket.content).read_bytes()
            return content.load(data) if content.fingerprint(data) == ticket.content else None
        except (OSError, ValueError):
            return None

    def drop(self, ticket: Ticket) -> None:
        """Forget the content of a ticket that no longer names it."""
        if ticket.content is not None:
            self._content(ticket.key, ticket.content).unlink(missing_ok=True)

    def _content(self, key: Key, mark: str) -> Path:
        return self.folder / f"{key.name}.{mark}{_PARCEL}"

    def set_aside(self, file: str) -> tuple[str, ...]:
        """Move a file that cannot be used out of the way, a ticket with its content; name them."""
        found = [self.folder / file, self._receipts / file]
        if file.endswith(_TICKET) and _OURS.fullmatch(file):
            found += self.folder.glob(f"{file.removesuffix(_TICKET)}.*{_PARCEL}")
        moved = [path for path in found if path.exists()]
        for path in moved:
            self._keep(path)
        return tuple(path.name for path in moved)

    def was_aside(self, name: str) -> bool:
        """Tell whether a ticket of this name was moved out of the way."""
        return any(self._aside.glob(f"{name}{_TICKET}*"))

    def aside(self) -> tuple[str, ...]:
        """Name what was moved out of the way."""
        if not self._aside.is_dir():
            return ()
        return tuple(sorted(path.name for path in self._aside.iterdir()))

    def tidy(self) -> Tidied:
        """Finish what a killed run began, and move what is not ours out of the way.

        Unfinished files and contents that no ticket names go; a settled ticket goes to the
        receipts. A damaged ticket is kept aside with its content.
        """
        named: set[str] = set()
        aside: list[str] = []
        unreadable: list[str] = []
        for path in sorted(self.folder.iterdir()):
            try:
                named |= self._kept(path)
            except DamagedError:
                aside += self.set_aside(path.name)
            except OSError:
                unreadable.append(path.name)
        unsure = tuple(f"{file.removesuffix(_TICKET)}." for file in unreadable)
        for path in self.folder.glob(f"*{_PARCEL}"):
            if path.name not in named and not path.name.startswith(unsure):
                path.unlink(missing_ok=True)
        return Tidied(tuple(aside), tuple(unreadable))

    def _kept(self, path: Path) -> set[str]:
        """Name the content a file of the folder asks to keep."""
        if path.name.startswith(_UNFINISHED):
            path.unlink(missing_ok=True)
        ours = _OURS.fullmatch(path.name)
        if self._is_of_others(path):
            return set()
        if ours is None or not path.is_file():
            raise DamagedError(path.name)
        ticket = self.read(ours[1]) if path.suffix == _TICKET else None
        if ticket is None or ticket.content is None:
            if ticket is not None and ticket.is_settled:
                self._settle(path.name)
            return set()
        return {self._content(ticket.key, ticket.content).name}

    def _is_of_others(self, path: Path) -> bool:
        """Tell what lies in the folder by right: our folders, hidden files, a file manager's."""
        is_hidden = path.name.startswith(".") or path.name in _LEFT_ALONE
        return is_hidden or path in {self._receipts, self._aside}

    def _keep(self, path: Path) -> None:
        target, number = self._aside / path.name, 0
        while target.exists():
            number += 1
            target = self._aside / f"{path.name}.{number}"
        os.replace(path, target)  # noqa: PTH105 (atomic on every system)

    def receipts_before(self, day: date) -> Iterator[str]:
        """Name the receipts of days before a day; their tickets say when they last changed."""
        yield from (name for name in self.settled_names() if name[:10] < day.isoformat())

    def forget(self, name: str) -> None:
        """Delete a receipt."""
        (self._receipts / f"{name}{_TICKET}").unlink(missing_ok=True)


def _names(folder: Path) -> tuple[str, ...]:
    if not folder.is_dir():
        return ()
    stems = (path.stem for path in folder.iterdir() if path.suffix == _TICKET)
    return tuple(sorted(stem for stem in stems if _NAME.fullmatch(stem)))


def _write(path: Path, data: bytes) -> None:
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=_UNFINISHED)  # for this user only
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, path)  # noqa: PTH105 (atomic on every system)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    _sync(path.parent)


def _sync(folder: Path) -> None:
    """Force a folder's entries to disk; Windows does that by itself and cannot open a folder."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
