"""Which phase a day is in, and which days follow which weekday."""

from __future__ import annotations

import time
from datetime import date

import pytest

from storeops.calendars import Level, Phase, days_between, load_calendar
from storeops.config import EventSettings
from storeops.messages import Term

CALENDAR = load_calendar()
ALL_DAYS = days_between(date(2020, 1, 1), date(2026, 12, 31))


@pytest.mark.parametrize(
    ("day", "phase", "event"),
    [
        ("2025-10-14", "warmup", "double_11"),
        ("2025-10-15", "deposit", "double_11"),
        ("2025-10-20", "burst", "double_11"),
        ("2025-10-22", "balance", "double_11"),
        ("2025-11-05", "sale", "double_11"),
        ("2025-11-11", "burst", "double_11"),
        ("2025-11-14", "sale", "double_11"),
        ("2025-11-17", "encore", "double_11"),
        ("2025-11-20", "aftermath", "double_11"),
        ("2025-11-28", "aftermath", "double_11"),
        ("2025-11-29", "normal", None),
        ("2020-11-01", "burst", "double_11"),
        ("2020-11-04", "deposit", "double_11"),
        ("2022-10-24", "deposit", "double_11"),
        ("2024-05-20", "burst", "mid_year_618"),
        ("2025-06-18", "burst", "mid_year_618"),
        ("2026-03-08", "burst", "march_8"),
        ("2025-05-01", "holiday", "labour_day"),
        ("2025-05-20", "sale", "mid_year_618"),
        ("2024-08-10", "sale", "qixi"),
        ("2026-02-14", "holiday", "spring_festival"),
        ("2025-02-14", "sale", "valentine"),
        ("2025-03-20", "normal", None),
    ],
)
def test_phase_of_a_day(day, phase, event):
    found = CALENDAR.phase(date.fromisoformat(day))
    assert (found.phase.value, found.event) == (phase, event)


def test_only_the_first_day_of_a_stretch_starts_in_the_evening():
    evenings = [d for d in ALL_DAYS if CALENDAR.phase(d).starts_at_20h]
    assert date(2025, 10, 20) in evenings
    assert date(2025, 10, 21) not in evenings
    assert date(2020, 11, 1) not in evenings


def test_unconfirmed_dates_say_so():
    assert CALENDAR.phase(date(2024, 11, 11)).is_estimated
    assert not CALENDAR.phase(date(2025, 11, 11)).is_estimated


def test_names_are_terms_and_own_names_are_text():
    own = EventSettings(name="店庆", start=date(2026, 3, 20), end=date(2026, 3, 21))
    calendar = load_calendar((own,))
    assert calendar.phase(date(2025, 11, 11)).name == Term("promotion", "double_11")
    assert calendar.phase(date(2025, 10, 1)).name == Term("holiday", "national_day")
    assert calendar.phase(date(2026, 3, 21)).name == "店庆"
    assert calendar.phase(date(2026, 3, 22)).name is None


def test_an_own_event_wins_over_the_tables():
    own = EventSettings(
        name="停业", start=date(2025, 11, 11), end=date(2025, 11, 12), phase="closed"
    )
    calendar = load_calendar((own,))
    found = calendar.phase(date(2025, 11, 11))
    assert (found.phase, found.level, found.is_own) == (Phase.CLOSED, Level.OWN, True)
    assert CALENDAR.phase(date(2025, 11, 11)).phase is Phase.BURST


def test_warm_up_and_encore_are_promotion_days_but_aftermath_and_holidays_are_not():
    assert {phase.value for phase in Phase if phase.is_promotion} == {
        "warmup", "deposit", "balance", "burst", "sale", "encore",
    }  # fmt: skip


def test_worked_weekends_follow_workdays():
    sunday, saturday = date(2025, 9, 28), date(2025, 10, 11)
    assert CALENDAR.is_worked_weekend(sunday)
    assert (CALENDAR.effective_weekday(sunday), CALENDAR.effective_weekday(saturday)) == (0, 4)
    assert CALENDAR.effective_weekday(date(2025, 9, 21)) == 6


def test_many_days_at_once_are_the_days_one_by_one():
    first, last = date(2025, 9, 20), date(2025, 11, 20)
    days = days_between(first, last)
    assert CALENDAR.phases(first, last) == tuple(CALENDAR.phase(day) for day in days)
    assert CALENDAR.effective_weekdays(first, last) == tuple(
        CALENDAR.effective_weekday(day) for day in days
    )
    assert days_between(last, first) == ()


@pytest.mark.parametrize(
    ("day", "earlier"),
    [
        ("2025-11-11", "2024-11-11"),  # main day to main day
        ("2026-02-17", "2025-01-29"),  # lunar new year to lunar new year
        ("2025-10-21", "2024-11-01"),  # first full day of the wave before the last
        ("2025-04-30", None),  # a normal day
    ],
)
def test_events_are_laid_over_each_other_by_phase(day, earlier):
    found = CALENDAR.same_phase_before(date.fromisoformat(day), date(2020, 1, 1))
    assert found == (date.fromisoformat(earlier) if earlier else None)


def test_an_event_out_of_reach_is_not_compared():
    assert CALENDAR.same_phase_before(date(2025, 11, 11), date(2025, 1, 1)) is None


def test_every_edition_lies_in_its_year_and_every_year_has_normal_days():
    for year in range(2020, 2027):
        days = days_between(date(year, 1, 1), date(year, 12, 31))
        normal = sum(CALENDAR.phase(day).phase is Phase.NORMAL for day in days)
        assert normal >= 150
        assert CALENDAR.phase(date(year, 11, 11)).phase is Phase.BURST
        assert CALENDAR.phase(date(year, 6, 18)).phase is Phase.BURST


def test_loading_is_cheap():
    best = min(_seconds() for _ in range(5))
    assert best < 0.05  # 6 to 9 ms on an idle machine


def _seconds() -> float:
    started = time.perf_counter()
    load_calendar()
    return time.perf_counter() - started
