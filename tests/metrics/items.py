"""One item's days for tests: prices jitter with coupons and SKUs, conversion with its counts."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd

from storeops.facts import Window
from storeops.fields import Col

LAST = date(2025, 4, 24)


def item_rows(
    item: str,
    *,
    seed: int = 1,
    n_days: int = 40,
    jitter: float = 0.02,
    buyers: float = 60.0,
    steps: dict[int, tuple[float, float]] | None = None,
) -> pd.DataFrame:
    """Draw an item; ``steps`` maps days before the last to factors of price and conversion.

    A step holds from that day on, so {1: (1.1, 0.7)} means the last two days.
    """
    rng = np.random.default_rng(seed)
    day = np.arange(n_days)
    prices = 100.0 * np.exp(rng.normal(0, jitter, n_days))
    rates = np.full(n_days, 0.04)
    for back, (price_factor, rate_factor) in (steps or {}).items():
        prices = np.where(day >= n_days - 1 - back, prices * price_factor, prices)
        rates = np.where(day >= n_days - 1 - back, rates * rate_factor, rates)
    visitors = rng.poisson(buyers / 0.04, n_days)
    paid = rng.binomial(visitors, rates)
    units = np.maximum(np.round(paid * 1.2), 0)
    return pd.DataFrame(
        {
            Col.DATE.value: pd.date_range(end=pd.Timestamp(LAST), periods=n_days, unit="s"),
            Col.ITEM_ID.value: item,
            Col.ITEM_TITLE.value: f"title of {item}",
            Col.ITEM_STATUS.value: "online",
            Col.VISITORS.value: visitors.astype(float),
            Col.PAID_BUYERS.value: paid.astype(float),
            Col.PAID_UNITS.value: units,
            Col.PAID_AMOUNT.value: np.round(units * prices, 2),
        }
    )


def item_window(*items: pd.DataFrame, last: date = LAST) -> Window:
    """Put items into one window."""
    frame = pd.concat(items, ignore_index=True).sort_values([Col.DATE.value, Col.ITEM_ID.value])
    frame = frame[frame[Col.DATE] <= pd.Timestamp(last)]
    first = frame[Col.DATE].min().date()
    return Window("test", first, last, {"item_daily": frame.reset_index(drop=True)})


def ago(days: int) -> date:
    """Give the day so many days before the last."""
    return LAST - timedelta(days=days)
