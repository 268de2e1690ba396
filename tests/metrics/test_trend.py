"""Lasting changes: told once, since when, how much; and quiet where a level only wanders."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shops import long_rows, quiet_shop, window

from storeops.calendars import load_calendar
from storeops.diagnose.day import diagnose
from storeops.diagnose.finding import Direction, Severity
from storeops.fields import Col
from storeops.metrics.levels import Days, Series
from storeops.metrics.trend import SIZE, find_trends, look

CALENDAR = load_calendar()
LAST = date(2025, 4, 24)
N_DAYS, BEGIN = 130, 110
STEP = np.where(np.arange(N_DAYS) < BEGIN, 1.0, 0.75)
LEAK = 0.98 ** (np.arange(N_DAYS) - BEGIN + 1).clip(0, 14)
WEEKDAYS = Days(np.ones(N_DAYS, dtype=bool), np.arange(N_DAYS) % 7)


def lines(factor, *, n=20, seed=1, level=800.0, noise=0.06, exposure=None):
    """Counts of like series that follow a factor, with a weekday pattern and day noise."""
    rng = np.random.default_rng(seed)
    week = np.array([1.0, 0.9, 0.9, 1.0, 1.0, 1.2, 1.3])[WEEKDAYS.weekday]
    expected = level * week * np.exp(rng.normal(0, noise, (n, N_DAYS)))
    base = 1.0 if exposure is None else exposure
    counts = rng.poisson(expected * factor * base).astype(float)
    held = None if exposure is None else np.broadcast_to(exposure, counts.shape)
    return Series(counts, np.ones(n), np.full(n, SIZE), held)


def found(series, p=0.02):
    return find_trends(series, WEEKDAYS, np.full(len(series.counts), p))


def cut(series, days, n):
    """The record as it was on the morning after day n."""
    held = None if series.exposure is None else series.exposure[:, :n]
    return (
        Series(series.counts[:, :n], series.noise, series.size, held),
        Days(days.is_normal[:n], days.weekday[:n]),
    )


def test_a_lasting_fall_is_found_with_its_day_its_size_and_its_loss():
    trends = found(lines(STEP))
    assert trends.is_trend.mean() >= 0.95
    assert np.median(np.abs(trends.begin - BEGIN)) <= 1
    assert np.median(np.expm1(trends.size)) == pytest.approx(-0.25, abs=0.03)
    truth = -0.25 * 800.0 * 1.04 * (N_DAYS - BEGIN)
    assert np.nanmedian(trends.lost) == pytest.approx(truth, rel=0.2)
    assert trends.is_step.mean() >= 0.7


def test_a_slow_leak_is_found_within_three_weeks_and_called_a_slide():
    trends = found(lines(LEAK))
    assert trends.is_trend.mean() >= 0.9
    assert (trends.size[trends.is_trend] < 0).all()
    assert trends.is_step[trends.is_trend].mean() <= 0.5
    assert np.median(np.abs(trends.begin[trends.is_trend] - BEGIN)) <= 7


def test_a_steady_line_has_no_trend():
    assert found(lines(1.0, n=200)).is_trend.mean() <= 0.03


def test_a_wandering_line_is_rarely_told_of():
    rng = np.random.default_rng(4)
    walk = np.exp(np.cumsum(rng.normal(0, 0.007, (100, N_DAYS)), axis=1))
    series = lines(walk, n=100)
    looks = look(series, WEEKDAYS, np.full(100, 0.02))
    assert looks.is_new.sum() <= 15


def test_a_trend_is_new_once_and_then_stands():
    """A weekday's factor learned anew may tell one at the very edge again."""
    series = lines(STEP, n=10)
    new = [find_trends(*cut(series, WEEKDAYS, n), np.full(10, 0.02)) for n in range(109, N_DAYS)]
    told = np.sum([trends.is_new for trends in new], axis=0)
    assert np.mean(told == 1) >= 0.8
    assert told.max() <= 2
    assert new[-1].is_trend.all()
    assert not new[-1].is_new.any()


def test_a_day_that_is_not_normal_says_nothing():
    """Event days of ten times the sales change neither the trend nor its absence."""
    for factor, share in ((1.0, 0.0), (STEP, 1.0)):
        series = lines(factor, n=10)
        is_normal = WEEKDAYS.is_normal.copy()
        is_normal[[60, 61, 115, 116]] = False
        series.counts[:, ~is_normal] *= 10
        trends = find_trends(series, Days(is_normal, WEEKDAYS.weekday), np.full(10, 0.02))
        assert trends.is_trend.mean() == share


def test_nothing_is_new_on_a_day_that_is_not_normal():
    is_normal = WEEKDAYS.is_normal.copy()
    is_normal[-1] = False
    days = Days(is_normal, WEEKDAYS.weekday)
    assert not find_trends(lines(STEP), days, np.full(20, 0.02)).is_new.any()


def test_what_the_whole_does_is_no_trend_of_a_part():
    whole = 1000 * STEP
    assert found(lines(1.0, exposure=whole, level=0.3)).is_trend.mean() <= 0.05
    assert found(lines(STEP, exposure=np.full(N_DAYS, 1000.0), level=0.3)).is_trend.all()


