"""A period beside others: the one before, normal days, the average before, last year."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np

from storeops.calendars import Calendar
from storeops.metrics.definitions import METRICS, Metric
from storeops.metrics.panel import Ints
from storeops.metrics.period_figures import PeriodFigures, comparable
from storeops.metrics.period_ground import Ground, averaged, beside
from storeops.metrics.periods import days_of, year_before

COMPARED = (
    "paid_amount", "visitors_per_day", "conversion_rate", "amount_per_buyer", "refunded_amount",
    "ad_spend", "ad_cost_share",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One line: which stretch, its days, and the metrics of ``COMPARED``, None where not known.

    ``name`` is now, before, normal, average or year. Sums are brought to as many days as are known
    of the period wherever days are missing.
    """

    name: str
    first: date | None
    last: date | None
    days: int
    values: tuple[float | None, ...]


def against(ground: Ground, calendar: Calendar, figures: PeriodFigures) -> tuple[Line, ...]:
    """Lay a period beside others; a line nothing is known of is left out."""
    period, last = figures.period, figures.before
    others = comparable(ground, period)
    told = {figure.metric: figure for figure in figures.figures}

    def values(one: Callable[[Metric], float | None]) -> tuple[float | None, ...]:
        return tuple(one(METRICS[name]) for name in COMPARED)

    def figure(attribute: str) -> tuple[float | None, ...]:
        return tuple(getattr(told.get(name), attribute, None) for name in COMPARED)

    average = values(lambda metric: averaged(ground, metric, period, others))
    year, days = _last_year(ground, calendar, figures)
    lines = (
        Line("now", period.first, period.last, figures.known_days, figure("value")),
        Line(
            "before", last.first, last.last, last.days,
            values(lambda metric: beside(ground, metric, period, last)),
        ),
        Line("normal", None, None, figures.known_days, figure("baseline")),
        Line("average", None, None, len(others), average),
        Line(
            "year",
            ground.days.day(int(days[0])) if len(days) else None,
            ground.days.day(int(days[-1])) if len(days) else None,
            len(days),
            year,
        ),
    )  # fmt: skip
    return tuple(line for line in lines if any(value is not None for value in line.values))


def _last_year(
    ground: Ground, calendar: Calendar, figures: PeriodFigures
) -> tuple[tuple[float | None, ...], Ints]:
    """Take the same month of last year, or its days laid over each other; all or nothing."""
    nothing = tuple(None for _ in COMPARED)
    period = figures.period
    same = year_before(period)
    if same is not None:
        days: list[date | None] = list(days_of(same))
    else:
        days = [calendar.year_before(day) for day in days_of(period)]
    known = sorted({ground.days.index(day) for day in days if day is not None})
    where = np.array([index for index in known if index >= 0], dtype=np.intp)
    is_whole = len(where) == len(days) and bool(ground.whole[where].all()) and not figures.missing
    if not is_whole:
        return nothing, where[:0]
    return tuple(ground.value(METRICS[name], where) for name in COMPARED), where
