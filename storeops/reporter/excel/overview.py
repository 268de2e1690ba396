"""总览: one printed page with the answer, the figures, the split, what to do, and the trend."""

from __future__ import annotations

from collections.abc import Sequence

from xlsxwriter.chart import Chart as Drawing
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from storeops.diagnose.finding import Checked, Figure, Finding, PeriodKind, Split, Verdict
from storeops.messages import Change, Message, Note, Quantity, Unit
from storeops.reporter.build import cause_of
from storeops.reporter.columns import head_id
from storeops.reporter.excel import cells
from storeops.reporter.excel.style import BANNERS, BRAND, GREY_BAR, HEAD, LINE, MUTED, Style
from storeops.reporter.lang import Catalogue
from storeops.reporter.numbers import is_known, points
from storeops.reporter.split_levels import levels
from storeops.reporter.views import note_told

_LEFT, _RIGHT = 1, 10
_WIDTHS = (1.5, 15, 15, 15, 10.5, 10.5, 10.5, 10.5, 1.5, 34, 20)
_TREND = 9
_FEED = 30
"""First hidden column of the series behind the sparklines."""
_MOST_NOTES = 6
_HEADS = ("metric", "value", "baseline", "vs_baseline", "vs_previous", "vs_weekday", "vs_peer")
_REFERENCES = ("baseline", "previous_day", "same_weekday", "peer")


