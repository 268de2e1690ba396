"""Ads: one grain, one window, rates as ratios of sums, immature days marked."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from shops import QUIET_DAY, ad_rows, quiet_shop, window

from storeops.calendars import load_calendar
from storeops.fields import Col
from storeops.metrics.ads import ad_report
from storeops.metrics.board import watch
from storeops.metrics.figures import headline

CALENDAR = load_calendar()


@pytest.fixture
def shop() -> pd.DataFrame:
    return quiet_shop(np.random.default_rng(21), buyers=400, noise=0.06)


def rows(shop: pd.DataFrame, *, grain: str = "scene", days: str = "15") -> pd.DataFrame:
    return ad_rows(np.random.default_rng(22), shop, grain=grain, window=days)


def report(shop: pd.DataFrame, ads: pd.DataFrame):
    facts = window(shop, ad_daily=ads)
    board = watch(facts, CALENDAR)
    return ad_report(facts, headline(facts, CALENDAR, board=board), board)


def test_the_account_is_the_sum_of_its_scenes(shop):
    ads = rows(shop)
    found = report(shop, ads)
    today = ads[ads[Col.DATE] == ads[Col.DATE].max()]
    day = found.account.day
    assert day.spend == pytest.approx(today[Col.AD_SPEND].sum())
    assert day.spend == pytest.approx(sum(scene.day.spend for scene in found.scenes))
    assert day.cost_per_click == pytest.approx(1.2)
    assert day.return_on_ad_spend == pytest.approx(
        today[Col.ATTRIBUTED_AMOUNT].sum() / today[Col.AD_SPEND].sum(), rel=1e-12
    )
    assert [scene.name for scene in found.scenes] == ["search", "display"]
    assert len(found.week_days) == 7


def test_grains_are_never_added(shop):
    scene = rows(shop)
    mixed = pd.concat([scene, scene.assign(grain="plan"), scene.assign(grain="item")])
    found = report(shop, mixed)
    assert found.account == report(shop, scene).account
    assert (found.grain, found.other_grains) == ("scene", ("item", "plan"))


def test_plans_stand_in_for_scenes_and_words_never_do(shop):
    assert report(shop, rows(shop, grain="plan")).grain == "plan"
    assert report(shop, rows(shop, grain="word")) is None


def test_windows_are_never_mixed(shop):
    long, short = rows(shop), rows(shop, days="3")
    found = report(shop, pd.concat([long, short]))
    assert (found.window, found.other_windows) == ("15", ("3",))
    assert found.account == report(shop, long).account


@pytest.mark.parametrize(("days", "n_immature"), [("1", 3), ("3", 3), ("7", 7), ("unknown", 3)])
def test_days_inside_the_window_are_immature(shop, days, n_immature):
    found = report(shop, rows(shop, days=days))
    assert len(found.immature_days) == n_immature
    assert found.immature_days[-1] == QUIET_DAY
    assert found.week_days == tuple(QUIET_DAY - timedelta(days=n) for n in range(6, -1, -1))


def test_the_return_is_split_into_conversion_value_and_price(shop):
    ads = rows(shop)
    week = ads[Col.DATE] > ads[Col.DATE].max() - pd.Timedelta(days=7)
    ads.loc[week, [Col.ATTRIBUTED_AMOUNT, Col.ATTRIBUTED_ORDERS]] *= 0.5
    split = report(shop, ads).account.return_split
    parts = split.click_conversion + split.amount_per_order + split.cost_per_click
    assert parts == pytest.approx(split.end - split.start)
    assert split.click_conversion == pytest.approx(split.end - split.start, rel=0.05)


def test_a_quiet_account_is_not_abnormal(shop):
    found = report(shop, rows(shop))
    assert not any(line.is_abnormal for line in (found.account, *found.scenes))


@pytest.mark.parametrize(
    ("column", "factor", "alarm"),
    [("ad_spend", 3.0, "ad_spend"), ("clicks", 0.5, "cost_per_click")],
)
def test_a_jump_in_spend_or_price_is_abnormal(shop, column, factor, alarm):
    ads = rows(shop)
    today = ads[Col.DATE] == ads[Col.DATE].max()
    columns = ["ad_spend", "clicks"] if column == "ad_spend" else [column]
    ads.loc[today, columns] *= factor
    account = report(shop, ads).account
    assert account.is_abnormal
    assert account.alarm == alarm


def test_orders_that_are_not_there_yet_give_no_return(shop):
    ads = rows(shop)
    today = ads[Col.DATE] == ads[Col.DATE].max()
    ads.loc[today, [Col.ATTRIBUTED_AMOUNT, Col.ATTRIBUTED_ORDERS]] = np.nan
    account = report(shop, ads).account
    assert account.day.return_on_ad_spend is None
    earlier = ads[~today & (ads[Col.DATE] > ads[Col.DATE].max() - pd.Timedelta(days=7))]
    assert account.week.return_on_ad_spend == pytest.approx(
        earlier[Col.ATTRIBUTED_AMOUNT].sum() / earlier[Col.AD_SPEND].sum()
    )


def test_ads_that_ended_earlier_have_no_day(shop):
    ads = rows(shop)
    old = ads[ads[Col.DATE] < pd.Timestamp(QUIET_DAY)]
    account = report(shop, old).account
    assert account.day is None
    assert date(2025, 4, 23) in report(shop, old).week_days
