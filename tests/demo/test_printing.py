"""Figures as vendors print them."""

from __future__ import annotations

import numpy as np
import pytest

from storeops.demo.printing import ADS, CLASSIC, REPORT

BOOK = {
    "visitors": np.array([400, 431]),
    "paid_buyers": np.array([4, 2]),
    "paid_amount": np.array([1, 1_063_800]),
    "bounce_rate": np.array([0, 685]),
    "pc_visitors": np.array([0, 0]),
    "pc_paid_amount": np.array([0, 0]),
    "clicks": np.array([1, 5567]),
    "impressions": np.array([8, 100_000]),
    "ad_spend": np.array([3, 358_050]),
    "attributed_amount": np.array([3, 716_100]),
}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("paid_amount", "10,638.00"),
        ("bounce_rate", "6.85%"),
        ("conversion_rate", "0.46%"),
        ("amount_per_visitor", "24.68"),
        ("amount_per_buyer", "5,319.00"),
        ("visitors_change", "7.75%"),
        ("paid_buyers_change", "-50.00%"),
    ],
)
def test_a_real_shop_days_ratios_come_out_as_the_platform_printed_them(name: str, text: str):
    assert CLASSIC.figure(BOOK, name, 1) == text


def test_missing_is_marked_as_each_vendor_does():
    assert REPORT.figure(BOOK, "pc_amount_per_visitor", 1) == "NULL"
    assert CLASSIC.figure(BOOK, "search_conversion_rate", 1) == "-"
    assert ADS.figure(BOOK, "cost_per_cart", 1) == ""


def test_ads_print_fractions_and_plain_money():
    assert ADS.figure(BOOK, "click_through_rate", 1) == "0.05567"
    assert ADS.figure(BOOK, "ad_spend", 1) == "3580.50"
    assert ADS.figure(BOOK, "return_on_ad_spend", 1) == "2"
    assert ADS.figure(BOOK, "cost_per_click", 1) == "0.64"


def test_halves_round_up():
    assert ADS.figure(BOOK, "click_through_rate", 0) == "0.125"
    assert ADS.figure(BOOK, "cost_per_thousand", 0) == "3.75"
    assert (
        CLASSIC.figure(
            {"paid_buyers": np.array([1]), "visitors": np.array([16])}, "conversion_rate", 0
        )
        == "6.25%"
    )
    assert (
        CLASSIC.figure(
            {"paid_buyers": np.array([1]), "visitors": np.array([800])}, "conversion_rate", 0
        )
        == "0.13%"
    )
