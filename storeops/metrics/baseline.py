"""What to expect of a day: the same weekday of normal weeks, and how far noise may carry it.

All series at once, on y = log(x / unit + 1/2). The centre is the median of the same weekday of
up to eight normal weeks; with fewer than four of them, of the last 7 to 14 normal days with the
weekday factors learned so far. The spread comes from all normal days of the last ten weeks, never
below 5 % plus the counting noise of a Poisson number of that size.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from storeops.metrics.panel import Bools, Days, Floats, Ints
from storeops.metrics.results import BaselineKind

MIN_WEEKS, MAX_WEEKS = 4, 8
MIN_DAYS, MAX_DAYS = 7, 14
LOOK_BACK = 91
"""Days after which a normal day is too old to speak of today."""
SPREAD_DAYS = 70
FLOOR = 0.05
"""Least day-to-day spread, on the log scale (DOMAIN 4.1: 5 % of the level)."""
SHORT_FLOOR = 0.10
"""Least spread where the weekday profile is hardly known."""
HALF = 0.5
_MAD_TO_SD = 1.4826
_WEEK = 7
_LEARNED_DAYS = 14
"""Normal days needed before weekday factors are worth using."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The days a baseline stands on, as positions in the window; all before the target."""

    target: int
    weekday: Ints
    """Same weekday of the last normal weeks, at most eight, oldest first."""
    recent: Ints
    """The last normal days, at most fourteen."""
    pool: Ints
    """Normal days of the last ten weeks, from which the spread is learned."""
    kind: BaselineKind

    @property
    def used(self) -> Ints:
        """Give the days the centre stands on."""
        if self.kind is BaselineKind.WEEKDAY:
            return self.weekday
        return self.recent if self.kind is BaselineKind.SHORT else self.recent[:0]


def choose_days(days: Days, target: int, usable: Bools) -> Choice:
    """Pick the days a baseline may stand on.

    Args:
        days: The window's days.
        target: Position of the day to judge.
        usable: Normal and complete days, (n_days,).
    """
    earliest = max(0, target - LOOK_BACK)
    pool = np.flatnonzero(usable[earliest:target]) + earliest
    same = pool[days.weekday[pool] == days.weekday[target]][-MAX_WEEKS:]
    if len(pool) < MIN_DAYS:
        kind = BaselineKind.NONE
    else:
        kind = BaselineKind.WEEKDAY if len(same) >= MIN_WEEKS else BaselineKind.SHORT
    return Choice(target, same, pool[-MAX_DAYS:], pool[-SPREAD_DAYS:], kind)


@dataclass(frozen=True, slots=True)
class Series:
    """Series to judge, (n_series, n_days), NaN where not known.

    ``below`` makes them rates: ``above / below``. ``unit`` is the worth of one countable event
    (1 for counts, the amount per buyer for money), so that ``above / unit`` carries the noise of
    a count; ``noise`` multiplies that noise (money per buyer varies, too).
    """

    above: Floats
    unit: Floats
    noise: Floats
    below: Floats | None = None

    def logs(self) -> Floats:
        """Give the series on the scale on which they are compared."""
        with np.errstate(invalid="ignore", divide="ignore"):
            y = np.log(self.above / self.unit[:, None] + HALF)
            if self.below is not None:
                y = y - np.log(self.below + HALF)
        return y


class _Basis(IntEnum):
    NONE = 0
    SHORT = 1
    WEEKDAY = 2


_KINDS = {
    _Basis.NONE: BaselineKind.NONE,
    _Basis.SHORT: BaselineKind.SHORT,
    _Basis.WEEKDAY: BaselineKind.WEEKDAY,
}


@dataclass(frozen=True, slots=True)
class Expected:
    """Centre and spread of every series on the target day, (n_series,), on the log scale.

    ``spread`` includes day noise, counting noise and the error of the centre. ``caution`` widens
    a threshold where the spread itself was learned from few days. NaN: not to be judged.
    """

    log_center: Floats
    spread: Floats
    caution: Floats
    basis: npt.NDArray[np.int8]

    def kind(self, index: int) -> BaselineKind:
        """Tell what one series was compared with."""
        return _KINDS[_Basis(int(self.basis[index]))]


def expect(series: Series, days: Days, choice: Choice) -> Expected:
    """Form the expectation of every series for the target day."""
    y = series.logs()
    weekday, n_weeks = median_rows(y[:, choice.weekday])
    short, n_short = _short_center(y, days, choice)
    by_weekday = (n_weeks >= MIN_WEEKS) & (len(choice.pool) >= MIN_DAYS)
    by_recent = ~by_weekday & (n_short >= MIN_DAYS)
    center = np.where(by_weekday, weekday, np.where(by_recent, short, np.nan))
    n_center = np.where(by_weekday, n_weeks, n_short).clip(min=1)
    variance, n_spread = _day_variance(y, days, choice)
    events = np.exp(center + _log_below(series, choice)) - HALF
    floor = np.where(by_weekday, FLOOR, SHORT_FLOOR) ** 2
    counting = series.noise / (events.clip(min=0) + HALF)
    least = floor + counting
    total = np.where(np.isnan(least), np.nan, np.fmax(variance, least)) * (1 + 1 / n_center)
    return Expected(
        log_center=center,
        spread=np.sqrt(total),
        caution=1 + _FEW_DAYS / n_spread.clip(min=1),
        basis=np.select(
            [by_weekday, by_recent], [_Basis.WEEKDAY, _Basis.SHORT], _Basis.NONE
        ).astype(np.int8),
    )


