"""Ads of a period: what was spent, what came of it, and which days' sales still grow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from storeops.facts import Window
from storeops.fields import Col
from storeops.metrics.definitions import METRICS, value
from storeops.metrics.maturity import mature_age
from storeops.metrics.periods import Period, days_of
from storeops.metrics.spend import one_grain


@dataclass(frozen=True, slots=True)
class AdStretch:
    """One line over some days: yuan, and ratios of sums; None where not known."""

    days: int
    spend: float | None
    clicks: float | None
    attributed_amount: float | None
    cost_per_click: float | None
    return_on_ad_spend: float | None


@dataclass(frozen=True, slots=True)
class PeriodAdLine:
    """The account (key "") or one scene, in the period and in the one before.

    Both cover the same places of their periods where days are missing.
    """

    key: str
    name: str | None
    now: AdStretch
    before: AdStretch | None

    @property
    def change(self) -> float | None:
        """Yuan of spend against the period before."""
        if self.before is None or self.now.spend is None or self.before.spend is None:
            return None
        return self.now.spend - self.before.spend


@dataclass(frozen=True, slots=True)
class PeriodAds:
    """Ads at one grain and with one attribution window, the largest spend first.

    ``immature`` are days of the period whose attributed sales still grow, judged by the last day
    the ads export has.
    """

    window: str
    lines: tuple[PeriodAdLine, ...]
    days: int
    days_before: int
    immature: tuple[date, ...]

    @property
    def account(self) -> PeriodAdLine:
        """Give all scenes together."""
        return self.lines[0]


def period_ads(window: Window, period: Period, earlier: Period) -> PeriodAds | None:
    """Report the ads of a period beside the one before.

    Returns:
        None when no ads export covers the account on any day of the period.
    """
    chosen = one_grain(window)
    if chosen is None or Col.AD_SPEND not in chosen.rows:
        return None
    rows = chosen.rows
    present = {stamp.date() for stamp in pd.DatetimeIndex(rows[Col.DATE].unique())}
    now, then = _beside(period, earlier, present)
    here = [day for day in days_of(period) if day in present]
    if not here:
        return None
    last, age = max(present), mature_age(chosen.window)
    keys = ["", *sorted(rows[rows[Col.DATE].isin(_stamps(here))][Col.SCENE_ID].unique())]
    lines = [_line(rows, str(key), (here, now, then)) for key in keys]
    lines[1:] = sorted(lines[1:], key=lambda line: (-(line.now.spend or 0.0), line.key))
    return PeriodAds(
        window=chosen.window,
        lines=tuple(lines),
        days=len(here),
        days_before=len(then),
        immature=tuple(day for day in here if (last - day).days + 1 < age),
    )


def _beside(period: Period, earlier: Period, present: set[date]) -> tuple[list[date], list[date]]:
    """Give the days to compare: all of both periods, or those in the same place of both."""
    here, there = list(days_of(period)), list(days_of(earlier))
    if present.issuperset(here) and present.issuperset(there):
        return here, there
    pairs = [(a, b) for a, b in zip(here, there, strict=False) if a in present and b in present]
    return [a for a, _ in pairs], [b for _, b in pairs]


def _stamps(days: list[date]) -> list[pd.Timestamp]:
    return [pd.Timestamp(day) for day in days]


def _line(
    rows: pd.DataFrame, key: str, days: tuple[list[date], list[date], list[date]]
) -> PeriodAdLine:
    here, now, then = days
    mine = rows if not key else rows[rows[Col.SCENE_ID] == key]
    times = len(here) / len(now) if now else 1.0
    return PeriodAdLine(
        key=key,
        name=_name(mine) if key else None,
        now=_stretch(mine, here, 1.0),
        before=_stretch(mine, then, times) if then else None,
    )


def _stretch(rows: pd.DataFrame, days: list[date], times: float) -> AdStretch:
    """Add up some days of a line; sums are brought to as many days as the period has."""
    mine = rows[rows[Col.DATE].isin(_stamps(days))]

    def total(name: str) -> float | None:
        found = value(METRICS[name], mine)
        return None if found is None else found * times

    return AdStretch(
        days=len(days),
        spend=total("ad_spend"),
        clicks=total("clicks"),
        attributed_amount=total("attributed_amount"),
        cost_per_click=value(METRICS["cost_per_click"], mine),
        return_on_ad_spend=value(METRICS["return_on_ad_spend"], mine),
    )


def _name(rows: pd.DataFrame) -> str | None:
    if Col.SCENE not in rows:
        return None
    named = rows[Col.SCENE].dropna()
    return str(named.iloc[-1]) if len(named) else None
