"""The model of an export layout: one YAML file says everything about one kind of download.

There are no conditions and no expressions in a layout. A shape that a table of headers cannot
say is one named reshaper in ``ingest.reshape``.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Column(_Part):
    """How one column of the fact table is found in the export.

    ``header`` lists the spellings, newest first; they are compared after folding width, spaces
    and case. ``since`` and ``until`` are documentation: when a spelling was seen.
    """

    header: tuple[str, ...]
    required: bool = False
    scale: Literal["plain", "percent", "fraction"] = "plain"
    """Only for stored rates: ``percent`` is text such as 6.85%, ``fraction`` is 0.0685."""
    values: dict[str, str] = {}
    """Alias table for text values (old product names to today's): read value to stored value."""


class Entry(_Part):
    """One metric of a long table: under which headers it stands, and what a blank cell says.

    A number is kept as shown: exact, or the two ends of a range. Where the field is text, a blank
    cell is not known, unless ``blank_is_none``: then it says that there is none (no offer).
    """

    header: tuple[str, ...]
    blank_is_none: bool = False
    scale: Literal["plain", "percent"] = "plain"


class RatioCheck(_Part):
    """A ratio the vendor prints, recomputed from its parts and compared to printed precision."""

    header: tuple[str, ...]
    numerator: str
    denominator: str
    scale: Literal["plain", "percent", "fraction", "per_mille_cost"] = "plain"
    metric: str | None = None
    """Name the peers' printed value is stored under: of peers there are no parts to divide."""


class PartsCheck(_Part):
    """Parts of a total. People: max(parts) <= total <= sum(parts). Sums: total = sum(parts)."""

    total: str
    parts: tuple[str, ...]


class Checks(_Part):
    """What the vendor's own numbers must satisfy."""

    ratios: tuple[RatioCheck, ...] = ()
    people: tuple[PartsCheck, ...] = ()
    sums: tuple[PartsCheck, ...] = ()


class Rows(_Part):
    """Rows that are not facts. They are set apart and used for reconciliation.

    ``summary`` maps a header to the values that mark a summary row (total, subtotal, mean);
    ``skip_missing`` names headers whose cell must hold a value, else the row is reported.
    """

    summary: dict[str, tuple[str, ...]] = {}
    skip_missing: tuple[str, ...] = ()


class Limit(_Part):
    """A cap the platform applies silently: ``rows``, ``items`` or ``days`` at a given number."""

    of: Literal["rows", "items", "days"]
    at: int


class Outside(_Part):
    """Values that are not in the file.

    ``date``: where the day comes from; ``either`` asks the file name where no column holds it.
    ``item_id``: from the folder or file name, an option, or a sidecar. ``window`` and
    ``attribution``: from the configuration or an option, stored with the rows.
    """

    date: Literal["column", "file_name", "either"] = "column"
    item_id: bool = False
    window: bool = False
    attribution: bool = False


class Example(_Part):
    """Facts about the sample that anyone can verify in a spreadsheet."""

    file: str
    rows: int
    """Rows kept."""
    first_day: date
    last_day: date
    totals: dict[str, float] = {}
    """Sum of a column over the kept rows, as a check of reading (not a metric)."""
    options: dict[str, str] = {}
    """Outside values to give when reading the sample: date, item_id, window, attribution."""


class Layout(_Part):
    """One kind of export."""

    name: str
    """The stem of the YAML file."""
    title: str
    vendor: str
    how_to_get: str
    fact: str
    match: tuple[str, ...] = Field(min_length=1)
    """Headers that must all stand in one row within the first 30 rows of a sheet; spellings of one
    are parted by ``|``."""
    match_any: tuple[str, ...] = ()
    """When given, at least one of these must stand in that row too."""
    absent: tuple[str, ...] = ()
    """Headers that must not stand in that row: they mark another layout."""
    sheets: Literal["first", "all"] = "first"
    """Of several sheets that match: read the first, or all of them (different carriers)."""
    columns: dict[str, Column] = {}
    """Fact column (or the key ``shop``) to header; ``mobile_visitors`` and the like included."""
    constants: dict[str, str] = {}
    """Text columns with one value for the whole file: ``grain: scene``, ``device: mobile``."""
    measures: tuple[str, ...] = ()
    """Only with ``fact: mapped_daily``: headers of numbers that are kept under their own names."""
    entries: dict[str, Entry] = {}
    """Only with a long fact (rivals, the industry): metric to the headers it stands under. With
    a column ``metric`` the line says which metric it is, and ``value`` is the one entry."""
    named: dict[str, dict[str, str]] = {}
    """Text columns told by the file name only: mark in the name to stored value
    (``device: {无线: mobile, PC: pc}``); without a mark the constant of that column holds."""
    reshape: str | None = None
    """Name of the reshaper in ``ingest.reshape`` that runs before columns are mapped."""
    period: Literal["day", "any"] = "day"
    """``day`` refuses a file or row whose period is longer than one day."""
    longer: str | None = None
    """Fact that rows of a period longer than one day belong to (``shop_period``): of the columns
    those it has, ``date`` being the last day and ``days`` the length. Days stay with ``fact``."""
    outside: Outside = Outside()
    rows: Rows = Rows()
    checks: Checks = Checks()
    limits: tuple[Limit, ...] = ()
    ignore: tuple[str, ...] = ()
    """Headers we knowingly drop; a leading or trailing ``*`` matches any text (``*环比``)."""
    example: Example | None = None
    """Required of the layouts that ship with the program; a user's mapping may lack it."""

    @property
    def signature(self) -> tuple[tuple[str, ...], ...]:
        """Give the headers of ``match``, each with its spellings."""
        return tuple(tuple(header.split("|")) for header in self.match)

    def __hash__(self) -> int:
        """Hash by name, so that what follows from a layout can be remembered."""
        return hash(self.name)
