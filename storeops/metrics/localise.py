"""Where a change sits: the few segments whose leaves moved together by one ratio (STATISTICS 4).

Leaves are the finest cells of a small cube (item x source, category x channel). A segment fixes the
values of some dimensions; the root fixes none. One ratio for a segment is worth having when it
explains more of the deviation, measured in each leaf's own noise, than the choice among so many
segments would by chance. The segment that explains most is taken, its leaves are brought to its
ratio, and the search goes on outside of it. Money adds up: the segments and the remainder are the
whole change.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy import special

from storeops.metrics.panel import Bools, Floats, Ints

MOST = 8
"""Segments looked for at most."""
CHANCE = 0.01
"""Share of searches in pure noise that may find anything."""
_REACH = 5.0
"""A leaf's deviation counts up to so many standard deviations: one wild leaf is no segment."""
_SCATTER = 0.25
"""Leaves of a segment move by one ratio, give or take so much of the move."""
_GONE = 2.0
"""Relative distance of something from nothing: it tells no noise."""
_QUARTER = 0.3186
"""A quarter of normal deviations are smaller than this: the calm leaves tell the noise."""
_LEAST_NOISE = 0.01


@dataclass(frozen=True, slots=True)
class Cube:
    """Leaves with what was expected and what came, (n_leaves,) each; ``codes`` (n_leaves, n_dims).

    ``noise`` is the standard deviation of actual - expected; None learns it from the leaves.
    """

    codes: Ints
    actual: Floats
    expected: Floats
    noise: Floats | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    """One place of a change.

    ``fixed`` maps a dimension's position to the code it fixes; empty for the root. ``ratio`` is
    actual over expected after the segments before it, ``amount`` what that moved. ``p`` says how
    often pure noise would show as much in the best of all segments looked at.
    """

    fixed: dict[int, int]
    ratio: float
    amount: float
    z: float
    p: float


@dataclass(frozen=True, slots=True)
class Localised:
    """Segments in the order in which they were found, and what none of them explains."""

    segments: tuple[Segment, ...]
    remainder: float


@dataclass(frozen=True, slots=True)
class _Cuboid:
    """All segments that fix the same dimensions: which of them every leaf is in."""

    dims: tuple[int, ...]
    member: Ints
    size: int
    count: Ints


@dataclass(frozen=True, slots=True)
class _Best:
    cuboid: _Cuboid
    index: int
    gain: float
    score: float
    ratio: float


def localise(cube: Cube, *, most: int = MOST, chance: float = CHANCE) -> Localised:
    """Find the segments that moved, the one that explains most first.

    Args:
        cube: The leaves; actual and expected are not negative.
        most: Segments to look for.
        chance: Share of searches in pure noise that may find anything.

    Returns:
        No segment when noise explains everything. Amounts and remainder add up to
        ``sum(actual) - sum(expected)``.
    """
    search = _Search(cube)
    found: list[Segment] = []
    while len(found) < most:
        segment = search.next(chance)
        if segment is None:
            break
        found.append(segment)
    return Localised(tuple(found), search.remainder)


class _Search:
    """A greedy search: every segment found is fitted, and the next one sought in what is left."""

    def __init__(self, cube: Cube) -> None:
        self._codes = cube.codes
        self._actual = cube.actual.astype(np.float64)
        self._fitted = cube.expected.astype(np.float64)
        self._noise = _noise(cube, self._actual, self._fitted)
        self._cuboids = tuple(_cuboids(cube.codes)) if len(cube.codes) else ()
        self._told = [np.zeros(cuboid.size, dtype=bool) for cuboid in self._cuboids]
        self._looked_at = sum(cuboid.size for cuboid in self._cuboids)

    @property
    def remainder(self) -> float:
        """What no segment explains so far."""
        return float(self._actual.sum() - self._fitted.sum())

    def next(self, chance: float) -> Segment | None:
        """Find and fit the next segment; None when nothing is left but noise."""
        scored = [self._best(place) for place in range(len(self._cuboids))]
        best = max(scored, key=lambda one: one.score, default=None)
        if best is None or best.score <= 0:
            return None
        p = min(1.0, self._looked_at * float(special.chdtrc(1, best.gain)))
        if p > chance:
            return None
        inside = best.cuboid.member == best.index
        moved = np.where(inside, self._fitted * (best.ratio - 1), 0.0)
        spread = math.sqrt(float((self._noise[inside] ** 2).sum()))
        self._fitted = self._fitted + moved
        self._noise = np.hypot(self._noise, _SCATTER * moved)
        self._tell(inside, best.cuboid)
        amount = float(moved.sum())
        fixed = {dim: int(self._codes[np.argmax(inside), dim]) for dim in best.cuboid.dims}
        return Segment(fixed, best.ratio, amount, amount / spread, p)

    def _tell(self, inside: Bools, found: _Cuboid) -> None:
        """Set aside the segment and all that lie within it: their move is told."""
        if not found.dims:
            self._told[0][:] = True
            return
        for place, cuboid in enumerate(self._cuboids):
            within = np.bincount(cuboid.member, inside, cuboid.size) == cuboid.count
            self._told[place] |= within

    def _best(self, place: int) -> _Best:
        """Find the segment of a cuboid whose one ratio explains most beyond the choice of it."""
        cuboid = self._cuboids[place]
        size, member = cuboid.size, cuboid.member
        actual, fitted, noise = self._actual, self._fitted, self._noise
        before, now = np.bincount(member, fitted, size), np.bincount(member, actual, size)
        ratio = np.divide(now, before, out=np.ones(size), where=before > 0)
        moved = fitted * (ratio[member] - 1)
        loose = np.hypot(noise, _SCATTER * moved)
        gain = _deviation(actual - fitted, noise) - _deviation(actual - fitted - moved, loose)
        gains = np.bincount(member, gain, size)
        gains[self._told[place]] = 0.0
        index = int(gains.argmax())
        best = float(gains[index])
        return _Best(cuboid, index, best, best - 2 * math.log(size), float(ratio[index]))


def _noise(cube: Cube, actual: Floats, expected: Floats) -> Floats:
    """Take the leaves' noise as given, or as one relative spread of all of them."""
    if cube.noise is not None:
        return np.maximum(cube.noise.astype(np.float64), 1e-9)
    middle = (actual + expected) / 2
    known = middle > 0
    relative = np.abs(actual - expected)[known] / middle[known]
    tame = relative[relative < _GONE]
    spread = float(np.quantile(tame, 0.25)) / _QUARTER if len(tame) else 1.0
    noise: Floats = np.maximum(max(spread, _LEAST_NOISE) * middle, 1e-9)
    return noise


def _cuboids(codes: Ints) -> Iterator[_Cuboid]:
    """List every choice of dimensions, the root first."""
    n_leaves, n_dims = codes.shape
    for count in range(n_dims + 1):
        for dims in combinations(range(n_dims), count):
            key = np.zeros(n_leaves, dtype=np.intp)
            for dim in dims:
                key = key * (int(codes[:, dim].max(initial=0)) + 1) + codes[:, dim]
            values, member = np.unique(key, return_inverse=True)
            size = len(values)
            yield _Cuboid(dims, member, size, np.bincount(member, minlength=size))


def _deviation(rest: Floats, noise: Floats) -> Floats:
    deviation: Floats = np.minimum((rest / noise) ** 2, _REACH**2)
    return deviation
