"""Ads of the account and by scene, for the day and the trailing week."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from storeops.facts import Window
from storeops.fields import Col
from storeops.metrics.blocks import ACCOUNT, COST_PER_CLICK, Family
from storeops.metrics.board import Board
from storeops.metrics.choice import choose_days
from storeops.metrics.decomposition import split_return
from storeops.metrics.definitions import METRICS, from_sums, quotients
from storeops.metrics.maturity import BULK_DAYS
from storeops.metrics.outlook import return_outlook
from storeops.metrics.panel import Bools, Days, Floats, Ints, panel
from storeops.metrics.results import AdFigures, AdLine, AdReport, ReturnSplit, ShopDay
from storeops.metrics.shop import ShopLines
from storeops.metrics.spend import one_grain

WEEK = 7
WEEKS_BEFORE = 28
BUDGET_SHARE = 0.15
"""What ads may spend of the watched budget; members have the rest."""
SIZE = 0.15
"""DOMAIN 4.3: a price per click beyond 15 % of its norm."""
_LEAST_DAYS, _LEAST_CLICKS = 7, 50.0
_TESTS = 4
"""Spend and price per click, of scenes and of plans."""
_COLUMNS = (
    Col.AD_SPEND, Col.IMPRESSIONS, Col.CLICKS, Col.ATTRIBUTED_AMOUNT, Col.ATTRIBUTED_ORDERS,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Ads:
    """Lines (account first, then scenes or plans) as matrices, and the days to compare with."""

    keys: tuple[str, ...]
    lines: dict[str, Floats]
    days: Days
    target: int
    used: Ints
    week: Ints
    weeks_before: Ints


def ad_report(window: Window, shop_day: ShopDay, board: Board) -> AdReport | None:
    """Report spend, clicks, price per click and return.

    One grain and one attribution window are read (see ``spend.one_grain``), because the same
    spend stands in all of them. Plans are listed beside the scenes where their grain is there.

    Returns:
        None when no ads export covers the account.
    """
    chosen = one_grain(window)
    if chosen is None or Col.AD_SPEND not in chosen.rows:
        return None
    ads = _ads(chosen.rows, Col.SCENE_ID, shop_day, board.shop)
    if not len(ads.week):
        return None
    alarms = _alarms(ads, shop_day, board, Family.SCENE)
    names = _names(chosen.rows, Col.SCENE_ID, Col.SCENE)
    lines = [_line(ads, index, names, alarms) for index in range(len(ads.keys))]
    week = ads.days.dates(ads.week)
    return AdReport(
        grain=chosen.grain,
        window=chosen.window,
        other_grains=chosen.other_grains,
        other_windows=chosen.other_windows,
        account=lines[0],
        scenes=_sorted(lines[1:]),
        plans=_plans(shop_day, board),
        week_days=week,
        immature_days=_immature(week, window.day, chosen.window),
        outlook=return_outlook(window, chosen),
    )


def _plans(shop_day: ShopDay, board: Board) -> tuple[AdLine, ...]:
    slice_ = board.slices.get(Family.PLAN)
    if slice_ is None:
        return ()
    ads = _ads(slice_.rows, Col.PLAN_ID, shop_day, board.shop)
    if not len(ads.week):
        return ()
    alarms = _alarms(ads, shop_day, board, Family.PLAN)
    names = _names(slice_.rows, Col.PLAN_ID, Col.PLAN)
    return _sorted([_line(ads, index, names, alarms) for index in range(1, len(ads.keys))])


def _sorted(lines: list[AdLine]) -> tuple[AdLine, ...]:
    return tuple(sorted(lines, key=lambda line: (-line.week.spend, line.key)))


def _ads(rows: pd.DataFrame, key: Col, shop_day: ShopDay, shop: ShopLines) -> _Ads:
    days, target = shop.days, shop.target
    found = panel(rows, key, _COLUMNS, days)
    lines = {}
    for column, matrix in found.matrices.items():
        lines[column] = np.vstack([matrix.sum(axis=0), matrix])
    normal = choose_days(days, target, days.is_normal & found.covered)
    on_record = np.flatnonzero(found.covered)
    chosen_days = {days.index(day) for day in shop_day.days_used}
    used = np.array([index for index in on_record if index in chosen_days], dtype=np.intp)
    earlier = normal.pool[normal.pool <= target - WEEK]
    return _Ads(
        keys=(ACCOUNT, *found.keys),
        lines=lines,
        days=days,
        target=target,
        used=used if len(used) else normal.used,
        week=on_record[on_record > target - WEEK],
        weeks_before=earlier[earlier > target - WEEK - WEEKS_BEFORE],
    )


def _line(ads: _Ads, index: int, names: dict[str, str], alarms: _Alarms) -> AdLine:
    has_day = not np.isnan(ads.lines[Col.AD_SPEND][index, ads.target])
    week = _figures(ads, index, ads.week)
    before = None
    if len(ads.weeks_before) >= _LEAST_DAYS:
        before = _figures(ads, index, ads.weeks_before, days=len(ads.week))
    return AdLine(
        key=ads.keys[index],
        name=names.get(ads.keys[index]),
        day=_figures(ads, index, np.array([ads.target])) if has_day else None,
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


def _alarms(ads: _Ads, shop_day: ShopDay, board: Board, family: Family) -> _Alarms:
    """Judge the day's spend and price per click of every line: size, significance and money."""
    spend = ads.lines[Col.AD_SPEND][:, ads.target]
    z, is_rare, size = _moved(ads, shop_day, board, (family, Col.AD_SPEND))
    worth = np.abs(spend * size / (1 + size)) * np.where(size < 0, _returns(ads), 1.0)
    is_spend = is_rare & (np.abs(size) >= SIZE) & (worth >= shop_day.money_floor)
    is_price = np.zeros(len(spend), dtype=bool)
    if board.reading(family, COST_PER_CLICK) is not None:
        _, is_rare, size = _moved(ads, shop_day, board, (family, COST_PER_CLICK))
        worth = np.abs(spend * size / (1 + size))
        is_price = is_rare & (np.abs(size) >= SIZE) & (worth >= shop_day.money_floor)
        is_price &= ads.lines[Col.CLICKS][:, ads.target] >= _LEAST_CLICKS
    return _Alarms(
        z=z,
        names=tuple(
            Col.AD_SPEND.value if money else COST_PER_CLICK if price else None
            for money, price in zip(is_spend, is_price, strict=True)
        ),
    )


