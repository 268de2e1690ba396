"""Which days speak of a normal day: the same weekday of normal weeks, the last normal days."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from storeops.metrics.panel import Bools, Days, Ints
from storeops.metrics.results import BaselineKind

MIN_WEEKS, MAX_WEEKS = 4, 8
MIN_DAYS, MAX_DAYS = 7, 14
LOOK_BACK = 91
"""Days after which a normal day is too old to speak of today."""
POOL_DAYS = 70


@dataclass(frozen=True, slots=True)
class Choice:
    """Normal days before the target, as positions in the window, oldest first.

    ``kind``: whether four weeks of the same weekday are there, at least a week of normal days, or
    less.
    """

    target: int
    weekday: Ints
    """Same weekday of the last normal weeks, at most eight."""
    recent: Ints
    """The last normal days, at most fourteen."""
    pool: Ints
    """Normal days of the last ten weeks."""
    kind: BaselineKind

    @property
    def used(self) -> Ints:
        """Give the days that a report names as the baseline."""
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
    return Choice(target, same, pool[-MAX_DAYS:], pool[-POOL_DAYS:], kind)
