"""The headline figures of a shop's day: value, expectation, comparisons, and what is abnormal."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

import numpy as np
import pandas as pd

from storeops.calendars import Calendar, DayPhase, Phase
from storeops.facts import Window
from storeops.fields import Col
from storeops.metrics.blocks import MONEY_NOISE
from storeops.metrics.board import Board, watch
from storeops.metrics.budgets import BUDGETS, SHARES, Budgets, Sensitivity
from storeops.metrics.change import relative
from storeops.metrics.choice import Choice, choose_days
from storeops.metrics.completeness import USUAL, gaps, last_complete_day
from storeops.metrics.decomposition import split_paid_amount
from storeops.metrics.definitions import METRICS, Metric
from storeops.metrics.judging import Bands, Judged, judge
from storeops.metrics.market import surprise
from storeops.metrics.panel import Floats, Ints
from storeops.metrics.results import (
    BaselineKind,
    MarketView,
    MetricDay,
    PaidSplit,
    ShopDay,
    Stage,
    Totals,
)
from storeops.metrics.shop import HEADLINES, ShopLines

__all__ = ["ALARMED", "HEADLINES", "OWN_MONEY", "headline", "last_complete_day", "stage_of"]

ALARMED = frozenset(SHARES)
"""Figures that can make a day abnormal; the others are shown with their range."""
TREND_DAYS = 28
OWN_MONEY = ("paid_amount", "refunded_amount", "ad_spend")
_BANDS = {Stage.START: 0.30, Stage.GROWING: 0.15, Stage.MATURE: 0.08}
_SMALL_SALES, _LARGE_SALES = 3000.0, 30000.0
_SMALL_BUYERS, _MANY_BUYERS = 30.0, 300.0
_STAGE_DAYS = 30
_MONEY_SHARE, _MONEY_FLOOR = 0.01, 200.0
_SOFT = frozenset({Phase.SALE, Phase.AFTERMATH, Phase.HOLIDAY})
"""Phases near enough to normal that a deep fall below normal is still worth a word."""
_STANDSTILL = "spring_festival"
_OWN_Z = 3.5
"""Distance of the shop from its peers that alone makes a day abnormal."""
_PEER_SPREAD = 0.35
"""Least uncertainty, on the log scale, of the peers' rise as a measure of the shop's."""
_EVENT_LIMIT, _EVENT_SPREAD = 2.8, 0.30
"""Least uncertainty, on the log scale, of last time's event day as a measure of this one."""

StageSetting = Literal["auto", "start", "growing", "mature"]


def headline(
    window: Window,
    calendar: Calendar,
    stage: StageSetting = "auto",
    *,
    board: Board | None = None,
    budgets: Budgets = BUDGETS[Sensitivity.NORMAL],
) -> ShopDay:
    """Compute the headline figures of the window's last day and judge them.

    Args:
        window: Facts of one shop; ``window.day`` is the day to judge, earlier days its history.
        calendar: Phases of the days.
        stage: Size of the shop; auto measures it over the last 30 normal days.
        board: All series of the window, followed already; None follows them here.
        budgets: How many false alarms are put up with.

    Returns:
        Figures in the order of ``HEADLINES``, as far as the tables carry them.
    """
    board = board or watch(window, calendar)
    shop = board.shop
    choice = choose_days(shop.days, shop.target, shop.usable)
    phase = calendar.phase(window.day)
    size = stage_of(shop, choice) if stage == "auto" else Stage(stage)
    bands = Bands(_BANDS[size], budgets, is_soft=_is_soft(phase))
    metrics = [METRICS[name] for name in HEADLINES]
    judged, kind = judge(board, bands), choice.kind
    event = _event(shop, calendar, phase)
    if event is not None:
        judged = _against_event(shop, metrics, event)
    elif not (phase.phase is Phase.NORMAL or _is_soft(phase)):
        beside = _beside_peers(window, board, judged) if phase.phase.is_promotion else {}
        judged = {name: replace(one, low=None, high=None) for name, one in judged.items()} | beside
        kind = BaselineKind.PEERS if beside else kind
    money_floor = _money_floor(judged)
    missing = () if phase.phase is Phase.CLOSED else gaps(_keys(shop), shop.target, shop.usable)
    now, before = _totals(shop, judged)
    split = split_paid_amount(before, now) if before and now else None
    limit = math.inf if missing else money_floor
    return ShopDay(
        day=window.day,
        phase=phase,
        stage=size,
        kind=BaselineKind.EVENT if event is not None else kind,
        days_used=shop.days.dates(choice.used if event is None else np.array([event])),
        normal_days=int(shop.usable[: shop.target].sum()),
        figures=_figures(shop, judged, peers=_peers(window), split=split, limit=limit),
        gaps=missing,
        band=bands.size,
        money_floor=money_floor,
        now=now,
        before=before,
        split=split,
        is_judged=_has_range(judged),
        pool=shop.days.dates(choice.pool),
        budgets=budgets,
    )


