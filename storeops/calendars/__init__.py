"""Calendars: promotions with phases, legal holidays, worked weekends, the user's own events."""

from storeops.calendars.calendar import (
    Calendar,
    DayPhase,
    Level,
    Phase,
    days_between,
    load_calendar,
)

__all__ = ["Calendar", "DayPhase", "Level", "Phase", "days_between", "load_calendar"]
