"""How much of a month falls on each of its days: own weekday times own uplift of event days.

Weights stand on days before the month, so that the target of a day does not move while the month
runs and does not follow what the month brings.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import yaml

from storeops.calendars import Calendar, DayPhase, Grade, Level, Phase, days_between
from storeops.fields import Col
from storeops.metrics.choice import LOOK_BACK, MAX_DAYS, MIN_DAYS, POOL_DAYS
from storeops.metrics.panel import Floats, Ints
from storeops.metrics.shop import ShopLines
from storeops.metrics.target import Basis

_LEAST_BEFORE = 14
"""Ordinary days before the month below which later ones must help."""
_TRUST = 2.0
"""Days of a weekday that count as much as the assumption that all weekdays are alike."""
_LOWEST, _HIGHEST = 0.25, 4.0
"""Limits of a weekday's factor: a tiny shop's median may be next to nothing."""


@dataclass(frozen=True, slots=True)
class DayWeight:
    """One day's share of the month; 1 is an average ordinary day."""

    day: date
    phase: DayPhase
    weight: float
    basis: Basis


@dataclass(frozen=True, slots=True)
class _History:
    """Days that tell what the days of a month are worth.

    ``paid`` and ``known`` are (n_days,) over the window; ``until`` is the position of the first
    day that tells nothing any more.
    """

    shop: ShopLines
    paid: Floats
    weekdays: Floats
    """Factor of each weekday, Monday first; 1 on average."""
    phases: tuple[DayPhase, ...]
    until: int


def month_weights(
    shop: ShopLines, calendar: Calendar, first: date, last: date
) -> tuple[DayWeight, ...]:
    """Weigh the days of a month.

    Args:
        shop: The shop's days; those before the month count, later ones only where they are few.
        calendar: Phases and weekdays.
        first: First day of the month.
        last: Its last day.

    Returns:
        One weight per day, none below zero; zero on closed days.
    """
    history = _history(shop, calendar, first)
    phases = calendar.phases(first, last)
    days = days_between(first, last)
    uplifts = _uplifts(history, calendar, days, phases)
    weekdays = calendar.effective_weekdays(first, last)
    return tuple(
        DayWeight(day, phase, float(history.weekdays[weekday]) * factor, basis)
        for day, phase, weekday, (factor, basis) in zip(
            days, phases, weekdays, uplifts, strict=True
        )
    )


def paid_line(shop: ShopLines) -> Floats:
    """Give the paid amount day by day, NaN where it is not known."""
    return shop.lines.get(Col.PAID_AMOUNT, np.full(len(shop.days), np.nan))


def weekday_factors(values: Floats, weekdays: Ints) -> Floats:
    """Measure how the weekdays of a shop differ.

    Args:
        values: Paid amounts of ordinary days, (n,), all known.
        weekdays: Their weekdays, (n,), Monday is 0.

    Returns:
        One factor per weekday, (7,), 1 on average: the weekday's median over the median of all,
        drawn towards 1 where there are few days.
    """
    overall = float(np.median(values)) if len(values) else 0.0
    factors = np.ones(7)
    if overall <= 0:
        return factors
    for weekday in range(7):
        own = values[weekdays == weekday]
        if len(own):
            ratio = float(np.clip(np.median(own) / overall, _LOWEST, _HIGHEST))
            factors[weekday] = (len(own) * ratio + _TRUST) / (len(own) + _TRUST)
    evened: Floats = factors / factors.mean()
    return evened


def ordinary_days(shop: ShopLines, until: int, most: int = POOL_DAYS) -> Ints:
    """List the last ordinary days with a paid amount before a position, oldest first."""
    usable = shop.usable & ~np.isnan(paid_line(shop))
    return np.flatnonzero(usable[:until])[-most:]


def _history(shop: ShopLines, calendar: Calendar, first: date) -> _History:
    paid = paid_line(shop)
    start = min(max(shop.days.index(first), 0), len(shop.days))
    pool = ordinary_days(shop, start)
    if len(pool) < _LEAST_BEFORE:
        pool = ordinary_days(shop, len(shop.days))
    return _History(
        shop=shop,
        paid=paid,
        weekdays=weekday_factors(paid[pool], shop.days.weekday[pool]),
        phases=calendar.phases(shop.days.first, shop.days.day(len(shop.days) - 1)),
        until=start,
    )


