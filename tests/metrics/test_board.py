"""The board: all series in one pass, the same whether followed day by day or at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from shops import ad_rows, long_rows, quiet_shop, window

from storeops.calendars import load_calendar
from storeops.facts import Window
from storeops.fields import Col
from storeops.metrics.blocks import ACCOUNT, Family
from storeops.metrics.board import LEAD, STEP, Memory, first_day, watch

CALENDAR = load_calendar()
LAST = date(2025, 6, 3)
ITEMS = [f"{n:012d}" for n in range(1, 18)]


@pytest.fixture(scope="module")
def facts() -> Window:
    """A shop of 300 buyers with items, sources and ads; one item appears a week before the end."""
    rng = np.random.default_rng(5)
    shop = quiet_shop(rng, buyers=300, noise=0.08, last=LAST, n_days=200)
    items = long_rows(rng, shop, "item_id", ITEMS)
    born = pd.Timestamp(LAST - timedelta(days=6))
    items = items[(items["item_id"] != ITEMS[3]) | (items[Col.DATE] >= born)]
    sources = long_rows(rng, shop, "source", ["a", "b", "c"], carrier="", attribution="last")
    return window(
        shop, item_daily=items, source_daily=sources,
        ad_daily=ad_rows(rng, shop, grain="scene", window="15"),
    )  # fmt: skip


def until(facts: Window, day: date) -> Window:
    """Cut the window as it was on the morning after a day."""
    tables = {
        name: frame[frame[Col.DATE] <= pd.Timestamp(day)].reset_index(drop=True)
        for name, frame in facts.tables.items()
    }
    return replace(facts, day=day, tables=tables)


def test_a_day_more_is_the_same_as_all_days_anew(facts):
    memory: Memory | None = None
    for back in range(9, -1, -1):
        cut = until(facts, LAST - timedelta(days=back))
        carried, anew = watch(cut, CALENDAR, memory), watch(cut, CALENDAR)
        for block, reading in anew.readings.items():
            other = carried.readings[block]
            assert other.keys == reading.keys
            for values in ("expected", "raw", "z", "p", "seen"):
                np.testing.assert_array_equal(getattr(other, values), getattr(reading, values))
        memory = carried.memory


def test_what_was_kept_is_left_aside_when_a_past_day_is_no_longer_normal(facts):
    memory = watch(until(facts, LAST - timedelta(days=1)), CALENDAR).memory
    shut = replace(facts, tables=dict(facts.tables))
    frame = shut.tables["shop_daily"].copy()
    frame.loc[frame.index[-20], [Col.VISITORS.value, Col.PAID_BUYERS.value]] = np.nan
    shut.tables["shop_daily"] = frame
    found, anew = watch(shut, CALENDAR, memory), watch(shut, CALENDAR)
    np.testing.assert_array_equal(found.figures.expected, anew.figures.expected)


def test_the_board_begins_on_a_grid_that_days_do_not_move():
    days = [LAST + timedelta(days=n) for n in range(2 * STEP)]
    starts = [first_day(day) for day in days]
    assert len(set(starts)) == 3
    assert all(
        LEAD <= (day - start).days < LEAD + STEP for day, start in zip(days, starts, strict=True)
    )


def test_an_item_is_not_held_against_the_days_before_it_existed(facts):
    items = watch(facts, CALENDAR).reading(Family.ITEM, Col.VISITORS)
    assert items.seen[items.keys.index(ITEMS[3])] <= 6
    assert items.seen[items.keys.index(ITEMS[0])] > 60


def test_the_account_is_followed_beside_its_scenes(facts):
    spend = watch(facts, CALENDAR).reading(Family.SCENE, Col.AD_SPEND)
    assert spend.keys == (ACCOUNT, "371", "372")
    total = np.exp(spend.expected[0])
    assert total == pytest.approx(np.exp(spend.expected[1:]).sum(), rel=0.05)


def test_an_empty_window_has_a_board_without_series():
    board = watch(Window("empty", LAST - timedelta(days=30), LAST, {}), CALENDAR)
    assert board.rows == ()
    assert len(board.figures.keys) == 0
