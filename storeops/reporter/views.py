"""What the boss's view and the target say, as sentences: the same ones in every medium."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import assert_never

from storeops.diagnose.finding import Finding, PeriodKind
from storeops.messages import Change, Message, Note, Quantity, Term, Unit, message
from storeops.metrics.change import relative
from storeops.metrics.target import BEHIND_DAYS, Lever, Pace
from storeops.reporter.blocks import Decision, PaceBlock, Report, Summary
from storeops.reporter.lang import Catalogue

_MOST_RUNS = 4
"""Stretches of days a sentence names."""

ViewBlock = Summary | PaceBlock | Decision


def when(report: Report) -> Message:
    """Name the day, the week or the month a report is about."""
    period = report.period
    if period is None or period.kind is PeriodKind.DAY:
        return message(
            "when.day", day=report.day, weekday=Term("weekday", str(report.day.weekday()))
        )
    form = f"when.{period.kind.value}" + (".partial" if period.is_partial else "")
    return message(form, first=period.first, last=period.last, month=f"{period.first:%Y-%m}")


def dated(report: Report, words: Catalogue) -> str:
    """Print what a report is about, for its title: the day with its weekday, else the period."""
    if report.kind is PeriodKind.DAY:
        return f"{report.day:%Y}-{words.day(report.day)}"
    return words.text(when(report))


def note_told(note: Note) -> Message:
    """Say a note about the data, with the name of the file it is about."""
    if note.file is None:
        return note.message
    return message("note.of_file", file=note.file.rsplit("/", 1)[-1], note=note.message)


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
        "decision.needed" if finding.impact is not None else "decision.needed_unpriced",
        owner=Term("owner", finding.owner.value),
        what=finding.text,
        action=finding.action or message("decision.look"),
        impact=Quantity(finding.impact, Unit.CNY),
    )


def pace_told(pace: Pace) -> tuple[Message, ...]:
    """Say how the month stands, what the remaining days need, and whether that can be."""
    told = [_standing(pace)]
    if pace.behind_days >= BEHIND_DAYS and not pace.is_over:
        told.append(message("pace.behind_days", n=pace.behind_days))
    told += _need(pace)
    if pace.levers:
        told.append(message("pace.levers", levers=tuple(map(_lever, pace.levers))))
    told += _reach(pace)
    if pace.missing_days:
        form = "pace.missing_net" if pace.is_net else "pace.missing"
        told.append(_days(form, pace.missing_days))
    if pace.assumed_days and not pace.is_over:
        told.append(_days("pace.assumed", pace.assumed_days))
    return tuple(told)


def _standing(pace: Pace) -> Message:
    """Say what came in beside what was due by now, of a month that is over beside the target."""
    form = "final" if pace.is_over else "stands"
    gap = pace.paid - pace.target if pace.is_over else pace.gap
    what = "pace.month_net" if pace.is_net else "pace.month"
    return message(
        "pace.ahead" if pace.through < pace.month else f"pace.{form}",
        month=message(what, month=f"{pace.month:%Y-%m}"),
        target=Quantity(pace.target, Unit.CNY),
        through=pace.through,
        paid=Quantity(pace.paid, Unit.CNY),
        attainment=Quantity(pace.attainment, Unit.RATIO),
        progress=Quantity(pace.progress, Unit.RATIO),
        gap=message(
            "pace.gap_short" if gap < 0 else "pace.gap_over", gap=Quantity(abs(gap), Unit.CNY)
        ),
    )


def _need(pace: Pace) -> Iterator[Message]:
    """Say what the remaining days have to bring beside what they usually bring."""
    if pace.need_per_day is None:
        return
    usual, need = pace.usual_per_day, pace.need_per_day
    form = "need" if usual is not None else "need_unknown"
    if not need:
        form = "reached" if usual is not None else "reached_unknown"
    elif usual is not None and need <= usual:
        form = "enough"
    yield message(
        f"pace.{form}",
        days=pace.remaining_days,
        need=Quantity(need, Unit.CNY),
        usual=Quantity(usual, Unit.CNY),
        change=Change(relative(need, usual)),
        outlook=Quantity(pace.outlook, Unit.CNY),
    )


def _lever(lever: Lever) -> Message:
    return message(
        "pace.lever" if lever.is_within_reach else "pace.lever_out",
        factor=Term("metric", lever.factor),
        needed=Quantity(lever.needed, lever.unit),
        usual=Quantity(lever.usual, lever.unit),
        best=Quantity(lever.best, lever.unit),
    )


def _reach(pace: Pace) -> Iterator[Message]:
    """Say plainly when nothing would do, or when only all three together would."""
    if pace.is_reachable is False:
        yield message("pace.impossible")
    elif pace.levers and not any(lever.is_within_reach for lever in pace.levers):
        yield message("pace.together")


def _days(form: str, days: Sequence[date]) -> Message:
    """Name the first stretches of days in a row, and how many days there are."""
    runs: list[list[date]] = []
    for day in days:
        if runs and (day - runs[-1][-1]).days == 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    named = tuple(_run(run[0], run[-1]) for run in runs[:_MOST_RUNS])
    more = message("pace.and_more" if len(runs) > _MOST_RUNS else "pace.and_no_more")
    return message(form, n=len(days), days=named, more=more)


def _run(first: date, last: date) -> Message:
    form = "pace.day" if first == last else "pace.days"
    return message(form, first=f"{first:%m-%d}", last=f"{last:%m-%d}")
