"""Lasting changes and slow leaks: false trends, recall, delay, begin and yuan against other rules.

    python benchmarks/trends.py [--data DIR] [--shops N] [--site DIR] [--write]

Simulated shops with known truth (150 days, weekday pattern, correlated day noise, a level that
wanders), then the daily payments of 1,000 real shops with changes planted by thinning. Every rule
gets the threshold at which it gives as many false alarms as storeops does. ``--site`` is a folder
that has ``ruptures``; without it, or without the data, those lines are left out.
``--write`` puts the tables into docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import gzip
import importlib.util
import re
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "benchmarks.md"
sys.path.insert(0, str(HERE.parent))

from storeops.metrics.detector import (  # noqa: E402 (found beside this folder)
    HEADLINE,
    Families,
    replay,
)
from storeops.metrics.filters import Signals  # noqa: E402
from storeops.metrics.levels import Days, Series  # noqa: E402
from storeops.metrics.trend import (  # noqa: E402
    RATE_SIZE,
    SIZE,
    Looks,
    find_trends,
    look,
)
from storeops.metrics.trending import P_FIGURES, P_MEMBERS  # noqa: E402

N_DAYS, FIRST, BEGIN = 150, 60, 110
"""Days of a shop, the first that counts for false alarms, and that on which a change begins."""
SOON, LATE = 14, 21
WEEKDAYS = np.array([1.0, 0.98, 0.97, 1.0, 1.02, 1.10, 1.08])
N_ITEMS, N_SOURCES = 12, 6
QUIET_FOR = 28
"""A rule that goes on firing has said it: alarms of a line within so many days are one."""
CHANGES: dict[str, Callable[[int], np.ndarray]] = {
    "leak": lambda n: 0.98 ** np.minimum(np.arange(1, n + 1), 14),
    "lasting -20 %": lambda n: np.full(n, 0.8),
    "lasting -30 %": lambda n: np.full(n, 0.7),
}
EVENTS = (
    (date(2015, 9, 26), 2), (date(2015, 10, 1), 8), (date(2015, 11, 11), 1),
    (date(2015, 12, 11), 3), (date(2015, 12, 24), 11), (date(2016, 2, 1), 23),
    (date(2016, 4, 2), 3), (date(2016, 4, 30), 3), (date(2016, 6, 9), 3), (date(2016, 9, 15), 3),
    (date(2016, 10, 1), 8),
)  # fmt: skip
"""Holidays and promotions of the real record, for which the calendar is too young: first day and
length."""
CLOSED = 0.10
"""A real shop that sells no more than this part of the usual is closed: not observed."""
HEAD_FALSE = (
    "buyers", "day noise", "walk a day", "headline: false trends a shop-quarter",
    "items and sources", "together (95 % interval)",
)  # fmt: skip
HEAD_FOUND = (
    "buyers", "day noise", "rule", "false alarms a line-quarter", "leak: 14 / 21 days",
    "lasting -20 %", "lasting -30 %", "median delay: leak, -20 %, -30 %",
)  # fmt: skip
HEAD_TRUTH = (
    "change", "told within 21 days", "begin off by, median days", "within a week",
    "form right", "yuan so far off by, median",
)  # fmt: skip
HEAD_REAL = (
    "rule", "false alarms a line-quarter", "leak of 2 % a day, 14 days: 14 / 21 days",
    "lasting -20 %",
)  # fmt: skip


@dataclass(frozen=True)
class Setting:
    """One kind of shop."""

    buyers: int
    noise: float
    walk: float


@dataclass(frozen=True)
class Drawn:
    """Shops side by side: expectations of visitors, conversion and basket, (n_shops, n_days)."""

    visitors: np.ndarray
    rate: np.ndarray
    basket: np.ndarray
    weekday: np.ndarray


def settings() -> Iterator[Setting]:
    """List the kinds of shop."""
    for buyers in (30, 150, 1500):
        for noise in (0.07, 0.12, 0.17):
            for walk in (0.005, 0.01):
                yield Setting(buyers, noise, walk)


def correlated(rng: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    """Draw day noise of variance 1 with a correlation of .2 from day to day."""
    drawn = rng.normal(0, 1, shape)
    for day in range(1, shape[1]):
        drawn[:, day] = 0.2 * drawn[:, day - 1] + np.sqrt(0.96) * drawn[:, day]
    return drawn


def wandering(
    rng: np.random.Generator, shape: tuple[int, int], noise: float, walk: float
) -> np.ndarray:
    """Draw factors: a level on a random walk, and day noise."""
    level = np.cumsum(rng.normal(0, walk, shape), axis=1)
    return np.exp(level + noise * correlated(rng, shape))


def drawn(rng: np.random.Generator, setting: Setting, n: int) -> Drawn:
    """Lay out shops: two thirds of noise and walk in the visitors, the rest in the conversion."""
    weekday = np.arange(N_DAYS) % 7
    shape = (n, N_DAYS)
    parts = np.sqrt([0.6, 0.3, 0.1])
    visits, rate, basket = (
        wandering(rng, shape, setting.noise * part, setting.walk * part) for part in parts
    )
    base = setting.buyers / 0.03 * WEEKDAYS[weekday]
    return Drawn(base * visits, 0.03 * rate, basket, weekday)


def sold(rng: np.random.Generator, shops: Drawn) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draw visitors, buyers and money in units of a usual basket."""
    visitors = rng.poisson(shops.visitors).astype(float)
    buyers = rng.poisson(visitors * shops.rate).astype(float)
    sigma = np.sqrt(np.log1p(0.64 / np.maximum(buyers, 1)))
    amount = buyers * shops.basket * np.exp(rng.normal(0, sigma) - sigma**2 / 2)
    return visitors, buyers, amount