def beside_market(day: ShopDay, market: MarketView) -> ShopDay:
    """Let the paid amount be abnormal by what the shop did beside its peers.

    A fall of a fifth while all peers rise is hidden neither by the noise of the market nor by its
    growth: it counts when the own part is beyond doubt and the change itself large enough.
    """
    paid = day.figure("paid_amount")
    if paid is None or paid.low is None or day.is_abnormal or market.metric != paid.metric:
        return day
    is_large = paid.change is not None and abs(paid.change) >= day.band
    is_worth = paid.impact is not None and abs(paid.impact) >= day.money_floor
    own = market.z or 0.0
    if not (is_large and is_worth and abs(own) >= _OWN_Z and own * (paid.change or 0) > 0):
        return day
    figures = (replace(f, is_abnormal=True) if f is paid else f for f in day.figures)
    return replace(day, figures=tuple(figures))


def _keys(shop: ShopLines) -> dict[str, Floats]:
    unknown = np.full(len(shop.days), np.nan)
    return {str(column): shop.lines.get(column, unknown) for column in USUAL}


def _is_soft(phase: DayPhase) -> bool:
    return phase.phase in _SOFT and phase.event != _STANDSTILL


def stage_of(shop: ShopLines, choice: Choice) -> Stage:
    """Guess the size of the shop from its last normal days (DOMAIN 4.2)."""
    last = choice.pool[-_STAGE_DAYS:]
    sales, buyers = _mean(shop, Col.PAID_AMOUNT, last), _mean(shop, Col.PAID_BUYERS, last)
    if sales < _SMALL_SALES or buyers < _SMALL_BUYERS:
        return Stage.START
    if buyers > _MANY_BUYERS or (math.isnan(buyers) and sales > _LARGE_SALES):
        return Stage.MATURE
    return Stage.GROWING


def _mean(shop: ShopLines, column: str, where: Ints) -> float:
    known = shop.lines[column][where] if column in shop.lines else np.empty(0)
    known = known[~np.isnan(known)]
    return float(known.mean()) if len(known) else math.nan


def _event(shop: ShopLines, calendar: Calendar, phase: DayPhase) -> int | None:
    """Find the same phase day of the previous comparable event among the complete days."""
    if phase.phase is Phase.NORMAL:
        return None
    other = calendar.same_phase_before(shop.days.day(shop.target), shop.days.first)
    if other is None:
        return None
    index = shop.days.index(other)
    key = shop.lines.get(Col.PAID_AMOUNT)
    return index if key is not None and key[index] > 0 else None


def _against_event(shop: ShopLines, metrics: Sequence[Metric], event: int) -> dict[str, Judged]:
    """Expect what the event brought last time, give or take a wide range."""
    names = dict.fromkeys([str(c) for metric in metrics for c in metric.columns])
    values = {name: shop.lines[name] for name in names if name in shop.lines}
    values |= {metric.name: shop.metric(metric) for metric in metrics if shop.has(metric)}
    spread = _with_counts(_EVENT_SPREAD, 2.0, shop.at(Col.PAID_BUYERS, event))
    return {
        str(name): _around(float(line[event]), float(line[shop.target]), spread)
        for name, line in values.items()
    }


def _beside_peers(window: Window, board: Board, judged: Mapping[str, Judged]) -> dict[str, Judged]:
    """Expect of a promotion what the peers' rise lets expect, give or take a wide range.

    Shops rise unevenly: only a shop that stayed far behind its peers, or left them far behind, is
    worth a word.
    """
    found = {}
    for column in (Col.PAID_AMOUNT, Col.VISITORS):
        seen = surprise(window, board, column)
        usual = judged[column].center if column in judged else None
        value = board.shop.at(column, board.shop.target)
        if seen is None or not usual or value is None:
            continue
        spread = _with_counts(_PEER_SPREAD, 1.0, _center(judged, Col.PAID_BUYERS))
        found[str(column)] = _around(usual * math.exp(seen.peers), value, spread)
    return found if Col.PAID_AMOUNT in found else {}


