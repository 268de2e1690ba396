"""Level and weekday of many series at once, one day after the other (STATISTICS 2.1).

On y = log(events + 1/2) - log exposure, all series in one numpy pass over the days::

    expectation  level + weekday factor
    variance     day noise (learned) + noise / expected events   (counting)

Three filters of different speed run side by side and are mixed by how little each missed lately.
Gains begin at 1/n, so that a fortnight of history is enough, and fall to a floor, so that a year
of it still adapts. What a day may teach is clipped, and a day that is not normal teaches nothing.
Every expectation is formed before its day is looked at.

The state after a day is all that the next day needs: a day more costs a day.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from storeops.metrics.panel import Bools, Ints

Reals = npt.NDArray[np.float32]
"""Single precision: the states of 100,000 series stay small, and noise is far above it."""

WEEK = 7
GAINS = (0.06, 0.25, 0.7)
"""Least gains of the level: calm, ordinary and restless series."""
WEEKDAY_GAIN, WEEKDAY_DAYS = 0.12, 2.0
"""Least gain of a weekday's factor, and the pseudo-days that speak for no factor."""
NOISE_GAIN, NOISE_DAYS = 0.08, 6.0
"""Least gain of the day noise, and the days its prior is worth."""
PRIOR_NOISE, LEAST_NOISE = 0.15**2, 0.05**2
"""Variance of the day noise before anything is known, and at least (DOMAIN 4.1: 5 %)."""
WIDTH_GAIN, WIDTH_DAYS = 0.03, 20.0
"""Least gain of the width of a series' scores, and the days for which it is taken to be 1."""
CLIP, NOISE_CLIP = 4.0, 2.0
"""A day teaches the level no more than a deviation of so many standard deviations does; the noise
learns from less, so that an incident does not hide the next one."""
_CLIPPED = 1.2
"""What clipping takes off the variance of heavy-tailed deviations is added again."""
_MEMORY = 0.97
"""How long past misses are remembered."""
_CHOOSY = 60.0
"""How strongly the mixture prefers the filter that missed by less."""
_MOST = 9.0
"""A day lets the noise seem at most so many times its variance."""
_LEAST_EVENTS = 0.52
_CHUNK = 4096
"""Series worked on together, so that a day's numbers stay in the processor's cache."""


@dataclass(frozen=True, slots=True)
class FilterState:
    """What a bank remembers after a day.

    Shapes: ``level``, ``noise`` and ``miss`` (gains, n_series), ``weekday`` (7, gains, n_series),
    ``width`` and ``seen`` (n_series,), ``seen_weekday`` (7, n_series). The level of a series never
    seen is NaN. ``width`` is the mean square of the scores so far: 1 where the noise is as learned.
    """

    level: Reals
    weekday: Reals
    noise: Reals
    miss: Reals
    width: Reals
    seen: Reals
    seen_weekday: Reals

    def __len__(self) -> int:
        return len(self.seen)

    def part(self, where: slice | Ints) -> FilterState:
        """Give the state of some of the series; views where they are a slice."""
        return FilterState(*(getattr(self, field.name)[..., where] for field in fields(self)))

    def copy(self) -> FilterState:
        """Give a state that may be changed without changing this one."""
        return FilterState(*(getattr(self, field.name).copy() for field in fields(self)))

    def overlaid(self, other: FilterState, where: Ints) -> FilterState:
        """Take over the states of another bank: series i from place ``where[i]``, -1 from here."""
        found = np.flatnonzero(where >= 0)
        mixed = self.copy()
        for field in fields(self):
            getattr(mixed, field.name)[..., found] = getattr(other, field.name)[..., where[found]]
        return mixed

    def factors(self) -> Reals:
        """Give every weekday's log factor by the slowest filter, (7, n_series), mean 0."""
        factors: Reals = self.weekday[:, 0] - self.weekday[:, 0].mean(axis=0)
        return factors


