"""A month's target beside a day's diagnosis: how it stands, and its split by day as a table.

It is no finding: a month that lags has no cause of its own beside those of its days.
"""

from __future__ import annotations

from dataclasses import replace

from storeops.calendars import Calendar
from storeops.diagnose.finding import DataTable, Diagnosis, TableColumn
from storeops.diagnose.wording import phase_told, weekday
from storeops.facts import Window
from storeops.messages import Unit
from storeops.metrics.change import ratio
from storeops.metrics.pacing import pace
from storeops.metrics.target import DayTarget, Goal, Pace


def with_pace(diagnosis: Diagnosis, window: Window, calendar: Calendar, goal: Goal) -> Diagnosis:
    """Add to a diagnosis how the month stands against its target."""
    stands = pace(window, calendar, goal)
    if stands is None:
        return diagnosis
    return replace(diagnosis, pace=stands, tables=(*diagnosis.tables, target_table(stands)))


def target_table(stands: Pace) -> DataTable:
    """Lay the target out, one row per day of the month; days to come have no paid amount.

    It has as many columns as are printed with a chart beside them.
    """
    paid = "column.paid_net" if stands.is_net else "metric.paid_amount"
    columns = (
        TableColumn("column.date", Unit.DATE),
        TableColumn("column.weekday", Unit.TEXT),
        TableColumn("column.phase", Unit.TEXT),
        TableColumn("column.target", Unit.CNY),
        TableColumn(paid, Unit.CNY),
        TableColumn("column.due_so_far", Unit.CNY),
        TableColumn("column.paid_so_far", Unit.CNY),
        TableColumn(
            "column.attained_so_far", Unit.RATIO, ("column.paid_so_far", "column.due_so_far")
        ),
    )
    tinted = (i for i, day in enumerate(stands.days) if day.phase.phase.is_promotion)
    return DataTable("table.target", columns, tuple(map(_row, stands.days)), frozenset(tinted))


def _row(day: DayTarget) -> tuple[object, ...]:
    return (
        day.day,
        weekday(day.day),
        phase_told(day.phase),
        day.target,
        day.paid,
        day.due,
        day.paid_so_far,
        ratio(day.paid_so_far, day.due),
    )
