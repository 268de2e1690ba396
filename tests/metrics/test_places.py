"""Where the change sits: the item and its source, or a kind of buyer, and nothing on calm days."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from shops import long_rows, quiet_shop, window

from storeops.calendars import load_calendar
from storeops.facts import Window
from storeops.fields import Col
from storeops.metrics.board import watch
from storeops.metrics.figures import headline
from storeops.metrics.places import places

CALENDAR = load_calendar()
KEYS = [Col.VISITORS.value, Col.PAID_BUYERS.value, Col.PAID_AMOUNT.value]
ITEMS = [f"{n:012d}" for n in range(1, 9)]


def facts(item: str | None, source: str | None, factor: float, *, returning: float = 1.0) -> Window:
    """Let one item's source keep a part of its last day; the shop is the sum of its items."""
    rng = np.random.default_rng(4)
    shop = quiet_shop(rng, buyers=2_000, noise=0.05)
    shop[KEYS] = shop[KEYS].round()
    items = long_rows(rng, shop, "item_id", ITEMS)
    parts = []
    for each in ITEMS[:3]:
        mine = items[items["item_id"] == each].reset_index(drop=True)
        split = long_rows(rng, mine, "source", ["search", "feed", "cart"], attribution="last")
        parts.append(split.assign(item_id=each))
    sources = pd.concat(parts, ignore_index=True)
    last = shop[Col.DATE].max()
    if item is not None:
        hit = (sources[Col.DATE] == last) & (sources["item_id"] == item)
        hit &= (sources["source"] == source) if source else True
        before = sources.loc[hit, KEYS].sum()
        sources.loc[hit, KEYS] = (sources.loc[hit, KEYS] * factor).round()
        lost = before - sources.loc[hit, KEYS].sum()
        items.loc[(items[Col.DATE] == last) & (items["item_id"] == item), KEYS] -= lost
        shop.loc[shop.index[-1], KEYS] -= lost
    shop["returning_paid_amount"] = shop[Col.PAID_AMOUNT] * 0.3
    if returning != 1.0:
        paid = shop.loc[shop.index[-1], Col.PAID_AMOUNT]
        shop.loc[shop.index[-1], Col.PAID_AMOUNT] = paid * (0.7 + 0.3 * returning)
        shop.loc[shop.index[-1], "returning_paid_amount"] = paid * 0.3 * returning
    return window(shop, item_daily=items, item_source_daily=sources)


def found(told: Window):
    board = watch(told, CALENDAR)
    return places(told, headline(told, CALENDAR, board=board), board)


def test_one_source_of_one_item_is_the_place():
    first = found(facts(ITEMS[0], "search", 0.15))[0]
    assert (first.item, first.source) == (ITEMS[0], "search")
    assert first.ratio == pytest.approx(0.15, abs=0.1)
    assert first.share == pytest.approx(1.0, abs=0.4)
    assert first.p < 0.01


def test_a_whole_item_is_the_place_when_all_its_sources_fell():
    first = found(facts(ITEMS[0], None, 0.3))[0]
    assert (first.item, first.source) == (ITEMS[0], None)


def test_returning_buyers_who_stayed_away_are_named():
    told = found(facts(None, None, 1.0, returning=0.05))
    assert "returning" in {place.kind for place in told}


def test_a_calm_day_has_no_place():
    assert found(facts(None, None, 1.0)) == ()
