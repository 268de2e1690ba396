"""Figures laid out day by day, for tables and calendars in a report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from storeops.calendars import Calendar, DayPhase
from storeops.facts import Window
from storeops.fields import FIELDS, Col
from storeops.messages import Unit
from storeops.metrics import definitions
from storeops.metrics.definitions import METRICS
from storeops.metrics.panel import calendar_days
from storeops.metrics.spend import ad_spend_line


@dataclass(frozen=True, slots=True)
class DayRow:
    """One day of a table: its phase and the asked metrics, None where not known."""

    day: date
    phase: DayPhase
    values: tuple[float | None, ...]


def unit(name: str) -> Unit:
    """Give the unit of a metric or of a stored column."""
    return METRICS[name].unit if name in METRICS else FIELDS[name].unit


def days(window: Window, fact: str) -> tuple[date, ...]:
    """List the days a fact has rows for, oldest first."""
    frame = window.tables.get(fact)
    if frame is None:
        return ()
    return tuple(pd.Timestamp(day).date() for day in sorted(frame[Col.DATE].unique()))


def known(window: Window, fact: str, columns: tuple[str, ...]) -> dict[date, dict[str, float]]:
    """Give the known values of a fact of one row per day; what is missing is left out."""
    frame = window.tables.get(fact)
    if frame is None:
        return {}
    found: dict[date, dict[str, float]] = {
        stamp.date(): {} for stamp in pd.DatetimeIndex(frame[Col.DATE])
    }
    for column in map(str, columns):
        if column in frame:
            for day, number in zip(found, frame[column].to_numpy(dtype=np.float64), strict=True):
                if not np.isnan(number):
                    found[day][column] = float(number)
    return found


def daily(window: Window, calendar: Calendar, metrics: tuple[str, ...]) -> tuple[DayRow, ...]:
    """Lay the shop's metrics out, one row per day the shop has, oldest first.

    Ad spend comes from the ads export where there is one, else from the shop's own report.
    """
    frame = window.tables.get("shop_daily")
    if frame is None:
        return ()
    stamps = days(window, "shop_daily")
    frame = _with_spend(frame, window, calendar, stamps)
    columns = [
        definitions.daily(METRICS[name], frame).to_numpy(dtype=np.float64) for name in metrics
    ]
    phases = calendar.phases(stamps[0], stamps[-1])
    return tuple(
        DayRow(
            day,
            phases[(day - stamps[0]).days],
            tuple(None if np.isnan(column[row]) else float(column[row]) for column in columns),
        )
        for row, day in enumerate(stamps)
    )


def _with_spend(
    frame: pd.DataFrame, window: Window, calendar: Calendar, stamps: tuple[date, ...]
) -> pd.DataFrame:
    line = ad_spend_line(window, calendar_days(calendar, stamps[0], stamps[-1]))
    if line is None:
        return frame
    where = [(day - stamps[0]).days for day in stamps]
    return frame.assign(**{Col.AD_SPEND.value: line[where]})
