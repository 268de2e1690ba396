"""The headline figures: what is shown, what is judged, and when nothing may be said."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from shops import QUIET_DAY, ad_rows, quiet_shop, window

from storeops.calendars import load_calendar
from storeops.config import EventSettings
from storeops.fields import Col
from storeops.metrics.figures import headline, last_complete_day
from storeops.metrics.results import BaselineKind, Stage

CALENDAR = load_calendar()


@pytest.fixture
def shop() -> pd.DataFrame:
    """150 buyers a day, steady."""
    return quiet_shop(np.random.default_rng(3), buyers=150, noise=0.08)


def last_day(frame: pd.DataFrame, **values: float) -> pd.DataFrame:
    """Overwrite figures of the last day."""
    changed = frame.copy()
    for column, number in values.items():
        changed.loc[changed.index[-1], column] = number
    return changed


def test_values_are_those_of_the_export(shop):
    day = headline(window(shop), CALENDAR)
    row = shop.iloc[-1]
    assert day.figure("paid_amount").value == row[Col.PAID_AMOUNT]
    assert day.figure("visitors").value == row[Col.VISITORS]
    assert day.figure("conversion_rate").value == row[Col.PAID_BUYERS] / row[Col.VISITORS]
    assert day.figure("paid_amount").previous_day == shop.iloc[-2][Col.PAID_AMOUNT]
    assert day.figure("paid_amount").same_weekday == shop.iloc[-8][Col.PAID_AMOUNT]
    assert day.figure("paid_amount").trend[-1] == row[Col.PAID_AMOUNT]
    assert len(day.figure("visitors").trend) == 28


def test_the_baseline_is_consistent_with_itself(shop):
    day = headline(window(shop), CALENDAR)
    visitors, rate, basket, paid = (
        day.figure(name).baseline
        for name in ("visitors", "conversion_rate", "amount_per_buyer", "paid_amount")
    )
    assert visitors * rate * basket == pytest.approx(paid, rel=1e-12)
    assert day.before.buyers == pytest.approx(visitors * rate, rel=1e-12)
    assert sum(a for _, a in day.split.parts) == pytest.approx(day.now.amount - paid, abs=1e-6)


def test_a_fall_in_conversion_is_found_and_named(shop):
    row = shop.iloc[-1]
    hit = last_day(
        shop, paid_buyers=round(row[Col.PAID_BUYERS] * 0.5), paid_amount=row[Col.PAID_AMOUNT] * 0.5
    )
    day = headline(window(hit), CALENDAR)
    moved = {figure.metric for figure in day.figures if figure.is_abnormal}
    assert {"paid_amount", "conversion_rate"} <= moved
    assert "visitors" not in moved
    rate = day.figure("conversion_rate")
    assert rate.value < rate.low < rate.baseline < rate.high
    assert rate.impact == day.split.conversion_rate < 0


def test_a_range_is_never_narrower_than_the_band(shop):
    day = headline(window(shop), CALENDAR, "growing")
    for figure in day.figures:
        if figure.low is not None:
            assert figure.low <= figure.baseline * 0.85 + 1e-9
            assert figure.high >= figure.baseline * 1.15 - 1e-9


def test_a_change_below_the_money_floor_is_not_abnormal():
    """9 visitors' worth of buyers at one yuan: significant, large, and worth nothing."""
    cheap = quiet_shop(np.random.default_rng(4), buyers=150, noise=0.08)
    cheap[Col.PAID_AMOUNT] = cheap[Col.PAID_AMOUNT] / 200
    row = cheap.iloc[-1]
    hit = last_day(cheap, paid_amount=row[Col.PAID_AMOUNT] * 0.2, paid_buyers=30.0)
    day = headline(window(hit), CALENDAR)
    paid = day.figure("paid_amount")
    assert paid.value < paid.low
    assert day.money_floor == 200
    assert not day.is_abnormal


@pytest.mark.parametrize(
    ("buyers", "stage"), [(9, Stage.START), (150, Stage.GROWING), (1500, Stage.MATURE)]
)
def test_the_stage_is_guessed_from_size_and_can_be_set(buyers, stage):
    frame = quiet_shop(np.random.default_rng(6), buyers=buyers, noise=0.1)
    assert headline(window(frame), CALENDAR).stage is stage
    assert headline(window(frame), CALENDAR, "mature").band == 0.08


