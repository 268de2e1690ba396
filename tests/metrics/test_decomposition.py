"""The exact split: properties of STATISTICS section 3, and a case worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from storeops.metrics.decomposition import (
    Members,
    split_by_member,
    split_many,
    split_paid_amount,
    split_return,
)
from storeops.metrics.results import PaidSplit, PaidTree, Totals

LINES = ("visitors", "conversion_rate", "amount_per_buyer")


@st.composite
def one(draw) -> Totals:
    """Visitors, buyers among them, yuan from them; zeros included."""
    visitors = draw(st.integers(0, 10**6))
    buyers = int(visitors * draw(st.floats(0, 1)))
    return Totals(visitors, buyers, buyers * round(draw(st.floats(0, 10**4)), 2))


many = st.integers(1, 6).flatmap(
    lambda n: st.tuples(
        st.lists(one(), min_size=n, max_size=n), st.lists(one(), min_size=n, max_size=n)
    )
)


def members(rows: list[Totals]) -> Members:
    return Members(*np.array([(r.visitors, r.buyers, r.amount) for r in rows], float).T)


def whole(rows: list[Totals]) -> Totals:
    return Totals(
        sum(r.visitors for r in rows), sum(r.buyers for r in rows), sum(r.amount for r in rows)
    )


def tree(rows: tuple[list[Totals], list[Totals]]) -> PaidTree:
    return split_by_member(
        members(rows[0]), members(rows[1]), whole_before=whole(rows[0]), whole_now=whole(rows[1])
    )


def lines(split: PaidSplit) -> list[float]:
    return [getattr(split, line) for line in LINES]


def size(*numbers: float) -> float:
    """The largest term: what a tolerance of 1e-9 is relative to."""
    return 1e-9 * max(1.0, *map(abs, numbers))


def near(a: float, b: float, tolerance: float) -> bool:
    return abs(a - b) <= tolerance


def table(found: PaidTree) -> np.ndarray:
    return np.array(
        [
            (m.visitors, m.conversion_within, m.conversion_mix, m.amount_within, m.amount_mix)
            for m in found.members
        ]
    )


@given(one(), one())
def test_lines_sum_to_the_change(before, now):
    split = split_paid_amount(before, now)
    total = sum(amount for _, amount in split.parts)
    assert near(total, now.amount - before.amount, size(*lines(split), before.amount, now.amount))
    assert split.remainder == 0 or not (before.buyers and now.buyers)


@given(one(), one())
def test_swapping_the_periods_flips_all_signs(before, now):
    there, back = lines(split_paid_amount(before, now)), lines(split_paid_amount(now, before))
    assert all(near(a, -b, size(*there)) for a, b in zip(there, back, strict=True))


@given(one(), st.integers(0, 10**6))
def test_an_unchanged_factor_explains_exactly_nothing(before, visitors):
    same = split_paid_amount(before, before)
    assert lines(same) == [0, 0, 0]
    now = Totals(before.visitors, before.buyers, before.amount * 3)
    assert lines(split_paid_amount(before, now))[:2] == [0, 0]


@given(one(), one())
def test_a_line_has_the_sign_of_its_factor(before, now):
    split = split_paid_amount(before, now)
    limit = size(*lines(split))
    assert split.visitors * (now.visitors - before.visitors) >= -limit
    if before.visitors and now.visitors:
        rise = now.buyers / now.visitors - before.buyers / before.visitors
        assert split.conversion_rate * rise >= -limit
    if before.buyers and now.buyers:
        rise = now.amount / now.buyers - before.amount / before.buyers
        assert split.amount_per_buyer * rise >= -limit


@given(one(), one())
def test_a_currency_scales_every_line(before, now):
    def in_cents(t: Totals) -> Totals:
        return Totals(t.visitors, t.buyers, t.amount * 7)

    plain = lines(split_paid_amount(before, now))
    scaled = lines(split_paid_amount(in_cents(before), in_cents(now)))
    assert all(near(b, 7 * a, 7 * size(*plain)) for a, b in zip(plain, scaled, strict=True))


@given(many)
def test_children_sum_to_their_parents(rows):
    found = tree(rows)
    parts = table(found).sum(axis=0)
    limit = size(*np.abs(table(found)).ravel(), *lines(found.split)) * len(rows[0])
    assert near(parts[0] + found.overlap, found.split.visitors, limit)
    assert near(
        parts[1] + parts[2] + found.conversion_remainder, found.split.conversion_rate, limit
    )
    assert near(parts[3] + parts[4] + found.amount_remainder, found.split.amount_per_buyer, limit)


@given(many)
def test_members_that_make_up_the_whole_leave_no_remainder(rows):
    found = tree(rows)
    limit = size(*np.abs(table(found)).ravel(), *lines(found.split)) * len(rows[0])
    assert near(found.overlap, 0, limit)
    assert near(found.conversion_remainder, 0, limit)
    assert near(found.amount_remainder, 0, limit)


@given(many, st.randoms(use_true_random=False))
def test_the_order_of_members_is_irrelevant(rows, random):
    order = list(range(len(rows[0])))
    random.shuffle(order)
    shuffled = tree(([rows[0][i] for i in order], [rows[1][i] for i in order]))
    plain = table(tree(rows))
    assert np.allclose(table(shuffled), plain[order], rtol=1e-9, atol=size(*np.abs(plain).ravel()))


@given(many)
def test_splitting_a_member_in_proportion_changes_no_other_line(rows):
    def cut(side: list[Totals]) -> list[Totals]:
        head = side[0]
        parts = [Totals(head.visitors * s, head.buyers * s, head.amount * s) for s in (0.25, 0.75)]
        return [*parts, *side[1:]]

    plain, found = table(tree(rows)), table(tree((cut(rows[0]), cut(rows[1]))))
    limit = 10 * size(*np.abs(plain).ravel())
    assert np.allclose(found[:2].sum(axis=0), plain[0], atol=limit)
    assert np.allclose(found[2:], plain[1:], atol=limit)


@given(many)
def test_the_tree_flips_with_the_periods(rows):
    there, back = table(tree(rows)), table(tree((rows[1], rows[0])))
    assert np.allclose(there, -back, atol=size(*np.abs(there).ravel()))


@given(many)
def test_items_side_by_side_are_items_one_by_one(rows):
    before, now = members(rows[0]), members(rows[1])
    together = split_many(before, now)
    for index, (first, second) in enumerate(zip(*rows, strict=True)):
        assert together.at(index, before, now) == split_paid_amount(first, second)


@pytest.mark.parametrize(
    ("before", "now", "parts"),
    [
        # 1000 visitors x 5 % x 100 -> 800 x 5 % x 100: visitors alone
        ((1000, 50, 5000), (800, 40, 4000), (-1000, 0, 0)),
        # a new member: 0 -> 100 visitors, 10 %, 50 yuan; its rates explain nothing
        ((0, 0, 0), (100, 10, 500), (500, 0, 0)),
        # a member that vanished
        ((100, 10, 500), (0, 0, 0), (-500, 0, 0)),
        # visitors stay, nobody buys: all conversion
        ((100, 10, 500), (100, 0, 0), (0, -500, 0)),
        ((0, 0, 0), (0, 0, 0), (0, 0, 0)),
    ],
)
def test_zeros_new_and_vanished_members(before, now, parts):
    split = split_paid_amount(Totals(*before), Totals(*now))
    assert tuple(lines(split)) == pytest.approx(parts, abs=1e-9)
    assert split.remainder == 0


def test_money_without_buyers_stands_in_the_remainder():
    split = split_paid_amount(Totals(100, 0, 30), Totals(100, 0, 80))
    assert (lines(split), split.remainder) == ([0, 0, 0], 50)
    assert ("remainder", 50) in split.parts


def test_both_sources_improve_and_the_shop_falls():
    """Traffic moves to the weak source: within +15,000, mix -44,000 (STATISTICS 3)."""
    rows = (
        [Totals(1000, 50, 5000), Totals(9000, 900, 90000)],
        [Totals(9000, 540, 54000), Totals(1000, 120, 12000)],
    )
    found = tree(rows)
    parts = table(found).sum(axis=0)
    assert found.split.conversion_rate == pytest.approx(-29000)
    assert (parts[1], parts[2]) == (pytest.approx(15000), pytest.approx(-44000))


def test_visitors_of_two_sources_overlap_on_their_own_line():
    before = members([Totals(600, 30, 3000), Totals(600, 20, 2000)])
    now = members([Totals(500, 30, 3000), Totals(600, 20, 2000)])
    found = split_by_member(
        before, now, whole_before=Totals(1000, 50, 5000), whole_now=Totals(950, 50, 5000)
    )
    assert [m.visitors < 0 for m in found.members] == [True, False]
    assert found.overlap > 0
    assert sum(m.visitors for m in found.members) + found.overlap == pytest.approx(
        found.split.visitors
    )


def test_return_on_ad_spend_is_split_into_its_three_factors():
    """Conversion halves at equal price per click and order value: all of the fall is conversion."""
    split = split_return((0.5, 0.02, 2.0), (0.5, 0.01, 1.0))
    assert (split.start, split.end) == (2.0, 1.0)
    assert split.click_conversion == pytest.approx(-1.0)
    assert (split.cost_per_click, split.amount_per_order) == pytest.approx((0, 0))
