"""Does the verdict say what an operator would? Simulated shops with one thing planted.

    python benchmarks/scenarios.py [--seeds N] [--only PART] [--verbose NAME] [--write]

A scenario (``planted.py``) names the answers that are right. Effects below four standard
deviations of the shop's paid amount are not counted as detectable: there only the claims of a day
read as abnormal are marked. Conditions of the day are drawn like those of any other; only the
impact of strong faults is marked on a second draw whose last day is calm, as it has a truth there.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from statistics import mean, median

import pandas as pd
from page import write_table
from planted import NORMAL, SCENARIOS, Scenario
from shopsim import CALENDAR, Shop, draw, size_of

from storeops.diagnose.day import diagnose
from storeops.diagnose.finding import Diagnosis, Finding, Severity
from storeops.facts import Window
from storeops.reporter.lang import catalogue

QUIET_SEEDS = 40
DETECTABLE = 4.0
SANE = 5.0
"""An impact further from the truth than so many standard deviations is no matter of noise."""
NEAR = 0.1
CALM_BUYERS = 3000.0
"""Impact is marked where counts alone do not blur it."""
QUESTIONS = (
    "state", "cause", "direction", "factor", "first", "named", "said", "sane", "impact", "reachable",
)  # fmt: skip
LIMITS = {"state": 0.95, "cause": 0.95, "factor": 0.95, "first": 0.90}


@dataclass
class Tally:
    """What came of one scenario: marks by question, and what to show of the misses."""

    n: int = 0
    detectable: int = 0
    alarms: int = 0
    marks: dict[str, list[bool]] = field(default_factory=dict)
    causes: list[int] = field(default_factory=list)
    errors: list[float] = field(default_factory=list)
    misses: list[str] = field(default_factory=list)

    def add(self, marks: dict[str, bool]) -> None:
        """Count the marks of one draw."""
        for question, right in marks.items():
            self.marks.setdefault(question, []).append(right)

    def share(self, question: str) -> float | None:
        """Give the share of right answers; None where nothing was asked."""
        return mean(self.marks[question]) if self.marks.get(question) else None


def shop_of(scenario: Scenario, seed: int, *, calm: bool = False) -> Shop:
    """Draw the shop of a seed, as long a history and with the exports the scenario gives it."""
    days = scenario.days or NORMAL
    buyers = CALM_BUYERS if calm else scenario.buyers[seed // 3 % len(scenario.buyers)]
    size = size_of(seed, buyers, scenario.noises)
    shop = draw(1000 + seed, days[seed * 37 % len(days)], size, scenario.change, calm=calm)
    window = _cut(shop.window, scenario.history)
    if not scenario.peers:
        kept = {name: table for name, table in window.tables.items() if name != "peer_daily"}
        window = replace(window, tables=kept)
    return replace(shop, window=window)


def _cut(window: Window, history: int | None) -> Window:
    if history is None:
        return window
    first = window.day - timedelta(days=history - 1)
    tables = {
        name: frame[frame["date"] >= pd.Timestamp(first)].reset_index(drop=True)
        for name, frame in window.tables.items()
    }
    return replace(window, first_day=first, tables=tables)


def loud(said: Diagnosis) -> list[Finding]:
    """List the causes that ask for attention."""
    return [f for f in said.findings if f.because_of is None and f.severity is not Severity.INFO]


def first_finding(said: Diagnosis) -> Finding | None:
    """Give the finding a reader sees first."""
    return next(iter([*loud(said), *said.findings]), None)


def is_detectable(scenario: Scenario, shop: Shop) -> bool:
    """Tell whether the planted thing can be asked for at all."""
    is_large = abs(shop.effect) >= DETECTABLE * shop.spread
    return scenario.change is None or scenario.asked_always or is_large


def marks(scenario: Scenario, shop: Shop, said: Diagnosis) -> dict[str, bool]:
    """Mark the answers of one day; on days not detectable only what was claimed."""
    verdict = said.verdict
    is_asked = is_detectable(scenario, shop)
    speaks = verdict.state == "abnormal"
    found: dict[str, bool] = {}
    if is_asked:
        found["state"] = verdict.state in scenario.states
    if speaks and (is_asked or abs(shop.effect) >= DETECTABLE / 2 * shop.spread):
        found |= _claims(scenario, said, is_asked=is_asked)
    if speaks and verdict.impact is not None:
        found["sane"] = abs(verdict.impact - shop.effect) <= SANE * shop.spread
    if scenario.first and (speaks or loud(said)) and is_asked:
        found["first"] = _key(first_finding(said)) in scenario.first(shop)
    if scenario.named and scenario.first and is_asked:
        found["named"] = bool({_key(f) for f in said.findings} & scenario.first(shop))
    if scenario.said and is_asked:
        found["said"] = any(
            scenario.said in f.id or scenario.said in f.metric for f in said.findings
        )
    return found


def _claims(scenario: Scenario, said: Diagnosis, *, is_asked: bool) -> dict[str, bool]:
    """Mark what is claimed; not to know the cause of what is hardly there is no mistake."""
    verdict = said.verdict
    causes = scenario.causes and (scenario.causes if is_asked else (*scenario.causes, "unknown"))
    asked = {
        "cause": (causes, verdict.cause),
        "direction": (scenario.direction and (scenario.direction,), verdict.direction),
        "factor": (scenario.factors, verdict.main_factor),
    }
    return {question: given in right for question, (right, given) in asked.items() if right}


def _key(finding: Finding | None) -> tuple[str, str]:
    return (finding.subject.kind, finding.subject.id) if finding else ("", "")


def score(scenario: Scenario, seeds: int) -> Tally:
    """Draw a scenario several times and mark every answer."""
    tally = Tally()
    for seed in range(seeds):
        shop = shop_of(scenario, seed)
        said = diagnose(shop.window, CALENDAR)
        given = marks(scenario, shop, said)
        tally.n += 1
        tally.detectable += is_detectable(scenario, shop)
        tally.alarms += said.verdict.state == "abnormal"
        tally.causes.append(len(loud(said)))
        if scenario.strong and is_detectable(scenario, shop):
            given |= _impact(scenario, seed, tally)
        tally.add(given)
        wrong = [question for question, right in given.items() if not right]
        if [question for question in wrong if question != "reachable"]:
            tally.misses.append(_told(shop, said, wrong))
    return tally


def _impact(scenario: Scenario, seed: int, tally: Tally) -> dict[str, bool]:
    """Mark the impact where there is a truth, and what an onlooker who knows the shop could say."""
    shop = shop_of(scenario, seed, calm=True)
    told = diagnose(shop.window, CALENDAR).verdict.impact
    if told is None:
        return {}
    tally.errors.append(abs(told / shop.effect - 1))
    return {
        "impact": tally.errors[-1] <= NEAR,
        "reachable": abs(shop.oracle / shop.effect - 1) <= NEAR,
    }


def _told(shop: Shop, said: Diagnosis, wrong: Sequence[str]) -> str:
    verdict, words = said.verdict, catalogue("zh")
    paid = shop.effect + 0.0
    lines = [
        f"  {said.day} wrong: {', '.join(wrong)}; {verdict.state} {verdict.cause} {verdict.direction} "
        f"{verdict.main_factor}, impact {verdict.impact or 0:,.0f} "
        f"(planted {paid:,.0f} = {paid / shop.spread:+.1f} sd)",
        f"    {words.text(verdict.text)}",
        *(
            f"    - {f.id} {f.severity} {f.impact or 0:,.0f} {f.subject.name or ''}"
            f"{' <- ' + f.because_of if f.because_of else ''}"
            for f in said.findings[:7]
        ),
    ]
    return "\n".join(lines)


def row(name: str, tally: Tally) -> tuple[str, ...]:
    """Give the line of a scenario in the table."""
    return (
        name,
        f"{tally.detectable}/{tally.n}",
        *(_percent(tally.share(question)) for question in QUESTIONS),
        f"{median(tally.errors):.0%}" if tally.errors else "",
        f"{mean(tally.causes):.2f}" if tally.causes else "",
        _percent(tally.alarms / tally.n if tally.n else None),
    )


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share:.0%}"


def together(tallies: Sequence[Tally]) -> Tally:
    """Add several scenarios."""
    whole = Tally()
    for tally in tallies:
        whole.n += tally.n
        whole.detectable += tally.detectable
        whole.alarms += tally.alarms
        whole.causes += tally.causes
        whole.errors += tally.errors
        for question, given in tally.marks.items():
            whole.marks.setdefault(question, []).extend(given)
    return whole


HEADS = (
    "scenario", "detectable", "state", "cause", "direction", "factor", "first finding",
    "named at all", "said", "impact sane", "impact within 10 %", "reachable", "impact error (median)",
    "causes told a day", "reads abnormal",
)  # fmt: skip


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=12, help="draws of a planted scenario")
    parser.add_argument("--quiet-seeds", type=int, default=QUIET_SEEDS, help="draws of a quiet day")
    parser.add_argument("--only", default="", help="scenarios whose name has this part")
    parser.add_argument("--verbose", metavar="NAME", help="show the misses of scenarios named so")
    parser.add_argument("--write", action="store_true", help="put the table into the docs")
    return parser.parse_args()


def main() -> None:
    options = _asked()
    part = options.verbose or options.only
    chosen = [scenario for scenario in SCENARIOS if part in scenario.name]
    found: dict[str, Tally] = {}
    began = time.perf_counter()
    print(" | ".join(HEADS))
    for scenario in chosen:
        seeds = options.quiet_seeds if scenario.is_quiet else options.seeds
        found[scenario.name] = score(scenario, seeds)
        print(" | ".join(row(scenario.name, found[scenario.name])), flush=True)
        if options.verbose is not None:
            print("\n".join(found[scenario.name].misses))
    sums = _sums(chosen, found)
    print("\n".join(" | ".join(line) for line in sums))
    print(_verdict(chosen, found), f"{time.perf_counter() - began:.0f} s")
    if options.write:
        rows = [*(row(name, tally) for name, tally in found.items()), *sums]
        told = f"{options.seeds} draws a planted line, {options.quiet_seeds} a quiet one. "
        write_table("scenarios", HEADS, rows, told + _verdict(chosen, found))


def _sums(chosen: Sequence[Scenario], found: dict[str, Tally]) -> list[tuple[str, ...]]:
    groups = {
        "all quiet": [s.name for s in chosen if s.is_quiet],
        "all others": [s.name for s in chosen if not s.is_quiet],
    }
    return [
        row(name, together([found[each] for each in names]))
        for name, names in groups.items()
        if names
    ]


def _verdict(chosen: Sequence[Scenario], found: dict[str, Tally]) -> str:
    whole = together([found[s.name] for s in chosen if not s.is_quiet])
    quiet = together([found[s.name] for s in chosen if s.is_quiet])
    parts = []
    for question, limit in LIMITS.items():
        share = whole.share(question)
        if share is not None:
            parts.append(f"{question} {share:.1%} (limit {limit:.0%})")
    if quiet.n:
        parts.append(f"alarms on quiet days {quiet.alarms / quiet.n:.1%} (limit 2%)")
        parts.append(f"findings asking for attention {sum(quiet.causes) / quiet.n * 7:.2f} a week")
    return "; ".join(parts) + "."


if __name__ == "__main__":
    main()
