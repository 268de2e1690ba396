"""Calendars: promotions with phases, legal holidays, worked weekends, the user's own events."""

from storeops.calendars.calendar import Calendar, Stretch, days_between
from storeops.calendars.loading import load_calendar
from storeops.calendars.phases import BUILDUP, DayPhase, Grade, Level, Phase

__all__ = [
    "BUILDUP",
    "Calendar",
    "DayPhase",
    "Grade",
    "Level",
    "Phase",
    "Stretch",
    "days_between",
    "load_calendar",
]
