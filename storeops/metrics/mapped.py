"""The user's own tables: every measure of the day beside the day before and a week before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from storeops.facts import MAPPED_DAILY, Window
from storeops.fields import Col

_KEYS = [Col.DATASET.value, Col.SUBJECT.value, Col.METRIC.value]
_BEFORE = {"previous_day": 1, "same_weekday": 7}


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure of one subject; None where the table has no value for the day."""

    dataset: str
    subject: str
    name: str
    value: float
    previous_day: float | None
    same_weekday: float | None


def measures(window: Window) -> tuple[Measure, ...]:
    """List the measures of the window's last day, table by table.

    Whether a measure may be added or judged is not known, so nothing is.
    """
    frame = window.tables.get(MAPPED_DAILY.name)
    if frame is None:
        return ()
    now = _day(frame, window, 0, "value")
    for name, days in _BEFORE.items():
        now = now.merge(_day(frame, window, days, name), on=_KEYS, how="left")
    return tuple(
        Measure(dataset, subject, metric, value, _known(previous), _known(weekday))
        for dataset, subject, metric, value, previous, weekday in now.itertuples(index=False)
    )


def _day(frame: pd.DataFrame, window: Window, days_before: int, name: str) -> pd.DataFrame:
    day = pd.Timestamp(window.day) - pd.Timedelta(days=days_before)
    found = frame.loc[frame[Col.DATE] == day, [*_KEYS, Col.VALUE.value]]
    return found.rename(columns={Col.VALUE.value: name})


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
