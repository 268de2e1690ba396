"""Books of the demo shop: the simulated cells added up to what each export prints.

A book maps a figure's canonical name to whole numbers, first axis days: people and counts as
such, money in fen, seconds, rates and scores in hundredths (a rate in hundredths of a percent).
Head counts are merged, never added: ``max(parts) <= total <= sum(parts)``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from storeops.demo.catalogue import catalogue
from storeops.demo.truth import Cells, Ints, Truth, whole

Book = dict[str, Ints]
PC = "pc"

_ITEM_OVERLAP, _SOURCE_OVERLAP, _BUYER_OVERLAP = 0.94, 0.93, 0.985
_TREE_OVERLAP = 0.965
_SALES = ("paid_amount", "paid_buyers", "paid_units", "ordered_amount", "ordering_buyers")
_REFUNDED = 0.14
_LAGS = np.array([1, 2, 3, 5, 8, 10, 9, 7, 5, 4, 3, 2, 1], dtype=np.float64)
"""Days from payment to a completed refund, one share per day from the second on."""


@dataclass(frozen=True, slots=True)
class Node:
    """A node of the traffic tree: its path, and its figures by day."""

    path: tuple[str, ...]
    book: Book
    is_leaf: bool


def merged(parts: Ints, overlap: float) -> Ints:
    """Count people once who are in several parts (last axis): between the largest and the sum."""
    total: Ints = parts.sum(axis=-1)
    fewer = np.floor(total * overlap).astype(np.int64)
    return np.asarray(np.maximum(parts.max(axis=-1, initial=0), fewer))


def item_book(truth: Truth) -> Book:
    """Add up the figures of every item by day, shape (T, I)."""
    cells, rng = truth.cells, truth.rng(1)
    visitors = merged(cells.visitors, _ITEM_OVERLAP)
    buyers = cells.buyers.sum(axis=2)
    units, amount = cells.units.sum(axis=2), cells.amount.sum(axis=2)
    carts = np.minimum(visitors, cells.carts.sum(axis=2))
    returning = np.minimum(buyers, whole(rng, buyers * 0.18))
    search = truth.sources.index("search")
    ordering = np.minimum(visitors, cells.ordering.sum(axis=2))
    return {
        "visitors": visitors,
        "page_views": whole(rng, visitors * 1.86),
        "average_visit_seconds": rng.integers(1400, 2100, visitors.shape),
        "bounce_rate": rng.integers(5200, 6400, visitors.shape),
        "wishlist_visitors": np.minimum(visitors, cells.wishes.sum(axis=2)),
        "add_to_cart_units": whole(rng, carts * 1.18),
        "add_to_cart_visitors": carts,
        "ordering_buyers": ordering,
        "ordered_units": units + cells.ordering.sum(axis=2) - buyers,
        "ordered_amount": cells.ordered_amount.sum(axis=2),
        "paid_buyers": buyers,
        "paid_units": units,
        "total_paid_units": units,
        "paid_orders": buyers + whole(rng, buyers * 0.015),
        "paid_order_lines": buyers + (units - buyers + 1) // 2,
        "paid_amount": amount,
        "total_paid_amount": amount,
        "new_buyers": buyers - returning,
        "returning_buyers": returning,
        "returning_paid_amount": amount * returning // np.maximum(buyers, 1),
        "group_buy_paid_amount": np.zeros_like(amount),
        "refunded_amount": _refunds(amount),
        "competitiveness_score": rng.integers(6000, 9000, visitors.shape),
        "year_to_date_paid_amount": amount.cumsum(axis=0) + amount.mean(axis=0).astype(int) * 100,
        "month_to_date_paid_amount": _month_to_date(truth, amount),
        "month_to_date_paid_units": _month_to_date(truth, units),
        "search_visitors": cells.visitors[:, :, search],
        "search_paid_buyers": cells.buyers[:, :, search],
    }


def _refunds(amount: Ints) -> Ints:
    """Complete refunds of earlier payments: each day's payments come back over two weeks."""
    shares = _REFUNDED * _LAGS / _LAGS.sum()
    refunds = np.zeros(amount.shape)
    for lag, share in enumerate(shares, start=1):
        refunds[lag:] += amount[:-lag] * share
    return np.floor(refunds).astype(np.int64)


def _month_to_date(truth: Truth, values: Ints) -> Ints:
    running = values.cumsum(axis=0)
    start = 0
    for index, day in enumerate(truth.days):
        if day.day == 1:
            start = index
        running[index] = values[start : index + 1].sum(axis=0)
    return running


def leaf_books(truth: Truth) -> dict[str, Book]:
    """Add up every source over items, figures of shape (T,), PC included."""
    return {
        name: _leaf(truth, position, _merged_cells(truth.cells, position))
        for position, name in enumerate(truth.sources)
    }