def _uplifts(
    history: _History, calendar: Calendar, days: Sequence[date], phases: Sequence[DayPhase]
) -> Iterator[tuple[float, Basis]]:
    """Give each day's factor; days of one kind of one event share theirs."""
    alike: dict[object, list[date]] = {}
    for day, phase in zip(days, phases, strict=True):
        alike.setdefault(_kind(phase), []).append(day)
    found: dict[object, tuple[float, Basis]] = {}
    for phase in phases:
        kind = _kind(phase)
        if kind not in found:
            found[kind] = _uplift(history, calendar, alike[kind], phase)
        yield found[kind]


def _kind(phase: DayPhase) -> object:
    return (phase.event, phase.year, phase.wave, phase.phase, phase.grade)


def _uplift(
    history: _History, calendar: Calendar, days: Sequence[date], phase: DayPhase
) -> tuple[float, Basis]:
    if phase.phase is Phase.NORMAL:
        return 1.0, Basis.ORDINARY
    if phase.phase is Phase.CLOSED:
        return 0.0, Basis.CLOSED
    earliest = history.shop.days.first
    before = {other for day in days if (other := calendar.same_phase_before(day, earliest))}
    aligned = [history.shop.days.index(day) for day in sorted(before)]
    own = _measured(history, aligned) or _measured(history, _last_alike(history, phase))
    return (assumed(phase), Basis.ASSUMED) if own is None else (own, Basis.OWN)


def _measured(history: _History, where: Sequence[int]) -> float | None:
    """Divide what event days brought by what ordinary days around would have."""
    brought, ordinary = [], []
    for index in where:
        if not 0 <= index < history.until or not history.paid[index] > 0:
            continue
        level = _level_around(history, index)
        if level is not None:
            brought.append(float(history.paid[index]))
            ordinary.append(level * float(history.weekdays[history.shop.days.weekday[index]]))
    return math.fsum(brought) / math.fsum(ordinary) if ordinary else None


def _level_around(history: _History, index: int) -> float | None:
    """Give what an average ordinary day brought around a day; None with less than a week.

    Days after it count as well: at the beginning of the record there are none before it.
    """
    days = ordinary_days(history.shop, history.until, most=len(history.paid))
    near = days[np.argsort(np.abs(days - index), kind="stable")]
    near = near[np.abs(near - index) <= LOOK_BACK][:MAX_DAYS]
    level = level_of(history.paid, near, history.weekdays, history.shop.days.weekday)
    return level if len(near) >= MIN_DAYS and level else None


def level_of(paid: Floats, where: Ints, factors: Floats, weekdays: Ints) -> float | None:
    """Give what an average ordinary day brings: the median with the weekday evened out.

    A shop that sells on fewer than half of its days has a median of nothing; its mean is taken.
    """
    if not len(where):
        return None
    evened = paid[where] / factors[weekdays[where]]
    return float(np.median(evened)) or float(np.mean(evened))


def _last_alike(history: _History, phase: DayPhase) -> list[int]:
    """Find days of the same phase and grade of the last event of the same level.

    A holiday is like no other.
    """
    if phase.level is None:
        return []
    like = [
        (index, other)
        for index, other in enumerate(history.phases[: history.until])
        if (other.phase, other.grade, other.level) == (phase.phase, phase.grade, phase.level)
    ]
    if not like:
        return []
    last = like[-1][1]
    return [i for i, other in like if (other.event, other.year) == (last.event, last.year)]


def assumed(phase: DayPhase) -> float:
    """Give the shipped factor of a promotion day or holiday."""
    table = _table()
    if phase.grade is Grade.NONE:
        holidays: Mapping[str, float] = table["holidays"]
        return float(holidays.get(str(phase.event), holidays["other"]))
    return float(table["grades"][phase.grade.value][(phase.level or Level.OWN).value])


@cache
def _table() -> Any:
    text = resources.files("storeops.metrics").joinpath("weights.yaml").read_text("utf-8")
    return yaml.safe_load(text)
