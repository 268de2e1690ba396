"""What changed in the items, and when a price may be said to fit what conversion did."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest
from items import LAST, ago, item_rows, item_window

from storeops.fields import Col
from storeops.metrics.changes import Kind, item_changes
from storeops.metrics.price_effect import price_effect


def prices(window, **how):
    return [change for change in item_changes(window, **how) if change.kind is Kind.PRICE]


@pytest.mark.parametrize("factor", [0.8, 0.9, 1.1, 1.3])
@pytest.mark.parametrize("back", [1, 2, 3])
def test_a_price_that_stays_changed_is_one_step_on_its_first_day(factor, back):
    steps = [
        step
        for seed in range(20)
        for step in prices(item_window(item_rows("1", seed=seed, steps={back: (factor, 1.0)})))
    ]
    dated = [step for step in steps if step.day == ago(back)]
    assert len(steps) - len(dated) <= 1
    assert len(dated) >= 17
    assert all(step.is_confirmed for step in dated)
    assert all(step.new / step.old == pytest.approx(factor, abs=0.07) for step in dated)


def test_a_large_step_on_the_last_day_is_told_and_not_confirmed():
    (step,) = prices(item_window(item_rows("1", steps={0: (0.8, 1.0)})))
    assert (step.day, step.is_confirmed) == (LAST, False)


def test_a_small_step_on_the_last_day_waits_for_the_next():
    rows = item_rows("1", steps={0: (0.95, 1.0)})
    assert prices(item_window(rows)) == []


def test_coupons_and_skus_are_no_price_steps():
    seen = [
        prices(item_window(item_rows("1", seed=seed, jitter=jitter)))
        for seed in range(100)
        for jitter in (0.005, 0.02, 0.06)
    ]
    assert sum(map(len, seen)) <= 3  # of 1,200 item-days


def test_a_step_within_the_items_own_jitter_is_none():
    assert prices(item_window(item_rows("1", jitter=0.10, steps={1: (0.95, 1.0)}))) == []


def test_one_odd_day_is_no_step():
    rows = item_rows("1")
    odd = rows[Col.DATE] == pd.Timestamp(ago(2))
    rows.loc[odd, Col.PAID_AMOUNT] *= 0.7
    assert prices(item_window(rows)) == []


def test_days_with_few_units_have_no_vote():
    rows = item_rows("1", buyers=1.0, steps={2: (0.7, 1.0)})
    assert prices(item_window(rows)) == []


def test_a_table_without_units_has_no_prices():
    rows = item_rows("1", steps={1: (0.7, 1.0)}).drop(columns=Col.PAID_UNITS)
    assert prices(item_window(rows)) == []
    assert item_changes(item_window(rows)) == ()


def test_titles_and_states_are_compared_with_the_last_known_ones():
    rows = item_rows("1")
    rows.loc[rows[Col.DATE] >= pd.Timestamp(ago(2)), Col.ITEM_TITLE] = "new title"
    rows.loc[rows[Col.DATE] == pd.Timestamp(ago(1)), Col.ITEM_STATUS] = None
    rows.loc[rows[Col.DATE] == pd.Timestamp(LAST), Col.ITEM_STATUS] = "offline"
    found = item_changes(item_window(rows, item_rows("2")))
    assert [(c.kind, c.item_id, c.day, c.old, c.new) for c in found] == [
        (Kind.TITLE, "1", ago(2), "title of 1", "new title"),
        (Kind.STATUS, "1", LAST, "online", "offline"),
    ]


def test_a_change_further_back_is_not_told():
    rows = item_rows("1")
    rows.loc[rows[Col.DATE] >= pd.Timestamp(ago(4)), Col.ITEM_TITLE] = "new title"
    assert item_changes(item_window(rows)) == ()
    assert len(item_changes(item_window(rows), back=4)) == 1


def test_an_item_is_new_only_where_enough_days_without_it_are_known():
    new = item_rows("2", n_days=2)
    assert [(c.kind, c.day) for c in item_changes(item_window(item_rows("1"), new))] == [
        (Kind.NEW, ago(1))
    ]
    short = item_rows("1", n_days=10)
    assert item_changes(item_window(short, new)) == ()


def effects(window):
    return [effect for step in prices(window) if (effect := price_effect(window, step))]


def test_a_dearer_item_that_sells_less_the_same_day_fits():
    for back in (0, 1):
        (effect,) = effects(item_window(item_rows("1", buyers=300, steps={back: (1.15, 0.7)})))
        assert effect.price == pytest.approx(0.15, abs=0.04)
        assert effect.conversion == pytest.approx(-0.3, abs=0.12)
        assert effect.units < 0


def test_a_cheaper_item_that_sells_more_fits():
    (effect,) = effects(item_window(item_rows("1", buyers=300, steps={1: (0.85, 1.4)})))
    assert effect.conversion > 0 > effect.price


@pytest.mark.parametrize(
    "steps",
    [
        {1: (1.15, 1.0)},  # conversion did not move
        {1: (1.15, 1.4)},  # it moved the other way
        {1: (1.04, 0.4)},  # far more than the price
        {1: (1.40, 0.9)},  # far less
        {2: (1.15, 0.7)},  # two days before
        {3: (1.0, 0.7), 1: (1.15, 1.0)},  # conversion fell first
    ],
)
def test_what_does_not_fit_in_timing_and_size_is_not_claimed(steps):
    assert effects(item_window(item_rows("1", buyers=300, steps=steps))) == []


def with_conversion_of(rows, order):
    """Keep every day's unit price and give it another day's visitors, buyers and units."""
    unit_price = rows[Col.PAID_AMOUNT].to_numpy() / rows[Col.PAID_UNITS].to_numpy()
    counts = [Col.VISITORS, Col.PAID_BUYERS, Col.PAID_UNITS]
    moved = rows.assign(**{str(c): rows[c].to_numpy()[order] for c in counts})
    return moved.assign(**{str(Col.PAID_AMOUNT): moved[Col.PAID_UNITS] * unit_price})


def test_shuffled_dates_yield_no_claim():
    rng = np.random.default_rng(5)
    steps, before, after = 0, 0, 0
    for seed in range(60):
        rows = item_rows("1", seed=seed, buyers=300, steps={1: (1.15, 0.6)})
        window = item_window(with_conversion_of(rows, rng.permutation(len(rows))))
        steps += len(prices(window))
        before += len(effects(item_window(rows)))
        after += len(effects(window))
    assert steps >= 50  # the price steps are seen as before
    assert before >= 50
    assert after == 0


def test_a_step_of_another_day_does_not_claim_todays_fall():
    rows = item_rows("1", buyers=300, steps={6: (1.15, 0.7)})
    window = item_window(rows)
    (step,) = prices(window, back=6)
    for days in range(5):
        moved = type(step)(step.kind, step.item_id, LAST - timedelta(days=days), step.old, step.new)
        assert price_effect(window, moved) is None


def test_small_counts_prove_nothing():
    claims = [
        effects(item_window(item_rows("1", seed=seed, buyers=6, steps={1: (1.15, 0.7)})))
        for seed in range(40)
    ]
    assert sum(map(len, claims)) <= 1
