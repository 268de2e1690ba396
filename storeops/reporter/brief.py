"""What a mail body and a chat message say of a report: a page of a phone, the answer first.

The choice is made here once, as messages; ``mail`` and ``chat`` only set it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from storeops.diagnose.finding import (
    Evidence,
    Figure,
    Finding,
    PeriodKind,
    Severity,
    Split,
)
from storeops.messages import Message, Note, Term, Unit, message
from storeops.reporter import blocks, views
from storeops.reporter.build import cause_of
from storeops.reporter.lang import Catalogue
from storeops.reporter.numbers import is_known, json_number, rounded_parts
from storeops.reporter.text import clip

MOST_FIGURES = 6
MOST_WHY = 3
MOST_NOTES = 2
MOST_TARGET = 2

_ALWAYS = (
    "paid_amount", "visitors", "visitors_per_day", "conversion_rate", "amount_per_buyer",
)  # fmt: skip
_RATHER = ("refunded_amount", "ad_spend")
_SHOP_COLUMNS = 40
_FEN_BELOW = 1000

_Block = TypeVar("_Block", bound=blocks.Block)


@dataclass(frozen=True, slots=True)
class Compared:
    """A comparison as it is printed; ``sign`` is the change, for its colour."""

    against: str
    text: str
    sign: float | None


@dataclass(frozen=True, slots=True)
class Reading:
    """One headline figure as it is printed; ``number`` is its value in the JSON contract."""

    metric: str
    label: str
    value: str
    number: float | int | None
    is_abnormal: bool
    compared: tuple[Compared, ...]
    """With the norm, with the period before; a dash where that is not known."""


@dataclass(frozen=True, slots=True)
class Brief:
    """The parts in the order they are read; a part that has nothing to say is empty."""

    title: Message
    verdict: Message
    told: tuple[Message, ...]
    """The boss's sentences after the first, which stands in ``verdict``."""
    figures: tuple[Reading, ...]
    why: tuple[Message, ...]
    tasks: tuple[Finding, ...]
    also: tuple[Finding, ...]
    """Worth knowing; nothing to do."""
    more: int
    """Causes that only the whole report shows."""
    decision: Message | None
    """None, too, when a sentence of the boss says it already."""
    decided: str | None
    """The id of the finding that the decision is about."""
    target: tuple[Message, ...]
    notes: tuple[Message, ...]
    more_notes: int


def brief(report: blocks.Report, words: Catalogue) -> Brief:
    """Choose what fits a phone.

    The boss gets the sentences, figures, target and decision of the report's own blocks; the
    operator the verdict, six figures, why, what to do, the target and the notes on the data.
    """
    is_boss = report.view is blocks.View.BOSS
    answer, summary = _first(report, blocks.VerdictLine), _first(report, blocks.Summary)
    told = summary.sentences if summary else ()
    shown = () if is_boss else _causes_shown(report)
    asks, decided = _first(report, blocks.Decision), decision(report)
    needed = views.decision_told(decided) if asks else None
    noted = _first(report, blocks.Notes)
    notes = _notes(noted.notes) if noted else ()
    return Brief(
        title=title(report, words),
        verdict=answer.verdict.text if is_boss and answer else report.verdict.text,
        told=told,
        figures=tuple(_reading(figure, report, words) for figure in _figures(report)),
        why=() if is_boss else tuple(_why(report, words))[:MOST_WHY],
        tasks=tuple(f for f in shown if f.severity is not Severity.INFO),
        also=tuple(f for f in shown if f.severity is Severity.INFO),
        more=0 if is_boss else len(_causes(report.findings)) - len(shown),
        decision=None if needed in told else needed,
        decided=decided.id if decided else None,
        target=views.pace_told(report.pace)[:MOST_TARGET] if report.pace else (),
        notes=notes[:MOST_NOTES],
        more_notes=len(notes[MOST_NOTES:]),
    )


def title(report: blocks.Report, words: Catalogue) -> Message:
    """Name shop and day, week or month."""
    shop = clip(words.argument(report.shop), _SHOP_COLUMNS)
    period = report.period
    if period is None or period.kind is PeriodKind.DAY:
        day = f"{report.day:%Y}-{words.day(report.day)}"
        if report.phase is None:
            return message("post.title.day", shop=shop, day=day)
        return message("post.title.day_of_event", shop=shop, day=day, phase=report.phase)
    ends = {"first": f"{period.first:%m-%d}", "last": f"{period.last:%m-%d}"}
    partial = ".partial" if period.is_partial else ""
    month = f"{period.first:%Y-%m}"
    return message(f"post.title.{period.kind.value}{partial}", shop=shop, month=month, **ends)


