"""Numbers are formatted in one place, and every sign survives a Chinese Windows console."""

from __future__ import annotations

import math

import pytest
from hostile import words
from hypothesis import given
from hypothesis import strategies as st

from storeops.messages import Change, Quantity, Unit
from storeops.reporter.numbers import json_number, rounded_parts, sparkline

ZH = words("zh").numbers
EN = words("en").numbers


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (48210.35, Unit.CNY, "48,210.35"),
        (0.125, Unit.CNY, "0.13"),
        (-0.001, Unit.CNY, "0.00"),
        (22610.0, Unit.PEOPLE, "22,610"),
        (2.5, Unit.PEOPLE, "2.5"),
        (23318.5, Unit.PEOPLE, "23,319"),
        (409 / 22610, Unit.RATIO, "1.81%"),
        (3.0, Unit.FACTOR, "3.00"),
        (None, Unit.CNY, "—"),
        (math.nan, Unit.RATIO, "—"),
        (math.inf, Unit.CNY, "—"),
        (1e15, Unit.CNY, "1,000,000,000,000,000.00"),
    ],
)
def test_cells_are_exact(value, unit, text):
    assert ZH.cell(value, unit) == text


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        (118.32, "118.32", "118.32"),
        (48210.35, "48,210", "48,210"),
        (126100.0, "12.61万", "126,100"),
        (-12345678.9, "-1,234.57万", "-12.35M"),
        (2.5e8, "2.50亿", "250.00M"),
        (None, "—", "—"),
    ],
)
def test_money_in_a_sentence_is_rounded_to_be_read(value, zh, en):
    assert ZH.quantity(value, Unit.CNY) == zh
    assert EN.quantity(value, Unit.CNY) == en


def test_a_change_in_yuan_has_a_sign_and_a_currency():
    assert ZH.money(-5600) == "-5,600元"
    assert EN.money(980.0) == "+¥980.00"
    assert EN.about(980.4) == "+¥980"
    assert EN.about(-12345678.9) == "-¥12.35M"
    assert ZH.about(None) == "—"
    assert ZH.money(0.001) == "0.00元"


@pytest.mark.parametrize(
    ("change", "text", "arrow"),
    [
        (Change(-0.18), "-18%", "▼18%"),
        (Change(0.013), "+1.3%", "▲1.3%"),
        (Change(-0.0029, points=True), "-0.29pp", "▼0.29pp"),
        (Change(0.0), "0.0%", "0.0%"),
        (Change(-0.00001), "0.0%", "0.0%"),
        (Change(math.inf), "new", "new"),
        (Change(None), "—", "—"),
        (Change(0.0999), "+10%", "▲10%"),
        (Change(12.5), "+1,250%", "▲1,250%"),
    ],
)
def test_changes_show_their_direction(change, text, arrow):
    assert EN.change(change) == text
    assert EN.arrow(change) == arrow


def test_a_difference_of_small_counts_is_shown_as_counts():
    assert EN.arrow(Quantity(-6.0, Unit.PEOPLE)) == "▼6"
    assert EN.arrow(Quantity(0.0, Unit.PEOPLE)) == "0"
    assert EN.signed(12, Unit.COUNT) == "+12"


def test_stored_money_is_rounded_to_the_fen_and_rates_are_not():
    assert json_number(0.1 + 0.2, Unit.CNY, "paid_amount") == 0.3
    assert json_number(48210.35 / 409, Unit.CNY, "amount_per_buyer") == 48210.35 / 409
    assert json_number(409 / 22610, Unit.RATIO, "conversion_rate") == 409 / 22610
    assert json_number(22610.0, Unit.PEOPLE, "visitors") == 22610
    assert isinstance(json_number(22610.0, Unit.PEOPLE, "visitors"), int)
    assert json_number(math.nan, Unit.CNY) is None
    assert str(json_number(-0.001, Unit.CNY)) == "0.0"


amounts = st.lists(st.floats(-1e7, 1e7), min_size=1, max_size=12)


@given(st.floats(0, 1e8), amounts, st.sampled_from([0, 2]))
def test_rounded_parts_still_add_up(start, parts, digits):
    end = start + math.fsum(parts)
    rounded = rounded_parts(start, end, parts, digits)
    total = round(end, digits) - round(start, digits)
    assert math.fsum(rounded) == pytest.approx(total, abs=1e-6)
    unit = 1 if digits == 0 else 0.01
    assert all(
        abs(after - before) <= unit * (len(parts) + 2)
        for after, before in zip(rounded, parts, strict=True)
    )


def test_parts_that_do_not_add_up_are_not_made_to():
    assert rounded_parts(0.0, 100.0, [10.0, 20.0], 2) == (10.0, 20.0)


def test_a_sparkline_has_gaps_for_missing_days():
    assert sparkline([1.0, None, 8.0, math.nan]) == "▁ █ "
    assert sparkline([3.0, 3.0]) == "▄▄"
    assert sparkline([None]) == ""


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        (48210.35, "4.82万", "48.2k"),
        (1_260_000.0, "126万", "1.26M"),
        (999_600.0, "100万", "1M"),
        (123_456_789.0, "1.23亿", "123M"),
        (9_996.0, "1万", "10k"),
        (9_876.5, "9,877", "9,877"),
        (523.1, "523.10", "523.10"),
        (0.0, "0.00", "0.00"),
        (-48210.35, "-4.82万", "-48.2k"),
        (None, "—", "—"),
        (math.nan, "—", "—"),
    ],
)
def test_a_subject_line_has_three_figures_of_an_amount(value, zh, en):
    assert (ZH.short(value), EN.short(value)) == (zh, en)


@pytest.mark.parametrize(
    ("value", "text"), [(0.64, "64%"), (0.064, "6.4%"), (1.05, "105%"), (0.0, "0.0%"), (None, "—")]
)
def test_a_share_has_no_sign(value, text):
    assert ZH.share(value) == EN.share(value) == text
