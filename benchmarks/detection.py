"""Is the detector right, and how does it compare? Real shops, known truth, and the clock.

    python benchmarks/detection.py [--data DIR] [--adtk PYTHON] [--ets PYTHON] [--prophet PYTHON]
                                   [--only PART] [--write]

koubei    faults put into real series (STATISTICS 2.2): recall at equal false alarms, event days,
          calibration; on seeds that nothing was tuned on
sample    the same faults in 100 shops for methods that need seconds per series
design    150 days, five planted changes and one promotion, one series alone (PEERS 7.2), 20 seeds
null      nothing happens: false alarms against the promise, and the false discovery rate
speed     100,000 series x 90 days on one thread, against the time to copy the matrix
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
import time
import warnings
from collections.abc import Callable
from datetime import date
from pathlib import Path
from statistics import median

import numpy as np
import pandas as pd
from koubei import DATA, Payments, payments
from page import write_table

from storeops.calendars import Calendar, load_calendar
from storeops.config import EventSettings
from storeops.facts import Window
from storeops.metrics.budgets import BUDGETS, SAFETY, SHARES, Budgets, Sensitivity
from storeops.metrics.detector import (
    WATCHED,
    Families,
    Kept,
    detect,
    nothing_kept,
    replay,
)
from storeops.metrics.figures import headline
from storeops.metrics.filters import Signals, follow

SEEDS = (20, 21, 22)
FAULTS = (
    "drop30",
    "drop50",
    "drop80",
    "spike50",
    "spike100",
    "spike200",
    "level20",
    "level30",
    "level50",
    "leak",
    "gap",
)
SHARP = (
    "drop30",
    "drop50",
    "drop80",
    "spike50",
    "spike100",
    "spike200",
    "level30",
    "level50",
    "gap",
)
RATES = (20, 10, 5, 2, 1)
Scores = np.ndarray


# --- real shops with planted faults


class Trial:
    """Koubei payments with one fault in half of the shops, and the days that are clean."""

    def __init__(self, data: Payments, seed: int, shops: np.ndarray | None = None) -> None:
        keep = np.arange(len(data.counts)) if shops is None else shops
        self.data, self.plain = data, data.counts[keep]
        self.window = data.between(date(2016, 3, 15), date(2016, 10, 31))
        self.counts, self.kind, self.onset = self._planted(np.random.default_rng(seed))
        self.age = np.cumsum(~np.isnan(self.counts), axis=1) - 1
        clean = (self.age >= 30) & ~np.isnan(self.counts) & self.window
        for row in np.flatnonzero(self.onset >= 0):
            clean[row, self.onset[row] :] = False
        self.clean = clean & ~self._obvious()
        y = np.log(self.counts + 0.5).astype(np.float32)
        self.signals = Signals(y, np.ones(len(y), dtype=np.float32))
        track = follow(self.signals, data.weekday, ~data.is_event)
        self.expected = np.exp(track.expected.astype(float)) - 0.5
        self.large = self.expected >= 20

    def _planted(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        counts = self.plain.copy()
        n = len(counts)
        kind, onset = np.full(n, "", dtype=object), np.full(n, -1)
        normal = np.flatnonzero(self.window & ~self.data.is_event)
        age = np.cumsum(~np.isnan(counts), axis=1) - 1
        for row in np.flatnonzero(rng.random(n) < 0.5):
            days = normal[(normal < normal[-1] - 22)]
            days = days[~np.isnan(counts[row, days]) & (age[row, days] >= 30)]
            if not len(days):
                continue
            kind[row], onset[row] = rng.choice(FAULTS), rng.choice(days)
            self._plant(rng, counts[row], str(kind[row]), int(onset[row]))
        return counts, kind, onset

    @staticmethod
    def _plant(rng: np.random.Generator, line: np.ndarray, kind: str, day: int) -> None:
        def thin(values: np.ndarray, share: np.ndarray | float) -> np.ndarray:
            kept = rng.binomial(np.nan_to_num(values).astype(int), share).astype(float)
            return np.where(np.isnan(values), np.nan, kept)

        if kind.startswith("drop"):
            line[day : day + 1] = thin(line[day : day + 1], 1 - int(kind[4:]) / 100)
        elif kind.startswith("spike"):
            line[day] += rng.poisson(line[day] * int(kind[5:]) / 100)
        elif kind.startswith("level"):
            line[day:] = thin(line[day:], 1 - int(kind[5:]) / 100)
        elif kind == "leak":
            line[day:] = thin(
                line[day:], np.maximum(1 - 0.025 * (np.arange(len(line) - day) + 1), 0.5)
            )
        else:
            line[day] = 0.0

    def _obvious(self) -> np.ndarray:
        """Mark real incidents: nearly nothing or five times the median of eight weeks, and a week."""
        weeks = np.stack([np.roll(self.plain, 7 * n, axis=1) for n in range(1, 9)])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            usual = np.nanmedian(weeks, axis=0)
        odd = (self.plain <= 0.1 * usual) | (self.plain >= 5 * np.maximum(usual, 5))
        return np.logical_or.reduce([np.roll(odd, n, axis=1) for n in range(8)])

    def recall(self, scores: Scores, limit: float) -> float:
        """Give the mean share of sharp faults beyond a limit on their first day."""
        shares = []
        for fault in SHARP:
            rows = [r for r in np.flatnonzero(self.kind == fault) if self.large[r, self.onset[r]]]
            if rows:
                shares.append(
                    np.mean([np.nan_to_num(scores[r, self.onset[r]], nan=-1) > limit for r in rows])
                )
        return 100 * float(np.mean(shares))

    @property
    def quiet(self) -> np.ndarray:
        return self.clean & ~self.data.is_event & self.large

    def at_equal_alarms(self, scores: Scores) -> list[float]:
        reference = np.sort(scores[self.quiet & ~np.isnan(scores)])
        return [
            self.recall(scores, reference[int(np.ceil((1 - rate / 1000) * len(reference))) - 1])
            for rate in RATES
        ]


def _in_families(trial: Trial, size: int, seed: int) -> tuple[Scores, np.ndarray]:
    """Judge all days in families of a size, as shops with so many series would."""
    z, p = np.full(trial.counts.shape, np.nan), np.full(trial.counts.shape, np.nan)
    order = np.random.default_rng(seed).permutation(len(z))
    for first in range(0, len(z), size):
        rows = order[first : first + size]
        n = len(rows)
        z[rows], p[rows] = replay(
            Signals(trial.signals.y[rows], trial.signals.noise[rows]),
            Families(np.full(n, WATCHED), np.zeros(n, dtype=int)),
            weekdays=trial.data.weekday,
            trains=~trial.data.is_event,
            first=int(np.argmax(trial.window)),
        )
    return np.abs(z), p


def _simple(trial: Trial) -> dict[str, Scores]:
    counts = trial.counts
    logs = np.log(counts + 0.5)
    weeks = np.stack([np.roll(counts, 7 * n, axis=1) for n in range(1, 9)])
    days = np.stack([np.roll(counts, n, axis=1) for n in range(1, 29)])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        middle = np.nanmedian(weeks, axis=0)
        mad = 1.4826 * np.nanmedian(np.abs(weeks - middle), axis=0)
        sigma = np.abs(counts - np.nanmean(days, axis=0)) / np.nanstd(days, axis=0, ddof=1)
    return {
        "day over day": np.abs(logs - np.roll(logs, 1, axis=1)),
        "same weekday last week": np.abs(logs - np.roll(logs, 7, axis=1)),
        "sigma, 28 days": sigma,
        "MAD, same weekday x8": np.abs(counts - middle) / np.maximum(mad, 1e-9),
    }


def koubei(data: Payments) -> list[tuple[str, ...]]:
    """Compare at equal false alarms, and look at calibration and event days."""
    found: dict[str, list[list[float]]] = {}
    calibration: dict[int, list[list[float]]] = {500: [], 50: []}
    events: dict[int, list[float]] = {500: [], 50: []}
    for seed in SEEDS:
        trial = Trial(data, seed)
        for name, scores in _simple(trial).items():
            found.setdefault(name, []).append(trial.at_equal_alarms(scores))
        for size in (500, 50):
            z, p = _in_families(trial, size, seed)
            found.setdefault(f"storeops, families of {size}", []).append(trial.at_equal_alarms(z))
            inside = trial.quiet & ~np.isnan(p)
            calibration[size].append(
                [float((p[inside] < level).mean()) for level in (0.1, 0.01, 0.001)]
            )
            far = np.abs(trial.counts - trial.expected) >= 0.15 * trial.expected
            alarm = (p <= 1 / 500) & trial.large & far
            events[size].append(
                1000 * float(alarm[trial.clean & trial.data.is_event & trial.large].mean())
            )
    rows = [
        (name, *(f"{value:.1f}" for value in np.mean(runs, axis=0)), "", "")
        for name, runs in found.items()
    ]
    for place, row in enumerate(rows):
        for size in (500, 50):
            if row[0].endswith(f" {size}"):
                told = " / ".join(f"{value:.5f}" for value in np.mean(calibration[size], axis=0))
                rows[place] = (*row[:-2], told, f"{np.mean(events[size]):.1f}")
    rows.append(("wanted", "60", "50", "42", "30", "23", ".1 / .01 / .00067-.0015", "<= 5"))
    return rows


# --- methods that need seconds per series

_PEER = {
    "adtk": """