def to_do(report: blocks.Report) -> int:
    """Count the causes that want something done."""
    return sum(cause.severity is not Severity.INFO for cause in _causes(report.findings))


def decision(report: blocks.Report) -> Finding | None:
    """Find what the boss has to decide on; None when nothing is, or nobody asked."""
    block = _first(report, blocks.Decision)
    return block.finding if block else None


def against(report: blocks.Report) -> str:
    """Name the id of what the figures' ``previous_day`` is: the day, week or month before."""
    kind = PeriodKind.DAY if report.period is None else report.period.kind
    return f"post.against.{kind.value}"


def said_day(day: date) -> Message:
    """Say a day shortly, for a subject line."""
    return message("post.date", month=Term("month", str(day.month)), day=f"{day:%d}")


def _first(report: blocks.Report, kind: type[_Block]) -> _Block | None:
    return next((block for block in report.blocks if isinstance(block, kind)), None)


def _causes(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    return tuple(finding for finding in findings if cause_of(finding, findings) is None)


def _causes_shown(report: blocks.Report) -> tuple[Finding, ...]:
    block = _first(report, blocks.Findings)
    return _causes(block.findings) if block else ()


def _figures(report: blocks.Report) -> tuple[Figure, ...]:
    """Take the boss's own six; of all others the four that explain each other, then the odd."""
    if report.view is blocks.View.BOSS:
        block = _first(report, blocks.Figures)
        return block.figures[:MOST_FIGURES] if block else ()
    known = [figure for figure in report.figures if is_known(figure.value)]

    def rank(figure: Figure) -> tuple[bool, bool, bool]:
        name = figure.metric
        return (name not in _ALWAYS, not figure.abnormal, name not in _RATHER)

    chosen = {figure.metric for figure in sorted(known, key=rank)[:MOST_FIGURES]}
    return tuple(figure for figure in known if figure.metric in chosen)


def _reading(figure: Figure, report: blocks.Report, words: Catalogue) -> Reading:
    compared = []
    for name, reference in (
        ("post.against.norm", figure.baseline),
        (against(report), figure.previous_day),
    ):
        change = figure.change_from(reference)
        text = words.numbers.arrow(change)
        compared.append(Compared(words.say(name), text, change.value))
    return Reading(
        metric=figure.metric,
        label=words.term("short", figure.metric),
        value=words.numbers.cell(figure.value, figure.unit),
        number=json_number(figure.value, figure.unit, figure.metric),
        is_abnormal=figure.abnormal,
        compared=tuple(compared),
    )


def _why(report: blocks.Report, words: Catalogue) -> Iterator[Message]:
    """Give the split in yuan, where the change sits, and what happened at the same time."""
    if report.split is not None:
        yield _split(report.split, words)
    causes = _causes_shown(report)
    reasons = _reasons(report, causes)
    beside = [e.text for cause in causes for e in cause.evidence if e.is_alongside]
    yield from reasons[:1]
    yield from beside[:1]
    yield from reasons[1:]


def _reasons(report: blocks.Report, causes: Sequence[Finding]) -> list[Message]:
    """Take the shop's own evidence, the last first: place, market, mix; else the first cause's.

    What the split already says, its three factors, is left out.
    """
    told = next((f for f in report.findings if f.subject.kind == "shop"), None)
    evidence: Sequence[Evidence] = told.evidence if told else ()
    found = [e.text for e in evidence if not e.is_alongside and e.text.id != "evidence.factor"]
    if found or not causes:
        return found[::-1]
    return [e.text for e in causes[0].evidence if not e.is_alongside]


def _split(split: Split, words: Catalogue) -> Message:
    numbers = words.numbers
    digits = 0 if max(abs(split.start), abs(split.end)) >= _FEN_BELOW else 2
    start, end = round(split.start, digits), round(split.end, digits)
    amounts = rounded_parts(start, end, [part.amount for part in split.parts], digits)
    parts = tuple(
        message(
            "post.split.part",
            factor=Term("factor", part.factor),
            amount=numbers.signed(amount, Unit.COUNT),
        )
        for part, amount in zip(split.parts, amounts, strict=True)
    )
    return message(
        "post.split",
        metric=Term("metric", split.metric),
        start=numbers.plain(start),
        end=numbers.plain(end),
        total=numbers.money(round(end - start, digits), digits=digits),
        parts=parts,
    )


def _notes(notes: Sequence[Note]) -> tuple[Message, ...]:
    told = [views.note_told(note) for note in notes]
    return tuple(text for index, text in enumerate(told) if text not in told[:index])
