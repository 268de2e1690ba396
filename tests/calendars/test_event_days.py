"""How strong an event day is, where it lies in its event, and which day it may be compared with."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storeops.calendars import Grade, Phase, days_between, load_calendar
from storeops.config import EventSettings
from storeops.messages import Term

CALENDAR = load_calendar()
SINCE = date(2020, 1, 1)
DAY = timedelta(days=1)


def own(name: str, start: str, end: str, phase: str = "burst") -> EventSettings:
    told = {"name": name, "start": start, "end": end, "phase": phase}
    return EventSettings.model_validate(told)


def phase(day: str):
    return CALENDAR.phase(date.fromisoformat(day))


@pytest.mark.parametrize(
    ("day", "grade"),
    [
        ("2025-10-14", Grade.WAITING),
        ("2025-10-16", Grade.DEPOSIT),
        ("2025-10-20", Grade.EVENING),
        ("2025-10-21", Grade.BURST),
        ("2025-10-23", Grade.LONG_SALE),
        ("2025-11-05", Grade.LONG_SALE),
        ("2025-11-10", Grade.EVENING),
        ("2025-11-11", Grade.BURST),
        ("2025-11-13", Grade.LONG_SALE),
        ("2025-11-14", Grade.LAST_DAY),
        ("2025-11-15", Grade.FADING),
        ("2025-11-20", Grade.FADING),
        ("2025-09-28", Grade.NONE),
        ("2025-10-01", Grade.NONE),
    ],
)
def test_a_burst_is_graded_apart_from_the_long_sale(day, grade):
    assert phase(day).grade is grade


def test_few_of_the_days_of_a_long_event_are_peaks():
    days = days_between(date(2025, 10, 15), date(2025, 11, 14))
    assert sum(CALENDAR.phase(day).grade.is_peak for day in days) == 5
    assert all(CALENDAR.phase(day).phase.is_promotion for day in days)


@pytest.mark.parametrize(
    ("day", "mostly"),
    [
        ("2025-10-15", Phase.WARMUP),
        ("2025-10-20", Phase.DEPOSIT),
        ("2025-11-10", Phase.SALE),
        ("2025-11-11", Phase.BURST),
        ("2020-11-01", Phase.BURST),
    ],
)
def test_a_day_that_starts_at_20h_is_mostly_the_phase_before(day, mostly):
    assert phase(day).mostly is mostly


def test_the_day_after_an_evening_start_is_the_first_full_day():
    assert not phase("2025-10-20").is_first_full_day
    assert phase("2025-10-21").is_first_full_day
    assert phase("2020-11-01").is_first_full_day
    assert not phase("2025-11-12").starts_at_20h


def test_days_are_counted_to_and_from_the_event():
    assert (phase("2025-10-09").days_before, phase("2025-10-09").days_after) == (6, 0)
    assert (phase("2025-11-01").days_before, phase("2025-11-01").days_after) == (0, 0)
    assert (phase("2025-11-15").days_before, phase("2025-11-15").days_after) == (0, 1)
    assert phase("2025-11-28").days_after == 14
    assert phase("2026-03-09").days_after == 1


def test_build_up_is_a_named_ordinary_day_from_21_to_8_days_before():
    first, last = phase("2025-09-24"), phase("2025-09-30")
    assert (first.days_before, last.days_before) == (21, 15)
    for day in (first, last):
        assert (day.phase, day.is_buildup, day.event) == (Phase.NORMAL, True, "double_11")
        assert day.label == Term("phase", "buildup")
    assert not phase("2025-09-23").is_buildup
    assert phase("2025-10-09").label == Term("phase", "warmup")


def test_no_other_event_loses_a_day_to_a_build_up():
    own_days = [
        CALENDAR.phase(day)
        for day in days_between(SINCE, date(2026, 12, 31))
        if CALENDAR.phase(day).is_buildup
    ]
    assert {day.event for day in own_days} == {"double_11", "mid_year_618"}
    assert phase("2022-05-01").phase is Phase.HOLIDAY


@pytest.mark.parametrize(
    ("day", "earlier"),
    [
        ("2022-11-11", "2021-11-11"),  # the main day, whether or not it began the evening before
        ("2025-10-16", "2024-10-15"),  # first full day of deposits
        ("2026-02-16", "2025-01-28"),  # new year's eve by the moon
        ("2024-09-17", "2021-09-21"),  # mid-autumn, by the festival; a sale covers 2022's
        ("2024-09-15", "2021-09-19"),  # two days before it
        ("2025-08-29", "2024-08-10"),  # qixi
        ("2025-09-28", None),  # build-up is compared with ordinary days
    ],
)
def test_editions_are_laid_over_each_other_by_what_they_are_about(day, earlier):
    found = CALENDAR.same_phase_before(date.fromisoformat(day), SINCE)
    assert found == (date.fromisoformat(earlier) if earlier else None)


def test_an_own_event_is_compared_with_the_last_one_of_its_name():
    calendar = load_calendar(
        (
            own("店庆", "2025-03-20", "2025-03-22"),
            own("店庆", "2025-09-16", "2025-09-18"),
            own("店庆", "2025-09-11", "2025-09-15", "warmup"),
            own("会员日", "2025-12-18", "2025-12-20"),
            own("店庆", "2026-03-18", "2026-03-21"),
        )
    )
    assert calendar.same_phase_before(date(2026, 3, 19), SINCE) == date(2025, 9, 17)
    assert calendar.same_phase_before(date(2025, 9, 17), SINCE) == date(2025, 3, 21)
    assert calendar.same_phase_before(date(2026, 3, 21), SINCE) is None  # its fourth day is new
    assert calendar.same_phase_before(date(2025, 12, 18), SINCE) is None
    assert calendar.same_phase_before(date(2026, 3, 19), date(2025, 10, 1)) is None


def test_an_own_build_up_is_an_ordinary_day_and_an_own_warm_up_counts_down():
    calendar = load_calendar(
        (
            own("店庆", "2026-03-12", "2026-03-14", "buildup"),
            own("店庆", "2026-03-15", "2026-03-17", "warmup"),
        )
    )
    assert calendar.phase(date(2026, 3, 13)).phase is Phase.NORMAL
    assert calendar.phase(date(2026, 3, 13)).label == Term("phase", "buildup")
    assert calendar.phase(date(2026, 3, 15)).days_before == 3


@pytest.mark.parametrize(
    ("day", "year_before"),
    [
        ("2025-04-24", "2024-04-25"),  # same weekday
        ("2025-11-11", "2024-11-11"),  # same edition day
        ("2025-10-21", "2024-11-01"),  # first full day of the wave before the last
        ("2026-02-17", "2025-01-29"),  # lunar new year
        ("2026-02-25", "2025-02-06"),  # eight days after it
        ("2026-09-18", "2025-09-29"),  # a week before mid-autumn
        ("2020-04-24", None),  # before the tables begin
    ],
)
def test_a_year_is_compared_by_event_moon_and_weekday(day, year_before):
    found = CALENDAR.year_before(date.fromisoformat(day))
    assert found == (date.fromisoformat(year_before) if year_before else None)


def test_a_worked_weekend_is_compared_with_a_workday_a_year_ago():
    worked = date(2024, 4, 28)  # a Sunday that follows Monday
    found = CALENDAR.year_before(worked)
    assert found is not None
    assert CALENDAR.effective_weekday(found) == 0


@given(st.dates(date(2021, 1, 1), date(2026, 12, 31)))
def test_the_day_a_year_ago_is_of_the_same_kind_and_about_a_year_away(day):
    found = CALENDAR.year_before(day)
    if found is not None:
        assert 320 <= (day - found).days <= 400
        assert CALENDAR.phase(found).phase is CALENDAR.phase(day).phase


@given(st.dates(SINCE, date(2026, 12, 31)))
def test_most_of_a_day_is_its_phase_or_that_of_the_day_before(day):
    here = CALENDAR.phase(day)
    expected = CALENDAR.phase(day - DAY).phase if here.starts_at_20h else here.phase
    assert here.mostly is expected
    assert not (here.days_before and here.days_after)


def test_stretches_cover_each_claimed_day_once_and_reach_over_the_ends():
    first, last = date(2025, 10, 18), date(2025, 11, 12)
    found = CALENDAR.stretches(first, last)
    assert (found[0].first, found[-1].last) == (date(2025, 10, 15), date(2025, 11, 14))
    days = [day for stretch in found for day in days_between(stretch.first, stretch.last)]
    assert days == list(days_between(found[0].first, found[-1].last))
    assert all(CALENDAR.phase(s.first).phase is s.what.phase for s in found)
