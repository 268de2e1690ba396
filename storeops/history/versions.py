"""What one day read like at several ages: attributed sales and refunds grow after their day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd

from storeops.facts import FACTS, Fact
from storeops.fields import Col
from storeops.history.rank import export_day
from storeops.history.schema import superseded
from storeops.history.serialise import load_outside
from storeops.history.sql import Connection, quoted, run

AGE = "age"
"""Column of the answer: whole days from the end of a day to what was known of it."""

_FILES = """
SELECT file_id, file, f.last_day, imported_at, outside
FROM import_fact f JOIN import_log USING (file_id)
WHERE shop = $shop AND fact = $fact AND f.first_day <= $last AND f.last_day >= $first
    AND list_has_any(columns, $columns)
"""
_ANY_OLD = 'SELECT 1 FROM {old} WHERE shop = $shop AND "date" BETWEEN $first AND $last LIMIT 1'
_AS_OF = """
WITH files AS (
    SELECT file_id, through, place
    FROM (SELECT unnest($files) AS file_id, unnest($through) AS through)
    JOIN (SELECT file_id, row_number() OVER (ORDER BY rank) AS place FROM import_log)
    USING (file_id)
),
said AS (
    FROM (
        SELECT file_id, {keys}, {numbers} FROM {fact}
        WHERE shop = $shop AND "date" BETWEEN $first AND $last{given}
        UNION ALL BY NAME
        SELECT file_id, {keys}, {numbers} FROM {old}
        WHERE shop = $shop AND "date" BETWEEN $first AND $last{given}
    ) JOIN files USING (file_id) WHERE {known}
    QUALIFY row_number() OVER (PARTITION BY {keys}, through ORDER BY place DESC) = 1
),
spans AS (
    SELECT "date", {columns},
        coalesce(lag(through) OVER steps, DATE '0001-01-01') AS later_than,
        CASE WHEN lead(through) OVER steps IS NULL THEN DATE '9999-12-31' ELSE through END AS up_to
    FROM said WINDOW steps AS (PARTITION BY {keys} ORDER BY through)
),
looks AS (
    SELECT DISTINCT "date", through
    FROM (SELECT DISTINCT "date" FROM said)
    JOIN (
        SELECT through, f.first_day, f.last_day
        FROM files JOIN import_fact f USING (file_id) WHERE fact = $fact
    ) ON "date" BETWEEN first_day AND last_day
)
SELECT looks.through, looks."date", {sums} FROM looks JOIN spans
ON spans."date" = looks."date" AND looks.through > later_than AND looks.through <= up_to
GROUP BY ALL ORDER BY looks."date", looks.through
"""
"""A row is kept once for all files that repeat it, under the last of them. So a download said of
a key what the next one on record says, and the last word where the key left the exports."""


@dataclass(frozen=True, slots=True)
class Question:
    """Whose values of which columns on which days; ``given`` fixes further keys of the fact."""

    shop: str
    fact: str
    columns: tuple[str, ...]
    first: date
    last: date
    given: Mapping[str, str]


def versions(connection: Connection, asked: Question) -> pd.DataFrame:
    """Read what each day read like at each age it was downloaded at.

    The age of a version is the number of days from a day to the last day its download covers,
    plus one: on the next morning a day is of age 1. An export stamp in the file name that is
    later counts instead, and the members of an archive are one download.

    Returns:
        One row per day and age, oldest first, the ages of a day ascending: ``date``, ``age``, the
        given keys, and the asked columns summed over all other keys (NaN where no row has one).
        Empty when nothing was ever said twice.
    """
    fact = FACTS[asked.fact]
    names = [Col.DATE.value, AGE, *asked.given, *asked.columns]
    days = {"shop": asked.shop, "first": asked.first, "last": asked.last}
    through = _known_through(connection, asked, days)
    if not through or not run(connection, _ANY_OLD, days, old=superseded(fact)):
        return pd.DataFrame(columns=names)
    through_days = {"files": list(through), "through": list(through.values())}
    found = _as_of(connection, fact, asked, {**days, **through_days})
    known = found["through"].to_numpy().astype("datetime64[D]")
    behind = known - found[Col.DATE].to_numpy().astype("datetime64[D]")
    return found.assign(**{AGE: behind.astype(np.int64) + 1}, **asked.given)[names]


def _known_through(
    connection: Connection, asked: Question, days: Mapping[str, object]
) -> dict[int, date]:
    """Map each file to the last day that was over when it was downloaded."""
    rows = run(connection, _FILES, {**days, "fact": asked.fact, "columns": list(asked.columns)})
    reach: dict[tuple[str, datetime], date] = {}
    for _, file, last, moment, _ in rows:
        download = _download(file, moment)
        reach[download] = max(last, reach.get(download, last))
    return {
        file_id: max(reach[_download(file, moment)], _before_export(file))
        for file_id, file, _, moment, outside in rows
        if _fits(load_outside(outside), asked.given.items())
    }


def _download(file: str, imported_at: datetime) -> tuple[str, datetime]:
    return file.split(".zip/", 1)[0], imported_at


def _before_export(file: str) -> date:
    exported = export_day(file)
    return date.min if exported is None else exported - timedelta(days=1)


def _fits(outside: Mapping[str, str], given: Iterable[tuple[str, str]]) -> bool:
    """Tell a file that may speak of the given keys: the outside values it was read with agree."""
    return all(outside.get(name, value) == value for name, value in given)


def _as_of(
    connection: Connection, fact: Fact, asked: Question, values: Mapping[str, object]
) -> pd.DataFrame:
    text = _AS_OF.format(
        fact=fact.name,
        old=superseded(fact),
        keys=quoted(*fact.keys),
        numbers=", ".join(f"{quoted(c)}::DOUBLE AS {quoted(c)}" for c in asked.columns),
        columns=quoted(*asked.columns),
        known=" OR ".join(f"{quoted(c)} IS NOT NULL" for c in asked.columns),
        sums=", ".join(f"sum({quoted(c)}) AS {quoted(c)}" for c in asked.columns),
        given="".join(f" AND {quoted(key)} = ${key}" for key in asked.given),
    )
    everything = {**values, **asked.given, "fact": fact.name}
    return connection.execute(text, everything).df()
