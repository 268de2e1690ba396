"""Ads of the account and by scene, for the day and the trailing week."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from storeops.calendars import Calendar
from storeops.facts import Window
from storeops.fields import Col
from storeops.metrics.baseline import HALF, Choice, Series, choose_days, expect
from storeops.metrics.decomposition import split_return
from storeops.metrics.definitions import METRICS, from_sums
from storeops.metrics.maturity import BULK_DAYS
from storeops.metrics.outlook import return_outlook
from storeops.metrics.panel import Days, Floats, Ints, calendar_days, panel
from storeops.metrics.results import AdFigures, AdLine, AdReport, ReturnSplit, ShopDay
from storeops.metrics.spend import Slice, one_grain

WEEK = 7
WEEKS_BEFORE = 28
Z_LIMIT = 3.5
"""Spend is steered by hand: only jumps far beyond its own habit are worth a line."""
SIZE = 0.15
"""DOMAIN 4.3: a price per click beyond 15 % of its norm."""
_LEAST_DAYS, _LEAST_CLICKS = 7, 50.0
_COLUMNS = (
    Col.AD_SPEND, Col.IMPRESSIONS, Col.CLICKS, Col.ATTRIBUTED_AMOUNT, Col.ATTRIBUTED_ORDERS,
)  # fmt: skip
_ACCOUNT = ""


@dataclass(frozen=True, slots=True)
class _Ads:
    """Lines (account first, then scenes) as matrices, and the days to compare with."""

    keys: tuple[str, ...]
    lines: dict[str, Floats]
    days: Days
    choice: Choice
    used: Ints
    week: Ints
    weeks_before: Ints


def ad_report(window: Window, shop_day: ShopDay, calendar: Calendar) -> AdReport | None:
    """Report spend, clicks, price per click and return.

    One grain and one attribution window are read (see ``spend.one_grain``), because the same
    spend stands in all of them.

    Returns:
        None when no ads export covers the account.
    """
    chosen = one_grain(window)
    if chosen is None or Col.AD_SPEND not in chosen.rows:
        return None
    ads = _ads(chosen, window, shop_day, calendar)
    if not len(ads.week):
        return None
    alarms = _alarms(ads, shop_day.money_floor)
    names = _names(chosen)
    lines = [_line(ads, index, names, alarms) for index in range(len(ads.keys))]
    scenes = sorted(lines[1:], key=lambda line: (-line.week.spend, line.key))
    week = ads.days.dates(ads.week)
    return AdReport(
        grain=chosen.grain,
        window=chosen.window,
        other_grains=chosen.other_grains,
        other_windows=chosen.other_windows,
        account=lines[0],
        scenes=tuple(scenes),
        week_days=week,
        immature_days=_immature(week, window.day, chosen.window),
        outlook=return_outlook(window, chosen),
    )


def _ads(chosen: Slice, window: Window, shop_day: ShopDay, calendar: Calendar) -> _Ads:
    days = calendar_days(calendar, window.first_day, window.day)
    found = panel(chosen.rows, Col.SCENE_ID, _COLUMNS, days)
    lines = {}
    for column, matrix in found.matrices.items():
        lines[column] = np.vstack([matrix.sum(axis=0), matrix])
    target = len(days) - 1
    choice = choose_days(days, target, days.is_normal & found.covered)
    on_record = np.flatnonzero(found.covered)
    week = on_record[on_record > target - WEEK]
    earlier = choice.pool[choice.pool <= target - WEEK]
    chosen_days = {days.index(day) for day in shop_day.days_used}
    used = np.array([index for index in on_record if index in chosen_days], dtype=np.intp)
    return _Ads(
        keys=(_ACCOUNT, *found.keys),
        lines=lines,
        days=days,
        choice=choice,
        used=used if len(used) else choice.used,
        week=week,
        weeks_before=earlier[earlier > target - WEEK - WEEKS_BEFORE],
    )


def _line(ads: _Ads, index: int, names: dict[str, str], alarms: _Alarms) -> AdLine:
    target = ads.choice.target
    has_day = not np.isnan(ads.lines[Col.AD_SPEND][index, target])
    week = _figures(ads, index, ads.week)
    before = None
    if len(ads.weeks_before) >= _LEAST_DAYS:
        before = _figures(ads, index, ads.weeks_before, days=len(ads.week))
    return AdLine(
        key=ads.keys[index],
        name=names.get(ads.keys[index]),
        day=_figures(ads, index, np.array([target])) if has_day else None,
        day_before=_figures(ads, index, ads.used, days=1) if len(ads.used) else None,
        week=week,
        week_before=before,
        return_split=_return_split(before, week),
        z=_known(alarms.z[index]),
        is_abnormal=alarms.names[index] is not None,
        alarm=alarms.names[index],
    )


def _figures(ads: _Ads, index: int, where: Ints, days: int | None = None) -> AdFigures:
    """Add up some days of one line; ``days`` scales the sums to that many days."""
    factor = 1.0 if days is None else days / len(where)
    sums = {column: _total(ads, column, index, where, factor) for column in _COLUMNS}
    return AdFigures(
        spend=sums[Col.AD_SPEND] or 0.0,
        impressions=sums[Col.IMPRESSIONS] or 0.0,
        clicks=sums[Col.CLICKS] or 0.0,
        attributed_amount=sums[Col.ATTRIBUTED_AMOUNT],
        attributed_orders=sums[Col.ATTRIBUTED_ORDERS],
        click_through_rate=_rate(ads, "click_through_rate", index, where),
        cost_per_click=_rate(ads, "cost_per_click", index, where),
        click_conversion=_rate(ads, "click_conversion", index, where),
        amount_per_order=_rate(ads, "attributed_order_value", index, where),
        return_on_ad_spend=_rate(ads, "return_on_ad_spend", index, where),
    )


def _total(ads: _Ads, column: str, index: int, where: Ints, factor: float) -> float | None:
    line = ads.lines[column][index, where] if column in ads.lines else np.empty(0)
    known = line[~np.isnan(line)]
    return float(known.sum()) * factor if len(known) else None


def _rate(ads: _Ads, name: str, index: int, where: Ints) -> float | None:
    """Form a ratio over the days on which both its parts are known."""
    above, below = METRICS[name].columns
    if above not in ads.lines or below not in ads.lines:
        return None
    pair = np.stack([ads.lines[above][index, where], ads.lines[below][index, where]])
    sums = pair[:, ~np.isnan(pair).any(axis=0)].sum(axis=1)
    return from_sums(METRICS[name], {above: float(sums[0]), below: float(sums[1])})


def _return_split(before: AdFigures | None, now: AdFigures) -> ReturnSplit | None:
    if before is None:
        return None
    earlier, later = _per_yuan(before), _per_yuan(now)
    return split_return(earlier, later) if earlier and later else None


def _per_yuan(figures: AdFigures) -> tuple[float, float, float] | None:
    """Give clicks, orders and amount per yuan spent."""
    orders, amount = figures.attributed_orders, figures.attributed_amount
    if not figures.spend or orders is None or amount is None:
        return None
    return figures.clicks / figures.spend, orders / figures.spend, amount / figures.spend


@dataclass(frozen=True, slots=True)
class _Alarms:
    """Distance of the day's spend per line, and the figure that is abnormal, if any."""

    z: Floats
    names: tuple[str | None, ...]


