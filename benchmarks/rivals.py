"""Rivals: planted edits between downloads, steps of an index, and the own scale of an index.

python benchmarks/rivals.py            print
python benchmarks/rivals.py --write    also write the tables into docs/benchmarks.md
"""

from __future__ import annotations

import argparse
from collections import Counter
from datetime import date, timedelta

import numpy as np
import pandas as pd
from page import table, write

from storeops.facts import Window
from storeops.fields import Col
from storeops.metrics.calibration import _published, calibrate
from storeops.metrics.index_steps import LIMIT, step_scores
from storeops.metrics.rival_events import rival_events

DAY = date(2026, 9, 17)
SEEDS = 50
ITEMS = 30
NOTHING = {"rival": "r", "part": "", "member": "", "low": np.nan, "high": np.nan}
KINDS = (
    "price_cut", "price_rise", "title", "skus", "offer_started", "offer_ended",
    "offer_changed", "review_jump", "new_item", "delisted", "price_cut", "price_rise",
)  # fmt: skip


def window_of(rows: list[dict]) -> Window:
    frame = pd.DataFrame(rows)
    frame[Col.DATE.value] = pd.to_datetime(frame[Col.DATE])
    for name in (Col.VALUE, Col.LOW, Col.HIGH):
        frame[name.value] = frame[name].astype(float)
    return Window("s", DAY - timedelta(days=60), DAY, {"rival_daily": frame})


def shelf(rng: np.random.Generator) -> dict[str, dict[str, object]]:
    return {
        f"7{number:011d}": {
            "price": float(rng.integers(39, 400)),
            "item_title": f"item {number}",
            "offer": ("", "A")[number % 2],
            "sku_count": float(rng.integers(3, 12)),
            "review_count": float(rng.integers(50, 5000)),
            "sold_units": float(rng.integers(100, 900)),
        }
        for number in range(ITEMS)
    }


def edited(rng, before):
    """Apply the twelve edits to items of their own, and everyday changes to the rest."""
    after = {item: dict(of) for item, of in before.items()}
    for of in after.values():
        of["review_count"] += float(rng.poisson(3))
        of["sold_units"] += float(rng.poisson(20))
        of["price"] = round(of["price"] * (1 + rng.uniform(-0.004, 0.004)), 2)
    without = [i for i in after if not before[i]["offer"]]
    tagged = [i for i in after if before[i]["offer"]]
    rng.shuffle(without), rng.shuffle(tagged)
    planted = set()
    for kind in KINDS:
        item = (tagged if kind in {"offer_ended", "offer_changed"} else without).pop()
        of = after[item]
        match kind:
            case "price_cut":
                of["price"] = round(before[item]["price"] * rng.uniform(0.7, 0.97), 2)
            case "price_rise":
                of["price"] = round(before[item]["price"] * rng.uniform(1.03, 1.3), 2)
            case "title":
                of["item_title"] += " new"
            case "skus":
                of["sku_count"] += 1
            case "offer_started":
                of["offer"] = "B"
            case "offer_ended":
                of["offer"] = ""
            case "offer_changed":
                of["offer"] = "C"
            case "review_jump":
                of["review_count"] += max(60.0, before[item]["review_count"])
            case "delisted":
                del after[item]
            case "new_item":
                item = f"8{rng.integers(10**10):011d}"
                after[item] = {**of, "item_title": "newcomer"}
        planted.add((item, kind))
    return after, planted


def rows_of(day: date, items: dict, size: int) -> list[dict]:
    rows = []
    for item, of in items.items():
        for metric, value in {**of, "list_size": float(size)}.items():
            number = value if isinstance(value, float) else np.nan
            words = value if isinstance(value, str) else None
            rows.append(
                {**NOTHING, "date": day, "item_id": item, "metric": metric, "value": number, "words": words}
            )  # fmt: skip
    return rows


def edits(*, partial: bool) -> tuple[int, int, int, int]:
    right = told = there = gone = 0
    for seed in range(SEEDS):
        rng = np.random.default_rng(seed)
        before = shelf(rng)
        after, planted = edited(rng, before)
        size = len(after)
        if partial:
            kept = set(rng.permutation(sorted(after))[: int(0.7 * size)].tolist())
            after = {item: of for item, of in after.items() if item in kept}
            planted = {one for one in planted if one[0] in kept}
        rows = rows_of(DAY - timedelta(days=1), before, len(before)) + rows_of(DAY, after, size)
        found = Counter((e.item, e.kind.value) for e in rival_events(window_of(rows)))
        gone += sum(kind == "delisted" for _, kind in found) if partial else 0
        right += len(set(found) & planted)
        told += sum(found.values())
        there += len(planted)
    return right, told, there, gone


