"""What the trailing week will come to: per day, by money, and only where it can be told."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pandas as pd
import pytest
from growing_days import grown, versions
from shops import QUIET_DAY, quiet_shop, window

from storeops.calendars import load_calendar
from storeops.diagnose.topics import ads as ads_topic
from storeops.diagnose.topics import maturing
from storeops.diagnose.topics import shop as shop_topic
from storeops.metrics.ads import ad_report
from storeops.metrics.board import watch
from storeops.metrics.figures import headline
from storeops.metrics.outlook import refund_outlook
from storeops.metrics.spend import one_grain
from storeops.reporter.lang import catalogue

DAYS = 70
FIRST = QUIET_DAY - timedelta(days=DAYS - 1)
SPEND = 1000.0
KEYS = {"grain": "scene", "window": "15"}


def ad_days(seen: np.ndarray) -> pd.DataFrame:
    """One scene's ads as the newest download shows them."""
    return pd.DataFrame(
        {
            "date": pd.date_range(end=pd.Timestamp(QUIET_DAY), periods=DAYS, unit="s"),
            **KEYS, "scene_id": "1", "scene": "search", "plan_id": "", "unit_id": "",
            "subject_id": "", "impressions": 9_000.0, "clicks": 400.0, "ad_spend": SPEND,
            "attributed_amount": seen, "attributed_orders": np.round(seen / 60),
        }
    )  # fmt: skip


@pytest.fixture(scope="module")
def truth() -> np.ndarray:
    return grown(np.random.default_rng(5), days=DAYS, orders=50, window=15)


@pytest.fixture(scope="module")
def facts(truth):
    seen = np.array([truth[day, min(DAYS - day, 16) - 1] for day in range(DAYS)])
    shop = quiet_shop(np.random.default_rng(6), buyers=400, noise=0.06)
    made = versions(truth, FIRST, **KEYS)
    made["attributed_orders"] = (made["attributed_amount"] / 60).round()
    return replace(window(shop, ad_daily=ad_days(seen)), versions={"ad_daily": made})


def report(facts):
    calendar = load_calendar()
    board = watch(facts, calendar)
    return ad_report(facts, headline(facts, calendar, board=board), board)


def test_every_growing_day_of_the_week_carries_what_it_will_come_to(facts, truth):
    outlook = report(facts).outlook
    assert [day.day for day in outlook.days] == [
        QUIET_DAY - timedelta(days=back) for back in range(6, -1, -1)
    ]
    assert [day.age for day in outlook.days] == [7, 6, 5, 4, 3, 2, 1]
    newest = outlook.days[-1]
    assert newest.now == pytest.approx(truth[-1, 0] / SPEND)
    assert newest.expected.value > newest.now
    assert newest.expected.cohorts == DAYS - 15
    assert [day.day for day in outlook.orders] == [day.day for day in outlook.days]


def test_the_week_is_weighed_by_money_and_contains_the_truth(facts, truth):
    outlook = report(facts).outlook
    final = truth[-7:, -1].sum() / (7 * SPEND)
    assert outlook.week.low < final < outlook.week.high
    assert outlook.week_now == pytest.approx(report(facts).account.week.return_on_ad_spend)
    assert outlook.week.cohorts == DAYS - 15 - 6
    days = sum(day.expected.high - day.expected.low for day in outlook.days) / 7
    assert outlook.week.high - outlook.week.low < days


def test_a_short_record_says_that_it_cannot_tell(facts):
    made = facts.versions["ad_daily"]
    short = made[made["date"] >= pd.Timestamp(QUIET_DAY - timedelta(days=18))]
    found = report(replace(facts, versions={"ad_daily": short})).outlook
    assert found.days[-1].expected is None
    assert found.week is None
    (note,) = maturing.return_notes(found)
    assert note.message.id == "note.return_not_told"


@pytest.mark.parametrize("keys", [{"grain": "plan"}, {"window": "3"}])
def test_versions_of_another_grain_or_window_are_not_used(facts, keys):
    made = facts.versions["ad_daily"].assign(**keys)
    assert report(replace(facts, versions={"ad_daily": made})).outlook is None


