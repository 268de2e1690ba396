"""What do the tables say that only the user knows?"""

from __future__ import annotations

from storeops.diagnose.finding import DataTable, Section, TableColumn
from storeops.diagnose.topic import Context, Topic
from storeops.facts import MAPPED_DAILY, Window
from storeops.messages import Unit
from storeops.metrics import mapped

_COLUMNS = (
    TableColumn("column.dataset", Unit.TEXT),
    TableColumn("column.subject", Unit.TEXT),
    TableColumn("column.measure", Unit.TEXT),
    TableColumn("column.value", Unit.FACTOR),
    TableColumn("column.previous_day", Unit.FACTOR),
    TableColumn("column.same_weekday", Unit.FACTOR),
)


def examine(window: Window, context: Context) -> Section:  # noqa: ARG001 (the shape of a topic)
    """Show the day's measures; storeops does not know what is normal for them."""
    rows = tuple(
        (
            measure.dataset,
            measure.subject,
            measure.name,
            measure.value,
            measure.previous_day,
            measure.same_weekday,
        )
        for measure in mapped.measures(window)
    )
    return Section("mapped", tables=(DataTable("table.mapped", _COLUMNS, rows),) if rows else ())


TOPIC = Topic("mapped", "What do my own tables say?", (MAPPED_DAILY.name,), None, examine)
