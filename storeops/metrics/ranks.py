"""Medians and quantiles of many rows with gaps."""

from __future__ import annotations

import numpy as np

from storeops.metrics.panel import Floats, Ints


def median_rows(values: Floats) -> tuple[Floats, Ints]:
    """Median of every row over what is known, and how many values that is."""
    (median,), n = quantile_rows(values, 0.5)
    return median, n


def quantile_rows(values: Floats, *shares: float) -> tuple[tuple[Floats, ...], Ints]:
    """Quantiles of every row over what is known, and how many values that is.

    A row without any value has NaN. (Sorting once is many times faster here than
    ``nanquantile`` on rows with gaps.)
    """
    known = (~np.isnan(values)).sum(axis=1)
    if values.shape[1] == 0:
        return tuple(np.full(len(values), np.nan) for _ in shares), known
    ordered = np.sort(values, axis=1)
    rows, last = np.arange(len(values)), (known - 1).clip(min=0)
    found = []
    for share in shares:
        place = share * last
        lower = place.astype(np.intp)
        low, high = ordered[rows, lower], ordered[rows, np.minimum(lower + 1, last)]
        found.append(np.where(known > 0, low + (high - low) * (place - lower), np.nan))
    return tuple(found), known
