"""Was it the market? Own change beside the peers' change of the same day.

STATISTICS section 5 with the shop moving one to one with its peers (beta 1, assumed): the peers'
mean is printed without its spread, and a home-page export rarely holds enough joint days to fit.
"""

from __future__ import annotations

import math

import numpy as np

from storeops.calendars import Calendar
from storeops.facts import Window
from storeops.fields import Col
from storeops.metrics.baseline import Choice, Series, choose_days, expect
from storeops.metrics.panel import Days, Floats, by_day, calendar_days
from storeops.metrics.results import MarketView, ShopDay

DELTA = math.log(1.10)
"""A market that moved less than 10 % explains nothing."""
Z_LIMIT = 2.4
_WEAK_Z = 1.5
_METRICS = (Col.PAID_AMOUNT, Col.VISITORS)


def market_view(window: Window, shop_day: ShopDay, calendar: Calendar) -> MarketView:
    """Judge whether the change of the day is the market's, the shop's, or both.

    Paid amount is compared where the peers have it, else visitors.

    Returns:
        ``cause`` unknown when there are no peers, too short a history, or no clear answer.
    """
    days = calendar_days(calendar, window.first_day, window.day)
    for metric in _METRICS:
        figure = shop_day.figure(metric.value)
        lines = _lines(window, metric, days)
        if figure is not None and lines is not None:
            view = _view(lines, days, metric.value)
            if view is not None:
                return _in_yuan(view, shop_day)
    return MarketView(_METRICS[0].value, "unknown")


def _lines(window: Window, metric: Col, days: Days) -> tuple[Floats, Floats] | None:
    """Lay own and peers' figures over the days."""
    shop, peers = window.tables.get("shop_daily"), window.tables.get("peer_daily")
    if shop is None or peers is None or metric not in shop:
        return None
    mine = peers[(peers[Col.METRIC] == metric.value) & (peers[Col.PEER] == "average")]
    return by_day(shop, metric, days), by_day(mine, Col.VALUE, days)


def _view(lines: tuple[Floats, Floats], days: Days, metric: str) -> MarketView | None:
    """Compare both with their baselines over the same days; None without history or the day."""
    own, peers = lines
    usable = days.is_normal & (own > 0) & (peers > 0)
    choice = choose_days(days, len(days) - 1, usable)
    own_change, _ = _surprise(own, None, days, choice)
    market, _ = _surprise(peers, None, days, choice)
    apart, z = _surprise(own, peers, days, choice)
    if math.isnan(own_change + market + apart):
        return None
    return MarketView(
        metric=metric,
        cause=_cause(own_change, market, z),
        own=math.expm1(own_change),
        peers=math.expm1(market),
        z=z,
    )


def _surprise(
    above: Floats, below: Floats | None, days: Days, choice: Choice
) -> tuple[float, float]:
    """Give the log distance of the target day from its baseline, and the same in deviations."""
    unit = np.ones(1)
    matrix = None if below is None else below[None, :]
    series = Series(above=above[None, :], unit=unit, noise=unit, below=matrix)
    expected = expect(series, days, choice)
    distance = float(series.logs()[0, choice.target] - expected.log_center[0])
    return distance, distance / float(expected.spread[0] * expected.caution[0])


def _cause(own: float, market: float, z: float) -> str:
    """Apply the rules: own part significant or not, market moved or not, same way or not."""
    moved = abs(market) >= DELTA
    rest = own - market
    if abs(z) > Z_LIMIT:
        if not moved:
            return "shop"
        return "both" if rest * market > 0 else "against_market"
    if moved:
        return "market" if abs(rest) < DELTA and own * market > 0 else "unknown"
    return "shop" if abs(z) > _WEAK_Z and abs(own) >= DELTA else "unknown"


def _in_yuan(view: MarketView, shop_day: ShopDay) -> MarketView:
    """Share out the change of the paid amount; with visitors only, no yuan is claimed."""
    figure = shop_day.figure(Col.PAID_AMOUNT.value)
    if view.metric != Col.PAID_AMOUNT or figure is None or view.peers is None:
        return view
    if figure.baseline is None or figure.value is None:
        return view
    market_part = figure.baseline * view.peers
    own_part = figure.value - figure.baseline - market_part
    return MarketView(
        metric=view.metric,
        cause=view.cause,
        own=view.own,
        peers=view.peers,
        market_part=market_part,
        own_part=own_part,
        z=view.z,
    )