def _returns(ads: _Ads) -> Floats:
    """Give what a yuan less of spend costs in sales, by the trailing days; one at least."""
    amount = ads.lines.get(Col.ATTRIBUTED_AMOUNT)
    if amount is None:
        return np.ones(len(ads.keys))
    spent = np.nansum(ads.lines[Col.AD_SPEND][:, ads.week], axis=1)
    returns = quotients(np.nansum(amount[:, ads.week], axis=1), spent)
    return np.fmax(returns, 1.0)


def _moved(
    ads: _Ads, shop_day: ShopDay, board: Board, block: tuple[Family, str]
) -> tuple[Floats, Bools, Floats]:
    """Give z, whether noise explains it, and the relative change, of every line."""
    reading = board.readings[block]
    where = reading.places(ads.keys)
    p_limit = BUDGET_SHARE * shop_day.budgets.of_watched / (_TESTS * len(ads.keys))
    limits = reading.limits(np.full(len(reading.keys), p_limit))[where]
    z = reading.raw[where]
    with np.errstate(invalid="ignore"):
        return z, np.abs(z) >= limits, np.expm1(reading.moved[where])


def _immature(week: Sequence[date], last: date, window: str) -> tuple[date, ...]:
    """List the days whose orders still grow: the last three, and all inside the window."""
    age = max(BULK_DAYS, int(window) if window.isdigit() else 0)
    return tuple(day for day in week if (last - day).days < age)


def _names(rows: pd.DataFrame, key: Col, name: Col) -> dict[str, str]:
    """Give the newest name of every scene or plan."""
    if name not in rows:
        return {}
    named = rows[rows[name].notna()].drop_duplicates(key, keep="last")
    return dict(zip(named[key].astype(str), named[name].astype(str), strict=True))


def _known(number: float) -> float | None:
    return None if np.isnan(number) else float(number)
