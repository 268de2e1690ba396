"""Does the cause engine name the true segment? Planted drops in shops, and cubes with planted faults.

    python benchmarks/attribution.py [--riskloc DIR] [--wise-pizza PYTHON] [--write]

Shops: 500 items x 6 channels in 12 categories, one category x channel loses 70 % of its visits
(about 1 % of sales), 20 draws. Cubes S (10 x 12 x 10 x 8 x 5) and T (12 x 40 x 3): Weibull leaves,
zeros, relative noise up to 25 %, one to three faults of one to three segments each. The score of
a cube is exact agreement (F1), and the share of the abnormal amount that the first three segments
explain. ``--riskloc`` points at a checkout of that program to run on the same cubes,
``--wise-pizza`` at a Python that has it.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from statistics import mean, median
from typing import Any

import numpy as np
import pandas as pd
from page import write_table

from storeops.metrics.localise import Cube, localise

SIZES = {"S": ((10, 12, 10, 8, 5), 20), "T": ((12, 40, 3), 60)}
FIRST_SEED = 700
Place = frozenset[tuple[int, int]]


@dataclass(frozen=True)
class Planted:
    """A cube and the places at fault."""

    cube: Cube
    truth: frozenset[Place]


# --- shops


def shop(seed: int) -> tuple[Planted, pd.DataFrame]:
    """Draw two days of a shop; on the second one category x channel loses 70 % of its visits."""
    rng = np.random.default_rng(seed)
    n_items, n_channels, n_categories = 500, 6, 12
    category = rng.integers(0, n_categories, n_items)
    popularity = rng.permutation(1 / np.arange(1, n_items + 1))
    channel = np.array([0.35, 0.25, 0.15, 0.1, 0.1, 0.05])
    visits = 300_000 * popularity[:, None] / popularity.sum() * channel
    rate = 0.03 * np.exp(rng.normal(0, 0.3, (n_items, 1)))
    price = rng.lognormal(4.5, 0.5, (n_items, 1))
    worth = visits * rate * price
    shares = np.stack([worth[category == k].sum(axis=0) for k in range(n_categories)]) / worth.sum()
    place = np.unravel_index(np.abs(shares - 0.016).argmin(), shares.shape)
    hit = visits.copy()
    hit[category == place[0], place[1]] *= 0.3
    before, now = rng.poisson(visits), rng.poisson(hit)
    bought = [rng.binomial(count, rate) for count in (before, now)]
    codes = np.stack([np.repeat(category, n_channels), np.tile(np.arange(n_channels), n_items)], 1)
    frame = pd.DataFrame(
        {
            "category": codes[:, 0], "channel": codes[:, 1], "visits_before": before.ravel(),
            "visits": now.ravel(), "paid_before": (bought[0] * price).ravel(),
            "paid": (bought[1] * price).ravel(),
            "spread": ((bought[0] + bought[1] + 1) * price**2).ravel(),
        }
    ).groupby(["category", "channel"], as_index=False).sum()  # fmt: skip
    truth = frozenset({frozenset({(0, int(place[0])), (1, int(place[1]))})})
    return Planted(_visits_cube(frame), truth), frame


def _visits_cube(frame: pd.DataFrame) -> Cube:
    before, now = frame["visits_before"].to_numpy(float), frame["visits"].to_numpy(float)
    return Cube(_codes(frame), now, before, np.sqrt(before + now + 1))


def _money_cube(frame: pd.DataFrame) -> Cube:
    before, now = frame["paid_before"].to_numpy(float), frame["paid"].to_numpy(float)
    return Cube(_codes(frame), now, before, np.sqrt(frame["spread"].to_numpy(float)))


def _codes(frame: pd.DataFrame) -> np.ndarray:
    return frame[["category", "channel"]].to_numpy()


def _by_size(cube: Cube) -> list[Place]:
    """Rank all segments by the size of their change alone, as most tools do."""
    found = []
    for dims in ((0,), (1,), (0, 1)):
        for values in {tuple(row) for row in cube.codes[:, dims].tolist()}:
            inside = (cube.codes[:, dims] == values).all(axis=1)
            change = float(cube.actual[inside].sum() - cube.expected[inside].sum())
            found.append((change, frozenset(zip(dims, values, strict=True))))
    return [place for _, place in sorted(found, key=lambda one: one[0])]


def _places(cube: Cube, chance: float = 1.0) -> list[Place]:
    found = localise(cube, chance=chance)
    return [frozenset(one.fixed.items()) for one in found.segments if one.fixed]


def shops(wise_pizza: str | None) -> list[tuple[str, ...]]:
    """Measure how often the true segment is named first, and among the first three."""
    drawn = [shop(FIRST_SEED + seed) for seed in range(20)]
    tools: dict[str, Callable[[Planted, pd.DataFrame], list[Place]]] = {
        "storeops, visits": lambda planted, _: _places(planted.cube),
        "storeops, paid amount": lambda _, frame: _places(_money_cube(frame)),
        "largest change of visits": lambda planted, _: _by_size(planted.cube),
        "largest change of the paid amount": lambda _, frame: _by_size(_money_cube(frame)),
    }
    if wise_pizza:
        tools["wise-pizza, paid amount"] = lambda _, frame: _wise_pizza(wise_pizza, frame)
    rows = []
    for name, tool in tools.items():
        first = top = 0
        seconds = []
        for planted, frame in drawn:
            begun = time.perf_counter()
            found = tool(planted, frame)
            seconds.append(time.perf_counter() - begun)
            first += bool(found) and found[0] in planted.truth
            top += any(place in planted.truth for place in found[:3])
        rows.append((name, f"{first}/20", f"{top}/20", f"{1000 * median(seconds):.1f} ms"))
    if not wise_pizza:
        print("wise-pizza: absent (give --wise-pizza PYTHON)")
    return rows


_PIZZA = """
import sys, json, time, pandas as pd, warnings
warnings.simplefilter("ignore")
from wise_pizza import explain_changes_in_totals
frame = pd.read_json(sys.stdin)
both = []
for name, visits, paid in (("before", "visits_before", "paid_before"), ("now", "visits", "paid")):
    part = frame[["category", "channel"]].astype(str)
    part["size"], part["total"] = frame[visits], frame[paid]
    both.append(part)
