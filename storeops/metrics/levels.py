"""Levels that wander: what of a series could be foreseen, and how much it scatters and strays.

For each look only the days before it count; both variances are learned from how far 7-day means of
the series' own past lie apart, next to each other and four weeks apart, the walk pooled over the
series of a shop. The last three weeks, which may be a trend, teach neither.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from storeops.metrics.panel import Bools, Floats, Ints

WEEK = 7
_SPAN, _LAG = 7, 28
_CLIP = 3.0
_WEEKDAY_DAYS = 2.0
_SMOOTH = 15
_UNSEEN, _SEEN, EVERY = 21, 321, 6
"""The last normal days, which may be the trend itself, do not teach how far a shop wanders, nor do
those that are long past; every sixth day is enough, as weeks overlap."""
PAST = np.arange(_UNSEEN, _SEEN, EVERY)[None]
_MEDIAN_OF_SQUARE = 0.455
"""Median of the square of a standard normal."""
_MEAN_NOISE = 1.4
"""What the day-to-day correlation of real shops adds to the variance of a mean of days."""
_LEAST_NOISE = 0.04**2
_WALK, _WALK_DAYS = 0.007**2, 60.0
"""Variance a day of the level's walk before anything is known, and the days it is worth."""
_OWN_DAYS = 60.0
"""Days the shop's pooled walk is worth against that of the series alone."""
_NOISE_BLOCKS = 6.0
_MEMORY = 14.0
"""Normal days beyond which the past of a level says little, however steady it seems."""


@dataclass(frozen=True, slots=True)
class Series:
    """Series to look at, (n_series, n_days), NaN where a day was not observed.

    ``exposure`` is what the counts are held against, day by day: visitors for a rate, the whole
    shop for an item, the peers for a shop. ``noise`` (n_series,) multiplies the noise of a Poisson
    count, ``size`` (n_series,) is the least relative change worth telling of.
    """

    counts: Floats
    noise: Floats
    size: Floats
    exposure: Floats | None = None


@dataclass(frozen=True, slots=True)
class Days:
    """Which days are normal, and their effective weekdays, (n_days,) each."""

    is_normal: Bools
    weekday: Ints


@dataclass(frozen=True, slots=True)
class Ground:
    """Normal days only: ``raw`` without weekday, ``y`` with outliers drawn in, (n_series, n_looks).

    ``noise`` (n_series,) is the variance of a day, ``factor`` (n_series, n_looks) the weekday's.
    """

    days: Ints
    raw: Floats
    y: Floats
    factor: Floats
    noise: Floats


@dataclass(frozen=True, slots=True)
class White:
    """What could not be foreseen, (n_series, n_looks): 0 where a day was not observed.

    ``weight`` is one over its variance, 0 there; ``gain`` the share by which the day moves the
    level; ``level`` what was foreseen; ``seen`` the days behind it.
    """

    error: Floats
    weight: Floats
    gain: Floats
    level: Floats
    seen: Floats


def lay_out(series: Series, days: Days) -> Ground:
    """Take the normal days, the weekday off them, and outliers of the neighbourhood in."""
    where = np.flatnonzero(days.is_normal)
    y = _log(series)[:, where]
    weekday = days.weekday[where]
    factors = np.zeros((len(y), WEEK))
    apart = y - _smooth(y)
    for day in range(WEEK):
        mine = apart[:, weekday == day]
        n = (~np.isnan(mine)).sum(axis=1)
        shrunk = median(mine) * n / (n + _WEEKDAY_DAYS)
        factors[:, day] = np.where(n > 0, shrunk, 0.0)
    factor = factors[:, weekday]
    y = y - factor
    level = _smooth(y)
    apart = y - level
    noise = (1.4826 * median(np.abs(apart))) ** 2 * (_SMOOTH / (_SMOOTH - 1))
    counting = series.noise / np.maximum(np.exp(median(_events(series)[:, where])), 0.5)
    least = _LEAST_NOISE + np.where(np.isnan(counting), 0.0, counting)
    noise = np.where(np.isnan(noise), least, np.maximum(noise, least))
    reach = _CLIP * np.sqrt(noise)[:, None]
    return Ground(where, y, level + apart.clip(-reach, reach), factor, noise)


def whiten(ground: Ground) -> White:
    """Run the filter of a wandering level with noise over all days.

    A day counts for three standard deviations at most, as far as was known then: what is said of
    a look does not change with later days.
    """
    noise, walk = _wander(ground)
    y = ground.raw
    gaps = np.diff(ground.days, prepend=ground.days[:1]).astype(np.float64)
    error, weight, gain, level, seen = (np.zeros(y.shape) for _ in range(5))
    at, variance = np.full(len(y), np.nan), np.zeros(len(y))
    count = np.zeros(len(y))
    for day in range(y.shape[1]):
        variance = variance + walk[:, day] * gaps[day]
        known = ~np.isnan(y[:, day])
        is_first = known & np.isnan(at)
        told = known & ~is_first
        total = variance + noise[:, day]
        level[:, day], seen[:, day] = at, count
        reach = _CLIP * np.sqrt(total)
        error[told, day] = np.clip(y[:, day] - at, -reach, reach)[told]
        weight[told, day] = 1 / total[told]
        gain[told, day] = (variance / total)[told]
        at = np.where(is_first, y[:, day], at + gain[:, day] * error[:, day])
        variance = np.where(is_first, noise[:, day], variance * (1 - gain[:, day]))
        count = count + known
    return White(error, weight, gain, level, seen)


