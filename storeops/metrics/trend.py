"""Persistent changes and slow leaks, many series at once (STATISTICS 11.1).

y = log(events + 1/2) - log exposure of the normal days, corrected for the weekday, is taken for a
level that wanders with noise on top (``levels``). A filter takes off what could be foreseen; what
remains is nearly white, and every look correlates it with what a step or a slide that began 5 to
14 normal days ago would have left: generalised least squares over all begins at once. The score is
measured by the scores of the series' own past, because real shops wander in more ways than this.

A trend is told when two looks running agree, stands for four weeks, and is over earlier when half
of it has been made up for.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import special

from storeops.metrics.levels import (
    EVERY,
    PAST,
    WEEK,
    Days,
    Ground,
    Series,
    White,
    lay_out,
    means,
    median,
    whiten,
)
from storeops.metrics.panel import Bools, Floats, Ints

AGES, REACH = (5, 14), 28
"""Normal days a change must have lasted and may have lasted to be told, and those back among which
its begin is looked for once it is told."""
STANDS = 28
"""Normal days after it was told for which a trend stands; then it is the new normal."""
LENGTHS = (0, 14)
"""Normal days a change takes to come about; 0 is a step."""
LEAST_DAYS = 42
"""Normal days a series needs before it is looked at."""
SIZE, RATE_SIZE = 0.10, 0.08
"""Least change worth telling of, of counts and of rates."""
FREEDOM = 12.0
"""Degrees of freedom of the t: the variance is learned from a few months."""
LOOKS = 6.0
"""Independent begins and forms on every look: p is so many times that of the best."""
_USUAL_LOOK, _WIDTH_LOOKS = 1.4, 60.0
"""Median |z| of looks at series that do as assumed, and the looks which that is worth; a series
whose past looks were wider is measured by them."""
_BACK = 0.5
"""A trend is over when the last week has made up for so much of it."""
_WIDTHS = (0.8, 3.0)
_SETTLES = 14
"""Normal days after it was told in which the begin of a trend is still made more exact."""


@dataclass(frozen=True, slots=True)
class Looks:
    """Every normal day's look, (n_series, n_looks); NaN where nothing can be said.

    ``days`` (n_looks,) are positions of the days. ``size`` is the log change by the window with
    the largest |z|, ``scale`` its standard deviation. ``told`` is 0 where no trend stands, else
    the sign of the one that does; ``is_new`` marks the look at which it was first told.
    """

    days: Ints
    size: Floats
    z: Floats
    p: Floats
    scale: Floats
    told: Ints
    is_new: Bools


@dataclass(frozen=True, slots=True)
class Trends:
    """Every series on the last day, (n_series,).

    ``begin`` is the position of the first changed day and ``since`` that on which the trend was
    first told, -1 without one; ``level`` the log level before it on the scale of the weekday-free
    series; ``size`` the log change from there to the last week. ``lost`` is the sum of actual less
    expected events over the normal days since it began, ``days`` their number. ``visible`` is the
    smallest lasting relative fall the series could show.
    """

    is_trend: Bools
    is_new: Bools
    is_step: Bools
    begin: Ints
    since: Ints
    size: Floats
    level: Floats
    lost: Floats
    days: Ints
    z: Floats
    p: Floats
    visible: Floats


def find_trends(series: Series, days: Days, p: Floats) -> Trends:
    """Say of every series whether a lasting change stands on the last day, and since when.

    Args:
        series: The series, (n_series, n_days).
        days: The same days.
        p: How rare a look must be, (n_series,).
    """
    if days.is_normal.sum() < LEAST_DAYS:
        return _nothing(len(series.counts))
    ground = lay_out(series, days)
    looks = _look(series, ground, p)
    stands = looks.told[:, -1] != 0
    since = np.where(stands, _last_true(looks.is_new), -1)
    fit = _fit(ground, looks, since)
    is_today = bool(days.is_normal[-1])
    limit = -special.stdtrit(FREEDOM, p / (2 * LOOKS)) * looks.scale[:, -1]
    return Trends(
        is_trend=stands,
        is_new=stands & looks.is_new[:, -1] & is_today,
        is_step=fit.is_step,
        begin=np.where(stands, ground.days[fit.begin], -1),
        since=np.where(stands, ground.days[since], -1),
        size=fit.size,
        level=fit.level,
        lost=_lost(series, ground, fit),
        days=np.where(stands, len(ground.days) - fit.begin, 0),
        z=looks.z[:, -1],
        p=looks.p[:, -1],
        visible=np.maximum(-np.expm1(-limit), series.size),
    )


def look(series: Series, days: Days, p: Floats) -> Looks:
    """Look at every series on every normal day, each by the days up to it."""
    return _look(series, lay_out(series, days), p)


@dataclass(frozen=True, slots=True)
class _Fit:
    begin: Ints
    is_step: Bools
    level: Floats
    size: Floats


def _look(series: Series, ground: Ground, p: Floats) -> Looks:
    white = whiten(ground)
    best = _widened(_match(white, AGES))
    rarity = np.minimum(2 * LOOKS * special.stdtr(FREEDOM, -np.abs(best.z)), 1.0)
    weeks = means(ground.y, 0, WEEK, 3)
    told, is_new = _told(best, white.level, weeks, _says(best, rarity <= p[:, None], series.size))
    return Looks(
        days=ground.days, size=best.size, z=best.z, p=rarity, scale=best.scale,
        told=told, is_new=is_new,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Best:
    """The begin and form that fit each look best, (n_series, n_looks)."""

    size: Floats
    z: Floats
    scale: Floats
    age: Ints
    length: Ints


def _match(white: White, ages: tuple[int, int]) -> _Best:
    """Correlate with steps and slides of every begin; age by age, all begins side by side."""
    shape = white.error.shape
    size, z, scale = (np.full(shape, np.nan) for _ in range(3))
    age, length = (np.zeros(shape, dtype=np.intp) for _ in range(2))
    enough = white.seen >= LEAST_DAYS - 1
    for takes in LENGTHS:
        foreseen, hit, power = (np.zeros(shape) for _ in range(3))
        for old in range(1, min(ages[1], shape[1]) + 1):
            upto, now = slice(0, shape[1] - old + 1), slice(old - 1, None)
            form = min(old / takes, 1.0) if takes else 1.0
            left = form - foreseen[:, upto]
            hit[:, upto] += left * white.error[:, now] * white.weight[:, now]
            power[:, upto] += left * left * white.weight[:, now]
            foreseen[:, upto] += left * white.gain[:, now]
            if old < ages[0]:
                continue
            with np.errstate(invalid="ignore", divide="ignore"):
                score = hit[:, upto] / np.sqrt(power[:, upto])
            is_better = enough[:, now] & ~(np.abs(score) <= np.abs(z[:, now])) & ~np.isnan(score)
            spread = form / np.sqrt(np.where(is_better, power[:, upto], 1.0))
            for held, value in (
                (z, score), (size, score * spread), (scale, spread), (age, old), (length, takes)
            ):  # fmt: skip
                np.copyto(held[:, now], value, where=is_better)
    return _Best(size, z, scale, age, length)


def _widened(best: _Best) -> _Best:
    """Measure every look by how large the looks of the series' own past were."""
    sizes = np.abs(best.z)
    past = np.arange(sizes.shape[1])[:, None] - PAST
    found = np.where(past >= 0, sizes[:, past.clip(min=0)], np.nan)
    n = (~np.isnan(found)).sum(axis=-1) * float(EVERY)
    usual = np.where(n > 0, median(found) / _USUAL_LOOK, 1.0)
    width = np.sqrt((n * usual**2 + _WIDTH_LOOKS) / (n + _WIDTH_LOOKS)).clip(*_WIDTHS)
    return replace(best, z=best.z / width, scale=best.scale * width)


