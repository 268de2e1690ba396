"""One truth behind all files: what must hold between the books of the demo shop."""

from __future__ import annotations

import numpy as np
import pytest

from storeops.calendars import Phase, load_calendar
from storeops.demo.ads_book import by_grain
from storeops.demo.catalogue import catalogue
from storeops.demo.folder import Books
from storeops.demo.truth import HERO
from storeops.fields import DEVICE_COLUMNS, Col

PEOPLE = [
    "visitors",
    "item_visitors",
    "wishlist_visitors",
    "add_to_cart_visitors",
    "paid_buyers",
    "ordering_buyers",
]
ADDED = [
    "page_views",
    "item_page_views",
    "wishlist_events",
    "add_to_cart_units",
    "paid_amount",
    "paid_order_lines",
    "paid_units",
    "ordered_amount",
    "ordered_units",
]


def test_items_add_up_to_the_shop_to_the_fen(made: Books):
    for name in (
        "paid_amount",
        "paid_units",
        "paid_order_lines",
        "refunded_amount",
        "ordered_amount",
    ):
        assert (made.items[name].sum(axis=1) == made.shop[name]).all(), name


@pytest.mark.parametrize("name", PEOPLE)
def test_people_of_two_devices_are_merged_not_added(made: Books, name: str):
    total, mobile, pc = (made.shop[part] for part in (name, f"mobile_{name}", f"pc_{name}"))
    assert (np.maximum(mobile, pc) <= total).all()
    assert (total <= mobile + pc).all()


def test_some_visitor_uses_both_devices(made: Books):
    assert (made.shop["visitors"] < made.shop["mobile_visitors"] + made.shop["pc_visitors"]).any()


@pytest.mark.parametrize("name", ADDED)
def test_events_of_two_devices_add_up(made: Books, name: str):
    assert (made.shop[name] == made.shop[f"mobile_{name}"] + made.shop[f"pc_{name}"]).all()


def test_every_device_column_is_simulated(made: Books):
    assert {
        f"{device}_{column.value}" for device in ("mobile", "pc") for column in DEVICE_COLUMNS
    } <= set(made.shop)


def test_nobody_is_counted_beyond_the_visitors(made: Books):
    for name in ("paid_buyers", "item_visitors", "add_to_cart_visitors", "returning_visitors"):
        assert (made.shop[name] <= made.shop["visitors"]).all(), name
    for node in made.nodes:
        assert (node.book["paid_buyers"] <= node.book["visitors"]).all(), node.path
    assert (made.items["visitors"].max(axis=1) <= made.shop["item_visitors"]).all()


def test_no_figure_is_negative(made: Books):
    for book in (
        made.shop,
        made.items,
        *(node.book for node in made.nodes),
        *(row.book for row in made.ads),
    ):
        for name, values in book.items():
            assert (values >= 0).all(), name


def test_sources_carry_the_mobile_sales_and_overlap_in_visitors(made: Books):
    leaves = [node for node in made.nodes if node.is_leaf]
    assert (
        sum(node.book["paid_amount"] for node in leaves) == made.shop["mobile_paid_amount"]
    ).all()
    assert (sum(node.book["visitors"] for node in leaves) > made.shop["mobile_visitors"]).all()


def test_a_total_of_the_tree_is_made_of_what_is_below_it(made: Books):
    leaves = {node.path: node.book for node in made.nodes if node.is_leaf}
    for node in made.nodes:
        below = [book for path, book in leaves.items() if path[: len(node.path)] == node.path]
        assert (sum(book["paid_amount"] for book in below) == node.book["paid_amount"]).all()
        assert (np.max([book["visitors"] for book in below], axis=0) <= node.book["visitors"]).all()
        assert (node.book["visitors"] <= np.sum([book["visitors"] for book in below], axis=0)).all()


def test_sources_of_an_item_are_the_items_sales_but_for_pc(made: Books):
    pc = made.truth.cells.amount[:, HERO, made.truth.sources.index("pc")]
    leaves = sum(node.book["paid_amount"] for node in made.item_nodes[HERO] if node.is_leaf)
    assert (leaves + pc == made.items["paid_amount"][:, HERO]).all()


def test_words_share_the_search_sales_exactly(made: Books):
    named = [n for n, item in enumerate(made.truth.items) if item.words]
    search = made.truth.sources.index("search")
    for name, cells in (
        ("paid_amount", made.truth.cells.amount),
        ("paid_buyers", made.truth.cells.buyers),
    ):
        assert (
            sum(word.book[name] for word in made.words) == cells[:, named, search].sum(axis=1)
        ).all()


def test_every_grain_of_ads_shows_the_same_spend_as_the_shop_report(made: Books):
    for scene in catalogue().scenes:
        for grain in ("scene", "plan", "item", "crowd" if scene.crowds else "word"):
            rows = [row for row in by_grain(made.ads, grain) if row.names["scene_id"] == scene.id]
            assert (sum(row.book["ad_spend"] for row in rows) == made.shop[scene.spend]).all(), (
                grain
            )


def test_attributed_sales_are_direct_and_indirect(made: Books):
    for row in made.ads:
        for kind in ("amount", "orders"):
            whole = row.book[f"attributed_{kind}"]
            assert (
                row.book[f"direct_attributed_{kind}"] + row.book[f"indirect_attributed_{kind}"]
                == whole
            ).all()


def test_refunds_lag_behind_payments(made: Books):
    paid, refunded = made.shop["paid_amount"], made.shop["refunded_amount"]
    assert refunded[0] == 0
    assert 0.08 < refunded[45:].sum() / paid[45:].sum() < 0.2


def test_last_day_is_an_ordinary_day(made: Books):
    calendar, day = load_calendar(), made.truth.scope.last_day
    assert calendar.phase(day).phase is Phase.NORMAL
    assert day.weekday() < 5


def test_one_cause_on_the_last_day(made: Books):
    cells, search = made.truth.cells, made.truth.sources.index("search")
    usual = np.median(cells.visitors[-29:-1], axis=0)
    hero = cells.visitors[-1, HERO, search] / usual[HERO, search] - 1
    rest, normal = cells.visitors[-1].copy(), usual.copy()
    rest[HERO, search] = normal[HERO, search] = 0
    assert -0.52 < hero < -0.40
    assert abs(rest.sum() / normal.sum() - 1) < 0.08
    conversion = cells.buyers[-1, HERO, search] / cells.visitors[-1, HERO, search]
    before = cells.buyers[-29:-1, HERO, search].sum() / cells.visitors[-29:-1, HERO, search].sum()
    assert abs(conversion / before - 1) < 0.15


def test_the_shop_is_clearly_below_its_usual_day(made: Books):
    usual = np.median(made.shop["paid_amount"][-29:-1])
    assert -0.35 < made.shop["paid_amount"][-1] / usual - 1 < -0.18
    assert made.shop["visitors"][-1] / np.median(made.shop["visitors"][-29:-1]) - 1 < -0.14


def test_promotions_are_visible(made: Books):
    phases = [load_calendar().phase(day).phase for day in made.truth.days]
    visitors = made.shop[Col.VISITORS]
    burst = visitors[[phase is Phase.BURST for phase in phases]]
    normal = visitors[[phase is Phase.NORMAL for phase in phases]]
    assert np.median(burst) > 1.5 * np.median(normal)