def indexes(rng, n: int, days: int, step: float) -> np.ndarray:
    """AR .5 with t5 noise of 12 %, a weekday pattern and drift; a step 7 days ago."""
    noise = rng.standard_t(5, (n, days)) * 0.12 / np.sqrt(5 / 3) * np.sqrt(1 - 0.25)
    for at in range(1, days):
        noise[:, at] += 0.5 * noise[:, at - 1]
    weekday = rng.normal(0, 0.08, (n, 7))
    logs = noise + weekday[:, np.arange(days) % 7] + rng.normal(0, 0.001, (n, 1)) * np.arange(days)
    logs[:, -7:] += np.log1p(step)
    return logs


def steps(n: int = 4000, days: int = 120) -> tuple[float, float, dict[float, float]]:
    rng = np.random.default_rng(9)
    quiet = np.abs(step_scores(indexes(rng, n, days, 0.0))[0])
    limit = float(np.quantile(quiet, 0.99))
    power = {
        s: float((np.abs(step_scores(indexes(rng, n, days, s))[0]) >= limit).mean())
        for s in (0.15, 0.25, 0.50)
    }
    return limit, float((quiet >= LIMIT).mean()), power


def coverage(n: int = 2000) -> tuple[float, float, float]:
    """Intervals for rivals of a tenth to ten times the shop, own pairs with 2 % noise."""
    rng = np.random.default_rng(4)
    xs, ys = _published()
    inside, asked, widths, refused = 0, 0, [], 0
    for _ in range(n):
        level = np.exp(rng.uniform(np.log(3_000), np.log(300_000)))
        own = level * np.exp(rng.normal(0, 0.25, 40))
        bend = rng.uniform(0.95, 1.08)
        truth = lambda i, b=bend: np.exp(np.interp(np.log(i), np.log(xs), np.log(ys)) * b)  # noqa: E731
        scale = calibrate("trade_index", own, truth(own) * np.exp(rng.normal(0, 0.02, 40)))
        rival = level * np.exp(rng.uniform(-np.log(4), np.log(4)))
        estimate = scale.value(rival)
        if estimate is None:
            continue
        asked += 1
        inside += estimate.low <= truth(rival) <= estimate.high
        widths.append(estimate.high / estimate.low)
        wrong = calibrate("trade_index", own, truth(own) * np.exp(rng.normal(0, 0.25, 40)))
        refused += wrong.is_refused
    return inside / asked, float(np.median(widths)), refused / asked


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--write", action="store_true")
    wanted = asked.parse_args().write
    right, told, there, _ = edits(partial=False)
    p_right, p_told, p_there, gone = edits(partial=True)
    limit, false, power = steps()
    covered, width, refused = coverage()
    lines = [
        ("planted edits, whole lists: precision", f"{right / told:.1%} of {told}", "100 %"),
        ("planted edits, whole lists: recall", f"{right / there:.1%} of {there}", "100 %"),
        ("partial lists: precision", f"{p_right / p_told:.1%} of {p_told}", "shown"),
        (
            "partial lists: recall of edits in them",
            f"{p_right / p_there:.1%} of {p_there}",
            "shown",
        ),
        ("partial lists: called delisted", str(gone), "0"),
        *(
            (f"index step of {s:.0%} at 1 % false", f"{p:.2f}", f">= {least}")
            for (s, p), least in zip(power.items(), (0.12, 0.38, 0.89), strict=True)
        ),
        (
            f"false steps at the shipped limit of {LIMIT} (1 % at {limit:.2f})",
            f"{false:.2%}",
            "<= 1 %",
        ),
        ("own scale: intervals that hold the truth", f"{covered:.1%}", ">= 90 %"),
        ("own scale: high over low, median", f"{width:.2f}", "shown"),
        ("own pairs that contradict by 25 %: refused", f"{refused:.1%}", "shown"),
    ]
    text = table(("what", "measured", "limit"), lines)
    print(text)
    if wanted:
        write("rivals", text)


if __name__ == "__main__":
    main()
