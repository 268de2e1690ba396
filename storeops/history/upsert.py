"""Rows into the record: a newer download replaces an older one, whatever the order of imports.

State per (shop, key, view): every distinct row that was ever imported, each with the
highest-ranked file that said so. The highest of them stands in the fact table, the others in its
superseded table. That state is a set with a maximum, so it cannot depend on the order in which
files arrive.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import pandas as pd

from storeops.facts import FACTS, Fact, FileReading
from storeops.history import judgements, log, states
from storeops.history.rank import download_time
from storeops.history.schema import superseded
from storeops.history.sql import Connection, quoted, run
from storeops.history.staging import frames, parts_of, refusals
from storeops.messages import Message, Note

_OVERLAP = """
SELECT 1 FROM {fact} SEMI JOIN (SELECT DISTINCT shop, "date"::DATE AS "date", view FROM incoming)
USING (shop, "date", view) LIMIT 1
"""
_POOL = """
CREATE TEMP TABLE pool AS
SELECT *, row_number() OVER (PARTITION BY {key} ORDER BY rank DESC) = 1 AS stands FROM (
    SELECT r.*, l.rank FROM (
        FROM {source}
        UNION ALL BY NAME FROM {fact} SEMI JOIN {source} USING ({key})
        UNION ALL BY NAME FROM {old} SEMI JOIN {source} USING ({key})
    ) r JOIN (SELECT file_id, rank FROM import_log) l USING (file_id)
    QUALIFY row_number() OVER (PARTITION BY {key}, {values} ORDER BY rank DESC) = 1
)
"""
_CLEAR = """
DELETE FROM {table} WHERE rowid IN (
    SELECT t.rowid FROM {table} t SEMI JOIN {source} USING ({key})
)
"""
_REFILL = """
INSERT INTO {table} BY NAME
SELECT * EXCLUDE (rank, stands) FROM pool WHERE {which} ORDER BY {key}
"""
_MOVING = """
CREATE TEMP TABLE moving AS SELECT * REPLACE (? AS shop)
FROM (FROM {fact} UNION ALL BY NAME FROM {old}) WHERE shop = ?
"""
_BENEATH = """
CREATE TEMP TABLE beneath AS FROM {old}
SEMI JOIN (FROM {fact} WHERE file_id IN (SELECT unnest(?))) USING ({key})
"""
_FACTS_OF = "SELECT DISTINCT fact FROM import_fact WHERE file_id IN (SELECT unnest(?))"
_COUNTS = """
SELECT count(*), count(DISTINCT ({key})) FROM {fact}
WHERE "date" IN (SELECT DISTINCT "date"::DATE FROM incoming)
"""


def record(
    connection: Connection, readings: Sequence[FileReading], how: log.Circumstances
) -> tuple[FileReading, ...]:
    """Import a batch of files within the caller's transaction.

    Args:
        connection: The record, with a transaction begun.
        readings: Files as read; those that are not to be imported are logged only.
        how: Layouts, version and moment to log.

    Returns:
        The files in the same order, without their rows: status unchanged when the record holds
        the identical file already, refused (and one more note) when its rows contradict
        themselves.
    """
    fresh, outdated = _sort_out(connection, readings, how)
    at_stake = states.at_stake(connection, [readings[place] for place in fresh], outdated)
    before = states.settled(connection, at_stake)
    _withdraw(connection, outdated)
    first = log.next_id(connection)
    numbered = [(first + n, readings[position]) for n, position in enumerate(fresh)]
    parts = [p for file_id, r in numbered if r.status == log.IMPORTED for p in parts_of(file_id, r)]
    staged = frames(parts)
    refused = refusals(staged)
    numbered = [(n, _refused(r, refused[n]) if n in refused else r) for n, r in numbered]
    parts = [part for part in parts if part.file_id not in refused]
    log.write(connection, numbered, parts, how)
    for name, frame in staged.items():
        accepted = frame[~frame["file_id"].isin(list(refused))] if refused else frame
        _store(connection, FACTS[name], accepted)
    states.drop_changed(connection, at_stake, before)
    news = dict(zip(fresh, (reading for _, reading in numbered), strict=True))
    twins = {log.mark(reading): reading for reading in news.values()}
    return tuple(
        replace(news[n], tables=()) if n in news else _known(reading, twins.get(log.mark(reading)))
        for n, reading in enumerate(readings)
    )


def rename_shop(connection: Connection, old: str, new: str) -> None:
    """Give all rows of a shop to another name; where both have rows, the newer download wins."""
    for fact in FACTS.values():
        tables = {"fact": fact.name, "old": superseded(fact)}
        run(connection, _MOVING, [new, old], **tables)
        for table in tables.values():
            run(connection, "DELETE FROM {table} WHERE shop = ?", [old], table=table)
        _merge(connection, fact, "moving")
        run(connection, "DROP TABLE moving")
    run(connection, "UPDATE import_log SET shop = ? WHERE shop = ?", [new, old])
    states.forget(connection, (old, new))
    judgements.rename_shop(connection, old, new)


def _sort_out(
    connection: Connection, readings: Sequence[FileReading], how: log.Circumstances
) -> tuple[list[int], set[int]]:
    """Tell which readings are news, and which logged files they take the place of."""
    logged = log.logged(connection, {reading.sha256 for reading in readings})
    fresh: dict[tuple[str, ...], int] = {}
    outdated: set[int] = set()
    for position, reading in enumerate(readings):
        rivals = [
            entry
            for entry in logged.get(log.identity(reading), ())
            if entry.status != log.IMPORTED or entry.shop == reading.shop
        ]
        if any(_is_same(entry, reading, how) for entry in rivals):
            continue
        earlier = fresh.setdefault(log.mark(reading), position)
        if _downloaded(reading) < _downloaded(readings[earlier]):
            fresh[log.mark(reading)] = position
        outdated.update(entry.file_id for entry in rivals)
        outdated.update(_unanswered(logged, reading))
    return sorted(fresh.values()), outdated


def _unanswered(
    logged: Mapping[tuple[str, str], Sequence[log.Logged]], reading: FileReading
) -> set[int]:
    """Find earlier imports of the same bytes that lacked an answer given now."""
    return {
        entry.file_id
        for (sha256, outside), entries in logged.items()
        if sha256 == reading.sha256 and log.told_since(reading, outside)
        for entry in entries
        if entry.shop == reading.shop
    }


def _is_same(entry: log.Logged, reading: FileReading, how: log.Circumstances) -> bool:
    same_tool = entry.status == log.IMPORTED or entry.tool_version == how.tool_version
    return same_tool and entry.status == reading.status and entry.signature == how.signature


def _downloaded(reading: FileReading) -> float:
    return download_time(reading.file, reading.modified)


def _known(reading: FileReading, twin: FileReading | None) -> FileReading:
    """Say of a file that is not news what became of its twin, stored before or in this batch."""
    bare = replace(reading, tables=())
    if reading.status != log.IMPORTED:
        return bare
    if twin is not None and twin.status != log.IMPORTED:
        return replace(twin, file=reading.file, modified=reading.modified, tables=())
    return replace(bare, status=log.UNCHANGED)


def _refused(reading: FileReading, reason: Message) -> FileReading:
    note = Note("unreadable_file", reason, reading.file)
    return replace(
        reading,
        status="refused",
        rows_kept=0,
        rows_reported=reading.rows_in,
        notes=(*reading.notes, note),
    )


def _store(connection: Connection, fact: Fact, frame: pd.DataFrame) -> None:
    """Put new rows in; compare with stored ones only where there are any."""
    if frame.empty:
        return
    connection.register("incoming", frame)
    names = {"fact": fact.name, "key": _key(fact)}
    alone = not frame.duplicated(["shop", *fact.keys, "view"]).any()
    if alone and not run(connection, _OVERLAP, **names):
        run(connection, "INSERT INTO {fact} BY NAME FROM incoming ORDER BY {key}", **names)
    else:
        run(connection, "CREATE TEMP TABLE staged AS FROM {fact} LIMIT 0", **names)
        run(connection, "INSERT INTO staged BY NAME FROM incoming")
        _merge(connection, fact, "staged")
        run(connection, "DROP TABLE staged")
    _check_unique(connection, fact)
    connection.unregister("incoming")


def _merge(connection: Connection, fact: Fact, source: str) -> None:
    """Settle the keys of ``source`` anew: rows of the source, standing and superseded ones."""
    names = {
        "fact": fact.name,
        "old": superseded(fact),
        "source": source,
        "key": _key(fact),
        "values": quoted(*fact.columns),
    }
    run(connection, _POOL, **names)
    for table, which in ((names["fact"], "stands"), (names["old"], "NOT stands")):
        run(connection, _CLEAR, **{**names, "table": table})
        run(connection, _REFILL, **{**names, "table": table, "which": which})
    run(connection, "DROP TABLE pool")


def _key(fact: Fact) -> str:
    return quoted("shop", *fact.keys, "view")


def _withdraw(connection: Connection, file_ids: Collection[int]) -> None:
    """Take files out that are about to be imported anew; what they had replaced stands again."""
    if not file_ids:
        return
    ids = [list(file_ids)]
    held = run(connection, _FACTS_OF, ids)
    for fact in (FACTS[name] for (name,) in held):
        names = {"fact": fact.name, "old": superseded(fact), "key": _key(fact)}
        run(connection, "DELETE FROM {old} WHERE file_id IN (SELECT unnest(?))", ids, **names)
        run(connection, _BENEATH, ids, **names)
        run(connection, "DELETE FROM {fact} WHERE file_id IN (SELECT unnest(?))", ids, **names)
        _merge(connection, fact, "beneath")
        run(connection, "DROP TABLE beneath")
    log.forget(connection, file_ids)


def _check_unique(connection: Connection, fact: Fact) -> None:
    """Prove that no key of the touched days is stored twice; a failure rolls the batch back."""
    rows, keys = run(connection, _COUNTS, fact=fact.name, key=_key(fact))[0]
    if rows != keys:
        raise AssertionError(f"{fact.name}: {rows} rows for {keys} keys")