def test_without_versions_nothing_is_forecast(facts):
    assert report(replace(facts, versions={})).outlook is None


def test_a_day_without_spend_has_no_return(facts):
    rows = facts.tables["ad_daily"].copy()
    rows.loc[rows.index[-1], "ad_spend"] = np.nan
    bare = replace(facts, tables={**facts.tables, "ad_daily": rows})
    assert one_grain(bare) is not None
    assert [day.age for day in report(bare).outlook.days] == [7, 6, 5, 4, 3, 2]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_ads_topic_says_it_in_notes_and_a_table(facts, lang):
    calendar = load_calendar()
    board = watch(facts, calendar)
    day = headline(facts, calendar, board=board)
    context = ads_topic.Context(calendar, board, day, None)
    section = ads_topic.examine(facts, context)
    words = catalogue(lang)
    told = [words.text(note.message) for note in section.notes if note.kind == "immature"]
    newest = report(facts).outlook.days[-1]
    assert len(told) == 3
    assert f"{newest.expected.value:.2f}" in told[1]
    assert f"{newest.expected.low:.2f}–{newest.expected.high:.2f}" in told[1]
    table = next(table for table in section.tables if table.name == "table.ads_outlook")
    assert len(table.rows) == 7
    assert table.rows[-1][2:4] == (newest.now, newest.expected.value)


def test_evidence_carries_the_values(facts):
    outlook = report(facts).outlook
    evidence = maturing.return_evidence(outlook)
    assert len(evidence) == 7
    assert evidence[0].metric == "return_on_ad_spend"
    assert evidence[0].value == outlook.days[-1].expected.value
    assert evidence[0].baseline == outlook.days[-1].now


@pytest.fixture(scope="module")
def refunds():
    """A shop whose refunds by payment day grow for three weeks."""
    truth = grown(np.random.default_rng(8), days=DAYS, orders=60, window=20)
    shop = quiet_shop(np.random.default_rng(6), buyers=400, noise=0.06)
    made = versions(truth, FIRST, "refunded_amount_by_payment")
    return truth, replace(window(shop), versions={"shop_daily": made})


def test_refunds_by_payment_day_mature_too(refunds):
    truth, facts = refunds
    found = refund_outlook(facts)
    assert (found.first, found.last) == (QUIET_DAY - timedelta(days=6), QUIET_DAY)
    assert found.now == pytest.approx(sum(truth[DAYS - age, age - 1] for age in range(1, 8)))
    assert found.expected.low < truth[-7:, -1].sum() < found.expected.high
    paid = facts.tables["shop_daily"]["paid_amount"]
    assert found.share == pytest.approx(found.expected.value / paid.iloc[-7:].sum())
    done = truth[: DAYS - 20, -1].sum() / paid.iloc[-DAYS:-20].sum()
    assert found.share_before == pytest.approx(done)


def test_the_shop_topic_tells_refunds_where_the_export_has_them(refunds):
    _, facts = refunds
    calendar = load_calendar()
    board = watch(facts, calendar)
    day = headline(facts, calendar, board=board)
    context = shop_topic.Context(calendar, board, day, None)
    (note,) = shop_topic.examine(facts, context).notes
    assert (note.kind, note.message.id) == ("immature", "note.refunds_expected")
    bare = replace(facts, versions={})
    assert shop_topic.examine(bare, context).notes == ()
    few = facts.versions["shop_daily"]
    few = few[few["date"] >= pd.Timestamp(QUIET_DAY - timedelta(days=20))]
    (note,) = maturing.refund_notes(replace(facts, versions={"shop_daily": few}))
    assert note.message.id == "note.refunds_not_told"


def test_refunds_by_completion_day_are_no_cohort(refunds):
    truth, facts = refunds
    made = versions(truth, FIRST, "refunded_amount")
    assert refund_outlook(replace(facts, versions={"shop_daily": made})) is None
