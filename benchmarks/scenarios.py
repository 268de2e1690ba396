"""Does the verdict say what an operator would? Simulated shops with one thing planted.

    python benchmarks/scenarios.py [--seeds N] [--only NAME] [--verbose] [--write]

Every scenario names the answers that are right. Effects below three and a half standard deviations of the
shop's paid amount are not counted as detectable. A quiet day is drawn with its noise; a planted
day is calm but for what was planted, so that impact has a truth.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from statistics import median

import numpy as np
import pandas as pd
from page import write_table
from shopsim import (
    CALENDAR,
    CART,
    FEED,
    KEYWORD,
    SEARCH,
    SOURCES,
    VIDEO,
    Shop,
    Size,
    World,
    draw,
)

from storeops.calendars import Phase
from storeops.diagnose.day import diagnose
from storeops.diagnose.finding import Diagnosis, Finding, Severity
from storeops.facts import Window
from storeops.reporter.lang import catalogue

ANY = ("market", "shop", "both", "against_market", "unknown", None)
OURS = ("shop",)
NONE = (None, "unknown", "shop", "market", "both", "against_market")
Subjects = Callable[[Shop], set[tuple[str, str]]]


def _source(index: int) -> Subjects:
    return lambda _shop: {("source", SOURCES[index])}


def _item(*places: int) -> Subjects:
    return lambda shop: {("item", shop.items[place]) for place in places}


def _either(*some: Subjects) -> Subjects:
    return lambda shop: set().union(*(one(shop) for one in some))


def _whole(_shop: Shop) -> set[tuple[str, str]]:
    return {("shop", "shop")}


@dataclass(frozen=True)
class Scenario:
    """What is planted, and the answers that are right; an empty tuple asks nothing."""

    name: str
    change: Callable[[World], None] | None
    states: tuple[str, ...]
    causes: tuple[str | None, ...] = ()
    direction: str | None = None
    factors: tuple[str, ...] = ()
    first: Subjects | None = None
    size: Size = field(default_factory=Size)
    days: tuple[date, ...] = ()
    history: int | None = None
    strong: bool = False
    must_say: str | None = None
    """Id of a finding that has to be there."""


def _normal_days(weekday: int | None = None) -> tuple[date, ...]:
    first = date(2025, 3, 20)
    days = (first + timedelta(days=n) for n in range(190))
    return tuple(
        day
        for day in days
        if CALENDAR.phase(day).phase is Phase.NORMAL
        and CALENDAR.phase(day).event is None
        and (weekday is None or day.weekday() == weekday)
    )


NORMAL = _normal_days()


def _phase_days(phase: Phase, offset: int | None = None) -> tuple[date, ...]:
    days = (date(2025, 3, 1) + timedelta(days=n) for n in range(300))
    return tuple(
        day
        for day in days
        if CALENDAR.phase(day).phase is phase
        and (offset is None or CALENDAR.phase(day).offset == offset)
    )


def _hero_conversion(w: World) -> None:
    w.rate[-1, 0] *= 0.45


def _hero_search(w: World) -> None:
    w.visits[-1, 0, SEARCH] *= 0.6


def _hero_search_half(w: World) -> None:
    w.visits[-1, 0, SEARCH] *= 0.35


def _all_search(w: World) -> None:
    w.visits[-1, :, SEARCH] *= 0.45


def _market(factor: float, own: float) -> Callable[[World], None]:
    def change(w: World) -> None:
        w.visits[-1] *= factor * own
        w.peers[-1] *= factor

    return change


def _visitors(factor: float) -> Callable[[World], None]:
    def change(w: World) -> None:
        w.visits[-1] *= factor

    return change


def _conversion(factor: float) -> Callable[[World], None]:
    def change(w: World) -> None:
        w.rate[-1] *= factor

    return change


def _plan(w: World) -> None:
    w.visits[-1, :, KEYWORD] *= 0.4


def _plan_spend(w: World) -> None:
    w.spend[-1, 0] *= 2.2


def _discount(w: World) -> None:
    w.price[-1, 0] *= 1.18
    w.rate[-1, 0] *= 0.5


def _delisted(place: int) -> Callable[[World], None]:
    def change(w: World) -> None:
        w.visits[-1, place] = 0.0

    return change


def _junk(w: World) -> None:
    extra = 0.7 * w.visits[-1].sum()
    base = w.visits[-1, :, VIDEO].copy()
    w.visits[-1, :, VIDEO] += extra * base / base.sum()
    w.rate[-1, :, VIDEO] *= base.sum() / (base.sum() + extra) * 1.1


def _mix(w: World) -> None:
    before = w.visits[-1].sum()
    w.visits[-1, :, FEED] *= 2.1
    others = [SEARCH, CART]
    w.visits[-1, :, others] *= 0.35
    w.visits[-1] *= before / w.visits[-1].sum()


def _leak(w: World) -> None:
    for back in range(14):
        w.visits[-1 - back] *= 0.98 ** (14 - back)


def _lasting(w: World) -> None:
    w.visits[-10:] *= 0.8


def _blank(column: str) -> Callable[[World], None]:
    return lambda w: w.blank.add(column)


def _zero(column: str) -> Callable[[World], None]:
    return lambda w: w.zero.add(column)


def _spike(w: World) -> None:
    w.visits[-1, :, VIDEO] += (
        0.6 * w.visits[-1].sum() * w.visits[-1, :, VIDEO] / w.visits[-1, :, VIDEO].sum()
    )
    w.rate[-1, :, VIDEO] *= 2.0


def _refunds(w: World) -> None:
    w.refunds[-1] *= 4


def _new_item(w: World) -> None:
    w.visits[:-1, 5] = 0.0
    w.visits[-1, 5] = w.visits[-1, 0] * 0.6
    w.rate[-1, 5] = w.rate[-1, 0]


def _warmup(w: World) -> None:
    w.rate[-1] *= 0.9


def _nothing(_w: World) -> None:
    """A calm day."""


OK = ("normal",)
BAD = ("abnormal",)
SMALL = Size(buyers=30, shop_noise=0.08, rate_noise=0.06)
TINY = Size(buyers=9, n_items=12, shop_noise=0.08, rate_noise=0.06)
LARGE = Size(buyers=3000, n_items=40)
NOISY = Size(buyers=150, shop_noise=0.06, rate_noise=0.05, source_noise=0.05, item_noise=0.06)
SCENARIOS: tuple[Scenario, ...] = (
    *(Scenario(f"quiet {name}", None, OK, days=_normal_days(n)) for n, name in enumerate(("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"))),
    Scenario("quiet, 30 buyers", None, OK, size=SMALL),
    Scenario("quiet, 3,000 buyers", None, OK, size=LARGE),
    Scenario("quiet, noisy", None, OK, size=NOISY),
    Scenario("quiet, 9 buyers", None, OK, size=TINY),
    Scenario("hero conversion collapse", _hero_conversion, BAD, OURS, "down", ("conversion_rate",), _item(0), strong=True),
    Scenario("hero conversion, 3,000 buyers", _hero_conversion, BAD, OURS, "down", ("conversion_rate",), _item(0), size=LARGE, strong=True),
    Scenario("hero search -65 %", _hero_search_half, BAD, OURS, "down", ("visitors",), _either(_item(0), _source(SEARCH)), size=Size(hero=0.6, buyers=800), strong=True),
    Scenario("hero search -40 %", _hero_search, (*OK, *BAD), (), None, (), _either(_item(0), _source(SEARCH), _whole)),
    Scenario("all search -55 %", _all_search, BAD, OURS, "down", ("visitors",), _source(SEARCH)),
    Scenario("market -30 % with the shop", _market(0.7, 1.0), BAD, ("market",), "down", ("visitors",), _whole, strong=True),
    Scenario("shop alone -30 % visitors", _visitors(0.7), BAD, OURS, "down", ("visitors",), _whole, strong=True),
    Scenario("shop alone -35 % conversion", _conversion(0.65), BAD, OURS, "down", ("conversion_rate",), _whole, strong=True),
    Scenario("market +25 %, shop -25 %", _market(1.25, 0.6), BAD, ("against_market",), "down", ("visitors",), _whole),
    Scenario("market -30 %, shop -50 %", _market(0.7, 0.71), BAD, ("both",), "down", ("visitors",), _whole),
    Scenario("market -30 %, shop flat", _market(0.7, 1 / 0.7), (*OK, *BAD)),
    Scenario("plan exhausted", _plan, (*OK, *BAD), first=lambda s: {("source", SOURCES[KEYWORD]), ("scene", "371"), ("plan", "p0"), ("plan", "p1"), ("shop", "shop")}),
    Scenario("ad spend x2.2 of a plan", _plan_spend, (*OK, *BAD), first=lambda s: {("plan", "p0"), ("scene", "371"), ("ads", "account"), ("shop", "shop")}),
    Scenario("discount ended", _discount, BAD, OURS, "down", ("conversion_rate",), _item(0)),
    Scenario("hero delisted", _delisted(0), BAD, OURS, "down", ("visitors",), _item(0), strong=True),
    Scenario("second item delisted", _delisted(1), (*OK, *BAD), first=_either(_item(1), _whole)),
    Scenario("junk traffic", _junk, BAD, ANY, "up", first=_source(VIDEO)),
    Scenario("mix shift", _mix, BAD, OURS, "down", ("conversion_rate",), _either(_source(SEARCH), _source(FEED), _source(CART), _whole)),
    Scenario("slow leak", _leak, (*OK, *BAD), must_say="trend"),
    Scenario("lasting -20 %", _lasting, (*OK, *BAD), must_say="trend"),
    Scenario("visitors blank", _blank("visitors"), ("incomplete_data",)),
    Scenario("visitors zero", _zero("visitors"), ("incomplete_data",)),
    Scenario("spike +60 % from video", _spike, BAD, OURS, "up", ("visitors",), _source(VIDEO)),
    Scenario("refund wave x4", _refunds, (*OK, *BAD), first=_whole, must_say="shop.refunded_amount"),
    Scenario("new item sells", _new_item, (*OK, *BAD), first=_either(_item(5), _whole)),
    Scenario("nine days, quiet", None, ("normal", "insufficient_data"), history=9),
    Scenario("sixteen days, quiet", None, OK, history=16),
    Scenario("nine days, -60 %", _visitors(0.4), ("abnormal", "insufficient_data"), history=9),
    Scenario("five days", None, ("insufficient_data",), history=5),
    Scenario("9 buyers, -70 %", _visitors(0.3), (*OK, *BAD), size=TINY),
    Scenario("warm-up", _warmup, ("promotion",), days=_phase_days(Phase.WARMUP)),
    Scenario("day after a promotion", None, OK, days=_phase_days(Phase.AFTERMATH)),
    Scenario("holiday", None, OK, days=tuple(d for d in _phase_days(Phase.HOLIDAY) if d.month not in (1, 2))),
    Scenario("promotion day, no precedent", _nothing, ("promotion",), days=_phase_days(Phase.BURST)),
)  # fmt: skip


@dataclass
class Tally:
    """What came of one scenario: marks by question, and what to show of the misses."""

    n: int = 0
    detectable: int = 0
    marks: dict[str, list[bool]] = field(default_factory=dict)
    causes: list[int] = field(default_factory=list)
    alarms: int = 0
    loud: int = 0
    misses: list[str] = field(default_factory=list)

    def mark(self, question: str, right: bool) -> bool:  # noqa: FBT001 (a mark)
        self.marks.setdefault(question, []).append(right)
        return right


def _cut(window: Window, history: int | None) -> Window:
    if history is None:
        return window
    first = window.day - timedelta(days=history - 1)
    tables = {
        name: frame[frame["date"] >= pd.Timestamp(first)].reset_index(drop=True)
        for name, frame in window.tables.items()
    }
    return replace(window, first_day=first, tables=tables)


def first_finding(said: Diagnosis) -> Finding | None:
    """Give the finding a reader sees first."""
    loud = [f for f in said.findings if f.because_of is None and f.severity is not Severity.INFO]
    return (loud or list(said.findings) or [None])[0]


def score(scenario: Scenario, seeds: int) -> Tally:
    """Draw a scenario several times and mark every answer."""
    tally = Tally()
    days = scenario.days or NORMAL
    for seed in range(seeds):
        day = days[(seed * 37) % len(days)]
        shop = draw(1000 + seed, day, scenario.size, scenario.change)
        said = diagnose(_cut(shop.window, scenario.history), CALENDAR)
        _mark(scenario, shop, said, tally)
    return tally


def _mark(scenario: Scenario, shop: Shop, said: Diagnosis, tally: Tally) -> None:
    verdict, first = said.verdict, first_finding(said)
    effect = shop.expected - shop.usual
    is_quiet = scenario.change is None
    seen = is_quiet or abs(effect) >= 3.5 * shop.spread or not scenario.factors
    tally.n += 1
    tally.detectable += seen
    tally.alarms += verdict.state == "abnormal"
    tally.loud += sum(
        f.severity is not Severity.INFO and f.because_of is None for f in said.findings
    )
    tally.causes.append(
        sum(f.because_of is None and f.severity is not Severity.INFO for f in said.findings)
    )
    if not seen:
        return
    fine = tally.mark("state", verdict.state in scenario.states)
    spoken = verdict.state == "abnormal"
    if scenario.causes and spoken:
        fine &= tally.mark("cause", verdict.cause in scenario.causes)
    if scenario.direction and spoken:
        fine &= tally.mark("direction", verdict.direction == scenario.direction)
    if scenario.factors and spoken:
        fine &= tally.mark("factor", verdict.main_factor in scenario.factors)
    if scenario.first and (spoken or first is not None):
        subject = (first.subject.kind, first.subject.id) if first else ("", "")
        fine &= tally.mark("first", subject in scenario.first(shop))
    if scenario.strong and spoken and verdict.impact is not None:
        fine &= tally.mark("impact", abs(verdict.impact - effect) <= 0.1 * abs(effect))
    if scenario.must_say:
        fine &= tally.mark("said", any(scenario.must_say in f.id for f in said.findings))
    if not fine:
        words = catalogue("zh")
        lines = [
            f"  {f.id} {f.severity} {round(f.impact or 0)} <- {f.because_of}"
            for f in said.findings[:6]
        ]
        tally.misses.append(
            f"{said.day} {words.text(verdict.text)} [{verdict.state} {verdict.cause} {verdict.main_factor} {round(verdict.impact or 0)}; truth {round(effect)}]\n"
            + "\n".join(lines)
        )


QUESTIONS = ("state", "cause", "direction", "factor", "first", "impact", "said")


def row(scenario: Scenario, tally: Tally) -> tuple[str, ...]:
    """Give the line of a scenario in the table."""
    shares = [_share(tally.marks.get(question)) for question in QUESTIONS]
    return (
        scenario.name,
        f"{tally.detectable}/{tally.n}",
        *shares,
        f"{median(tally.causes):g}",
        f"{100 * tally.alarms / tally.n:.0f} %",
    )


def _share(marks: Sequence[bool] | None) -> str:
    return f"{100 * np.mean(marks):.0f} %" if marks else ""


def main() -> None:
    asked = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    asked.add_argument("--seeds", type=int, default=24)
    asked.add_argument("--only")
    asked.add_argument("--verbose", action="store_true")
    asked.add_argument("--write", action="store_true")
    options = asked.parse_args()
    rows, together = [], Tally()
    quiet = Tally()
    for scenario in SCENARIOS:
        if options.only and options.only not in scenario.name:
            continue
        tally = score(scenario, options.seeds)
        rows.append(row(scenario, tally))
        print(" | ".join(rows[-1]), flush=True)
        if options.verbose:
            print("\n".join(tally.misses))
        for question, marks in tally.marks.items():
            together.marks.setdefault(question, []).extend(marks)
        if scenario.name.startswith("quiet"):
            quiet.n += tally.n
            quiet.alarms += tally.alarms
            quiet.loud += tally.loud
    totals = [
        ("all", "", *(_share(together.marks.get(question)) for question in QUESTIONS), "", "")
    ]
    print(" | ".join(totals[0]))
    if quiet.n:
        print(
            f"quiet days: abnormal {100 * quiet.alarms / quiet.n:.2f} %, findings a day {quiet.loud / quiet.n:.3f}"
        )
        totals.append(
            (
                "quiet days together",
                str(quiet.n),
                *([""] * len(QUESTIONS)),
                f"{quiet.loud / quiet.n:.2f} a day",
                f"{100 * quiet.alarms / quiet.n:.1f} %",
            )
        )
    if options.write:
        heads = (
            "scenario",
            "detectable",
            "state",
            "cause",
            "direction",
            "main factor",
            "first finding",
            "impact within 10 %",
            "said",
            "causes told (median)",
            "reads abnormal",
        )
        write_table("scenarios", heads, [*rows, *totals], f"{options.seeds} draws a line.")


if __name__ == "__main__":
    main()