import sys, numpy as np, pandas as pd, warnings; warnings.simplefilter("ignore")
from adtk.detector import SeasonalAD
d = np.load(sys.argv[1]); out = np.full(len(d["rows"]), np.nan)
index = pd.date_range("2015-07-01", periods=d["counts"].shape[1])
for k, (row, day) in enumerate(zip(d["rows"], d["days"])):
    s = pd.Series(d["counts"][row, day - 119: day + 1], index[day - 119: day + 1]).interpolate().bfill()
    try:
        model = SeasonalAD(freq=7); model.fit(s[:-1])
        r = model.pipe_.transform(s) if hasattr(model, "pipe_") else None
        past = s[:-1] - s[:-1].groupby(s[:-1].index.dayofweek).transform("mean")
        seasonal = model.seasonal_
        rest = s - np.resize(seasonal.values, 7)[(s.index - s.index[0]).days % 7]
        q1, q3 = np.quantile(rest[:-1], [.25, .75]); iqr = max(q3 - q1, 1e-9)
        out[k] = max((q1 - rest.iloc[-1]) / iqr, (rest.iloc[-1] - q3) / iqr, 0)
    except Exception:
        pass
np.save(sys.argv[2], out)
""",
    "ets": """
import sys, numpy as np, pandas as pd, warnings; warnings.simplefilter("ignore")
from statsforecast.models import AutoETS
d = np.load(sys.argv[1]); out = np.full(len(d["rows"]), np.nan)
for k, (row, day) in enumerate(zip(d["rows"], d["days"])):
    s = pd.Series(d["counts"][row, day - 119: day + 1]).interpolate().bfill().to_numpy()
    try:
        f = AutoETS(season_length=7).forecast(y=s[:-1].astype(float), h=1, level=[99])
        half = max(float(f["hi-99"][0] - f["mean"][0]), 1e-9)
        out[k] = abs(s[-1] - float(f["mean"][0])) / half
    except Exception:
        pass