def _says(best: _Best, is_rare: Bools, least: Floats) -> Ints:
    """Give the sign of what each look says, 0 where it is not rare or not large enough."""
    way = np.sign(np.where(np.isnan(best.z), 0, best.z)).astype(np.intp)
    large = np.where(way < 0, -np.expm1(best.size), np.expm1(best.size)) >= least[:, None]
    return np.where(is_rare & large, way, 0)


def _told(best: _Best, level: Floats, weeks: Floats, says: Ints) -> tuple[Ints, Bools]:
    """Go through the looks: two running looks begin a trend, and it stands until it is over."""
    told, is_new = np.zeros(says.shape, dtype=np.intp), np.zeros(says.shape, dtype=bool)
    rows = np.arange(len(says))
    state, since = np.zeros(len(says), dtype=np.intp), np.zeros(len(says), dtype=np.intp)
    base, depth = np.full(len(says), np.nan), np.zeros(len(says))
    for day in range(1, says.shape[1]):
        is_back = (weeks[:, day] - base) * state < _BACK * depth
        state = np.where(is_back | (day - since >= STANDS), 0, state)
        begins = np.where(says[:, day] == says[:, day - 1], says[:, day], 0)
        starts = (begins != 0) & (begins != state)
        base = np.where(starts, level[rows, day - best.age[:, day].clip(min=1) + 1], base)
        depth = np.where(starts, np.abs(best.size[:, day]), depth)
        state, since = np.where(starts, begins, state), np.where(starts, day, since)
        told[:, day], is_new[:, day] = state, starts
    return told, is_new


