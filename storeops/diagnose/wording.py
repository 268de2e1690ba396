"""Pieces of sentences that several topics need, as messages."""

from __future__ import annotations

from datetime import date

from storeops.calendars import DayPhase
from storeops.diagnose.finding import Direction, Evidence
from storeops.messages import Change, Message, Quantity, Term, Unit, message
from storeops.metrics import change
from storeops.metrics.results import PaidSplit, Totals

TITLE_LENGTH = 16
"""Characters of an item title that fit a sentence; the tables carry the whole title."""


def shortened(text: str, length: int = TITLE_LENGTH) -> str:
    """Cut a title from an export to what fits a sentence."""
    return text if len(text) <= length else f"{text[: length - 1]}…"


def weekday(day: date) -> Term:
    """Name the weekday of a day."""
    return Term("weekday", str(day.weekday()))


def phase_told(phase: DayPhase) -> Term | Message:
    """Name the phase of a day with its event, if it has one."""
    if phase.name is None:
        return phase.label
    return message("phase.of_event", event=phase.name, phase=phase.label)


def yuan(value: float | None) -> Quantity:
    """Money for a sentence."""
    return Quantity(value, Unit.CNY)


def direction(amount: float | None) -> Direction | None:
    """Name the way a figure moved; None when it did not or is not known."""
    if not amount:
        return None
    return Direction.UP if amount > 0 else Direction.DOWN


def relative(now: float | None, before: float | None) -> Change:
    """Relative change for a sentence; unknown when there is nothing to compare with."""
    return Change(change.relative(now, before))


def main_factor(split: PaidSplit) -> str:
    """Name the factor that carries most of a change, in the direction of the change."""
    total = split.end - split.start
    sign = 1 if total >= 0 else -1
    return max(split.parts, key=lambda part: sign * part[1])[0]


def factor_evidence(now: Totals, before: Totals, split: PaidSplit) -> tuple[Evidence, ...]:
    """List the three factors with their values and their yuan."""
    values = {
        "visitors": (now.visitors, before.visitors, Unit.PEOPLE),
        "conversion_rate": (
            change.ratio(now.buyers, now.visitors),
            change.ratio(before.buyers, before.visitors),
            Unit.RATIO,
        ),
        "amount_per_buyer": (
            change.ratio(now.amount, now.buyers),
            change.ratio(before.amount, before.buyers),
            Unit.CNY,
        ),
    }
    lines = []
    for factor, amount in split.parts:
        if factor not in values:
            continue
        value, baseline, unit = values[factor]
        text = message(
            "evidence.factor",
            metric=Term("metric", factor),
            value=Quantity(value, unit),
            baseline=Quantity(baseline, unit),
            impact=yuan(amount),
        )
        lines.append(Evidence(text, factor, value, baseline))
    return tuple(lines)
