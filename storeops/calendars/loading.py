"""The calendar from its tables (``promotions.yaml``, ``holidays.yaml``) and the user's events."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from importlib import resources
from typing import Any

import yaml

from storeops.calendars.calendar import Calendar, Claim
from storeops.calendars.phases import BUILDUP, DayPhase, Level, Phase
from storeops.config import EventSettings

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_ONE_DAY = timedelta(days=1)
_EVENING = " 20:00"
_OUTER_WAVE = 9
"""Warm-up before the whole event is never laid over a warm-up between two waves."""
_MINOR = 1
"""Strength of a minor event: above a build-up, below everything else."""
_RANK = {
    phase: rank
    for rank, phase in enumerate(
        (
            Phase.NORMAL, None, Phase.AFTERMATH, Phase.WARMUP, Phase.HOLIDAY, Phase.ENCORE,
            Phase.SALE, Phase.DEPOSIT, Phase.BALANCE, Phase.BURST, Phase.CLOSED,
        )
    )
}  # fmt: skip
_QIXI = "qixi"


@dataclass(frozen=True, slots=True)
class _Reach:
    """Days before the first and after the last day of an event that it still colours."""

    buildup: int
    warmup: int
    encore: int
    aftermath: int


_REACH = {
    Level.MAJOR: _Reach(buildup=14, warmup=7, encore=3, aftermath=11),
    Level.MIDDLE: _Reach(buildup=0, warmup=3, encore=0, aftermath=3),
    Level.MINOR: _Reach(buildup=0, warmup=0, encore=0, aftermath=0),
}


def load_calendar(events: Iterable[EventSettings] = ()) -> Calendar:
    """Build the calendar from the shipped tables and the user's own events.

    Args:
        events: Events of the configuration; where they overlap they win over the tables, and of
            two that overlap the later one wins.
    """
    holidays, promotions = _table("holidays.yaml"), _table("promotions.yaml")
    festivals = {name: tuple(map(_day, days)) for name, days in holidays["lunar"].items()}
    claims = [*_holidays(holidays["holidays"], festivals)]
    for name, row in promotions.items():
        for year, phases in row["editions"].items():
            edition = DayPhase(
                event=name,
                year=year,
                level=Level(row["level"]),
                is_estimated=year in row["estimated"],
            )
            claims += _edition(edition, phases)
    festivals[_QIXI] = tuple(
        _span(phases["sale"][-1])[1] for phases in promotions[_QIXI]["editions"].values()
    )
    claims += (_own(event) for event in events)
    first = min(claim.first for claim in claims if not claim.what.is_own)
    return Calendar(
        claims,
        frozenset(map(_day, holidays["worked_weekends"])),
        festivals,
        spoken_for=(first.replace(month=1, day=1), _day(holidays["until"])),
    )


def _table(name: str) -> Any:
    text = resources.files("storeops.calendars").joinpath(name).read_text(encoding="utf-8")
    return yaml.load(text, Loader=_Loader)  # noqa: S506 (a safe loader, the C one when built)


def _holidays(
    spans: Mapping[str, list[str]], festivals: Mapping[str, tuple[date, ...]]
) -> Iterator[Claim]:
    """Enter the legal holidays; those of a lunar festival are laid over each other by it."""
    for name, texts in spans.items():
        for text in texts:
            first, last, _ = _span(text)
            inside = [day for day in festivals.get(name, ()) if first <= day <= last]
            what = DayPhase(Phase.HOLIDAY, name, last.year)
            claim = _claim(what, first, last, event=(first, last))
            yield replace(claim, anchor=inside[0]) if inside else claim


def _edition(edition: DayPhase, phases: Mapping[str, list[str]]) -> Iterator[Claim]:
    """Enter one edition of a promotion: its own phases, and the days around it."""
    spans = [
        (Phase(phase), wave, _span(text))
        for phase, texts in phases.items()
        for wave, text in enumerate(reversed(texts))
    ]
    start, end = min(span[0] for *_, span in spans), max(span[1] for *_, span in spans)
    for phase, wave, (first, last, evening) in spans:
        what = replace(edition, phase=phase, wave=wave, starts_at_20h=evening)
        yield _claim(what, first, last, event=(start, end))
    reach = _REACH[edition.level or Level.MINOR]
    before = start - reach.warmup * _ONE_DAY
    after = end + (1 + reach.encore) * _ONE_DAY
    around = (
        (Phase.WARMUP, before, reach.warmup),
        (Phase.ENCORE, end + _ONE_DAY, reach.encore),
        (Phase.AFTERMATH, after, reach.aftermath),
        (Phase.NORMAL, before - reach.buildup * _ONE_DAY, reach.buildup),
    )
    for phase, first, length in around:
        if length:
            outer = replace(
                edition, phase=phase, wave=_OUTER_WAVE, is_buildup=phase is Phase.NORMAL
            )
            yield _claim(outer, first, first + (length - 1) * _ONE_DAY, event=(start, end))


def _own(event: EventSettings) -> Claim:
    """Enter an event of the user; what lies around an event is not part of it."""
    is_buildup = event.phase == BUILDUP
    phase = Phase.NORMAL if is_buildup else Phase(event.phase)
    own = DayPhase(phase, event.name, event.start.year, Level.OWN, is_buildup=is_buildup)
    days = (event.start, event.end)
    if phase in {Phase.NORMAL, Phase.WARMUP}:
        days = (event.end + _ONE_DAY, event.end + _ONE_DAY)
    elif phase in {Phase.ENCORE, Phase.AFTERMATH}:
        days = (event.start - _ONE_DAY, event.start - _ONE_DAY)
    return _claim(own, event.start, event.end, event=days)


def _claim(what: DayPhase, first: date, last: date, *, event: tuple[date, date]) -> Claim:
    return Claim(
        what=what,
        first=first,
        last=last,
        strength=_MINOR if what.level is Level.MINOR else _RANK[what.phase],
        anchor=first + _ONE_DAY if what.starts_at_20h else first,
        event=event,
    )


def _span(text: str) -> tuple[date, date, bool]:
    """Read ``2025-10-20 20:00 / 2025-10-21``; one day may stand alone."""
    start, _, end = text.partition(" / ")
    first = _day(start.removesuffix(_EVENING))
    return first, _day(end) if end else first, start.endswith(_EVENING)


def _day(text: str) -> date:
    return date.fromisoformat(text)