found = explain_changes_in_totals(
    df1=both[0], df2=both[1], dims=["category", "channel"], total_name="total", size_name="size",
    max_segments=5, how="totals", min_depth=1, max_depth=2)
segments = sorted(found.segments, key=lambda one: one.get("impact", 0))
print(json.dumps([one["segment"] for one in segments]))
"""


def _wise_pizza(python: str, frame: pd.DataFrame) -> list[Place]:
    text = frame.to_json()
    done = subprocess.run(
        [python, "-c", _PIZZA], input=text, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"wise-pizza: {done.stderr[-400:]}")
    place = {"category": 0, "channel": 1}
    told = json.loads(done.stdout.strip().splitlines()[-1])
    return [frozenset((place[k], int(v)) for k, v in one.items() if k in place) for one in told]


# --- cubes


def cube(rng: np.random.Generator, dims: tuple[int, ...]) -> Planted:
    """Draw a cube with one to three faults; the design is that of RiskLoc's generator."""
    codes = np.array(list(product(*(range(size) for size in dims))))
    actual = rng.weibull(rng.uniform(0.5, 1.0), len(codes)) * 100
    actual *= rng.random(len(codes)) > rng.uniform(0, 0.25)
    level = rng.uniform(0, 0.25)
    expected = actual * (1 + rng.normal(0, level, len(codes)))
    swap = rng.random(len(codes)) < 0.5
    actual, expected = np.where(swap, expected, actual), np.where(swap, actual, expected)
    expected, actual = expected.clip(min=0), actual.clip(min=0)
    is_rise = actual.sum() > expected.sum()
    truth: set[Place] = set()
    used: list[tuple[tuple[int, ...], set[int]]] = []
    for _ in range(rng.integers(1, 4)):
        places = _fault(rng, dims, used)
        severity = rng.uniform(0.2, 1.0) + level
        deviation = rng.uniform(0, 0.1)
        for place in sorted(places, key=sorted):
            inside = np.logical_and.reduce([codes[:, dim] == value for dim, value in place])
            if not expected[inside].sum():
                continue  # nothing there that could be missed
            truth.add(place)
            factor = (1 - rng.normal(severity, deviation, inside.sum())).clip(min=0)
            if is_rise:
                expected[inside] = actual[inside] * factor
            else:
                actual[inside] = expected[inside] * factor
    return Planted(Cube(codes, actual, expected), frozenset(truth))


