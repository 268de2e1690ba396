"""口径: what the workbook is about, what is missing and why, definitions, and the files."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from xlsxwriter.worksheet import Worksheet

from storeops.facts import FileEntry
from storeops.messages import Message, Unit, message
from storeops.reporter.blocks import Report, Table
from storeops.reporter.excel import cells
from storeops.reporter.excel.style import LINE, Style
from storeops.reporter.lang import Catalogue
from storeops.reporter.text import inert

_WIDTHS = (34, 74, 12, 9, 9, 11)
_FILE_HEADS = (
    ("notes.layout", Unit.TEXT), ("notes.file", Unit.TEXT), ("notes.status", Unit.TEXT),
    ("notes.rows_in", Unit.COUNT), ("notes.rows_kept", Unit.COUNT),
    ("notes.rows_reported", Unit.COUNT),
)  # fmt: skip


class NotesSheet:
    """The last sheet, written from the top down."""

    def __init__(self, sheet: Worksheet, style: Style, words: Catalogue) -> None:
        self.sheet = sheet
        self.style = style
        self.words = words
        self.row = 0

    def write(self, report: Report, missing: Iterable[str]) -> None:
        """Write all parts; ``missing`` names the sheets that could not be made."""
        sheet, words = self.sheet, self.words
        sheet.hide_gridlines(2)
        for index, wide in enumerate(_WIDTHS):
            sheet.set_column(index, index, wide)
        sheet.set_row(0, 26)
        sheet.write_string(0, 0, words.say("sheet.notes"), self.style.title)
        self.row = 2
        sheet.freeze_panes(1, 0)
        self._part("notes.about", _about(report, words))
        self._part(
            "notes.missing",
            (
                (words.say(f"sheet.{name}"), message("notes.no_table", what=_need(name)))
                for name in missing
            ),
        )
        self._part("notes.data", ((note.file or "", note.message) for note in report.notes))
        self._part("notes.definitions", _definitions(report, words))
        if report.files:
            self._files(report.files)
        cells.landscape(sheet, words.say("workbook.page"))

    def _part(self, title: str, lines: Iterable[tuple[str, Message | str]]) -> None:
        rows = list(lines)
        if not rows:
            return
        self._title(title)
        for label, said in rows:
            text = inert(said) if isinstance(said, str) else self.words.text(said)
            look = self.style.make(bottom=1, bottom_color=LINE, valign="top", text_wrap=True)
            self.sheet.write_string(self.row, 0, inert(label), look)
            wide = sum(_WIDTHS[1:])
            self.sheet.set_row(
                self.row, max(cells.height(text, wide - 4), cells.height(label, _WIDTHS[0] - 2))
            )
            cells.merge(self.sheet, self.row, (1, len(_WIDTHS) - 1), text, look)
            self.row += 1
        self.row += 1

    def _files(self, files: Collection[FileEntry]) -> None:
        self._title("notes.files")
        head = self.row
        for index, (name, unit) in enumerate(_FILE_HEADS):
            self.sheet.write_string(head, index, self.words.say(name), self.style.head(unit))
        for self.row, entry in enumerate(files, head + 1):
            layout = self.words.term("layout", entry.layout) if entry.layout else ""
            status = self.words.term("file", entry.status)
            counts = (entry.rows_in, entry.rows_kept, entry.rows_reported)
            count = self.style.number(Unit.COUNT)
            for index, value in enumerate((layout, entry.file, status, *counts)):
                look = self.style.text if isinstance(value, str) else count
                cells.put(self.sheet, self.row, index, value, look, self.words)
        self.sheet.autofilter(head, 0, self.row, len(_FILE_HEADS) - 1)

    def _title(self, title: str) -> None:
        self.sheet.set_row(self.row, 22)
        text = self.words.say(title)
        cells.merge(self.sheet, self.row, (0, len(_WIDTHS) - 1), text, self.style.section)
        self.row += 1


def _about(report: Report, words: Catalogue) -> Iterator[tuple[str, Message | str]]:
    yield words.say("notes.shop"), report.shop
    yield words.say("notes.day"), message("notes.day_value", day=report.day)
    if report.phase is not None:
        yield words.say("notes.phase"), report.phase
    yield words.say("notes.verdict"), report.verdict.text
    yield words.say("notes.baseline"), message("notes.baseline_value")


def _need(sheet: str) -> Message:
    return message(f"notes.need.{sheet}")


def _definitions(report: Report, words: Catalogue) -> Iterator[tuple[str, Message | str]]:
    """Define every metric the workbook shows and the catalogue explains, in order of appearance."""
    shown = dict.fromkeys(figure.metric for figure in report.figures)
    for block in report.blocks:
        if isinstance(block, Table):
            shown |= dict.fromkeys(
                column.id.removeprefix("metric.")
                for column in block.table.columns
                if column.id.startswith("metric.")
            )
    for metric in shown:
        if f"definition.{metric}" in words:
            yield words.term("metric", metric), message(f"definition.{metric}")
