"""Which days a report looks at: the window of a shop, with what changed and what still grows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

import pandas as pd

from storeops.facts import AD_DAILY, MARKET_RANK, RIVAL_DAILY, SHOP_DAILY, SHOP_PERIOD, Window
from storeops.fields import Col
from storeops.history import History
from storeops.metrics.completeness import last_complete_day
from storeops.metrics.definitions import used_columns
from storeops.metrics.spend import one_grain

RESTATED_DAYS = 60
GROWING_DAYS = 120
_LOOKED_AT = (RIVAL_DAILY.name, MARKET_RANK.name)
"""Facts whose looks need not wait for the shop's own figures."""
"""Days whose versions tell how a figure grows."""
_TOLD = {
    SHOP_DAILY.name: (
        Col.PAID_AMOUNT, Col.VISITORS, Col.PAID_BUYERS, Col.REFUNDED_AMOUNT,
    )
}  # fmt: skip
"""Figures whose restatement a report tells; ``storeops history --restated`` lists them all."""


def read_window(record: History, shop: str, asked: date | None) -> Window:
    """Read the window that ends on the day asked for, else on the last complete day.

    Restatements are told once: those the last import brought.
    """
    last = newest_day(record, shop)
    window = window_of(record, shop, asked or last)
    if asked is None:
        day = _last_complete(window)
        if day is not None and day != window.day:
            window = window_of(record, shop, day)
        window = _with_later_looks(record, window, last)
    first = window.day - timedelta(days=RESTATED_DAYS)
    restated = record.restatements(
        shop, first=first, last=window.day, since=record.last_import(shop), only=_TOLD
    )
    return replace(window, restated=restated, versions=_versions(record, window))


def newest_day(record: History, shop: str) -> date:
    """Give the last day a shop has rows of; an export of a whole week counts only on its own."""
    last = record.last_days(shop)
    days = [day for fact, day in last.items() if fact != SHOP_PERIOD.name]
    return max(days or last.values())


def _with_later_looks(record: History, window: Window, last: date) -> Window:
    """Add what was seen of rivals after the shop's last day: this morning's look is of today."""
    if last <= window.day:
        return window
    later = window_of(record, window.shop, last).tables
    seen = {fact: later[fact] for fact in _LOOKED_AT if fact in later}
    return replace(window, tables={**window.tables, **seen})


def window_of(record: History, shop: str, day: date) -> Window:
    """Read the columns that formulas use, of the days up to and including one."""
    return record.window(shop, day, only=used_columns())


def _last_complete(window: Window) -> date | None:
    frame = window.tables.get(SHOP_DAILY.name)
    return None if frame is None else last_complete_day(frame)


def _versions(record: History, window: Window) -> Mapping[str, pd.DataFrame]:
    """Read what grows after its day at every age: attributed sales, refunds by payment day."""
    days = (window.day - timedelta(days=GROWING_DAYS - 1), window.day)
    refunds = record.versions(
        window.shop, SHOP_DAILY.name, (Col.REFUNDED_AMOUNT_BY_PAYMENT,), days=days, given={}
    )
    found = {SHOP_DAILY.name: refunds}
    chosen = one_grain(window)
    if chosen is not None:
        found[AD_DAILY.name] = record.versions(
            window.shop,
            AD_DAILY.name,
            (Col.ATTRIBUTED_AMOUNT, Col.ATTRIBUTED_ORDERS),
            days=days,
            given={Col.GRAIN: chosen.grain, Col.WINDOW: chosen.window},
        )
    return {fact: frame for fact, frame in found.items() if len(frame)}
