"""A whole shop with known truth, in memory: cells of day x item x source, so that everything adds up.

Independent of `storeops demo`: what the program is judged by is not what it was made with. A
scenario changes expectations before anything is drawn; the same shop without the change gives the
truth.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
from shoptables import SOURCES, Cells, tables

from storeops.calendars import Calendar, Phase, load_calendar
from storeops.facts import Window

CALENDAR = load_calendar()
SEARCH, FEED, KEYWORD, AUDIENCE, AFFILIATE, CART, MINE, DIRECT, VIDEO = range(9)
_SHARE = np.array([0.36, 0.20, 0.12, 0.08, 0.04, 0.07, 0.05, 0.04, 0.04])
_CONVERTS = np.array([1.05, 0.6, 0.95, 0.7, 1.2, 2.2, 1.6, 1.2, 0.5])
_WEEKDAY = np.array([1.0, 0.97, 0.98, 0.99, 0.96, 1.07, 1.10])
_RATE = 0.032
_UNITS = 1.08
_BASKET = 0.5
_EFFECT = {
    Phase.WARMUP: (1.05, 0.80, 1.5), Phase.DEPOSIT: (1.1, 0.75, 1.6),
    Phase.BALANCE: (1.6, 1.4, 1.1), Phase.BURST: (2.2, 1.6, 1.0), Phase.SALE: (1.25, 1.15, 1.0),
    Phase.ENCORE: (1.1, 1.05, 1.0), Phase.AFTERMATH: (0.93, 0.94, 0.9),
    Phase.HOLIDAY: (0.88, 0.95, 1.0), Phase.CLOSED: (0.3, 0.6, 1.0),
}  # fmt: skip


@dataclass(frozen=True)
class Size:
    """How large a shop is, and what share of the everyday noise it has.

    ``noise`` 1 is a lively shop: visitors of all 6.5 % (a third of it the market's), conversion 5 %, a source
    4 %, an item 5 %; with a hero its paid amount then spreads by about 9 % beside the counts.
    """

    buyers: float = 800.0
    n_items: int = 24
    hero: float = 0.45
    noise: float = 1.0
    n_days: int = 130


def size_of(seed: int, buyers: float, noises: tuple[float, ...] = (0.5, 0.75, 1.0)) -> Size:
    """Choose a shop's shape by its seed: 12 to 40 items, a hero of 30 to 55 %, one of the noises."""
    rng = np.random.default_rng([seed, 7])
    return Size(
        buyers=buyers,
        n_items=int(rng.integers(12, 41)),
        hero=float(rng.uniform(0.30, 0.55)),
        noise=noises[seed % len(noises)],
    )


@dataclass
class World:
    """Expectations of a shop, to be changed by a scenario before anything is drawn.

    Arrays: ``visits`` (T, I, S), ``rate`` (T, I, S) conversion, ``price`` (T, I), ``carts`` (T,),
    ``refunds`` (T,), ``spend`` (T, 4 plans) factor, ``peers`` (T,) what the industry does. ``curve`` (T,) is
    the paid amount that the calendar and the weekday alone make, for an onlooker who knows both;
    ``normal`` (T,) tells ordinary days.
    """

    rng: np.random.Generator
    size: Size
    days: tuple[date, ...]
    visits: np.ndarray
    rate: np.ndarray
    price: np.ndarray
    carts: np.ndarray
    refunds: np.ndarray
    spend: np.ndarray
    peers: np.ndarray
    curve: np.ndarray
    normal: np.ndarray
    blank: set[str] = field(default_factory=set)
    zero: set[str] = field(default_factory=set)


Change = Callable[[World], None]


@dataclass(frozen=True)
class Shop:
    """A drawn shop with its truth in yuan of the last day.

    ``effect`` is what the planted thing is worth (expectation with less expectation without, same
    conditions); ``spread`` one standard deviation of the paid amount of ordinary days, counts
    included; ``oracle`` the impact read by an onlooker who knows the weekday and calendar factors
    and averages the last 21 ordinary days.
    """

    window: Window
    effect: float
    spread: float
    oracle: float
    items: tuple[str, ...]


def world(seed: int, last: date, size: Size, *, calm: bool, calendar: Calendar = CALENDAR) -> World:
    """Lay out what is to be expected of every cell, the conditions of each day included.

    ``calm``: the last day has no conditions of its own, so that its impact has a truth.
    """
    rng = np.random.default_rng(seed)
    t, i, s = size.n_days, size.n_items, len(SOURCES)
    days = tuple(last - timedelta(days=back) for back in range(t - 1, -1, -1))
    phases = [calendar.phase(day).phase for day in days]
    effects = np.array([_EFFECT.get(phase, (1.0, 1.0, 1.0)) for phase in phases])
    weekday = _WEEKDAY[[calendar.effective_weekday(day) for day in days]]
    by_item = _pareto(rng, size)
    mix = _SHARE * np.exp(rng.normal(0, 0.25, (i, s)))
    mix /= mix.sum(axis=1, keepdims=True)
    rates = _RATE * np.exp(rng.normal(0, 0.25, (i, 1))) * _CONVERTS
    rates *= _RATE / (by_item[:, None] * mix * rates).sum()
    level = np.exp(np.cumsum(rng.normal(0, 0.004, t)))
    market = _log_normal(rng, 0.0375 * size.noise, t)
    own = _log_normal(rng, 0.053 * size.noise, (t, 1, 1))
    own = own * _log_normal(rng, 0.04 * size.noise, (t, 1, s))
    own = own * _log_normal(rng, 0.05 * size.noise, (t, i, 1))
    rate_noise = _log_normal(rng, 0.05 * size.noise, (t, 1, 1))
    if calm:
        market[-1] = own[-1] = rate_noise[-1] = 1.0
    known = effects[:, 0] * weekday
    curve = known * level / level[-1] * market
    return World(
        rng=rng, size=size, days=days,
        visits=size.buyers / _RATE * curve[:, None, None] * by_item[:, None] * mix * own,
        rate=rates * effects[:, 1, None, None] * rate_noise,
        price=np.round(rng.lognormal(np.log(110), 0.45, i), 0) * np.ones((t, 1)),
        carts=0.085 * effects[:, 2] * _log_normal(rng, 0.04, t), refunds=np.full(t, 0.14),
        spend=np.ones((t, 4)), peers=known * market,
        curve=known * effects[:, 1], normal=np.array([phase is Phase.NORMAL for phase in phases]),
    )  # fmt: skip


def _pareto(rng: np.random.Generator, size: Size) -> np.ndarray:
    weights = 1 / np.arange(1, size.n_items) ** rng.uniform(0.8, 1.1)
    return np.concatenate([[size.hero], (1 - size.hero) * weights / weights.sum()])


def _log_normal(
    rng: np.random.Generator, spread: float, shape: int | tuple[int, ...]
) -> np.ndarray:
    """Heavy-tailed conditions of days: a t with six degrees of freedom, of the given spread."""
    draw = rng.standard_t(6, shape) * np.sqrt(4 / 6)
    return np.exp(spread * np.clip(draw, -4, 4))


def draw(
    seed: int, last: date, size: Size, change: Change | None = None, *, calm: bool = False
) -> Shop:
    """Draw a shop; ``change`` plants what is to be found."""
    plain, planted = (world(seed, last, size, calm=calm) for _ in range(2))
    if change is not None:
        change(planted)
    return _drawn(planted, plain)


def _paid(one: World) -> np.ndarray:
    return (one.visits * one.rate * one.price[:, :, None]).sum((1, 2)) * _UNITS


def _drawn(one: World, plain: World) -> Shop:
    rng, size = one.rng, one.size
    visitors = rng.poisson(one.visits)
    buyers = rng.binomial(visitors, np.clip(one.rate, 0, 1))
    units = buyers + rng.binomial(buyers, _UNITS - 1)
    wide = np.log1p(_BASKET**2 / np.maximum(buyers, 1))
    ticket = one.price[:, :, None] * np.exp(
        rng.normal(0, 1, units.shape) * np.sqrt(wide) - wide / 2
    )
    amount = np.round(units * ticket, 2)
    carts = rng.binomial(visitors, np.clip(one.carts, 0, 1)[:, None, None])
    drawn = Cells(visitors, buyers, units, amount, carts)
    items = tuple(str(600_000_000_000 + 7 * n + size.n_items) for n in range(size.n_items))
    usual = _paid(plain)
    paid = amount.sum((1, 2))
    window = Window("sim", one.days[0], one.days[-1], tables(one, drawn, items))
    return Shop(
        window=window,
        effect=float(_paid(one)[-1] - usual[-1]),
        spread=_spread(plain, usual),
        oracle=float(paid[-1] - _expected_by_onlooker(plain, paid)),
        items=items,
    )


def _spread(plain: World, usual: np.ndarray) -> float:
    """One standard deviation of the day's paid amount: conditions as drawn, and counts."""
    ordinary = plain.normal[:-1]
    steps = np.log(usual / plain.curve)[:-1][ordinary]
    day = float(np.std(np.diff(steps)) / np.sqrt(2))
    weights = (plain.visits * plain.rate)[-1] * plain.price[-1][:, None]
    squares = (plain.visits * plain.rate)[-1] * (plain.price[-1][:, None] ** 2)
    counts = squares.sum() * (1 + _BASKET**2) / weights.sum() ** 2
    return float(usual[-1] * np.sqrt(day**2 + counts))


def _expected_by_onlooker(plain: World, paid: np.ndarray) -> float:
    days = np.flatnonzero(plain.normal[:-1] & (paid[:-1] > 0))[-21:]
    if not len(days):
        return float("nan")
    return float(np.exp(np.mean(np.log(paid[days] / plain.curve[days]))) * plain.curve[-1])
