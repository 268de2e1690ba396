"""What figures that still grow will come to: attributed sales and refunds of recent days.

A click of yesterday may order for another fifteen days, so a fresh return always reads low. How
much of the final value is there at which age is learned from this shop's own past days: those
downloaded young and downloaded again when they were done.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from storeops.facts import UNKNOWN_WINDOW
from storeops.fields import Col
from storeops.metrics.definitions import quotient
from storeops.metrics.growing import Expected
from storeops.metrics.panel import Floats, Ints, positions

AGE = "age"
"""Column of the versions: 1 on the morning after the day."""
LEAST_COHORTS = 5
"""Past days, seen at an age and seen done, that a forecast at that age needs."""
LEAST_MORNINGS = 7
"""Past mornings that a forecast of a whole week needs; so many of them are one independent look."""
BULK_DAYS = 3
"""Days after which the bulk of attributed orders has come, whatever the window (DOMAIN 3)."""
UNKNOWN_DAYS = 15
"""The console's usual window, supposed where nobody told it: too long is on the safe side."""
REFUND_DAYS = 20
"""Seven days to return, a parcel and an inspection (DOMAIN 3: 15 to 20 days)."""

_Z90 = 1.6449
_SD_SHARE = 0.85
_LEAST_WEEKS = 3.0
_LEAST_SPREAD = 0.005
_MEDIAN_VARIANCE = math.pi / 2
"""Variance of a median over that of a mean, for normal errors."""


@dataclass(frozen=True, slots=True)
class Cohorts:
    """Days by age: ``by_age[d, a - 1]`` is what day ``first + d`` read like at age ``a``.

    NaN where the day was not downloaded at that age. ``final`` is the newest value at an age at
    which the figure no longer grows, (n_days,); ``latest`` the newest at all and ``age`` its age
    (0 where there is none).
    """

    first: date
    by_age: Floats
    final: Floats
    latest: Floats
    age: Ints


@dataclass(frozen=True, slots=True)
class Growth:
    """A learned growth curve, by age from 1; NaN where too few past days tell.

    ``log_share`` is the median of log(value at the age / final value), ``spread`` the standard
    deviation of that logarithm, ``typical`` the median value at the age, in yuan or orders, and
    ``cohorts`` counts the past days it is learned from.
    """

    log_share: Floats
    spread: Floats
    typical: Floats
    cohorts: Ints


def mature_age(window: str) -> int:
    """Give the age from which orders of an attribution window are all in.

    Args:
        window: Days as stored ("15"), or unknown.
    """
    if window == UNKNOWN_WINDOW or not window.isdigit():
        return UNKNOWN_DAYS + 1
    return max(BULK_DAYS, int(window)) + 1


def cohorts(versions: pd.DataFrame, column: str, done_at: int) -> Cohorts:
    """Lay the versions of one column out by day and age.

    Args:
        versions: One row per day and age, (n_versions, >= 3), ages of a day ascending; NaN where
            the export had no value.
        column: The figure.
        done_at: The age from which it no longer grows.
    """
    rows = versions[versions[column].notna() & (versions[AGE] >= 1)]
    if rows.empty:
        nothing = np.empty(0)
        return Cohorts(date.min, np.empty((0, done_at - 1)), nothing, nothing, np.empty(0, np.intp))
    first = rows[Col.DATE].min().date()
    where, ages = positions(rows, first), rows[AGE].to_numpy(dtype=np.intp)
    read = rows[column].to_numpy(dtype=np.float64)
    n_days = int(where.max()) + 1
    values = np.full((n_days, done_at - 1), np.nan)
    young = ages < done_at
    values[where[young], ages[young] - 1] = read[young]
    final, latest = np.full(n_days, np.nan), np.full(n_days, np.nan)
    final[where[~young]] = read[~young]
    latest[where] = read
    age = np.zeros(n_days, dtype=np.intp)
    age[where] = ages
    return Cohorts(first, values, final, latest, age)


