"""Filters, tails and detector: honest expectations, calibrated rarity, one more day for one day."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storeops.metrics import filters, tails
from storeops.metrics.detector import (
    HEADLINE,
    PANEL_LEAST,
    WATCHED,
    Families,
    detect,
    nothing_kept,
    replay,
)
from storeops.metrics.filters import FilterState, Signals, follow

N_DAYS = 120
WEEKDAY = np.arange(N_DAYS) % 7
NORMAL = np.ones(N_DAYS, dtype=bool)


def counts(seed: int, n: int, *, mean: float = 200.0, noise: float = 0.08) -> np.ndarray:
    """Draw counts around a level with a weekday pattern and day noise."""
    rng = np.random.default_rng(seed)
    level = mean * np.exp(rng.normal(0, 0.3, (n, 1)))
    weekly = np.exp(rng.normal(0, 0.1, (n, 7)))[:, WEEKDAY]
    return rng.poisson(level * weekly * np.exp(rng.normal(0, noise, (n, N_DAYS)))).astype(float)


def signals(values: np.ndarray, exposure: np.ndarray | None = None) -> Signals:
    y = np.log(values + 0.5)
    if exposure is not None:
        y = y - np.log(exposure)
        exposure = np.log(exposure).astype(np.float32)
    return Signals(y.astype(np.float32), np.ones(len(values), dtype=np.float32), exposure)


def same(one: FilterState, other: FilterState) -> bool:
    return all(
        np.array_equal(getattr(one, name), getattr(other, name), equal_nan=True)
        for name in FilterState.__dataclass_fields__
    )


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 1000), st.integers(1, N_DAYS - 1))
def test_days_in_two_goes_are_days_at_once_bit_for_bit(seed, cut):
    values = counts(seed, 5)
    whole = follow(signals(values), WEEKDAY, NORMAL)
    first = follow(signals(values[:, :cut]), WEEKDAY[:cut], NORMAL[:cut])
    rest = follow(signals(values[:, cut:]), WEEKDAY[cut:], NORMAL[cut:], first.state)
    assert same(whole.state, rest.state)
    np.testing.assert_array_equal(whole.expected[:, cut:], rest.expected)


def test_series_do_not_see_each_other_even_across_chunks():
    values = counts(1, 4200, mean=30)
    together = follow(signals(values), WEEKDAY, NORMAL)
    for row in (0, 4095, 4096, 4199):
        alone = follow(signals(values[row : row + 1]), WEEKDAY, NORMAL)
        np.testing.assert_array_equal(together.expected[row], alone.expected[0])


def test_a_day_changes_no_expectation_of_its_own_or_before():
    values = counts(2, 6)
    changed = values.copy()
    changed[:, 80] *= 5
    one, other = (follow(signals(v), WEEKDAY, NORMAL).expected for v in (values, changed))
    np.testing.assert_array_equal(one[:, :81], other[:, :81])
    assert not np.array_equal(one[:, 81], other[:, 81])


@pytest.mark.parametrize("how", ["missing", "not normal"])
def test_a_day_that_is_missing_or_not_normal_teaches_nothing(how):
    values, trains = counts(3, 4), NORMAL.copy()
    wild = values.copy()
    if how == "missing":
        wild[:, 60] = np.nan
        skipped = follow(signals(wild), WEEKDAY, trains).state
        trains[60] = False
        assert same(skipped, follow(signals(values), WEEKDAY, trains).state)
    else:
        trains[60] = False
        wild[:, 60] *= 9
        one, other = (follow(signals(v), WEEKDAY, trains).state for v in (values, wild))
        assert same(one, other)


def test_a_rate_does_not_move_when_events_and_exposure_grow_together():
    rng = np.random.default_rng(4)
    visitors = rng.poisson(5_000, (3, N_DAYS)).astype(float)
    buyers = np.round(visitors * 0.04)
    plain = follow(signals(buyers, visitors), WEEKDAY, NORMAL).expected[:, -1]
    doubled = follow(signals(buyers * 2, visitors * 2), WEEKDAY, NORMAL).expected[:, -1]
    np.testing.assert_allclose(plain, doubled, atol=0.01)
    np.testing.assert_allclose(np.exp(plain), 0.04, rtol=0.03)


def test_the_expectation_finds_level_and_weekday():
    weekly = np.array([1.0, 0.8, 0.9, 1.0, 1.1, 1.5, 1.3])
    values = np.round(1_000 * weekly[WEEKDAY])[None]
    expected = np.exp(follow(signals(values), WEEKDAY, NORMAL).expected[0, -7:])
    np.testing.assert_allclose(expected, 1_000 * weekly[WEEKDAY[-7:]], rtol=0.05)


def test_empty_and_constant_and_zero_series_have_answers():
    values = np.stack([np.full(N_DAYS, np.nan), np.full(N_DAYS, 7.0), np.zeros(N_DAYS)])
    track = follow(signals(values), WEEKDAY, NORMAL)
    assert np.isnan(track.expected[0]).all()
    assert np.exp(track.expected[1, -1]) == pytest.approx(7.5, rel=0.01)
    assert np.exp(track.expected[2, -1]) == pytest.approx(0.5, rel=0.05)


def test_distances_of_counts_are_even_to_both_sides():
    rng = np.random.default_rng(5)
    few = rng.poisson(9, (200, N_DAYS)).astype(float)
    scores = follow(signals(few), WEEKDAY, NORMAL).scores(signals(few).y)[:, 40:]
    assert abs(np.quantile(scores, 0.01) + np.quantile(scores, 0.99)) < 0.5


# --- tails


def pool(seed: int, n: int = 60, freedom: float = 5.0) -> np.ndarray:
    return np.random.default_rng(seed).standard_t(freedom, (n, 100))


@pytest.mark.parametrize("level", [0.1, 0.01, 0.002])
def test_a_rarity_is_what_it_says(level):
    scores = pool(1, 200)
    zeros = np.zeros(scores.shape, dtype=np.intp)
    fitted = tails.fit(tails.pooled(tails.prior(1), scores, zeros))
    fresh = pool(2, 400).ravel()
    p = fitted.p_values(fresh, np.zeros(len(fresh), dtype=np.intp))
    assert (p <= level).mean() == pytest.approx(level, rel=0.35)


def test_nothing_is_called_rarer_than_the_pool_can_know():
    fitted = tails.fit(tails.prior(1))
    p = fitted.p_values(np.array([50.0]), np.array([0]))
    assert p[0] == pytest.approx(1 / (fitted.size[0] + 1))
    assert np.isinf(fitted.limits(np.array([1e-6]), np.array([0]))[0])


@given(st.floats(0.006, 0.5))
def test_limits_undo_p_values(p):
    histograms = tails.pooled(tails.prior(1), pool(3), np.zeros((60, 100), dtype=np.intp))
    fitted, first = tails.fit(histograms), np.array([0])
    limit = fitted.limits(np.array([p]), first)
    assert fitted.p_values(limit, first)[0] == pytest.approx(p, rel=0.05)


def test_incidents_of_the_past_do_not_hide_a_new_one():
    scores = pool(4, 60)
    zeros = np.zeros(scores.shape, dtype=np.intp)
    hit = scores.copy()
    hit[:, ::50] = 15.0
    clean, spoilt = (
        tails.fit(tails.pooled(tails.prior(1), each, zeros)).p_values(
            np.array([6.0]), np.array([0])
        )
        for each in (scores, hit)
    )
    assert spoilt[0] < 3 * clean[0]


# --- detector


def families(n: int, family: int = WATCHED) -> Families:
    return Families(np.full(n, family), np.zeros(n, dtype=int))


def test_a_fall_of_one_series_is_seen_and_of_all_is_the_panels():
    values = counts(6, 30)
    lone, common = values.copy(), values.copy()
    lone[3, -1] *= 0.4
    common[:, -1] = np.round(common[:, -1] * 0.4)
    for each, expected in ((lone, True), (common, False)):
        found = detect(signals(each), families(30), weekdays=WEEKDAY, trains=NORMAL)
        assert (found.p[3] < 0.002) == expected
        assert found.raw[3] < -4


def test_a_small_family_keeps_its_own_scores():
    n = PANEL_LEAST - 1
    found = detect(signals(counts(7, n)), families(n), weekdays=WEEKDAY, trains=NORMAL)
    np.testing.assert_array_equal(found.z, found.raw)


def test_one_more_day_is_the_same_as_all_days():
    values = counts(8, 20)
    whole = detect(signals(values), families(20), weekdays=WEEKDAY, trains=NORMAL)
    before = detect(
        signals(values[:, :-1]), families(20), weekdays=WEEKDAY[:-1], trains=NORMAL[:-1]
    )
    last = detect(
        signals(values[:, -1:]), families(20), weekdays=WEEKDAY[-1:], trains=NORMAL[-1:],
        kept=before.kept,
    )  # fmt: skip
    for name in ("expected", "spread", "raw", "z", "p", "seen"):
        np.testing.assert_array_equal(getattr(whole, name), getattr(last, name))


def test_a_replay_says_of_its_last_day_what_detecting_it_says():
    values = counts(9, 20)
    z, p = replay(signals(values), families(20), weekdays=WEEKDAY, trains=NORMAL, first=60)
    found = detect(signals(values), families(20), weekdays=WEEKDAY, trains=NORMAL)
    np.testing.assert_array_equal(z[:, -1], found.z)
    np.testing.assert_array_equal(p[:, -1], found.p)


@pytest.mark.parametrize("family", [HEADLINE, WATCHED])
def test_a_series_is_judged_only_with_days_behind_it(family):
    few = 6
    values = counts(10, 3)[:, :few]
    found = detect(
        signals(values), families(3, family), weekdays=WEEKDAY[:few], trains=NORMAL[:few]
    )
    assert np.isnan(found.z).all()
    assert np.isnan(found.p).all()


def test_scores_and_distances_turn_into_each_other():
    found = detect(signals(counts(11, 8)), families(8), weekdays=WEEKDAY, trains=NORMAL)
    distance = np.linspace(-0.5, 0.5, 8)
    np.testing.assert_allclose(found.distance(found.score(distance)), distance, atol=1e-9)


def test_nothing_kept_is_a_fresh_start():
    values = signals(counts(12, 4))
    kept = nothing_kept(4)
    one = detect(values, families(4), weekdays=WEEKDAY, trains=NORMAL, kept=kept)
    other = detect(values, families(4), weekdays=WEEKDAY, trains=NORMAL)
    np.testing.assert_array_equal(one.p, other.p)
    assert same(kept.filters, filters.start(4))