def headline(shop: int, found: tuple[np.ndarray, ...]) -> Series:
    """Lay one shop's four headline lines out as the program does."""
    visitors, buyers, amount = (values[shop] for values in found)
    nothing = np.ones_like(visitors)
    some = np.where(buyers > 0, buyers, np.nan)
    return Series(
        counts=np.array([amount, visitors, buyers, amount]),
        noise=np.array([1.5, 1.0, 1.0, 0.8]),
        size=np.array([SIZE, SIZE, RATE_SIZE, RATE_SIZE]),
        exposure=np.array([nothing, nothing, visitors, some]),
    )


def members(
    rng: np.random.Generator, setting: Setting, shop: int, found: tuple[np.ndarray, ...]
) -> Series:
    """Share one shop out to items and sources that wander and scatter by themselves."""
    visitors, _, amount = (values[shop] for values in found)
    rows, held = [], []
    for n, lines in ((N_ITEMS, (visitors, amount)), (N_SOURCES, (visitors,))):
        weights = 1 / np.arange(1, n + 1)
        own = wandering(rng, (n, len(visitors)), 0.06, setting.walk) * weights[:, None]
        own /= own.sum(axis=0)
        for line in lines:
            rows.append(rng.poisson(line * own))
            held += [line] * n
    counts = np.vstack(rows).astype(float)
    noise = np.ones(len(counts))
    return Series(counts, noise, np.full(len(counts), SIZE), np.array(held))


def first_told(looks: Looks) -> np.ndarray:
    """Mark what a shop is told of as new: another figure going the same way is the same trend."""
    new = np.where(looks.is_new, looks.told, 0)
    told = np.zeros(new.shape[1])
    for day in range(new.shape[1]):
        for way in (-1, 1):
            before = (looks.told[:, max(0, day - QUIET_FOR) : day] == way).any()
            told[day] += (new[:, day] == way).any() and not before
    return told


def false_trends(rng: np.random.Generator, setting: Setting, n: int) -> tuple[int, int]:
    """Count the trends told of shops that only wander, in a quarter each."""
    shops = drawn(rng, setting, n)
    found = sold(rng, shops)
    days = Days(np.ones(N_DAYS, dtype=bool), shops.weekday)
    figures = others = 0
    for shop in range(n):
        looks = look(headline(shop, found), days, np.full(4, P_FIGURES / 4))
        figures += int(first_told(looks)[FIRST:].sum())
        series = members(rng, setting, shop, found)
        lines = len(series.counts)
        looks = look(series, days, np.full(lines, P_MEMBERS / lines))
        others += int(looks.is_new[:, FIRST:].sum())
    return figures, others


