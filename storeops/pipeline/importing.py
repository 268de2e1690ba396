"""Downloads into the record: read what is new, give it its shop, commit it in batches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path, PurePosixPath

from storeops.errors import FileProblem
from storeops.facts import UNSTATED, FileEntry, FileReading
from storeops.fields import Col
from storeops.history import History, ImportEntry
from storeops.ingest.layout import Layout
from storeops.ingest.reader import (
    Outside,
    Source,
    find_sources,
    layouts_signature,
    load_layouts,
    open_sources,
    outside_values,
    read,
)
from storeops.ingest.shops import KnownShops, assign
from storeops.messages import Note, message
from storeops.pipeline.workspace import Progress, Request, Workspace

BATCH_FILES = 256
"""Files of one transaction: each whole or absent, and one sync to disk for all of them."""
READ_FILES = 32
"""Files looked up in the import log at a time."""
HELD_FILES = 1_000
"""New files kept in memory until their shop is known; beyond that they are read a second time."""
_ASKS_OUTSIDE = ("missing_date", "missing_item")
"""Notes of a file that may be read as soon as the caller says what is missing."""
ATTRIBUTION = "attribution"
"""Setting: the tab the source files are downloaded from, asked once."""
_ASKED = frozenset({Col.DATE, Col.ITEM_ID, Col.WINDOW, Col.ATTRIBUTION})
"""Outside values that can be told without a layout; others stand in the file's own name."""
PROVISIONAL = "provisional_shop"
"""Setting: the name given to a shop whose files name none, until one does."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of every file of the folder, in the order of their names."""

    readings: tuple[FileReading, ...]

    @property
    def files(self) -> tuple[FileEntry, ...]:
        """List the files as a report does."""
        return tuple(
            FileEntry(r.file, r.layout, r.status, r.rows_in, r.rows_kept, r.rows_reported)
            for r in self.readings
        )

    @property
    def faulty(self) -> bool:
        """Tell whether any file could not be used."""
        return any(reading.status in {"unreadable", "refused"} for reading in self.readings)

    def of_shop(self, shop: str) -> Imported:
        """Keep the files of one shop, and those of no shop."""
        kept = (r for r in self.readings if r.shop in {shop, None})
        return Imported(tuple(kept))

    @property
    def notes(self) -> tuple[Note, ...]:
        """List what the files have to say; what several say alike is one note with their number."""
        alike: dict[tuple[str, str], list[Note]] = {}
        for reading in self.readings:
            for note in reading.notes:
                alike.setdefault((note.kind, repr(note.message)), []).append(note)
        return tuple(_one_note(notes) for notes in alike.values())


def _one_note(notes: Sequence[Note]) -> Note:
    files = {note.file for note in notes}
    if len(files) == 1:
        return notes[0]
    return replace(notes[0], message=message("note.in_files", note=notes[0].message, n=len(files)))


def import_folder(
    workspace: Workspace, record: History, request: Request, progress: Progress
) -> Imported:
    """Read every new file of the workspace into its record.

    A file on record with the same bytes and the same outside values is not read again. A bad file
    never stops the good ones.

    Returns:
        Every file found, read now or before; no rows.
    """
    if request.attribution is not None:
        record.remember(ATTRIBUTION, request.attribution)
    run = _Run(workspace, record, request)
    paths = find_sources(workspace.root, skip=(workspace.settings.report.folder, "formats"))
    waiting: list[Path] = []
    for path in progress(paths, "storeops"):
        waiting.append(path)
        if len(waiting) == READ_FILES:
            run.read(waiting)
            waiting.clear()
    run.read(waiting)
    return run.finish()


