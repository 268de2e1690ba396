"""A report's blocks as the sections of a page, in their order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import assert_never

from storeops.diagnose.finding import Cause, Checked, Figure, Finding, PeriodKind, Split, Verdict
from storeops.messages import Note, Unit
from storeops.metrics.target import Pace
from storeops.reporter import blocks, views
from storeops.reporter.build import cause_of
from storeops.reporter.chart_options import SPLIT, TREND
from storeops.reporter.lang import Catalogue
from storeops.reporter.numbers import json_number
from storeops.reporter.page.figures import figures_view, way
from storeops.reporter.page.findings import Findings
from storeops.reporter.page.tables import TableView, table_view
from storeops.reporter.split_levels import levels


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the page: the macro that draws it, and what it draws.

    ``anchor`` and ``title`` are empty for a part that the list of contents does not name.
    """

    kind: str
    body: object
    anchor: str = ""
    title: str = ""
    charts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class VerdictView:
    """The answer and what it rests on."""

    state: str
    direction: str
    text: str
    cause: str
    impact: object
    impact_text: str


@dataclass(frozen=True, slots=True)
class Level:
    """One row of the split: an end of it, or a change between."""

    name: str
    text: str
    value: float
    factor: str
    way: str


@dataclass(frozen=True, slots=True)
class PaceView:
    """The target: how far along the bar, how far it should be, and the same in words."""

    sentences: tuple[str, ...]
    done: float
    due: float
    attainment: str
    progress: str
    pace: Pace


def sections(
    report: blocks.Report, words: Catalogue, charts: frozenset[str], most_rows: int
) -> tuple[Section, ...]:
    """Lay out a report.

    Args:
        report: The report.
        words: The language.
        charts: The ids of the pictures there are; each stands with its figures.
        most_rows: How many rows of a table are shown.
    """
    return tuple(_Page(report, words, charts, most_rows).sections())


