"""How often the interval for a figure that still grows holds its true final value.

    python benchmarks/maturity.py [--shops N] [--write]

Simulated ads with known truth (orders Poisson with day-to-day noise, geometric lags that differ by
day, lognormal order values), downloaded every morning. Each fresh day is forecast from what those
downloads hold; the number as it stands, and the number over the mean share of all past days, are
the alternatives in use. ``--write`` puts the table into docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import median

import numpy as np

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "benchmarks.md"
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "tests" / "metrics")]

from growing_days import grown, versions  # noqa: E402 (lies beside the tests that use it)

from storeops.metrics.growing import Expected  # noqa: E402
from storeops.metrics.maturity import (  # noqa: E402
    cohorts,
    expected,
    expected_in_all,
    learn,
    mature_age,
)

COLUMN = "attributed_amount"
WINDOW = 15
FIRST = date(2025, 1, 1)
HEAD = (
    "orders a day", "shared noise", "days on record", "forecasts", "day: holds the truth",
    "week: holds the truth", "half width: day of age 1", "week", "median error of a day",
    "as it stands", "mean share",
)  # fmt: skip


@dataclass(frozen=True)
class Seen:
    """A fresh day or week: its truth, its forecast, and what the alternatives say."""

    age: int
    truth: float
    forecast: Expected
    now: float
    by_mean: float

    @property
    def held(self) -> bool:
        """Tell whether the interval holds the truth."""
        return self.forecast.low <= self.truth <= self.forecast.high


@dataclass(frozen=True)
class Setting:
    """One kind of shop."""

    orders: int
    shared: float
    days: int


def fresh(rng: np.random.Generator, setting: Setting) -> tuple[list[Seen], list[Seen]]:
    """Forecast the trailing days and week of one shop; what cannot be told is left out."""
    days = setting.days
    truth = grown(rng, days=days, orders=setting.orders, window=WINDOW, shared=setting.shared)
    found = cohorts(versions(truth, FIRST), COLUMN, mature_age(str(WINDOW)))
    growth = learn(found)
    with np.errstate(invalid="ignore"):
        shares = np.nanmean(found.by_age / found.final[:, None], axis=0)
    week, seen = np.arange(days - 7, days), []
    for at in week:
        age, now = int(found.age[at]), float(found.latest[at])
        outlook = expected(growth, now, age)
        if outlook is not None:
            seen.append(Seen(age, truth[at, -1], outlook, now, now / shares[age - 1]))
    total, now = expected_in_all(found, week), float(found.latest[week].sum())
    whole = [] if total is None else [Seen(0, truth[week, -1].sum(), total, now, now)]
    return seen, whole


def error(value: float, truth: float) -> float:
    """Give the relative error."""
    return abs(value / truth - 1)


def lines(shops: int) -> Iterator[tuple[str, ...]]:
    """Measure every size of shop and of record."""
    for orders in (8, 30, 150):
        for shared in (0.0, 0.25):
            for days in (30, 60):
                rng = np.random.default_rng(orders * 1000 + days)
                setting = Setting(orders, shared, days)
                yield line(setting, [fresh(rng, setting) for _ in range(shops)])


def line(setting: Setting, found: Sequence[tuple[list[Seen], list[Seen]]]) -> tuple[str, ...]:
    """Sum one setting up."""
    flat = [seen for days, _ in found for seen in days]
    weeks = [seen for _, whole in found for seen in whole]
    young = [seen.forecast for seen in flat if seen.age == 1]
    return (
        str(setting.orders),
        f"{setting.shared:.0%}",
        str(setting.days),
        f"{len(flat):,}",
        f"{np.mean([seen.held for seen in flat]):.1%}",
        f"{np.mean([seen.held for seen in weeks]):.1%}",
        f"±{median(half(one) for one in young):.0%}",
        f"±{median(half(seen.forecast) for seen in weeks):.0%}",
        f"{median(error(seen.forecast.value, seen.truth) for seen in flat):.1%}",
        f"{median(error(seen.now, seen.truth) for seen in flat):.1%}",
        f"{median(error(seen.by_mean, seen.truth) for seen in flat):.1%}",
    )


def half(one: Expected) -> float:
    """Give half the width of an interval over its middle."""
    return (one.high - one.low) / 2 / one.value


def table(found: Sequence[tuple[str, ...]], shops: int, seconds: float) -> str:
    """Draw the table."""
    rows = [HEAD, ("---",) * len(HEAD), *found]
    drawn = "\n".join("| " + " | ".join(row) + " |" for row in rows)
    return f"{shops} simulated shops a line, 90 % intervals, {seconds:.0f} s in all.\n\n{drawn}\n"


def main() -> None:
    """Measure, print, and write when told to."""
    parser = argparse.ArgumentParser(description="Measure the forecasts of growing figures.")
    parser.add_argument("--shops", type=int, default=400, help="simulated shops of each line")
    parser.add_argument(
        "--write", action="store_true", help="put the table into docs/benchmarks.md"
    )
    asked = parser.parse_args()
    begun = time.perf_counter()
    found = []
    for one in lines(asked.shops):
        found.append(one)
        print(" | ".join(one), flush=True)
    drawn = table(found, asked.shops, time.perf_counter() - begun)
    print("\n" + drawn)
    if asked.write:
        text = PAGE.read_text(encoding="utf-8")
        marks = re.compile(r"(<!-- measured: maturity -->\n).*?(<!-- end -->)", re.DOTALL)
        PAGE.write_text(marks.sub(lambda m: m[1] + drawn + m[2], text), encoding="utf-8")


if __name__ == "__main__":
    main()
