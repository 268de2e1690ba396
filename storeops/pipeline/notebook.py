"""What the user tells: own events, changes and targets, in plain files a person may edit.

They lie beside the record, not in it: making the record anew leaves them alone. An entry is added
or taken out where it stands, so that comments stay; each write replaces the file whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from filelock import FileLock
from pydantic import BaseModel, ValidationError

from storeops.config import ChangesFile, EventSettings, EventsFile, LoggedChange
from storeops.delivery.files import file_report
from storeops.errors import ConfigError, StoreopsError
from storeops.messages import message
from storeops.yamlfile import Positions, fault, read_yaml

FOLDER = ".storeops"
_BMP = 0xFFFF


@dataclass(frozen=True, slots=True)
class Book:
    """One file: its name, its one key, what it holds and the remark it begins with."""

    name: str
    key: str
    model: type[BaseModel]
    remark: str

    @property
    def shown(self) -> str:
        """Name the file as messages do."""
        return f"{FOLDER}/{self.name}"

    def entries(self, data: Any) -> tuple[Any, ...]:
        """Check what the file holds; a key without a value stands for an empty list."""
        if isinstance(data, dict):
            data = {key: value for key, value in data.items() if value is not None}
        found: tuple[Any, ...] = getattr(self.model.model_validate(data or {}), self.key)
        return found


_EVENTS = Book(
    "events.yaml",
    "events",
    EventsFile,
    "# Own events; written by `storeops events`, yours to edit.",
)
_CHANGES = Book(
    "changes.yaml",
    "changes",
    ChangesFile,
    "# Own changes; written by `storeops log`, yours to edit.",
)
EVENTS_FILE, CHANGES_FILE = _EVENTS.shown, _CHANGES.shown


def events(root: Path) -> tuple[EventSettings, ...]:
    """Read the own events of a workspace; those of its configuration are not among them.

    Raises:
        ConfigError: Not YAML, an unknown key or a bad value; names file, line and key.
    """
    return entries(root, _EVENTS)


def changes(root: Path) -> tuple[LoggedChange, ...]:
    """Read the own changes of a workspace, in the order of the file.

    Raises:
        ConfigError: Not YAML, an unknown key or a bad value; names file, line and key.
    """
    return entries(root, _CHANGES)


def add_event(root: Path, event: EventSettings) -> bool:
    """Add an event; False when it is there already."""
    return enter(root, _EVENTS, event)


def add_change(root: Path, change: LoggedChange) -> bool:
    """Note a change; False when it is there already."""
    return enter(root, _CHANGES, change)


def remove_events(root: Path, gone: Sequence[EventSettings]) -> None:
    """Take events out of the file."""
    take_out(root, _EVENTS, gone)


def entries(root: Path, book: Book) -> tuple[Any, ...]:
    """Read what one file holds, in its order.

    Raises:
        ConfigError: Not YAML, an unknown key or a bad value; names file, line and key.
    """
    return _read(root, book)[0]


def enter(
    root: Path, book: Book, entry: BaseModel, replaces: Callable[[Any], bool] | None = None
) -> bool:
    """Enter something, in the place of the first entry that it replaces, if any.

    Returns:
        False when it is there already.
    """
    with _alone(root):
        held, text, positions = _read(root, book)
        if entry in held:
            return False
        index = next((i for i, one in enumerate(held) if replaces and replaces(one)), None)
        if index is None:
            _add(root, book, entry)
            return True
        lines = text.splitlines()
        first, after = _place(lines, positions, book, index)
        lines[first:after] = _entry(entry, _indent(positions, book)).splitlines()
        _write(root, book, _joined(lines), (*held[:index], entry, *held[index + 1 :]))
        return True


def take_out(root: Path, book: Book, gone: Sequence[BaseModel]) -> None:
    """Take entries out of a file; remarks between the others stay."""
    with _alone(root):
        held, text, positions = _read(root, book)
        lines = text.splitlines()
        for index in reversed(range(len(held))):
            if held[index] in gone:
                first, after = _place(lines, positions, book, index)
                del lines[first:after]
        _write(root, book, _joined(lines), tuple(one for one in held if one not in gone))


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    """Keep other commands from writing between our reading and writing.

    Raises:
        StoreopsError: The folder cannot be written.
    """
    folder = root / FOLDER
    lock = FileLock(folder / "notebook.lock")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except OSError as error:
        raise StoreopsError(
            message("delivery.not_written", file=str(folder), problem=error.strerror or str(error)),
            message("delivery.not_written_hint"),
        ) from error
    try:
        yield
    finally:
        lock.release()


def _place(lines: Sequence[str], positions: Positions, book: Book, index: int) -> tuple[int, int]:
    """Find the lines of one entry: the first, and the one after its last."""
    first = positions[(book.key, index)][0] - 1
    after = positions.get((book.key, index + 1), (len(lines) + 1, 0))[0] - 1
    return first, _end_of_entry(lines, first, after)


def _indent(positions: Positions, book: Book) -> str:
    column = positions.get((book.key, 0), (0, 0))[1]
    return " " * max(column - len("- ") - 1, 0)


def _joined(lines: Sequence[str]) -> str:
    return "\n".join(lines) + "\n"


def _end_of_entry(lines: Sequence[str], first: int, after: int) -> int:
    """Leave blank lines and remarks between two entries to the next one."""
    while after > first + 1 and (
        not lines[after - 1].strip() or lines[after - 1].lstrip()[0] == "#"
    ):
        after -= 1
    return after


def _read(root: Path, book: Book) -> tuple[tuple[Any, ...], str, Positions]:
    path = root / FOLDER / book.name
    if not path.is_file():
        return (), "", {}
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(
            message("notebook.not_utf8", file=book.shown), message("notebook.not_utf8_hint")
        ) from error
    data, positions = read_yaml(text, book.shown)
    try:
        return book.entries(data), text, positions
    except ValidationError as error:
        raise fault(error, positions, book.shown, "notebook.wrong_hint") from error


def _add(root: Path, book: Book, entry: BaseModel) -> None:
    held, text, positions = _read(root, book)
    if not text.strip():
        text = f"{book.remark}\n{book.key}:"
    added = _entry(entry, _indent(positions, book))
    _write(root, book, f"{text.rstrip()}\n{added}", (*held, entry))


def _write(root: Path, book: Book, text: str, entries: tuple[Any, ...]) -> None:
    """Replace the file by the edited text, or where that does not say it by one written anew."""
    if not _says(book, text, entries):
        body = "".join(_entry(entry, "") for entry in entries)
        text = f"{book.remark}\n{book.key}:" + (f"\n{body}" if entries else " []\n")
    file_report(root / FOLDER, book.name, text.encode("utf-8"))


def _says(book: Book, text: str, entries: tuple[Any, ...]) -> bool:
    try:
        return book.entries(read_yaml(text, book.shown)[0]) == entries
    except (StoreopsError, ValidationError):
        return False


def _entry(entry: BaseModel, indent: str) -> str:
    told = entry.model_dump(exclude_none=True)
    lines = [f"{key}: {_scalar(value)}" for key, value in told.items()]
    return "".join(
        f"{indent}{'  ' if number else '- '}{line}\n" for number, line in enumerate(lines)
    )


def _scalar(value: object) -> str:
    """Write a day or a number plainly and a text in quotes; what does not print is escaped."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return f"{value:.2f}".removesuffix(".00")
    return '"' + "".join(map(_quoted, str(value))) + '"'


def _quoted(mark: str) -> str:
    if mark in {'"', "\\"}:
        return f"\\{mark}"
    if mark.isprintable():
        return mark
    return f"\\U{ord(mark):08x}" if ord(mark) > _BMP else f"\\u{ord(mark):04x}"
