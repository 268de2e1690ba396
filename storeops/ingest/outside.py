"""Values that are not in the file: from its name, its folders, a sidecar, or an option."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path, PurePosixPath

from storeops.errors import ConfigError
from storeops.facts import UNKNOWN_ATTRIBUTION, UNKNOWN_WINDOW
from storeops.fields import Col
from storeops.ingest.layout import Layout
from storeops.ingest.problems import refused
from storeops.ingest.sources import Source
from storeops.ingest.values import Period, parse_period
from storeops.ingest.words import fold
from storeops.yamlfile import read_yaml

_SIDECAR_KEYS = ("date", "item_id", "attribution", "window")
_ITEM_ID = re.compile(r"(?<![0-9A-Za-z])[0-9]{9,19}(?![0-9A-Za-z])")
_DAYS = re.compile(
    r"(?<![0-9])[0-9]{4}([-.])[0-9]{1,2}\1[0-9]{1,2}(?![0-9])|(?<![0-9A-Za-z])[0-9]{8}(?![0-9A-Za-z])"
)
_PAIR_MARK = re.compile(r"[_~\-\s]+")
_STAMPS = ("%Y%m%d%H%M", "%Y%m%d%H%M%S")
_window = re.compile(r"\s*([0-9]{1,2})").match


@dataclass(frozen=True, slots=True)
class Outside:
    """What the caller says about files that do not say it themselves."""

    date: str | None = None
    item_id: str | None = None
    window: str | None = None
    attribution: str | None = None


def named_period(name: str) -> Period | None:
    """Read the period out of a file or folder name.

    Returns:
        First and last day; the last two days that stand together make the period, else the only
        day that occurs. None when there is no day or several unrelated ones.
    """
    found = [
        (match, period[0])
        for match in _DAYS.finditer(name)
        if (period := parse_period(match.group())) is not None
    ]
    for (left, first), (right, last) in reversed(list(pairwise(found))):
        if _PAIR_MARK.fullmatch(name[left.end() : right.start()]) and first <= last:
            return first, last
    days = {day for _, day in found}
    return (found[0][1], found[0][1]) if len(days) == 1 else None


def needed(layout: Layout) -> frozenset[str]:
    """Name the outside values a layout needs, as the columns they fill."""
    needs = layout.outside
    wanted = {
        Col.DATE.value: needs.date in {"file_name", "either"},
        Col.ITEM_ID.value: needs.item_id,
        Col.WINDOW.value: needs.window,
        Col.ATTRIBUTION.value: needs.attribution,
    }
    return frozenset(name for name, is_wanted in wanted.items() if is_wanted)


def named_values(source: Source, layout: Layout) -> dict[str, str]:
    """Read what only the file name tells (terminal, tab); the layout's constant is the default."""
    name = fold(PurePosixPath(source.name).name)
    found = {}
    for column, marks in layout.named.items():
        values = {value for mark, value in marks.items() if fold(mark) in name}
        default = layout.constants.get(column, "")
        found[column] = values.pop() if len(values) == 1 else default
    return found


def outside_values(source: Source, needs: Collection[str], options: Outside) -> dict[str, str]:
    """Collect the outside values that are needed for a file; cheap, the file is not parsed.

    Days and item ids are looked for in the file name, then in the folders above it (nearest
    first), then in the sidecar (``<file>.yaml``), then in the options; attribution and window in
    the sidecar, then in the options.

    Returns:
        Column name to value; days as ``YYYY-MM-DD`` (a period as ``first ~ last``).

    Raises:
        FileProblem: A value is needed and nowhere to be found, or the sidecar is wrong.
    """
    if not needs:
        return {}
    said = _sidecar(source.path)
    found: dict[str, str] = {}
    if Col.DATE in needs:
        found[Col.DATE.value] = _day(source, said, options)
    if Col.ITEM_ID in needs:
        found[Col.ITEM_ID.value] = _item(source, said, options)
    if Col.WINDOW in needs:
        given = said.get("window") or options.window
        found[Col.WINDOW.value] = _days_of(given) or UNKNOWN_WINDOW
    if Col.ATTRIBUTION in needs:
        given = said.get("attribution") or options.attribution
        found[Col.ATTRIBUTION.value] = given or UNKNOWN_ATTRIBUTION
    return found


def _days_of(window: str | None) -> str | None:
    """Keep the number of an attribution window: 15 whether written 15, 15d or 15 days."""
    match = _window(window) if window else None
    return match[1] if match else window


def _names(source: Source) -> list[str]:
    """List the file's name and those of the folders above it, nearest first."""
    path = PurePosixPath(source.name)
    names = [part for part in (path.stem, *(parent.name for parent in path.parents)) if part]
    if len(path.parts) == 1:
        names.append(source.path.resolve().parent.name)
    return names


def _day(source: Source, said: dict[str, str], options: Outside) -> str:
    periods = (named_period(name) for name in _names(source))
    stated = (parse_period(text) for text in (said.get("date"), options.date) if text)
    period = next((found for found in (*periods, *stated) if found), None)
    if period is None:
        raise refused("ingest.no_date", kind="missing_date")
    first, last = period
    return first.isoformat() if first == last else f"{first.isoformat()} ~ {last.isoformat()}"


def _item(source: Source, said: dict[str, str], options: Outside) -> str:
    for name in _names(source):
        found: set[str] = {text for text in _ITEM_ID.findall(name) if not _is_stamp(text)}
        if len(found) > 1:
            raise refused("ingest.two_items", kind="missing_item", items=tuple(sorted(found)))
        if found:
            return found.pop()
    stated = said.get("item_id") or options.item_id
    if stated is None:
        raise refused("ingest.no_item", kind="missing_item")
    if not _ITEM_ID.fullmatch(stated):
        raise refused("ingest.bad_item", kind="missing_item", found=stated)
    return stated


def _is_stamp(digits: str) -> bool:
    """Tell a time stamp of a download (20190312104800) from an id."""
    for pattern in _STAMPS:
        try:
            moment = datetime.strptime(digits, pattern)  # noqa: DTZ007 (only asks whether it is one)
        except ValueError:
            continue
        if date(2010, 1, 1) <= moment.date() <= date(2100, 1, 1):
            return True
    return False


def _sidecar(path: Path) -> dict[str, str]:
    for name in dict.fromkeys((f"{path.name}.yaml", f"{path.stem}.yaml")):
        file = path.with_name(name)
        if file.is_file():
            return _read_sidecar(file)
    return {}


def _read_sidecar(file: Path) -> dict[str, str]:
    try:
        data = read_yaml(file.read_text(encoding="utf-8-sig"), file.name)[0]
    except (ConfigError, OSError, UnicodeDecodeError) as error:
        raise refused("ingest.bad_sidecar", sidecar=file.name) from error
    if not isinstance(data, dict) or not set(data) <= set(_SIDECAR_KEYS):
        raise refused("ingest.bad_sidecar", sidecar=file.name)
    said = {key: str(value) for key, value in data.items() if value is not None}
    if "date" in said and parse_period(said["date"]) is None:
        raise refused("ingest.bad_sidecar", sidecar=file.name)
    return said
