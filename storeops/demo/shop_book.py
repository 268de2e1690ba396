"""The shop's own daily figures: mobile and PC put together, and what only the shop report has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from storeops.demo.books import PC, Book, combined, merged
from storeops.demo.truth import Ints, Truth, whole

_MOBILE_OVERLAP = 0.925
_ADDED = ("paid_amount", "paid_units", "ordered_amount", "add_to_cart_units", "page_views")

_OVER_DAYS = {
    "visitors": 0.86, "returning_visitors": 0.7, "wishlist_visitors": 0.93,
    "add_to_cart_visitors": 0.92, "ordering_buyers": 0.97, "paid_buyers": 0.97,
}  # fmt: skip
"""Part of a week's daily counts that is left when everybody is counted once."""


def shop_book(
    truth: Truth, items: Book, leaves: Mapping[str, Book], spend: Mapping[str, Ints]
) -> Book:
    """Add up the shop by day, figures of shape (T,).

    Args:
        truth: The simulated shop.
        items: Figures by item, shape (T, I).
        leaves: Figures by source.
        spend: Ads spend by figure name, fen.

    Returns:
        Every figure of the shop report; items' amounts and the two devices add up to the fen.
    """
    rng = truth.rng(2)
    mobile = combined([book for name, book in leaves.items() if name != PC], _MOBILE_OVERLAP)
    pc = leaves[PC]
    book: Book = {}
    for name in ("visitors", "wishlist_visitors", "add_to_cart_visitors", "ordering_buyers"):
        book |= _people(name, mobile[name], pc[name], shared=pc[name] // 15)
    for name in ("paid_buyers", "followers_gained"):
        book |= _people(name, mobile[name], pc[name], shared=np.zeros_like(pc[name]))
    for name in _ADDED:
        book |= _people(name, mobile[name], pc[name], shared=np.zeros_like(pc[name]))
    book |= _items_seen(rng, book, items)
    book |= _counted(book, items)
    book |= _means(rng, mobile, pc)
    book |= _old_and_new(book, items)
    book |= _paid_items(truth)
    book |= _health(rng, book)
    affiliate = leaves["affiliate"]["paid_amount"] * 8 // 100
    return {**book, **spend, "affiliate_commission": affiliate}


def week_book(shop: Book, weeks: Sequence[slice]) -> Book:
    """Add the shop up by week, figures of shape (weeks,): money added, people counted once.

    Args:
        shop: The shop by day.
        weeks: Days of each week on the time axis.
    """
    book: Book = {
        name: np.array([merged(shop[name][days], share) for days in weeks], dtype=np.int64)
        for name, share in _OVER_DAYS.items()
    }
    paid = [shop["paid_amount"][days].sum() for days in weeks]
    return {
        **book,
        "new_visitors": book["visitors"] - book["returning_visitors"],
        "paid_amount": np.array(paid, dtype=np.int64),
    }


def _people(name: str, mobile: Ints, pc: Ints, *, shared: Ints) -> Book:
    return {name: mobile + pc - shared, f"mobile_{name}": mobile, f"pc_{name}": pc}


def _parted(name: str, total: Ints, pc: Ints) -> Book:
    return {name: total, f"mobile_{name}": total - pc, f"pc_{name}": pc}


def _items_seen(rng: np.random.Generator, book: Book, items: Book) -> Book:
    """Let nearly all visitors see an item page."""
    pc = book["pc_visitors"] * 24 // 25
    shared = book["mobile_visitors"] + book["pc_visitors"] - book["visitors"]
    least = items["visitors"].max(axis=1)
    mobile = np.maximum(book["mobile_visitors"] * 97 // 100, least)
    views = items["page_views"].sum(axis=1)
    other = whole(rng, book["visitors"] * 0.35)
    pc_views = np.minimum(views, whole(rng, pc * 1.9))
    return {
        **_people("item_visitors", mobile, pc, shared=np.minimum(shared, pc)),
        **_parted("item_page_views", views, pc_views),
        **_parted("page_views", views + other, pc_views + pc // 3),
    }


def _counted(book: Book, items: Book) -> Book:
    """Count orders, lines and events; PC has its buyers' share."""
    lines = items["paid_order_lines"].sum(axis=1)
    ordered = items["ordered_units"].sum(axis=1)
    wishes = book["wishlist_visitors"] + book["wishlist_visitors"] // 6
    pc_share = book["pc_paid_buyers"], np.maximum(book["paid_buyers"], 1)
    pc_wishes = wishes * book["pc_wishlist_visitors"] // np.maximum(book["wishlist_visitors"], 1)
    return {
        **_parted("paid_order_lines", lines, lines * pc_share[0] // pc_share[1]),
        **_parted("ordered_units", ordered, ordered * pc_share[0] // pc_share[1]),
        **_parted("wishlist_events", wishes, pc_wishes),
        "paid_orders": book["paid_buyers"] + book["paid_buyers"] // 50,
        "refunded_amount": items["refunded_amount"].sum(axis=1),
        "returning_paid_amount": items["returning_paid_amount"].sum(axis=1),
    }


def _means(rng: np.random.Generator, mobile: Book, pc: Book) -> Book:
    seconds = mobile["average_visit_seconds"]
    bounce = rng.integers(5600, 6000, seconds.shape)
    return {
        "average_visit_seconds": seconds,
        "mobile_average_visit_seconds": seconds - 4,
        "pc_average_visit_seconds": pc["average_visit_seconds"],
        "bounce_rate": bounce,
        "mobile_bounce_rate": bounce + 3,
        "pc_bounce_rate": bounce - 700,
    }


def _old_and_new(book: Book, items: Book) -> Book:
    """Split visitors and buyers into new and returning."""
    mobile = book["mobile_visitors"] * 25 // 100
    pc = book["pc_visitors"] * 15 // 100
    returning = np.minimum(book["paid_buyers"], items["returning_buyers"].sum(axis=1))
    pc_returning = returning * book["pc_paid_buyers"] // np.maximum(book["paid_buyers"], 1)
    return {
        "returning_visitors": mobile + pc,
        "mobile_returning_visitors": mobile,
        "pc_returning_visitors": pc,
        "new_visitors": book["visitors"] - mobile - pc,
        "mobile_new_visitors": book["mobile_visitors"] - mobile,
        "pc_new_visitors": book["pc_visitors"] - pc,
        "new_buyers": book["paid_buyers"] - returning,
        **_parted("returning_buyers", returning, pc_returning),
    }


def _paid_items(truth: Truth) -> Book:
    paid = truth.cells.buyers > 0
    pc = truth.sources.index(PC)
    return {
        "paid_items": paid.any(axis=2).sum(axis=1),
        "mobile_paid_items": np.delete(paid, pc, axis=2).any(axis=2).sum(axis=1),
        "pc_paid_items": paid[:, :, pc].sum(axis=1),
    }


def _health(rng: np.random.Generator, book: Book) -> Book:
    """Add reviews, parcels, scores and members."""
    visitors, buyers = book["visitors"], book["paid_buyers"]
    reviews = whole(rng, buyers * 0.3)
    negative = np.minimum(reviews, whole(rng, reviews * 0.02))
    drift = rng.integers(-1, 2, visitors.shape)
    joined = whole(rng, buyers * 0.25)
    return {
        "live_visitors": whole(rng, visitors * 0.012),
        "short_video_visitors": whole(rng, visitors * 0.05),
        "post_visitors": whole(rng, visitors * 0.02),
        "store_page_visitors": whole(rng, visitors * 0.06),
        "three_d_visitors": np.zeros_like(visitors),
        "reviews": reviews,
        "picture_reviews": reviews // 4,
        "positive_reviews": reviews - negative,
        "negative_reviews": negative,
        "returning_positive_reviews": reviews // 6,
        "returning_negative_reviews": negative // 2,
        "parcels_collected": np.maximum(buyers + drift, 0),
        "parcels_shipped": buyers,
        "parcels_delivering": np.maximum(buyers + 2 * drift, 0),
        "parcels_signed": np.maximum(buyers - drift, 0),
        "average_delivery_seconds": rng.integers(21_000_000, 24_000_000, visitors.shape),
        "description_score": 484 + drift,
        "logistics_score": 482 - drift,
        "service_score": 485 + drift,
        "members": 18_400 + joined.cumsum(),
        "new_members": joined,
        "active_members": whole(rng, visitors * 0.08),
        "member_paid_amount": book["paid_amount"] * 41 // 100,
        "member_paid_buyers": buyers * 38 // 100,
    }
