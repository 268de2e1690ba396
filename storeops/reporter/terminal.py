"""One screen of text: the answer in the first line, then the figures and what to do.

Data reaches the console as ``Text`` only, never as markup, and every text from a file has passed
``inert``. All symbols exist in the code page of a Chinese Windows console.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from typing import assert_never

from rich.console import Console, RenderableType
from rich.table import Column
from rich.table import Table as Grid
from rich.text import Text as Line

from storeops.diagnose.finding import (
    Checked,
    DataTable,
    Direction,
    Figure,
    Finding,
    Split,
    State,
    Verdict,
)
from storeops.messages import Note, Unit
from storeops.reporter import blocks, views
from storeops.reporter.build import cause_of
from storeops.reporter.figure_table import figure_table
from storeops.reporter.lang import Catalogue, catalogue
from storeops.reporter.numbers import DOWN, UP, rounded_parts
from storeops.reporter.palette import palette
from storeops.reporter.text import clip, inert, wrap
from storeops.reporter.text import width as columns_of

NARROWEST = 40
_MOST_FIGURES = 8
_MOST_NOTES = 3
_MOST_ROWS = 10
_MOST_LINES = 2
_CELL = 30
_DAY = 10
_FEN_BELOW = 1000
_SIGNS = {
    State.NORMAL: "√",
    State.ABNORMAL: "!",
    State.PROMOTION: "◆",
    State.INSUFFICIENT_DATA: "?",
    State.INCOMPLETE_DATA: "?",
}


def render(report: blocks.Report, lang: str | Catalogue, width: int, colour: bool) -> str:  # noqa: FBT001
    """Print a report for a terminal.

    Args:
        report: The report.
        lang: ``zh``, ``en`` or a loaded catalogue.
        width: Columns of the terminal; at least 40 are used.
        colour: Whether escape codes for colours are wanted (a terminal, and no NO_COLOR).

    Returns:
        Lines without trailing blanks, ended by a newline.
    """
    screen = _Screen(report, catalogue(lang), max(width, NARROWEST))
    out = StringIO()
    console = Console(
        file=out, width=screen.width, force_terminal=colour, no_color=not colour,
        color_system="standard" if colour else None, highlight=False, markup=False, emoji=False,
        legacy_windows=False,
    )  # fmt: skip
    for block in report.blocks:
        for line in screen.lines(block):
            console.print(line, soft_wrap=isinstance(line, Line))
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


class _Screen:
    """Blocks as lines of one width and language."""

    def __init__(self, report: blocks.Report, words: Catalogue, width: int) -> None:
        self.report = report
        self.words = words
        self.width = width
        self.colours = palette(words.language)

    def lines(  # noqa: C901, PLR0911, PLR0912 (one case a block)
        self, block: blocks.Block
    ) -> Iterable[RenderableType]:
        match block:
            case blocks.VerdictLine(verdict):
                return self._verdict(verdict)
            case blocks.Heading(text, level):
                return (self._title() if level == 1 else Line(self.words.text(text), "bold"),)
            case blocks.Text(text):
                return map(Line, wrap(self.words.text(text), self.width))
            case blocks.Figures(figures):
                day = self.report.day
                shown = _most_telling(figures)
                return (
                    figure_table(
                        shown, day, self.words, self.width, self.colours, self.report.kind
                    ),
                )
            case blocks.SplitBlock(split):
                return self._split(split)
            case blocks.Findings(findings):
                return self._findings(findings)
            case blocks.Summary() | blocks.PaceBlock() | blocks.Decision():
                return self._plain(block)
            case blocks.CheckedList(items):
                return self._checked(items)
            case blocks.Notes(notes):
                return self._notes(notes)
            case blocks.Table(table, detail):
                return () if detail else self._table(table)
            case blocks.Chart():
                return ()
            case _ as unknown:
                assert_never(unknown)

    def _plain(self, block: views.ViewBlock) -> Iterator[Line]:
        for told in views.sentences(block):
            lines = wrap(self.words.text(told), self.width - 2)
            yield from (Line(f"  {line}" if index else line) for index, line in enumerate(lines))

    def _verdict(self, verdict: Verdict) -> Iterator[Line]:
        sign, style = _SIGNS[verdict.state], "bold"
        if verdict.state is State.ABNORMAL and verdict.direction is not None:
            sign = UP if verdict.direction is Direction.UP else DOWN
            style = f"bold {self.colours.direction(verdict.direction)}"
        for line in wrap(self.words.text(verdict.text), self.width - 2):
            yield Line.assemble((f"{sign} ", style), (line, "bold"))
            sign = " "

    def _title(self) -> Line:
        report = self.report
        parts = [inert(report.shop), views.dated(report, self.words)]
        if report.phase is not None:
            parts.append(self.words.text(report.phase))
        if report.files:
            parts.append(self.words.say("report.files_read", n=len(report.files)))
        return Line(clip("  ".join(parts), self.width), "dim")

    def _split(self, split: Split) -> Iterator[Line]:
        numbers = self.words.numbers
        digits = 0 if max(abs(split.start), abs(split.end)) >= _FEN_BELOW else 2
        start, end = round(split.start, digits), round(split.end, digits)
        amounts = rounded_parts(start, end, [part.amount for part in split.parts], digits)
        total = round(end - start, digits)
        pieces = [
            Line(self.words.term("metric", split.metric), "bold"),
            Line(f"{numbers.plain(start)} → {numbers.plain(end)}"),
            Line(numbers.money(total, digits=digits), self.colours.sign(total)),
            Line("="),
        ]
        for part, amount in zip(split.parts, amounts, strict=True):
            label = self.words.term("factor", part.factor)
            value = (numbers.signed(amount, Unit.COUNT), self.colours.sign(amount))
            pieces.append(Line.assemble(f"{label} ", value))
        return _flow(pieces, self.width)

    def _findings(self, findings: Sequence[Finding]) -> Iterator[Line]:
        yield Line()
        yield Line(self.words.say("report.to_do"), "bold")
        causes = [finding for finding in findings if cause_of(finding, findings) is None]
        owners = [self.words.term("owner", cause.owner.value) for cause in causes]
        indent = 3 + max(map(columns_of, owners))
        for number, (cause, owner) in enumerate(zip(causes, owners, strict=True), 1):
            yield from self._cause(cause, f"{number} {owner}", indent)
            yield from self._consequences(cause, findings, indent)
        everything = self.report.findings
        causes_in_all = sum(cause_of(finding, everything) is None for finding in everything)
        if causes_in_all > len(causes):
            rest = self.words.say("report.more_findings", n=causes_in_all - len(causes))
            yield Line(" " * indent + rest, "dim")
        yield Line()

    def _cause(self, cause: Finding, lead: str, indent: int) -> Iterator[Line]:
        impact = "" if cause.impact is None else self.words.numbers.about(cause.impact)
        impact = impact and self.words.say("report.about", amount=impact)
        room = self.width - indent
        first = room - columns_of(impact) - 1
        text = wrap(self.words.text(cause.text), room, first=first, lines=_MOST_LINES)
        blank = self.width - indent - columns_of(text[0]) - columns_of(impact)
        yield Line.assemble(
            (_padded(lead, indent), "bold"), text[0], " " * blank,
            (impact, self.colours.sign(cause.impact)),
        )  # fmt: skip
        yield from (Line(" " * indent + line) for line in text[1:])
        if cause.action is not None:
            action = wrap(self.words.text(cause.action), room - 3, lines=_MOST_LINES)
            for index, line in enumerate(action):
                mark = "  " if index else "→ "
                yield Line.assemble(" " * indent, (mark, "bold"), line)
        for evidence in cause.evidence:
            if evidence.is_alongside:
                beside = wrap(self.words.text(evidence.text), room, lines=_MOST_LINES)
                yield from (Line(" " * indent + line, "dim") for line in beside)

    def _consequences(
        self, cause: Finding, findings: Sequence[Finding], indent: int
    ) -> Iterator[Line]:
        texts = [
            self.words.text(finding.text)
            for finding in findings
            if cause_of(finding, findings) == cause.id
        ]
        if texts:
            joined = self.words.say("report.item_separator").join(texts)
            line = f"└ {self.words.say('report.consequences', texts=joined)}"
            yield Line(" " * indent + clip(line, self.width - indent), "dim")

    def _checked(self, items: Sequence[Checked]) -> Iterator[Line]:
        joiner = self.words.say("report.item_separator")
        texts = joiner.join(self.words.text(item.text) for item in items)
        return self._labelled("report.checked", [texts], _MOST_LINES)

    def _notes(self, notes: Sequence[Note]) -> Iterator[Line]:
        distinct = list(dict.fromkeys(map(self._note, notes)))
        texts = distinct[:_MOST_NOTES]
        if len(distinct) > _MOST_NOTES:
            texts.append(self.words.say("report.more_notes", n=len(distinct) - _MOST_NOTES))
        return self._labelled("report.notes", texts, _MOST_LINES)

    def _note(self, note: Note) -> str:
        return self.words.text(views.note_told(note))

    def _labelled(self, label_id: str, texts: Sequence[str], lines: int) -> Iterator[Line]:
        label = self.words.say(label_id)
        indent = columns_of(label)
        for text in texts:
            for line in wrap(text, self.width - indent, lines=lines):
                yield Line.assemble((_padded(label, indent), "bold"), (line, "dim"))
                label = ""

    def _table(self, table: DataTable) -> Iterator[RenderableType]:
        yield Line(self.words.say(table.name), "bold")
        grid = Grid(
            *(
                Column(
                    self._label(column.id),
                    justify="left" if column.unit in (Unit.TEXT, Unit.DATE) else "right",
                    no_wrap=column.unit is Unit.DATE,
                    min_width=_DAY if column.unit is Unit.DATE else None,
                )
                for column in table.columns
                if not column.detail
            ),
            box=None, padding=(0, 2, 0, 0), header_style="dim",
        )  # fmt: skip
        for row in _rows_shown(table):
            cells = zip(row, table.columns, strict=True)
            grid.add_row(
                *(self._cell(value, column.unit) for value, column in cells if not column.detail)
            )
        yield grid
        if len(table.rows) > _MOST_ROWS:
            yield Line(self.words.say("report.more_rows", n=len(table.rows) - _MOST_ROWS), "dim")

    def _label(self, column_id: str) -> str:
        """Name a column shortly where the language has a short name."""
        short = column_id.replace("metric.", "short.")
        return self.words.say(short if short in self.words else column_id)

    def _cell(self, value: object, unit: Unit) -> Line:
        if isinstance(value, int | float):
            return Line(self.words.numbers.cell(value, unit))
        return Line(clip(self.words.argument(value), _CELL))


def _rows_shown(table: DataTable) -> Sequence[tuple[object, ...]]:
    """Choose the rows that fit a screen: the last days of a table of days, else the first rows."""
    if table.columns[0].unit is Unit.DATE:
        return table.rows[-_MOST_ROWS:]
    return table.rows[:_MOST_ROWS]


def _most_telling(figures: Sequence[Figure]) -> tuple[Figure, ...]:
    """Keep the first figures, and any abnormal one after them."""
    return tuple(
        figure for index, figure in enumerate(figures) if index < _MOST_FIGURES or figure.abnormal
    )


def _padded(text: str, columns: int) -> str:
    return text + " " * (columns - columns_of(text))


def _flow(pieces: Sequence[Line], width: int) -> Iterator[Line]:
    """Fill lines with pieces that are not broken themselves."""
    line = Line()
    for piece in pieces:
        if line.cell_len and line.cell_len + 1 + piece.cell_len > width:
            yield line
            line = Line("  ")
        elif line.cell_len:
            line.append(" ")
        line.append_text(piece)
    yield line