np.save(sys.argv[2], out)
""",
    "prophet": """
import sys, numpy as np, pandas as pd, warnings, logging; warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)
from prophet import Prophet
d = np.load(sys.argv[1]); out = np.full(len(d["rows"]), np.nan)
index = pd.date_range("2015-07-01", periods=d["counts"].shape[1])
for k, (row, day) in enumerate(zip(d["rows"], d["days"])):
    s = pd.DataFrame({"ds": index[day - 119: day + 1], "y": d["counts"][row, day - 119: day + 1]})
    try:
        m = Prophet(weekly_seasonality=True, daily_seasonality=False, yearly_seasonality=False, interval_width=.99)
        m.fit(s.iloc[:-1]); f = m.predict(s.iloc[-1:])
        half = max(float((f["yhat_upper"] - f["yhat_lower"]).iloc[0]) / 2, 1e-9)
        out[k] = abs(float(s["y"].iloc[-1]) - float(f["yhat"].iloc[0])) / half
    except Exception:
        pass
np.save(sys.argv[2], out)
""",
}


def sample(data: Payments, pythons: dict[str, str | None]) -> list[tuple[str, ...]]:
    """Score the faults' days and ten clean days of each of 120 shops with every method there is."""
    trial = Trial(data, SEEDS[0])
    rng = np.random.default_rng(9)
    z, _ = _in_families(trial, 500, SEEDS[0])
    rows, days, fault = [], [], []
    settled = trial.age >= 125
    for row in rng.permutation(len(trial.counts)):
        clean = np.flatnonzero(trial.quiet[row] & settled[row])
        if len(clean) < 12 or len(set(rows)) >= 120:
            continue
        onset = trial.onset[row]
        if (
            onset >= 0
            and trial.kind[row] in SHARP
            and settled[row, onset]
            and trial.large[row, onset]
        ):
            rows.append(row), days.append(onset), fault.append(True)
        for day in rng.choice(clean, 8, replace=False):
            rows.append(row), days.append(day), fault.append(False)
    rows, days, fault = np.array(rows), np.array(days), np.array(fault)
    table = []
    scored: dict[str, tuple[np.ndarray, float]] = {"storeops": (z[rows, days], 0.0)}
    for name, python in pythons.items():
        if not python:
            print(f"{name}: absent (give --{name} PYTHON)")
            continue
        with tempfile.TemporaryDirectory() as place:
            given, told = Path(place, "in.npz"), Path(place, "out.npy")
            np.savez(given, counts=trial.counts, rows=rows, days=days)
            begun = time.perf_counter()
            done = subprocess.run(
                [python, "-c", _PEER[name], str(given), str(told)],
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode:
                print(f"{name}: failed: {done.stderr[-300:]}")
                continue
            scored[name] = (np.load(told), 1000 * (time.perf_counter() - begun) / len(rows))
    for name, scores in _simple(trial).items():
        scored[name] = (scores[rows, days], 0.0)
    for name, (scores, each) in scored.items():
        clean = np.sort(np.nan_to_num(scores[~fault]))
        told = []
        for rate in (20, 10):
            limit = clean[int(np.ceil((1 - rate / 1000) * len(clean))) - 1]
            told.append(f"{100 * np.mean(np.nan_to_num(scores[fault], nan=-1) > limit):.1f}")
        table.append((name, *told, f"{each:.0f} ms" if each else "< 0.1 ms"))
    print(f"{fault.sum()} faults, {(~fault).sum()} clean days")
    return table


# --- one series with five planted days and a promotion


def design() -> list[tuple[str, ...]]:
    """Rebuild the 15 planted / 144 quiet / 27 promotion days as a shop's verdicts, for 20 seeds.

    The series is the shop's visitors; buyers and money follow from them with little noise of
    their own, so that a verdict speaks of the planted series.
    """
    marks: dict[str, list[tuple[float, float, float]]] = {}
    seconds: list[float] = []
    for seed in range(20):
        frame, planted, event = _planted_shop(seed)
        calendar = load_calendar((event,))
        for each, budgets in _TRIED.items():
            begun = time.perf_counter()
            said = np.array(
                [_reads_abnormal(frame, day, calendar, budgets) for day in range(88, 150)]
            )
            seconds.append((time.perf_counter() - begun) / 62)
            days = np.arange(88, 150)
            promotion = np.isin(days, range(117, 126))
            quiet = ~promotion & ~np.isin(days, planted)
            marks.setdefault(each, []).append(
                (said[np.isin(days, planted)].sum(), said[quiet].mean(), said[promotion].sum())
            )
    rows = []
    for each, found in marks.items():
        caught, false, promo = np.mean(found, axis=0)
        rows += [
            (f"{each}: recall of 15 planted days", f"{3 * caught:.1f} / 15", ">= 13"),
            (f"{each}: false alarms on quiet days", f"{100 * false:.1f} %", "<= 2 %"),
            (f"{each}: promotion days flagged, of 27", f"{3 * promo:.1f}", "<= 3"),
        ]
    return [*rows, ("time a verdict", f"{1000 * median(seconds):.1f} ms", "shown")]


_TRIED = {
    "normal": BUDGETS[Sensitivity.NORMAL],
    "keen": BUDGETS[Sensitivity.KEEN],
    "2 % a day for the paid amount": Budgets(0.02 / SAFETY / SHARES["paid_amount"], 1 / 7),
    "3.8 % a day for the paid amount": Budgets(0.038 / SAFETY / SHARES["paid_amount"], 1 / 7),
}


def _planted_shop(seed: int) -> tuple[pd.DataFrame, np.ndarray, EventSettings]:
    rng = np.random.default_rng(seed)
    first = date(2032, 3, 1)  # a year without events in the tables
    stamps = pd.date_range(pd.Timestamp(first), periods=150, unit="s")
    weekly = np.array([1, 0.97, 0.98, 1, 1.05, 1.2, 1.15])[stamps.day_of_week]
    line = 30_000 * weekly * np.linspace(1, 1.15, 150) * rng.lognormal(0, 0.07, 150)
    line[117:126] *= [0.75, 0.75, 0.75, 4.5, 2.2, 1.8, 0.8, 0.8, 0.8]
    outside = [day for day in range(90, 149) if day not in range(112, 130)]
    planted = rng.choice(outside, 5, replace=False)
    line[planted] *= [0.7, 1.45, 0.75, 0.65, 1.5]
    visitors = np.round(line)
    buyers = rng.poisson(visitors * 0.033 * rng.lognormal(0, 0.01, 150))
    frame = pd.DataFrame(
        {"date": stamps, "visitors": visitors, "paid_buyers": buyers.astype(float),
         "paid_amount": (buyers * 100 * rng.lognormal(0, 0.02, 150)).round(2)}
    )  # fmt: skip
    days = [stamps[place].date() for place in (117, 125)]
    return (
        frame,
        planted,
        EventSettings(name="promotion", start=days[0], end=days[1], phase="burst"),
    )


def _reads_abnormal(frame: pd.DataFrame, day: int, calendar: Calendar, budgets: Budgets) -> bool:
    past = frame.iloc[: day + 1]
    days = [past["date"].iloc[place].date() for place in (0, -1)]
    window = Window("design", days[0], days[1], {"shop_daily": past})
    return headline(window, calendar, budgets=budgets).is_abnormal


# --- nothing happens


def _family(
    m: int, n_days: int, judged: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    weekday = np.arange(n_days) % 7
    spread = rng.uniform(0.05, 0.25, (m, 1))
    level = rng.uniform(np.log(2), np.log(2000), (m, 1)) + rng.normal(0, 0.015, (m, n_days)).cumsum(
        axis=1
    )
    noise = rng.standard_t(4, (m, n_days)) / np.sqrt(2) * spread
    noise += rng.normal(0, 0.03, (1, n_days)) * rng.uniform(0.5, 1.5, (m, 1))
    counts = rng.poisson(np.exp(level + rng.normal(0, 0.15, (m, 7))[:, weekday] + noise)).astype(
        float
    )
    ready = n_days - judged
    start = rng.choice([ready - 15, ready - 29, ready - 61, ready - 121, 0], m)
    counts[np.arange(n_days) < start[:, None]] = np.nan
    return counts, weekday


def null(reps: int = 600_000) -> list[tuple[str, ...]]:
    """Count false alarms against the promise, and the false share of what is told."""
    rows = []
    for m in (50, 500, 2000):
        rng = np.random.default_rng(m)
        n_days, judged = 230, 80
        alarms = days = told = false = 0
        tail: list[np.ndarray] = []
        rates: list[float] = []
        for _ in range(max(40, min(200, reps // (m * judged)))):
            p, faulty = _judged(m, n_days, judged, rng)
            inside = np.nan_to_num(p[:, n_days - judged : -1], nan=1)
            alarms += int((inside <= SAFETY / 7 / m).sum())
            days += judged - 1
            last = np.nan_to_num(p[:, -1], nan=1) <= SAFETY / 7 / m
            told, false = told + int(last.sum()), false + int((last & ~faulty).sum())
            tail.append(p[~faulty, -1])
            rates.append(_false_discoveries(p[:, -1] / SAFETY, faulty))
        known = np.concatenate(tail)
        weekly = f"{alarms / days * 7:.2f} a week (95 % sure: <= {_upper(alarms) / days * 7:.2f})"
        beyond = np.mean(known[~np.isnan(known)] < 0.001)
        rows.append(
            (
                f"family of {m}",
                weekly,
                "<= 1",
                f"{beyond:.5f}",
                f"{false / max(told, 1):.3f} of {told}",
                f"{np.mean(rates):.3f}",
            )
        )
    return rows


def _judged(
    m: int, n_days: int, judged: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Judge the last days of a family; on the last one 2 % of its series are at fault."""
    counts, weekday = _family(m, n_days, judged, rng)
    faulty = rng.random(m) < 0.02
    factors = rng.choice([0.3, 0.5, 0.7, 1.5, 2.0, 3.0], m)
    counts[faulty, -1] = rng.poisson(np.nan_to_num(counts[faulty, -1]) * factors[faulty])
    signals = Signals(np.log(counts + 0.5).astype(np.float32), np.ones(m, dtype=np.float32))
    families = Families(np.full(m, WATCHED), np.zeros(m, dtype=int))
    normal = np.ones(n_days, dtype=bool)
    _, p = replay(signals, families, weekdays=weekday, trains=normal, first=n_days - judged)
    return p, faulty


def _false_discoveries(p: np.ndarray, faulty: np.ndarray, q: float = 0.05) -> float:
    known = ~np.isnan(p)
    order = np.sort(p[known])
    passing = np.flatnonzero(order <= q * np.arange(1, len(order) + 1) / len(order))
    if not len(passing):
        return 0.0
    found = known & (p <= order[passing[-1]])
    return float((found & ~faulty).sum() / max(found.sum(), 1))


def _upper(count: int) -> float:
    """Give the 95 % upper bound of a Poisson count."""
    from scipy import special  # noqa: PLC0415

    return float(special.gammaincinv(count + 1, 0.95))


# --- the clock


def speed() -> list[tuple[str, ...]]:
    """Time whole history and one more day at 100,000 series, one thread."""
    rng = np.random.default_rng(0)
    n, n_days = 100_000, 90
    counts = rng.poisson(rng.lognormal(3, 1, (n, 1)) * np.exp(rng.normal(0, 0.1, (n, n_days))))
    y = np.log(counts + 0.5).astype(np.float32)
    signals, weekday = Signals(y, np.ones(n, dtype=np.float32)), np.arange(n_days) % 7
    normal = np.ones(n_days, dtype=bool)
    families = Families(np.full(n, WATCHED), np.zeros(n, dtype=int))
    one = Signals(np.ascontiguousarray(y[:, :1]), signals.noise)
    state = follow(signals, weekday, normal).state
    kept = Kept(state, nothing_kept(1).histograms)
    timed: dict[str, Callable[[], object]] = {
        "copy the matrix": y.copy,
        "follow the whole history": lambda: follow(signals, weekday, normal),
        "follow one more day": lambda: follow(one, weekday[:1], normal[:1], state),
        "whole history, scores, panel and p": lambda: detect(
            signals, families, weekdays=weekday, trains=normal
        ),
        "one more day, scores, panel and p": lambda: detect(
            one, families, weekdays=weekday[:1], trains=normal[:1], kept=kept
        ),
    }
    limits = {"follow the whole history": "<= 2 s", "follow one more day": "<= 30 ms"}
    rows, floor = [], 0.0
    for name, work in timed.items():
        runs = []
        for _ in range(5):
            begun = time.perf_counter()
            work()
            runs.append(time.perf_counter() - begun)
        floor = floor or median(runs)
        rows.append(
            (
                name,
                f"{1000 * median(runs):.0f} ms",
                f"{median(runs) / floor:.1f} x",
                limits.get(name, "shown"),
            )
        )
    return rows


HEADS = {
    "koubei": (
        "score",
        "@20",
        "@10",
        "@5",
        "@2",
        "@1",
        "P(p < .1 / .01 / .001)",
        "event days, per 1,000",
    ),
    "sample": ("method", "recall at 20 per 1,000", "at 10 per 1,000", "time a point"),
    "design": ("what", "measured", "limit"),
    "null": (
        "family",
        "false alarms",
        "promise",
        "P(p < .001)",
        "false share of what is told",
        "Benjamini-Hochberg 5 % with the same safety",
    ),
    "speed": ("100,000 series x 90 days", "median", "against the copy", "limit"),
}


def main() -> None:
    asked = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    asked.add_argument("--data", type=Path, default=DATA)
    for peer in _PEER:
        asked.add_argument(f"--{peer}", metavar="PYTHON")
    asked.add_argument("--only", choices=HEADS)
    asked.add_argument("--write", action="store_true")
    options = asked.parse_args()
    parts: dict[str, Callable[[], list[tuple[str, ...]]]] = {
        "koubei": lambda: koubei(payments(options.data)),
        "sample": lambda: sample(
            payments(options.data), {peer: getattr(options, peer) for peer in _PEER}
        ),
        "design": design,
        "null": null,
        "speed": speed,
    }
    for name, part in parts.items():
        if options.only not in (None, name):
            continue
        try:
            rows = part()
        except SystemExit as absent:
            print(absent)
            continue
        print(f"== {name}: {' | '.join(HEADS[name])}")
        for row in rows:
            print(" | ".join(row), flush=True)
        if options.write:
            write_table(f"detection-{name}", HEADS[name], rows)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main()
