"""Checks of what the workspace holds: its record, how old the data are, its own layouts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from storeops.errors import RecordError
from storeops.facts import NOW_AND_THEN, SHOP_DAILY
from storeops.history import History, ShopCoverage
from storeops.messages import Message, Term, message
from storeops.pipeline.checks.visit import Check, Status, Visit
from storeops.pipeline.questions import layouts

_FRESH = timedelta(days=2)
"""This morning's newest day is yesterday; the day before is one missed download."""
_LEFT_BEHIND = timedelta(days=7)
_BUSY = frozenset({"record.held", "record.held_unknown", "record.held_elsewhere"})
_NAMED = 3
_UNUSED = frozenset({"unknown", "unreadable", "refused"})


def formats(visit: Visit) -> Iterator[Check]:
    """Load the layouts, the workspace's own among them."""
    known = layouts(visit.workspace)
    yield Check("formats", Status.OK, message("doctor.formats", n=len(known)))


def record(visit: Visit) -> Iterator[Check]:
    """Open the record and tell what it holds."""
    path = visit.workspace.record
    if not path.exists():
        said = message("record.absent", path=str(path))
        yield Check("record", Status.ATTENTION, said, message("record.absent.hint"))
        return
    try:
        with visit.record() as opened:
            yield from list(_held(opened, visit))
    except RecordError as error:
        busy = error.problem.id in _BUSY
        status = Status.ATTENTION if busy else Status.FAULT
        yield Check("record", status, error.problem, error.hint)


def _held(opened: History, visit: Visit) -> Iterator[Check]:
    shops = opened.shops()
    entries = opened.imports()
    said = message("doctor.record", path=str(opened.path), shops=len(shops), files=len(entries))
    yield Check("record", Status.OK, said)
    unused = tuple(entry.reading.file for entry in entries if entry.reading.status in _UNUSED)
    if unused:
        said = message("doctor.unused", n=len(unused), files=unused[-_NAMED:])
        yield Check("files", Status.ATTENTION, said, message("doctor.unused_hint"))
    for shop in shops:
        yield from _age(shop, visit.now.date())


def _age(shop: ShopCoverage, today: date) -> Iterator[Check]:
    last = {fact: end for fact, (_, end) in shop.days.items() if fact not in NOW_AND_THEN}
    if not last:
        return
    newest = last.get(SHOP_DAILY.name, max(last.values()))
    if max(last.values()) > today:
        said = message("doctor.clock_behind_data", now=today, day=max(last.values()))
        yield Check("clock", Status.FAULT, said, message("doctor.clock_hint"))
    others = tuple(
        message("doctor.fact_day", fact=Term("fact", fact), day=day)
        for fact, day in last.items()
        if day != newest
    )
    args = {"shop": shop.name, "day": newest, "n": (today - newest).days}
    age = message("doctor.age", **args)
    if others:
        age = message("doctor.age_differs", **args, others=others)
    if today - newest > _FRESH:
        yield Check("data", Status.ATTENTION, age, message("doctor.age_hint"))
    else:
        yield Check("data", Status.OK, age)
    behind = tuple(Term("fact", f) for f, d in last.items() if newest - d > _LEFT_BEHIND)
    if behind:
        yield Check("data", Status.ATTENTION, _behind(shop, behind), message("doctor.behind_hint"))


def _behind(shop: ShopCoverage, facts: tuple[Term, ...]) -> Message:
    return message("doctor.behind", shop=shop.name, n=_LEFT_BEHIND.days, facts=facts)
