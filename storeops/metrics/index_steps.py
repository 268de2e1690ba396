"""A lasting step of an index: the last 7 days beside the 35 before, both robust (STATISTICS 9).

The scale is that of the same statistic in this index's own past, so that its habit of wandering
does not read as a step.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from storeops.fields import Col

INDEXES = frozenset(
    {
        Col.TRADE_INDEX, Col.TRAFFIC_INDEX, Col.AUDIENCE_INDEX, Col.CONVERSION_INDEX,
        Col.SEARCH_POPULARITY, Col.CART_POPULARITY, Col.WISHLIST_POPULARITY,
    }
)  # fmt: skip
RECENT, EARLIER = 7, 35
_WEEK = 7
_LEAST_RECENT, _LEAST_EARLIER, _LEAST_PAST = 5, 21, 14
LIMIT = 3.5
"""Robust deviations; 1 % of quiet days exceed it on simulated indexes (benchmarks)."""
_LEAST_SCALE = 0.02
_MAD_TO_SD = 1.4826

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class IndexStep:
    """A step: typical index before and after, and its distance in robust deviations."""

    day: date
    since: date
    old: float
    new: float
    z: float


def index_step(days: Sequence[date], values: Sequence[float]) -> IndexStep | None:
    """Tell whether the last week stands clearly off the five weeks before.

    Args:
        days: Days of the looks, ascending; missing days are gaps.
        values: Index of each, above 0.

    Returns:
        The step, None when there is none or too little to tell it by.
    """
    if len(days) < _LEAST_RECENT + _LEAST_EARLIER + _LEAST_PAST:
        return None
    first = days[0].toordinal()
    line = np.full(days[-1].toordinal() - first + 1, np.nan)
    line[[day.toordinal() - first for day in days]] = np.log(np.maximum(values, 1e-9))
    z, old, new = step_scores(line[None, :])
    if np.isnan(z[0]) or abs(z[0]) < LIMIT:
        return None
    since = days[-1].fromordinal(days[-1].toordinal() - RECENT)
    return IndexStep(days[-1], since, float(np.exp(old[0])), float(np.exp(new[0])), float(z[0]))


def step_scores(logs: Floats) -> tuple[Floats, Floats, Floats]:
    """Score the last day of many indexes at once.

    Args:
        logs: Log indexes, (n_series, n_days), NaN for gaps.

    Returns:
        Robust score, old level and new level, (n_series,) each; NaN where too little is known.
    """
    plain = _deseasonalised(logs)
    ends = range(plain.shape[1], _LEAST_EARLIER + _LEAST_RECENT, -1)
    steps = np.stack([_step(plain, end)[0] for end in ends], axis=1)
    past = steps[:, RECENT:]
    known = (~np.isnan(past)).sum(axis=1) >= _LEAST_PAST
    with np.errstate(all="ignore"):
        middle = _median(past)
        spread = _MAD_TO_SD * _median(np.abs(past - middle[:, None]))
    scale = np.maximum(spread, _LEAST_SCALE)
    step, old, new = _step(plain, plain.shape[1])
    return np.where(known, step / scale, np.nan), old, new


def _step(plain: Floats, end: int) -> tuple[Floats, Floats, Floats]:
    recent = plain[:, max(end - RECENT, 0) : end]
    earlier = plain[:, max(end - RECENT - EARLIER, 0) : max(end - RECENT, 0)]
    new, old = _median(recent, _LEAST_RECENT), _median(earlier, _LEAST_EARLIER)
    return new - old, old, new


def _median(values: Floats, least: int = 1) -> Floats:
    enough = (~np.isnan(values)).sum(axis=1) >= least
    out = np.full(len(values), np.nan)
    if enough.any():
        out[enough] = np.nanmedian(values[enough], axis=1)
    return out


def _deseasonalised(logs: Floats) -> Floats:
    """Take the weekday's usual distance from its week's median off every day."""
    plain = logs.copy()
    n = logs.shape[1]
    level = np.stack(
        [_median(logs[:, max(at - 3, 0) : at + 4], _LEAST_RECENT) for at in range(n)], axis=1
    )
    for weekday in range(_WEEK):
        off = _median((logs - level)[:, weekday::_WEEK], 3)
        plain[:, weekday::_WEEK] -= np.where(np.isnan(off), 0.0, off)[:, None]
    return plain