def _last_true(values: Bools) -> Ints:
    last: Ints = values.shape[1] - 1 - np.argmax(values[:, ::-1], axis=1)
    return last


def _fit(ground: Ground, looks: Looks, since: Ints) -> _Fit:
    """Say when the standing trends began, from the look two weeks after they were told."""
    white = whiten(ground)
    wide = _match(white, (AGES[0], REACH))
    rows, last = np.arange(len(since)), looks.z.shape[1] - 1
    at = np.minimum(since + _SETTLES, last)
    for _ in range(_SETTLES):
        # A look that sees something else by now does not say when the trend began.
        begun = at - wide.age[rows, at].clip(min=1) + 1
        same = (wide.z[rows, at] * looks.told[:, -1] > 0) & (begun <= since)
        at = np.where(same | (at <= since), at, at - 1)
    begin = np.where(since >= 0, at - wide.age[rows, at].clip(min=1) + 1, 0)
    level = np.where(since >= 0, white.level[rows, begin], np.nan)
    size = means(ground.y, 0, WEEK, 3)[:, -1] - level
    return _Fit(begin, wide.length[rows, at] == 0, level, size)


def _lost(series: Series, ground: Ground, fit: _Fit) -> Floats:
    """Add up actual less expected events of the normal days since the trend began."""
    expected = np.exp(fit.level[:, None] + ground.factor)
    if series.exposure is not None:
        expected = expected * series.exposure[:, ground.days]
    off = series.counts[:, ground.days] - (expected - 0.5)
    inside = np.arange(len(ground.days))[None] >= fit.begin[:, None]
    lost: Floats = np.where(inside & ~np.isnan(off), off, 0.0).sum(axis=1)
    return np.where(np.isnan(fit.level), np.nan, lost)


def _nothing(n_series: int) -> Trends:
    never, nowhere = np.zeros(n_series, dtype=bool), np.full(n_series, -1, dtype=np.intp)
    unknown = np.full(n_series, np.nan)
    return Trends(
        is_trend=never, is_new=never, is_step=never, begin=nowhere, since=nowhere, size=unknown,
        level=unknown, lost=unknown, days=np.zeros(n_series, dtype=np.intp), z=unknown, p=unknown,
        visible=unknown,
    )  # fmt: skip
