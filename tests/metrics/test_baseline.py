"""Which days a baseline stands on, and what it makes of them."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from storeops.calendars import load_calendar
from storeops.config import EventSettings
from storeops.metrics.baseline import Series, choose_days, expect, median_rows
from storeops.metrics.panel import calendar_days
from storeops.metrics.results import BaselineKind

CALENDAR = load_calendar()
THURSDAY = date(2025, 4, 24)


def chosen(last: date, n_days: int, usable: np.ndarray | None = None, calendar=CALENDAR):
    days = calendar_days(calendar, last - timedelta(days=n_days - 1), last)
    fine = days.is_normal if usable is None else days.is_normal & usable
    return days, choose_days(days, n_days - 1, fine)


def count_series(*rows: list[float]) -> Series:
    ones = np.ones(len(rows))
    return Series(above=np.array(rows, float), unit=ones, noise=ones)


def test_the_same_weekday_of_normal_weeks_is_used():
    days, choice = chosen(THURSDAY, 90)
    used = days.dates(choice.used)
    assert choice.kind is BaselineKind.WEEKDAY
    assert 4 <= len(used) <= 8
    assert {day.weekday() for day in used} == {3}
    assert used[-1] == THURSDAY - timedelta(days=7)


def test_promotions_holidays_and_own_closures_are_left_out():
    own = EventSettings(name="停业", start=date(2025, 4, 17), end=date(2025, 4, 17), phase="closed")
    calendar = load_calendar((own,))
    days, choice = chosen(THURSDAY, 90, calendar=calendar)
    used = days.dates(choice.used)
    assert date(2025, 4, 17) not in used
    assert date(2025, 3, 6) not in used  # 38 节
    assert date(2025, 4, 10) in used


def test_incomplete_days_are_left_out():
    usable = np.ones(90, dtype=bool)
    usable[-8] = False
    days, choice = chosen(THURSDAY, 90, usable)
    assert THURSDAY - timedelta(days=7) not in days.dates(choice.used)


@pytest.mark.parametrize(
    ("n_days", "kind", "n_used"),
    [(7, "none", 0), (8, "short", 7), (15, "short", 14), (22, "weekday", None)],
)
def test_a_short_history_says_so(n_days, kind, n_used):
    last = date(2025, 4, 30)
    history = n_days if kind != "weekday" else 40
    _, choice = chosen(last, history)
    assert choice.kind.value == kind
    if n_used is not None:
        assert len(choice.used) == n_used


def test_the_centre_is_the_median_and_ignores_one_wild_week():
    days, choice = chosen(THURSDAY, 60)
    line = np.full(60, 100.0)
    line[-8] = 5000.0
    expected = expect(count_series(line.tolist()), days, choice)
    assert np.exp(expected.log_center[0]) - 0.5 == pytest.approx(100)


def test_the_spread_is_never_below_five_percent_and_counting_noise():
    days, choice = chosen(THURSDAY, 80)
    flat = count_series([10_000.0] * 80, [9.0] * 80)
    large, small = expect(flat, days, choice).spread
    assert large == pytest.approx(np.hypot(0.05, 0.01), rel=0.15)
    assert small == pytest.approx(np.hypot(0.05, 1 / 3.1), rel=0.15)


def test_series_of_different_length_are_judged_side_by_side():
    days, choice = chosen(THURSDAY, 80)
    long, short, none = np.full(80, 50.0), np.full(80, 50.0), np.full(80, 50.0)
    short[:-13], none[:-3] = np.nan, np.nan
    expected = expect(count_series(long.tolist(), short.tolist(), none.tolist()), days, choice)
    assert [expected.kind(n).value for n in range(3)] == ["weekday", "short", "none"]
    assert np.isnan(expected.log_center[2])
    assert expected.caution[1] > expected.caution[0]


def test_many_series_at_once_are_the_series_one_by_one():
    rng = np.random.default_rng(5)
    days, choice = chosen(THURSDAY, 80)
    rows = rng.poisson(rng.uniform(0, 60, (30, 1)), (30, 80)).astype(float)
    rows[rng.random((30, 80)) < 0.1] = np.nan
    together = expect(count_series(*rows.tolist()), days, choice)
    for index, row in enumerate(rows):
        alone = expect(count_series(row.tolist()), days, choice)
        assert together.log_center[index] == pytest.approx(alone.log_center[0], nan_ok=True)
        assert together.spread[index] == pytest.approx(alone.spread[0], nan_ok=True)


def test_the_weekday_factor_is_used_once_it_is_learned():
    """Fridays at half: with three weeks known, the short baseline of a Friday knows it."""
    last = date(2025, 4, 25)
    days, choice = chosen(last, 24)
    line = np.where(days.weekday == 4, 50.0, 100.0)
    center = np.exp(expect(count_series(line.tolist()), days, choice).log_center[0])
    assert choice.kind is BaselineKind.SHORT
    assert 50 <= center <= 72


def test_median_of_rows_with_gaps():
    rows = np.array([[3.0, 1.0, np.nan], [np.nan] * 3, [4.0, 2.0, 9.0]])
    median, n = median_rows(rows)
    assert median == pytest.approx([2.0, np.nan, 4.0], nan_ok=True)
    assert n.tolist() == [2, 0, 3]