def _center(judged: Mapping[str, Judged], name: str) -> float | None:
    return judged[name].center if name in judged else None


def _with_counts(spread: float, times: float, buyers: float | None) -> float:
    """Widen a spread by the noise of so many buyers' money, once or on both sides."""
    return math.hypot(spread, math.sqrt(times * MONEY_NOISE / max(buyers or 0.0, 1.0)))


def _around(center: float, value: float, spread: float) -> Judged:
    if math.isnan(center) or center <= 0:
        return Judged()
    reach = math.exp(_EVENT_LIMIT * spread)
    z = math.log(value / center) / spread if value > 0 else None
    return Judged(center, center / reach, center * reach, z, visible=1 - 1 / reach)


def _money_floor(judged: Mapping[str, Judged]) -> float:
    """Give the least yuan worth a word: 1 % of normal daily sales, at least 200 (DOMAIN 4.2)."""
    sales = judged.get(Col.PAID_AMOUNT)
    usual = sales.center if sales and sales.center else 0.0
    return max(_MONEY_SHARE * usual, _MONEY_FLOOR)


def _has_range(judged: Mapping[str, Judged]) -> bool:
    return any(judged[name].low is not None for name in ALARMED if name in judged)


def _totals(shop: ShopLines, judged: Mapping[str, Judged]) -> tuple[Totals | None, Totals | None]:
    """Give visitors, buyers and amount of the day and of its baseline."""
    keys = (Col.VISITORS, Col.PAID_BUYERS, Col.PAID_AMOUNT)
    if not all(key in judged for key in keys):
        return None, None
    now = [_at(shop.lines[key], shop.target) for key in keys]
    before = [judged[key].center for key in keys]
    return _three(now), _three(before)


def _three(numbers: Sequence[float | None]) -> Totals | None:
    known = [number for number in numbers if number is not None]
    return Totals(*known) if len(known) == len(numbers) else None


def _peers(window: Window) -> dict[str, float]:
    """Give the average peer's figures of the day."""
    frame = window.tables.get("peer_daily")
    if frame is None:
        return {}
    mine = frame[(frame[Col.DATE] == pd.Timestamp(window.day)) & (frame[Col.PEER] == "average")]
    return dict(zip(mine[Col.METRIC].astype(str), mine[Col.VALUE].astype(float), strict=True))


def _figures(
    shop: ShopLines,
    judged: Mapping[str, Judged],
    *,
    peers: Mapping[str, float],
    split: PaidSplit | None,
    limit: float,
) -> tuple[MetricDay, ...]:
    """Build the figures; a change counts when it leaves the range and is worth ``limit`` yuan."""
    parts = dict(split.parts) if split else {}
    figures = []
    for metric in (METRICS[name] for name in HEADLINES if shop.has(METRICS[name])):
        figure = _figure(shop, metric, judged[metric.name], peers.get(metric.name))
        impact = _impact(figure, parts)
        is_large = impact is not None and abs(impact) >= limit
        is_abnormal = is_large and metric.name in ALARMED and _is_outside(figure)
        figures.append(replace(figure, impact=impact, is_abnormal=is_abnormal))
    return tuple(figures)


def _figure(shop: ShopLines, metric: Metric, judged: Judged, peer: float | None) -> MetricDay:
    line = shop.metric(metric)
    value = _at(line, shop.target)
    return MetricDay(
        metric=str(metric.name),
        unit=metric.unit,
        value=value,
        baseline=judged.center,
        low=judged.low,
        high=judged.high,
        z=judged.z,
        p=judged.p,
        visible=judged.visible,
        previous_day=_at(line, shop.target - 1),
        same_weekday=_at(line, shop.target - 7),
        peer=None if peer is None or math.isnan(peer) else peer,
        change=relative(value, judged.center),
        trend=tuple(_at(line, shop.target - back) for back in range(TREND_DAYS - 1, -1, -1)),
    )


def _impact(figure: MetricDay, parts: Mapping[str, float]) -> float | None:
    """Give the worth of a change in yuan: by the exact split, or as it stands for money."""
    if figure.value is None or figure.baseline is None:
        return None
    if figure.metric in OWN_MONEY:
        return figure.value - figure.baseline
    return parts.get(figure.metric)


def _is_outside(figure: MetricDay) -> bool:
    if figure.value is None:
        return False
    is_low = figure.low is not None and figure.value < figure.low
    return is_low or (figure.high is not None and figure.value > figure.high)


def _at(line: Floats, index: int) -> float | None:
    if index < 0 or np.isnan(line[index]):
        return None
    return float(line[index])