@dataclass(frozen=True)
class Scores:
    """A rule's signed scores of every line and day, of quiet shops and of each change."""

    quiet: np.ndarray
    changed: dict[str, np.ndarray]


def alarms(scores: np.ndarray, limit: float) -> float:
    """Count alarms a line; those within four weeks of another of the line are one."""
    hit = np.abs(scores) >= limit
    total = 0
    for line in hit:
        last = -QUIET_FOR
        for day in np.flatnonzero(line):
            if day - last >= QUIET_FOR:
                total += 1
                last = day
    return total / len(scores)


def limit_for(scores: np.ndarray, wanted: float) -> float:
    """Find the threshold at which a rule gives so many alarms a line."""
    low, high = 0.0, float(np.nanmax(np.abs(scores))) + 1
    for _ in range(30):
        middle = (low + high) / 2
        low, high = (middle, high) if alarms(scores, middle) > wanted else (low, middle)
    return high


def cusum(z: np.ndarray) -> np.ndarray:
    """Run a two-sided CUSUM (allowance 1/4) over one-step scores."""
    up, down = np.zeros(len(z)), np.zeros(len(z))
    out = np.zeros(z.shape)
    for day in range(z.shape[1]):
        step = np.where(np.isnan(z[:, day]), 0, z[:, day].clip(-4, 4))
        up, down = np.maximum(up + step - 0.25, 0), np.maximum(down - step - 0.25, 0)
        out[:, day] = np.where(up > down, up, -down)
    return out


def weeks(y: np.ndarray) -> np.ndarray:
    """Compare the last 7 days with the 28 before them, by how much that differs usually."""
    out = np.full(y.shape, np.nan)
    sums = np.cumsum(np.where(np.isnan(y), 0.0, y), axis=1)
    n = np.cumsum(~np.isnan(y), axis=1)
    for day in range(35, y.shape[1]):
        now = (sums[:, day] - sums[:, day - 7]) / np.maximum(n[:, day] - n[:, day - 7], 1)
        before = n[:, day - 7] - n[:, day - 35]
        was = (sums[:, day - 7] - sums[:, day - 35]) / np.maximum(before, 1)
        out[:, day] = np.where(before >= 14, now - was, np.nan)
    spread = np.full(y.shape, np.nan)
    for day in range(56, y.shape[1]):
        spread[:, day] = 1.4826 * np.nanmedian(np.abs(out[:, 35 : day - 14]), axis=1)
    return out / np.maximum(spread, 0.01)


def split_gain(y: np.ndarray) -> np.ndarray:
    """Split the last 63 days in two with ruptures, and score by what the split explains."""
    import ruptures  # noqa: PLC0415 (need not be there)

    out = np.zeros(y.shape)
    for row, line in enumerate(y):
        for day in range(62, y.shape[1]):
            part = line[day - 62 : day + 1]
            part = part[~np.isnan(part)]
            at = ruptures.Binseg(model="l2", min_size=5, jump=1).fit(part).predict(n_bkps=1)[0]
            noise = np.diff(part).std() / np.sqrt(2)
            gap = part[at:].mean() - part[:at].mean()
            out[row, day] = gap / (noise * np.sqrt(1 / at + 1 / (len(part) - at)))
    return out


def plain(series: Series, days: Days) -> np.ndarray:
    """Give log lines without their weekday medians; days that are not normal are left out."""
    y = np.log(series.counts + 0.5)
    if series.exposure is not None:
        y = y - np.log(series.exposure)
    y = y[:, days.is_normal]
    weekday = days.weekday[days.is_normal]
    for day in range(7):
        y[:, weekday == day] -= np.nanmedian(y[:, weekday == day], axis=1, keepdims=True)
    return y


def one_step(series: Series, days: Days) -> np.ndarray:
    """Give the daily detector's scores on normal days."""
    y = np.log(series.counts + 0.5).astype(np.float32)
    exposure = None
    if series.exposure is not None:
        exposure = np.log(series.exposure).astype(np.float32)
        y = y - exposure
    n = len(y)
    families = Families(np.full(n, HEADLINE), np.arange(n))
    z, _ = replay(
        Signals(y, series.noise.astype(np.float32), exposure), families, weekdays=days.weekday,
        trains=days.is_normal, first=y.shape[1],
    )  # fmt: skip
    return z[:, days.is_normal]


