"""The people of a whole week or month as the platform counted them, each one once.

They come from an export of exactly these days. Nothing here is made of days: a sum of daily
visitors is no number of people, so there is no baseline either.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd

from storeops.facts import SHOP_PERIOD, Window
from storeops.fields import Col
from storeops.metrics.change import relative
from storeops.metrics.definitions import METRICS, value
from storeops.metrics.periods import Period
from storeops.metrics.results import MetricDay

BESIDE = {
    "visitors_per_day": "visitors",
    "paid_buyers_per_day": "paid_buyers",
    "conversion_rate": "distinct_conversion_rate",
}
"""Figures made of days, and the one of distinct people that stands behind each."""
_SAME_MONEY = 0.005
"""Part by which a period's own money may differ from that of its days without a word."""


@dataclass(frozen=True, slots=True)
class PeriodPeople:
    """What the platform's export of exactly a period's days says.

    ``figures`` are those that are known, with the period's value and that of the period before
    from an export of its own; ``paid_amount`` is the export's money, in yuan.
    """

    figures: tuple[MetricDay, ...] = field(default=())
    paid_amount: float | None = None

    def beside(self, figures: Sequence[MetricDay]) -> tuple[MetricDay, ...]:
        """Put each figure behind the one of days; what has none of days comes last."""
        mine = {figure.metric: figure for figure in self.figures}
        placed = []
        for figure in figures:
            own = mine.pop(BESIDE.get(figure.metric, ""), None)
            placed += [figure] if own is None else [figure, own]
        return (*placed, *mine.values())

    def amount_off(self, of_days: float | None) -> float | None:
        """Give the relative difference of the export's money from the sum of all days.

        Returns:
            None where it is too small to tell, or where either side is not known.
        """
        off = relative(self.paid_amount, of_days)
        return off if off is not None and abs(off) > _SAME_MONEY else None


def period_people(window: Window, period: Period, before: Period) -> PeriodPeople:
    """Look up the people of a period; an export of other days says nothing of it.

    Args:
        window: Facts of one shop.
        period: The days in question.
        before: The days it is laid beside.
    """
    now, then = _row(window, period), _row(window, before)
    if now is None:
        return PeriodPeople()
    figures = (_figure(name, now, then) for name in BESIDE.values())
    known = tuple(figure for figure in figures if figure.value is not None)
    return PeriodPeople(known, _value("paid_amount", now))


def _row(window: Window, period: Period) -> pd.DataFrame | None:
    frame = window.tables.get(SHOP_PERIOD.name)
    if frame is None:
        return None
    is_last = frame[Col.DATE] == pd.Timestamp(period.last)
    mine = frame[is_last & (frame[Col.DAYS] == str(period.days))]
    return mine if len(mine) else None


def _figure(name: str, now: pd.DataFrame, then: pd.DataFrame | None) -> MetricDay:
    return MetricDay(
        metric=name,
        unit=METRICS[name].unit,
        value=_value(name, now),
        previous_day=None if then is None else _value(name, then),
    )


def _value(name: str, row: pd.DataFrame) -> float | None:
    metric = METRICS[name]
    return value(metric, row) if set(metric.columns) <= set(row.columns) else None
