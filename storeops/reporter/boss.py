"""The boss's view of a report: three sentences, six figures, the target, one decision.

The first sentence (what happened) is the answer line; whose it is and what is being done follow.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from storeops.diagnose.finding import Figure, Finding, Severity, State
from storeops.messages import Change, Message, Quantity, Term, message
from storeops.reporter.blocks import (
    Block,
    Chart,
    Decision,
    Figures,
    Heading,
    Notes,
    PaceBlock,
    Report,
    Summary,
    Table,
    VerdictLine,
    View,
)
from storeops.reporter.build import cause_of
from storeops.reporter.views import when

FIGURES = 6
_ORDER = (
    "paid_amount", "visitors", "visitors_per_day", "conversion_rate", "amount_per_buyer",
    "refunded_amount", "ad_cost_share", "ad_spend", "paid_buyers",
)  # fmt: skip
_TABLES = frozenset({"table.daily", "table.target"})
_NOTES = frozenset(
    {"incomplete_day", "stale", "restated", "gap", "short_history", "unreadable_file", "partial"}
)
"""What bears on the numbers themselves; the operator reads the rest."""


def for_boss(report: Report) -> Report:
    """Cut a report down to what its owner reads in a minute; the figures stay the same."""
    figures = _six(report)
    shown = replace(report, figures=figures, view=View.BOSS)
    return replace(shown, blocks=tuple(_blocks(shown)))


def causes_to_handle(report: Report) -> tuple[Finding, ...]:
    """List the causes somebody has to act on, in the order of the report."""
    return tuple(
        finding
        for finding in report.findings
        if finding.severity is not Severity.INFO and cause_of(finding, report.findings) is None
    )


def decision(report: Report) -> Finding | None:
    """Choose the one thing to decide: the boss's own before the most urgent and dearest."""
    urgent = [each for each in causes_to_handle(report) if each.severity is Severity.ACT]
    own = [each for each in causes_to_handle(report) if each.owner.value == "boss"]
    return next(iter((*own, *urgent)), None)


def _six(report: Report) -> tuple[Figure, ...]:
    named = {figure.metric: figure for figure in report.figures if figure.value is not None}
    return tuple(named[name] for name in _ORDER if name in named)[:FIGURES]


def _blocks(report: Report) -> Iterator[Block]:
    yield VerdictLine(replace(report.verdict, text=_what(report)))
    yield next(block for block in report.blocks if isinstance(block, Heading))
    yield Summary((_who(report), _doing(report)))
    if report.figures:
        yield Figures(report.figures)
    if report.pace is not None:
        yield PaceBlock(report.pace)
    if report.verdict.state is not State.INCOMPLETE_DATA:
        yield Decision(decision(report))
    notes = tuple(note for note in report.notes if note.kind in _NOTES)
    if notes:
        yield Notes(notes)
    kept = [b for b in report.blocks if isinstance(b, Table) and b.table.name in _TABLES]
    yield from kept
    yield from (b for b in report.blocks if isinstance(b, Chart) and b.table in _TABLES)


def _what(report: Report) -> Message:
    paid = next((each for each in report.figures if each.metric == "paid_amount"), None)
    if paid is None or report.verdict.state is State.INCOMPLETE_DATA:
        return report.verdict.text
    form = "boss.what" if paid.baseline is not None else "boss.what_alone"
    return message(
        form,
        when=when(report),
        paid=Quantity(paid.value, paid.unit),
        baseline=Quantity(paid.baseline, paid.unit),
        change=paid.change_from(paid.baseline),
        state=message(f"boss.state.{report.verdict.state.value}"),
    )


def _who(report: Report) -> Message:
    verdict = report.verdict
    peers = message("boss.no_peers") if verdict.peers is None else _peers(verdict.peers)
    if verdict.state is not State.ABNORMAL or verdict.cause is None:
        form = "no_cause" if verdict.state is State.NORMAL else "not_judged"
        return message(f"boss.who.{form}", peers=peers)
    factor = (
        message("boss.no_factor")
        if verdict.main_factor is None
        else message("boss.factor", factor=Term("metric", verdict.main_factor))
    )
    return message(f"boss.who.{verdict.cause.value}", peers=peers, factor=factor)


def _peers(change: float) -> Message:
    return message("boss.peers", change=Change(change))


def _doing(report: Report) -> Message:
    causes = causes_to_handle(report)
    if not causes:
        return message("boss.doing.nothing")
    owners = Counter(cause.owner.value for cause in causes)
    told = tuple(
        message("boss.doing.owner", owner=Term("owner", owner), n=n) for owner, n in owners.items()
    )
    return message("boss.doing", n=len(causes), owners=told)
