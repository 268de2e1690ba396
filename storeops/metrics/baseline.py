"""What to expect of a day: the same weekday of normal weeks, and how far noise may carry it.

All series at once, on y = log(x / unit + 1/2). The centre is the median of the same weekday of
up to eight normal weeks; with fewer than four of them, of the last 7 to 14 normal days with the
weekday factors learned so far. The spread is the error this very baseline made on the normal days
of the last ten weeks (by its tail where that is fat), never below 5 % plus the counting noise of a
Poisson number of that size.
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
_Z90 = 1.645
"""90 % of normal deviations are smaller."""
_TAIL_DAYS = 20
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
    """Robust variance of normal days around their baseline, counting noise included.

    With enough history: how far past days lay from the median of the weeks before them, which is
    the very error this baseline makes (drift included). With less: the change from one week to
    the next. With little: the scatter of the last days.

    Returns:
        Variance (NaN where nothing is known) and the number of days behind it.
    """
    missed, n_missed = _robust_sd(_past_errors(y, days, choice))
    later, earlier = _week_pairs(days, choice.pool)
    changed, n_changed = _robust_sd((y[:, later] - y[:, earlier]) / np.sqrt(2))
    recent = y[:, choice.recent]
    rough, n_rough = _robust_sd(recent - median_rows(recent)[0][:, None])
    by_errors, by_change = n_missed >= _LEARNED_DAYS, n_changed >= MIN_DAYS
    missed = missed / np.sqrt(1 + 1 / MAX_WEEKS)  # the error of the centre is added by the caller
    sd = np.select(
        [by_errors, by_change], [np.fmax(missed, changed), changed], np.fmax(rough, changed)
    )
    n = np.select([by_errors | by_change], [np.maximum(n_missed, n_changed)], n_rough)
    return sd**2, n


def _past_errors(y: Floats, days: Days, choice: Choice) -> Floats:
    """Judge past normal days as the target is judged: by the same weekday of weeks before them."""
    rows = []
    for weekday in range(_WEEK):
        mine = choice.pool[days.weekday[choice.pool] == weekday]
        rows += [
            (mine[place], mine[max(0, place - MAX_WEEKS) : place])
            for place in range(MIN_WEEKS, len(mine))
        ]
    if not rows:
        return np.full((len(y), 0), np.nan)
    padded = np.full((len(rows), MAX_WEEKS), y.shape[1], dtype=np.intp)
    for place, (_, weeks) in enumerate(rows):
        padded[place, : len(weeks)] = weeks
    known = np.concatenate([y, np.full((len(y), 1), np.nan)], axis=1)
    history = known[:, padded].reshape(-1, MAX_WEEKS)
    centers, n_weeks = median_rows(history)
    centers = np.where(n_weeks >= MIN_WEEKS - 1, centers, np.nan).reshape(len(y), -1)
    return y[:, [day for day, _ in rows]] - centers


def _robust_sd(errors: Floats) -> tuple[Floats, Ints]:
    """Standard deviation of what is not extreme: by the median, or by the tail if it is fat."""
    (middle, tail), n = quantile_rows(np.abs(errors), 0.5, 0.9)
    by_middle, by_tail = _MAD_TO_SD * middle, tail / _Z90
    return np.where(n >= _TAIL_DAYS, np.fmax(by_middle, by_tail), by_middle), n


def _week_pairs(days: Days, pool: Ints) -> tuple[Ints, Ints]:
    """Pair every normal day with the last normal day of the same weekday before it."""
    later, earlier = [], []
    for weekday in range(_WEEK):
        mine = pool[days.weekday[pool] == weekday]
        later.append(mine[1:])
        earlier.append(mine[:-1])
    return np.concatenate(later), np.concatenate(earlier)


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
