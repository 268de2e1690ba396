"""Persistent changes and slow leaks, many series at once (STATISTICS 11.1).

y = log(events + 1/2) - log exposure of the normal days, corrected for the weekday, is taken for a
level that wanders (random walk) with noise on top. A filter takes off what could be foreseen; what
remains is white, and every look correlates it with what a step or a slide that began 5 to 28 days
ago would have left (generalised least squares over all begins at once).

Both variances are learned from how far 7-day means of the series' own past lie apart, next to each
other and four weeks apart, the walk pooled over the shop's series. The last three weeks teach
neither. A trend is told when two looks running agree, and stands while it can be seen.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from scipy import special

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
WEEK = 7
_SPAN, _LAG = 7, 28
_CLIP = 3.0
_WEEKDAY_DAYS = 2.0
_SMOOTH = 15
_UNSEEN, _SEEN, _EVERY = 21, 321, 6
"""The last normal days, which may be the trend itself, do not teach how far a shop wanders, nor do
those that are long past; every sixth day is enough, as weeks overlap."""
_PAST = np.arange(_UNSEEN, _SEEN, _EVERY)[None]
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
_USUAL_LOOK, _WIDTH_LOOKS = 1.4, 60.0
"""Median |z| of looks at series that do as assumed, and the looks which that is worth; a series
whose past looks were wider is measured by them."""
_BACK = 0.5
"""A trend is over when the last week has made up for so much of it."""
_WIDTHS = (0.8, 3.0)
_SETTLES = 14
"""Normal days after it was told in which the begin of a trend is still made more exact."""


class Kind(StrEnum):
    """How a lasting change came about."""

    STEP = "step"
    SLIDE = "slide"


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
    ground = _ground(series, days)
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
    return _look(series, _ground(series, days), p)


@dataclass(frozen=True, slots=True)
class _Ground:
    """Normal days only: ``raw`` without weekday, ``y`` with outliers drawn in, (n_series, n_looks).

    ``noise`` (n_series,) is the variance of a day, ``factor`` (n_series, n_looks) the weekday's.
    """

    days: Ints
    raw: Floats
    y: Floats
    factor: Floats
    noise: Floats


@dataclass(frozen=True, slots=True)
class _Fit:
    begin: Ints
    is_step: Bools
    level: Floats
    size: Floats


def _ground(series: Series, days: Days) -> _Ground:
    where = np.flatnonzero(days.is_normal)
    y = _log(series)[:, where]
    weekday = days.weekday[where]
    factors = np.zeros((len(y), WEEK))
    apart = y - _smooth(y)
    for day in range(WEEK):
        mine = apart[:, weekday == day]
        n = (~np.isnan(mine)).sum(axis=1)
        shrunk = _median(mine) * n / (n + _WEEKDAY_DAYS)
        factors[:, day] = np.where(n > 0, shrunk, 0.0)
    factor = factors[:, weekday]
    y = y - factor
    level = _smooth(y)
    apart = y - level
    noise = (1.4826 * _median(np.abs(apart))) ** 2 * (_SMOOTH / (_SMOOTH - 1))
    counting = series.noise / np.maximum(np.exp(_median(_events(series)[:, where])), 0.5)
    least = _LEAST_NOISE + np.where(np.isnan(counting), 0.0, counting)
    noise = np.where(np.isnan(noise), least, np.maximum(noise, least))
    reach = _CLIP * np.sqrt(noise)[:, None]
    return _Ground(where, y, level + apart.clip(-reach, reach), factor, noise)


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
    return _median(np.lib.stride_tricks.sliding_window_view(padded, _SMOOTH, axis=1))


def _median(values: Floats) -> Floats:
    """Median of what is known along the last axis; NaN where nothing is."""
    if not values.shape[-1]:
        return np.full(values.shape[:-1], np.nan)
    n = (~np.isnan(values)).sum(axis=-1)
    ordered = np.sort(values, axis=-1)
    low = np.take_along_axis(ordered, ((n - 1).clip(min=0) // 2)[..., None], axis=-1)
    high = np.take_along_axis(ordered, (n // 2).clip(max=values.shape[-1] - 1)[..., None], axis=-1)
    middle: Floats = (low + high)[..., 0] / 2
    return np.where(n > 0, middle, np.nan)


def _means(values: Floats, first: int, last: int, least: int) -> Floats:
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


def _look(series: Series, ground: _Ground, p: Floats) -> Looks:
    white = _whiten(ground)
    best = _widened(_match(white, AGES))
    rarity = np.minimum(2 * LOOKS * special.stdtr(FREEDOM, -np.abs(best.z)), 1.0)
    weeks = _means(ground.y, 0, WEEK, 3)
    told, is_new = _told(best, white.level, weeks, _says(best, rarity <= p[:, None], series.size))
    return Looks(
        days=ground.days, size=best.size, z=best.z, p=rarity, scale=best.scale,
        told=told, is_new=is_new,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _White:
    """What the filter could not foresee, (n_series, n_looks): 0 where a day was not observed.

    ``weight`` is one over its variance, 0 there; ``gain`` the share by which the day moves the
    level; ``level`` what was foreseen; ``seen`` the days behind it.
    """

    error: Floats
    weight: Floats
    gain: Floats
    level: Floats
    seen: Floats


def _whiten(ground: _Ground) -> _White:
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
    return _White(error, weight, gain, level, seen)


@dataclass(frozen=True, slots=True)
class _Best:
    """The begin and form that fit each look best, (n_series, n_looks)."""

    size: Floats
    z: Floats
    scale: Floats
    age: Ints
    length: Ints


def _match(white: _White, ages: tuple[int, int]) -> _Best:
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
    past = np.arange(sizes.shape[1])[:, None] - _PAST
    found = np.where(past >= 0, sizes[:, past.clip(min=0)], np.nan)
    n = (~np.isnan(found)).sum(axis=-1) * float(_EVERY)
    usual = np.where(n > 0, _median(found) / _USUAL_LOOK, 1.0)
    width = np.sqrt((n * usual**2 + _WIDTH_LOOKS) / (n + _WIDTH_LOOKS)).clip(*_WIDTHS)
    return replace(best, z=best.z / width, scale=best.scale * width)


def _wander(ground: _Ground) -> tuple[Floats, Floats]:
    """Learn the noise of a day in a mean, and the walk of the level a day, as variances.

    Both by every look from the days more than three weeks before it, (n_series, n_looks).
    """
    weeks = _means(ground.y, 0, _SPAN, _SPAN - 1)
    days = _means(ground.days[None].astype(np.float64), 0, _SPAN, _SPAN)
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
    middle = _median(known.T)
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
    past = np.arange(weeks.shape[1])[:, None] - _PAST
    is_there = past >= lag
    past = past.clip(min=0)
    found = np.where(is_there, square[:, past], np.nan)
    apart = _median(np.where(is_there, between[:, past], np.nan))
    n = (~np.isnan(found)).sum(axis=-1) * float(_EVERY)
    mean = np.where(n > 0, _median(found) / _MEDIAN_OF_SQUARE, 0.0)
    return mean, np.where(np.isnan(apart), float(lag), apart), n


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


def _fit(ground: _Ground, looks: Looks, since: Ints) -> _Fit:
    """Say when the standing trends began, from the look two weeks after they were told."""
    white = _whiten(ground)
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
    size = _means(ground.y, 0, WEEK, 3)[:, -1] - level
    return _Fit(begin, wide.length[rows, at] == 0, level, size)


def _lost(series: Series, ground: _Ground, fit: _Fit) -> Floats:
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
