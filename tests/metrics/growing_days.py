"""Simulated days whose attributed sales grow: the truth, and what downloads saw of it."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd


def grown(
    rng: np.random.Generator, *, days: int, orders: float, window: int, shared: float = 0.0
) -> np.ndarray:
    """Draw what each day's attributed amount is at every age, (days, window + 1), final last.

    Orders are Poisson around a level that moves by 30 % from day to day; each comes after a lag
    that is geometric on average and differs a little by day; each is worth a lognormal amount.
    ``shared`` is the noise of the calendar day on which orders come, common to all days waiting.
    """
    odds = 0.72 ** np.arange(window + 1)
    level = orders * np.exp(rng.normal(0, 0.3, days))
    mood = np.exp(rng.normal(0, 0.15, (days, window + 1)))
    bought_on = np.arange(days)[:, None] + np.arange(window + 1)
    common = np.exp(rng.normal(0, shared, days + window + 1))[bought_on]
    by_lag = rng.poisson(level[:, None] * odds / odds.sum() * mood * common)
    amounts = rng.lognormal(4.0, 0.8, by_lag.sum())
    cells = np.repeat(np.arange(by_lag.size), by_lag.ravel())
    sums = np.bincount(cells, weights=amounts, minlength=by_lag.size).reshape(by_lag.shape)
    return np.cumsum(sums, axis=1)


def versions(
    truth: np.ndarray, first: date, column: str = "attributed_amount", **keys: str
) -> pd.DataFrame:
    """List what daily downloads saw, the last one on the morning after the last day."""
    days, ages = truth.shape
    rows = [
        (day, age, truth[day, min(age, ages) - 1])
        for day in range(days)
        for age in range(1, days - day + 1)
    ]
    return pd.DataFrame(
        {
            "date": pd.to_datetime([first + timedelta(days=day) for day, _, _ in rows]),
            "age": [age for _, age, _ in rows],
            **keys,
            column: [value for _, _, value in rows],
        }
    )
