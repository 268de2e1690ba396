"""Market, shop, both? Planted changes in real shops beside their city, and in simulated ones.

    python benchmarks/market.py [--data DIR] [--write]

The market of a real shop is the mean surprise of the other shops of its city (of all shops where
the city has fewer than fifteen). Shops of at least twenty payments a day; the beta of a day is
learned from the ninety days before it. Calm days: the market moved less than 3 %; market days:
more than 10 %.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import warnings
from collections import Counter
from datetime import date
from pathlib import Path

import numpy as np
from koubei import DATA, Payments, payments
from page import write_table

from storeops.metrics.filters import Signals, follow
from storeops.metrics.market import Surprises, fitted, verdict

CAUSES = ("unknown", "market", "shop", "both", "against_market")
PAST = 90


def _cities(folder: Path, ids: np.ndarray) -> np.ndarray:
    with gzip.open(folder / "koubei_shops.csv.gz", "rt", encoding="utf-8-sig") as lines:
        rows = list(csv.reader(lines))
    body = rows[1:] if not rows[0][0].isdigit() else rows
    city = {int(row[0]): row[1] for row in body}
    return np.array([city.get(int(one), "") for one in ids])


def _surprises(
    data: Payments, folder: Path
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Give own and market surprises, the spread of each shop's day, and where they are usable."""
    y = np.log(data.counts + 0.5).astype(np.float32)
    track = follow(Signals(y, np.ones(len(y), dtype=np.float32)), data.weekday, ~data.is_event)
    own = (y - track.expected).astype(float)
    spread = np.sqrt(track.variance + track.counting).astype(float)
    age = np.cumsum(~np.isnan(y), axis=1)
    usable = (np.exp(track.expected) >= 20) & ~np.isnan(own) & (age >= 40)
    tamed = np.where(usable, np.clip(own, -3 * spread, 3 * spread), 0.0)
    weight = np.where(usable, 1 / np.maximum(spread, 0.05) ** 2, 0.0)
    city = _cities(folder, data.ids)
    market = np.empty_like(own)
    for name in set(city):
        rows = np.flatnonzero(city == name)
        pool = rows if len(rows) >= 15 else np.arange(len(own))
        total, sums = weight[pool].sum(axis=0), (weight * tamed)[pool].sum(axis=0)
        market[rows] = (sums - (weight * tamed)[rows]) / np.maximum(total - weight[rows], 1e-9)
    return own, market, spread, usable


def _past(
    own: np.ndarray, market: np.ndarray, inside: np.ndarray, day: int
) -> tuple[np.ndarray, np.ndarray]:
    days = np.flatnonzero(inside[:day])[-PAST:]
    return own[days], market[days]


def real(folder: Path) -> list[tuple[str, ...]]:
    """Plant shop-only, market-only and both on calm and on market days."""
    data = payments(folder)
    own, market, spread, usable = _surprises(data, folder)
    window = data.between(date(2016, 5, 15), date(2016, 10, 31))
    rng = np.random.default_rng(3)
    normal = usable & ~data.is_event
    # (name, shift of own, shift of the market, right answers)
    plants = (
        ("nothing", 0.0, 0.0, ("unknown", "market")),
        ("shop -30 %", np.log(0.7), 0.0, ("shop",)),
        ("shop -50 %", np.log(0.5), 0.0, ("shop",)),
        ("market -30 %", np.log(0.7), np.log(0.7), ("market",)),
        ("market -30 %, shop -50 %", np.log(0.35), np.log(0.7), ("both",)),
        ("market -30 %, shop flat", 0.0, np.log(0.7), ("against_market",)),
    )
    rows = []
    calm = window & ~data.is_event & (np.abs(np.nanmedian(market, axis=0)) < 0.03)
    for low, high, told in ((0, 0.13, "noise < 13 %"), (0.13, 0.2, "13-20 %"), (0.2, 9, "> 20 %")):
        for name, shift, moved, right in plants:
            said: Counter[str] = Counter()
            for day in np.flatnonzero(calm)[::6]:
                shops = np.flatnonzero(
                    usable[:, day] & (spread[:, day] >= low) & (spread[:, day] < high)
                )
                for shop in rng.permutation(shops)[:40]:
                    past = _past(own[shop], market[shop], normal[shop], day)
                    found = Surprises(
                        own[shop, day] + shift, market[shop, day] + moved, *past, is_normal=True
                    )
                    said[verdict(found)[0]] += 1
            rows.append(_row(f"calm day, {told}: {name}", said, right))
    moved_days = window & (np.abs(np.nanmedian(market, axis=0)) > 0.10)
    said = Counter()
    for day in np.flatnonzero(moved_days):
        for shop in rng.permutation(np.flatnonzero(usable[:, day]))[:200]:
            past = _past(own[shop], market[shop], normal[shop], day)
            found = Surprises(
                own[shop, day], market[shop, day], *past, is_normal=not data.is_event[day]
            )
            said[verdict(found)[0]] += 1
    rows.append(
        _row(f"{moved_days.sum()} market days: nothing planted", said, ("unknown", "market"))
    )
    return rows


