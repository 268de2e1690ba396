"""Ads of the demo shop at the finest grain, and the same spend seen at every report's grain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from storeops.demo.books import Book
from storeops.demo.catalogue import Item, Scene, catalogue
from storeops.demo.truth import Ints, Truth, whole

_MATURE = np.array([0.82, 0.90, 0.95, 0.98])
"""Share of a day's attributed orders already visible, for the last days; older days are done."""
_SHARES = (0.46, 0.26, 0.16, 0.08, 0.04)
_INDIRECT, _VISITS_PER_CLICK = 0.12, 0.93

GRAINS = ("scene", "plan", "item", "word", "crowd")
_KEYS = {
    "scene": ("scene_id",),
    "plan": ("scene_id", "plan_id"),
    "item": ("scene_id", "plan_id", "item_id"),
    "word": ("scene_id", "plan_id", "unit_id", "subject_id"),
    "crowd": ("scene_id", "plan_id", "unit_id", "subject"),
}


@dataclass(frozen=True, slots=True)
class AdRow:
    """Who the spend was for (texts by figure name) and its figures by day, shape (T,)."""

    names: dict[str, str]
    book: Book


@dataclass(frozen=True, slots=True)
class _Place:
    """One item in one plan: its number in the whole, and among the plans that share the item."""

    number: int
    item: int
    plan: str
    sharing: int


def ad_rows(truth: Truth) -> tuple[AdRow, ...]:
    """Simulate ads down to words and crowds; visitors of the ads sources are the clicks."""
    rng = truth.rng(3)
    return tuple(row for scene in catalogue().scenes for row in _scene_rows(truth, rng, scene))


def by_grain(rows: tuple[AdRow, ...], grain: str) -> list[AdRow]:
    """Add rows up to one report's grain; every grain shows the same spend."""
    wanted = {"word": False, "crowd": True}.get(grain)
    groups: dict[tuple[str, ...], list[AdRow]] = {}
    for row in rows:
        if wanted is None or _has_crowds(row) is wanted:
            groups.setdefault(tuple(row.names[key] for key in _KEYS[grain]), []).append(row)
    return [
        AdRow(group[0].names, {name: _total(group, name) for name in group[0].book})
        for group in groups.values()
    ]


def spend_by_scene(rows: tuple[AdRow, ...]) -> Book:
    """Give the spend fields of the shop report: one scene's cost of a day each, in fen."""
    return {
        scene.spend: _total([row for row in rows if row.names["scene_id"] == scene.id], "ad_spend")
        for scene in catalogue().scenes
    }


def _has_crowds(row: AdRow) -> bool:
    return row.names["subject_id"] == ""


def _total(rows: list[AdRow], name: str) -> Ints:
    return np.asarray(np.sum([row.book[name] for row in rows], axis=0, dtype=np.int64))


def _scene_rows(truth: Truth, rng: np.random.Generator, scene: Scene) -> Iterator[AdRow]:
    source = truth.sources.index(scene.source)
    for place in _places(scene, len(truth.items)):
        item = truth.items[place.item]
        visits = truth.cells.visitors[:, place.item, source] / place.sharing
        subjects = catalogue().crowds if scene.crowds else item.words
        shares = np.array(_SHARES[: len(subjects)])
        for order, share in enumerate(shares / shares.sum()):
            names = _names(truth, scene, place)
            names |= _subject(scene, place, order, subjects[order])
            clicks = whole(rng, visits * share / _VISITS_PER_CLICK)
            yield AdRow(names, _figures(rng, scene, clicks, item))


def _places(scene: Scene, items: int) -> list[_Place]:
    pairs = [(plan, item) for plan in scene.plans for item in plan.items if item < items]
    return [
        _Place(number, item, plan.name, sum(other == item for _, other in pairs))
        for number, (plan, item) in enumerate(pairs)
    ]


def _names(truth: Truth, scene: Scene, place: _Place) -> dict[str, str]:
    plans = [plan.name for plan in scene.plans]
    words, title = catalogue().words, truth.items[place.item].title
    return {
        "scene_id": scene.id,
        "scene": scene.name,
        "plan_id": str(7_340_018_000 + int(scene.id) * 100 + plans.index(place.plan)),
        "plan": place.plan,
        "unit_id": str(5_210_440_000 + int(scene.id) * 100 + place.number),
        "unit": f"{place.plan}-{truth.items[place.item].code}",
        "item_id": truth.item_ids[place.item],
        "item_title": title,
        "item_kind": words["subject_item"],
    }


def _subject(scene: Scene, place: _Place, order: int, name: str) -> dict[str, str]:
    """Name what was bid on: words have ids, crowds do not."""
    number = 920_115_000_000 + 1_000 * place.number + order
    return {
        "subject": name,
        "subject_id": "" if scene.crowds else str(number),
        "subject_kind": catalogue().words["search_kind"],
    }


def _figures(rng: np.random.Generator, scene: Scene, clicks: Ints, item: Item) -> Book:
    impressions = whole(rng, clicks / scene.click_rate * rng.uniform(0.95, 1.05, clicks.shape))
    spend = whole(rng, clicks * scene.cost_per_click * rng.uniform(0.95, 1.05, clicks.shape))
    converts = catalogue().sources[scene.source].converts
    mature = np.ones(clicks.shape)
    mature[-len(_MATURE) :] = _MATURE[::-1]
    orders = np.minimum(clicks, whole(rng, clicks * item.rate * converts * 1.15 * mature))
    indirect = whole(rng, orders * _INDIRECT)
    fen = round(item.price * 100)
    amounts = orders * fen - orders * rng.integers(0, 900, clicks.shape)
    others = indirect * rng.integers(6_000, 12_000, clicks.shape)
    carts = whole(rng, clicks * 0.09)
    wishes = whole(rng, clicks * 0.035)
    buyers = orders + indirect - (orders + indirect) // 20
    visitors = np.minimum(clicks, whole(rng, clicks * _VISITS_PER_CLICK))
    return {
        "impressions": np.maximum(impressions, clicks),
        "clicks": clicks,
        "ad_spend": spend,
        "direct_attributed_amount": amounts,
        "indirect_attributed_amount": others,
        "attributed_amount": amounts + others,
        "direct_attributed_orders": orders,
        "indirect_attributed_orders": indirect,
        "attributed_orders": orders + indirect,
        "presale_amount": np.zeros_like(clicks),
        "presale_orders": np.zeros_like(clicks),
        "ad_cart_units": carts,
        "ad_wishlist_events": wishes,
        "ad_saves": carts + wishes,
        "ad_shop_follows": whole(rng, clicks * 0.004),
        "ad_guided_visits": clicks + clicks // 12,
        "ad_guided_visitors": visitors,
        "ad_buyers": buyers,
        "ad_new_buyers": buyers * 4 // 5,
        "none": np.zeros_like(clicks),
    }