def _chunks(items: Sequence[Path], size: int) -> Iterator[Sequence[Path]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


@dataclass
class _Run:
    """One import: what has been seen so far, and what waits for its shop."""

    workspace: Workspace
    record: History
    request: Request
    done: list[FileReading] = field(default_factory=list)
    held: list[FileReading] = field(default_factory=list)
    dropped: list[Path] = field(default_factory=list)
    named: dict[str, str] = field(default_factory=dict)
    known: KnownShops = field(default_factory=lambda: KnownShops({}, (), ""))

    @cached_property
    def layouts(self) -> tuple[Layout, ...]:
        """Load the layouts, once a file is new."""
        return load_layouts(self.workspace.formats)

    @cached_property
    def signature(self) -> str:
        """Stand for the layouts in the import log."""
        return layouts_signature(self.workspace.formats)

    @cached_property
    def outside(self) -> Outside:
        """Gather what the files do not say: options first, then settings, then what was asked."""
        settings = self.workspace.settings
        window = self.request.window_days or settings.ads.window_days
        told = settings.sources.attribution
        remembered = self.record.setting(ATTRIBUTION)
        attribution = self.request.attribution or (remembered if told == "unspecified" else told)
        return Outside(
            date=None if self.request.file_day is None else self.request.file_day.isoformat(),
            item_id=self.request.item_id,
            window=None if window is None else str(window),
            attribution=attribution,
        )

    def read(self, paths: Sequence[Path]) -> None:
        """Read the files of a chunk that are not on record, and hold them."""
        sources = [s for path in paths for s in open_sources(path, self.workspace.root)]
        known = self.record.known({source.sha256 for source in sources})
        for source in sources:
            entry = self._entry(source, known.get(source.sha256, ()))
            if entry is not None:
                self._note(_on_record(source, entry), new=False)
            else:
                self._note(read(source, self.layouts, self.outside), new=True, path=source.path)

    def _entry(self, source: Source, entries: Iterable[ImportEntry]) -> ImportEntry | None:
        return next((entry for entry in entries if self._holds(source, entry)), None)

    def _holds(self, source: Source, entry: ImportEntry) -> bool:
        """Tell whether what is on record is what reading the file now would give."""
        reading = entry.reading
        if entry.signature != self.signature:
            return False
        if reading.layout is None or reading.status != "imported":
            return not any(note.kind in _ASKS_OUTSIDE for note in reading.notes)
        told = reading.outside.keys() - _ASKED
        if told and not source.name.endswith(PurePosixPath(reading.file).name):
            return False
        try:
            now = outside_values(source, reading.outside.keys() - told, self.outside)
        except FileProblem:
            return False
        return all(
            value == reading.outside[name] or value in UNSTATED for name, value in now.items()
        )

    def _note(self, reading: FileReading, *, new: bool, path: Path | None = None) -> None:
        if reading.shop is not None and (new or reading.shop != self.provisional):
            self.named[reading.file] = reading.shop
        if not new:
            self.done.append(reading)
        elif path is not None and len(self.held) >= HELD_FILES and reading.shop is None:
            self.dropped.append(path)
        else:
            self.held.append(reading)

    @cached_property
    def provisional(self) -> str | None:
        """Name the shop of the record that no file has named yet."""
        return self.record.setting(PROVISIONAL)

    def _settle_names(self) -> None:
        """Let a shop that was named after its folder take the name a file gives it."""
        recorded = tuple(shop.name for shop in self.record.shops())
        names = set(self.named.values())
        if self.provisional in recorded and len(recorded) == 1 and len(names) == 1:
            name = names.pop()
            self.record.rename_shop(str(self.provisional), name)
            self.record.remember(PROVISIONAL, "")
            self.done = [replace(r, shop=name) if r.shop else r for r in self.done]
            recorded = (name,)
        self.known = KnownShops(self.named, recorded, self._fallback)

    @property
    def _fallback(self) -> str:
        configured = self.workspace.settings.shop.name
        return configured or self.workspace.root.resolve().name or "shop"

    def _commit(self, readings: Sequence[FileReading]) -> None:
        for start in range(0, len(readings), BATCH_FILES):
            batch = assign(readings[start : start + BATCH_FILES], self.known)
            self.done += self.record.record(batch, signature=self.signature)

    def _remember_fallback(self) -> None:
        nameless = not self.named and not self.known.recorded
        if nameless and self.workspace.settings.shop.name is None:
            self.record.remember(PROVISIONAL, self._fallback)

    def finish(self) -> Imported:
        """Give every held file its shop and commit, batch by batch."""
        self._settle_names()
        self._commit(self.held)
        for chunk in _chunks(self.dropped, BATCH_FILES):
            sources = (s for path in chunk for s in open_sources(path, self.workspace.root))
            self._commit([read(source, self.layouts, self.outside) for source in sources])
        self._remember_fallback()
        return Imported(tuple(sorted(self.done, key=lambda reading: reading.file)))


def _on_record(source: Source, entry: ImportEntry) -> FileReading:
    """Say again what was said of the file when it was read, under its present name."""
    status = "unchanged" if entry.reading.status == "imported" else entry.reading.status
    notes = tuple(
        replace(note, file=source.name if note.file == entry.reading.file else note.file)
        for note in entry.reading.notes
    )
    return replace(entry.reading, file=source.name, status=status, notes=notes)
