"""What newer downloads changed, and where any stored number came from.

Both are read off the rows themselves (standing and superseded), so the answer is the same for
every order of imports.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime

from storeops.facts import FACTS, Fact, Restatement
from storeops.fields import Col
from storeops.history.entries import TraceRow
from storeops.history.queries import holdings
from storeops.history.schema import is_number, superseded
from storeops.history.sql import Connection, quoted, run, subject_of

_EVER = datetime(1970, 1, 1, tzinfo=UTC)
_LOG = """log AS (
    SELECT file_id, file, layout, imported_at, row_number() OVER (ORDER BY rank) AS place
    FROM import_log
)"""

_CHAIN = """
WITH {log},
stored AS (
    SELECT TRUE AS stands, file_id, {keys}, {numbers} FROM {fact}
    WHERE shop = $shop AND "date" BETWEEN $first AND $last
    UNION ALL BY NAME
    SELECT FALSE AS stands, file_id, {keys}, {numbers} FROM {old}
    WHERE shop = $shop AND "date" BETWEEN $first AND $last
),
dated AS (SELECT stored.*, place, imported_at FROM stored JOIN log USING (file_id)),
disputed AS (
    SELECT {keys}, row_number() OVER () AS n, max(place) AS last_place
    FROM dated GROUP BY {keys}
    HAVING count(*) > 1 AND max(imported_at) >= $since AND ({differs})
),
cells AS (
    FROM (SELECT n, place, stands, {columns} FROM dated JOIN disputed USING ({keys}))
    UNPIVOT (cell FOR cell_name IN ({columns}))
),
said AS (
    SELECT n, cell_name, lag(cell) OVER steps AS old, lag(place) OVER steps AS old_place,
        cell, place
    FROM cells WINDOW steps AS (PARTITION BY n, cell_name ORDER BY place)
),
taken_back AS (
    SELECT n, cell_name, arg_max(cell, place) AS old, max(place) AS old_place,
        arg_max(cell, place) FILTER (stands) AS cell, any_value(last_place) AS place
    FROM cells JOIN disputed USING (n) GROUP BY n, cell_name
    HAVING NOT arg_max(stands, place)
)
SELECT {keys}, cell_name, old, cell, was.file, now.file
FROM (FROM said UNION ALL FROM taken_back) changes JOIN disputed USING (n)
JOIN log was ON was.place = old_place JOIN log now ON now.place = changes.place
WHERE old IS DISTINCT FROM cell AND greatest(was.imported_at, now.imported_at) >= $since
ORDER BY {keys}, cell_name, changes.place
"""

_DIFFERS = (
    "min({column}) <> max({column}) OR "
    "(count({column}) > 0 AND count({column}) FILTER (stands) = 0)"
)
_TRACE = """
WITH {log},
stored AS (
    SELECT TRUE AS stands, file_id, {keys}, sheet, "row", {cell} AS cell FROM {fact}
    WHERE shop = $shop AND "date" = $day{given}
    UNION ALL
    SELECT FALSE AS stands, file_id, {keys}, sheet, "row", {cell} AS cell FROM {old}
    WHERE shop = $shop AND "date" = $day{given}
)
SELECT NOT stands OR row_number() OVER best > 1 AS replaced,
    cell, file, sheet, "row", layout, imported_at{others}
