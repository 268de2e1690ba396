"""A figure of an event day against the ordinary days before it, whatever the verdict compares with.

The verdict lays an event day over the last comparable event; whether customers wait, or sales have
come back to normal, is a question about ordinary days.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from storeops.facts import Window
from storeops.fields import Col
from storeops.metrics import definitions
from storeops.metrics.change import relative
from storeops.metrics.definitions import METRICS, RatioOfSums
from storeops.metrics.results import BaselineKind, ShopDay

_LEAST_DAYS = 7
_FLOOR = 0.05
"""Least day-to-day spread, on the log scale (DOMAIN 4.1)."""
_MAD_TO_SD = 1.4826


@dataclass(frozen=True, slots=True)
class Versus:
    """A figure of the day, what it is on ordinary days, and how far apart the two are.

    ``change`` is relative; ``z`` counts robust standard deviations on the log scale.
    """

    metric: str
    value: float
    normal: float
    change: float
    z: float


def against_normal(window: Window, shop_day: ShopDay, metric: str) -> Versus | None:
    """Compare a figure with ordinary days: by the day's own baseline where that stands on them.

    Args:
        window: Facts of one shop.
        shop_day: The judged day; ``pool`` are the ordinary days.
        metric: A metric of the shop.

    Returns:
        None when the value or seven ordinary days with one are not known.
    """
    figure = shop_day.figure(metric)
    is_normal = shop_day.kind in {BaselineKind.WEEKDAY, BaselineKind.SHORT}
    if figure is not None and is_normal and figure.z is not None:
        return _versus(metric, figure.value, figure.baseline, figure.z)
    return _against_pool(window, shop_day, metric)


def _against_pool(window: Window, shop_day: ShopDay, metric: str) -> Versus | None:
    frame = window.tables.get("shop_daily")
    if frame is None or any(column not in frame for column in METRICS[metric].columns):
        return None
    rows = frame[frame[Col.DATE].isin([pd.Timestamp(day) for day in shop_day.pool])]
    days = definitions.daily(METRICS[metric], rows).to_numpy(dtype=np.float64)
    days = days[~np.isnan(days) & (days > 0)]
    if len(days) < _LEAST_DAYS:
        return None
    is_rate = isinstance(METRICS[metric].kind, RatioOfSums)
    normal = definitions.value(METRICS[metric], rows) if is_rate else float(np.median(days))
    value = definitions.value(METRICS[metric], frame[frame[Col.DATE] == pd.Timestamp(window.day)])
    if not value or not normal:
        return None
    scatter = _MAD_TO_SD * float(np.median(np.abs(np.log(days) - np.median(np.log(days)))))
    return _versus(metric, value, normal, float(np.log(value / normal) / max(scatter, _FLOOR)))


def _versus(metric: str, value: float | None, normal: float | None, z: float) -> Versus | None:
    change = relative(value, normal)
    if value is None or normal is None or change is None:
        return None
    return Versus(metric, value, normal, change, z)
