"""Growth curves: learned from past days, and forecasts that hold what they promise."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from growing_days import grown, versions
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import stdtrit

from storeops.metrics.growing import Expected
from storeops.metrics.maturity import (
    cohorts,
    expected,
    expected_in_all,
    learn,
    mature_age,
    t_quantile_90,
)

FIRST = date(2025, 1, 1)


def frame(*rows: tuple[int, int, float]) -> pd.DataFrame:
    """Versions: day number, age, value."""
    return pd.DataFrame(
        {
            "date": pd.to_datetime([FIRST + timedelta(days=day) for day, _, _ in rows]),
            "age": [age for _, age, _ in rows],
            "x": [value for _, _, value in rows],
        }
    )


def past(*values: float, age: int = 1, final: float = 100.0) -> list[tuple[int, int, float]]:
    """Days of a figure done at age 4: its value at one age, and its final value."""
    return [row for day, v in enumerate(values) for row in ((day, age, v), (day, 4, final))]


def test_days_are_laid_out_by_age_and_the_newest_done_value_is_final():
    found = cohorts(frame((0, 1, 10), (0, 4, 19), (0, 6, 20), (2, 2, 7)), "x", 4)
    assert found.by_age.tolist()[0] == pytest.approx([10, np.nan, np.nan], nan_ok=True)
    assert found.final.tolist() == pytest.approx([20, np.nan, np.nan], nan_ok=True)
    assert found.latest.tolist() == pytest.approx([20, np.nan, 7], nan_ok=True)
    assert found.age.tolist() == [6, 0, 2]


def test_a_missing_value_is_no_version():
    assert not len(cohorts(frame((0, 1, np.nan)), "x", 4).age)
    assert learn(cohorts(frame((0, 1, np.nan)), "x", 4)).cohorts.tolist() == [0, 0, 0]


def test_the_curve_is_the_median_share_and_the_forecast_undoes_it():
    growth = learn(cohorts(frame(*past(50, 50, 49, 51, 50, 20)), "x", 4))
    assert np.exp(growth.log_share[0]) == pytest.approx(0.5)
    found = expected(growth, 30.0, 1)
    assert found.value == pytest.approx(60.0)
    assert found.low < 60 < found.high
    assert found.cohorts == 6


def test_too_few_past_days_tell_nothing():
    rows = past(50, 50, 50, 50)
    assert expected(learn(cohorts(frame(*rows), "x", 4)), 30.0, 1) is None
    growth = learn(cohorts(frame(*past(50, 50, 50, 50, 50)), "x", 4))
    assert expected(growth, 30.0, 1) is not None
    assert expected(growth, 30.0, 2) is None


def test_a_day_that_is_done_is_its_own_final_value():
    growth = learn(cohorts(frame(*past(50, 50, 50, 50, 50)), "x", 4))
    assert expected(growth, 30.0, 4) == Expected(30.0, 30.0, 30.0, None)
    assert expected(growth, 0.0, 1) is None


def test_days_never_seen_done_teach_nothing():
    rows = [(day, 1, 50.0) for day in range(30)]
    assert learn(cohorts(frame(*rows), "x", 4)).cohorts.tolist() == [0, 0, 0]


def test_few_past_days_widen_the_interval():
    def width(count: int) -> float:
        values = [50.0 * (1.1 if n % 2 else 0.9) for n in range(count)]
        found = expected(learn(cohorts(frame(*past(*values)), "x", 4)), 50.0, 1)
        return found.high / found.low

    assert width(6) > width(12) > width(60)


def test_a_small_day_is_less_sure_than_the_days_learned_from():
    growth = learn(cohorts(frame(*past(50, 52, 49, 51, 48, 50)), "x", 4))
    small, usual, large = (expected(growth, value, 1) for value in (5.0, 50.0, 500.0))
    assert small.high / small.low > usual.high / usual.low
    assert large.high / large.low == pytest.approx(usual.high / usual.low)


def test_one_odd_day_moves_neither_the_curve_nor_doubles_its_width():
    calm = [50.0 + n % 3 for n in range(30)]
    odd = [*calm[:-1], 5.0]
    one, other = (learn(cohorts(frame(*past(*values)), "x", 4)) for values in (calm, odd))
    assert other.log_share[0] == pytest.approx(one.log_share[0], abs=0.02)


@given(
    st.lists(st.floats(1, 90), min_size=5, max_size=20),
    st.floats(0.01, 1000),
    st.floats(1, 1e6),
)
def test_a_forecast_scales_with_money(values, times, value):
    plain = learn(cohorts(frame(*past(*values)), "x", 4))
    scaled = learn(cohorts(frame(*past(*(v * times for v in values), final=100.0 * times)), "x", 4))
    one, other = expected(plain, value, 1), expected(scaled, value * times, 1)
    assert other.value == pytest.approx(one.value * times, rel=1e-6)
    assert other.high == pytest.approx(one.high * times, rel=1e-6)
    assert one.low <= one.value <= one.high


def test_days_together_are_learned_from_the_same_stretch_of_earlier_mornings():
    share = {1: 50.0, 2: 80.0, 3: 90.0, 4: 100.0}
    rows = [(day, age, share[age]) for day in range(12) for age in range(1, min(4, 12 - day) + 1)]
    found = cohorts(frame(*rows), "x", 4)
    total = expected_in_all(found, np.array([9, 10, 11]))
    assert total.value == pytest.approx(300.0)
    assert total.cohorts == 7
    assert expected_in_all(found, np.array([10, 11])).value == pytest.approx(200.0)
    assert expected_in_all(found, np.array([8])).value == pytest.approx(100.0)
    assert expected_in_all(found, np.array([7, 8])) == Expected(200, 200, 200, None)


def test_too_few_mornings_tell_nothing_of_a_week():
    rows = [(day, age, 50.0) for day in range(9) for age in range(1, min(4, 9 - day) + 1)]
    assert expected_in_all(cohorts(frame(*rows), "x", 4), np.array([6, 7, 8])) is None


@pytest.mark.parametrize(
    ("window", "age"), [("1", 4), ("3", 4), ("7", 8), ("15", 16), ("30", 31), ("unknown", 16)]
)
def test_a_window_is_over_when_its_last_click_has_had_its_days(window, age):
    assert mature_age(window) == age


@pytest.mark.parametrize("freedom", [4, 5, 8, 20, 100])
def test_the_quantile_is_that_of_student(freedom):
    assert t_quantile_90(freedom) == pytest.approx(stdtrit(freedom, 0.95), rel=0.003)


@pytest.mark.parametrize("shared", [0.0, 0.25])
@pytest.mark.parametrize("orders", [8, 60])
@pytest.mark.parametrize("days", [30, 70])
def test_intervals_hold_the_truth_nine_times_in_ten(days, orders, shared):
    rng = np.random.default_rng(20260918)
    inside, weeks = [], []
    for _ in range(150):
        truth = grown(rng, days=days, orders=orders, window=15, shared=shared)
        found = cohorts(versions(truth, FIRST), "attributed_amount", 16)
        growth = learn(found)
        week = np.arange(days - 7, days)
        for at in week:
            outlook = expected(growth, float(found.latest[at]), int(found.age[at]))
            inside += [outlook.low <= truth[at, -1] <= outlook.high] if outlook else []
        total = expected_in_all(found, week)
        weeks.append(total.low <= truth[week, -1].sum() <= total.high)
    assert len(inside) > 1_000
    assert np.mean(inside) >= 0.9
    assert np.mean(weeks) >= 0.9
