"""How far from its expectation is every series today, and how rare is that (STATISTICS 2.1)?

Filters form the expectation, what a whole family shares on a day is taken off, and the rarity is
read off the pooled scores of the past. Headline figures have a pool of their own; all others are
pooled by volume, because counts of two and of two thousand have different tails. Days that are not
normal have pools of their own: a promotion must not teach what is rare on an ordinary day.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from storeops.metrics.filters import FilterState, Reals, Signals, Track, follow, start
from storeops.metrics.panel import Bools, Floats, Ints
from storeops.metrics.tails import Tails, fit, pooled, prior, without_panel

HEADLINE, WATCHED = 0, 1
"""Families of alarms: the figures that make a verdict, and everything else."""
PANEL_LEAST = 15
"""Series a day needs before what they share is taken off."""
EVENT_SPREAD = 1.5
"""Noise of a day that is not normal, against that of a normal one (STATISTICS 2.6)."""
LEAST_SEEN = (7, 14)
"""Days of history before a series of each family is judged."""
_PANEL_EVENTS = 2.0
_WIDTHS = (0.7, 2.0)
"""A headline figure is measured by the width of its own past scores, within these bounds: its few
lines share a pool, so they must be alike."""
_VOLUMES = np.array([1.0, 5.0, 20.0])
_N_VOLUMES = 1 + len(_VOLUMES)
_N_POOLS = 1 + 2 * _N_VOLUMES
_NORMAL, _OTHER = slice(1, 1 + _N_VOLUMES), slice(1 + _N_VOLUMES, _N_POOLS)
"""Pools of watched series by volume, on normal days and on others; headline figures come first."""
_POOL_LEAST = 300.0


@dataclass(frozen=True, slots=True)
class Kept:
    """All that a later day needs: the filters and the pools after the last day followed."""

    filters: FilterState
    histograms: Floats


@dataclass(frozen=True, slots=True)
class Families:
    """What kind of series each is, (n_series,): its alarm family, and the panel it belongs to."""

    family: Ints
    panel: Ints


@dataclass(frozen=True, slots=True)
class Detection:
    """Every series on the last day followed, (n_series,); NaN where nothing can be said.

    ``expected`` is on the scale of the signals, ``spread`` its standard deviation (day noise,
    counting noise, error of the expectation), ``power`` that on which distances are taken
    (``filters.Track.scores``). ``z`` has what the panel shares taken off, ``raw`` has not.
    ``seen`` counts the days behind the expectation.
    """

    expected: Floats
    spread: Floats
    power: Floats
    raw: Floats
    z: Floats
    p: Floats
    seen: Floats
    pools: Ints
    tails: Tails
    kept: Kept

    def score(self, distance: Floats) -> Floats:
        """Turn log distances from the expectation into scores."""
        scores: Floats = np.expm1(self.power * distance) / (self.power * self.spread)
        return scores

    def distance(self, scores: Floats) -> Floats:
        """Turn scores into log distances; minus infinity where not even nothing is so far off."""
        grown = 1 + self.power * self.spread * scores
        with np.errstate(divide="ignore", invalid="ignore"):
            distance: Floats = np.log(grown.clip(min=0)) / self.power
        return distance

    def limits(self, p: Floats) -> Floats:
        """Give the |z| at which each series would be as rare as ``p``, (n_series,)."""
        return self.tails.limits(np.maximum(p, 1 / (self.tails.size[self.pools] + 1)), self.pools)


@dataclass(frozen=True, slots=True)
class _Days:
    """Scores of all days followed, (n_series, n_days), and the pool each belongs to."""

    raw: Floats
    z: Floats
    pools: Ints
    seen: Floats
    width: Floats


def nothing_kept(n_series: int) -> Kept:
    """Give what is known of series before their first day."""
    return Kept(start(n_series), prior(_N_POOLS))


def detect(
    signals: Signals,
    families: Families,
    *,
    weekdays: Ints,
    trains: Bools,
    kept: Kept | None = None,
) -> Detection:
    """Judge the last of some days.

    Args:
        signals: The series, (n_series, n_days).
        families: What kind each is.
        weekdays: Effective weekday of every day, (n_days,).
        trains: Whether a day is normal and complete, (n_days,): only such days teach.
        kept: What is known from the days before the first; None starts anew.
    """
    kept = kept or nothing_kept(len(signals.y))
    track = follow(signals, weekdays, trains, kept.filters)
    days = _scores(signals, families, trains, track, kept.filters.seen)
    before = _pool(kept.histograms, days, trains, slice(0, -1))
    tails = _fit(before)
    z, pools = days.z[:, -1], days.pools[:, -1]
    variance = (track.variance + track.counting)[:, -1].astype(np.float64)
    return Detection(
        expected=track.expected[:, -1].astype(np.float64),
        spread=np.sqrt(variance) * days.width[:, -1] * (1.0 if trains[-1] else EVENT_SPREAD),
        power=track.power[:, -1].astype(np.float64),
        raw=days.raw[:, -1],
        z=z,
        p=tails.p_values(z, pools),
        seen=days.seen[:, -1],
        pools=pools,
        tails=tails,
        kept=Kept(track.state, _pool(before, days, trains, slice(-1, None))),
    )


def replay(
    signals: Signals, families: Families, *, weekdays: Ints, trains: Bools, first: int
) -> tuple[Floats, Floats]:
    """Judge every day from ``first`` on by the days before it.

    Returns:
        Scores and p of all days, (n_series, n_days); p is NaN before ``first``.
    """
    track = follow(signals, weekdays, trains)
    days = _scores(signals, families, trains, track, start(len(signals.y)).seen)
    p = np.full(days.z.shape, np.nan)
    histograms = _pool(prior(_N_POOLS), days, trains, slice(0, first))
    for day in range(first, days.z.shape[1]):
        p[:, day] = _fit(histograms).p_values(days.z[:, day], days.pools[:, day])
        histograms = _pool(histograms, days, trains, slice(day, day + 1))
    return days.z, p


def _scores(
    signals: Signals, families: Families, trains: Bools, track: Track, seen_before: Reals
) -> _Days:
    """Score all days; those with too little behind them have no score."""
    learned = ~np.isnan(signals.y) & trains
    seen = seen_before[:, None] + np.cumsum(learned, axis=1) - learned
    raw = track.scores(signals.y).astype(np.float64)
    is_headline = (families.family == HEADLINE)[:, None]
    width = np.where(is_headline, np.sqrt(track.width).clip(*_WIDTHS), 1.0)
    raw /= width
    least = np.where(families.family == HEADLINE, *LEAST_SEEN)
    raw[seen < least[:, None]] = np.nan
    raw[:, ~trains] /= EVENT_SPREAD
    events = np.exp(track.log_events(signals.exposure))
    z = _panels_removed(raw, families, events)
    watched = 1 + np.digitize(events, _VOLUMES) + np.where(trains, 0, _N_VOLUMES)
    pools = np.where(is_headline, 0, watched)
    return _Days(raw, z, pools.astype(np.intp), seen.astype(np.float64), width)


def _panels_removed(raw: Floats, families: Families, events: Reals) -> Floats:
    z = raw.copy()
    for panel in np.unique(families.panel):
        mine = np.flatnonzero(families.panel == panel)
        if len(mine) >= PANEL_LEAST:
            z[mine] = without_panel(raw[mine], events[mine] >= _PANEL_EVENTS, PANEL_LEAST)
    return z


def _pool(histograms: Floats, days: _Days, trains: Bools, where: slice) -> Floats:
    """Add days to the pools; headline figures have no panel, so only their normal days count."""
    z, pools = days.z[:, where], days.pools[:, where]
    return pooled(histograms, np.where((pools == 0) & ~trains[where], np.nan, z), pools)


def _fit(histograms: Floats) -> Tails:
    """Fit every pool; a small one speaks with all of its kind, and a small kind with all."""
    normal = histograms[_NORMAL].sum(axis=0)
    other = histograms[_OTHER].sum(axis=0)
    other = other if other.sum() >= _POOL_LEAST else normal + other
    spoken = histograms.copy()
    for kind, together in ((_NORMAL, normal), (_OTHER, other)):
        small = spoken[kind].sum(axis=1) < _POOL_LEAST
        spoken[kind][small] = together
    return fit(spoken)