def test_less_than_a_week_of_history_gives_values_and_no_verdict(shop):
    day = headline(window(shop.tail(6).reset_index(drop=True)), CALENDAR)
    assert day.kind is BaselineKind.NONE
    assert not day.is_judged
    assert not day.is_abnormal
    assert day.figure("paid_amount").value is not None
    assert day.figure("paid_amount").baseline is None
    assert day.split is None


def test_three_weeks_of_history_are_a_short_baseline(shop):
    day = headline(window(shop.tail(16).reset_index(drop=True)), CALENDAR)
    assert day.kind is BaselineKind.SHORT
    assert 7 <= len(day.days_used) <= 14


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ({"visitors": 0.0}, "zero"),
        ({"paid_amount": 0.0, "paid_buyers": 0.0}, "zero"),
        ({"paid_amount": np.nan}, "missing"),
        ({"visitors": np.nan, "paid_amount": np.nan, "paid_buyers": np.nan}, "absent"),
        ({"visitors": 100.0, "paid_buyers": 140.0}, "more_buyers_than_visitors"),
    ],
)
def test_an_incomplete_day_is_named_and_not_judged(shop, values, kind):
    day = headline(window(last_day(shop, **values)), CALENDAR)
    assert kind in {gap.kind for gap in day.gaps}
    assert not day.is_complete
    assert not day.is_abnormal


def test_an_incomplete_day_in_the_past_trains_nothing(shop):
    spoilt = shop.copy()
    spoilt.loc[spoilt.index[-8], [Col.VISITORS, Col.PAID_AMOUNT, Col.PAID_BUYERS]] = 0.0
    day = headline(window(spoilt), CALENDAR)
    assert spoilt[Col.DATE].iloc[-8].date() not in day.days_used


def test_the_last_complete_day(shop):
    assert last_complete_day(shop) == QUIET_DAY
    assert last_complete_day(last_day(shop, paid_amount=np.nan)) < QUIET_DAY
    assert last_complete_day(last_day(shop, visitors=0.0)) < QUIET_DAY
    assert last_complete_day(shop.head(0)) is None


def test_a_tiny_shop_may_have_a_day_without_sales():
    frame = quiet_shop(np.random.default_rng(8), buyers=1, noise=0.1)
    quiet = last_day(frame, paid_amount=0.0, paid_buyers=0.0)
    day = headline(window(quiet), CALENDAR)
    assert day.is_complete
    assert not day.is_abnormal
    assert last_complete_day(quiet) == QUIET_DAY


@pytest.mark.filterwarnings("error")
def test_a_shop_with_few_visitors_has_no_verdict_on_rates():
    frame = quiet_shop(np.random.default_rng(8), buyers=2, noise=0.1)
    day = headline(window(frame), CALENDAR)
    rate = day.figure("conversion_rate")
    assert rate.value is not None
    assert (rate.low, rate.high, rate.z) == (None, None, None)
    assert day.figure("visitors").low is not None


def test_the_order_of_rows_and_missing_columns_do_not_matter(shop):
    shuffled = shop.sample(frac=1, random_state=1)
    assert headline(window(shuffled), CALENDAR) == headline(window(shop), CALENDAR)
    few = shop[[Col.DATE.value, Col.VISITORS.value, Col.PAID_AMOUNT.value]]
    day = headline(window(few), CALENDAR)
    assert [figure.metric for figure in day.figures] == [
        "paid_amount", "visitors", "amount_per_visitor",
    ]  # fmt: skip
    assert day.split is None


def double_11(factor: float, n_days: int) -> pd.DataFrame:
    frame = quiet_shop(
        np.random.default_rng(9), buyers=150, noise=0.08, last=date(2025, 11, 11), n_days=n_days
    )
    for day in ("2024-11-11", "2025-11-11"):
        where = frame[Col.DATE] == pd.Timestamp(day)
        size = 10 if day.startswith("2024") else 10 * factor
        frame.loc[where, [Col.VISITORS, Col.PAID_BUYERS, Col.PAID_AMOUNT]] *= size
    return frame


def test_a_promotion_without_a_precedent_is_not_judged():
    day = headline(window(double_11(1.0, 200)), CALENDAR)
    assert day.phase.phase.is_promotion
    assert not day.is_judged
    assert not day.is_abnormal