@dataclass(frozen=True, slots=True)
class Signals:
    """Series to follow, (n_series, n_days), NaN where a day was not observed.

    ``y`` is the log of events + 1/2, less the log of the exposure for a rate; ``exposure`` is
    that log exposure (None: none). ``noise`` (n_series,) multiplies the noise of a Poisson count;
    ``pace`` (n_series,) is the least gain of the day noise (None: ``NOISE_GAIN`` for all).
    """

    y: Reals
    noise: Reals
    exposure: Reals | None = None
    pace: Reals | None = None


@dataclass(frozen=True, slots=True)
class Track:
    """What was expected of every day before it was looked at, (n_series, n_days) each.

    ``expected`` is on the scale of ``y``; ``variance`` is day noise and the error of the
    expectation, ``counting`` the counting noise on top, ``width`` how wide the scores were until
    then; ``state`` is that after the last day.
    """

    expected: Reals
    variance: Reals
    counting: Reals
    width: Reals
    state: FilterState

    def scores(self, y: Reals) -> Reals:
        """Give every day's distance from its expectation in standard deviations.

        Where counting makes the noise, the distance is taken on the square root, on which counts
        are even to both sides, and where the day makes it on the logarithm; between them on the
        power between them.
        """
        power = self.power
        spread = np.sqrt(self.variance + self.counting)
        scores: Reals = np.expm1(power * (y - self.expected)) / (power * spread)
        return scores

    @property
    def power(self) -> Reals:
        """The power on which distances are taken: 1/2 for pure counts, nearly 0 for large ones."""
        share = self.counting / (self.variance + self.counting)
        power: Reals = np.maximum(np.float32(0.5) * share, np.float32(1e-3))
        return power

    def log_events(self, exposure: Reals | None) -> Reals:
        """Give the log of the events expected of every day, the half included."""
        return self.expected if exposure is None else self.expected + exposure


def start(n_series: int) -> FilterState:
    """Give the state of series of which nothing is known yet."""
    n_gains, kind = len(GAINS), np.float32
    return FilterState(
        level=np.full((n_gains, n_series), np.nan, dtype=kind),
        weekday=np.zeros((WEEK, n_gains, n_series), dtype=kind),
        noise=np.full((n_gains, n_series), PRIOR_NOISE, dtype=kind),
        miss=np.zeros((n_gains, n_series), dtype=kind),
        width=np.ones(n_series, dtype=kind),
        seen=np.zeros(n_series, dtype=kind),
        seen_weekday=np.zeros((WEEK, n_series), dtype=kind),
    )


def follow(
    signals: Signals, weekdays: Ints, trains: Bools, state: FilterState | None = None
) -> Track:
    """Follow all series through some days.

    Args:
        signals: The series.
        weekdays: Effective weekday of every day, (n_days,), Monday is 0.
        trains: Whether a day may teach anything, (n_days,).
        state: What is known from the days before; None starts anew. It is not changed.

    Returns:
        Expectations of all days and the state after the last one.
    """
    n_series, n_days = signals.y.shape
    after = start(n_series) if state is None else state.copy()
    out = np.empty((4, n_days, n_series), dtype=np.float32)
    with np.errstate(invalid="ignore", over="ignore"):
        for first in range(0, n_series, _CHUNK):
            where = slice(first, first + _CHUNK)
            y = np.ascontiguousarray(signals.y[where].T)
            exposure = signals.exposure
            offsets = None if exposure is None else np.ascontiguousarray(exposure[where].T)
            pace = None if signals.pace is None else signals.pace[where]
            bank = _Bank(after.part(where), signals.noise[where], pace)
            for day in range(n_days):
                offset = None if offsets is None else offsets[day]
                bank.expect(int(weekdays[day]), offset, out[:, day, where])
                if trains[day]:
                    bank.learn(y[day])
    return Track(out[0].T, out[1].T, out[2].T, out[3].T, after)