def item_leaf_books(truth: Truth, item: int) -> dict[str, Book]:
    """Give the figures of one item by source, shape (T,), PC included."""
    return {
        name: _leaf(truth, 100 + 20 * item + position, _one_item(truth.cells, item, position))
        for position, name in enumerate(truth.sources)
    }


def _merged_cells(cells: Cells, source: int) -> Book:
    return {
        "visitors": merged(cells.visitors[:, :, source], _SOURCE_OVERLAP),
        "add_to_cart_visitors": merged(cells.carts[:, :, source], _SOURCE_OVERLAP),
        "wishlist_visitors": merged(cells.wishes[:, :, source], _SOURCE_OVERLAP),
        "ordering_buyers": merged(cells.ordering[:, :, source], _BUYER_OVERLAP),
        "ordered_amount": cells.ordered_amount[:, :, source].sum(axis=1),
        "paid_buyers": merged(cells.buyers[:, :, source], _BUYER_OVERLAP),
        "paid_units": cells.units[:, :, source].sum(axis=1),
        "paid_amount": cells.amount[:, :, source].sum(axis=1),
    }


def _one_item(cells: Cells, item: int, source: int) -> Book:
    return {
        "visitors": cells.visitors[:, item, source],
        "add_to_cart_visitors": cells.carts[:, item, source],
        "wishlist_visitors": cells.wishes[:, item, source],
        "ordering_buyers": cells.ordering[:, item, source],
        "ordered_amount": cells.ordered_amount[:, item, source],
        "paid_buyers": cells.buyers[:, item, source],
        "paid_units": cells.units[:, item, source],
        "paid_amount": cells.amount[:, item, source],
    }


def _leaf(truth: Truth, stream: int, book: Book) -> Book:
    rng = truth.rng(1000 + stream)
    visitors = book["visitors"]
    return {
        **book,
        "new_visitors": np.minimum(visitors, whole(rng, visitors * 0.74)),
        "average_visit_seconds": rng.integers(900, 2600, visitors.shape),
        "engaged_visitors": np.minimum(visitors, whole(rng, visitors * 0.81)),
        "item_click_visitors": np.minimum(visitors, whole(rng, visitors * 0.63)),
        "add_to_cart_units": whole(rng, book["add_to_cart_visitors"] * 1.18),
        "followers_gained": whole(rng, visitors * 0.004),
        "page_views": whole(rng, visitors * 1.86),
    }


_ADDS = frozenset(
    {"paid_amount", "paid_units", "ordered_amount", "add_to_cart_units", "page_views"}
)
_MEANS = frozenset({"average_visit_seconds"})


def combined(books: list[Book], overlap: float) -> Book:
    """Put books together: amounts and events add, people are merged, means are weighted."""
    weights = np.stack([book["visitors"] for book in books], axis=-1)
    total: Book = {}
    for name in books[0]:
        parts = np.stack([book[name] for book in books], axis=-1)
        if name in _ADDS:
            total[name] = parts.sum(axis=-1)
        elif name in _MEANS:
            total[name] = (parts * weights).sum(axis=-1) // np.maximum(weights.sum(axis=-1), 1)
        else:
            total[name] = merged(parts, _overlap_of(name, overlap))
    return total


def _overlap_of(name: str, overlap: float) -> float:
    return 1.0 if name in {"paid_buyers", "ordering_buyers"} else overlap


def tree(leaves: Mapping[str, Book]) -> list[Node]:
    """Build the vendor's tree of mobile sources, parents before children."""
    return _grown({catalogue().sources[name].path: leaves[name] for name in leaves if name != PC})


def carrier_tree(nodes: Sequence[Node], share: float, *, is_first: bool) -> list[Node]:
    """Build the tree of one carrier: its share of every leaf, parents put together again.

    Visitors of carriers overlap; all sales are the first carrier's.
    """
    return _grown(
        {node.path: _share(node.book, share, is_first=is_first) for node in nodes if node.is_leaf}
    )


def _share(book: Book, share: float, *, is_first: bool) -> Book:
    part = {name: values * round(share * 100) // 100 for name, values in book.items()}
    return {**part, **{name: book[name] if is_first else book[name] * 0 for name in _SALES}}


def _grown(leaves: Mapping[tuple[str, ...], Book]) -> list[Node]:
    below: dict[tuple[str, ...], list[Book]] = {}
    for path, book in leaves.items():
        for depth in range(1, len(path) + 1):
            below.setdefault(path[:depth], []).append(book)
    order = list(below)
    nodes = [
        Node(
            path, leaves[path] if path in leaves else combined(books, _TREE_OVERLAP), path in leaves
        )
        for path, books in below.items()
    ]
    return sorted(
        nodes, key=lambda node: [order.index(node.path[:n]) for n in range(1, len(node.path) + 1)]
    )
