"""A short correction of a report that has gone out, when a later download changed what it said."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from storeops.diagnose.finding import State
from storeops.messages import Message, Quantity, Term, message
from storeops.reporter.blocks import Report
from storeops.reporter.boss import causes_to_handle, for_boss
from storeops.reporter.lang import Catalogue
from storeops.reporter.numbers import printed_number
from storeops.reporter.views import when


@dataclass(frozen=True, slots=True)
class Said:
    """What a report said that a reader may act on: the state, the key figures, the tasks."""

    state: str
    figures: tuple[tuple[str, float | None], ...]
    """Metric and value, rounded as it is printed."""
    tasks: tuple[str, ...]
    is_complete: bool = True
    """False while a file of the day is missing."""

    def dumped(self) -> str:
        """Write it as text, to be kept beside the message; the same said gives the same text."""
        return json.dumps([self.state, self.figures, self.tasks, self.is_complete])

    @classmethod
    def loaded(cls, text: str) -> Said | None:
        """Read it back; None when the text is not of this form."""
        try:
            state, figures, tasks, whole = json.loads(text)
            return cls(str(state), tuple((m, v) for m, v in figures), tuple(tasks), bool(whole))
        except (ValueError, TypeError):
            return None


def said(report: Report) -> Said:
    """Gather what a report says, the same in every language."""
    figures = tuple(
        (figure.metric, printed_number(figure.value, figure.unit))
        for figure in for_boss(report).figures
    )
    tasks = tuple(sorted(cause.id for cause in causes_to_handle(report)))
    return Said(report.verdict.state.value, figures, tasks, is_complete(report))


def is_complete(report: Report) -> bool:
    """Tell whether all files of the day are there that usually are."""
    is_late = any(note.kind == "stale" for note in report.notes)
    return not is_late and report.verdict.state is not State.INCOMPLETE_DATA


def subject(report: Report, words: Catalogue) -> str:
    """Title a correction."""
    return words.say("correction.subject", shop=report.shop, when=when(report))


def text(report: Report, before: Said, words: Catalogue) -> str | None:
    """Say what reads otherwise now: the state, the figures, the tasks; one line each.

    None when nothing does: then nobody is to be bothered.
    """
    changes = list(_changes(report, before, said(report)))
    if not changes:
        return None
    title = message("correction.title", shop=report.shop, when=when(report))
    lines = [title, *changes, report.verdict.text]
    return "\n".join(words.text(line) for line in lines)


def _changes(report: Report, before: Said, now: Said) -> Iterator[Message]:
    if now.state != before.state:
        yield message(
            "correction.state", old=Term("state", before.state), new=Term("state", now.state)
        )
    told = dict(before.figures)
    units = {figure.metric: figure.unit for figure in report.figures}
    for metric, value in now.figures:
        if told.get(metric, value) != value:
            yield message(
                "correction.figure",
                metric=Term("metric", metric),
                old=Quantity(told[metric], units[metric]),
                new=Quantity(value, units[metric]),
            )
    for cause in causes_to_handle(report):
        if cause.id not in before.tasks:
            yield message(
                "correction.task", owner=Term("owner", cause.owner.value), text=cause.text
            )
    gone = len(set(before.tasks) - set(now.tasks))
    if gone and report.verdict.state is not State.INCOMPLETE_DATA:
        yield message("correction.gone", n=gone)
