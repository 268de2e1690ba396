"""Readings for the record's tests, built directly: no file is read."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from storeops.facts import FACTS, FactRows, FileReading
from storeops.history import History

NOW = datetime(2026, 6, 10, 1, 30, tzinfo=UTC)
DAY = date(2026, 6, 9)
SHOP = "测试旗舰店"


def opened(path: Path, **changes: Any) -> History:
    """Open a record with the usual arguments."""
    settings: dict[str, Any] = {"wait_seconds": 20, "tool_version": "0.1", "now": NOW, **changes}
    return History.open(path, **settings)


def table(fact: str, rows: Sequence[Mapping[str, Any]]) -> FactRows:
    """Turn rows into the columns of a fact; sheet and row are numbered as in a file."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    empty = dict.fromkeys(FACTS[fact].keys, "")
    columns: dict[str, Any] = {
        name: [row.get(name, empty.get(name)) for row in rows] for name in (*empty, *names)
    }
    columns["sheet"] = ["Sheet1"] * len(rows)
    columns["row"] = list(range(6, 6 + len(rows)))
    return FactRows(fact, columns)


def reading(file: str, *tables: FactRows, modified: float = 1_000, **changes: Any) -> FileReading:
    """Make an imported file; its hash follows from its name and content."""
    content = repr([(t.fact, {str(k): list(v) for k, v in t.columns.items()}) for t in tables])
    days = [day for t in tables for day in t.columns["date"]]
    settings: dict[str, Any] = {
        "status": "imported",
        "layout": "sycm_items",
        "shop": SHOP,
        "rows_in": sum(map(len, tables)),
        "rows_kept": sum(map(len, tables)),
        "first_day": min(days, default=None),
        "last_day": max(days, default=None),
        **changes,
    }
    sha256 = hashlib.sha256((file + content).encode()).hexdigest()
    return FileReading(file, sha256, modified, tables=tables, **settings)


def shop_days(first: date, amounts: Sequence[float], **columns: float) -> FactRows:
    """Rows of the shop, one a day."""
    return table(
        "shop_daily",
        [
            {"date": first + timedelta(days=n), "paid_amount": amount, **columns}
            for n, amount in enumerate(amounts)
        ],
    )


def item_day(day: date, count: int, seed: int = 0, columns: Sequence[str] = ()) -> FactRows:
    """Rows of many items on one day, with figures that depend on day, item and seed."""
    wanted = columns or ("item_title", "visitors", "paid_amount", "paid_buyers")
    rows = []
    for n in range(count):
        base = (day.toordinal() * 31 + n * 17 + seed * 7) % 997
        row: dict[str, Any] = {"date": day, "item_id": str(600_000_000_000 + n)}
        for place, name in enumerate(wanted):
            row[name] = f"title {n}" if name == "item_title" else (base + place * 13) / 100 + n
        rows.append(row)
    return table("item_daily", rows)
