"""What normal days would have brought over a stretch, and how far normal stretches miss it.

A day of the stretch is expected to be what the same weekday was on the last four normal days
before the stretch began (nothing inside the stretch teaches). How far off such an expectation may
be is not computed from the noise of days: it is measured on stretches of the same length before,
each against the days before itself, so that slow wandering counts as much as it really does.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from storeops.metrics.blocks import HALF
from storeops.metrics.choice import LOOK_BACK, MIN_DAYS
from storeops.metrics.definitions import quotient
from storeops.metrics.panel import Bools, Days, Floats, Ints

SAME_WEEKDAYS, LEVEL_DAYS = 4, 28
"""Normal days an expectation is the mean of: of one weekday, or of all where there are too few."""
MOST_STRETCHES = 26
_LEAST_SAME = 2
_LEAST_PART = 0.6
"""Part of a past stretch that must be normal days for it to teach."""
PRIOR_SPREAD, PRIOR_WEIGHT = 0.08, 3.0
"""Spread of a stretch around its expectation before any was seen, and what that is worth."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some days of one stretch: their positions, and the expectation of every line, (n, k)."""

    where: Ints
    expected: Floats


@dataclass(frozen=True, slots=True)
class Distance:
    """How far a sum lies from its expectation.

    ``spread`` is the standard deviation of log(actual / expected), ``freedom`` the degrees of
    freedom of the t that judges it, ``p`` how rarely a normal stretch is as far off.
    """

    z: float
    p: float
    spread: float
    freedom: float

    def limit(self, p: float) -> float:
        """Give the log distance at which a stretch would be as rare as ``p``."""
        return float(-special.stdtrit(self.freedom, p / 2)) * self.spread


def expectation(
    lines: Floats, days: Days, usable: Bools, *, origin: int, where: Ints
) -> Floats | None:
    """Expect of some days what normal days before ``origin`` were.

    Args:
        lines: Daily figures, (n_lines, n_days), NaN where one is not known.
        days: The days.
        usable: Normal and complete days, (n_days,).
        origin: Position of the first day that teaches no more.
        where: Positions of the days to expect something of.

    Returns:
        (n_lines, len(where)); None with fewer than seven normal days in the thirteen weeks before.
    """
    earliest = max(0, origin - LOOK_BACK)
    pool = np.flatnonzero(usable[earliest:origin]) + earliest
    if len(pool) < MIN_DAYS:
        return None
    level = known_mean(lines[:, pool[-LEVEL_DAYS:]])
    expected = np.empty((len(lines), len(where)))
    for weekday in np.unique(days.weekday[where]):
        same = pool[days.weekday[pool] == weekday][-SAME_WEEKDAYS:]
        mean = known_mean(lines[:, same]) if len(same) >= _LEAST_SAME else level
        expected[:, days.weekday[where] == weekday] = mean[:, None]
    return expected


def known_mean(lines: Floats) -> Floats:
    """Average each line over its known days, (n_lines, n_days) to (n_lines,); NaN without any."""
    known = ~np.isnan(lines)
    count = known.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean: Floats = np.where(count > 0, np.nansum(lines, axis=1) / count, np.nan)
    return mean


def past_stretches(
    lines: Floats, days: Days, usable: Bools, *, origin: int, length: int
) -> Iterator[Stretch]:
    """Give the stretches before one, the nearest first, as far as they are normal days."""
    least = max(1, math.ceil(_LEAST_PART * length))
    for n in range(1, MOST_STRETCHES + 1):
        first = origin - n * length
        if first < MIN_DAYS:
            return
        where = np.flatnonzero(usable[first : first + length]) + first
        expected = expectation(lines, days, usable, origin=first, where=where)
        if expected is not None and len(where) >= least:
            yield Stretch(where, expected)


def log_ratio(actual: float, expected: float, unit: float) -> float:
    """Log of actual over expected in events of ``unit``, half an event added to either."""
    return math.log((max(actual, 0.0) / unit + HALF) / (max(expected, 0.0) / unit + HALF))


def distance(moved: float, past: Sequence[float], prior: float) -> Distance:
    """Judge a log distance by those of past stretches, and by a prior where these are few.

    Args:
        moved: log(actual / expected) of the stretch.
        past: The same of earlier stretches that were normal.
        prior: The spread supposed before any was seen.
    """
    freedom = PRIOR_WEIGHT + len(past)
    square = PRIOR_WEIGHT * prior**2 + math.fsum(one**2 for one in past)
    spread = math.sqrt(quotient(square, freedom) or 0.0)
    z = quotient(moved, spread) or 0.0
    return Distance(z, float(2 * special.stdtr(freedom, -abs(z))), spread, freedom)