def _fault(
    rng: np.random.Generator, dims: tuple[int, ...], used: list[tuple[tuple[int, ...], set[int]]]
) -> set[Place]:
    """Choose one to three segments of one cuboid that overlap no earlier one."""
    while True:
        depth = int(rng.integers(1, len(dims) + 1))
        chosen = tuple(sorted(rng.choice(len(dims), depth, replace=False).tolist()))
        if any(chosen == dimensions for dimensions, _ in used) and depth < len(dims):
            continue
        taken = set().union(*(values for _, values in used)) if used else set()
        free = [[v for v in range(dims[d]) if (d, v) not in taken] for d in chosen]
        n = int(rng.integers(1, 4))
        if min(map(len, free)) == 0:
            continue
        found = {
            frozenset((d, int(rng.choice(f))) for d, f in zip(chosen, free, strict=True))
            for _ in range(n)
        }
        used.append((chosen, {pair for place in found for pair in place}))
        return found


def _dearest(planted: Cube, places: list[Place]) -> list[Place]:
    """Order places by the size of their change."""
    off = planted.actual - planted.expected
    return sorted(places, key=lambda place: -abs(float(off[_inside(planted, [place])].sum())))


def _money(planted: Planted, places: list[Place]) -> float:
    """Give the share of the abnormal amount inside the first three segments, less what is not."""
    planted_cube = planted.cube
    inside = _inside(planted_cube, list(planted.truth))
    told = _inside(planted_cube, places[:3])
    off = np.abs(planted_cube.actual - planted_cube.expected)
    whole = off[inside].sum()
    found = off[inside & told].sum() - off[told & ~inside].sum()
    return float(max(found, 0.0) / whole) if whole else 1.0


def _inside(planted: Cube, places: list[Place]) -> np.ndarray:
    found = np.zeros(len(planted.codes), dtype=bool)
    for place in places:
        found |= np.logical_and.reduce([planted.codes[:, d] == v for d, v in place])
    return found


def cubes(size: str, riskloc: str | None, n: int | None = None) -> list[tuple[str, ...]]:
    """Measure exact agreement and explained money on cubes of one size."""
    dims, count = SIZES[size]
    rng = np.random.default_rng(FIRST_SEED)
    drawn = [cube(rng, dims) for _ in range(n or count)]
    tools: dict[str, Callable[[Planted], list[Place]]] = {
        "storeops": lambda planted: _places(planted.cube, chance=0.01)
    }
    if riskloc:
        tools["RiskLoc"] = _riskloc(riskloc)
    else:
        print("RiskLoc: absent (give --riskloc DIR)")
    rows = []
    for name, tool in tools.items():
        right = wrong = missed = 0
        seconds, money = [], []
        for planted in drawn:
            begun = time.perf_counter()
            found = tool(planted)
            seconds.append(time.perf_counter() - begun)
            hits = len(planted.truth & set(found))
            right, wrong, missed = (
                right + hits,
                wrong + len(set(found)) - hits,
                missed + len(planted.truth) - hits,
            )
            money.append(_money(planted, _dearest(planted.cube, found)))
        f1 = 2 * right / max(2 * right + wrong + missed, 1)
        rows.append(
            (
                f"{name}, {size} ({len(drawn)} cubes)",
                f"{f1:.3f}",
                f"{mean(money):.3f}",
                f"{1000 * median(seconds):.0f} ms",
            )
        )
    return rows


def _riskloc(folder: str) -> Callable[[Planted], list[Place]]:
    sys.path.insert(0, folder)
    from algorithms.riskloc import riskloc  # noqa: PLC0415 (a checkout outside the project)

    def tool(planted: Planted) -> list[Place]:
        names = [chr(97 + n) for n in range(planted.cube.codes.shape[1])]
        frame = pd.DataFrame(planted.cube.codes, columns=names)
        frame["real"], frame["predict"] = planted.cube.actual, planted.cube.expected
        found: Any = riskloc(frame, names)
        return [
            frozenset(
                (names.index(dim), int(value))
                for dim, value in zip(one["cuboid"], one["elements"][0], strict=True)
            )
            for one in found
        ]

    return tool


def main() -> None:
    asked = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    asked.add_argument("--riskloc", metavar="DIR")
    asked.add_argument("--wise-pizza", metavar="PYTHON")
    asked.add_argument("--write", action="store_true")
    options = asked.parse_args()
    found = shops(options.wise_pizza)
    for line in found:
        print(" | ".join(line))
    located = [*cubes("S", options.riskloc), *cubes("T", options.riskloc)]
    for line in located:
        print(" | ".join(line))
    if options.write:
        write_table(
            "attribution",
            ("ranked by", "true segment first", "among the first three", "median time"),
            found,
        )
        write_table(
            "localisation",
            ("cubes", "F1, exact", "money in the first three", "median time"),
            located,
        )


if __name__ == "__main__":
    main()
