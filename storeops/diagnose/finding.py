"""What a diagnosis says: findings, sections and the verdict, as frozen data."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from storeops.messages import Change, Message, Note, Quantity, Unit
from storeops.metrics.change import ratio, relative
from storeops.metrics.periods import Period, PeriodKind

if TYPE_CHECKING:
    from storeops.metrics.board import Memory
    from storeops.metrics.target import Pace

__all__ = [
    "SMALL_COUNT",
    "Cause",
    "Checked",
    "Confidence",
    "DataTable",
    "Diagnosis",
    "Direction",
    "Evidence",
    "Figure",
    "Finding",
    "Own",
    "Owner",
    "Part",
    "Period",
    "PeriodKind",
    "Section",
    "Severity",
    "Split",
    "State",
    "Subject",
    "TableColumn",
    "Verdict",
]

SMALL_COUNT = 30
"""Below this, on both sides, a count is compared by its difference: 2 instead of 4 is not -50 %."""


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
    is_alongside: bool = False
    """Something that happened at the same time: it proves nothing, so a screen sets it apart."""


@dataclass(frozen=True, slots=True)
class Own:
    """What a subject moved by itself, beyond what everything else moved alike."""

    paid_amount: float
    visitors: float


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
    own: Own | None = None
    """Decides which finding the others follow from."""


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

    def change_from(self, reference: float | None) -> Change | Quantity:
        """Compare the value with a reference of the same unit.

        Returns:
            Percentage points for a rate, the plain difference for two small counts, else the
            relative change: infinite ("new") when there was nothing before, None when either
            side is not known.
        """
        if self.value is None or reference is None:
            return Change(None, points=self.unit is Unit.RATIO)
        if self.unit is Unit.RATIO:
            return Change(self.value - reference, points=True)
        is_count = self.unit in (Unit.PEOPLE, Unit.COUNT)
        if is_count and max(abs(self.value), abs(reference)) < SMALL_COUNT:
            return Quantity(self.value - reference, self.unit)
        if not reference:
            return Change(math.inf if self.value else 0.0)
        return Change(relative(self.value, reference))


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
    peers: float | None = None
    """Relative change of the peers, None where nothing is known of them."""


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
    ids) instead of the value: numerator and denominator. ``detail`` columns are for the workbook,
    a one-screen view leaves them out.
    """

    id: str
    unit: Unit
    formula: tuple[str, str] | None = None
    detail: bool = False


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

    def total(self, column: TableColumn) -> float | None:
        """Add up a column, or divide the sums of a formula column's two parts.

        A ratio is taken over the rows that have both parts; None when there is nothing to add
        or to divide by. The caller knows whether the column may be added at all.
        """
        if column.formula is None:
            values = [value for value in self._cells(column.id) if isinstance(value, int | float)]
            return math.fsum(values) if values else None
        pairs = [
            (above, below)
            for above, below in zip(*map(self._cells, column.formula), strict=True)
            if isinstance(above, int | float) and isinstance(below, int | float)
        ]
        return ratio(math.fsum(above for above, _ in pairs), math.fsum(below for _, below in pairs))

    def _cells(self, column_id: str) -> list[object]:
        index = [column.id for column in self.columns].index(column_id)
        return [row[index] for row in self.rows]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """All of one shop's day: what ``reporter.build`` turns into a report.

    A week or a month is the same with ``period`` set: ``day`` is then its last day, a figure's
    ``baseline`` what normal days would have brought, ``previous_day`` the period before, and
    ``same_weekday`` the average of the four periods before. ``pace`` is the month's target.
    ``focus`` names the topic when only one was asked for: its tables are then part of the answer.
    ``memory`` is what the next day's diagnosis may begin from.
    """

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
    focus: str | None = None
    period: Period | None = None
    pace: Pace | None = None
    memory: Memory | None = field(default=None, compare=False, repr=False)
