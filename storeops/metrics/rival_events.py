"""What rivals did, from repeated downloads: all edits between two looks, and only those.

A price is a step function: no statistics is needed, only the rule that a step counts when a
second look confirms it or an offer tag explains it (STATISTICS 9). A single newest look is told
as such. What a partial list does not show is not gone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files
from itertools import pairwise

import pandas as pd

from storeops.facts import Window
from storeops.fields import Col
from storeops.metrics.index_steps import INDEXES, index_step
from storeops.metrics.intervals import Interval
from storeops.metrics.rivals import (
    Asked,
    Look,
    RivalLine,
    by_item,
    latest_words,
    lines,
    rival_frame,
)
from storeops.yamlfile import read_yaml

STEP = 0.01
"""A price within a hundredth of the one before is the same price."""
_FIRST_JUMP, _FIRST_SHARE = 30, 0.20
_LEAST_JUMP, _JUMP_TIMES, _JUMP_Z = 20, 3, 4.0
_ANSCOMBE = 0.375


class EventKind(StrEnum):
    """What can be seen to happen."""

    PRICE_CUT = "price_cut"
    PRICE_RISE = "price_rise"
    NEW_ITEM = "new_item"
    DELISTED = "delisted"
    TITLE = "title"
    SKUS = "skus"
    OFFER_STARTED = "offer_started"
    OFFER_ENDED = "offer_ended"
    OFFER_CHANGED = "offer_changed"
    REVIEW_JUMP = "review_jump"
    INDEX_STEP = "index_step"


@dataclass(frozen=True, slots=True)
class RivalEvent:
    """Something that changed between two looks.

    ``since`` is the day of the look before: it happened after that and on ``day`` at the latest.
    ``old`` and ``new`` are yuan, counts, an index or words; ``size`` is the relative change.
    ``is_confirmed`` is False while only the newest look shows it.
    """

    day: date
    since: date
    rival: str
    item: str
    kind: EventKind
    metric: str
    old: float | str | None = None
    new: float | str | None = None
    size: float | None = None
    title: str | None = None
    own_item: str | None = None
    is_confirmed: bool = True


def rival_events(window: Window, asked: Asked | None = None) -> tuple[RivalEvent, ...]:
    """List what rivals did within the days asked for, newest first.

    Looks before those days are used as what came before.
    """
    asked = asked or Asked()
    whole = rival_frame(
        window, Asked(asked.rival, asked.item, days=(window.day - window.first_day).days + 1)
    )
    if whole is None:
        return ()
    found = [
        event
        for (rival, item), of in by_item(lines(whole)).items()
        for event in _of_item(rival, item, of)
    ]
    found += _listings(whole)
    near = [event for event in found if (window.day - event.day).days < asked.days]
    return tuple(
        sorted(near, key=lambda e: (-e.day.toordinal(), e.rival, e.item, e.kind.value, e.metric))
    )


def _of_item(rival: str, item: str, of: Mapping[str, RivalLine]) -> Iterator[RivalEvent]:
    of = dict(of)
    who = _Who(rival, item, latest_words(of, Col.ITEM_TITLE), latest_words(of, Col.OWN_ITEM))
    offers = {look.day: look.words for look in of[Col.OFFER].looks} if Col.OFFER in of else {}
    for metric, line in of.items():
        if metric == Col.PRICE:
            yield from _prices(who, line.looks, offers)
        elif metric in INDEXES:
            yield from _steps(who, metric, line.looks)
        elif metric in _WATCHES:
            yield from _WATCHES[metric](who, line.looks)


@cache
def _rules() -> Mapping[str, tuple[str, ...]]:
    text = files("storeops.metrics").joinpath("rival_words.yaml").read_text(encoding="utf-8")
    return {name: tuple(words) for name, words in read_yaml(text, "rival_words.yaml")[0].items()}


def is_strong_offer(words: float | str | None) -> bool:
    """Tell an offer of the platform's own that draws buyers from everywhere."""
    return any(mark in str(words) for mark in _rules()["strong_offers"])


