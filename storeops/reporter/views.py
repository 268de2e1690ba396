"""What the boss's view and the target say, as sentences: the same ones in every medium."""

from __future__ import annotations

from typing import assert_never

from storeops.diagnose.finding import Finding
from storeops.messages import Message, Quantity, Term, Unit, message
from storeops.metrics.target import Pace
from storeops.reporter.blocks import Decision, PaceBlock, Summary

ViewBlock = Summary | PaceBlock | Decision


def sentences(block: ViewBlock) -> tuple[Message, ...]:
    """Put a block into sentences, one line each."""
    match block:
        case Summary(told):
            return told
        case PaceBlock(pace):
            return pace_told(pace)
        case Decision(finding):
            return (decision_told(finding),)
        case _ as unknown:
            assert_never(unknown)


def decision_told(finding: Finding | None) -> Message:
    """Name the one decision that is needed, or say that there is none."""
    if finding is None:
        return message("decision.none")
    return message(
        "decision.needed",
        owner=Term("owner", finding.owner.value),
        what=finding.text,
        action=finding.action or message("decision.look"),
        impact=Quantity(finding.impact, Unit.CNY),
    )


def pace_told(pace: Pace) -> tuple[Message, ...]:
    """Say how the month stands, what the remaining days need, and whether that can be."""
    told = [
        message(
            "pace.stands",
            month=f"{pace.month:%Y-%m}",
            target=Quantity(pace.target, Unit.CNY),
            paid=Quantity(pace.paid, Unit.CNY),
            attainment=Quantity(pace.attainment, Unit.RATIO),
            progress=Quantity(pace.progress, Unit.RATIO),
            gap=Quantity(pace.gap, Unit.CNY),
        )
    ]
    if pace.need_per_day is not None:
        told.append(
            message(
                "pace.need",
                days=pace.remaining_days,
                need=Quantity(pace.need_per_day, Unit.CNY),
                usual=Quantity(pace.usual_per_day, Unit.CNY),
            )
        )
    told += [
        message(
            "pace.lever" if lever.is_within_reach else "pace.lever_out",
            factor=Term("factor", lever.factor),
            needed=Quantity(lever.needed, lever.unit),
            usual=Quantity(lever.usual, lever.unit),
            best=Quantity(lever.best, lever.unit),
        )
        for lever in pace.levers
    ]
    if pace.is_reachable is False:
        told.append(message("pace.impossible"))
    if pace.missing_days:
        told.append(message("pace.missing", n=len(pace.missing_days), days=pace.missing_days[:3]))
    return tuple(told)