FROM stored JOIN log USING (file_id) WHERE cell IS NOT NULL
WINDOW best AS (PARTITION BY {keys} ORDER BY stands DESC, place DESC)
ORDER BY "date"{others}, replaced, place DESC
"""

_ANY_OLD = 'SELECT 1 FROM {old} WHERE shop = ? AND "date" BETWEEN ? AND ? LIMIT 1'


def restatements(
    connection: Connection,
    shop: str,
    *,
    since: datetime | None,
    first: date,
    last: date,
    only: Mapping[str, Collection[str]] | None = None,
) -> tuple[Restatement, ...]:
    """List values that a newer download changed, oldest day first.

    Of files A, B, C in the order of their rank the changes A to B and B to C are listed, also
    when they were imported in another order. A value that the newer download leaves empty has
    ``new`` None; a value that was missing before is no restatement. Numbers only.

    Args:
        connection: The record.
        shop: Name of the shop.
        since: List only changes noticed by an import at or after this moment; None lists all.
        first: First day of the figures.
        last: Last day of the figures, included.
        only: Facts and their columns to look at; None looks at everything, which takes longer.
    """
    values = {
        "shop": shop,
        "first": first,
        "last": last,
        "since": (since or _EVER).astimezone(UTC).replace(tzinfo=None),
    }
    found: list[Restatement] = []
    for fact, carried in _with_choice(connection, shop, first, last):
        wanted = carried if only is None else carried.intersection(only.get(fact.name, ()))
        columns = [column for column in fact.columns if column in wanted and is_number(column)]
        if columns:
            found += _changes(connection, fact, columns, values)
    return tuple(found)


def trace(
    connection: Connection, shop: str, column: str, day: date, keys: Mapping[str, str]
) -> list[TraceRow]:
    """Tell where a stored value came from, with everything it replaced.

    Args:
        connection: The record.
        shop: Name of the shop.
        column: Column of a fact table (``paid_amount``).
        day: The day of the figure.
        keys: Further keys (``item_id``). The coarsest fact that has the column and all of these
            keys answers: without any, the shop's own row.

    Returns:
        One row per value ever imported, grouped by subject, the one that stands first; empty
        when nothing is stored.
    """
    found: list[TraceRow] = []
    for fact in _facts_for(column, keys):
        found += _trace_fact(connection, fact, column, {"shop": shop, "day": day, **keys})
    return found


def _facts_for(column: str, keys: Mapping[str, str]) -> list[Fact]:
    able = [f for f in FACTS.values() if column in f.columns and set(keys) <= set(f.keys)]
    if Col.METRIC in keys:
        return able
    fewest = min((len(fact.keys) for fact in able), default=0)
    return [fact for fact in able if len(fact.keys) == fewest]


def _trace_fact(
    connection: Connection, fact: Fact, column: str, values: Mapping[str, object]
) -> list[TraceRow]:
    others = [key for key in fact.keys if key != Col.DATE]
    rows = run(
        connection,
        _TRACE,
        values,
        log=_LOG,
        fact=fact.name,
        old=superseded(fact),
        keys=quoted("date", *others),
        others="".join(f", {quoted(key)}" for key in others),
        given="".join(f" AND {quoted(key)} = ${key}" for key in others if key in values),
        cell=f"{quoted(column)}::DOUBLE" if is_number(column) else quoted(column),
    )
    return [
        TraceRow(
            fact.name, subject_of(*keys), cell, file, sheet, row, layout,
            moment.replace(tzinfo=UTC), superseded=replaced,
        )
        for replaced, cell, file, sheet, row, layout, moment, *keys in rows
    ]  # fmt: skip


def _with_choice(
    connection: Connection, shop: str, first: date, last: date
) -> list[tuple[Fact, frozenset[str]]]:
    """Find the facts where anything was said twice, and the columns their files carry."""
    found = []
    held = holdings(connection, shop, first, last)
    for fact in (FACTS[name] for name in FACTS if name in held):
        days = [shop, first, last]
        if held[fact.name].views > 1 or run(connection, _ANY_OLD, days, old=superseded(fact)):
            found.append((fact, held[fact.name].columns))
    return found


def _changes(
    connection: Connection, fact: Fact, columns: list[str], values: Mapping[str, object]
) -> list[Restatement]:
    rows = run(
        connection,
        _CHAIN,
        values,
        log=_LOG,
        fact=fact.name,
        old=superseded(fact),
        keys=quoted(*fact.keys),
        columns=quoted(*columns),
        differs=" OR ".join(_DIFFERS.format(column=quoted(column)) for column in columns),
        numbers=", ".join(f"{quoted(c)}::DOUBLE AS {quoted(c)}" for c in columns),
    )
    return [
        Restatement(fact.name, key[0], subject_of(*key[1:]), column, old, new, old_file, new_file)
        for *key, column, old, new, old_file, new_file in rows
    ]
