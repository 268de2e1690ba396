"""Was it the market? The shop's surprise of the day beside its peers' (STATISTICS 5).

Both lines are followed on the same normal days; what each of them did beyond its own expectation
is a surprise. The shop moves with its peers by a beta that is learned from past surprises and
shrunk to one; what is left is the shop's own. Promotions move shops unevenly: there the own part
counts for less.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from storeops.calendars import Calendar
from storeops.facts import Window
from storeops.fields import Col
from storeops.metrics.blocks import HALF, MONEY_NOISE
from storeops.metrics.board import Board, watch
from storeops.metrics.detector import EVENT_SPREAD
from storeops.metrics.filters import Signals, follow
from storeops.metrics.industry_line import peer_line
from storeops.metrics.panel import Bools, Floats, Ints, by_day
from storeops.metrics.results import MarketView, ShopDay

DELTA = math.log(1.10)
"""A market that moved less than 10 % explains nothing."""
Z_LIMIT = 2.4
_WEAK_Z, _Z90 = 1.5, 1.645
_METRICS = (Col.PAID_AMOUNT, Col.VISITORS)
_LEAST_DAYS, _FIT_DAYS = 7, 28
"""Joint normal days for a comparison at all, and for learning a beta (STATISTICS 5)."""
_FITTED_OVER = 90
_PRIOR_SPREAD = 0.5
"""A beta is expected within 1 +- 0.5."""
_POOR = 0.25
"""Standard error beyond which the data say nothing about a beta."""
_TELLING, _FIT_MOVES = 3.0, 4
"""A move of the peers tells when it is so many times their everyday noise; so many are needed."""
_ALIKE = (1.0, 0.15)
"""An assumed beta, and how far it may be off when it is used."""
_INDEXED = (1.35, 0.35)
"""Of an index: from one to one to the steepest exponent of a value over its index."""
_MOVED = 2.2
"""A market moved when it did more than so many times its everyday noise, and 10 % at least."""
_LEAST_NOISE = 0.03
_CLIP = 3.0
_MAD_TO_SD = 1.4826
_SHARE = 0.5
"""What is left of a market move unexplained before it is no longer called the market's."""


@dataclass(frozen=True, slots=True)
class Beta:
    """How much of a peers' move the shop makes; ``noise`` is the spread of its own surprises."""

    value: float
    error: float
    noise: float
    is_assumed: bool


@dataclass(frozen=True, slots=True)
class Surprises:
    """Log surprises of shop and peers on the day, and on the joint normal days before it."""

    own: float
    peers: float
    past_own: Floats
    past_peers: Floats
    is_normal: bool
    is_index: bool = False
    """The peers' line is an index: a value moves by more than its index does."""


@dataclass(frozen=True, slots=True)
class Parts:
    """A shop's log surprise as what its peers let expect and the rest, and the rest's spread."""

    market: float
    rest: float
    spread: float
    beta: Beta


def market_view(
    window: Window, shop_day: ShopDay, calendar: Calendar, board: Board | None = None
) -> MarketView:
    """Judge whether the change of the day is the market's, the shop's, or both.

    Paid amount is compared where the peers have it, else visitors.

    Returns:
        ``cause`` unknown when there are no peers, too short a history, or no clear answer.
    """
    board = board or watch(window, calendar)
    for metric in _METRICS:
        if shop_day.figure(metric.value) is None:
            continue
        surprises = surprise(window, board, metric)
        if surprises is not None:
            return _in_yuan(_view(surprises, metric.value), shop_day)
    return MarketView(_METRICS[0].value, "unknown")


def own_change(view: MarketView) -> float | None:
    """Give what the shop did beyond its market, relative: the two parts multiply to the whole."""
    if view.own is None or view.market is None:
        return None
    return (1 + view.own) / (1 + view.market) - 1


