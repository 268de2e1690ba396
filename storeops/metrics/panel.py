"""From long frames to matrices: days across, series down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from storeops.calendars import Calendar, Phase
from storeops.fields import Col

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Days:
    """Consecutive days and what the calendar says of each, (n_days,)."""

    first: date
    is_normal: Bools
    weekday: Ints
    """Effective weekday: a worked weekend has the profile of a workday."""

    def __len__(self) -> int:
        return len(self.is_normal)

    def index(self, day: date) -> int:
        """Give the position of a day; negative or too large when it lies outside."""
        return (day - self.first).days

    def day(self, index: int) -> date:
        """Give the day at a position."""
        return date.fromordinal(self.first.toordinal() + int(index))

    def since(self, index: int) -> Days:
        """Give the days from a position on."""
        return Days(self.day(index), self.is_normal[index:], self.weekday[index:])

    def dates(self, indices: Ints) -> tuple[date, ...]:
        """Give the days at several positions."""
        return tuple(self.day(int(index)) for index in indices)


def calendar_days(calendar: Calendar, first: date, last: date) -> Days:
    """Lay the calendar over a stretch of days, both ends included."""
    phases = calendar.phases(first, last)
    return Days(
        first=first,
        is_normal=np.array([phase.phase is Phase.NORMAL for phase in phases], dtype=bool),
        weekday=np.array(calendar.effective_weekdays(first, last), dtype=np.intp),
    )


def positions(frame: pd.DataFrame, first: date) -> Ints:
    """Give each row's day as a position counted from ``first``."""
    stamps = frame[Col.DATE].to_numpy().astype("datetime64[D]")
    return (stamps - np.datetime64(first, "D")).astype(np.intp)


def by_day(frame: pd.DataFrame, column: str, days: Days) -> Floats:
    """Lay one column of a one-row-per-day frame over the days; NaN where there is no row."""
    line = np.full(len(days), np.nan)
    if column in frame:
        where = positions(frame, days.first)
        inside = (where >= 0) & (where < len(days))
        line[where[inside]] = frame[column].to_numpy(dtype=np.float64)[inside]
    return line


@dataclass(frozen=True, slots=True)
class Panel:
    """Several columns of one fact as matrices.

    ``matrices[column]`` is (n_members, n_days), summed over rows of the same member and day. A
    member without a row on a day that the fact covers has 0 there (the export lists who was
    active); a day the fact does not cover is NaN for all. A missing cell of a row is NaN.
    """

    keys: tuple[str, ...]
    matrices: dict[str, Floats]
    covered: Bools
    """Days on which the fact has any row, (n_days,)."""
    born: Ints
    """Position of the day each member first appears on, (n_members,); 0 for those known before."""


def panel(
    frame: pd.DataFrame, key: str, columns: Sequence[str], days: Days, known: Sequence[str] = ()
) -> Panel:
    """Pivot a frame with one row per day and member.

    Args:
        frame: The rows; those outside the days are left out.
        key: The column that names the member.
        columns: What to lay out, as far as the frame has it.
        days: The days.
        known: Members that were there before the first day, whether they have a row or not.
    """
    where = positions(frame, days.first)
    inside = (where >= 0) & (where < len(days))
    where = where[inside]
    codes, present = pd.factorize(frame[key].to_numpy(dtype=object)[inside])
    names = pd.Index(sorted({*known, *(str(name) for name in present)}), dtype=object)
    codes = names.get_indexer(pd.Index(present).astype(str))[codes]
    spot = codes * len(days) + where
    covered = np.zeros(len(days), dtype=bool)
    covered[where] = True
    born = np.full(len(names), len(days), dtype=np.intp)
    np.minimum.at(born, codes, where)
    born[names.isin(list(known))] = 0
    matrices = {}
    for column in columns:
        if column in frame:
            cells = frame[column].to_numpy(dtype=np.float64)[inside]
            flat: Floats = np.bincount(
                spot, weights=cells, minlength=len(names) * len(days)
            ).astype(np.float64)
            matrix = flat.reshape(len(names), len(days))
            matrix[:, ~covered] = np.nan
            matrices[str(column)] = matrix
    return Panel(tuple(str(name) for name in names), matrices, covered, born)
