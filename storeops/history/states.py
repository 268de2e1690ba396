"""States a later run may start from: a cache, dropped as soon as the past it sums up changes.

A state sums up some columns of all days up to its own. It stays valid as long as every one of
those days reads the same in them: before and after an import the days it touches are
fingerprinted as a window would show them, and states from the first changed day on are dropped in
the import's own transaction. A rolling download that repeats the past word for word therefore
costs nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from storeops.facts import FACTS, SHOP_PERIOD, FileReading
from storeops.fields import Col
from storeops.history.sql import Connection, quoted, run

KEPT = 3
"""Newest states kept under one name: one to go on from, and two for a corrected yesterday."""

_TRIM = """
DELETE FROM kept_state WHERE shop = $shop AND name = $name AND day NOT IN (
    SELECT day FROM kept_state WHERE shop = $shop AND name = $name ORDER BY day DESC LIMIT {kept}
)
"""
_NEWEST = """
SELECT day, payload FROM kept_state WHERE shop = ? AND name = ? AND day < ? AND tool_version = ?
ORDER BY day DESC LIMIT 1
"""
_HELD = """
SELECT shop, fact, min(f.first_day), max(f.last_day) FROM import_fact f
JOIN import_log USING (file_id) WHERE file_id IN (SELECT unnest(?)) GROUP BY ALL
"""
_SETTLED = """
SELECT "date", bit_xor(hash({keys}, {names})), count(*) FROM (
    SELECT {keys}, {values} FROM {fact} JOIN (
        SELECT file_id, row_number() OVER (ORDER BY rank) AS place FROM import_log
    ) USING (file_id)
    WHERE shop = ? AND "date" BETWEEN ? AND ? GROUP BY {keys}
) GROUP BY "date"
"""

Days = Mapping[date, tuple[int, int]]
"""What each day reads like: fingerprint and number of rows."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days of one fact of a shop that an import is about to touch and some state sums up.

    ``rests_on`` are the columns of those states, as kept; None stands for all.
    """

    shop: str
    rests_on: tuple[str, ...] | None
    fact: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Kept:
    """A state: what it is of, the columns it rests on (None: all), and the program that made it."""

    shop: str
    name: str
    day: date
    payload: bytes
    rests_on: Collection[str] | None
    tool_version: str


def keep(connection: Connection, state: Kept) -> None:
    """Keep a state in place of an earlier one of the same name and day; old ones go."""
    columns = None if state.rests_on is None else sorted(map(str, state.rests_on))
    run(
        connection,
        "DELETE FROM kept_state WHERE shop = ? AND name = ? AND day = ?",
        [state.shop, state.name, state.day],
    )
    run(
        connection,
        "INSERT INTO kept_state VALUES (?, ?, ?, ?, ?, ?)",
        [state.shop, state.name, state.day, state.payload, columns, state.tool_version],
    )
    run(connection, _TRIM, {"shop": state.shop, "name": state.name}, kept=str(KEPT))


def newest(
    connection: Connection, key: tuple[str, str], before: date, tool_version: str
) -> tuple[date, bytes] | None:
    """Give the newest state of (shop, name) before a day; other versions' states are no use."""
    rows = run(connection, _NEWEST, [*key, before, tool_version])
    return (rows[0][0], bytes(rows[0][1])) if rows else None


def forget(connection: Connection, shops: Collection[str]) -> None:
    """Drop all states of some shops."""
    run(connection, "DELETE FROM kept_state WHERE shop IN (SELECT unnest(?))", [list(shops)])


def at_stake(
    connection: Connection, readings: Iterable[FileReading], outdated: Collection[int]
) -> tuple[Stretch, ...]:
    """List the days that states sum up and that an import is about to touch.

    Args:
        connection: The record.
        readings: Files about to be imported.
        outdated: Ids of logged files about to be taken out.
    """
    newest_days = run(connection, "SELECT shop, columns, max(day) FROM kept_state GROUP BY ALL")
    if not newest_days:
        return ()
    spans = _joined([*_spans(readings), *run(connection, _HELD, [list(outdated)])])
    return tuple(
        Stretch(shop, None if columns is None else tuple(columns), fact, first, min(last, newest))
        for shop, columns, newest in newest_days
        for (owner, fact), (first, last) in spans.items()
        if owner == shop and first <= newest and fact != SHOP_PERIOD.name  # no state sums it up
    )


def _joined(
    spans: Iterable[tuple[str, str, date, date]],
) -> dict[tuple[str, str], tuple[date, date]]:
    found: dict[tuple[str, str], tuple[date, date]] = {}
    for shop, fact, first, last in spans:
        start, end = found.get((shop, fact), (first, last))
        found[shop, fact] = min(start, first), max(end, last)
    return found


def settled(connection: Connection, stretches: Sequence[Stretch]) -> tuple[Days, ...]:
    """Fingerprint the days of each stretch as a window reads them (see ``queries.window``)."""
    return tuple(_settled(connection, stretch) for stretch in stretches)


def drop_changed(
    connection: Connection, stretches: Sequence[Stretch], before: Sequence[Days]
) -> None:
    """Drop every state that sums up a day which reads otherwise than before."""
    for stretch, was, now in zip(stretches, before, settled(connection, stretches), strict=True):
        changed = [day for day in was.keys() | now.keys() if was.get(day) != now.get(day)]
        if changed:
            run(
                connection,
                "DELETE FROM kept_state WHERE shop = ? AND day >= ? "
                "AND columns IS NOT DISTINCT FROM ?::VARCHAR[]",
                [stretch.shop, min(changed), stretch.rests_on and list(stretch.rests_on)],
            )


def _spans(readings: Iterable[FileReading]) -> list[tuple[str, str, date, date]]:
    return [
        (reading.shop, rows.fact, min(rows.columns[Col.DATE]), max(rows.columns[Col.DATE]))
        for reading in readings
        for rows in reading.tables
        if reading.shop is not None and len(rows)
    ]


def _settled(connection: Connection, stretch: Stretch) -> Days:
    fact, wanted = FACTS[stretch.fact], stretch.rests_on
    columns = [column for column in fact.columns if wanted is None or column in wanted]
    if not columns:
        return {}
    rows = run(
        connection,
        _SETTLED,
        [stretch.shop, stretch.first, stretch.last],
        fact=fact.name,
        keys=quoted(*fact.keys),
        names=quoted(*columns),
        values=", ".join(f"arg_max({quoted(c)}, place) AS {quoted(c)}" for c in columns),
    )
    return {day: (int(mark), int(count)) for day, mark, count in rows}