def rules(*, with_ruptures: bool) -> dict[str, Callable[[Series, Days], np.ndarray]]:
    """List the other rules."""
    found: dict[str, Callable[[Series, Days], np.ndarray]] = {
        "CUSUM on one-step scores": lambda series, days: cusum(one_step(series, days)),
        "daily alarms": one_step,
        "7 days against the 28 before": lambda series, days: weeks(plain(series, days)),
    }
    if with_ruptures:
        found["ruptures, one split of 63 days"] = lambda series, days: split_gain(
            plain(series, days)
        )
    return found


def ours(looks: Looks) -> np.ndarray:
    """Give storeops' own new trends as scores of 1."""
    return np.where(looks.is_new, looks.told, 0).astype(float)


def seen(scores: np.ndarray, limit: float, begins: np.ndarray) -> np.ndarray:
    """Give the days until a fall is first told, (n_shops,), infinite after 28 days.

    Args:
        scores: (n_shops, n_lines, n_days).
        limit: The rule's threshold.
        begins: Day on which each shop's change begins.
    """
    found = np.full(len(scores), np.inf)
    for shop, begin in enumerate(begins):
        hit = (scores[shop, :, begin : begin + 28] <= -limit).any(axis=0)
        if hit.any():
            found[shop] = int(np.argmax(hit)) + 1
    return found


def shown(delays: np.ndarray) -> str:
    """Give the shares seen soon and late."""
    return f"{np.mean(delays <= SOON):.0%} / {np.mean(delays <= LATE):.0%}"


def compared(
    rng: np.random.Generator, setting: Setting, n: int, *, with_ruptures: bool
) -> Iterator[tuple[str, ...]]:
    """Let every rule look at the same shops, at the false alarms that storeops gives."""
    shops = drawn(rng, setting, n)
    days = Days(np.ones(N_DAYS, dtype=bool), shops.weekday)
    draws = {"": sold(rng, shops)}
    for name, change in CHANGES.items():
        fallen = shops.visitors.copy()
        fallen[:, BEGIN:] *= change(N_DAYS - BEGIN)
        draws[name] = sold(rng, replace(shops, visitors=fallen))
    p = np.full(4, P_FIGURES / 4)
    mine = lambda series, days: ours(look(series, days, p))  # noqa: E731 (one of several rules)
    begins, wanted = np.full(n, BEGIN), None
    for rule, score in {"storeops": mine, **rules(with_ruptures=with_ruptures)}.items():
        scores = {
            name: np.array([score(headline(shop, found), days) for shop in range(n)])
            for name, found in draws.items()
        }
        quiet = scores[""][:, :, FIRST:].reshape(n * 4, -1)
        limit = 0.5 if wanted is None else limit_for(quiet, wanted)
        rate = alarms(quiet, limit)
        wanted = rate if wanted is None else wanted
        # Paid amount and visitors are the lines in which visitors that stay away can be seen.
        delays = [seen(scores[name][:, :2], limit, begins) for name in CHANGES]
        yield (
            f"{setting.buyers:,}", f"{setting.noise:.0%}", rule, f"{rate:.3f}",
            *(shown(each) for each in delays), ", ".join(typical(each) for each in delays),
        )  # fmt: skip


def typical(delays: np.ndarray) -> str:
    """Give the median delay of what was seen within four weeks."""
    known = delays[np.isfinite(delays)]
    return f"{np.median(known):.0f}" if len(known) else "-"


