"""Market, shop, both, or against the market."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from shops import quiet_shop, window

from storeops.calendars import load_calendar
from storeops.fields import Col
from storeops.metrics.figures import headline
from storeops.metrics.market import market_view

CALENDAR = load_calendar()


def view(own: float, peers: float, *, n_days: int = 120, metric: str = "paid_amount"):
    """Multiply the last day of shop and peers, which otherwise move together."""
    shop = quiet_shop(np.random.default_rng(31), buyers=400, noise=0.05, n_days=n_days)
    middle = shop[Col.PAID_AMOUNT].median()
    keys = [Col.PAID_AMOUNT.value, Col.PAID_BUYERS.value, Col.VISITORS.value]
    last = shop.index[-1]
    shop.loc[last, keys] = shop[keys].median()
    table = pd.DataFrame({"date": shop[Col.DATE], "metric": metric, "peer": "average"})
    noise = np.exp(np.random.default_rng(32).normal(0, 0.03, n_days))
    table["value"] = 1.3 * middle * noise
    table.loc[last, "value"] = 1.3 * middle * peers
    shop.loc[last, keys] = (shop.loc[last, keys] * own).round()
    facts = window(shop, peer_daily=table)
    return market_view(facts, headline(facts, CALENDAR), CALENDAR)


@pytest.mark.parametrize(
    ("own", "peers", "cause"),
    [
        (0.6, 1.0, "shop"),
        (0.7, 0.7, "market"),
        (0.4, 0.75, "both"),
        (0.7, 1.3, "against_market"),
        (1.0, 1.0, "unknown"),
    ],
)
def test_the_cause(own, peers, cause):
    assert view(own, peers).cause == cause


def test_the_change_is_shared_out_in_yuan():
    found = view(0.6, 0.8)
    assert found.market_part < 0
    assert found.own_part < 0
    assert found.peers == pytest.approx(-0.2, abs=0.05)
    assert found.beta_assumed


def test_visitors_stand_in_but_claim_no_yuan():
    found = view(0.6, 1.0, metric="visitors")
    assert (found.metric, found.market_part) == ("visitors", None)


def test_without_peers_or_history_nothing_is_claimed():
    assert view(0.6, 0.6, n_days=6).cause == "unknown"
    shop = quiet_shop(np.random.default_rng(31), buyers=400, noise=0.05)
    facts = window(shop)
    found = market_view(facts, headline(facts, CALENDAR), CALENDAR)
    assert (found.cause, found.peers) == ("unknown", None)
