"""The table of rivals kept by hand: written once with the chosen rivals, then the user's own."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path

from storeops.delivery.files import file_report
from storeops.errors import StoreopsError
from storeops.ingest.shelf import load_layouts
from storeops.messages import Message, message

LAYOUT = "rival_notes"


def write_book(
    folder: Path, rivals: tuple[str, ...], items: tuple[str, ...], today: date
) -> Message:
    """Write the table with a line for every chosen rival and item, ready to fill in.

    The text begins with a byte-order mark, so that spreadsheet programs read it as it is meant.

    Raises:
        StoreopsError: It is there already (it is the user's), or cannot be written.
    """
    layout = next(one for one in load_layouts(None) if one.name == LAYOUT)
    name = f"{layout.title.split(' · ')[0]}.csv"
    header = [column.header[0] for column in layout.columns.values()]
    header += [entry.header[0] for entry in layout.entries.values()]
    path = folder / name
    if path.exists():
        raise StoreopsError(
            message("rival.book_exists", file=str(path)), message("rival.book_exists_hint")
        )
    blank = [""] * (len(header) - 3)
    wanted = [(rival, item) for rival in rivals or ("",) for item in items or ("",)]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([today.isoformat(), rival, item, *blank] for rival, item in wanted if rival)
    file_report(folder, name, out.getvalue().encode("utf-8-sig"))
    return message("rival.book_written", file=str(path))
