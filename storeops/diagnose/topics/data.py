"""Can the day be judged at all: complete, restated, gaps, what is missing?"""

from __future__ import annotations

from datetime import date, timedelta

from storeops.diagnose.finding import Section
from storeops.diagnose.topic import Context, Topic
from storeops.facts import NOW_AND_THEN, Restatement, Window
from storeops.messages import Note, Quantity, Term, message
from storeops.metrics import tables
from storeops.metrics.change import relative
from storeops.metrics.results import DayGap

_LARGE = 0.005
"""A past day that moved by more than half a per cent is worth a line (DOMAIN section 3)."""
_GAP_DAYS = 35
_MOST = 3


def examine(window: Window, context: Context) -> Section:
    """List what the reader must know about the data before believing a figure."""
    notes = (
        *(_gap_note(gap, context.shop_day.day) for gap in context.shop_day.gaps),
        *_short(context),
        *_missing_days(window, context),
        *_restated(window),
        *_stale(window),
    )
    return Section("data", notes=notes)


def _gap_note(gap: DayGap, day: date) -> Note:
    return Note(
        "incomplete_day",
        message(
            f"note.incomplete.{gap.kind}",
            day=day,
            metric=Term("metric", gap.metric or "paid_amount"),
            expected=Quantity(gap.expected, tables.unit(gap.metric or "paid_amount")),
        ),
    )


def _short(context: Context) -> tuple[Note, ...]:
    day = context.shop_day
    if day.kind == "none" and not day.phase.phase.is_promotion:
        return (Note("short_history", message("note.no_baseline", days=day.normal_days)),)
    if day.kind == "short":
        return (Note("short_history", message("note.short_baseline", days=day.normal_days)),)
    return ()


def _missing_days(window: Window, context: Context) -> tuple[Note, ...]:
    present = tables.days(window, "shop_daily")
    if not present:
        return ()
    first = max(present[0], context.shop_day.day - timedelta(days=_GAP_DAYS))
    span = (context.shop_day.day - first).days
    known = set(present)
    gaps = tuple(
        day for day in (first + timedelta(days=n) for n in range(span + 1)) if day not in known
    )
    if not gaps:
        return ()
    return (Note("gap", message("note.gap", n=len(gaps), days=gaps[:_MOST], first=first)),)


def _restated(window: Window) -> tuple[Note, ...]:
    large = [
        change
        for change in window.restated
        if change.fact == "shop_daily" and _moved(change) > _LARGE
    ]
    large.sort(key=lambda change: (change.column != "paid_amount", -change.day.toordinal()))
    notes = [
        Note(
            "restated",
            message(
                "note.restated",
                day=change.day,
                metric=Term("metric", change.column),
                old=Quantity(change.old, tables.unit(change.column)),
                new=Quantity(change.new, tables.unit(change.column)),
            ),
            change.new_file,
        )
        for change in large[:_MOST]
    ]
    rest = len(window.restated) - len(notes)
    if rest > 0:
        notes.append(Note("restated", message("note.restated_more", n=rest)))
    return tuple(notes)


def _moved(change: Restatement) -> float:
    moved = relative(change.new, change.old)
    return 1.0 if moved is None else abs(moved)


def _stale(window: Window) -> tuple[Note, ...]:
    """Name the kinds of data that stop before the day: their topics speak of an older day."""
    notes = []
    for fact in sorted(set(window.tables) - NOW_AND_THEN):
        days = tables.days(window, fact)
        if days and days[-1] < window.day:
            notes.append(
                Note("stale", message("note.stale", fact=Term("fact", fact), last=days[-1]))
            )
    return tuple(notes)


TOPIC = Topic("data", "Can the day be judged?", ("shop_daily",), "sycm_shop_report", examine)
