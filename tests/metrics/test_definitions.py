"""Every metric once: ratio of sums, missing is not zero, people are not added."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from storeops.facts import FACTS
from storeops.fields import FIELDS, Additivity, Col
from storeops.metrics.definitions import (
    METRICS,
    HeadCount,
    Printed,
    RatioOfSums,
    Sum,
    by_line,
    daily,
    from_sums,
    value,
)

each_metric = pytest.mark.parametrize("metric", METRICS.values(), ids=lambda m: m.name)


def rows(**columns: list[float]) -> pd.DataFrame:
    return pd.DataFrame({name: np.array(line, float) for name, line in columns.items()})


@each_metric
def test_every_metric_says_what_it_is_and_reads_stored_columns(metric):
    assert metric.source
    assert metric.facts
    assert set(metric.columns) <= FIELDS.keys()
    carried = {str(c) for name in metric.facts for c in FACTS[name].columns}
    assert {str(c) for c in metric.columns} <= carried


@each_metric
def test_kinds_agree_with_the_glossary(metric):
    for column in metric.columns:
        if isinstance(metric.kind, Sum):
            assert FIELDS[column].additivity is Additivity.SUM
        if isinstance(metric.kind, HeadCount):
            assert FIELDS[column].additivity is Additivity.PEOPLE
        if isinstance(metric.kind, Printed):
            assert FIELDS[column].additivity is Additivity.NONE


def test_a_rate_over_days_is_the_ratio_of_sums_not_the_mean_of_rates():
    days = rows(visitors=[100, 10_000], paid_buyers=[10, 200])
    assert value(METRICS["conversion_rate"], days) == pytest.approx(210 / 10_100, rel=1e-12)


def test_a_day_without_one_part_is_left_out_of_both():
    days = rows(visitors=[100, 100], paid_buyers=[10, np.nan])
    assert value(METRICS["conversion_rate"], days) == 0.1


def test_nothing_to_divide_by_is_none_not_zero():
    assert value(METRICS["conversion_rate"], rows(visitors=[0], paid_buyers=[0])) is None
    assert value(METRICS["conversion_rate"], rows(visitors=[10.0])) is None
    assert value(METRICS["paid_amount"], rows(paid_amount=[np.nan])) is None


def test_people_of_two_days_are_not_added():
    assert value(METRICS["visitors"], rows(visitors=[10, 20])) is None
    assert value(METRICS["visitors"], rows(visitors=[10, np.nan])) == 10
    assert value(METRICS["paid_amount"], rows(paid_amount=[10, 20])) == 30


def test_spend_of_the_shop_report_adds_the_columns_in_use():
    days = rows(keyword_ad_spend=[100, np.nan], site_wide_ad_spend=[np.nan, np.nan])
    assert daily(METRICS["shop_report_ad_spend"], days).tolist() == pytest.approx(
        [100, np.nan], nan_ok=True
    )


def test_wishlist_and_cart_rate_is_an_index_that_may_exceed_both():
    day = rows(wishlist_visitors=[30], add_to_cart_visitors=[40], visitors=[100])
    assert value(METRICS["wishlist_and_cart_rate"], day) == 0.7


def test_cost_per_mille_is_per_thousand():
    assert value(METRICS["cost_per_mille"], rows(ad_spend=[5], impressions=[1000])) == 5


@each_metric
@given(data=st.data())
def test_order_of_days_and_size_of_the_unit_do_not_matter(metric, data):
    n = data.draw(st.integers(1, 5))
    table = rows(
        **{
            c: data.draw(st.lists(st.integers(0, 999), min_size=n, max_size=n))
            for c in metric.columns
        }
    )
    found = value(metric, table)
    assert value(metric, table[::-1]) == pytest.approx(found, nan_ok=True)
    if isinstance(metric.kind, RatioOfSums):
        assert value(metric, table * 2) == (found if found is None else pytest.approx(found))


@each_metric
def test_daily_values_are_the_values_of_single_days(metric):
    table = rows(**{c: [3.0, 5.0, np.nan] for c in metric.columns})
    line = daily(metric, table)
    for place in range(3):
        single = value(metric, table.iloc[[place]])
        assert line.iloc[place] == pytest.approx(np.nan if single is None else single, nan_ok=True)
    columns = {c: table[c].to_numpy() for c in metric.columns}
    if not isinstance(metric.kind, Sum):
        assert by_line(metric, columns) == pytest.approx(line.to_numpy(), nan_ok=True)


def test_sums_taken_elsewhere_give_the_same_rate():
    assert from_sums(METRICS["cost_per_click"], {Col.AD_SPEND: 30.0, Col.CLICKS: 20.0}) == 1.5
    assert from_sums(METRICS["cost_per_click"], {Col.AD_SPEND: 30.0}) is None
