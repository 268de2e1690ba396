"""What the return on ads and the refunds of the trailing week will come to."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd

from storeops.facts import Window
from storeops.fields import Col
from storeops.metrics.definitions import METRICS, daily, from_sums, quotient
from storeops.metrics.growing import Expected, GrowingDay, RefundOutlook, ReturnOutlook
from storeops.metrics.maturity import (
    REFUND_DAYS,
    Cohorts,
    cohorts,
    expected,
    expected_in_all,
    learn,
    mature_age,
)
from storeops.metrics.panel import Ints
from storeops.metrics.spend import Slice

TRAILING = 7
"""Days looked at together, as the ads report does."""


def return_outlook(window: Window, chosen: Slice) -> ReturnOutlook | None:
    """Forecast the final return of the trailing week's days that still grow.

    Args:
        window: With the versions of the ads export (grain and attribution window of ``chosen``).
        chosen: The ads export at one grain and with one attribution window.

    Returns:
        Oldest day first; None when no day was ever downloaded twice, or none still grows.
    """
    versions = _versions_of(window, chosen)
    if versions is None:
        return None
    done_at = mature_age(chosen.window)
    past = cohorts(versions, Col.ATTRIBUTED_AMOUNT, done_at)
    amounts = _trailing(window, past)
    spend = chosen.rows.groupby(Col.DATE)[Col.AD_SPEND].sum(min_count=1)
    costs = [float(spend.get(pd.Timestamp(day.day), math.nan)) for day in amounts]
    growing = tuple(
        _per_yuan(day, cost)
        for day, cost in zip(amounts, costs, strict=True)
        if day.age < done_at and cost > 0
    )
    if not growing:
        return None
    orders: tuple[GrowingDay, ...] = ()
    if Col.ATTRIBUTED_ORDERS in versions:
        orders = _trailing(window, cohorts(versions, Col.ATTRIBUTED_ORDERS, done_at))
    wanted = {day.day for day in growing}
    now, week = _week(past, amounts, costs)
    return ReturnOutlook(growing, tuple(day for day in orders if day.day in wanted), now, week)


def refund_outlook(window: Window) -> RefundOutlook | None:
    """Forecast the refunds of the trailing week's orders, by the day they were paid.

    Refunds by the day they were completed are no cohort and do not mature: they are left alone.

    Returns:
        None when the export lacks refunds by payment day, no day was ever downloaded twice, or
        none of these days still grows.
    """
    versions = window.versions.get("shop_daily")
    if versions is None or Col.REFUNDED_AMOUNT_BY_PAYMENT not in versions:
        return None
    past = cohorts(versions, Col.REFUNDED_AMOUNT_BY_PAYMENT, REFUND_DAYS + 1)
    days = _trailing(window, past)
    if not any(day.age <= REFUND_DAYS for day in days):
        return None
    total = expected_in_all(past, _positions(past, days))
    done = np.flatnonzero(~np.isnan(past.final))
    finals = {date.fromordinal(past.first.toordinal() + int(at)): past.final[at] for at in done}
    return RefundOutlook(
        first=days[0].day,
        last=days[-1].day,
        now=math.fsum(day.now for day in days),
        expected=total,
        share=None if total is None else _share(total.value, [day.day for day in days], window),
        share_before=_share(math.fsum(finals.values()), list(finals), window),
    )


def _versions_of(window: Window, chosen: Slice) -> pd.DataFrame | None:
    frame = window.versions.get("ad_daily")
    if frame is None or Col.ATTRIBUTED_AMOUNT not in frame or Col.AD_SPEND not in chosen.rows:
        return None
    mine = frame[(frame[Col.GRAIN] == chosen.grain) & (frame[Col.WINDOW] == chosen.window)]
    return None if mine.empty else mine


def _trailing(window: Window, past: Cohorts) -> tuple[GrowingDay, ...]:
    """Read the trailing days as they stand, each with what it will come to, oldest first."""
    growth = learn(past)
    last = (window.day - past.first).days
    days = range(max(0, last - TRAILING + 1), min(last, len(past.age) - 1) + 1)
    return tuple(
        GrowingDay(
            date.fromordinal(past.first.toordinal() + at),
            int(past.age[at]),
            float(past.latest[at]),
            expected(growth, float(past.latest[at]), int(past.age[at])),
        )
        for at in days
        if past.age[at]
    )


def _per_yuan(day: GrowingDay, cost: float) -> GrowingDay:
    """Turn a day's attributed amount into its return on the day's spend."""
    outlook = None if day.expected is None else _over(day.expected, cost)
    return GrowingDay(day.day, day.age, _return(day.now, cost), outlook)


def _return(amount: float, cost: float) -> float:
    sums = {Col.ATTRIBUTED_AMOUNT.value: amount, Col.AD_SPEND.value: cost}
    return from_sums(METRICS["return_on_ad_spend"], sums) or 0.0


def _over(amount: Expected, cost: float) -> Expected:
    return Expected(
        _return(amount.value, cost),
        _return(amount.low, cost),
        _return(amount.high, cost),
        amount.cohorts,
    )


def _week(
    past: Cohorts, days: Sequence[GrowingDay], costs: Sequence[float]
) -> tuple[float, Expected | None]:
    """Weigh the days by money: sums over sums, over the days whose spend is known."""
    known = [(day, cost) for day, cost in zip(days, costs, strict=True) if not math.isnan(cost)]
    cost = math.fsum(cost for _, cost in known)
    total = expected_in_all(past, _positions(past, [day for day, _ in known]))
    now = math.fsum(day.now for day, _ in known)
    return _return(now, cost), None if total is None else _over(total, cost)


def _positions(past: Cohorts, days: Sequence[GrowingDay]) -> Ints:
    return np.array([(day.day - past.first).days for day in days], dtype=np.intp)


def _share(amount: float, days: Sequence[date], window: Window) -> float | None:
    """Give an amount over the paid amount of some days; None when any of that is not known."""
    frame = window.tables.get("shop_daily")
    if frame is None or not days:
        return None
    paid = daily(METRICS[Col.PAID_AMOUNT], frame)
    mine = paid[frame[Col.DATE].isin([pd.Timestamp(day) for day in days])].dropna()
    return quotient(amount, float(mine.sum())) if len(mine) == len(days) else None
