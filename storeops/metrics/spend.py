"""What was spent on ads on a day: the ads export at one grain, else the shop's own report."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from storeops.facts import Window
from storeops.fields import Col
from storeops.metrics.definitions import METRICS, daily
from storeops.metrics.panel import Days, Floats, by_day, positions

GRAINS = ("scene", "plan", "item")
"""Grains that may stand for the account, widest first. Words and crowds cover a part only."""
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Slice:
    """The rows of ``ad_daily`` at one grain and with one attribution window."""

    rows: pd.DataFrame
    grain: str
    window: str
    other_grains: tuple[str, ...]
    other_windows: tuple[str, ...]


def one_grain(window: Window, wanted: tuple[str, ...] = GRAINS) -> Slice | None:
    """Choose grain and attribution window: the same spend is in every grain and every window.

    Grain: the first one wanted (the widest) that is there on the window's last day, else anywhere
    in the window.
    Attribution window: one present on the last day is preferred, then one that is known, then
    the one with most days, then the longer.

    Returns:
        None when there is no ads export at a grain that covers the account.
    """
    frame = window.tables.get("ad_daily")
    if frame is None:
        return None
    today = (frame[Col.DATE] == pd.Timestamp(window.day)).to_numpy()
    everywhere, on_day = set(frame[Col.GRAIN]), set(frame[Col.GRAIN][today])
    grains = [grain for grain in wanted if grain in on_day]
    grains = grains or [grain for grain in wanted if grain in everywhere]
    if not grains:
        return None
    mine = frame[frame[Col.GRAIN] == grains[0]]
    lengths = mine.groupby(Col.WINDOW)[Col.DATE].nunique()
    last = set(mine[Col.WINDOW][mine[Col.DATE] == pd.Timestamp(window.day)])
    windows = [str(name) for name in lengths.index]
    chosen = max(
        windows, key=lambda name: (name in last, name.isdigit(), lengths[name], _days(name))
    )
    return Slice(
        rows=mine[mine[Col.WINDOW] == chosen],
        grain=grains[0],
        window=chosen,
        other_grains=tuple(sorted(str(grain) for grain in everywhere - {grains[0]})),
        other_windows=tuple(sorted(name for name in windows if name != chosen)),
    )


def _days(name: str) -> int:
    return int(name) if name.isdigit() else 0


def ad_spend_line(window: Window, days: Days) -> Floats | None:
    """Lay the shop's ad spend over the days, (n_days,), NaN where nothing is known.

    Spend does not depend on the attribution window, so any window will do; a day that the widest
    grain lacks is taken from the next, and from the shop's own report when no ads export has it.

    Returns:
        None when no table carries spend.
    """
    line = np.full(len(days), np.nan)
    shop = window.tables.get("shop_daily")
    if shop is not None:
        own = shop.assign(shop_report_ad_spend=daily(METRICS["shop_report_ad_spend"], shop))
        line = by_day(own, "shop_report_ad_spend", days)
    frame = window.tables.get("ad_daily")
    if frame is not None and Col.AD_SPEND in frame:
        for grain in reversed(GRAINS):
            exported = _grain_spend(frame[frame[Col.GRAIN] == grain], days)
            line = np.where(np.isnan(exported), line, exported)
    return None if np.isnan(line).all() else line


def _grain_spend(rows: pd.DataFrame, days: Days) -> Floats:
    spend = np.full(len(days), np.nan)
    for _, mine in rows.groupby(Col.WINDOW):
        where = positions(mine, days.first)
        inside = (where >= 0) & (where < len(days))
        cost = mine[Col.AD_SPEND].to_numpy(dtype=np.float64)[inside]
        total: Floats = np.bincount(where[inside], weights=cost, minlength=len(days)).astype(float)
        total[np.bincount(where[inside], minlength=len(days)) == 0] = np.nan
        spend = np.fmax(spend, total)
    return spend
