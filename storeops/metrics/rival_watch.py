"""Whom to keep an eye on, each with the reason (DOMAIN J9)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from storeops.facts import Window
from storeops.fields import Col
from storeops.metrics.intervals import Certainty, compare
from storeops.metrics.rivals import (
    Asked,
    RivalLine,
    by_item,
    latest_words,
    lines,
    rival_frame,
)

NEAR_PRICE = 0.10
RISES = 0.50
_LOST_TOP = 3
_PRICED_DAYS = 28
_RISE_METRICS = (Col.TRADE_INDEX, Col.PAID_AMOUNT, Col.SOLD_UNITS, Col.VISITORS)


@dataclass(frozen=True, slots=True)
class Watched:
    """A rival or a rival's item, and why: direct, lost_to or riser.

    ``value`` is the price gap, the yuan lost, or the least growth.
    """

    rival: str
    item: str
    title: str | None
    reason: str
    value: float
    own_item: str | None = None


def watch_list(window: Window, asked: Asked | None = None) -> tuple[Watched, ...]:
    """List whom to watch, the reasons in the order lost to, direct, riser."""
    found = lines(rival_frame(window, asked or Asked()))
    whole = by_item(found)
    titles = {key: latest_words(of, Col.ITEM_TITLE) for key, of in whole.items()}
    return (
        *_lost_to(found, titles),
        *_direct(window, whole),
        *_risers(whole),
    )


@dataclass(frozen=True, slots=True)
class Lost:
    """What visitors of an own item paid to a rival's item since a day, at least, in yuan."""

    own_item: str
    rival: str
    item: str
    title: str | None
    since: date
    amount: float


def lost(window: Window, days: int) -> tuple[Lost, ...]:
    """List where visitors of own items went within the last days, the dearest first."""
    found = lines(rival_frame(window, Asked(days=days)))
    titles = {(x.rival, x.item): x.last.words for x in found if x.metric == Col.ITEM_TITLE}
    went = []
    for line in found:
        if line.part == "lost" and line.metric == Col.LOST_AMOUNT and line.member:
            amount = sum(look.shown.low for look in line.looks if look.shown is not None)
            title = titles.get((line.rival, line.item))
            since = line.looks[0].day
            went.append(Lost(line.member, line.rival, line.item, title, since, amount))
    return tuple(sorted(went, key=lambda one: (-one.amount, one.rival, one.item)))


def _lost_to(
    found: tuple[RivalLine, ...], titles: dict[tuple[str, str], str | None]
) -> list[Watched]:
    """Add up what was lost to each over the looks; only the certain (lower) end of a range."""
    lost: dict[tuple[str, str, str], float] = {}
    for line in found:
        if line.part == "lost" and line.metric == Col.LOST_AMOUNT:
            amount = sum(look.shown.low for look in line.looks if look.shown is not None)
            key = (line.rival, line.item, line.member)
            lost[key] = lost.get(key, 0.0) + amount
    first = sorted(lost, key=lambda key: (-lost[key], key))[:_LOST_TOP]
    return [
        Watched(rival, item, titles.get((rival, item)), "lost_to", lost[rival, item, own], own)
        for rival, item, own in first
        if lost[rival, item, own] > 0
    ]


def _direct(window: Window, whole: dict[tuple[str, str], dict[str, RivalLine]]) -> list[Watched]:
    """Find items matched with an own one whose price is within a tenth of it."""
    own = _own_prices(window)
    found = []
    for (rival, item), of in whole.items():
        mate = latest_words(of, Col.OWN_ITEM)
        seen = [look.shown for look in of[Col.PRICE].looks if look.shown] if Col.PRICE in of else []
        if mate in own and seen:
            gap = seen[-1].low / own[str(mate)] - 1
            if abs(gap) <= NEAR_PRICE:
                title = latest_words(of, Col.ITEM_TITLE)
                found.append(Watched(rival, item, title, "direct", gap, mate))
    return sorted(found, key=lambda one: (abs(one.value), one.rival, one.item))


def _own_prices(window: Window) -> dict[str, float]:
    """Give what a unit of each own item cost over the last weeks: paid amount by units."""
    frame = window.tables.get("item_daily")
    wanted = {Col.PAID_AMOUNT.value, Col.PAID_UNITS.value}
    if frame is None or not wanted <= set(frame.columns):
        return {}
    recent = frame[frame[Col.DATE] > pd.Timestamp(window.day - timedelta(days=_PRICED_DAYS))]
    recent = recent.dropna(subset=sorted(wanted))
    sums = recent.groupby(Col.ITEM_ID.value)[sorted(wanted)].sum()
    sums = sums[(sums > 0).all(axis=1)]
    prices = sums[Col.PAID_AMOUNT.value] / sums[Col.PAID_UNITS.value]
    return {str(item): float(price) for item, price in prices.items()}


def _risers(whole: dict[tuple[str, str], dict[str, RivalLine]]) -> list[Watched]:
    """Find who certainly sells half as much again as at the first look of the days asked for."""
    found = []
    for (rival, item), of in whole.items():
        for metric in _RISE_METRICS:
            seen = [look.shown for look in of[metric].looks if look.shown] if metric in of else []
            change = compare(seen[0], seen[-1]) if len(seen) > 1 else None
            if change is None or change.certainty is not Certainty.CERTAIN:
                continue
            if change.least is not None and change.least >= RISES:
                title = latest_words(of, Col.ITEM_TITLE)
                found.append(Watched(rival, item, title, "riser", change.least))
                break
    return sorted(found, key=lambda one: (-one.value, one.rival, one.item))
