"""Whose file is it: most exports carry no shop name, and two shops must never be mixed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from storeops.facts import FileReading
from storeops.messages import Note, message


@dataclass(frozen=True, slots=True)
class KnownShops:
    """What is known about shops before the nameless files are looked at.

    ``by_file`` maps a file that names its shop to that shop; ``recorded`` are the shops of the
    record; ``fallback`` is the name from the configuration or, failing that, the folder.
    """

    by_file: Mapping[str, str]
    recorded: tuple[str, ...]
    fallback: str


def assign(readings: Iterable[FileReading], known: KnownShops) -> list[FileReading]:
    """Give every readable file its shop.

    A file that names its shop keeps it. A nameless file belongs to the one shop named in the
    nearest folder that names any; with none named anywhere, to the one shop of the record, else
    to the fallback. Where two shops could own it, it is refused with both names.

    Returns:
        The readings in their order, with ``shop`` set or status refused.
    """
    named = _named_folders(known.by_file)
    return [_assigned(reading, named, known) for reading in readings]


def _named_folders(by_file: Mapping[str, str]) -> dict[str, set[str]]:
    folders: dict[str, set[str]] = {}
    for file, shop in by_file.items():
        for folder in _folders(file):
            folders.setdefault(folder, set()).add(shop)
    return folders


def _folders(file: str) -> list[str]:
    """List the folders a file lies in, nearest first; an archive is not a folder."""
    outer = PurePosixPath(file.split(".zip/", 1)[0])
    return [str(parent) for parent in outer.parents]


def _assigned(
    reading: FileReading, named: Mapping[str, set[str]], known: KnownShops
) -> FileReading:
    if reading.status != "imported" or reading.shop is not None:
        return reading
    candidates = _candidates(reading.file, named, known)
    if len(candidates) == 1:
        return replace(reading, shop=candidates[0])
    return replace(
        reading,
        status="refused",
        tables=(),
        rows_kept=0,
        rows_reported=reading.rows_in,
        notes=(
            *reading.notes,
            Note(
                "mixed_shops",
                message("ingest.whose_file", shops=tuple(candidates)),
                reading.file,
            ),
        ),
    )


def _candidates(file: str, named: Mapping[str, set[str]], known: KnownShops) -> list[str]:
    for folder in _folders(file):
        shops = named.get(folder)
        if shops:
            own = [shop for shop in shops if shop == PurePosixPath(folder).name]
            return own if len(own) == 1 else sorted(shops)
    folder_names = {PurePosixPath(folder).name for folder in _folders(file)}
    by_name = sorted(folder_names & set(known.recorded))
    if len(by_name) == 1:
        return by_name
    return sorted(known.recorded) or [known.fallback]
