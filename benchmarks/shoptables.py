"""The exports of a simulated shop: cells of day x item x source laid out as fact tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from shopsim import World

SOURCES = (
    "平台流量 > 手淘搜索", "平台流量 > 手淘推荐", "广告流量 > 关键词推广",
    "广告流量 > 精准人群推广", "广告流量 > 淘宝客", "自主访问 > 购物车",
    "自主访问 > 我的淘宝", "自主访问 > 店铺直接访问", "平台流量 > 短视频",
)  # fmt: skip
_SEARCH, _KEYWORD, _AUDIENCE = 0, 2, 3
_OVERLAP = 0.93
"""Distinct people of the shop per visit of a source: some come by two ways."""
_SCENES = (("371", "关键词推广", _KEYWORD), ("372", "精准人群推广", _AUDIENCE))
_WORDS = np.array([0.34, 0.2, 0.12, 0.09, 0.07, 0.05])


@dataclass(frozen=True)
class Cells:
    """Counts and yuan, each (T, I, S)."""

    visitors: np.ndarray
    buyers: np.ndarray
    units: np.ndarray
    amount: np.ndarray
    carts: np.ndarray

    def of(self, *, item: int) -> Cells:
        """Keep one item."""
        return Cells(*(array[:, item : item + 1] for array in self._all()))

    def _all(self) -> tuple[np.ndarray, ...]:
        return self.visitors, self.buyers, self.units, self.amount, self.carts

    def columns(self, rng: np.random.Generator, *, over: int) -> dict[str, np.ndarray]:
        """Sum over items (1) or sources (2); give the columns of an export, flat."""
        seen, buyers, units, amount, carts = (array.sum(over) for array in self._all())
        wishes = rng.binomial(seen, 0.04)
        return {
            "visitors": seen.reshape(-1).astype(float),
            "wishlist_visitors": wishes.reshape(-1).astype(float),
            "add_to_cart_visitors": carts.reshape(-1).astype(float),
            "paid_buyers": buyers.reshape(-1).astype(float),
            "paid_units": units.reshape(-1).astype(float),
            "paid_amount": amount.reshape(-1).round(2),
        }


def tables(one: World, cells: Cells, items: tuple[str, ...]) -> dict[str, pd.DataFrame]:
    """Lay out the exports of a shop."""
    stamps = pd.DatetimeIndex([pd.Timestamp(day) for day in one.days]).as_unit("s")
    names = {"carrier": "全店流量", "attribution": "last", "device": "all"}
    titles = "款式" + pd.Series(items).str[-4:]
    return {
        "shop_daily": _shop(one, cells, stamps),
        "item_daily": _members(one, cells, stamps, items, "item_id", 2).assign(
            item_title=lambda frame: frame["item_id"].map(dict(zip(items, titles, strict=True)))
        ),
        "source_daily": _members(one, cells, stamps, SOURCES, "source", 1).assign(**names),
        "item_source_daily": _item_sources(one, cells, stamps, items),
        "search_word_daily": _words(one, cells, stamps),
        "peer_daily": _peers(one, stamps),
        "ad_daily": _ads(one, cells, stamps),
    }


def _shop(one: World, cells: Cells, stamps: pd.DatetimeIndex) -> pd.DataFrame:
    total = cells.visitors.sum((1, 2))
    paid = cells.amount.sum((1, 2))
    recent = np.convolve(paid, np.full(7, 1 / 7))[: len(paid)]
    people = total * _OVERLAP * np.exp(one.rng.normal(0, 0.003, len(total)))
    frame = pd.DataFrame(
        {
            "date": stamps,
            "visitors": np.round(people),
            "page_views": np.round(total * 3.1 * np.exp(one.rng.normal(0, 0.02, len(total)))),
            "add_to_cart_visitors": np.round(cells.carts.sum((1, 2)) * 0.95),
            "wishlist_visitors": one.rng.binomial(total, 0.04).astype(float),
            "paid_buyers": cells.buyers.sum((1, 2)).astype(float),
            "paid_units": cells.units.sum((1, 2)).astype(float),
            "paid_amount": paid.round(2),
            "refunded_amount": (
                one.refunds * recent * np.exp(one.rng.normal(0, 0.25, len(paid)))
            ).round(2),
        }
    )
    last = frame.index[-1]
    for column in one.blank:
        frame.loc[last, column] = np.nan
    for column in one.zero:
        frame.loc[last, column] = 0.0
    return frame


def _members(
    one: World, cells: Cells, stamps: pd.DatetimeIndex, keys: tuple[str, ...], key: str, over: int
) -> pd.DataFrame:
    named = {
        "date": np.repeat(stamps, len(keys)),
        key: np.tile(np.array(keys, dtype=object), len(stamps)),
    }
    frame = pd.DataFrame({**named, **cells.columns(one.rng, over=over)})
    return frame[(frame["visitors"] > 0) | (frame["paid_amount"] > 0)].reset_index(drop=True)


def _item_sources(
    one: World, cells: Cells, stamps: pd.DatetimeIndex, items: tuple[str, ...]
) -> pd.DataFrame:
    parts = [
        _members(one, cells.of(item=place), stamps, SOURCES, "source", 1).assign(
            item_id=items[place], attribution="last"
        )
        for place in range(3)
    ]
    together = pd.concat(parts, ignore_index=True)
    return together.sort_values(["date", "item_id", "source"]).reset_index(drop=True)


def _words(one: World, cells: Cells, stamps: pd.DatetimeIndex) -> pd.DataFrame:
    """Six words lead to the hero, six to the rest; what is left comes by words nobody lists."""
    parts = []
    for group, who in enumerate((slice(0, 1), slice(1, None))):
        seen = cells.visitors[:, who, _SEARCH].sum(1)
        bought = cells.buyers[:, who, _SEARCH].sum(1)
        paid = cells.amount[:, who, _SEARCH].sum(1)
        for place, share in enumerate(_WORDS):
            buyers = one.rng.binomial(bought, share)
            parts.append(
                pd.DataFrame(
                    {
                        "date": stamps, "word": f"词{group}{place}", "word_scope": "outside",
                        "device": "mobile",
                        "visitors": one.rng.binomial(seen, share).astype(float),
                        "paid_buyers": buyers.astype(float),
                        "paid_amount": (paid * buyers / np.maximum(bought, 1)).round(2),
                    }
                )
            )  # fmt: skip
    together = pd.concat(parts, ignore_index=True)
    together = together[together["visitors"] > 0]
    return together.sort_values(["date", "word"]).reset_index(drop=True)


def _peers(one: World, stamps: pd.DatetimeIndex) -> pd.DataFrame:
    """The industry's average: the market, 3 % of its own, and 2 to 3 % of each measure."""
    base = one.size.buyers
    line = one.peers * np.exp(one.rng.normal(0, 0.03, len(stamps)))
    worth = {"paid_amount": base * 140, "paid_buyers": base * 1.1, "visitors": base * 37}
    parts = [
        pd.DataFrame(
            {
                "date": stamps, "metric": name, "peer": "average",
                "value": (line * size * np.exp(one.rng.normal(0, 0.03, len(stamps)))).round(2),
            }
        )
        for name, size in worth.items()
    ]  # fmt: skip
    return (
        pd.concat(parts, ignore_index=True).sort_values(["date", "metric"]).reset_index(drop=True)
    )