def _alarms(ads: _Ads, money_floor: float) -> _Alarms:
    """Judge the day's spend and price per click of every line: size, significance and money."""
    spend = ads.lines[Col.AD_SPEND]
    z, spend_worth, spend_size = _distance(ads, spend, None)
    is_spend = (np.abs(z) >= Z_LIMIT) & (np.abs(spend_size) >= SIZE) & (spend_worth >= money_floor)
    is_price = np.zeros(len(spend), dtype=bool)
    clicks = ads.lines.get(Col.CLICKS)
    if clicks is not None:
        price_z, _, price_size = _distance(ads, spend, clicks)
        today = clicks[:, ads.choice.target]
        worth = np.abs(spend[:, ads.choice.target] * price_size / (1 + price_size))
        is_price = (np.abs(price_z) >= Z_LIMIT) & (np.abs(price_size) >= SIZE)
        is_price &= (today >= _LEAST_CLICKS) & (worth >= money_floor)
    return _Alarms(
        z=z,
        names=tuple(
            Col.AD_SPEND.value if money else "cost_per_click" if price else None
            for money, price in zip(is_spend, is_price, strict=True)
        ),
    )


def _distance(ads: _Ads, above: Floats, below: Floats | None) -> tuple[Floats, Floats, Floats]:
    """Give z, the change in yuan and the relative change of the target day."""
    ones = np.ones(len(above))
    series = Series(above=above, unit=ones, noise=ones, below=below)
    expected = expect(series, ads.days, ads.choice)
    logs = series.logs()[:, ads.choice.target]
    center = np.exp(expected.log_center) - (HALF if below is None else 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        z = (logs - expected.log_center) / (expected.spread * expected.caution)
        size = np.exp(logs - expected.log_center) - 1
    return z, np.abs(above[:, ads.choice.target] - center), size


def _immature(week: Sequence[date], last: date, window: str) -> tuple[date, ...]:
    """List the days whose orders still grow: the last three, and all inside the window."""
    age = max(BULK_DAYS, int(window) if window.isdigit() else 0)
    return tuple(day for day in week if (last - day).days < age)


def _names(chosen: Slice) -> dict[str, str]:
    """Give every scene's newest name."""
    rows = chosen.rows
    if Col.SCENE not in rows:
        return {}
    named = rows[rows[Col.SCENE].notna()].drop_duplicates(Col.SCENE_ID, keep="last")
    return dict(zip(named[Col.SCENE_ID].astype(str), named[Col.SCENE].astype(str), strict=True))


def _known(number: float) -> float | None:
    return None if np.isnan(number) else float(number)
