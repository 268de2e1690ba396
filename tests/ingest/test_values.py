"""The grammar of cells: what is a number, what is missing, and what is refused."""

from __future__ import annotations

import math
from datetime import date, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from storeops.ingest.values import (
    DAMAGED,
    Missing,
    Range,
    cell_text,
    ids,
    number_columns,
    numbers,
    parse_id,
    parse_number,
    parse_period,
    parse_text,
    printed_decimals,
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,391", 1391),
        ("10,638.00", 10638),
        ("6.85%", 0.0685),
        ("174.78%", 1.7478),
        ("0.00%", 0),
        ("0.05567", 0.05567),
        ("1.2万", 12000),
        ("3.4亿", 3.4e8),
        ("¥1,234.5", 1234.5),
        ("￥5", 5),
        ("-12.5%", -0.125),
        ("１２３．５", 123.5),
        (" 12\t", 12),
        ("100元", 100),
    ],
)
def test_numbers_of_the_exports(text: str, value: float):
    assert parse_number(text) == pytest.approx(value, rel=1e-15)


@pytest.mark.parametrize("text", ["", "-", "--", "NULL", r"\N", "null", "N/A", "—"])
def test_absent_is_not_zero(text: str):
    assert parse_number(text) is Missing.ABSENT
    assert math.isnan(numbers([text]).values[0])


def test_delayed_and_not_applicable_are_told_apart():
    assert parse_number("延迟统计") is Missing.DELAYED
    assert parse_number("不适用") is Missing.NOT_APPLICABLE
    column = numbers(["1", "延迟统计", "不适用", "-"])
    assert column.delayed == (1,)
    assert column.bad == ()
    assert np.isnan(column.values).tolist() == [False, True, True, True]


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("1000 ~ 2500", 1000, 2500),
        ("1万 ~ 2.5万", 10000, 25000),
        ("7500 ~ 1万", 7500, 10000),
        ("750万 ~ 1000万", 7.5e6, 1e7),
        ("15% ~ 20%", 0.15, 0.2),
        ("5%~10%", 0.05, 0.1),
        ("5 ~ 10%", 0.05, 0.1),
        ("1万+", 10000, math.inf),
        ("100+人", 100, math.inf),
    ],
)
def test_ranges(text: str, low: float, high: float):
    assert parse_number(text) == Range(low, high)


@pytest.mark.parametrize(
    "text",
    ["1e5", "nan", "inf", "-inf", "1_000", "1,23", "1234,567", "1,2345", ",123", "1,,234", "1.2.3",
     "abc", "10-20", "20 ~ 10", "本月行业热销", "+-5", "5%%", "٣", "0x10", "1 2"],
)  # fmt: skip
def test_what_is_no_number_is_refused_alone_and_in_a_column(text: str):
    assert parse_number(text) is None
    column = numbers(["1", text, "2"])
    assert column.bad == (1,)
    assert column.values[[0, 2]].tolist() == [1, 2]


plain = st.decimals(-10_000_000, 10_000_000, places=2).map(lambda value: f"{value:,}")
percent = st.decimals(0, 500, places=2).map(lambda value: f"{value}%")
count = st.integers(0, 10**9).map(lambda value: f"{value:,}")
dash = st.sampled_from(["-", "--", "", "NULL"])
odd = st.sampled_from(["1.2万", "延迟统计", "x", "１２", "1e5", "¥3"])
cells = st.one_of(plain, percent, count, dash)


@given(st.lists(st.one_of(cells, odd), min_size=1, max_size=30))
def test_a_column_says_what_its_cells_say_one_by_one(column: list[str]):
    parsed = numbers(column)
    for line, text in enumerate(column):
        single = parse_number(text)
        if isinstance(single, float):
            assert parsed.values[line] == single
        else:
            assert math.isnan(parsed.values[line])
        assert (line in parsed.bad) is (single is None)


@given(
    st.integers(1, 6).flatmap(
        lambda n: st.lists(st.lists(cells, min_size=n, max_size=n), min_size=1, max_size=5)
    )
)
def test_columns_parsed_together_equal_columns_parsed_alone(columns: list[list[str]]):
    together = number_columns(columns)
    for column, parsed in zip(columns, together, strict=True):
        np.testing.assert_array_equal(parsed.values, numbers(column).values)


@given(st.text(max_size=12))
def test_any_text_is_a_number_or_missing_or_named_bad(text: str):
    column = numbers([text, "1"])
    assert column.values[1] == 1
    value = parse_number(text)
    assert (0 in column.bad) is (value is None or isinstance(value, Range))


@given(st.floats(0, 1e12, allow_nan=False))
def test_the_fast_way_rounds_exactly_as_python_does(value: float):
    text = f"{value:.6f}"
    assert numbers([text]).values[0] == float(text)


