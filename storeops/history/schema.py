"""The tables of the record, made from ``FACTS``, and how an older record is brought forward.

Every fact has two wide tables of the same shape: the rows that stand, and under
``superseded_<fact>`` the rows a newer download replaced. Neither has a primary key or an index:
uniqueness is kept by :mod:`storeops.history.upsert` and checked there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from storeops.errors import RecordError
from storeops.facts import FACTS, Fact
from storeops.fields import FIELDS
from storeops.history.sql import Connection, run
from storeops.messages import Unit, message

VERSION = 2
"""Structure of the record. New facts and columns do not raise it: they are added on opening."""

BOOKKEEPING = {
    "shop": "VARCHAR",
    "file_id": "INTEGER",
    "view": "VARCHAR",
    "sheet": "VARCHAR",
    "row": "INTEGER",
}
_TYPES = {Unit.TEXT: "VARCHAR", Unit.DATE: "DATE", Unit.CNY: "DECIMAL(18,2)"}

_BOOKS = """
CREATE TABLE storeops_record (name VARCHAR, value VARCHAR);
CREATE TABLE import_log (
    file_id INTEGER, sha256 VARCHAR, outside VARCHAR, file VARCHAR, modified DOUBLE,
    status VARCHAR, layout VARCHAR, shop VARCHAR,
    rows_in BIGINT, rows_kept BIGINT, rows_reported BIGINT, first_day DATE, last_day DATE,
    notes VARCHAR, signature VARCHAR, tool_version VARCHAR, imported_at TIMESTAMP, rank VARCHAR
);
CREATE TABLE import_fact (
    file_id INTEGER, fact VARCHAR, view VARCHAR, columns VARCHAR[], rows BIGINT,
    first_day DATE, last_day DATE
);
CREATE TABLE setting (name VARCHAR, value VARCHAR);
"""
"""The books as the first version had them; what came later is a migration, for new records too."""
_MEMORY = """
CREATE TABLE kept_state (
    shop VARCHAR, name VARCHAR, day DATE, payload BLOB, columns VARCHAR[], tool_version VARCHAR
);
CREATE TABLE judgement (
    shop VARCHAR, day DATE, said_at TIMESTAMP, state VARCHAR, cause VARCHAR, direction VARCHAR,
    impact DOUBLE, findings VARCHAR[], figures VARCHAR, tool_version VARCHAR
);
"""


@dataclass(frozen=True, slots=True)
class Migration:
    """One step forward: ``apply`` turns a record of version ``to - 1`` into version ``to``."""

    to: int
    apply: Callable[[Connection], None]


def _add_memory(connection: Connection) -> None:
    run(connection, _MEMORY)


MIGRATIONS: tuple[Migration, ...] = (Migration(2, _add_memory),)
"""All steps in order; never edited once released, because records of that version exist."""


def is_number(column: str) -> bool:
    """Tell whether a fact column holds numbers (not text or a date)."""
    return FIELDS[column].unit not in (Unit.TEXT, Unit.DATE)


def superseded(fact: Fact) -> str:
    """Name the table of a fact's replaced rows."""
    return f"superseded_{fact.name}"


def columns_of(fact: Fact) -> dict[str, str]:
    """Map every column of a fact's tables to its type, in storage order."""
    names = (*fact.keys, *fact.columns)
    types = {str(name): _TYPES.get(FIELDS[name].unit, "DOUBLE") for name in names}
    return {**types, **BOOKKEEPING}


def create(connection: Connection) -> None:
    """Lay out an empty record of the current version."""
    run(connection, "BEGIN")
    run(connection, _BOOKS)
    for step in MIGRATIONS:
        step.apply(connection)
    set_property(connection, "version", str(VERSION))
    _add_missing(connection)
    run(connection, "COMMIT")


class NotARecord(Exception):
    """The database was made by something else."""


def is_current(connection: Connection) -> bool:
    """Tell whether the record has today's version and all of today's columns.

    Raises:
        NotARecord: The database was made by something else.
        RecordError: The record was written by a newer version of the program.
    """
    version = _version(connection)
    if version > VERSION:
        raise RecordError(
            message("record.newer", found=str(version), known=str(VERSION)),
            message("record.newer.hint"),
        )
    return version == VERSION and get_property(connection, "facts") == _fingerprint()


def bring_forward(connection: Connection, migrations: tuple[Migration, ...] | None = None) -> None:
    """Migrate an older record step by step, then add facts and columns it lacks.

    All of it is one transaction: a record is never left between two versions.
    """
    steps = MIGRATIONS if migrations is None else migrations
    run(connection, "BEGIN")
    found = _version(connection)
    for step in steps:
        if step.to > found:
            step.apply(connection)
    set_property(connection, "version", str(VERSION))
    _add_missing(connection)
    run(connection, "COMMIT")


def get_property(connection: Connection, name: str) -> str | None:
    """Read one property of the record itself, None when it was never set."""
    rows = run(connection, "SELECT value FROM storeops_record WHERE name = ?", [name])
    return str(rows[0][0]) if rows else None


def set_property(connection: Connection, name: str, value: str) -> None:
    """Set one property of the record itself."""
    run(connection, "DELETE FROM storeops_record WHERE name = ?", [name])
    run(connection, "INSERT INTO storeops_record VALUES (?, ?)", [name, value])


def _version(connection: Connection) -> int:
    known = run(connection, "SELECT 1 FROM duckdb_tables() WHERE table_name = 'storeops_record'")
    version = get_property(connection, "version") if known else None
    if version is None:
        raise NotARecord
    return int(version)


def _add_missing(connection: Connection) -> None:
    stored: dict[str, set[str]] = {}
    for table, column in run(connection, "SELECT table_name, column_name FROM duckdb_columns()"):
        stored.setdefault(table, set()).add(column)
    for fact in FACTS.values():
        for table in (fact.name, superseded(fact)):
            _add_table(connection, table, columns_of(fact), stored.get(table))
    set_property(connection, "facts", _fingerprint())


def _add_table(
    connection: Connection,
    table: str,
    columns: dict[str, str],
    stored: set[str] | None,
) -> None:
    if stored is None:
        body = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
        run(connection, f'CREATE TABLE "{table}" ({body})')
        return
    for name, kind in columns.items():
        if name not in stored:
            run(connection, f'ALTER TABLE "{table}" ADD COLUMN "{name}" {kind}')


def _fingerprint() -> str:
    shape = repr([(fact.name, columns_of(fact)) for fact in FACTS.values()])
    return hashlib.sha256(shape.encode()).hexdigest()
