"""Simulated shops for tests of the metrics: numpy, seeded, with dates where nothing happens."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd

from storeops.facts import Window
from storeops.fields import Col

QUIET_DAY = date(2025, 4, 24)
"""A Thursday far from promotions; the weeks before it are mostly normal."""
WEEKDAYS = np.array([1.0, 0.98, 0.97, 1.0, 1.02, 1.10, 1.08])


def quiet_shop(
    rng: np.random.Generator,
    *,
    buyers: float,
    noise: float,
    last: date = QUIET_DAY,
    n_days: int = 150,
) -> pd.DataFrame:
    """Draw one shop's days: level x weekday x lognormal noise, counts Poisson, money lognormal.

    The day noise is shared between visitors and conversion; every buyer pays a lognormal amount
    around 100 yuan (relative spread 0.8).
    """
    stamps = pd.date_range(end=pd.Timestamp(last), periods=n_days, unit="s")
    factor = WEEKDAYS[stamps.day_of_week]
    share = np.sqrt(rng.uniform(0.3, 0.7))
    visits = buyers / 0.03 * factor * np.exp(rng.normal(0, noise * share, n_days))
    visitors = rng.poisson(visits)
    rate = 0.03 * np.exp(rng.normal(0, noise * np.sqrt(1 - share**2), n_days))
    payers = rng.poisson(visitors * rate)
    cv2 = 0.64
    sigma = np.sqrt(np.log1p(cv2 / np.maximum(payers, 1)))
    amount = payers * 100.0 * np.exp(rng.normal(0, sigma) - sigma**2 / 2)
    refunds = rng.poisson(np.convolve(payers, np.full(7, 0.15 / 7))[:n_days] + 0.02)
    spend = amount.mean() * 0.12 * np.exp(rng.normal(0, 0.1, n_days))
    return pd.DataFrame(
        {
            Col.DATE.value: stamps,
            Col.VISITORS.value: visitors.astype(float),
            Col.PAID_BUYERS.value: payers.astype(float),
            Col.PAID_AMOUNT.value: amount.round(2),
            Col.REFUNDED_AMOUNT.value: refunds * 90.0,
            Col.KEYWORD_AD_SPEND.value: spend.round(2),
        }
    )


def window(shop_daily: pd.DataFrame, **tables: pd.DataFrame) -> Window:
    """Wrap frames as the window of a shop whose last day is the frame's last."""
    stamps = shop_daily[Col.DATE]
    return Window(
        shop="test",
        first_day=stamps.min().date(),
        day=stamps.max().date(),
        tables={"shop_daily": shop_daily, **tables},
    )


def days_before(last: date, n: int) -> list[date]:
    """List n days ending with ``last``, oldest first."""
    return [last - timedelta(days=back) for back in range(n - 1, -1, -1)]


def long_rows(
    rng: np.random.Generator,
    shop_daily: pd.DataFrame,
    key: str,
    names: list[str],
    **constants: str,
) -> pd.DataFrame:
    """Share a shop's days out to members of falling weight; their sums equal the shop's."""
    weights = 1 / np.arange(1, len(names) + 1)
    weights = weights / weights.sum()
    parts = []
    columns = {Col.VISITORS.value: 1.2, Col.PAID_BUYERS.value: 1.0, Col.PAID_AMOUNT.value: 1.0}
    draws = {
        column: rng.multinomial((shop_daily[column].to_numpy() * factor).astype(int), weights)
        for column, factor in columns.items()
    }
    for index, name in enumerate(names):
        part = pd.DataFrame({Col.DATE.value: shop_daily[Col.DATE]})
        part[key] = name
        for column, draw in draws.items():
            part[column] = draw[:, index].astype(float)
        parts.append(part.assign(**constants))
    return pd.concat(parts, ignore_index=True).sort_values([Col.DATE.value, key])


def ad_rows(
    rng: np.random.Generator, shop_daily: pd.DataFrame, *, grain: str, window: str
) -> pd.DataFrame:
    """Draw two scenes' ads: clicks at 1.2 yuan, 4 % of them order for 100 yuan."""
    parts = []
    for scene_id, scene, share in (("371", "search", 0.7), ("372", "display", 0.3)):
        clicks = rng.poisson(shop_daily[Col.KEYWORD_AD_SPEND].to_numpy() * share / 1.2)
        orders = rng.binomial(clicks, 0.04)
        part = pd.DataFrame({Col.DATE.value: shop_daily[Col.DATE]})
        part = part.assign(
            grain=grain, window=window, scene_id=scene_id, scene=scene, plan_id="", unit_id="",
            subject_id="", impressions=clicks * 25.0, clicks=clicks.astype(float),
            ad_spend=clicks * 1.2, attributed_amount=orders * 100.0,
            attributed_orders=orders.astype(float),
        )  # fmt: skip
        parts.append(part)
    return pd.concat(parts, ignore_index=True).sort_values([Col.DATE.value, "scene_id"])