def betas(folder: Path) -> list[tuple[str, ...]]:
    """Compare ways to choose a beta by the spread of what is left."""
    data = payments(folder)
    own, market, spread, usable = _surprises(data, folder)
    window = data.between(date(2016, 5, 15), date(2016, 10, 31))
    normal = usable & ~data.is_event
    left: dict[str, dict[bool, list[float]]] = {}
    rng = np.random.default_rng(4)
    for shop in rng.permutation(len(own))[:300]:
        for day in np.flatnonzero(usable[shop] & window)[::4]:
            mine, other = _past(own[shop], market[shop], normal[shop], day)
            if len(mine) < 40:
                continue
            reach = 3 * spread[shop, day]
            square = float((other**2).sum())
            ways = {
                "none": 0.0,
                "one": 1.0,
                "least squares": float((mine.clip(-reach, reach) * other).sum())
                / max(square, 1e-9),
                "storeops": fitted(mine, other).value,
            }
            for name, beta in ways.items():
                rest = np.clip(own[shop, day], -reach, reach) - beta * market[shop, day]
                left.setdefault(name, {False: [], True: []})[bool(data.is_event[day])].append(rest)
    return [
        (name, *(f"{np.sqrt(np.mean(np.square(rests[kind]))):.4f}" for kind in (False, True)))
        for name, rests in left.items()
    ]


def simulated() -> list[tuple[str, ...]]:
    """Shops of 5 to 9 % noise, peers of 4 to 6 %, true betas of 0.7 to 1.3."""
    rng = np.random.default_rng(5)
    plants = (
        ("nothing", 0.0, 0.0, ("unknown",)),
        ("market -30 % with the shop", 0.0, np.log(0.7), ("market",)),
        ("shop alone -30 %", np.log(0.7), 0.0, ("shop",)),
        (
            "market +25 %, shop -25 %",
            np.log(0.75) - np.log(1.25),
            np.log(1.25),
            ("against_market",),
        ),
        ("market -30 %, shop -30 % more", np.log(0.7), np.log(0.7), ("both",)),
    )
    rows = []
    for name, own, market, right in plants:
        said: Counter[str] = Counter()
        for _ in range(400):
            noise, peers, beta = (
                rng.uniform(0.05, 0.09),
                rng.uniform(0.04, 0.06),
                rng.uniform(0.7, 1.3),
            )
            days = rng.normal(0, 0.03, 101)
            days[-1] = market
            mine = beta * days + rng.normal(0, noise, 101)
            other = days + rng.normal(0, peers, 101)
            found = Surprises(mine[-1] + own, other[-1], mine[:-1], other[:-1], is_normal=True)
            said[verdict(found)[0]] += 1
        rows.append(_row(f"simulated: {name}", said, right))
    return rows


def _row(name: str, said: Counter[str], right: tuple[str, ...]) -> tuple[str, ...]:
    n = max(sum(said.values()), 1)
    shares = (f"{100 * said[cause] / n:.0f} %" for cause in CAUSES)
    correct = 100 * sum(said[cause] for cause in right) / n
    return (name, f"{correct:.0f} %", *shares)


def main() -> None:
    asked = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    asked.add_argument("--data", type=Path, default=DATA)
    asked.add_argument("--write", action="store_true")
    options = asked.parse_args()
    warnings.simplefilter("ignore")
    rows, ways = simulated(), []
    try:
        rows += real(options.data)
        ways = betas(options.data)
    except SystemExit as absent:
        print(absent)
    for row in (*rows, *ways):
        print(" | ".join(row))
    if options.write:
        write_table(
            "market", ("what", "right", "cannot tell", "market", "shop", "both", "against"), rows
        )
        write_table("betas", ("beta", "spread of what is left, normal days", "event days"), ways)


if __name__ == "__main__":
    main()
