"""Market, shop, both, or against the market."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shops import quiet_shop, window

from storeops.calendars import load_calendar
from storeops.facts import Window
from storeops.fields import Col
from storeops.metrics.figures import headline
from storeops.metrics.market import fitted, market_view
from storeops.metrics.results import MarketView

CALENDAR = load_calendar()
KEYS = [Col.PAID_AMOUNT.value, Col.PAID_BUYERS.value, Col.VISITORS.value]


def facts(
    own: float, peers: float, *, n_days: int = 120, metric: str = "paid_amount", gap: int = 0
) -> Window:
    """Multiply the last day of shop and peers, which otherwise move together."""
    shop = quiet_shop(np.random.default_rng(31), buyers=400, noise=0.05, n_days=n_days)
    middle = shop[Col.PAID_AMOUNT].median()
    last = shop.index[-1]
    shop.loc[last, KEYS] = shop[KEYS].median()
    table = pd.DataFrame({"date": shop[Col.DATE], "metric": metric, "peer": "average"})
    noise = np.exp(np.random.default_rng(32).normal(0, 0.03, n_days))
    table["value"] = 1.3 * middle * noise
    table.loc[last, "value"] = 1.3 * middle * peers
    shop.loc[last, KEYS] = (shop.loc[last, KEYS] * own).round()
    return window(shop, peer_daily=table.iloc[gap:].reset_index(drop=True))


def view(own: float, peers: float, **more: object) -> MarketView:
    found = facts(own, peers, **more)
    return market_view(found, headline(found, CALENDAR), CALENDAR)


@pytest.mark.parametrize(
    ("own", "peers", "cause"),
    [
        (0.6, 1.0, "shop"),
        (0.7, 0.7, "market"),
        (0.7, 0.72, "market"),
        (0.4, 0.75, "both"),
        (0.7, 1.3, "against_market"),
        (1.0, 0.7, "against_market"),
        (1.4, 1.35, "market"),
        (1.0, 1.0, "unknown"),
    ],
)
@pytest.mark.parametrize("n_days", [120, 16])
def test_the_cause(own, peers, cause, n_days):
    assert view(own, peers, n_days=n_days).cause == cause


@given(own=st.floats(0.2, 3.0), peers=st.floats(0.3, 2.0))
def test_market_part_and_own_part_are_the_change_to_the_fen(own, peers):
    found = facts(own, peers)
    day = headline(found, CALENDAR)
    paid = day.figure("paid_amount")
    split = market_view(found, day, CALENDAR)
    assert split.market_part + split.own_part == pytest.approx(paid.value - paid.baseline, abs=0.01)


def test_the_own_part_lies_in_its_interval():
    found = view(0.6, 0.8)
    assert found.own_low < (1 + found.own) / (1 + found.market) - 1 < found.own_high
    assert found.market_part < 0
    assert found.own_part < 0
    assert found.peers == pytest.approx(-0.2, abs=0.05)


def test_visitors_stand_in_but_claim_no_yuan():
    found = view(0.6, 1.0, metric="visitors")
    assert (found.metric, found.market_part) == ("visitors", None)


def test_without_peers_or_history_nothing_is_claimed():
    assert view(0.6, 0.6, n_days=6).cause == "unknown"
    shop = quiet_shop(np.random.default_rng(31), buyers=400, noise=0.05)
    bare = window(shop)
    found = market_view(bare, headline(bare, CALENDAR), CALENDAR)
    assert (found.cause, found.peers) == ("unknown", None)


def test_few_joint_days_assume_that_the_shop_moves_with_its_peers():
    found = view(0.7, 0.7, gap=100)
    assert found.beta_assumed
    assert (found.beta, found.cause) == (1.0, "market")
    assert found.joint_days < 20


def past(beta: float, n: int, *, noise: float = 0.05) -> tuple[np.ndarray, np.ndarray]:
    """Draw quiet days, and every eighth day a move of the whole market."""
    rng = np.random.default_rng(4)
    market = np.where(np.arange(n) % 8 == 0, rng.choice([-0.3, 0.25], n), 0.0)
    return beta * market + rng.normal(0, noise, n), market + rng.normal(0, 0.03, n)


def test_a_beta_is_learned_from_the_moves_of_the_market_and_pulled_to_one():
    strong = fitted(*past(0.4, 90))
    assert not strong.is_assumed
    assert 0.35 < strong.value < 0.6
    noisy = fitted(*past(0.4, 90, noise=0.12))
    assert strong.value < noisy.value < 1.0
    assert noisy.error > strong.error


def test_everyday_noise_of_the_peers_teaches_no_beta():
    rng = np.random.default_rng(5)
    found = fitted(rng.normal(0, 0.06, 90), rng.normal(0, 0.05, 90))
    assert (found.value, found.is_assumed) == (1.0, True)


def test_peers_that_never_move_tell_no_beta():
    own, _ = past(1.0, 90)
    still = fitted(own, np.zeros(90))
    assert (still.value, still.is_assumed) == (1.0, True)


def test_the_day_itself_teaches_no_beta():
    assert view(0.5, 1.0).beta == pytest.approx(view(1.0, 1.0).beta)