def test_a_short_history_is_silent():
    series, days = cut(lines(STEP), WEEKDAYS, N_DAYS)
    late = Series(series.counts[:, -40:], series.noise, series.size)
    trends = find_trends(late, Days(days.is_normal[-40:], days.weekday[-40:]), np.full(20, 0.02))
    assert not trends.is_trend.any()
    assert np.isnan(trends.z).all()


def test_missing_days_are_bridged_and_a_record_without_any_day_is_silent():
    series = lines(STEP)
    series.counts[:, [70, 71, 72, 112, 118]] = np.nan
    assert found(series).is_trend.mean() >= 0.9
    empty = Series(np.full((2, N_DAYS), np.nan), np.ones(2), np.full(2, SIZE))
    assert not found(empty).is_trend.any()
    never = Days(np.zeros(N_DAYS, dtype=bool), WEEKDAYS.weekday)
    assert not find_trends(lines(STEP), never, np.full(20, 0.02)).is_trend.any()


def test_one_wild_day_is_no_trend():
    series = lines(1.0)
    series.counts[:, -3] = 0
    series.counts[:, -20] *= 8
    assert found(series).is_trend.mean() <= 0.05


def test_a_small_change_is_not_told_however_sure_it_is():
    sure = np.where(np.arange(N_DAYS) < BEGIN, 1.0, 0.94)
    assert not found(lines(sure, level=1e6, noise=0.005), p=0.2).is_trend.any()


def test_noisier_lines_can_show_only_larger_changes():
    calm, wild = found(lines(1.0, noise=0.05)), found(lines(1.0, noise=0.3))
    assert np.median(calm.visible) < 0.2 < np.median(wild.visible)


@given(scale=st.floats(2, 50), seed=st.integers(0, 50))
def test_begin_and_size_do_not_depend_on_the_unit_of_a_rate(scale, seed):
    held = np.full(N_DAYS, 1000.0)
    series = lines(STEP, n=3, seed=seed, exposure=held, level=0.5)
    other = Series(series.counts, series.noise, series.size, series.exposure * scale)
    one, two = found(series), found(other)
    np.testing.assert_array_equal(one.begin, two.begin)
    np.testing.assert_allclose(one.size, two.size)
    np.testing.assert_allclose(one.lost, two.lost)


# the topic


def shop(hit, days, **more):
    """A shop whose visitors fall on its last days, with items and sources that share it out."""
    rng = np.random.default_rng(5)
    frame = quiet_shop(rng, buyers=300, noise=0.07, last=LAST, n_days=200)
    factor = np.ones(200)
    factor[200 - days :] = hit
    for column in (Col.VISITORS.value, Col.PAID_BUYERS.value):
        frame[column] = rng.binomial(frame[column].astype(int), factor).astype(float)
    frame[Col.PAID_AMOUNT] *= factor
    items = long_rows(rng, frame, "item_id", [f"{n:012d}" for n in range(1, 10)])
    return window(frame, item_daily=items, **more)


def told(facts):
    return [f for f in diagnose(facts, CALENDAR).findings if f.topic == "trend"]


def test_a_fall_of_visitors_is_one_finding_that_names_them():
    (finding,) = told(shop(0.75, 18))
    assert finding.id == "trend.paid_amount"
    assert finding.direction is Direction.DOWN
    assert finding.text.args["factor"].args["factor"].name == "visitors"
    assert finding.severity is Severity.INFO
    assert abs((finding.text.args["begin"] - date(2025, 4, 7)).days) <= 10


def test_a_fall_wants_attention_on_the_day_it_is_first_told_and_is_then_a_line_that_stands():
    frame = shop(0.75, 18).tables["shop_daily"]
    days = [told(window(frame.iloc[:n].reset_index(drop=True))) for n in range(183, 200)]
    severities = [one.severity for each in days for one in each if one.id == "trend.paid_amount"]
    assert len(severities) >= 10
    assert severities == [Severity.WARN, *[Severity.INFO] * (len(severities) - 1)]


def test_a_quiet_shop_has_no_trend():
    assert told(shop(1.0, 1)) == []


def test_on_a_promotion_day_nothing_is_told():
    rng = np.random.default_rng(5)
    frame = quiet_shop(rng, buyers=300, noise=0.07, last=date(2025, 6, 18), n_days=200)
    frame.loc[frame.index[-25:], Col.PAID_AMOUNT.value] *= 0.6
    assert told(window(frame)) == []


def test_an_item_that_makes_the_shop_fall_is_evidence_of_the_one_finding():
    facts = shop(1.0, 1)
    items = facts.tables["item_daily"].copy()
    hero = (items["item_id"] == "000000000001") & (items[Col.DATE] >= "2025-04-07")
    frame = facts.tables["shop_daily"].copy()
    for column in (Col.VISITORS.value, Col.PAID_BUYERS.value, Col.PAID_AMOUNT.value):
        lost = (items.loc[hero, column] * 0.7).round()
        items.loc[hero, column] -= lost
        frame.loc[frame.index[-len(lost) :], column] -= lost.to_numpy()
    (finding,) = told(window(frame, item_daily=items))
    assert finding.id == "trend.paid_amount"
    places = [each for each in finding.evidence if each.text.id.startswith("finding.trend")]
    assert [each.text.args["who"].args["name"] for each in places] == ["000000000001"]