class _Page:
    """Blocks as sections of one language."""

    def __init__(
        self, report: blocks.Report, words: Catalogue, charts: frozenset[str], most_rows: int
    ) -> None:
        self.report = report
        self.words = words
        self.charts = charts
        self.kind = PeriodKind.DAY if report.period is None else report.period.kind
        self.tables = [b.table for b in report.blocks if isinstance(b, blocks.Table)]
        self.views = [
            table_view(table, number, most_rows, words) for number, table in enumerate(self.tables)
        ]
        shown = frozenset(row.anchor for view in self.views for row in view.rows)
        self.findings = Findings(self.tables, words, shown)

    def sections(self) -> Iterator[Section]:
        """Lay out block by block; the title stands on top, a chart stands with its table."""
        tables = iter(self.views)
        for block in self.report.blocks:
            section = self._section(block, tables)
            if section is not None:
                yield section

    def _section(  # noqa: C901, PLR0911, PLR0912 (one case a block)
        self, block: blocks.Block, tables: Iterator[TableView]
    ) -> Section | None:
        match block:
            case blocks.VerdictLine(verdict):
                return self._verdict(verdict)
            case blocks.Heading(text, level):
                return Section("heading", self.words.text(text)) if level > 1 else None
            case blocks.Text(text):
                return Section("text", self.words.text(text))
            case blocks.Figures(figures):
                return self._figures(figures)
            case blocks.SplitBlock(split):
                return self._split(split)
            case blocks.Findings(findings):
                return self._findings(findings)
            case blocks.Summary():
                return Section("summary", self._told(block))
            case blocks.PaceBlock(pace):
                return self._pace(block, pace)
            case blocks.Decision(finding):
                return self._decision(block, finding)
            case blocks.CheckedList(items):
                return self._checked(items)
            case blocks.Notes(notes):
                return self._notes(notes)
            case blocks.Table():
                return self._table(next(tables))
            case blocks.Chart():
                return None
            case _ as unknown:
                assert_never(unknown)

    def _titled(self, kind: str, body: object, title: str, charts: tuple[str, ...] = ()) -> Section:
        return Section(kind, body, kind, self.words.say(title), charts)

    def _told(self, block: views.ViewBlock) -> tuple[str, ...]:
        return tuple(self.words.text(told) for told in views.sentences(block))

    def _verdict(self, verdict: Verdict) -> Section:
        impact = json_number(verdict.impact, Unit.CNY)
        has_cause = verdict.cause not in (None, Cause.UNKNOWN)
        return Section(
            "verdict",
            VerdictView(
                verdict.state.value,
                "" if verdict.direction is None else verdict.direction.value,
                self.words.text(verdict.text),
                self.words.say(f"cause.{verdict.cause}") if has_cause else "",
                "" if impact is None else impact,
                "" if impact is None else self.words.numbers.about(verdict.impact),
            ),
        )

    def _figures(self, figures: Sequence[Figure]) -> Section:
        view = figures_view(figures, self.kind, self.report.day, self.words)
        charts = (TREND,) if TREND in self.charts else ()
        return self._titled("figures", view, "overview.figures", charts)

    def _split(self, split: Split) -> Section:
        rows = levels(split, self.words, self.kind)
        factors = ["", *(part.factor for part in split.parts), ""]
        numbers = self.words.numbers
        body = [
            Level(
                name,
                numbers.signed(amount, Unit.CNY) if factor else numbers.cell(amount, Unit.CNY),
                amount,
                factor,
                way(amount) if factor else "",
            )
            for (name, amount), factor in zip(rows, factors, strict=True)
        ]
        charts = (SPLIT,) if SPLIT in self.charts else ()
        return self._titled("split", body, "overview.split", charts)

    def _findings(self, findings: Sequence[Finding]) -> Section:
        views_of = self.findings.causes(findings)
        everything = self.report.findings
        in_all = sum(cause_of(finding, everything) is None for finding in everything)
        rest = max(0, in_all - len(views_of))
        return self._titled("findings", (views_of, rest), "report.to_do")

    def _pace(self, block: blocks.PaceBlock, pace: Pace) -> Section:
        numbers = self.words.numbers
        view = PaceView(
            self._told(block),
            _along(pace.attainment),
            _along(pace.progress),
            numbers.quantity(pace.attainment, Unit.RATIO),
            numbers.quantity(pace.progress, Unit.RATIO),
            pace,
        )
        return self._titled("pace", view, "page.target")

    def _decision(self, block: blocks.Decision, finding: Finding | None) -> Section:
        view = None if finding is None else self.findings.view(finding)
        return self._titled("decision", (self._told(block), view), "page.decision")

    def _checked(self, items: Sequence[Checked]) -> Section:
        told = [self.words.text(item.text) for item in items]
        return self._titled("checked", told, "overview.checked")

    def _notes(self, notes: Sequence[Note]) -> Section:
        told = list(dict.fromkeys(map(self._note, notes)))
        return self._titled("notes", told, "overview.notes")

    def _table(self, view: TableView) -> Section:
        return Section("table", view, view.anchor, view.title, self._charts_of(view.name))

    def _note(self, note: Note) -> tuple[str, str]:
        text = self.words.text(note.message)
        if note.file is None:
            return note.kind, text
        name = note.file.rsplit("/", 1)[-1]
        return note.kind, self.words.say("note.of_file", file=name, note=text)

    def _charts_of(self, table: str) -> tuple[str, ...]:
        """Name the charts that are drawn over a table; they stand above it."""
        return tuple(
            block.title.id
            for block in self.report.blocks
            if isinstance(block, blocks.Chart)
            and block.table == table
            and block.title.id in self.charts
        )


def _along(share: float) -> float:
    """Turn a share into a place on a bar a hundred long; beyond the end is the end."""
    return round(min(max(share, 0.0), 1.0) * 100, 2)