def surprise(window: Window, board: Board, metric: Col) -> Surprises | None:
    """Compare shop and average peer with what each was expected to do.

    Returns:
        None without peers, without the day on both sides, or with too few joint days.
    """
    found = _peers(window, board, metric)
    own = board.shop.lines.get(metric)
    if own is None or found is None:
        return None
    is_index, peers = found
    days = board.shop.days.since(board.start)
    own, usable = own[board.start :], board.shop.usable[board.start :]
    joint = (own > 0) & (peers > 0)
    if not joint[-1] or (usable & joint)[:-1].sum() < _LEAST_DAYS:
        return None
    unit = board.basket if metric is Col.PAID_AMOUNT else 1.0
    moved = _followed(np.stack([own, peers]) / unit, joint & usable, days.weekday, metric)
    moved[:, ~joint] = np.nan
    past = np.flatnonzero((usable & joint)[:-1])[_LEAST_DAYS // 2 :][-_FITTED_OVER:]
    past = past[~np.isnan(moved[:, past]).any(axis=0)]
    return Surprises(
        own=float(moved[0, -1]),
        peers=float(moved[1, -1]),
        past_own=moved[0, past],
        past_peers=moved[1, past],
        is_normal=bool(usable[-1]),
        is_index=is_index,
    )


def _peers(window: Window, board: Board, metric: Col) -> tuple[bool, Floats] | None:
    found = peer_line(window, metric)
    if found is None:
        return None
    mine, is_index = found
    return is_index, by_day(mine, Col.VALUE, board.shop.days.since(board.start))


def _followed(lines: Floats, trains: Bools, weekday: Ints, metric: Col) -> Floats:
    """Give the log surprises of both lines, (2, n_days), expectations from the same days."""
    with np.errstate(invalid="ignore"):
        y = np.log(lines + HALF).astype(np.float32)
    own = MONEY_NOISE if metric is Col.PAID_AMOUNT else 1.0
    track = follow(Signals(y, np.array([own, 0.0], dtype=np.float32)), weekday, trains)
    surprises: Floats = (y - track.expected).astype(np.float64)
    return surprises


def fitted(past_own: Floats, past_peers: Floats, prior: tuple[float, float] = _ALIKE) -> Beta:
    """Learn how much of the peers' moves the shop makes, shrunk to one.

    Only days on which the peers moved beyond their everyday noise tell: in that noise a beta
    would drown (a line with errors of its own pulls every slope to nothing).

    Args:
        past_own: Log surprises of the shop on joint normal days, (n_days,).
        past_peers: Those of the peers.
        prior: The beta that is assumed, and how far it may be off.
    """
    everyday = _everyday(past_peers)
    telling = np.abs(past_peers) > max(_TELLING * everyday, DELTA)
    own, peers = _tamed(past_own)[telling], past_peers[telling]
    assumed, off = prior
    noise = _spread(past_own - assumed * past_peers)
    square, pull = float((peers**2).sum()), (noise / _PRIOR_SPREAD) ** 2
    error = noise / math.sqrt(square + pull)
    if len(past_own) < _FIT_DAYS or telling.sum() < _FIT_MOVES or error > _POOR:
        return Beta(assumed, off, noise, is_assumed=True)
    beta = (float((peers * own).sum()) + assumed * pull) / (square + pull)
    return Beta(beta, error, _spread(past_own - beta * past_peers), is_assumed=False)


def _everyday(values: Floats) -> float:
    """Spread of the ordinary days alone, whatever the others did."""
    return _MAD_TO_SD * float(np.median(np.abs(values))) if len(values) else 0.0


def _tamed(values: Floats) -> Floats:
    """Bound surprises by three robust deviations, so that incidents do not make a beta."""
    reach = _CLIP * _spread(values)
    tamed: Floats = values.clip(-reach, reach)
    return tamed


def _spread(values: Floats) -> float:
    """Robust spread around zero, with more of it when learned from few days."""
    if not len(values):
        return 2 * _LEAST_NOISE
    middle = _MAD_TO_SD * float(np.median(np.abs(values)))
    tail = float(np.quantile(np.abs(values), 0.9)) / _Z90
    return max(_LEAST_NOISE, middle, tail) * math.sqrt(1 + 2 / len(values))


def verdict(surprises: Surprises) -> tuple[str, Parts]:
    """Tell whose a change is, and what of it is the market's."""
    prior = _INDEXED if surprises.is_index else _ALIKE
    beta = fitted(surprises.past_own, surprises.past_peers, prior)
    market = beta.value * surprises.peers
    noise = beta.noise * (1.0 if surprises.is_normal else EVENT_SPREAD)
    parts = Parts(
        market=market,
        rest=surprises.own - market,
        spread=math.hypot(noise, surprises.peers * beta.error),
        beta=beta,
    )
    least = max(DELTA, _MOVED * _everyday(surprises.past_peers))
    return _cause(surprises.own, parts, least), parts


def _view(surprises: Surprises, metric: str) -> MarketView:
    cause, parts = verdict(surprises)
    market, rest, spread = parts.market, parts.rest, parts.spread
    return MarketView(
        metric=metric,
        cause=cause,
        own=math.expm1(surprises.own),
        peers=math.expm1(surprises.peers),
        market=math.expm1(market),
        z=rest / spread,
        own_low=math.expm1(rest - _Z90 * spread),
        own_high=math.expm1(rest + _Z90 * spread),
        beta=parts.beta.value,
        beta_assumed=parts.beta.is_assumed,
        joint_days=len(surprises.past_own),
        is_confirmed=abs(market) >= DELTA and abs(rest) + _Z90 * spread <= DELTA,
    )


def _cause(own: float, parts: Parts, least: float) -> str:
    """Apply the rules: own part significant or not, market moved or not, same way or not."""
    market, rest, spread = parts.market, parts.rest, parts.spread
    moved = abs(market) >= least
    if abs(rest) > Z_LIMIT * spread:
        if not moved:
            return "shop"
        return "both" if rest * market > 0 else "against_market"
    if moved:
        explains = own * market > 0 and abs(rest) <= max(DELTA, _SHARE * abs(market))
        return "market" if explains else "unknown"
    return "shop" if abs(rest) > _WEAK_Z * spread and abs(own) >= DELTA else "unknown"


def _in_yuan(view: MarketView, shop_day: ShopDay) -> MarketView:
    """Share out the change of the paid amount; with visitors only, no yuan is claimed."""
    figure = shop_day.figure(Col.PAID_AMOUNT.value)
    if view.metric != Col.PAID_AMOUNT or figure is None or view.market is None:
        return view
    if figure.baseline is None or figure.value is None:
        return view
    market_part = figure.baseline * view.market
    own_part = figure.value - figure.baseline - market_part
    return replace(view, market_part=market_part, own_part=own_part)
