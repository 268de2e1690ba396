"""A whole shop with known truth, in memory: cells of day x item x source that everything adds up.

Independent of `storeops demo`: what the program is judged by is not what it was made with. A
scenario changes expectations of the last days; the same draw without the change is not needed, as
the expectations themselves are kept (``truth``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
import pandas as pd

from storeops.calendars import Calendar, Phase, load_calendar
from storeops.facts import Window

CALENDAR = load_calendar()
SOURCES = (
    "平台流量 > 手淘搜索", "平台流量 > 手淘推荐", "广告流量 > 关键词推广",
    "广告流量 > 精准人群推广", "广告流量 > 淘宝客", "自主访问 > 购物车",
    "自主访问 > 我的淘宝", "自主访问 > 店铺直接访问", "平台流量 > 短视频",
)  # fmt: skip
SEARCH, FEED, KEYWORD, AUDIENCE, AFFILIATE, CART = range(6)
VIDEO = 8
_SHARE = np.array([0.36, 0.20, 0.12, 0.08, 0.04, 0.07, 0.05, 0.04, 0.04])
_CONVERTS = np.array([1.05, 0.6, 0.95, 0.7, 1.2, 2.2, 1.6, 1.2, 0.5])
_WEEKDAY = np.array([1.0, 0.97, 0.98, 0.99, 0.96, 1.07, 1.10])
_RATE = 0.032
_EFFECT = {
    Phase.WARMUP: (1.05, 0.80, 1.5), Phase.DEPOSIT: (1.1, 0.75, 1.6),
    Phase.BALANCE: (1.6, 1.4, 1.1), Phase.BURST: (2.2, 1.6, 1.0), Phase.SALE: (1.25, 1.15, 1.0),
    Phase.ENCORE: (1.1, 1.05, 1.0), Phase.AFTERMATH: (0.93, 0.94, 0.9),
    Phase.HOLIDAY: (0.88, 0.95, 1.0), Phase.CLOSED: (0.3, 0.6, 1.0),
}  # fmt: skip


@dataclass(frozen=True)
class Size:
    """How large and how noisy a shop is."""

    buyers: float = 800.0
    n_items: int = 24
    hero: float = 0.45
    shop_noise: float = 0.035
    source_noise: float = 0.03
    item_noise: float = 0.04
    rate_noise: float = 0.03
    peer_noise: float = 0.04
    n_days: int = 130


@dataclass
class World:
    """Expectations of a shop, to be changed by a scenario before anything is drawn.

    Arrays: ``visits`` (T, I, S), ``rate`` (T, I, S) conversion, ``price`` (T, I), ``market`` (T,)
    factor of the industry (already in ``visits``), ``carts`` (T,), ``refunds`` (T,), ``spend``
    (T, 4 plans) factor, ``peers`` (T,) what the peers' line knows of the market.
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
    blank: set[str] = field(default_factory=set)
    zero: set[str] = field(default_factory=set)


Change = Callable[[World], None]


@dataclass(frozen=True)
class Shop:
    """A drawn shop: the window, and the noise-free paid amount of the last day with and without."""

    window: Window
    expected: float
    usual: float
    spread: float
    items: tuple[str, ...]


def world(seed: int, last: date, size: Size, *, calm: bool, calendar: Calendar = CALENDAR) -> World:
    """Lay out what is to be expected of every cell, noise of days included.

    ``calm``: the last day has no day noise, so that its truth is what was planted.
    """
    rng = np.random.default_rng(seed)
    t, i, s = size.n_days, size.n_items, len(SOURCES)
    days = tuple(last - timedelta(days=back) for back in range(t - 1, -1, -1))
    effects = np.array([_EFFECT.get(calendar.phase(day).phase, (1.0, 1.0, 1.0)) for day in days])
    weekday = _WEEKDAY[[calendar.effective_weekday(day) for day in days]]
    weights = 1 / np.arange(1, i) ** rng.uniform(0.8, 1.1)
    by_item = np.concatenate([[size.hero], (1 - size.hero) * weights / weights.sum()])
    mix = _SHARE * np.exp(rng.normal(0, 0.25, (i, s)))
    mix /= mix.sum(axis=1, keepdims=True)
    rates = _RATE * np.exp(rng.normal(0, 0.25, (i, 1))) * _CONVERTS
    rates *= _RATE / (by_item[:, None] * mix * rates).sum()
    level = np.exp(np.cumsum(rng.normal(0, 0.006, t)))
    market = np.exp(rng.normal(0, 0.02, t))
    noise = _log_normal(rng, size.shop_noise, (t, 1, 1))
    noise = noise * _log_normal(rng, size.source_noise, (t, 1, s))
    noise = noise * _log_normal(rng, size.item_noise, (t, i, 1))
    rate_noise = _log_normal(rng, size.rate_noise, (t, 1, 1))
    if calm:
        market[-1] = noise[-1] = rate_noise[-1] = 1.0
    curve = effects[:, 0] * weekday * level / level[-1] * market
    visits = size.buyers / _RATE * curve[:, None, None] * by_item[:, None] * mix * noise
    rate = rates * effects[:, 1, None, None] * rate_noise
    price = np.round(rng.lognormal(np.log(110), 0.45, i), 0) * np.ones((t, 1))
    return World(
        rng=rng, size=size, days=days, visits=visits, rate=rate, price=price,
        carts=0.085 * effects[:, 2] * _log_normal(rng, 0.04, t), refunds=np.full(t, 0.14),
        spend=np.ones((t, 4)), peers=curve / level * level[-1],
    )  # fmt: skip