@given(st.integers(-(10**9), 10**9))
def test_negative_is_noticed(value: int):
    assert numbers([str(value), "5%", "-"]).negative is (value < 0)


@pytest.mark.parametrize("text", ["\x02", "1\x03\x022", "\x03", "1\x03"])
def test_control_characters_never_shift_a_column(text: str):
    first, second = number_columns([["1", text, "3"], ["4", "5", "6"]])
    assert first.bad == (1,)
    assert (first.values[[0, 2]].tolist(), second.values.tolist()) == ([1, 3], [4, 5, 6])


def test_numbers_excel_stored_as_numbers():
    column = numbers([1391, 24.68, "1,391", "-"])
    assert column.values[:3].tolist() == [1391, 24.68, 1391]
    assert numbers([1.0, 2]).values.tolist() == [1, 2]


@pytest.mark.parametrize(
    ("cell", "text"),
    [(12.0, "12"), (0.1, "0.1"), (600000000001.0, "600000000001"), (True, "TRUE"), ("x", "x"),
     (date(2026, 6, 1), "2026-06-01"), (datetime.fromisoformat("2026-06-01"), "2026-06-01"),
     (datetime.fromisoformat("2026-06-01 09:30"), "2026-06-01 09:30:00")],
)  # fmt: skip
def test_every_cell_has_a_text(cell: object, text: str):
    assert cell_text(cell) == text  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "value"),
    [('="681204377105"', "681204377105"), ("'13800000000", "13800000000"), ("681204377105\t", "681204377105"),
     ("756123456789.0", "756123456789"), ("-", None), ("", None), ("人群A", "人群A")],
)  # fmt: skip
def test_ids_are_repaired(text: str, value: str | None):
    assert parse_id(text) == value


@pytest.mark.parametrize("text", ["1.23457E+17", "7E+11", "1.2e17"])
def test_an_id_in_scientific_notation_cannot_be_repaired(text: str):
    assert parse_id(text) is DAMAGED


def test_long_numeric_ids_are_damaged_and_short_ones_are_not():
    assert ids([681204377105.0, 123456789012345678.0, "5"]) == ["681204377105", DAMAGED, "5"]
    assert ids([999_999_999_999_999.0]) == ["999999999999999"]
    assert ids([1_000_000_000_000_000.0]) == [DAMAGED]


@given(st.integers(10**8, 10**19 - 1))
def test_ids_as_text_never_pass_through_a_float(value: int):
    assert parse_id(str(value)) == str(value)


DAY = date(2026, 6, 8)


@pytest.mark.parametrize(
    "text",
    ["2026-06-08", "20260608", "2026/6/8", "2026/06/08", "2026-06-08 00:00:00", "2026/6/8 0:00",
     "2026.6.8", "2026年6月8日", "2026-06-08\t", "'2026-06-08", "２０２６-06-08",
     "2026-06-08|2026-06-08", "2026-06-08 ~ 2026-06-08"],
)  # fmt: skip
def test_days_in_all_spellings(text: str):
    assert parse_period(text) == (DAY, DAY)


@pytest.mark.parametrize(
    "text", ["2026-06-01 ~ 2026-06-08", "2026-06-01|2026-06-08", "20260601-20260608",
             "2026-06-01至2026-06-08".replace("至", "~"), "2026-06-01_2026-06-08"]
)  # fmt: skip
def test_periods(text: str):
    assert parse_period(text) == (date(2026, 6, 1), DAY)


@pytest.mark.parametrize(
    "text", ["", "-", "汇总", "2026-13-01", "2026-02-30", "45000", "2026-06-08 ~ 2026-06-01",
             "2026-06/08", "681204377105", "0000-00-00"]
)  # fmt: skip
def test_what_is_no_day(text: str):
    assert parse_period(text) is None


@given(st.dates(date(1970, 1, 1), date(2199, 12, 31)))
def test_days_come_back(day: date):
    for pattern in ("%Y-%m-%d", "%Y%m%d", "%Y/%m/%d 0:00"):
        assert parse_period(day.strftime(pattern)) == (day, day)


@given(st.text(max_size=30))
def test_no_text_breaks_a_parser(text: str):
    parse_period(text)
    parse_id(text)
    parse_text(text)


def test_formula_and_markup_text_stays_text():
    for text in (
        '=HYPERLINK("http://x","y")',
        "<script>alert(1)</script>",
        "[red]x[/red]",
        "@SUM(1)",
    ):
        assert parse_text(text) == text


def test_decimals_as_printed():
    assert printed_decimals(["24.68", "1", "-"]) == 2
    assert printed_decimals(["6.85%", "0.00%"]) == 4
    assert printed_decimals(["5%"]) == 2
    assert printed_decimals(["12", "-"]) == 0
