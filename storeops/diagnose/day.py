"""One shop's day from window to diagnosis: run the topics, link what they found, judge."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from storeops.calendars import Calendar
from storeops.config import LoggedChange
from storeops.diagnose.alongside import lined_up
from storeops.diagnose.finding import (
    Cause,
    Checked,
    Diagnosis,
    Figure,
    Finding,
    Part,
    Section,
    Severity,
    Split,
    State,
)
from storeops.diagnose.linking import link
from storeops.diagnose.notes import ordered
from storeops.diagnose.terms import USUAL, Terms
from storeops.diagnose.topic import Context
from storeops.diagnose.topics import TOPICS, competitors, industry, promotion
from storeops.diagnose.verdict import judge
from storeops.facts import Window
from storeops.messages import Message, Note, Term, message
from storeops.metrics import attribution, figures, market
from storeops.metrics.board import watch
from storeops.metrics.results import BaselineKind, MetricDay, PaidSplit, ShopDay

_OF_OTHERS = frozenset({competitors.TOPIC.name, industry.TOPIC.name})
"""What rivals and the industry did needs no complete day of our own."""
_TOLD_ANYWAY = _OF_OTHERS | {promotion.TOPIC.name}
_SEVERITY = {Severity.ACT: 0, Severity.WARN: 1, Severity.INFO: 2}


def diagnose(
    window: Window,
    calendar: Calendar,
    *,
    terms: Terms = USUAL,
    notes: tuple[Note, ...] = (),
    changes: tuple[LoggedChange, ...] = (),
    only: str | None = None,
) -> Diagnosis:
    """Answer the question of the day.

    Args:
        window: The last days of one shop; ``window.day`` is the day in question.
        calendar: Promotions and holidays.
        terms: What the user has a say in, and what an earlier day left.
        notes: What the import had to say.
        changes: What the user did to the shop and noted.
        only: Name of the one topic to tell of; None tells all. The verdict is the same.
    """
    board = watch(window, calendar, terms.memory)
    day = figures.headline(window, calendar, terms.stage, board=board, budgets=terms.budgets)
    beside = market.market_view(window, day, calendar, board)
    day = attribution.explained(window, figures.beside_market(day, beside), board)
    context = Context(calendar, board, day, beside, notes, changes, terms.asked)
    sections, hints = _sections(window, context)
    findings = _shown(window, context, sections)
    verdict = judge(context, findings)
    told = Diagnosis(
        shop=window.shop,
        day=window.day,
        phase=_phase(day),
        verdict=verdict,
        figures=tuple(figure_told(figure) for figure in day.figures),
        split=_split(day.split) if verdict.state is not State.INCOMPLETE_DATA else None,
        findings=findings,
        checked=_checked(sections) if _can_judge(day) else (),
        notes=ordered(
            (*(note for section in sections for note in section.notes), *hints), notes, window
        ),
        tables=tuple(table for section in sections for table in section.tables),
        memory=board.memory,
    )
    return told if only is None else _focused(told, only, sections)


def _focused(told: Diagnosis, only: str, sections: Sequence[Section]) -> Diagnosis:
    """Keep one topic's part of the whole diagnosis: the verdict stays that of the day."""
    mine = [section for section in sections if section.topic == only]
    data = [section for section in sections if section.topic == "data"]
    return replace(
        told,
        figures=told.figures if only == "shop" else (),
        split=told.split if only == "shop" else None,
        findings=tuple(finding for finding in told.findings if finding.topic == only),
        checked=_checked(mine),
        notes=_notes_of(told, (*mine, *data))
        or tuple(note for note in told.notes if note.kind == "missing_export" and not mine),
        tables=tuple(table for section in mine for table in section.tables),
        focus=only,
    )


def _notes_of(told: Diagnosis, sections: Sequence[Section]) -> tuple[Note, ...]:
    """Keep the notes of some sections, and what is wrong with a file: that concerns them all."""
    notes = [note for section in sections for note in section.notes]
    return tuple(notes) + tuple(
        note for note in told.notes if note.file is not None and note not in notes
    )


def _sections(window: Window, context: Context) -> tuple[list[Section], list[Note]]:
    sections, hints = [], []
    for topic in TOPICS:
        if any(window.has(fact) for fact in topic.needs):
            sections.append(topic.examine(window, context))
        elif topic.hint is not None:
            hints.append(_hint(topic.name, topic.hint))
    return sections, hints


def _hint(topic: str, layout: str) -> Note:
    told = message("note.missing", topic=Term("topic", topic), layout=Term("layout", layout))
    return Note("missing_export", told)


def _shown(window: Window, context: Context, sections: Iterable[Section]) -> tuple[Finding, ...]:
    """Keep findings only where a day can be judged; causes first, ranked by yuan.

    What the calendar explains is told on days that cannot be judged otherwise, too.
    """
    day = context.shop_day
    can_judge = _can_judge(day)
    told = _TOLD_ANYWAY if day.is_complete else _OF_OTHERS
    found = [
        finding
        for section in sections
        if can_judge or section.topic in told
        for finding in section.findings
    ]
    linked = link(found, Cause(context.market.cause))
    return ranked(lined_up(linked, window, context))


def _can_judge(day: ShopDay) -> bool:
    """Tell whether members may be compared with normal days at all.

    On a promotion without a comparable one before it everything is above its norm; only a day on
    which the whole shop is abnormal is worth taking apart then.
    """
    if not (day.is_complete and day.is_judged):
        return False
    is_event = day.phase.phase.is_promotion and day.kind is not BaselineKind.EVENT
    return not is_event or day.is_abnormal


def ranked(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Put causes first, the more urgent and the dearer before others.

    A cause is worth the most yuan that it or anything that follows from it tells of.
    """
    worth: dict[str, float] = {}
    for finding in findings:
        cause = finding.because_of or finding.id
        worth[cause] = max(worth.get(cause, 0.0), abs(finding.impact or 0))

    def rank(finding: Finding) -> tuple[bool, int, float, str]:
        follows = finding.because_of is not None
        yuan = abs(finding.impact or 0) if follows else worth[finding.id]
        return (follows, _SEVERITY[finding.severity], -yuan, finding.id)

    return tuple(sorted(findings, key=rank))


def _checked(sections: Sequence[Section]) -> tuple[Checked, ...]:
    return tuple(checked for section in sections for checked in section.checked)


def _phase(day: ShopDay) -> Message | None:
    phase = day.phase
    if phase.name is None:
        return None
    return message("phase.of_event", event=phase.name, phase=phase.label)


def figure_told(figure: MetricDay) -> Figure:
    """Hand a measured figure over to the report."""
    return Figure(
        metric=figure.metric,
        unit=figure.unit,
        value=figure.value,
        baseline=figure.baseline,
        expected_low=figure.low,
        expected_high=figure.high,
        previous_day=figure.previous_day,
        same_weekday=figure.same_weekday,
        peer=figure.peer,
        abnormal=figure.is_abnormal,
        trend=figure.trend,
    )


def _split(split: PaidSplit | None) -> Split | None:
    if split is None:
        return None
    parts = tuple(Part(factor, amount) for factor, amount in split.parts)
    return Split("paid_amount", split.start, split.end, parts)
