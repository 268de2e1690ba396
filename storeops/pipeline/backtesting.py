"""The record lived again, day by day: what storeops would have said each morning.

Every day is diagnosed from the days up to it, as the record has them now: values that were
corrected later are the corrected ones. Three sensitivities are asked side by side.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pandas as pd

from storeops.calendars import Calendar, days_between, load_calendar
from storeops.diagnose.day import diagnose
from storeops.diagnose.finding import Diagnosis, Finding, Severity, State
from storeops.diagnose.terms import Terms
from storeops.facts import PEER_DAILY, SHOP_DAILY, Window
from storeops.fields import Col
from storeops.history import History
from storeops.metrics import tables
from storeops.metrics.board import Memory
from storeops.metrics.budgets import BUDGETS, Sensitivity
from storeops.metrics.definitions import used_columns
from storeops.pipeline.windows import newest_day
from storeops.pipeline.workspace import (
    Progress,
    Request,
    Workspace,
    open_record,
    shop_names,
    silent,
)

DAYS, LONG_DAYS = 140, 420
"""Days a diagnosis looks back: of members, and of the shop and its peers."""
_LONG = frozenset({SHOP_DAILY.name, PEER_DAILY.name})
PUT_UP_WITH = 1.0
"""Verdicts a month that people put up with."""
_MONTH, _WEEK = 30.0, 7.0
_JUDGED = frozenset({State.NORMAL, State.ABNORMAL, State.PROMOTION})


@dataclass(frozen=True, slots=True)
class Answer:
    """What would have been said of one day.

    ``notices`` counts the findings that asked for attention without an abnormal verdict.
    """

    day: date
    state: State
    cause: str | None
    direction: str | None
    factor: str | None
    impact: float | None
    first: str | None
    notices: int


@dataclass(frozen=True, slots=True)
class Rate:
    """What one sensitivity would have said: verdicts a month, notices a week, yuan of alarms."""

    alarms: int
    judged: int
    a_month: float
    notices_a_week: float
    worth: float


@dataclass(frozen=True, slots=True)
class Backtest:
    """One shop's days under every sensitivity; ``present`` is the one in force."""

    shop: str
    first: date
    last: date
    present: Sensitivity
    suggested: Sensitivity
    answers: Mapping[Sensitivity, tuple[Answer, ...]]
    rates: Mapping[Sensitivity, Rate]


def backtest(
    workspace: Workspace,
    request: Request,
    *,
    span: int,
    progress: Progress = silent,
) -> tuple[Backtest, ...]:
    """Replay the last days of every shop.

    Args:
        workspace: Whose record and settings; nothing is read from the downloads.
        request: The shop asked for, and the last day (``day``); None takes the record's last.
        span: How many days.
        progress: Shows a bar over the days.
    """
    calendar = load_calendar(workspace.settings.events)
    found = []
    with open_record(workspace, request.now) as record:
        windows = [_window(record, shop, request.day, span) for shop in shop_names(record, request)]
    for window in windows:
        days = _days(window, span)
        if days:
            lived = _lived(workspace, window, calendar, progress(days, window.shop))
            found.append(_summed(workspace, window.shop, days, lived))
    return tuple(found)


def cut(window: Window, day: date) -> Window:
    """Give a window as it was on the morning after a day."""
    kept = {}
    for name, frame in window.tables.items():
        length = LONG_DAYS if name in _LONG else DAYS
        first = pd.Timestamp(day - timedelta(days=length - 1))
        inside = frame[(frame[Col.DATE] >= first) & (frame[Col.DATE] <= pd.Timestamp(day))]
        if len(inside):
            kept[name] = inside.reset_index(drop=True)
    first_day = day - timedelta(days=LONG_DAYS - 1)
    return replace(window, first_day=first_day, day=day, tables=kept)


def _window(record: History, shop: str, last: date | None, span: int) -> Window:
    day = last or newest_day(record, shop)
    return record.window(
        shop, day, days=DAYS + span, long_days=LONG_DAYS + span, only=used_columns()
    )


def _days(window: Window, span: int) -> tuple[date, ...]:
    present = tables.days(window, SHOP_DAILY.name)
    if not present:
        return ()
    first = max(present[0], present[-1] - timedelta(days=span - 1))
    return days_between(first, present[-1])


def _lived(
    workspace: Workspace, window: Window, calendar: Calendar, days: Iterator[date]
) -> dict[Sensitivity, list[Answer]]:
    answers: dict[Sensitivity, list[Answer]] = {each: [] for each in Sensitivity}
    memory: Memory | None = None
    for day in days:
        morning = cut(window, day)
        for each in Sensitivity:
            terms = Terms(workspace.settings.shop.stage, BUDGETS[each], memory)
            said = diagnose(morning, calendar, terms=terms, changes=workspace.changes)
            answers[each].append(_answer(said))
        memory = said.memory
    return answers


def _answer(said: Diagnosis) -> Answer:
    verdict = said.verdict
    causes = [f for f in said.findings if f.because_of is None and f.severity is not Severity.INFO]
    is_alarm = verdict.state is State.ABNORMAL
    return Answer(
        day=said.day,
        state=verdict.state,
        cause=verdict.cause.value if verdict.cause else None,
        direction=verdict.direction.value if verdict.direction else None,
        factor=verdict.main_factor,
        impact=verdict.impact,
        first=_name(causes[0]) if causes else None,
        notices=0 if is_alarm else len(causes),
    )


def _name(finding: Finding) -> str | None:
    return finding.subject.name


def _summed(
    workspace: Workspace,
    shop: str,
    days: tuple[date, ...],
    lived: dict[Sensitivity, list[Answer]],
) -> Backtest:
    rates = {each: _rate(answers) for each, answers in lived.items()}
    return Backtest(
        shop=shop,
        first=days[0],
        last=days[-1],
        present=Sensitivity(workspace.settings.shop.sensitivity),
        suggested=_suggested(rates),
        answers={each: tuple(answers) for each, answers in lived.items()},
        rates=rates,
    )


def _rate(answers: list[Answer]) -> Rate:
    judged = [answer for answer in answers if answer.state in _JUDGED]
    alarms = [answer for answer in judged if answer.state is State.ABNORMAL]
    n = max(len(judged), 1)
    return Rate(
        alarms=len(alarms),
        judged=len(judged),
        a_month=len(alarms) / n * _MONTH,
        notices_a_week=sum(answer.notices for answer in judged) / n * _WEEK,
        worth=sum(abs(answer.impact or 0.0) for answer in alarms),
    )


def _suggested(rates: Mapping[Sensitivity, Rate]) -> Sensitivity:
    """Suggest the keenest setting whose verdicts people would put up with."""
    for each in (Sensitivity.KEEN, Sensitivity.NORMAL):
        if rates[each].a_month <= PUT_UP_WITH:
            return each
    return Sensitivity.QUIET
