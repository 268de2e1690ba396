"""Localisation: the segment that moved is named, noise is not, and the money adds up."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storeops.metrics.localise import Cube, localise

ITEMS, SOURCES = 12, 5


def cube(seed: int, place: dict[int, int] | None = None, factor: float = 1.0) -> Cube:
    """Draw items x sources of Poisson counts; ``place`` is multiplied by a factor."""
    rng = np.random.default_rng(seed)
    codes = np.stack(
        [np.repeat(np.arange(ITEMS), SOURCES), np.tile(np.arange(SOURCES), ITEMS)], axis=1
    )
    usual = 3_000 / (1 + codes[:, 0]) / (1 + codes[:, 1])
    inside = np.ones(len(codes), dtype=bool)
    for dim, value in (place or {}).items():
        inside &= codes[:, dim] == value
    now = rng.poisson(usual * np.where(inside & (factor != 1.0), factor, 1.0)).astype(float)
    return Cube(codes, now, usual, np.sqrt(usual + 1))


@pytest.mark.parametrize("place", [{}, {0: 2}, {1: 0}, {0: 0, 1: 1}, {0: 3, 1: 2}])
@pytest.mark.parametrize("factor", [0.5, 1.6])
def test_the_planted_segment_is_named_first_with_its_ratio(place, factor):
    found = localise(cube(3, place, factor)).segments
    assert found[0].fixed == place
    assert found[0].ratio == pytest.approx(factor, abs=0.1)
    assert found[0].p < 1e-3


def test_two_faults_are_two_segments():
    one = cube(4, {0: 1}, 0.4)
    other = cube(4, {0: 5, 1: 0}, 2.0)
    both = Cube(one.codes, one.actual.copy(), one.expected, one.noise)
    inside = (both.codes[:, 0] == 5) & (both.codes[:, 1] == 0)
    both.actual[inside] = other.actual[inside]
    places = [segment.fixed for segment in localise(both).segments]
    assert sorted(map(str, places)) == sorted(map(str, [{0: 1}, {0: 5, 1: 0}]))


def test_noise_alone_is_rarely_a_segment():
    found = sum(bool(localise(cube(seed)).segments) for seed in range(400))
    assert found <= 12


def test_nothing_moved_nothing_found():
    still = cube(1)
    found = localise(Cube(still.codes, still.expected, still.expected, still.noise))
    assert (found.segments, found.remainder) == ((), 0.0)


@settings(max_examples=60)
@given(
    st.integers(0, 10_000),
    st.sampled_from([{}, {0: 1}, {1: 2}, {0: 0, 1: 0}]),
    st.floats(0.0, 3.0),
)
def test_segments_and_remainder_are_the_whole_change(seed, place, factor):
    drawn = cube(seed, place, factor)
    found = localise(drawn)
    told = sum(segment.amount for segment in found.segments) + found.remainder
    assert told == pytest.approx(drawn.actual.sum() - drawn.expected.sum(), abs=1e-6)


@settings(max_examples=30)
@given(st.integers(0, 10_000), st.randoms(use_true_random=False))
def test_order_of_leaves_and_unit_of_money_do_not_matter(seed, random):
    drawn = cube(seed, {0: 2}, 0.5)
    order = list(range(len(drawn.actual)))
    random.shuffle(order)
    mixed = Cube(
        drawn.codes[order], drawn.actual[order] * 7, drawn.expected[order] * 7,
        drawn.noise[order] * 7,
    )  # fmt: skip
    plain, other = localise(drawn).segments, localise(mixed).segments
    assert [one.fixed for one in plain] == [one.fixed for one in other]
    for one, two in zip(plain, other, strict=True):
        assert two.amount == pytest.approx(7 * one.amount)
        assert two.ratio == pytest.approx(one.ratio)


@pytest.mark.parametrize("n_leaves", [0, 1, 3])
def test_small_cubes_have_an_answer(n_leaves):
    codes = np.arange(n_leaves, dtype=np.intp)[:, None]
    zero = np.zeros(n_leaves)
    assert localise(Cube(codes, zero, zero)).segments == ()
    assert localise(Cube(codes, zero + 5, zero, zero + 1)).remainder == 5 * n_leaves


def test_noise_is_learned_from_the_calm_leaves_where_it_is_not_told():
    rng = np.random.default_rng(8)
    codes = np.stack([np.repeat(np.arange(20), 10), np.tile(np.arange(10), 20)], axis=1)
    usual = rng.uniform(50, 500, 200)
    now = usual * np.exp(rng.normal(0, 0.05, 200)) * np.where(codes[:, 0] == 4, 0.6, 1.0)
    (found,) = localise(Cube(codes, now, usual)).segments
    assert found.fixed == {0: 4}