def _log_normal(
    rng: np.random.Generator, spread: float, shape: int | tuple[int, ...]
) -> np.ndarray:
    """Heavy-tailed day noise: a t with six degrees of freedom, of the given spread."""
    draw = rng.standard_t(6, shape) * np.sqrt(4 / 6)
    return np.exp(spread * np.clip(draw, -4, 4))


def draw(seed: int, last: date, size: Size, change: Change | None = None) -> Shop:
    """Draw a shop; ``change`` plants what is to be found."""
    calm = change is not None
    plain, planted = (world(seed, last, size, calm=calm) for _ in range(2))
    if change is not None:
        change(planted)
    return _drawn(planted, plain)


def _paid(one: World) -> float:
    return float((one.visits[-1] * one.rate[-1] * one.price[-1][:, None]).sum() * 1.08)


def _drawn(one: World, plain: World) -> Shop:
    rng, size = one.rng, one.size
    visitors = rng.poisson(one.visits)
    buyers = rng.binomial(visitors, np.clip(one.rate, 0, 1))
    units = buyers + rng.binomial(buyers, 0.08)
    ticket = one.price[:, :, None] * np.exp(
        rng.normal(0, 0.25, units.shape) / np.sqrt(np.maximum(units, 1))
    )
    amount = np.round(units * ticket, 2)
    carts = rng.binomial(visitors, np.clip(one.carts, 0, 1)[:, None, None])
    items = tuple(str(600_000_000_000 + 7 * n + size.n_items) for n in range(size.n_items))
    stamps = pd.DatetimeIndex([pd.Timestamp(day) for day in one.days]).as_unit("s")
    tables = {
        "shop_daily": _shop_daily(one, stamps, visitors, buyers, units, amount, carts),
        "item_daily": _members(
            stamps,
            items,
            "item_id",
            visitors.sum(2),
            buyers.sum(2),
            amount.sum(2),
            units.sum(2),
            carts.sum(2),
        ),
        "source_daily": _members(
            stamps,
            SOURCES,
            "source",
            visitors.sum(1),
            buyers.sum(1),
            amount.sum(1),
            units.sum(1),
            carts.sum(1),
        ).assign(carrier="全店流量", attribution="last", device="all"),
        "item_source_daily": _item_sources(stamps, items, visitors, buyers, amount),
        "peer_daily": _peers(one, stamps),
        "ad_daily": _ads(one, stamps, visitors, buyers, amount),
    }
    usual = _paid(plain)
    expected = _paid(one)
    var = size.shop_noise**2 + size.rate_noise**2 + 0.02**2 + 1.6 / max(size.buyers, 1)
    window = Window("sim", one.days[0], one.days[-1], tables)
    return Shop(window, expected, usual, usual * float(np.sqrt(var)), items)


