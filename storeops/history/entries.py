"""What the record answers with, as frozen data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from storeops.facts import FileReading


@dataclass(frozen=True, slots=True)
class ImportEntry:
    """One line of the import log.

    ``reading`` is the file as it was read, notes included, without its rows. ``signature``
    stands for the layouts it was read with. ``imported_at`` is in UTC.
    """

    reading: FileReading
    signature: str
    tool_version: str
    imported_at: datetime


@dataclass(frozen=True, slots=True)
class ShopCoverage:
    """A shop of the record: per fact the first and the last day that hold rows."""

    name: str
    days: Mapping[str, tuple[date, date]]


@dataclass(frozen=True, slots=True)
class TraceRow:
    """Where one stored value came from.

    ``subject`` names the key besides the day. ``superseded`` is True for a value that a newer
    file replaced or outranks; for each key exactly one value stands.
    """

    fact: str
    subject: str
    value: float | str
    file: str
    sheet: str | None
    row: int | None
    layout: str | None
    imported_at: datetime
    superseded: bool


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a report said of a day.

    ``said_at`` is the moment of the import that was the newest then, in UTC: what was said at one
    such moment rests on the same data. ``state``, ``cause`` and ``direction`` are the verdict's
    words, ``findings`` the ids of what wanted attention, ``figures`` the told figures as they
    read then (one that was not known is absent).
    """

    day: date
    said_at: datetime
    state: str
    cause: str | None
    direction: str | None
    impact: float | None
    findings: tuple[str, ...]
    figures: Mapping[str, float]
    tool_version: str
