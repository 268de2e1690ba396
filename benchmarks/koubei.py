"""Daily payments of 1,000 real shops (see `../shared/data/README.md` for origin and terms).

The folder is an argument of every benchmark that uses it; nothing of it is kept here.
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np

DATA = Path(__file__).parent.parent.parent / "shared" / "data"
FIRST, LAST = date(2015, 7, 1), date(2016, 10, 31)
_LOST = date(2015, 12, 12)
_EVENINGS = ((12, 24), (12, 25), (12, 31), (2, 14), (5, 20))
_WORKED = {
    date(2015, 9, 6): 0, date(2015, 10, 10): 4, date(2016, 2, 6): 4, date(2016, 2, 14): 0,
    date(2016, 6, 12): 0, date(2016, 9, 18): 0, date(2016, 10, 8): 4, date(2016, 10, 9): 0,
}  # fmt: skip


@dataclass(frozen=True)
class Payments:
    """Payments a day, (n_shops, n_days), NaN before a shop opens and on the lost day.

    ``is_event``: legal holidays, the weeks around Spring Festival, and evenings out.
    """

    ids: np.ndarray
    days: tuple[date, ...]
    counts: np.ndarray
    weekday: np.ndarray
    is_event: np.ndarray

    def between(self, first: date, last: date) -> np.ndarray:
        """Mark the days of a stretch, both ends included."""
        return np.array([first <= day <= last for day in self.days])


def payments(folder: Path = DATA) -> Payments:
    """Read the payments.

    Raises:
        SystemExit: The data is not there.
    """
    file = folder / "koubei_daily_payments.txt.gz"
    if not file.is_file():
        raise SystemExit(f"absent: {file.name} is not in {folder}; give --data DIR")
    with gzip.open(file, "rt") as lines:
        table = np.array(
            [[float(cell) for cell in line.replace(",", " ").split()] for line in lines]
        )
    days = tuple(FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1))
    counts = np.full((len(table), len(days)), np.nan)
    counts[:, [n for n, day in enumerate(days) if day != _LOST]] = table[:, 1:]
    opened = np.argmax(np.nan_to_num(counts) > 0, axis=1)
    counts[np.arange(len(days)) < opened[:, None]] = np.nan
    weekday = np.array([_WORKED.get(day, day.weekday()) for day in days])
    return Payments(table[:, 0].astype(int), days, counts, weekday, _events(days))


def _events(days: tuple[date, ...]) -> np.ndarray:
    import holidays  # noqa: PLC0415 (a development dependency)

    legal = {
        day for day in holidays.country_holidays("CN", years=(2015, 2016)) if day not in _WORKED
    }
    spring = {date(2016, 1, 30) + timedelta(days=n) for n in range(16)}
    named = legal | spring | {_LOST}
    return np.array([day in named or (day.month, day.day) in _EVENINGS for day in days])