@dataclass(frozen=True, slots=True)
class _Who:
    rival: str
    item: str
    title: str | None
    own_item: str | None

    def did(
        self,
        kind: EventKind,
        metric: Col | str,
        days: tuple[date, date],
        old: float | str | None = None,
        new: float | str | None = None,
        *,
        confirmed: bool = True,
    ) -> RivalEvent:
        both = isinstance(old, float) and isinstance(new, float) and old
        size = new / old - 1 if both else None  # type: ignore[operator]
        return RivalEvent(
            days[1], days[0], self.rival, self.item, kind, str(metric), old, new, size,
            self.title, self.own_item, confirmed,
        )  # fmt: skip


def _prices(
    who: _Who, all_looks: tuple[Look, ...], offers: Mapping[date, str | None]
) -> Iterator[RivalEvent]:
    seen = [(look.day, look.shown) for look in all_looks if look.shown is not None]
    at = 1
    while at < len(seen):
        (since, old), (day, new) = seen[at - 1], seen[at]
        if _same(old, new):
            at += 1
            continue
        tagged = bool(offers.get(day))
        later = seen[at + 1][1] if at + 1 < len(seen) else None
        if later is not None and not tagged and _same(later, old):
            del seen[at]  # one look that neither the next nor an offer bears out: no event
            continue
        kind = EventKind.PRICE_CUT if _below(new, old) else EventKind.PRICE_RISE
        confirmed = tagged or (later is not None and _same(later, new))
        yield who.did(kind, Col.PRICE, (since, day), old.low, new.low, confirmed=confirmed)
        at += 1


def _same(one: Interval, other: Interval) -> bool:
    return math.isclose(one.low, other.low, rel_tol=STEP * (1 - 1e-9)) and (
        one.high == other.high or math.isclose(one.high, other.high, rel_tol=STEP * (1 - 1e-9))
    )


def _below(new: Interval, old: Interval) -> bool:
    return (new.low, new.high) < (old.low, old.high)


def _titles(who: _Who, all_looks: tuple[Look, ...]) -> Iterator[RivalEvent]:
    told = [look for look in all_looks if look.words]
    for old, new in pairwise(told):
        if old.words != new.words:
            days = (old.day, new.day)
            yield who.did(EventKind.TITLE, Col.ITEM_TITLE, days, old.words, new.words)


def _counts(who: _Who, all_looks: tuple[Look, ...]) -> Iterator[RivalEvent]:
    seen = [look for look in all_looks if look.shown is not None and look.shown.is_exact]
    for old, new in pairwise(seen):
        if old.shown != new.shown and old.shown and new.shown:
            days = (old.day, new.day)
            yield who.did(EventKind.SKUS, Col.SKU_COUNT, days, old.shown.low, new.shown.low)


def _offers(who: _Who, all_looks: tuple[Look, ...]) -> Iterator[RivalEvent]:
    told = [look for look in all_looks if look.words is not None]
    for old, new in pairwise(told):
        before, after = _offer(old.words), _offer(new.words)
        if before != after:
            kind = EventKind.OFFER_CHANGED
            if not before:
                kind = EventKind.OFFER_STARTED
            elif not after:
                kind = EventKind.OFFER_ENDED
            yield who.did(kind, Col.OFFER, (old.day, new.day), before or None, after or None)


def _offer(words: str | None) -> str:
    return "" if words is None or words in _rules()["no_offer"] else words


def _statuses(who: _Who, all_looks: tuple[Look, ...]) -> Iterator[RivalEvent]:
    told = [look for look in all_looks if look.words]
    for old, new in pairwise(told):
        if _is_gone(new.words) and not _is_gone(old.words):
            days = (old.day, new.day)
            yield who.did(EventKind.DELISTED, Col.ITEM_STATUS, days, old.words, new.words)


def _is_gone(words: str | None) -> bool:
    return any(mark in str(words) for mark in _rules()["gone"])


