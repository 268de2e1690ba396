"""Runs of zeros: told when chance rarely has them, not before."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest
from shops import QUIET_DAY, quiet_shop, window

from storeops.calendars import load_calendar
from storeops.fields import Col
from storeops.metrics.board import watch
from storeops.metrics.figures import headline
from storeops.metrics.silence import silences

CALENDAR = load_calendar()


def found(per_day: float, silent: int, *, visitors: float = 400.0, price: float = 500.0):
    """Follow one item that sold so many a day and then nothing for some days."""
    rng = np.random.default_rng(int(per_day * 10) + silent)
    shop = quiet_shop(rng, buyers=300, noise=0.06)
    n = len(shop)
    buyers = rng.poisson(per_day, n).astype(float)
    people = rng.poisson(visitors, n).astype(float) if visitors else np.full(n, 5.0)
    if silent:
        buyers[-silent:] = 0.0
        if visitors:
            people[-silent:] = 0.0
    item = pd.DataFrame(
        {
            Col.DATE.value: shop[Col.DATE], Col.ITEM_ID.value: "7" * 12,
            Col.VISITORS.value: people, Col.PAID_BUYERS.value: buyers,
            Col.PAID_AMOUNT.value: buyers * price,
        }
    )  # fmt: skip
    other = item.assign(item_id="8" * 12, visitors=900.0, paid_buyers=200.0, paid_amount=2e4)
    facts = window(shop, item_daily=pd.concat([item, other], ignore_index=True))
    board = watch(facts, CALENDAR)
    return silences(headline(facts, CALENDAR, board=board), board)


def test_an_item_without_visitors_is_told_on_the_first_day():
    (one,) = found(5, 1)
    assert (one.measure, one.since, one.days, one.needed) == ("visitors", QUIET_DAY, 1, 1)
    assert one.worth == pytest.approx(2_500, rel=0.2)


@pytest.mark.parametrize(("per_day", "needed"), [(5, 2), (3, 4), (1, 10)])
def test_without_buyers_the_days_needed_follow_from_the_sales_of_a_day(per_day, needed):
    assert found(per_day, 1, visitors=0) == ()
    (one,) = found(per_day, needed + 4, visitors=0)
    assert one.measure == "paid_buyers"
    assert abs(one.needed - needed) <= 3
    assert one.since == QUIET_DAY - timedelta(days=one.days - 1)


def test_an_item_that_sells_is_not_silent():
    assert found(3, 0) == ()


def test_an_item_worth_little_is_not_worth_a_word():
    assert found(5, 10, price=5.0) == ()


def test_luck_is_rarely_a_silence():
    rng = np.random.default_rng(1)
    assert sum(bool(found(rng.uniform(0.5, 3), 0, visitors=0)) for _ in range(40)) == 0
