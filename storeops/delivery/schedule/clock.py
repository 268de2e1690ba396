"""Beijing time by the machine's clock.

Neither cron nor the Windows Task Scheduler knows a zone of its own for one entry: they go by the
machine's. The zone is read from the system, because a ``TZ`` of this shell is none of theirs.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

BEIJING = timezone(timedelta(hours=8))
_LOCALTIME = Path("/etc/localtime")
_TIMEZONE = Path("/etc/timezone")
_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)
_ZERO = timedelta()
_YEAR = 366


@dataclass(frozen=True, slots=True)
class LocalClock:
    """A zone with the name to show; None as zone means the rules Windows applies here."""

    name: str
    zone: tzinfo | None

    def read(self, moment: datetime) -> datetime:
        """Tell what the clock shows at a moment."""
        return moment.astimezone(self.zone)


@dataclass(frozen=True, slots=True)
class Slot:
    """A time on some weekdays (Monday is 0), by one clock."""

    at: time
    days: tuple[int, ...]

    def next(self, clock: LocalClock, now: datetime) -> datetime | None:
        """Give the first moment after ``now``, None without days."""
        today = clock.read(now).date()
        for ahead in range(8):
            naive = datetime.combine(today + ahead * _DAY, self.at)
            moment = naive.replace(tzinfo=clock.zone) if clock.zone else naive.astimezone()
            if moment > now and naive.weekday() in self.days:
                return moment
        return None


SHANGHAI = LocalClock("Asia/Shanghai", BEIJING)


def by_clock(at: time, days: tuple[int, ...], clock: LocalClock, now: datetime) -> Slot:
    """Say a time of Beijing by another clock, as its offset is now; weekdays move along."""
    there = datetime.combine(now.astimezone(BEIJING).date(), at, BEIJING)
    here = clock.read(there)
    moved = (here.date() - there.date()).days
    return Slot(here.time().replace(tzinfo=None), tuple(sorted((day + moved) % 7 for day in days)))


@dataclass(frozen=True, slots=True)
class ClockChange:
    """The day from which a clock differs from now, and by how much its entries come later."""

    day: date
    later: timedelta


def next_change(clock: LocalClock, now: datetime) -> ClockChange | None:
    """Find the next change to or from summer time within a year, None when there is none."""
    offset = clock.read(now).utcoffset()
    for ahead in range(1, _YEAR):
        if clock.read(now + ahead * _DAY).utcoffset() != offset:
            before = now + (ahead - 1) * _DAY
            hours = (clock.read(before + hour * _HOUR) for hour in range(25))
            moment = next(each for each in hours if each.utcoffset() != offset)
            return ClockChange(moment.date(), (offset or _ZERO) - (moment.utcoffset() or _ZERO))
    return None


def machine_clock() -> LocalClock:
    """Read the clock the schedulers of this machine go by."""
    if sys.platform == "win32":
        return LocalClock(datetime.now(UTC).astimezone().tzname() or "", None)
    try:
        with _LOCALTIME.open("rb") as stream:
            zone = ZoneInfo.from_file(stream)
    except (OSError, ValueError):
        return LocalClock("UTC", UTC)
    return LocalClock(_zone_name(zone, datetime.now(UTC)), zone)


def _zone_name(zone: ZoneInfo, now: datetime) -> str:
    """Name a zone as the system does; a name left over from an earlier zone is not shown."""
    parts = _LOCALTIME.resolve().parts
    try:
        if "zoneinfo" in parts:
            name = "/".join(parts[parts.index("zoneinfo") + 1 :])
        else:
            name = _TIMEZONE.read_text(encoding="ascii").strip()
        named = ZoneInfo(name)
    except (OSError, ValueError, ZoneInfoNotFoundError):
        named = None
    moments = (now, now + _YEAR * _DAY / 2)
    if named and all(
        at.astimezone(named).utcoffset() == at.astimezone(zone).utcoffset() for at in moments
    ):
        return name
    return f"UTC{now.astimezone(zone):%z}"
