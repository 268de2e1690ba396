"""Reports of other kinds than a plain day, made from the hostile one: boss, week, month, target."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hostile import DAY, hostile_report

from storeops.diagnose.finding import Period, PeriodKind, State, Verdict
from storeops.messages import Message, message
from storeops.metrics.target import Pace
from storeops.reporter import blocks
from storeops.reporter.blocks import Report
from storeops.reporter.boss import for_boss

PACE = Pace(
    month=date(2025, 11, 1), target=1_200_000.0, through=DAY, paid=768_000.0, attainment=0.64,
    progress=0.63, gap=12_000.0, day_target=45_900.0, need_per_day=43_200.0,
    usual_per_day=48_000.0, remaining_days=10, outlook=1_248_000.0,
)  # fmt: skip


def told(state: State, text: Message | None = None, **more: object) -> Report:
    """The hostile day without a task, judged otherwise."""
    report = hostile_report()
    verdict = Verdict(state, text or message("test.phase"), **more)  # type: ignore[arg-type]
    return replace(
        report, verdict=verdict, findings=(), phase=None,
        blocks=tuple(b for b in report.blocks if not isinstance(b, blocks.Findings)),
    )  # fmt: skip


def over(kind: PeriodKind, first: date, last: date, whole_days: int) -> Report:
    """The hostile report as one of a week or a month."""
    period = Period(kind, first, last, whole_days)
    return replace(hostile_report(), period=period, day=last, phase=None)


def for_the_boss() -> Report:
    """Three sentences, six figures, the target, one decision."""
    return for_boss(replace(hostile_report(), pace=PACE))