class Overview:
    """The first sheet, written from the top down."""

    def __init__(self, sheet: Worksheet, style: Style, words: Catalogue) -> None:
        self.sheet = sheet
        self.style = style
        self.words = words
        self.row = 0
        for index, wide in enumerate(_WIDTHS):
            sheet.set_column(index, index, wide)
        sheet.hide_gridlines(2)

    def verdict(self, verdict: Verdict, title: str) -> None:
        """Write the title large, and the answer as a banner."""
        self.sheet.set_row(self.row, 30)
        self._merged(title, self.style.title)
        look = self.style.make(
            bold=True, font_size=13, font_color="#FFFFFF", text_wrap=True, indent=1,
            bg_color=BANNERS[verdict.state.value],
        )  # fmt: skip
        text = self.words.text(verdict.text)
        self.sheet.set_row(self.row, cells.height(text, sum(_WIDTHS[1:]) * 0.72, 20) + 12)
        self._merged(text, look)

    def figures(self, figures: Sequence[Figure], weekday: str, kind: PeriodKind) -> None:
        """Write the headline figures with their comparisons and a sparkline each."""
        self._section("overview.figures")
        days = max((len(figure.trend) for figure in figures), default=0)
        for column, head in enumerate(_HEADS, _LEFT):
            text = self.words.say(head_id(head, kind), weekday=weekday)
            unit = Unit.TEXT if column == _LEFT else Unit.CNY
            self.sheet.write_string(self.row, column, text, self.style.head(unit))
        self.sheet.write_blank(self.row, _TREND - 1, None, self._centred())
        trend = self.words.say("overview.trend", n=days)
        self.sheet.write_string(self.row, _TREND, trend, self._centred())
        text = self.words.say("overview.range")
        self.sheet.write_string(self.row, _RIGHT, text, self.style.head(Unit.CNY))
        self._next(22)
        for index, figure in enumerate(figures):
            self._figure(figure, index)

    def split(self, split: Split) -> None:
        """Write the exact split as one line of amounts."""
        self._section("overview.split")
        rows = levels(split, self.words)
        for column, (name, amount) in enumerate(rows, _LEFT):
            is_end = column in (_LEFT, _LEFT + len(rows) - 1)
            self.sheet.write_string(self.row, column, name, self.style.head(Unit.CNY))
            look = self.style.number(Unit.CNY, bold=True) if is_end else self.style.change(Unit.CNY)
            self.sheet.write_number(self.row + 1, column, amount, look)
        self._colour(self.row + 1, (_LEFT + 1, _LEFT + len(rows) - 2))
        self._next(20)
        self._next(22)

    def pace(self, sentences: Sequence[Message]) -> None:
        """Write how the month stands against its target."""
        self._section("overview.pace")
        for told in sentences:
            self.paragraph(told)

    def findings(self, findings: Sequence[Finding]) -> None:
        """Write what to do: owner, what was found and what to do about it, and its yuan."""
        self._section("overview.to_do")
        causes = [finding for finding in findings if cause_of(finding, findings) is None]
        for number, finding in enumerate(causes, 1):
            text = self.words.text(finding.text)
            if finding.action is not None:
                text = f"{text}\n→ {self.words.text(finding.action)}"
            owner = f"{number}  {self.words.term('owner', finding.owner.value)}"
            bold = self.style.make(bold=True, valign="top")
            self.sheet.write_string(self.row, _LEFT, owner, bold)
            cells.merge(self.sheet, self.row, (_LEFT + 1, _RIGHT - 1), text, self.style.plain)
            look = self.style.change(Unit.COUNT, bottom=0, valign="top")
            cells.put(self.sheet, self.row, _RIGHT, finding.impact, look, self.words)
            self._colour(self.row, (_RIGHT, _RIGHT))
            wide = sum(_WIDTHS[_LEFT + 1 : _RIGHT]) - 2
            self._next(sum(cells.height(part, wide) - 3 for part in text.split("\n")) + 5)

    def checked(self, items: Sequence[Checked]) -> None:
        """Write what was looked at and is fine."""
        self._section("overview.checked")
        joiner = self.words.say("report.item_separator")
        self._paragraph(joiner.join(self.words.text(item.text) for item in items))

    def notes(self, notes: Sequence[Note]) -> None:
        """Write the first notes about the data; the last sheet has all."""
        self._section("overview.notes")
        distinct = list(dict.fromkeys(self.words.text(note_told(note)) for note in notes))
        for text in distinct[:_MOST_NOTES]:
            self._paragraph(text)
        if len(distinct) > _MOST_NOTES:
            rest = self.words.say("report.more_notes", n=len(distinct) - _MOST_NOTES)
            self._paragraph(rest)

    def paragraph(self, text: Message) -> None:
        """Write a paragraph."""
        self._paragraph(self.words.text(text))

    def finish(self, trend: Drawing | None) -> None:
        """Put the trend chart under the text and set the page: one sheet of paper."""
        if trend is not None:
            self._next(8)
            wide = sum(int(7 * width + 5) for width in _WIDTHS[_LEFT:])
            trend.set_size({"width": wide - 4, "height": 260})
            self.sheet.insert_chart(self.row, _LEFT, trend, {"object_position": 2})
            self.row += 13
        self.sheet.print_area(0, 0, self.row, _RIGHT)
        cells.landscape(self.sheet, self.words.say("workbook.page"), pages_high=1)
        self.sheet.set_portrait()
        self.sheet.center_horizontally()

    def _figure(self, figure: Figure, index: int) -> None:
        look = self.style.number(figure.unit, bold=True)
        label = self.words.term("short", figure.metric) + ("  !" if figure.abnormal else "")
        name = self.style.make(bold=figure.abnormal, bottom=1, bottom_color=LINE)
        self.sheet.write_string(self.row, _LEFT, label, name)
        cells.put(self.sheet, self.row, _LEFT + 1, figure.value, look, self.words)
        normal = self.style.number(figure.unit, font_color=MUTED)
        cells.put(self.sheet, self.row, _LEFT + 2, figure.baseline, normal, self.words)
        for column, reference in enumerate(_REFERENCES, _LEFT + 3):
            self._change(column, figure.change_from(getattr(figure, reference)), figure.unit)
        self._colour(self.row, (_LEFT + 3, _LEFT + 6))
        self._sparkline(figure, index)
        low, high = (
            self.words.numbers.cell(value, figure.unit)
            for value in (figure.expected_low, figure.expected_high)
        )
        known = is_known(figure.expected_low) and is_known(figure.expected_high)
        text = self.words.say("overview.range_cell", low=low, high=high) if known else ""
        quiet = self.style.make(
            font_color=MUTED, font_size=8, align="right", bottom=1, bottom_color=LINE
        )
        self.sheet.write_string(self.row, _RIGHT, text, quiet)
        self._next(24)

    def _change(self, column: int, change: Change | Quantity, unit: Unit) -> None:
        if isinstance(change, Quantity):
            cells.put(
                self.sheet, self.row, column, change.value, self.style.change(unit), self.words
            )
            return
        value, look = change.value, self.style.change(Unit.RATIO, points=change.points)
        if is_known(value) and value is not None:
            size = points(value) if change.points else value
            self.sheet.write_number(self.row, column, size, look)
        else:
            self.sheet.write_string(self.row, column, self.words.numbers.arrow(change), look)

    def _sparkline(self, figure: Figure, index: int) -> None:
        look = self.style.make(bottom=1, bottom_color=LINE)
        self.sheet.write_blank(self.row, _TREND - 1, None, look)
        self.sheet.write_blank(self.row, _TREND, None, look)
        if not any(is_known(value) for value in figure.trend):
            return
        for day, value in enumerate(figure.trend):
            cells.put(self.sheet, index, _FEED + day, value, self.style.hidden, self.words)
        last = _FEED + len(figure.trend) - 1
        first_cell, last_cell = (f"{xl_col_to_name(c)}{index + 1}" for c in (_FEED, last))
        self.sheet.add_sparkline(
            self.row, _TREND,
            {
                "range": f"'{self.sheet.get_name()}'!{first_cell}:{last_cell}",
                "type": "column", "series_color": GREY_BAR,
                "last_point": True, "last_color": BRAND, "show_hidden": True,
            },
        )  # fmt: skip
        self.sheet.set_column(_FEED, last, None, None, {"hidden": True})

    def _colour(self, row: int, columns: tuple[int, int]) -> None:
        for criteria, look in ((">", self.style.rising), ("<", self.style.falling)):
            self.sheet.conditional_format(
                row, columns[0], row, columns[1],
                {"type": "cell", "criteria": criteria, "value": 0, "format": look},
            )  # fmt: skip

    def _section(self, message_id: str) -> None:
        self._next(8)
        self.sheet.set_row(self.row, 22)
        self._merged(self.words.say(message_id), self.style.section)

    def _paragraph(self, text: str) -> None:
        self.sheet.set_row(self.row, cells.height(text, sum(_WIDTHS[1:]) - 4))
        self._merged(text, self.style.plain)

    def _merged(self, text: str, look: Format) -> None:
        cells.merge(self.sheet, self.row, (_LEFT, _RIGHT), text, look)
        self.row += 1

    def _next(self, height: float) -> None:
        self.sheet.set_row(self.row, height)
        self.row += 1

    def _centred(self) -> Format:
        return self.style.make(
            bold=True, bg_color=HEAD, bottom=1, bottom_color=GREY_BAR, align="center"
        )