class _Bank:
    """The filters of one chunk at work: ``expect`` a day, then perhaps ``learn`` from it.

    Changes the state it was given in place.
    """

    def __init__(self, state: FilterState, noise: Reals, pace: Reals | None) -> None:
        self._state = state
        self._noise = noise
        self._pace = np.float32(NOISE_GAIN) if pace is None else pace
        self._gains = np.array(GAINS, dtype=np.float32)[:, None]
        self._weekday = 0
        self._expected = self._variance = self._counting = self._mixed = state.level

    def expect(self, weekday: int, offset: Reals | None, out: Reals) -> None:
        """Form the expectation of a day, and write the mixture of the filters to ``out``."""
        state = self._state
        self._weekday = weekday
        expected = state.level + state.weekday[weekday]
        events = np.exp(expected if offset is None else expected + offset)
        self._counting = self._noise / np.maximum(events, _LEAST_EVENTS)
        few = 1 / (state.seen_weekday[weekday] + np.float32(WEEKDAY_DAYS))
        few += 1 / np.maximum(state.seen, 1)
        self._expected = expected
        self._variance = state.noise * (1 + few)
        weights = np.exp((state.miss.min(axis=0) - state.miss) * np.float32(_CHOOSY))
        weights /= weights.sum(axis=0)
        for row, values in enumerate((expected, self._variance, self._counting)):
            np.sum(weights * values, axis=0, out=out[row])
        out[3] = state.width
        self._mixed = out

    def learn(self, y: Reals) -> None:
        """Let the day that was expected move level, weekday factor, noise and misses."""
        state, day = self._state, self._weekday
        observed = ~np.isnan(y)
        is_first = observed & np.isnan(state.level[0])
        raw = y - self._expected
        reach = np.float32(CLIP) * np.sqrt(self._variance + self._counting)
        moved = np.minimum(np.maximum(raw, -reach), reach)
        known = ~np.isnan(moved)
        moved[~known] = 0
        step = np.maximum(self._gains, 1 / (state.seen + 1)) * moved
        np.add(state.level, step, out=state.level)
        share = np.maximum(
            np.float32(WEEKDAY_GAIN),
            1 / (state.seen_weekday[day] + np.float32(1 + WEEKDAY_DAYS)),
        )
        state.weekday[day] += share * (moved - step)
        self._learn_noise(raw, moved, known)
        self._learn_width(y, known[0])
        state.level[:, is_first] = y[is_first] - state.weekday[day][:, is_first]
        state.seen[...] += observed
        state.seen_weekday[day] += observed

    def _learn_width(self, y: Reals, known: Bools) -> None:
        state, (expected, variance, counting, _) = self._state, self._mixed
        square = np.minimum((y - expected) ** 2 / (variance + counting), np.float32(_MOST))
        pace = np.maximum(np.float32(WIDTH_GAIN), 1 / (state.seen + np.float32(WIDTH_DAYS)))
        np.copyto(state.width, state.width + pace * (square - state.width), where=known)

    def _learn_noise(self, raw: Reals, moved: Reals, known: Bools) -> None:
        state = self._state
        total = self._variance + self._counting
        square = np.minimum(moved * moved, np.float32(NOISE_CLIP**2) * total)
        excess = np.minimum(square - self._counting, np.float32(_MOST) * state.noise)
        pace = np.maximum(self._pace, 1 / (state.seen + np.float32(NOISE_DAYS)))
        noise = state.noise + pace * (excess * np.float32(_CLIPPED) - state.noise)
        np.maximum(noise, np.float32(LEAST_NOISE), out=noise)
        np.copyto(state.noise, noise, where=known)
        miss = np.minimum(np.abs(raw), 1) * np.float32(1 - _MEMORY)
        miss += np.float32(_MEMORY) * state.miss
        np.copyto(state.miss, miss, where=known)
