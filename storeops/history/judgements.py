"""What was said of which day, on what data: so that a later correction can be told."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime

from storeops.history.entries import Judgement
from storeops.history.sql import Connection, run

_READ = """
SELECT day, said_at, state, cause, direction, impact, findings, figures, tool_version
FROM judgement WHERE shop = ? AND day BETWEEN ? AND ? ORDER BY day, said_at
"""
_COLLIDING = """
DELETE FROM judgement WHERE shop = $old AND (day, said_at) IN (
    SELECT (day, said_at) FROM judgement WHERE shop = $new
)
"""


def remember(connection: Connection, shop: str, judgements: Sequence[Judgement]) -> None:
    """Write judgements down; one of the same day and moment is replaced."""
    for said in judgements:
        moment = _stored(said.said_at)
        run(
            connection,
            "DELETE FROM judgement WHERE shop = ? AND day = ? AND said_at = ?",
            [shop, said.day, moment],
        )
        run(
            connection,
            "INSERT INTO judgement VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                shop, said.day, moment, said.state, said.cause, said.direction, said.impact,
                list(said.findings), json.dumps(dict(said.figures), sort_keys=True),
                said.tool_version,
            ],
        )  # fmt: skip


def between(connection: Connection, shop: str, first: date, last: date) -> tuple[Judgement, ...]:
    """List what was said of some days, by day, then in the order in which it was said."""
    return tuple(
        Judgement(
            day, moment.replace(tzinfo=UTC), state, cause, direction, impact, tuple(findings),
            json.loads(figures), version,
        )
        for day, moment, state, cause, direction, impact, findings, figures, version in run(
            connection, _READ, [shop, first, last]
        )
    )  # fmt: skip


def rename_shop(connection: Connection, old: str, new: str) -> None:
    """Give what was said to another name; what was said under both, the other name keeps."""
    run(connection, _COLLIDING, {"old": old, "new": new})
    run(connection, "UPDATE judgement SET shop = ? WHERE shop = ?", [new, old])


def _stored(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)
