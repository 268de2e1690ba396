"""The workbook: the same report as sheets, in bytes that depend on nothing but the report."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from io import BytesIO

from xlsxwriter.workbook import Workbook

from storeops.reporter.blocks import Report
from storeops.reporter.excel.book import Book
from storeops.reporter.excel.style import FONT_SIZE, FONTS
from storeops.reporter.excel.tasks import Kept
from storeops.reporter.lang import Catalogue, catalogue


def render(
    report: Report, lang: str | Catalogue, previous: bytes | None = None, name: str = ""
) -> bytes:
    """Write the workbook of a report.

    Args:
        report: The report.
        lang: ``zh``, ``en`` or a loaded catalogue.
        previous: The workbook already filed for this shop and day, if any: states and deadlines
            the operator entered in its to-do sheet are kept.
        name: Its name, for the message when it cannot be read.

    Returns:
        The file; the same report (and the same entries kept) give the same bytes.

    Raises:
        StoreopsError: The previous workbook cannot be read.
    """
    words = catalogue(lang)
    data = _write(report, (), words)
    if previous is None or previous == data:
        return data
    from storeops.reporter.excel.kept import read_kept  # noqa: PLC0415 (openpyxl only when needed)

    return _write(report, read_kept(previous, name), words)


def _write(report: Report, kept: Sequence[Kept], words: Catalogue) -> bytes:
    out = BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_format_properties": {
            "font_name": FONTS.get(words.language, FONTS["en"]),
            "font_size": FONT_SIZE,
        },
    }
    workbook = Workbook(out, options)
    workbook.set_properties(
        {
            "title": words.say("workbook.title", shop=report.shop, day=report.day),
            "author": "storeops",
            "created": datetime.combine(report.day, time()),
        }
    )
    Book(workbook, report, words).write(kept)
    workbook.close()
    return out.getvalue()
