"""What a diagnosis says: findings, sections and the verdict, as frozen data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from storeops.messages import Message, Note, Unit


class State(StrEnum):
    """The first word of the answer."""

    NORMAL = "normal"
    ABNORMAL = "abnormal"
    PROMOTION = "promotion"
    INSUFFICIENT_DATA = "insufficient_data"
    INCOMPLETE_DATA = "incomplete_data"


class Cause(StrEnum):
    """Where an abnormal day comes from."""

    MARKET = "market"
    SHOP = "shop"
    BOTH = "both"
    AGAINST_MARKET = "against_market"
    UNKNOWN = "unknown"


class Direction(StrEnum):
    """Which way a figure moved."""

    UP = "up"
    DOWN = "down"


class Severity(StrEnum):
    """How much attention a finding wants."""

    INFO = "info"
    WARN = "warn"
    ACT = "act"


class Confidence(StrEnum):
    """How sure a verdict or finding is."""

    STRONG = "strong"
    LIKELY = "likely"
    UNSURE = "unsure"


class Owner(StrEnum):
    """Who fixes it."""

    OPERATIONS = "operations"
    PROMOTION = "promotion"
    ART = "art"
    SERVICE = "service"
    WAREHOUSE = "warehouse"
    FINANCE = "finance"
    BOSS = "boss"


@dataclass(frozen=True, slots=True)
class Subject:
    """What a finding is about. ``kind`` is shop, item, source, plan, scene, word, rival, market...

    ``name`` is text from the export; None asks the renderer to use the catalogue's word.
    """

    kind: str
    id: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """One checked number behind a finding."""

    text: Message
    metric: str | None = None
    value: float | None = None
    baseline: float | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that moved, with its size, its worth and its owner.

    ``impact`` is yuan against the baseline (negative is a loss), None when it has no worth in
    yuan. ``because_of`` is the id of the finding that this one is a consequence of: only findings
    without it are causes, and only causes are counted.
    """

    id: str
    topic: str
    subject: Subject
    metric: str
    direction: Direction | None
    severity: Severity
    owner: Owner
    text: Message
    impact: float | None = None
    significance: float | None = None
    confidence: Confidence = Confidence.LIKELY
    action: Message | None = None
    because_of: str | None = None
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Checked:
    """Something that was looked at and is fine."""

    topic: str
    text: Message


@dataclass(frozen=True, slots=True)
class Figure:
    """One headline figure of the day with its comparisons; None where it is not known."""

    metric: str
    unit: Unit
    value: float | None
    baseline: float | None = None
    expected_low: float | None = None
    expected_high: float | None = None
    previous_day: float | None = None
    same_weekday: float | None = None
    peer: float | None = None
    abnormal: bool = False
    trend: tuple[float | None, ...] = ()
    """The last 28 days, oldest first, for a sparkline."""


@dataclass(frozen=True, slots=True)
class Part:
    """One line of the exact split, in yuan."""

    factor: str
    amount: float


@dataclass(frozen=True, slots=True)
class Split:
    """The change of the paid amount from the baseline to the day; parts add up exactly."""

    metric: str
    start: float
    end: float
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer in one line."""

    state: State
    text: Message
    cause: Cause | None = None
    direction: Direction | None = None
    main_factor: str | None = None
    impact: float | None = None
    confidence: Confidence = Confidence.UNSURE


@dataclass(frozen=True, slots=True)
class Section:
    """What one topic found: findings, what it ruled out, notes, and blocks for the report."""

    topic: str
    findings: tuple[Finding, ...] = ()
    checked: tuple[Checked, ...] = ()
    notes: tuple[Note, ...] = ()
    tables: tuple[DataTable, ...] = ()


@dataclass(frozen=True, slots=True)
class TableColumn:
    """One column of a table: a label id (``metric.visitors``, ``column.source``) and its unit.

    ``formula`` asks a workbook to write a live quotient of two other columns of the row (their
    ids) instead of the value: numerator and denominator.
    """

    id: str
    unit: Unit
    formula: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class DataTable:
    """Figures of a topic as a table, one tuple per row in the order of ``columns``.

    ``name`` is a catalogue id (``table.sources``) and decides the sheet of the workbook. Cells
    are str (text from a file), Message, float, date or None. ``tinted`` marks row numbers of
    promotion days.
    """

    name: str
    columns: tuple[TableColumn, ...]
    rows: tuple[tuple[object, ...], ...]
    tinted: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """All of one shop's day: what ``reporter.build`` turns into a report."""

    shop: str
    day: date
    phase: Message | None
    verdict: Verdict
    figures: tuple[Figure, ...]
    split: Split | None
    findings: tuple[Finding, ...]
    checked: tuple[Checked, ...]
    notes: tuple[Note, ...]
    tables: tuple[DataTable, ...]
