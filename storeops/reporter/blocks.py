"""What a report says, as data. Renderers are functions over these blocks and never divide."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from storeops.diagnose.finding import (
    Checked,
    DataTable,
    Figure,
    Finding,
    Period,
    PeriodKind,
    Split,
    Verdict,
)
from storeops.facts import FileEntry
from storeops.messages import Message, Note
from storeops.metrics.target import Pace


class View(StrEnum):
    """Whom a report is for."""

    OPERATOR = "operator"
    """All there is."""
    BOSS = "boss"
    """Three sentences, six figures, the target, one decision."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A title; ``level`` 1 is the report's."""

    text: Message
    level: int = 2


@dataclass(frozen=True, slots=True)
class Text:
    """One paragraph."""

    text: Message


@dataclass(frozen=True, slots=True)
class VerdictLine:
    """The answer, first line of every medium."""

    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Figures:
    """The headline figures with their comparisons and trends."""

    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class SplitBlock:
    """The exact split of the paid-amount change."""

    split: Split


@dataclass(frozen=True, slots=True)
class Findings:
    """What to act on, at most five, ranked by yuan."""

    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """The boss's sentences: what happened, us or the market, what is being done."""

    sentences: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class PaceBlock:
    """The month's target and how far the shop is."""

    pace: Pace


@dataclass(frozen=True, slots=True)
class Decision:
    """The one decision that is needed; None says that there is none."""

    finding: Finding | None


@dataclass(frozen=True, slots=True)
class CheckedList:
    """Checked and fine."""

    items: tuple[Checked, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a topic; ``detail`` tables are for the workbook, not for the one-screen view."""

    table: DataTable
    detail: bool = True


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart over a table already in the report: x column and the series columns, by id."""

    title: Message
    table: str
    x: str
    series: tuple[str, ...]
    kind: str = "line"


@dataclass(frozen=True, slots=True)
class Notes:
    """Data notes: missing, late, immature, restated."""

    notes: tuple[Note, ...]


Block = (
    Heading
    | Text
    | VerdictLine
    | Figures
    | SplitBlock
    | Findings
    | Summary
    | PaceBlock
    | Decision
    | CheckedList
    | Table
    | Chart
    | Notes
)


@dataclass(frozen=True, slots=True)
class Report:
    """One shop's day, week or month in the order it is read, plus what only machines read.

    Of a week or a month ``period`` says which days, and ``day`` is the last of them.
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
    files: tuple[FileEntry, ...]
    blocks: tuple[Block, ...]
    view: View = View.OPERATOR
    period: Period | None = None
    pace: Pace | None = None

    @property
    def kind(self) -> PeriodKind:
        """Tell a day from a week and a month."""
        return PeriodKind.DAY if self.period is None else self.period.kind
