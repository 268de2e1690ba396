"""Figures that are shown as ranges: what two of them certainly say, and what they cannot say.

Nothing is read off the middle of a range. A range that is widened can only make a certain change
uncertain, never turn it round.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum


class Certainty(StrEnum):
    """How much two looks at a figure say about its change."""

    CERTAIN = "certain"
    """The ranges have no value in common, or both figures are exact."""
    POSSIBLE = "possible"
    """They have: it may have risen, fallen or stayed."""
    UNKNOWABLE = "unknowable"
    """One of the looks shows nothing."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure known to lie between two ends, both included; exact when they are the same."""

    low: float
    high: float

    @property
    def is_exact(self) -> bool:
        """Tell a single value."""
        return self.low == self.high

    @property
    def is_open(self) -> bool:
        """Tell a range that excludes nothing."""
        return self.low <= 0 and math.isinf(self.high)


@dataclass(frozen=True, slots=True)
class Difference:
    """A change from one look to the next.

    ``direction`` is 1, -1 or 0 where it is certain, else None. ``least`` and ``most`` bound the
    relative change (-0.1 is a tenth less); None where nothing bounds it.
    """

    certainty: Certainty
    direction: int | None = None
    least: float | None = None
    most: float | None = None


def compare(old: Interval | None, new: Interval | None) -> Difference:
    """Compare two looks at one figure; None is a look that shows nothing."""
    if old is None or new is None or old.is_open or new.is_open:
        return Difference(Certainty.UNKNOWABLE)
    least, most = _quotient(new.low, old.high), _quotient(new.high, old.low)
    if old.is_exact and new.is_exact:
        way = (new.low > old.low) - (new.low < old.low)
        return Difference(Certainty.CERTAIN, way, least, most)
    if new.low > old.high:
        return Difference(Certainty.CERTAIN, 1, least, most)
    if new.high < old.low:
        return Difference(Certainty.CERTAIN, -1, least, most)
    return Difference(Certainty.POSSIBLE, None, least, most)


def _quotient(above: float, below: float) -> float | None:
    """Divide ends of ranges, less one; None where nothing bounds it."""
    return None if below <= 0 or math.isinf(above) or math.isinf(below) else above / below - 1
