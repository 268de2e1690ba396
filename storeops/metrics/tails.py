"""How rare a score is: a half-t fitted to the pooled past scores of a family (STATISTICS 2.1).

Real shops have heavier tails than any count model says, so the tail is learned. Scores of the
last weeks are pooled in a histogram that forgets slowly; two half-t curves are fitted to its
quantiles and the heavier one counts. Only the centre of the pool is looked at, so that real
incidents of the past do not hide new ones. Nothing is called rarer than the pool can know: no p
below one over its size.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from storeops.metrics.panel import Bools, Floats, Ints

WIDTH, N_BINS = 0.05, 240
"""Bins of |score|; what lies beyond the last is counted there."""
FORGETTING = 0.985
"""What a day keeps of the days before it: about 66 days speak."""
PRIOR_SIZE, PRIOR_FREEDOM = 100.0, 4.0
"""The pool begins with so many scores of a t with so many degrees of freedom: the tails of real
shops have 3 to 5 (STATISTICS 0)."""
_FREEDOMS = np.concatenate([np.arange(2.0, 6.0, 0.25), np.arange(6.0, 12.0), [15, 20, 30, 60, 200]])
_WILD = 8.0
"""Scores beyond this are incidents: the outer fit leaves them out."""
_COMPARED_AT = 6.0
_FAR_OUT = 1 / 2_000
_LARGE = 5_000.0
"""Scores with which a pool is a witness of its own."""
_EDGES = np.arange(N_BINS + 1) * WIDTH


@dataclass(frozen=True, slots=True)
class Tails:
    """What several pools know: half-t curves, (n_pools,) each, and the scores themselves.

    ``size`` counts the scores behind a pool, ``beyond`` (n_pools, bins) those in each bin and
    above.
    """

    freedom: Floats
    scale: Floats
    size: Floats
    beyond: Floats

    def p_values(self, scores: Floats, pools: Ints) -> Floats:
        """Give the two-sided p of scores, (n,), each by its own pool; NaN stays NaN.

        Far out, where a curve fitted to the centre only guesses, a large pool is its own witness:
        nothing is rarer than it was there.
        """
        freedom, scale, size = self.freedom[pools], self.scale[pools], self.size[pools]
        p: Floats = 2 * special.stdtr(freedom, -np.abs(scores) / scale)
        seen = np.where(size >= _LARGE, self.beyond[pools, _bins(scores)], 0.0)
        witnessed = np.minimum((1 + seen) / (size + 1), _FAR_OUT)
        return np.maximum(p, np.maximum(witnessed, 1 / (size + 1)))

    def limits(self, p: Floats, pools: Ints) -> Floats:
        """Give the score at which p falls to a value, (n,); infinite where the pool cannot say."""
        size = self.size[pools]
        limit: Floats = -self.scale[pools] * special.stdtrit(self.freedom[pools], p / 2)
        allowed = p * (size + 1) - 1
        asked = (size >= _LARGE) & (p < _FAR_OUT)
        more = (self.beyond[pools] > allowed[:, None]) & asked[:, None]
        witnessed = WIDTH * more.sum(axis=1)
        return np.where(allowed < 0, np.inf, np.maximum(limit, witnessed))


def _bins(scores: Floats) -> Ints:
    """Give the bin of every score; NaN falls into the first."""
    return np.minimum(np.abs(np.nan_to_num(scores)) / WIDTH, N_BINS - 1).astype(np.intp)


def prior(n_pools: int) -> Floats:
    """Give the histograms of pools that have seen nothing yet, (n_pools, bins)."""
    scale = np.sqrt(1 - 2 / PRIOR_FREEDOM)
    share = 1 - 2 * special.stdtr(PRIOR_FREEDOM, -_EDGES / scale)
    share[-1] = 1.0
    return np.tile(PRIOR_SIZE * np.diff(share), (n_pools, 1))


def pooled(histograms: Floats, scores: Floats, pools: Ints) -> Floats:
    """Add days to the pools, forgetting a little with each day that had a score.

    Day by day, so that it makes no difference in how many goes they are added.

    Args:
        histograms: What the pools hold, (n_pools, bins).
        scores: Oldest day first, (n_series, n_days), NaN where there is none.
        pools: The pool of every score, (n_series, n_days).

    Returns:
        New histograms.
    """
    held = histograms
    for day in range(scores.shape[1]):
        known = ~np.isnan(scores[:, day])
        pool = pools[known, day]
        spot = _bins(scores[known, day])
        added = np.bincount(pool * N_BINS + spot, minlength=held.size).reshape(held.shape)
        speaks = added.any(axis=1, keepdims=True)
        held = np.where(speaks, held * FORGETTING + added, held)
    return held


def fit(histograms: Floats) -> Tails:
    """Fit the half-t of every pool: by its 50, 80 and 95 %, and by 80, 95 and 99 % of the tame.

    The heavier of the two is used: the first alone is too thin where calm and wild series mix.
    """
    middle, inner, outer = _quantiles(histograms, (0.5, 0.8, 0.95))
    first = _half_t(outer / middle, inner, low=0.5, high=0.95, at=0.8)
    tame = histograms.copy()
    tame[:, int(_WILD / WIDTH) :] = 0.0
    low, mid, far = _quantiles(tame, (0.8, 0.95, 0.99))
    second = _half_t(far / low, mid, low=0.8, high=0.99, at=0.95)
    heavier = _tail(*second) > _tail(*first)
    return Tails(
        freedom=np.where(heavier, second[0], first[0]),
        scale=np.where(heavier, second[1], first[1]),
        size=histograms.sum(axis=1),
        beyond=np.flip(np.cumsum(np.flip(histograms, axis=1), axis=1), axis=1),
    )


def _half_t(
    ratio: Floats, quantile: Floats, *, low: float, high: float, at: float
) -> tuple[Floats, Floats]:
    """Find freedom and scale of the half-t with a ratio of two quantiles and one quantile."""
    ratios = _quantile_of_t(_FREEDOMS, high) / _quantile_of_t(_FREEDOMS, low)
    freedom = np.interp(ratio, ratios[::-1], _FREEDOMS[::-1])
    return freedom, quantile / _quantile_of_t(freedom, at)


def _quantile_of_t(freedom: Floats, share: float) -> Floats:
    quantile: Floats = special.stdtrit(freedom, (1 + share) / 2)
    return quantile


def _tail(freedom: Floats, scale: Floats) -> Floats:
    tail: Floats = special.stdtr(freedom, -_COMPARED_AT / scale)
    return tail


def _quantiles(histograms: Floats, shares: tuple[float, ...]) -> tuple[Floats, ...]:
    """Read quantiles off histograms, by straight lines within a bin."""
    grown = np.cumsum(histograms, axis=1)
    found = []
    for share in shares:
        wanted = share * grown[:, -1]
        place = (grown < wanted[:, None]).sum(axis=1).clip(max=N_BINS - 1)
        rows = np.arange(len(histograms))
        inside = histograms[rows, place]
        below = grown[rows, place] - inside
        found.append(WIDTH * (place + (wanted - below) / np.maximum(inside, 1e-12)))
    return tuple(found)


def without_panel(scores: Floats, is_used: Bools, least: int) -> Floats:
    """Take off what a whole family shares on a day: its median score, and its width if above 1.

    Args:
        scores: (n_series, n_days), NaN where unknown.
        is_used: Whether a score may speak for the family, (n_series, n_days).
        least: Series a day needs; with fewer the day is left alone.
    """
    center, n = _median(np.where(is_used, scores, np.nan))
    width, _ = _median(np.where(is_used, np.abs(scores - center), np.nan))
    enough = n >= least
    center = np.where(enough, center, 0.0)
    width = np.where(enough, np.maximum(_MAD_TO_SD * width, 1.0), 1.0)
    cleaned: Floats = (scores - center) / width
    return cleaned


_MAD_TO_SD = 1.4826


def _median(values: Floats) -> tuple[Floats, Ints]:
    """Median over the series of every day, over what is known, and how many that is."""
    n = (~np.isnan(values)).sum(axis=0)
    ordered = np.sort(values, axis=0)
    last, days = (n - 1).clip(min=0), np.arange(values.shape[1])
    median = (ordered[last // 2, days] + ordered[(last + 1) // 2, days]) / 2
    return median, n
