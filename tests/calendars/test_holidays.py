"""The shipped table of holidays against the package it was made from."""

from __future__ import annotations

from datetime import date
from importlib import resources

import pytest

from storeops.calendars import Phase, days_between, load_calendar

holidays = pytest.importorskip("holidays")
import make_holidays  # noqa: E402 (needs the package)


def test_the_shipped_table_is_the_generated_one():
    shipped = resources.files("storeops.calendars").joinpath("holidays.yaml").read_text("utf-8")
    assert make_holidays.table() == shipped


def test_legal_holidays_are_never_normal_days():
    calendar = load_calendar()
    china = holidays.CN(years=range(2020, 2027))
    days = days_between(date(2020, 1, 1), date(2026, 12, 31))
    assert [day for day in days if day in china and calendar.phase(day).phase is Phase.NORMAL] == []
    assert {day for day in days if calendar.is_worked_weekend(day)} == {
        day for day in china.weekend_workdays if 2020 <= day.year <= 2026
    }
    assert calendar.holidays_until == date(2026, 12, 31)
