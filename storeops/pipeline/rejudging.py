"""What became of earlier verdicts: days that were corrected since are judged again.

A verdict is remembered with the figures it rests on and the moment of the import that was the
newest then. A day whose figures read otherwise after a later import is diagnosed again, and the
report says what its alarm became. Nothing here depends on how often a report is asked for: what
was said after the newest import is not compared, so the notes stand until the next one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from storeops import __version__
from storeops.diagnose.finding import Diagnosis, Severity, State
from storeops.facts import SHOP_DAILY, Window
from storeops.fields import Col
from storeops.history import History, Judgement
from storeops.messages import Change, Message, Note, Quantity, Term, message
from storeops.metrics import tables
from storeops.metrics.change import relative
from storeops.pipeline.windows import window_of

DAYS = 30
MOST = 3
"""Lines a report spends on earlier days; the rest is counted."""
_LARGE = 0.005
"""A figure that moved by more than half a per cent reads otherwise (DOMAIN 3)."""
_RESTS_ON = (Col.PAID_AMOUNT, Col.VISITORS, Col.PAID_BUYERS)
_ALARMS = frozenset({Severity.ACT, Severity.WARN})
_ORDER = ("note.rejudged.withdrawn", "note.rejudged.abnormal", "note.rejudged.turned")

Judge = Callable[[Window], Diagnosis]


@dataclass(frozen=True, slots=True)
class Corrected:
    """A day that was judged before, and the figure that moved since: then and now."""

    said: Judgement
    metric: str
    old: float | None
    new: float | None


@dataclass(frozen=True, slots=True)
class Again:
    """Earlier days as they read now, and what to say of them."""

    diagnoses: tuple[Diagnosis, ...] = ()
    notes: tuple[Note, ...] = ()


def look_again(record: History, window: Window, judge: Judge) -> Again:
    """Judge the days of the last month again that were corrected after they had been judged.

    Args:
        record: Remembers what was said.
        window: What the report is about; its last day may be one of those corrected.
        judge: The diagnosis of a window.
    """
    diagnoses, said = [], []
    for corrected in _corrected(record, window):
        day = corrected.said.day
        diagnosis = judge(window if day == window.day else window_of(record, window.shop, day))
        diagnoses.append(diagnosis)
        told = _became(corrected, diagnosis)
        if told is not None:
            said.append((day, told))
    said.sort(key=lambda line: (_place(line[1]), -line[0].toordinal()))
    notes = [Note("restated", told) for _, told in said[:MOST]]
    if len(said) > MOST:
        notes.append(Note("restated", message("note.rejudged_more", n=len(said) - MOST)))
    return Again(tuple(diagnoses), tuple(notes))


def remember(record: History, window: Window, diagnoses: tuple[Diagnosis, ...]) -> None:
    """Write down what is said now, all of it or nothing."""
    moment = record.last_import(window.shop)
    if moment is None:
        return
    figures = _figures(window)
    record.remember_judgements(
        window.shop,
        [
            Judgement(
                day=said.day,
                said_at=moment,
                state=said.verdict.state.value,
                cause=said.verdict.cause.value if said.verdict.cause else None,
                direction=said.verdict.direction.value if said.verdict.direction else None,
                impact=said.verdict.impact,
                findings=tuple(f.id for f in said.findings if f.severity in _ALARMS),
                figures=figures.get(said.day, {}),
                tool_version=__version__,
            )
            for said in {each.day: each for each in diagnoses}.values()
        ],
    )


def _corrected(record: History, window: Window) -> Iterator[Corrected]:
    """Find the days that read otherwise than when they were judged, oldest first."""
    newest = record.last_import(window.shop)
    first = window.day - timedelta(days=DAYS - 1)
    said = {
        each.day: each
        for each in record.judgements(window.shop, first, window.day)
        if newest is not None and each.said_at < newest
    }
    now = _figures(window)
    for day, before in said.items():
        moved = _moved(before.figures, now.get(day, {}))
        if moved is not None:
            yield Corrected(before, moved, before.figures.get(moved), now.get(day, {}).get(moved))


def _figures(window: Window) -> Mapping[date, Mapping[str, float]]:
    return tables.known(window, SHOP_DAILY.name, _RESTS_ON)


def _moved(before: Mapping[str, float], now: Mapping[str, float]) -> str | None:
    """Name the figure to speak of: the paid amount if it moved, else the one that moved most."""
    moves = {
        column: abs(relative(now[column], before[column]) or 0.0)
        if column in now and before.get(column)
        else float(now.get(column) != before.get(column))
        for column in map(str, _RESTS_ON)
    }
    large = [column for column, size in moves.items() if size > _LARGE]
    if not large:
        return None
    return large[0] if large[0] == Col.PAID_AMOUNT else max(large, key=lambda name: moves[name])


def _became(corrected: Corrected, now: Diagnosis) -> Message | None:
    """Say what became of a verdict; None when there was no alarm and there is none."""
    was_alarm = corrected.said.state == State.ABNORMAL
    is_alarm = now.verdict.state is State.ABNORMAL
    if not was_alarm and not is_alarm:
        return None
    kind = "abnormal"
    if was_alarm and not is_alarm:
        kind = "withdrawn"
    elif was_alarm:
        kind = "stands" if now.verdict.direction == corrected.said.direction else "turned"
    figure = next((f for f in now.figures if f.metric == corrected.metric), None)
    unit = tables.unit(corrected.metric)
    return message(
        f"note.rejudged.{kind}",
        day=corrected.said.day,
        metric=Term("metric", corrected.metric),
        old=Quantity(corrected.old, unit),
        new=Quantity(corrected.new, unit),
        change=Change(relative(figure.value, figure.baseline) if figure else None),
        state=Term("state", corrected.said.state if is_alarm else now.verdict.state.value),
    )


def _place(told: Message) -> int:
    return _ORDER.index(told.id) if told.id in _ORDER else len(_ORDER)
