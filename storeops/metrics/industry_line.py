"""The industry's own line as a stand-in for peers, where no peers were downloaded."""

from __future__ import annotations

import pandas as pd

from storeops.facts import MARKET_DAILY, PEER_DAILY, Window
from storeops.fields import Col
from storeops.metrics.index_steps import INDEXES

_STANDS_FOR = {
    Col.PAID_AMOUNT: (Col.PAID_AMOUNT, Col.TRADE_INDEX),
    Col.VISITORS: (Col.VISITORS, Col.TRAFFIC_INDEX),
}
"""Figures that may stand for the peers' paid amount or visitors, the better first."""


def peer_line(window: Window, metric: Col) -> tuple[pd.DataFrame, bool] | None:
    """Give the days of the average peer, else of the category with the most days.

    An index is a stand-in for its ratios only: a day's index over another's.

    Returns:
        Frame with ``date`` and ``value``, and whether they are an index; None when there is
        neither.
    """
    frame = window.tables.get(PEER_DAILY.name)
    if frame is not None:
        mine = frame[(frame[Col.METRIC] == metric.value) & (frame[Col.PEER] == "average")]
        if len(mine):
            return mine, False
    frame = window.tables.get(MARKET_DAILY.name)
    if frame is None or Col.VALUE not in frame.columns:
        return None
    for name in _STANDS_FOR.get(metric, ()):
        exact = frame[(frame[Col.METRIC] == name.value) & frame[Col.VALUE].notna()]
        if len(exact):
            days = exact.groupby(Col.CATEGORY.value).size()
            return exact[exact[Col.CATEGORY] == days.idxmax()], name in INDEXES
    return None
