"""The road of a week or a month: read far enough back, look at its days again, diagnose it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from storeops.calendars import Calendar
from storeops.config import LoggedChange
from storeops.diagnose.day import diagnose
from storeops.diagnose.finding import Diagnosis, Severity
from storeops.diagnose.period import diagnose_period
from storeops.diagnose.period_context import Said
from storeops.diagnose.terms import USUAL, Terms
from storeops.errors import StoreopsError
from storeops.facts import NOW_AND_THEN, SHOP_DAILY, Window
from storeops.history import History
from storeops.messages import Note, message
from storeops.metrics import tables
from storeops.metrics.board import Memory
from storeops.metrics.completeness import last_complete_day
from storeops.metrics.definitions import used_columns
from storeops.metrics.periods import Period, PeriodKind, days_of, period_of
from storeops.pipeline.backtesting import cut

BEFORE = 200
"""Days before the last one that members are read of: two months and thirteen weeks."""
LONG_DAYS = 800
"""Days of the shop's own rows: last year's month, and stretches to measure the noise on."""
_ALARMS = frozenset({Severity.ACT, Severity.WARN})


@dataclass(frozen=True, slots=True)
class _Now:
    """What is said now of a day that nobody asked about on its morning."""

    day: date
    findings: tuple[str, ...]


def period_reports(  # noqa: PLR0913 (the record's coordinates, and what a diagnosis takes)
    record: History,
    shop: str,
    asked: date | None,
    kind: PeriodKind,
    calendar: Calendar,
    *,
    terms: Terms = USUAL,
    notes: tuple[Note, ...] = (),
    changes: tuple[LoggedChange, ...] = (),
) -> Diagnosis:
    """Diagnose the week or month of one shop that a day lies in.

    Args:
        record: An open record.
        shop: Name of the shop.
        asked: Any day of the period; None takes the one of the last complete day.
        kind: Week or month.
        calendar: Promotions and holidays, the user's own included.
        terms: What the user has a say in.
        notes: What the import had to say.
        changes: What the user did and noted.

    Raises:
        StoreopsError: The shop has no complete day, or the period lies after the last one.
    """
    window = _window(record, shop, asked)
    period = _period(window, asked, kind)
    return diagnose_period(
        window,
        calendar,
        period,
        terms=terms,
        notes=notes,
        changes=changes,
        judgements=tuple(_said(record, window, period, calendar, terms)),
    )


def _window(record: History, shop: str, asked: date | None) -> Window:
    """Read up to the last day there is, so that what grows is as old as it can be."""
    last = {fact: day for fact, day in record.last_days(shop).items() if fact not in NOW_AND_THEN}
    if not last:
        raise StoreopsError(message("period.no_day", shop=shop), message("period.no_day.hint"))
    day = max(last.values())
    back = 0 if asked is None else max((day - asked).days, 0)
    window = record.window(
        shop, day, days=BEFORE + back, long_days=LONG_DAYS + back, only=used_columns()
    )
    frame = window.tables.get(SHOP_DAILY.name)
    if frame is None or last_complete_day(frame) is None:
        raise StoreopsError(message("period.no_day", shop=shop), message("period.no_day.hint"))
    return window


def _period(window: Window, asked: date | None, kind: PeriodKind) -> Period:
    complete = last_complete_day(window.tables[SHOP_DAILY.name]) or window.day
    period = period_of(kind, asked or complete, complete)
    if period.first > complete:
        raise StoreopsError(
            message("period.ahead", first=period.first, last=complete),
            message("period.ahead.hint"),
        )
    return period


def _said(
    record: History, window: Window, period: Period, calendar: Calendar, terms: Terms
) -> Iterator[Said]:
    """Give what was said of every day, in the order it was said; a day never judged is now."""
    told = record.judgements(window.shop, period.first, period.last)
    yield from told
    heard = {said.day for said in told}
    own = {fact: rows for fact, rows in window.tables.items() if fact not in NOW_AND_THEN}
    window = replace(window, tables=own)  # rivals cost most of the time and are no cause of ours
    known = set(tables.days(window, SHOP_DAILY.name))
    memory: Memory | None = None
    for day in days_of(period):
        if day in known and day not in heard:
            said = diagnose(
                cut(window, day),
                calendar,
                terms=Terms(terms.stage, terms.budgets, memory, terms.asked),
            )
            memory = said.memory
            yield _Now(day, tuple(f.id for f in said.findings if f.severity in _ALARMS))
