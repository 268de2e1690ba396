"""The few words every query of the record needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

Connection = duckdb.DuckDBPyConnection
Values = Sequence[Any] | Mapping[str, Any]


def run(
    connection: Connection, query: str, values: Values | None = None, /, **names: str
) -> list[tuple[Any, ...]]:
    """Run a statement to its end and give all rows; a connection takes one result at a time.

    Args:
        connection: The record.
        query: SQL with ``{name}`` where a table or a list of columns goes.
        values: Bound to ``?`` or ``$name``: everything that comes from a file or a user.
        names: Filled in for ``{name}``: only names of ``FACTS`` and of this package, and lists
            made by :func:`quoted`.
    """
    return connection.execute(query.format(**names), values).fetchall()


def quoted(*names: str) -> str:
    """List column names for SQL.

    Raises:
        ValueError: Something that is not a plain name.
    """
    for name in names:
        if not name.isidentifier():
            raise ValueError(f"not a column name: {name!r}")
    return ", ".join(f'"{name}"' for name in names)


def subject_of(*keys: str) -> str:
    """Name a row by its keys besides the day, for people; empty for the shop itself."""
    return " / ".join(key for key in keys if key)