_FEW_DAYS = 4.0
"""A spread learned from n days is uncertain by about 1/sqrt(n): thresholds grow by 4/n."""


def _log_below(series: Series, choice: Choice) -> Floats | float:
    """Turn a log rate into a log count: the usual size of its denominator."""
    if series.below is None:
        return 0.0
    median, _ = median_rows(series.below[:, choice.recent])
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.log(median + HALF)


def _short_center(y: Floats, days: Days, choice: Choice) -> tuple[Floats, Ints]:
    """Median of the last normal days, each freed of its weekday, plus the target's weekday."""
    factors = _weekday_factors(y, days, choice)
    recent = y[:, choice.recent] - factors[:, days.weekday[choice.recent]]
    center, n = median_rows(recent)
    return center + factors[:, days.weekday[choice.target]], n


def _weekday_factors(y: Floats, days: Days, choice: Choice) -> Floats:
    """Log factor of each weekday, shrunk by n/(n+1); zeros while too little is known."""
    medians = np.full((len(y), _WEEK), np.nan)
    counts = np.zeros((len(y), _WEEK))
    for weekday in range(_WEEK):
        median, n = median_rows(y[:, choice.pool[days.weekday[choice.pool] == weekday]])
        medians[:, weekday], counts[:, weekday] = np.where(n > 1, median, np.nan), n
    level, known = median_rows(medians)
    factors = (medians - level[:, None]) * counts / (counts + 1)
    enough = (known == _WEEK) & (counts.sum(axis=1) >= _LEARNED_DAYS)
    return np.where(enough[:, None] & ~np.isnan(factors), factors, 0.0)


def _day_variance(y: Floats, days: Days, choice: Choice) -> tuple[Floats, Ints]:
    """Robust variance of normal days around their weekday, counting noise included.

    Two estimates, the larger rules: distance from the weekday's median (sees slow drift), and
    change from one week to the next (needs no fit, so it is honest with few weeks).

    Returns:
        Variance (NaN where nothing is known) and the number of days behind it.
    """
    levels = np.full((len(y), _WEEK), np.nan)
    for weekday in range(_WEEK):
        mine = choice.pool[days.weekday[choice.pool] == weekday]
        if len(mine) >= MIN_WEEKS:
            levels[:, weekday] = median_rows(y[:, mine])[0]
    around = y[:, choice.pool] - levels[:, days.weekday[choice.pool]]
    deviation, n_around = median_rows(np.abs(around))
    lost = np.minimum((~np.isnan(levels)).sum(axis=1), n_around - 1)
    fitted = (_MAD_TO_SD * deviation) ** 2 * n_around / (n_around - lost).clip(min=1)
    later, earlier = _week_pairs(days, choice.pool)
    change, n_change = median_rows(np.abs(y[:, later] - y[:, earlier]))
    stepped = (_MAD_TO_SD * change) ** 2 / 2
    recent = y[:, choice.recent]
    level, _ = median_rows(recent)
    plain, n_plain = median_rows(np.abs(recent - level[:, None]))
    rough = (_MAD_TO_SD * plain) ** 2
    enough = n_change >= MIN_DAYS
    variance = np.where(enough, np.fmax(fitted, stepped), np.fmax(rough, stepped))
    return variance, np.where(enough, np.maximum(n_around, n_change), n_plain)


def _week_pairs(days: Days, pool: Ints) -> tuple[Ints, Ints]:
    """Pair every normal day with the last normal day of the same weekday before it."""
    later, earlier = [], []
    for weekday in range(_WEEK):
        mine = pool[days.weekday[pool] == weekday]
        later.append(mine[1:])
        earlier.append(mine[:-1])
    return np.concatenate(later), np.concatenate(earlier)


def median_rows(values: Floats) -> tuple[Floats, Ints]:
    """Median of every row over what is known, and how many values that is.

    A row without any value has the median NaN. (Sorting once is many times faster here than
    ``nanmedian`` on rows with gaps.)
    """
    known = (~np.isnan(values)).sum(axis=1)
    if values.shape[1] == 0:
        return np.full(len(values), np.nan), known
    ordered = np.sort(values, axis=1)
    rows = np.arange(len(values))
    lower = ordered[rows, ((known - 1) // 2).clip(min=0)]
    upper = ordered[rows, np.minimum(known // 2, values.shape[1] - 1)]
    return np.where(known > 0, (lower + upper) / 2, np.nan), known