@pytest.mark.parametrize(("factor", "is_abnormal"), [(1.0, False), (1.4, False), (0.2, True)])
def test_a_promotion_day_is_compared_with_the_same_day_of_the_last_one(factor, is_abnormal):
    day = headline(window(double_11(factor, 400)), CALENDAR)
    assert day.kind is BaselineKind.EVENT
    assert day.days_used == (date(2024, 11, 11),)
    assert day.is_abnormal is is_abnormal


@pytest.mark.parametrize(("factor", "is_abnormal"), [(0.75, False), (1.6, False), (0.3, True)])
def test_after_a_promotion_only_a_deep_fall_is_abnormal(factor, is_abnormal):
    frame = quiet_shop(
        np.random.default_rng(10), buyers=150, noise=0.08, last=date(2025, 11, 20), n_days=110
    )
    keys = [Col.VISITORS, Col.PAID_BUYERS, Col.PAID_AMOUNT]
    usual = frame[keys].median()
    frame.loc[frame.index[-1], keys] = (usual * factor).round()
    day = headline(window(frame), CALENDAR)
    assert day.phase.phase.value == "aftermath"
    assert day.figure("paid_amount").high is None
    assert day.is_abnormal is is_abnormal


def test_a_closed_day_has_no_gap():
    own = EventSettings(name="停业", start=QUIET_DAY, end=QUIET_DAY, phase="closed")
    frame = quiet_shop(np.random.default_rng(3), buyers=150, noise=0.08)
    shut = last_day(frame, visitors=0.0, paid_amount=0.0, paid_buyers=0.0)
    day = headline(window(shut), load_calendar((own,)))
    assert day.is_complete
    assert not day.is_abnormal


def test_ad_spend_comes_from_the_export_at_one_grain_and_once(shop):
    rng = np.random.default_rng(2)
    scenes = ad_rows(rng, shop, grain="scene", window="15")
    plans = scenes.assign(grain="plan", plan_id="p")
    again = scenes.assign(window="7")
    ads = pd.concat([scenes, plans, again], ignore_index=True)
    total = scenes[scenes[Col.DATE] == scenes[Col.DATE].max()][Col.AD_SPEND].sum()
    day = headline(window(shop, ad_daily=ads), CALENDAR)
    assert day.figure("ad_spend").value == pytest.approx(total)
    assert headline(window(shop), CALENDAR).figure("ad_spend").value == pytest.approx(
        shop.iloc[-1][Col.KEYWORD_AD_SPEND]
    )


def test_the_average_peer_stands_beside(shop):
    peers = pd.DataFrame(
        {
            "date": [pd.Timestamp(QUIET_DAY)] * 2,
            "metric": ["paid_amount"] * 2,
            "peer": ["average", "excellent"],
            "value": [1234.0, 9999.0],
        }
    )
    day = headline(window(shop, peer_daily=peers), CALENDAR)
    assert day.figure("paid_amount").peer == 1234.0
    assert day.figure("visitors").peer is None


@pytest.mark.parametrize(("peers", "own", "abnormal"), [(3.0, 2.8, False), (3.0, 0.9, True)])
def test_a_promotion_without_a_precedent_is_laid_beside_the_peers(peers, own, abnormal):
    """All peers triple on the day; a shop that stays at its normal level is far behind."""
    last = date(2025, 11, 11)
    frame = quiet_shop(np.random.default_rng(8), buyers=300, noise=0.05, last=last, n_days=200)
    keys = [Col.VISITORS.value, Col.PAID_BUYERS.value, Col.PAID_AMOUNT.value]
    frame.loc[frame.index[-1], keys] = (frame[keys].median() * own).round()
    line = frame[Col.PAID_AMOUNT].median() * np.ones(len(frame))
    line[-1] *= peers
    table = pd.DataFrame(
        {"date": frame[Col.DATE], "metric": "paid_amount", "peer": "average", "value": line}
    )
    day = headline(window(frame, peer_daily=table), CALENDAR)
    paid = day.figure("paid_amount")
    assert day.kind is BaselineKind.PEERS
    assert paid.is_abnormal == abnormal
    assert paid.low < paid.baseline < paid.high
    bare = headline(window(frame), CALENDAR)
    assert bare.figure("paid_amount").low is None
    assert not bare.is_abnormal