def _ads(one: World, cells: Cells, stamps: pd.DatetimeIndex) -> pd.DataFrame:
    """Two scenes of two plans: p0 and p2 lead to the hero, p1 and p3 to the rest."""
    plans = []
    for scene_id, scene, source in _SCENES:
        for who in (slice(0, 1), slice(1, None)):
            number = len(plans)
            clicks = cells.visitors[:, who, source].sum(1)
            cost = np.exp(one.rng.normal(0, 0.05, len(stamps))) * (1.3 if number < 2 else 0.8)
            shown = 30 * np.exp(one.rng.normal(0, 0.05, len(stamps)))
            plans.append(
                pd.DataFrame(
                    {
                        "date": stamps, "grain": "plan", "window": "15", "scene_id": scene_id,
                        "scene": scene, "plan_id": f"p{number}", "plan": f"计划{number}",
                        "unit_id": "", "subject_id": "",
                        "impressions": np.round(clicks * shown), "clicks": clicks.astype(float),
                        "ad_spend": (clicks * cost * one.spend[:, number]).round(2),
                        "attributed_amount": cells.amount[:, who, source].sum(1).round(2),
                        "attributed_orders": cells.buyers[:, who, source].sum(1).astype(float),
                    }
                )
            )  # fmt: skip
    by_plan = pd.concat(plans, ignore_index=True)
    numbers = ["impressions", "clicks", "ad_spend", "attributed_amount", "attributed_orders"]
    by_scene = by_plan.groupby(["date", "window", "scene_id", "scene"], as_index=False)[
        numbers
    ].sum()
    by_scene = by_scene.assign(grain="scene", plan_id="", plan="", unit_id="", subject_id="")
    together = pd.concat([by_plan, by_scene], ignore_index=True)
    keys = ["date", "grain", "scene_id", "plan_id"]
    return together.sort_values(keys).reset_index(drop=True)