def learn(past: Cohorts) -> Growth:
    """Learn a growth curve: log-median and spread of the share that is there at each age.

    The spread is the larger of 1.48 MAD and 0.85 standard deviations: one odd day does not widen
    it much, and few days do not make it too narrow.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(past.by_age) - np.log(past.final)[:, None]
    logs[~np.isfinite(logs)] = np.nan
    known = ~np.isnan(logs)
    count = known.sum(axis=0)
    enough = count >= LEAST_COHORTS
    shape = past.by_age.shape[1]
    center, spread, typical = (np.full(shape, np.nan) for _ in range(3))
    if enough.any():
        center[enough], spread[enough] = _center_and_spread(logs[:, enough])
        typical[enough] = np.nanmedian(np.where(known, past.by_age, np.nan)[:, enough], axis=0)
    return Growth(center, spread, typical, count.astype(np.intp))


def expected(growth: Growth, value: float, age: int) -> Expected | None:
    """Forecast the final value of a day from what it reads like now.

    Lognormal: value / share, with a 90 % interval by Student's t from the learned spread; wider
    when few past days tell, and wider for a day smaller than those, whose orders are fewer.

    Returns:
        None where it cannot be told yet: fewer than five past days known at that age, or nothing
        to project.
    """
    if age > len(growth.spread):
        return Expected(value, value, value, None)
    at = age - 1
    if age < 1 or np.isnan(growth.spread[at]) or value <= 0:
        return None
    count = int(growth.cohorts[at])
    reach = _reach(float(growth.spread[at]), count, float(growth.typical[at]), value)
    return _around(value, float(growth.log_share[at]), reach, count)


def expected_in_all(past: Cohorts, days: Ints) -> Expected | None:
    """Forecast what several days come to together, from past mornings that saw as many days.

    Learned from the sums: how much of the same stretch, so many days earlier and at the same
    ages, was there. What is odd about one day and holds for the next, or cancels, is in it.
    Neighbouring mornings see nearly the same days, so they count as independent weeks.

    Args:
        past: The days by age.
        days: Positions of the days to add, each of which was seen.

    Returns:
        None where it cannot be told yet: fewer than seven such mornings.
    """
    if not len(days):
        return None
    rows = days[None, :] - np.arange(1, int(days.min()) + 1)[:, None]
    ages = past.age[days]
    young = ages <= past.by_age.shape[1]
    if not young.any():
        total = float(past.latest[days].sum())
        return Expected(total, total, total, None)
    column = np.minimum(ages, past.by_age.shape[1]) - 1
    now = np.where(young, past.by_age[rows, column], past.final[rows]).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(now) - np.log(past.final[rows].sum(axis=1))
    known = np.isfinite(logs)
    value, count = float(past.latest[days].sum()), int(known.sum())
    if count < LEAST_MORNINGS or value <= 0:
        return None
    center, spread = _center_and_spread(logs[known][:, None])
    weeks = max(_LEAST_WEEKS, count / LEAST_MORNINGS)
    reach = _reach(float(spread[0]), weeks, float(np.median(now[known])), value)
    return _around(value, float(center[0]), reach, count)


def _reach(spread: float, count: float, typical: float, value: float) -> float:
    """Give the half width of the interval on the log scale."""
    fewer = math.sqrt(max(1.0, quotient(typical, value) or 1.0))
    return t_quantile_90(count - 1) * spread * math.sqrt(1 + _MEDIAN_VARIANCE / count) * fewer


def _around(value: float, log_share: float, reach: float, count: int) -> Expected:
    center = math.log(value) - log_share
    return Expected(math.exp(center), math.exp(center - reach), math.exp(center + reach), count)


def _center_and_spread(logs: Floats) -> tuple[Floats, Floats]:
    """Give median and spread of each column, (n, k) to (k,) each; NaN is left out."""
    center = np.nanmedian(logs, axis=0)
    mad = np.nanmedian(np.abs(logs - center), axis=0)
    wide = np.maximum(1.4826 * mad, _SD_SHARE * np.nanstd(logs, axis=0, ddof=1))
    return center, np.maximum(wide, _LEAST_SPREAD)


def t_quantile_90(freedom: float) -> float:
    """Give the two-sided 90 % quantile of Student's t.

    Cornish-Fisher expansion (Abramowitz & Stegun 26.7.5); within 2 % from 2 degrees on, 0.3 %
    from 4 on.
    """
    z, v = _Z90, freedom
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + first / v + second / v**2 + third / v**3
