"""Nothing happens in a small shop: how often does it read abnormal? And what is seen when it does?

    python benchmarks/small_shops.py [--write]

Simulated shops (level x weekday x day noise of 8 to 17 %, Poisson counts, lognormal money) at 9,
30, 150 and 1,500 buyers a day, beside the fixed rules people use; then the share of planted
changes that are seen, by size of the shop and noise of its days.
"""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
from page import write_table

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "metrics"))

from shops import quiet_shop, window

from storeops.calendars import Phase, days_between, load_calendar
from storeops.fields import Col
from storeops.metrics.figures import headline

CALENDAR = load_calendar()
LAST = date(2025, 9, 30)
ORDINARY = [
    d for d in days_between(date(2025, 3, 15), LAST) if CALENDAR.phase(d).phase is Phase.NORMAL
]
COUNTS = [Col.VISITORS.value, Col.PAID_BUYERS.value, Col.PAID_AMOUNT.value]
SIZES = (9, 30, 150, 1500)


def _days(buyers: float, n: int, noise: float | None, hit: float) -> tuple[float, dict[str, float]]:
    """Give the share of judged days that read abnormal, and that the fixed rules flag."""
    rng = np.random.default_rng([11, int(buyers), int(100 * (noise or 0)), int(100 * hit)])
    said, rules = (
        [],
        {"paid +-30 %": [], "paid +-10 %": [], "conversion -2 pp": [], "conversion +-20 %": []},
    )
    while len(said) < n:
        frame = quiet_shop(
            rng, buyers=buyers, noise=noise or rng.uniform(0.08, 0.17), last=LAST, n_days=360
        )
        for place in rng.choice(len(ORDINARY), 8, replace=False):
            end = pd.Timestamp(ORDINARY[place])
            past = frame[frame[Col.DATE] <= end].tail(150).reset_index(drop=True)
            if hit != 1:
                past.loc[past.index[-1], COUNTS] = (past.loc[past.index[-1], COUNTS] * hit).round()
            day = headline(window(past), CALENDAR)
            if not day.is_judged:
                continue
            said.append(day.is_abnormal)
            now, before = past.iloc[-1], past.iloc[-8]
            change = now[Col.PAID_AMOUNT] / max(before[Col.PAID_AMOUNT], 1) - 1
            rate = [row[Col.PAID_BUYERS] / max(row[Col.VISITORS], 1) for row in (now, before)]
            rules["paid +-30 %"].append(abs(change) > 0.3)
            rules["paid +-10 %"].append(abs(change) > 0.1)
            rules["conversion -2 pp"].append(rate[0] - rate[1] < -0.02)
            rules["conversion +-20 %"].append(abs(rate[0] / max(rate[1], 1e-9) - 1) > 0.2)
    return float(np.mean(said)), {name: float(np.mean(flags)) for name, flags in rules.items()}


def quiet() -> list[tuple[str, ...]]:
    rows = []
    for buyers in SIZES:
        share, rules = _days(buyers, 1600, None, 1.0)
        rows.append(
            (
                str(buyers),
                f"{100 * share:.1f} %",
                "<= 4 %",
                *(f"{100 * one:.1f} %" for one in rules.values()),
            )
        )
        print(" | ".join(rows[-1]), flush=True)
    return rows


def power() -> list[tuple[str, ...]]:
    rows = []
    for hit in (0.7, 0.5, 1.5):
        for buyers in SIZES:
            seen = (
                f"{100 * _days(buyers, 96, noise, hit)[0]:.0f} %"
                for noise in (0.05, 0.08, 0.12, 0.17)
            )
            rows.append((f"{100 * hit - 100:+.0f} %", str(buyers), *seen))
            print(" | ".join(rows[-1]), flush=True)
    return rows


def main() -> None:
    asked = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    asked.add_argument("--write", action="store_true")
    options = asked.parse_args()
    calm, seen = quiet(), power()
    if options.write:
        heads = (
            "buyers a day",
            "reads abnormal",
            "limit",
            "paid +-30 %",
            "paid +-10 %",
            "conversion -2 pp",
            "conversion +-20 %",
        )
        write_table("small-shops", heads, calm)
        write_table("power", ("planted", "buyers a day", "noise 5 %", "8 %", "12 %", "17 %"), seen)


if __name__ == "__main__":
    main()
