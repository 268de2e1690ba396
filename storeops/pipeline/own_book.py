"""Yesterday's figures into the operator's own workbook: whole or not at all, with a backup."""

from __future__ import annotations

from pathlib import Path

from storeops.delivery.files import file_report
from storeops.errors import StoreopsError
from storeops.messages import Message, message
from storeops.reporter.blocks import Report
from storeops.reporter.lang import Catalogue
from storeops.reporter.own_book import enter

BACKUP = ".bak"


def record_into(book: Path, report: Report, words: Catalogue, sheet: str | None = None) -> Message:
    """Enter a report's figures as a row of a workbook the user keeps.

    The workbook as it was is kept beside it before anything is written; a day that is there
    already with the same figures leaves the file untouched.

    Raises:
        StoreopsError: The workbook is absent, open elsewhere, or has no place for the row.
    """
    if not book.is_file():
        raise StoreopsError(
            message("own_book.absent", file=str(book)), message("own_book.absent_hint")
        )
    if book.with_name(f"~${book.name}").exists():
        raise StoreopsError(
            message("delivery.locked", file=str(book)), message("delivery.locked_hint")
        )
    values: dict[str, float | str] = {
        figure.metric: figure.value for figure in report.figures if figure.value is not None
    }
    values["weekday"] = words.weekday(report.day)
    if report.phase is not None:
        values["phase"] = words.text(report.phase)
    before = book.read_bytes()
    entered = enter(before, book.name, report.day, values, sheet)
    place = {"file": str(book), "sheet": entered.sheet, "row": entered.row, "day": report.day}
    if entered.data is None:
        return message("own_book.same", **place)
    file_report(book.parent, f"{book.stem}{BACKUP}{book.suffix}", before)
    file_report(book.parent, book.name, entered.data)
    form = "added" if entered.is_new else "corrected"
    return message(f"own_book.{form}", columns=entered.filled, **place)
