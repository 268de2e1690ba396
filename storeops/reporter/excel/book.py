"""Which sheets a report becomes, in their fixed order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import assert_never

from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from storeops.diagnose.finding import DataTable, PeriodKind
from storeops.messages import message
from storeops.reporter import blocks, views
from storeops.reporter.excel import charts, split_sheet, tables, tasks
from storeops.reporter.excel.notes_sheet import NotesSheet
from storeops.reporter.excel.overview import Overview
from storeops.reporter.excel.style import Style
from storeops.reporter.excel.tables import Placed
from storeops.reporter.lang import Catalogue

SHEETS = ("daily", "sources", "items", "words", "split", "ads", "to_do")
"""Sheets between overview and notes; a table of any other name gets its own before to_do."""

_PERIOD = "period"
_SHARED = {
    "table.ads": "ads", "table.scenes": "ads", "table.plans": "ads",
    "table.ads_outlook": "ads",
    "table.rivals": "rivals", "table.rival_events": "rivals", "table.rival_watch": "rivals",
    "table.market": "market", "table.market_split": "market", "table.risers": "market",
    "table.market_words": "market",
    "table.period": _PERIOD, "table.causes": _PERIOD, "table.done": _PERIOD,
    "table.ahead": _PERIOD, "table.items_down": "items", "table.items_up": "items",
    "table.split_sources": "split", "table.split_items": "split",
}  # fmt: skip
_CHART_SIZE = {"width": 660, "height": 340}
_NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\']")
_LONGEST_NAME = 31


class Book:
    """The workbook in the making; a sheet without data is not made, and the notes say why."""

    def __init__(self, workbook: Workbook, report: blocks.Report, words: Catalogue) -> None:
        self.workbook = workbook
        self.report = report
        self.words = words
        self.style = Style(workbook, words.language)
        self.placed: dict[str, Placed] = {}

    def write(self, kept: Sequence[tasks.Kept]) -> None:
        """Write all sheets, with ``kept`` rows of an earlier to-do sheet."""
        by_sheet: dict[str, list[DataTable]] = {}
        for block in self.report.blocks:
            if isinstance(block, blocks.Table):
                by_sheet.setdefault(_sheet_of(block.table), []).append(block.table)
        overview = self._add("overview")
        extra = [name for name in by_sheet if name not in (*SHEETS, _PERIOD)]
        missing = [
            name
            for name in (_PERIOD, *SHEETS[:-1], *extra, SHEETS[-1])
            if not self._sheet(name, by_sheet.get(name, []), kept) and name != _PERIOD
        ]
        if self._is_part:
            missing = []
        self._overview(Overview(overview, self.style, self.words))
        NotesSheet(self._add("notes"), self.style, self.words).write(self.report, missing)
        for sheet in self.workbook.worksheets():
            sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})

    @property
    def _is_part(self) -> bool:
        """Tell a report that leaves sheets out by design from one that lacks their data."""
        return self.report.kind is not PeriodKind.DAY or self.report.view is blocks.View.BOSS

    def _sheet(self, name: str, found: list[DataTable], kept: Sequence[tasks.Kept]) -> bool:
        if name == "to_do":
            if not kept and not tasks.causes(self.report):
                return False
            tasks.write(self._add(name), self.report, kept, self.style, self.words)
        elif name == "split" and self.report.split is not None:
            split_sheet.write(
                self.workbook, self._add(name), self.report.split, found, self.style, self.words
            )
        elif found:
            self._tables(self._add(name), found)
        else:
            return False
        return True

    def _tables(self, sheet: Worksheet, found: Sequence[DataTable]) -> None:
        subtitle = self.words.say(
            "workbook.subtitle", shop=self.report.shop, day=self.words.day(self.report.day)
        )
        if any(table.tinted for table in found):
            subtitle = f"{subtitle}   {self.words.say('workbook.tinted')}"
        row = tables.HEAD_ROW
        right = max(len(table.columns) for table in found) + 1
        for place in tables.write_sheet(sheet, found, subtitle, self.style, self.words):
            self.placed[place.table.name] = place
            for chart in self._charts(place.table.name):
                drawing = charts.draw(self.workbook, chart, place, self.style, self.words)
                drawing.set_size(_CHART_SIZE)
                sheet.insert_chart(row, right, drawing, {"x_offset": 24})
                row += 17

    def _charts(self, table: str) -> list[blocks.Chart]:
        return [
            block
            for block in self.report.blocks
            if isinstance(block, blocks.Chart) and block.table == table
        ]

    def _overview(self, page: Overview) -> None:
        for block in self.report.blocks:
            self._overview_block(page, block)
        trend = None
        place = self.placed.get(tables.TOTALLED)
        for chart in self._charts(tables.TOTALLED):
            if place is not None:
                trend = charts.draw(self.workbook, chart, place, self.style, self.words)
        page.finish(trend)

    def _overview_block(  # noqa: C901, PLR0912 (one case a block)
        self, page: Overview, block: blocks.Block
    ) -> None:
        match block:
            case blocks.VerdictLine(verdict):
                page.verdict(verdict, self._title())
            case blocks.Heading(text, level):
                if level > 1:
                    page.paragraph(text)
            case blocks.Text(text):
                page.paragraph(text)
            case blocks.Figures(figures):
                page.figures(figures, self.words.weekday(self.report.day), self.report.kind)
            case blocks.SplitBlock(split):
                page.split(split)
            case blocks.Findings(findings):
                page.findings(findings)
            case blocks.PaceBlock():
                page.pace(views.sentences(block))
            case blocks.Summary() | blocks.Decision():
                for told in views.sentences(block):
                    page.paragraph(told)
            case blocks.CheckedList(items):
                page.checked(items)
            case blocks.Notes(notes):
                page.notes(notes)
            case blocks.Table() | blocks.Chart():
                pass
            case _ as unknown:
                assert_never(unknown)

    def _title(self) -> str:
        parts = [self.words.argument(self.report.shop), views.dated(self.report, self.words)]
        if self.report.phase is not None:
            parts.append(self.words.text(self.report.phase))
        return "   ".join(parts)

    def _add(self, name: str) -> Worksheet:
        """Add a sheet under the catalogue's name, cut and made unique as Excel demands."""
        message_id = name if name.startswith("table.") else f"sheet.{name}"
        label = _NOT_IN_A_NAME.sub(" ", self.words.text(message(message_id)))[:_LONGEST_NAME]
        taken = {sheet.get_name().casefold() for sheet in self.workbook.worksheets()}
        count = 1
        unique = label
        while unique.casefold() in taken:
            count += 1
            unique = f"{label[: _LONGEST_NAME - 4]} ({count})"
        return self.workbook.add_worksheet(unique)


def _sheet_of(table: DataTable) -> str:
    name = table.name.removeprefix("table.")
    return _SHARED.get(table.name, name if name in SHEETS else table.name)