def _reviews(who: _Who, all_looks: tuple[Look, ...]) -> Iterator[RivalEvent]:
    seen = [(look.day, look.shown.low) for look in all_looks if look.shown is not None]
    gained, days = 0.0, 0
    for (since, old), (day, new) in pairwise(seen):
        more, gap = new - old, (day - since).days
        if _is_jump(more, old, gained / days * gap if days else None):
            yield who.did(EventKind.REVIEW_JUMP, Col.REVIEW_COUNT, (since, day), old, new)
        else:
            gained, days = gained + max(more, 0.0), days + gap


def _is_jump(more: float, old: float, expected: float | None) -> bool:
    if expected is None:
        return more >= max(_FIRST_JUMP, _FIRST_SHARE * old)
    z = 2 * (math.sqrt(max(more, 0) + _ANSCOMBE) - math.sqrt(expected + _ANSCOMBE))
    return more >= max(_LEAST_JUMP, _JUMP_TIMES * expected) and z >= _JUMP_Z


def _steps(who: _Who, metric: str, all_looks: tuple[Look, ...]) -> Iterator[RivalEvent]:
    seen = [(k.day, k.shown.low) for k in all_looks if k.shown is not None and k.shown.is_exact]
    step = index_step([day for day, _ in seen], [value for _, value in seen])
    if step is not None:
        days = (step.since, step.day)
        yield who.did(EventKind.INDEX_STEP, metric, days, step.old, step.new)


_WATCHES: Mapping[str, Callable[[_Who, tuple[Look, ...]], Iterator[RivalEvent]]] = {
    Col.ITEM_TITLE.value: _titles,
    Col.SKU_COUNT.value: _counts,
    Col.OFFER.value: _offers,
    Col.ITEM_STATUS.value: _statuses,
    Col.REVIEW_COUNT.value: _reviews,
}


def _listings(frame: pd.DataFrame) -> Iterator[RivalEvent]:
    """Tell new and delisted items from whole lists: those that hold as many items as they say."""
    listed = frame[(frame[Col.METRIC] == Col.LIST_SIZE.value) & (frame[Col.ITEM_ID] != "")]
    titles = frame[frame[Col.METRIC] == Col.ITEM_TITLE.value]
    names = dict(zip(titles[Col.ITEM_ID], titles[Col.WORDS], strict=True))
    matched = frame[frame[Col.METRIC] == Col.OWN_ITEM.value]
    mates = dict(zip(matched[Col.ITEM_ID], matched[Col.WORDS], strict=True))
    for rival, rows in listed.groupby(Col.RIVAL.value, sort=True):
        shop = _Shelf(str(rival))
        for stamp in sorted(set(rows[Col.DATE])):
            look, day = rows[rows[Col.DATE] == stamp], stamp.date()
            items = frozenset(look[Col.ITEM_ID])
            is_whole = len(items) >= float(look[Col.VALUE].max())
            for kind, item, since in shop.after(day, items, is_whole=is_whole):
                who = _Who(str(rival), item, names.get(item), mates.get(item))
                yield who.did(kind, Col.LIST_SIZE, (since, day))


class _Shelf:
    """What a rival was seen to offer, look by look."""

    def __init__(self, rival: str) -> None:
        self.rival = rival
        self.present: dict[str, date] = {}
        self.last_whole: date | None = None

    def after(
        self, day: date, items: frozenset[str], *, is_whole: bool
    ) -> Iterator[tuple[EventKind, str, date]]:
        """Take the next look; give the items that came and, if it is whole, those that went."""
        if self.last_whole is not None:
            for item in sorted(items - self.present.keys()):
                yield EventKind.NEW_ITEM, item, self.last_whole
        if is_whole:
            for item in sorted(self.present.keys() - items):
                yield EventKind.DELISTED, item, self.present.pop(item)
            self.last_whole = day
        self.present.update(dict.fromkeys(items, day))
