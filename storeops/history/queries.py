"""Reading the record: which shops and days it holds, and the window a diagnosis looks at."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import pandas as pd

from storeops.facts import FACTS, PEER_DAILY, SHOP_DAILY, Fact, Window
from storeops.history.entries import ShopCoverage
from storeops.history.schema import is_number
from storeops.history.sql import Connection, quoted, run

_LONG = frozenset({SHOP_DAILY.name, PEER_DAILY.name})
"""Facts of few rows a day: read far enough back for a year's comparison."""

_COVERAGE = """
SELECT "date", count(DISTINCT ({keys})) FROM {fact}
WHERE shop = ? AND "date" BETWEEN ? AND ? GROUP BY 1 ORDER BY 1
"""
_ONE_VIEW = """
SELECT {fields} FROM {fact}
WHERE shop = $shop AND "date" BETWEEN $first AND $last ORDER BY {keys}
"""
_MANY_VIEWS = """
SELECT {fields} FROM {fact}
JOIN (SELECT file_id, row_number() OVER (ORDER BY rank) AS place FROM import_log) USING (file_id)
WHERE shop = $shop AND "date" BETWEEN $first AND $last GROUP BY {keys} ORDER BY {keys}
"""


@dataclass(frozen=True, slots=True)
class Holding:
    """What a shop's files carry of one fact within some days."""

    views: int
    columns: frozenset[str]


def shops(connection: Connection) -> tuple[ShopCoverage, ...]:
    """List the shops of the record by name, with the days each kind of data reaches."""
    rows = run(
        connection,
        "SELECT shop, fact, min(f.first_day), max(f.last_day) FROM import_fact f "
        "JOIN import_log USING (file_id) GROUP BY ALL ORDER BY ALL",
    )
    found: dict[str, dict[str, tuple[date, date]]] = {}
    for shop, fact, first, last in rows:
        found.setdefault(shop, {})[fact] = (first, last)
    return tuple(ShopCoverage(shop, days) for shop, days in found.items())


def last_days(connection: Connection, shop: str) -> dict[str, date]:
    """Give the last day of each fact a shop has rows of."""
    for coverage in shops(connection):
        if coverage.name == shop:
            return {fact: last for fact, (_, last) in coverage.days.items()}
    return {}


def last_import(connection: Connection, shop: str) -> datetime | None:
    """Give the moment of the last import that brought rows of a shop, in UTC."""
    rows = run(
        connection,
        "SELECT max(imported_at) FROM import_log WHERE shop = ? AND status = 'imported'",
        [shop],
    )
    moment: datetime | None = rows[0][0]
    return None if moment is None else moment.replace(tzinfo=UTC)


def coverage(
    connection: Connection, shop: str, *, first: date, last: date
) -> dict[str, dict[date, int]]:
    """Count the rows (distinct keys) of each fact on each day that has any."""
    found: dict[str, dict[date, int]] = {}
    days = [shop, first, last]
    for fact in FACTS.values():
        rows = run(connection, _COVERAGE, days, fact=fact.name, keys=quoted(*fact.keys))
        if rows:
            found[fact.name] = dict(rows)
    return found


def window(
    connection: Connection,
    shop: str,
    day: date,
    *,
    days: int,
    long_days: int,
    only: Collection[str] | None = None,
) -> Window:
    """Read the last days of a shop, up to and including ``day``.

    Args:
        connection: The record.
        shop: Name of the shop; an unknown one gives an empty window.
        day: Last day.
        days: How many days of items, sources, words and ads.
        long_days: How many days of the shop's and the peers' own rows.
        only: Columns to read besides the keys; None reads all.

    Returns:
        The frames as :class:`storeops.facts.Window` describes them. Where views overlap, each
        value is that of the highest-ranked file that has one.
    """
    tables: dict[str, pd.DataFrame] = {}
    starts = {length: day - timedelta(days=length - 1) for length in (days, long_days)}
    held = {length: holdings(connection, shop, first, day) for length, first in starts.items()}
    for name, fact in FACTS.items():
        length = long_days if name in _LONG else days
        first, holding = starts[length], held[length].get(name)
        if holding is None:
            continue
        if only is not None:
            holding = replace(holding, columns=holding.columns.intersection(only))
        frame = _frame(connection, fact, holding, {"shop": shop, "first": first, "last": day})
        if len(frame):
            tables[name] = frame
    return Window(shop, day - timedelta(days=max(days, long_days) - 1), day, tables)


def holdings(connection: Connection, shop: str, first: date, last: date) -> dict[str, Holding]:
    """Tell, per fact, how many views reach into some days and which columns they carry."""
    rows = run(
        connection,
        "SELECT fact, count(DISTINCT view), list_distinct(flatten(list(columns))) "
        "FROM import_fact f JOIN import_log USING (file_id) "
        "WHERE shop = ? AND f.first_day <= ? AND f.last_day >= ? GROUP BY fact",
        [shop, last, first],
    )
    return {fact: Holding(views, frozenset(columns)) for fact, views, columns in rows}


def _frame(
    connection: Connection, fact: Fact, holding: Holding, values: dict[str, object]
) -> pd.DataFrame:
    columns = [str(column) for column in fact.columns if column in holding.columns]
    pick, query = ("{}", _ONE_VIEW) if holding.views == 1 else ("arg_max({}, place)", _MANY_VIEWS)
    fields = [f"{pick.format(_value(column))} AS {quoted(column)}" for column in columns]
    keys = quoted(*fact.keys)
    text = query.format(fact=fact.name, keys=keys, fields=", ".join([keys, *fields]))
    frame = connection.execute(text, values).df()
    return frame.drop(columns=[column for column in columns if frame[column].isna().all()])


def _value(column: str) -> str:
    return f"{quoted(column)}::DOUBLE" if is_number(column) else quoted(column)