def _log(series: Series) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        y: Floats = np.log(series.counts + 0.5)
        if series.exposure is not None:
            y = y - np.log(np.where(series.exposure > 0, series.exposure, np.nan))
    return y


def _events(series: Series) -> Floats:
    events: Floats = np.log(series.counts + 0.5)
    return events


def _smooth(y: Floats) -> Floats:
    """Give the running median of the days around each, NaN where there is none."""
    half = _SMOOTH // 2
    padded = np.pad(y, ((0, 0), (half, half)), constant_values=np.nan)
    return median(np.lib.stride_tricks.sliding_window_view(padded, _SMOOTH, axis=1))


def median(values: Floats) -> Floats:
    """Median of what is known along the last axis; NaN where nothing is."""
    if not values.shape[-1]:
        return np.full(values.shape[:-1], np.nan)
    n = (~np.isnan(values)).sum(axis=-1)
    ordered = np.sort(values, axis=-1)
    low = np.take_along_axis(ordered, ((n - 1).clip(min=0) // 2)[..., None], axis=-1)
    high = np.take_along_axis(ordered, (n // 2).clip(max=values.shape[-1] - 1)[..., None], axis=-1)
    middle: Floats = (low + high)[..., 0] / 2
    return np.where(n > 0, middle, np.nan)


def means(values: Floats, first: int, last: int, least: int) -> Floats:
    """Mean of the days ``last`` to ``first`` back of every day; NaN where fewer than ``least``."""
    n_days = values.shape[1]
    known = ~np.isnan(values)
    edge = np.arange(n_days)
    above, below = (edge + 1 - first).clip(min=0), (edge + 1 - last).clip(min=0)
    total = _since_start(np.where(known, values, 0.0))
    count = _since_start(known.astype(np.float64))
    n = count[:, above] - count[:, below]
    with np.errstate(invalid="ignore", divide="ignore"):
        mean: Floats = (total[:, above] - total[:, below]) / n
    return np.where(n >= least, mean, np.nan)


def _since_start(values: Floats) -> Floats:
    return np.pad(np.cumsum(values, axis=1), ((0, 0), (1, 0)))


def _wander(ground: Ground) -> tuple[Floats, Floats]:
    """Learn the noise of a day in a mean, and the walk of the level a day, as variances.

    Both by every look from the days more than three weeks before it, (n_series, n_looks).
    """
    weeks = means(ground.y, 0, _SPAN, _SPAN - 1)
    days = means(ground.days[None].astype(np.float64), 0, _SPAN, _SPAN)
    near, near_days, n_near = _apart(weeks, days, _SPAN)
    far, far_days, n_far = _apart(weeks, days, _LAG)
    with np.errstate(invalid="ignore", divide="ignore"):
        own = np.where(n_far > 0, (far - near) / (far_days - near_days), 0.0)
    pooled = _pooled(own, n_far)
    weight = n_far / (n_far + _OWN_DAYS)
    walk = np.maximum(weight * own + (1 - weight) * pooled, pooled / 4)
    prior = (ground.noise * _MEAN_NOISE)[:, None]
    blocks = n_near / _SPAN
    week = (near - walk * (near_days - _SPAN / 3)) * (_SPAN / 2)
    mean_noise = (blocks * np.where(blocks > 0, week, 0.0) + _NOISE_BLOCKS * prior) / (
        blocks + _NOISE_BLOCKS
    )
    mean_noise = np.maximum(mean_noise, prior / _MEAN_NOISE)
    return mean_noise, np.maximum(walk, mean_noise / _MEMORY**2)


def _pooled(own: Floats, n: Floats) -> Floats:
    """Pool the walk over the series, outliers drawn in, and shrink it towards the usual one.

    Series of one shop say partly the same, so they count by the root of their number.
    """
    known = np.where(n > 0, own, np.nan)
    middle = median(known.T)
    reach = 3 * np.maximum(middle, _WALK)
    drawn = np.where(n > 0, np.clip(own, -reach, reach), 0.0)
    count = (n > 0).sum(axis=0)
    pooled = np.maximum(drawn.sum(axis=0) / np.maximum(count, 1), 0.0)
    days = n.max(axis=0, initial=0) * np.sqrt(count)
    walk: Floats = (days * pooled + _WALK_DAYS * _WALK) / (days + _WALK_DAYS)
    return walk


def _apart(weeks: Floats, days: Floats, lag: int) -> tuple[Floats, Floats, Floats]:
    """Mean square of the differences of 7-day means up to each look, the days between, how many.

    Read off the median, so that a change in the past is not taken for wandering; from the days
    more than three weeks and less than five months before the look.
    """
    square = np.full(weeks.shape, np.nan)
    square[:, lag:] = (weeks[:, lag:] - weeks[:, :-lag]) ** 2
    between = np.full(days.shape, np.nan)
    between[:, lag:] = days[:, lag:] - days[:, :-lag]
    past = np.arange(weeks.shape[1])[:, None] - PAST
    is_there = past >= lag
    past = past.clip(min=0)
    found = np.where(is_there, square[:, past], np.nan)
    apart = median(np.where(is_there, between[:, past], np.nan))
    n = (~np.isnan(found)).sum(axis=-1) * float(EVERY)
    mean = np.where(n > 0, median(found) / _MEDIAN_OF_SQUARE, 0.0)
    return mean, np.where(np.isnan(apart), float(lag), apart), n