def truths(rng: np.random.Generator, n: int) -> Iterator[tuple[str, ...]]:
    """Ask three weeks after a change for its begin, its form and its yuan, on records cut there."""
    for name, change in CHANGES.items():
        off, form, yuan, told, asked = [], [], [], 0, 0
        for setting in settings():
            shops = drawn(rng, setting, n)
            fallen = shops.visitors.copy()
            fallen[:, BEGIN:] *= change(N_DAYS - BEGIN)
            end = BEGIN + LATE
            found = sold(rng, replace(shops, visitors=fallen))
            days = Days(np.ones(end, dtype=bool), shops.weekday[:end])
            less = (fallen - shops.visitors) * shops.rate * shops.basket
            for shop in range(n):
                cut = tuple(values[:, :end] for values in found)
                trends = find_trends(headline(shop, cut), days, np.full(4, P_FIGURES / 4))
                asked += 1
                if not trends.is_trend[0] or trends.size[0] > 0:
                    continue
                told += 1
                off.append(abs(int(trends.begin[0]) - BEGIN))
                form.append(bool(trends.is_step[0]) == (name != "leak"))
                truth = less[shop, BEGIN:end].sum()
                yuan.append(abs(trends.lost[0] / truth - 1))
        yield (
            name, f"{told / asked:.0%}", f"{np.median(off):.0f}",
            f"{np.mean(np.array(off) <= 7):.0%}", f"{np.mean(form):.0%}", f"{np.median(yuan):.0%}",
        )  # fmt: skip


# real shops


def payments(folder: Path) -> tuple[np.ndarray, Days]:
    """Read the daily payments and what the calendar says of the days; a missing day is NaN."""
    with gzip.open(folder / "koubei_daily_payments.txt.gz", "rt") as stream:
        rows = np.array([line.replace(",", " ").split()[1:] for line in stream], dtype=float)
    start, missing = date(2015, 7, 1), date(2015, 12, 12)
    days = [start + timedelta(days=n) for n in range(rows.shape[1] + 1)]
    counts = np.insert(rows, days.index(missing), np.nan, axis=1)
    open_since = np.argmax(counts > 0, axis=1)
    counts[np.arange(len(days)) < open_since[:, None]] = np.nan
    counts[counts <= CLOSED * usual(counts)] = np.nan
    event = {first + timedelta(days=n) for first, long in EVENTS for n in range(long)}
    normal = [day not in event for day in days]
    return counts, Days(np.array(normal), np.array([day.weekday() for day in days]))


def usual(counts: np.ndarray) -> np.ndarray:
    """Give the median of the eight weeks before every day."""
    padded = np.pad(counts, ((0, 0), (56, 0)), constant_values=np.nan)
    past = np.lib.stride_tricks.sliding_window_view(padded, 56, axis=1)[:, :-1]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        return np.nanmedian(past, axis=2)


def alone(series: Series) -> Iterator[Series]:
    """Give every series by itself: shops are not a family."""
    for row in range(len(series.counts)):
        yield Series(
            *(values[row : row + 1] for values in (series.counts, series.noise, series.size))
        )


def real(folder: Path, *, with_ruptures: bool) -> Iterator[tuple[str, ...]]:
    """Plant changes in half of the larger shops and ask every rule, at three rates of alarms."""
    counts, days = payments(folder)
    rng = np.random.default_rng(11)
    normal = np.flatnonzero(days.is_normal)
    begins = rng.integers(110, len(normal) - 30, len(counts))
    before = np.array([line[normal[at - 63 : at]] for line, at in zip(counts, begins, strict=True)])
    is_open = (before > 0).sum(axis=1) >= 56
    large = rng.permutation(np.flatnonzero(is_open & (np.nan_to_num(before).mean(axis=1) >= 20)))
    hit, quiet = large[: len(large) // 2], large[len(large) // 2 :]
    planted = {"": counts[quiet]}
    for name in ("leak", "lasting -20 %"):
        lines = counts[hit].copy()
        for row, shop in enumerate(hit):
            first = normal[begins[shop]]
            part = lines[row, first:]
            share = CHANGES[name](len(part))
            is_known = ~np.isnan(part)
            part[is_known] = rng.binomial(part[is_known].astype(int), share[is_known])
        planted[name] = lines
    series = {
        name: Series(lines, np.ones(len(lines)), np.full(len(lines), SIZE))
        for name, lines in planted.items()
    }
    other = {
        rule: {name: score(each, days) for name, each in series.items()}
        for rule, score in rules(with_ruptures=with_ruptures).items()
    }
    start = begins[hit]
    quarters = (len(normal) - 110) / 90
    for p in (0.025, 0.003, 0.0003):
        mine = {
            name: np.vstack([ours(look(one, days, np.array([p]))) for one in alone(each)])
            for name, each in series.items()
        }
        wanted = alarms(mine[""][:, 110:], 0.5)
        for rule, scores in {f"storeops, p {p}": mine, **other}.items():
            limit = 0.5 if scores is mine else limit_for(scores[""][:, 110:], wanted)
            rate = alarms(scores[""][:, 110:], limit) / quarters
            delays = [seen(scores[name][:, None], limit, start) for name in series if name]
            yield (rule, f"{rate:.3f}", *(shown(each) for each in delays))


def interval(n: int, of: int) -> str:
    """Give a rate with the 95 % interval of a Poisson count."""
    half = 1.96 * np.sqrt(n + 1)
    return f"{n / of:.2f} ({max(0, n + 1 - half) / of:.2f}-{(n + 1 + half) / of:.2f})"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Draw a table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(row) + " |" for row in lines) + "\n"


