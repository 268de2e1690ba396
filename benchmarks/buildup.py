"""May the days from 21 to 8 days before a major event train an ordinary baseline?

    python benchmarks/buildup.py [--data DIR] [--write]

Real daily payments of 1,000 shops around 11.11 2015 and 6.18 2016. Two questions: does such a
fortnight differ from other fortnights, and is the forecast of the ordinary days after the event
(median of the same weekday of the last eight ordinary weeks) better with it or without it?
"""

from __future__ import annotations

import argparse
import gzip
import re
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from storeops.calendars import Phase, days_between, load_calendar

PAYMENTS = "koubei_daily_payments.txt.gz"
FIRST, LAST, ABSENT = date(2015, 7, 1), date(2016, 10, 31), date(2015, 12, 12)
DAY = timedelta(days=1)
NOT_ORDINARY = (
    ("2015-09-03", "2015-09-05"), ("2015-09-26", "2015-10-08"), ("2015-11-04", "2015-11-25"),
    ("2015-12-05", "2015-12-20"), ("2015-12-24", "2016-01-03"), ("2016-01-28", "2016-02-23"),
    ("2016-04-02", "2016-04-04"), ("2016-04-30", "2016-05-02"), ("2016-06-09", "2016-06-11"),
    ("2016-09-15", "2016-09-17"), ("2016-10-01", "2016-10-08"),
)  # fmt: skip
"""Holidays and events of those years: the shipped calendar begins in 2020."""
EVENTS = (
    ("11.11 2015", "2015-10-21", "2015-11-26", "2015-12-04"),
    ("6.18 2016", "2016-05-11", "2016-06-22", "2016-07-05"),
)
"""Event, first day of its build-up, first and last of the ordinary days to forecast."""
OTHERS = ("2016-03-15", "2016-03-29", "2016-04-12", "2016-04-26", "2016-05-25", "2016-06-22",
          "2016-07-10", "2016-07-24", "2016-08-07", "2016-10-14")  # fmt: skip
FORTNIGHT, LEAST = 14, 20


def place(text: str) -> int:
    return (date.fromisoformat(text) - FIRST).days


def payments(path: Path) -> np.ndarray:
    """Read the counts, (n_shops, n_days), NaN before a shop opened and on the absent day."""
    text = gzip.decompress(path.read_bytes()).decode("ascii")
    lines = [line.split(",") for line in text.splitlines() if line]
    days = [(day - FIRST).days for day in days_between(FIRST, LAST) if day != ABSENT]
    counts = np.full((len(lines), len(days) + 1), np.nan)
    counts[:, days] = [[float(cell or 0) for cell in line[1:]] for line in lines]
    opened = np.argmax(np.nan_to_num(counts) > 0, axis=1)
    counts[np.arange(counts.shape[1]) < opened[:, None] + 7] = np.nan
    return counts


def against_fortnight_before(counts: np.ndarray, first: str) -> float:
    """Median over shops of a fortnight's payments against the fortnight before, per cent."""
    at = place(first)
    now, before = counts[:, at : at + FORTNIGHT], counts[:, at - FORTNIGHT : at]
    known = ~np.isnan(now.sum(1) + before.sum(1)) & (before.min(1) > 0) & (now.sum(1) > 0)
    known &= before.mean(1) >= LEAST
    return float(np.median(now.sum(1)[known] / before.sum(1)[known]) - 1) * 100


def errors(counts: np.ndarray, days: range, left_out: set[int]) -> np.ndarray:
    """Log errors of the same-weekday forecast, (n_days, n_shops), NaN where not judged."""
    off = {n for a, z in NOT_ORDINARY for n in range(place(a), place(z) + 1)} | left_out
    logs = np.log(counts + 0.5)
    rows = []
    for day in days:
        weeks = [day - 7 * n for n in range(1, 14) if day - 7 * n >= 0 and day - 7 * n not in off]
        history = logs[:, weeks[:8]]
        known = (~np.isnan(history)).sum(1) >= 2
        center = np.full(len(logs), np.nan)
        center[known] = np.nanmedian(history[known], axis=1)
        usable = (np.exp(center) >= LEAST) & (counts[:, day] > 0)
        rows.append(np.where(usable, logs[:, day] - center, np.nan))
    return np.array(rows)


def table(counts: np.ndarray) -> Iterator[str]:
    """Write the lines of the page."""
    others = sorted(against_fortnight_before(counts, first) for first in OTHERS)
    yield (
        "| event | build-up v the fortnight before | other fortnights "
        "| median error of the forecast after, with it | without it |"
    )
    yield "| --- | --- | --- | --- | --- |"
    for name, first, after, end in EVENTS:
        days = range(place(after), place(end) + 1)
        left_out = set(range(place(first), place(first) + FORTNIGHT))
        kept, without = errors(counts, days, set()), errors(counts, days, left_out)
        both = ~np.isnan(kept + without)
        yield (
            f"| {name} | {against_fortnight_before(counts, first):+.1f} % "
            f"| {others[0]:+.1f} to {others[-1]:+.1f} % | {np.median(np.abs(kept[both])):.3f} "
            f"| {np.median(np.abs(without[both])):.3f} |"
        )
    yield f"\nOrdinary days it would cost: {', '.join(lost())}."


def lost() -> Iterator[str]:
    """Count the ordinary days of every year that are build-up."""
    calendar = load_calendar()
    for year in range(2020, 2027):
        days = calendar.phases(date(year, 1, 1), date(year, 12, 31))
        ordinary = [day for day in days if day.phase is Phase.NORMAL]
        yield f"{year}: {sum(day.is_buildup for day in ordinary)} of {len(ordinary)}"


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--data", type=Path, default=Path("../shared/data"))
    options.add_argument("--write", action="store_true", help="put the table into the page")
    chosen = options.parse_args()
    path = chosen.data / PAYMENTS
    if not path.is_file():
        print(f"skipped: {path} is absent")
        return 0
    lines = "\n".join(table(payments(path)))
    print(lines)
    if chosen.write:
        page = Path(__file__).parent.parent / "docs" / "benchmarks.md"
        text = page.read_text(encoding="utf-8")
        mark = re.compile(r"(<!-- measured: buildup -->\n).*?(<!-- end -->)", re.DOTALL)
        page.write_text(mark.sub(lambda m: f"{m[1]}{lines}\n{m[2]}", text), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
