"""Fill a record with years of a large shop, directly: what it costs to look at it is measured.

The last 45 days come from files in the ordinary way; the days before are handed to the record as
readings of one file a day, as years of mornings would have left them.

    python benchmarks/long_record.py FOLDER DAYS ITEMS
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from storeops import __version__
from storeops.demo import LAST_DAY, write_demo
from storeops.demo.folder import books, plain
from storeops.demo.truth import Scope
from storeops.facts import FACTS, FactRows, FileReading
from storeops.history import History

RECENT_DAYS = 45
NOW = datetime(2026, 9, 18, 1, 0, tzinfo=UTC)


def write_workspace(folder: Path, *, days: int, items: int) -> None:
    """Write the downloads of the last weeks, and a record of all the days before them."""
    shop = write_demo(folder, days=RECENT_DAYS, items=items)
    readings = list(_readings(shop.name, days, items))
    path = folder / ".storeops" / "history.duckdb"
    with History.open(path, wait_seconds=10, tool_version=__version__, now=NOW) as record:
        for start in range(0, len(readings), 64):
            record.record(readings[start : start + 64], signature="benchmark")


def _readings(shop: str, days: int, items: int) -> Iterator[FileReading]:
    made = books(Scope(days, items, 7, LAST_DAY))
    ids = made.truth.item_ids
    for back in range(RECENT_DAYS, days):
        day, at = LAST_DAY - timedelta(days=back), -1 - back
        shop_columns = {
            name: [plain(name, int(values[at]))]
            for name, values in made.shop.items()
            if name in FACTS["shop_daily"].columns
        }
        yield _reading(shop, day, "shop_daily", {"date": [day], **shop_columns})
        item_columns = {
            name: [plain(name, int(value)) for value in values[at]]
            for name, values in made.items.items()
            if name in FACTS["item_daily"].columns
        }
        keys = {"date": [day] * items, "item_id": list(ids)}
        yield _reading(shop, day, "item_daily", {**keys, **item_columns})


def _reading(shop: str, day: date, fact: str, columns: dict[str, list[object]]) -> FileReading:
    rows = len(columns["date"])
    name = f"{fact}_{day}.xls"
    place = {"sheet": ["Sheet1"] * rows, "row": list(range(6, 6 + rows))}
    return FileReading(
        file=name,
        sha256=hashlib.sha256(name.encode()).hexdigest(),
        modified=datetime.combine(day, datetime.min.time(), UTC).timestamp(),
        status="imported",
        layout="sycm_items" if fact == "item_daily" else "sycm_shop_report",
        shop=shop,
        tables=(FactRows(fact, {**columns, **place}),),
        rows_in=rows,
        rows_kept=rows,
        first_day=day,
        last_day=day,
    )


if __name__ == "__main__":
    write_workspace(Path(sys.argv[1]), days=int(sys.argv[2]), items=int(sys.argv[3]))