def told(rows: Iterator[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Print rows as they come."""
    kept = []
    for row in rows:
        kept.append(row)
        print(" | ".join(row), flush=True)
    return kept


def false_rows(n: int) -> Iterator[tuple[str, ...]]:
    """Count false trends of every kind of shop, and of all together."""
    rng = np.random.default_rng(1)
    sums = np.zeros(2, dtype=int)
    kinds = list(settings())
    for setting in kinds:
        found = np.array(false_trends(rng, setting, n))
        sums += found
        yield (
            f"{setting.buyers:,}", f"{setting.noise:.0%}", f"{setting.walk:.1%}",
            f"{found[0] / n:.2f}", f"{found[1] / n:.2f}", interval(int(found.sum()), n),
        )  # fmt: skip
    of = n * len(kinds)
    yield "all", "", "", f"{sums[0] / of:.2f}", f"{sums[1] / of:.2f}", interval(int(sums.sum()), of)


def found_rows(n: int, *, with_ruptures: bool) -> Iterator[tuple[str, ...]]:
    """Compare the rules on the shops of every size, at the slower and the faster walk mixed."""
    for setting in settings():
        if setting.walk < 0.01:
            middle = replace(setting, walk=0.0075)
            rng = np.random.default_rng([2, setting.buyers, int(100 * setting.noise)])
            yield from compared(rng, middle, n, with_ruptures=with_ruptures)


def main() -> None:
    """Measure, print, and write when told to."""
    parser = argparse.ArgumentParser(description="Measure trends against other rules.")
    parser.add_argument("--data", type=Path, default=HERE.parent.parent / "shared" / "data")
    parser.add_argument("--shops", type=int, default=150, help="simulated shops of each kind")
    parser.add_argument("--site", type=Path, help="a folder of packages that has ruptures")
    parser.add_argument("--write", action="store_true", help="put tables into docs/benchmarks.md")
    asked = parser.parse_args()
    if asked.site:
        sys.path.append(str(asked.site))
    has_ruptures = importlib.util.find_spec("ruptures") is not None
    if not has_ruptures:
        print("ruptures is absent: that line is left out (--site)")
    begun = time.perf_counter()
    parts = [f"{asked.shops} simulated shops a line.\n"]
    parts.append(table(HEAD_FALSE, told(false_rows(asked.shops))))
    found = told(found_rows(asked.shops, with_ruptures=has_ruptures))
    parts.append("Level wandering by 0.75 % a day:\n\n" + table(HEAD_FOUND, found))
    rows = told(truths(np.random.default_rng(3), max(5, asked.shops // 4)))
    parts.append(
        "Told of the paid amount three weeks after the change:\n\n" + table(HEAD_TRUTH, rows)
    )
    if (asked.data / "koubei_daily_payments.txt.gz").exists():
        rows = told(real(asked.data, with_ruptures=has_ruptures))
        parts.append("Real shops of 20 payments a day and more:\n\n" + table(HEAD_REAL, rows))
    else:
        print(f"no payments in {asked.data}: real shops are left out")
    text = "\n".join(parts)
    print(f"{time.perf_counter() - begun:.0f} s")
    if asked.write:
        page = PAGE.read_text(encoding="utf-8")
        marks = re.compile(r"(<!-- measured: trends -->\n).*?(<!-- end -->)", re.DOTALL)
        PAGE.write_text(marks.sub(lambda m: m[1] + text + m[2], page), encoding="utf-8")


if __name__ == "__main__":
    main()