def _shop_daily(one, stamps, visitors, buyers, units, amount, carts) -> pd.DataFrame:
    total = visitors.sum((1, 2))
    paid = amount.sum((1, 2))
    recent = np.convolve(paid, np.full(7, 1 / 7))[: len(paid)]
    refunds = one.refunds * recent * np.exp(one.rng.normal(0, 0.25, len(paid)))
    frame = pd.DataFrame(
        {
            "date": stamps,
            "visitors": np.round(total * 0.93).astype(float),
            "page_views": total * 3.1,
            "add_to_cart_visitors": np.round(carts.sum((1, 2)) * 0.95).astype(float),
            "wishlist_visitors": one.rng.binomial(total, 0.04).astype(float),
            "paid_buyers": buyers.sum((1, 2)).astype(float),
            "paid_units": units.sum((1, 2)).astype(float),
            "paid_amount": paid.round(2),
            "refunded_amount": refunds.round(2),
        }
    )
    last = frame.index[-1]
    for column in one.blank:
        frame.loc[last, column] = np.nan
    for column in one.zero:
        frame.loc[last, column] = 0.0
    return frame


def _members(stamps, keys, key, visitors, buyers, amount, units, carts) -> pd.DataFrame:
    n = len(keys)
    frame = pd.DataFrame(
        {
            "date": np.repeat(stamps, n),
            key: np.tile(np.array(keys, dtype=object), len(stamps)),
            "visitors": visitors.reshape(-1).astype(float),
            "add_to_cart_visitors": carts.reshape(-1).astype(float),
            "paid_buyers": buyers.reshape(-1).astype(float),
            "paid_units": units.reshape(-1).astype(float),
            "paid_amount": amount.reshape(-1).round(2),
        }
    )
    if key == "item_id":
        frame["item_title"] = "款式" + frame[key].str[-4:]
    return frame[(frame["visitors"] > 0) | (frame["paid_amount"] > 0)].reset_index(drop=True)


def _item_sources(stamps, items, visitors, buyers, amount) -> pd.DataFrame:
    parts = []
    for index in range(3):
        zeros = np.zeros_like(visitors[:, index])
        part = _members(
            stamps,
            SOURCES,
            "source",
            visitors[:, index],
            buyers[:, index],
            amount[:, index],
            zeros,
            zeros,
        )
        parts.append(part.assign(item_id=items[index], attribution="last"))
    return pd.concat(parts, ignore_index=True)


def _peers(one: World, stamps: pd.DatetimeIndex) -> pd.DataFrame:
    line = one.peers * np.exp(one.rng.normal(0, one.size.peer_noise, len(stamps)))
    base = one.size.buyers / _RATE
    worth = {
        "visitors": base * 1.2,
        "paid_amount": one.size.buyers * 140,
        "paid_buyers": one.size.buyers * 1.1,
    }
    frames = [
        pd.DataFrame(
            {"date": stamps, "metric": name, "peer": "average", "value": (line * size).round(2)}
        )
        for name, size in worth.items()
    ]
    return pd.concat(frames, ignore_index=True)


def _ads(one: World, stamps, visitors, buyers, amount) -> pd.DataFrame:
    """Two scenes with two plans each: the paid sources of hero and rest."""
    parts = []
    for number, (scene, source) in enumerate(
        (("371", KEYWORD), ("371", KEYWORD), ("372", AUDIENCE), ("372", AUDIENCE))
    ):
        who = slice(0, 1) if number % 2 == 0 else slice(1, None)
        clicks = visitors[:, who, source].sum(1)
        cost = np.exp(one.rng.normal(0, 0.05, len(stamps))) * (1.3 if source == KEYWORD else 0.8)
        for grain, plan in (("scene", ""), ("plan", f"p{number}")):
            parts.append(
                pd.DataFrame(
                    {
                        "date": stamps, "grain": grain, "window": "15", "scene_id": scene,
                        "scene": "关键词推广" if scene == "371" else "人群推广", "plan_id": plan,
                        "plan": f"计划{number}" if plan else "", "unit_id": "", "subject_id": "",
                        "impressions": clicks * 30.0, "clicks": clicks.astype(float),
                        "ad_spend": (clicks * cost * one.spend[:, number]).round(2),
                        "attributed_amount": amount[:, who, source].sum(1).round(2),
                        "attributed_orders": buyers[:, who, source].sum(1).astype(float),
                    }
                )
            )  # fmt: skip
    frame = pd.concat(parts, ignore_index=True)
    keys = ["date", "grain", "window", "scene_id", "plan_id"]
    numbers = ["impressions", "clicks", "ad_spend", "attributed_amount", "attributed_orders"]
    words = ["scene", "plan", "unit_id", "subject_id"]
    together = frame.groupby(keys, as_index=False).agg(
        {**dict.fromkeys(numbers, "sum"), **dict.fromkeys(words, "first")}
    )
    return together.sort_values(keys).reset_index(drop=True)
