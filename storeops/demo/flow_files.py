"""Business Advisor's traffic exports: sources of the shop, sources of an item, search words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from storeops.demo.books import Book, Node, carrier_tree
from storeops.demo.catalogue import Header, catalogue, header
from storeops.demo.containers import Row, xls
from storeops.demo.printing import CLASSIC
from storeops.demo.sycm_files import labels, preamble
from storeops.demo.truth import Cells, Ints, Truth, whole

_BEFORE_HEADER = 5
_LEVELS = ("level_1", "level_2", "level_3", "level_4")
_WORD_SHARES = (0.40, 0.25, 0.16, 0.12, 0.07)
_WORD_OVERLAP = 1.05
_BRAND_ITEM = 1


@dataclass(frozen=True, slots=True)
class Word:
    """A search word and its figures, shape (T,)."""

    text: str
    book: Book


def shop_sources(truth: Truth, nodes: Sequence[Node], day: date) -> bytes:
    """Write the 2026 tree: the whole shop, and the same by carrier on a second sheet."""
    known, at = catalogue(), truth.index(day)
    columns = header("shop_sources")
    rows = _tree_rows(columns, nodes, at, {"carrier": known.words["whole_shop"]})
    parts: list[Row] = []
    for number, (carrier, share) in enumerate(known.carriers.items()):
        smaller = carrier_tree(nodes, share, is_first=number == 0)
        parts += _tree_rows(columns, smaller, at, {"carrier": carrier})
    return _workbook(
        {known.sheets["whole_shop"]: (columns, rows), known.sheets["by_carrier"]: (columns, parts)}
    )


def shop_sources_2023(truth: Truth, nodes: Sequence[Node], day: date) -> bytes:
    """Write the tree of 2023-24: three levels, and a column of change behind every figure."""
    columns = header("shop_sources_2023")
    rows = _tree_rows(columns, nodes, truth.index(day), {})
    return _workbook({catalogue().sheets["classic"]: (columns, rows)})


def item_sources(
    truth: Truth, nodes: Sequence[Node], day: date, variant: str = "item_sources"
) -> bytes:
    """Write one item's sources; neither item nor day stands in the file."""
    columns, at = header(variant), truth.index(day)
    total = np.sum([node.book["page_views"] for node in nodes if node.is_leaf], axis=0)
    shown = [
        Node(node.path, {**node.book, "all_page_views": np.asarray(total)}, node.is_leaf)
        for node in nodes
    ]
    rows = _tree_rows(columns, shown, at, {})
    return _workbook({catalogue().sheets["classic"]: (columns, rows)})


def search_words(words: Sequence[Word], truth: Truth, day: date) -> bytes:
    """Write one day's search words, most visitors first."""
    columns, at = header("search_words"), truth.index(day)
    seen = [word for word in words if word.book["visitors"][at] > 0]
    seen.sort(key=lambda word: (-int(word.book["visitors"][at]), word.text))
    rows: list[Row] = [
        CLASSIC.row(columns, {"date": day.isoformat(), "word": word.text}, word.book, at)
        for word in seen
    ]
    return _workbook({catalogue().sheets["classic"]: (columns, rows)})


def _workbook(sheets: dict[str, tuple[Header, list[Row]]]) -> bytes:
    return xls(
        {
            name: [*preamble(_BEFORE_HEADER), labels(columns), *rows]
            for name, (columns, rows) in sheets.items()
        }
    )


def _tree_rows(columns: Header, nodes: Sequence[Node], at: int, texts: dict[str, str]) -> list[Row]:
    """Write every node; levels below it hold the word for a total, leaf or not."""
    depth = sum(name in _LEVELS for _, name in columns)
    summary = catalogue().words["summary"]
    rows: list[Row] = []
    for node in nodes:
        levels = [*node.path, *[summary] * depth][:depth]
        named = dict(zip(_LEVELS, levels, strict=False))
        rows.append(CLASSIC.row(columns, {**texts, **named}, node.book, at))
    return rows


def word_books(truth: Truth) -> list[Word]:
    """Split every item's search traffic among its words; buyers and amounts add up exactly."""
    rng, source = truth.rng(4), truth.sources.index("search")
    words: list[Word] = []
    for number, item in enumerate(truth.items):
        texts = item.words + ((catalogue().brand_word,) if number == _BRAND_ITEM else ())
        if texts:
            words += _item_words(rng, truth.cells, (number, source), texts)
    return words


def _item_words(
    rng: np.random.Generator, cells: Cells, cell: tuple[int, int], texts: tuple[str, ...]
) -> list[Word]:
    item, source = cell
    shares = np.array(_WORD_SHARES[: len(texts)])
    shares = shares / shares.sum()
    searchers = cells.visitors[:, item, source]
    buyers = np.asarray(rng.multinomial(cells.buyers[:, item, source], shares))
    visitors = np.maximum(buyers, whole(rng, searchers[:, None] * shares * _WORD_OVERLAP))
    book = {
        "visitors": visitors,
        "add_to_cart_visitors": whole(rng, visitors * 0.085),
        "wishlist_visitors": whole(rng, visitors * 0.04),
        "paid_buyers": buyers,
        "paid_units": _shared(cells.units[:, item, source], buyers),
        "paid_amount": _shared(cells.amount[:, item, source], buyers),
    }
    return [
        Word(text, {name: values[:, number] for name, values in book.items()})
        for number, text in enumerate(texts)
    ]


def _shared(total: Ints, buyers: Ints) -> Ints:
    """Share a total by buyers, to the last unit; the rest goes to the word with most of them."""
    parts = total[:, None] * buyers // np.maximum(buyers.sum(axis=1, keepdims=True), 1)
    largest = buyers.argmax(axis=1)
    parts[np.arange(len(total)), largest] += total - parts.sum(axis=1)
    return np.asarray(parts)
