"""Is a day's data all there? A key figure that is absent, blank or zero where it never is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd

from storeops.fields import Col
from storeops.metrics.panel import Bools, Days, Floats, by_day
from storeops.metrics.ranks import median_rows
from storeops.metrics.results import DayGap

USUAL = {Col.VISITORS: 20.0, Col.PAID_BUYERS: 5.0, Col.PAID_AMOUNT: 500.0}
"""Key figures, and the size from which a zero cannot be an ordinary quiet day."""
_MEDIAN_DAYS = 60


def complete_days(lines: Mapping[str, Floats], n_days: int) -> Bools:
    """Tell which days have all key figures and no zero where one is not to be expected.

    Args:
        lines: Columns over the days, (n_days,) each; a key column no day has is not required.
        n_days: How many days there are.
    """
    fine = np.ones(n_days, dtype=bool)
    seen = False
    for name, usual in USUAL.items():
        line = lines.get(name)
        if line is None or np.isnan(line).all():
            continue
        seen = True
        typical = float(median_rows(line[None, -_MEDIAN_DAYS:])[0][0])
        fine &= ~np.isnan(line) & ~((line == 0) & (typical >= usual))
    return fine & seen


def last_complete_day(shop_daily: pd.DataFrame) -> date | None:
    """Find the last day whose key figures are all there.

    Args:
        shop_daily: One row per day, (n_days, ...), dates as datetime64.

    Returns:
        The day, or None when no day qualifies.
    """
    if shop_daily.empty:
        return None
    stamps = shop_daily[Col.DATE]
    first, last = stamps.min().date(), stamps.max().date()
    n_days = (last - first).days + 1
    days = Days(first, np.ones(n_days, dtype=bool), np.zeros(n_days, dtype=np.intp))
    lines = {str(column): by_day(shop_daily, column, days) for column in USUAL}
    fine = np.flatnonzero(complete_days(lines, n_days))
    return days.day(int(fine[-1])) if len(fine) else None


def gaps(lines: dict[str, Floats], target: int, usable: Bools) -> tuple[DayGap, ...]:
    """Say what is wrong with one day, comparing with the usable days before it.

    Args:
        lines: Key columns over the days, (n_days,) each.
        target: Position of the day.
        usable: Days to compare with, (n_days,).
    """
    if all(np.isnan(line[target]) for line in lines.values()):
        return (DayGap("absent"),)
    found = []
    before = np.flatnonzero(usable[:target])[-_MEDIAN_DAYS:]
    for name, usual in USUAL.items():
        line = lines[name]
        typical = float(median_rows(line[None, before])[0][0])
        if np.isnan(typical):
            continue
        if np.isnan(line[target]):
            found.append(DayGap("missing", str(name), typical))
        elif line[target] == 0 and typical >= usual:
            found.append(DayGap("zero", str(name), typical))
    if lines[Col.PAID_BUYERS][target] > lines[Col.VISITORS][target]:
        found.append(DayGap("more_buyers_than_visitors"))
    return tuple(found)
