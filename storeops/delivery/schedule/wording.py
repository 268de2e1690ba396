"""What has to be said about an entry before it is made."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time

from storeops.delivery.schedule.clock import BEIJING, ClockChange, LocalClock, Slot
from storeops.delivery.schedule.job import Job
from storeops.messages import Message, message


def clock_notes(
    job: Job, clock: LocalClock, slots: tuple[Slot, ...], change: ClockChange | None
) -> Iterator[Message]:
    """Say that times were turned into the machine's, and what summer time does to them."""
    here = tuple(f"{slot.at:%H:%M}" for slot in slots)
    there = tuple(f"{at:%H:%M}" for at in job.times)
    if here != there or change is not None:
        yield message("schedule.converted", there=there, here=here, zone=clock.name)
    if change is not None:
        moved = tuple(f"{_later(at, change):%H:%M}" for at in job.times)
        yield message(
            "schedule.summer_time", zone=clock.name, day=change.day, there=there, moved=moved
        )


def _later(at: time, change: ClockChange) -> datetime:
    return datetime.combine(date(2000, 1, 1), at, BEIJING) + change.later
