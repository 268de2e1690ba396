"""Rows of a week or a month in a report of days: a fact of their own, never a day."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
import yaml
from downloads import as_csv, as_xlsx, parse, source
from hypothesis import given, settings
from hypothesis import strategies as st

from storeops.errors import ConfigError
from storeops.facts import FACTS
from storeops.ingest.reader import load_layouts, read
from storeops.ingest.shelf import parse_layout

HEAD = [
    "统计日期",
    "店铺名称",
    "访客数",
    "支付买家数",
    "支付金额",
    "客单价",
    "浏览量",
    "平均停留时长",
]
WEEK = [
    "2026-09-07 ~ 2026-09-13",
    "甲店",
    "16,569",
    "1,115",
    "166,946.52",
    "149.73",
    "30,000",
    "21",
]
DAY = ["2026-09-13", "甲店", "2,752", "164", "23,849.50", "145.42", "4,900", "20.5"]
OTHERS = {
    "sycm_items": ["统计日期", "商品ID", "商品名称", "商品访客数", "支付金额"],
    "sycm_search_words": ["统计日期", "搜索词", "访客数", "支付金额"],
}


def tables(reading):
    return {table.fact: table.columns for table in reading.tables}


def test_a_week_is_a_row_under_its_last_day_with_its_length():
    reading = parse(as_xlsx([HEAD, WEEK]))
    assert (reading.status, reading.layout, reading.notes) == ("imported", "sycm_shop_report", ())
    assert (reading.rows_in, reading.rows_kept, reading.rows_reported) == (1, 1, 0)
    assert (reading.first_day, reading.last_day) == (date(2026, 9, 7), date(2026, 9, 13))
    ((fact, columns),) = tables(reading).items()
    assert fact == "shop_period"
    assert (columns["date"], columns["days"]) == ([date(2026, 9, 13)], ["7"])
    told = {name: float(columns[name][0]) for name in ("visitors", "paid_buyers", "paid_amount")}
    assert told == {"visitors": 16569.0, "paid_buyers": 1115.0, "paid_amount": 166946.52}
    assert set(columns) - {"sheet", "row"} <= {*FACTS[fact].keys, *FACTS[fact].columns}
    assert list(columns["row"]) == [2]


@pytest.mark.parametrize("line", [WEEK, DAY])
def test_a_period_is_checked_as_strictly_as_a_day(line):
    wrong = [*line[:5], "99.00", *line[6:]]
    (note,) = parse(as_xlsx([HEAD, wrong])).notes
    assert (note.kind, note.message.args["printed"]) == ("inconsistent", "99.00")


def test_in_one_file_each_row_goes_where_it_belongs():
    bad = ["2026-09-06", "甲店", "许多", "1", "1.00", "1.00", "1", "1"]
    reading = parse(as_xlsx([HEAD, DAY, WEEK, bad]))
    assert (reading.rows_in, reading.rows_kept, reading.rows_reported) == (3, 2, 1)
    found = tables(reading)
    assert found["shop_daily"]["date"] == found["shop_period"]["date"] == [date(2026, 9, 13)]
    assert list(found["shop_daily"]["row"]) == [2]
    assert list(found["shop_period"]["row"]) == [3]
    assert found["shop_daily"]["visitors"] == [2752.0]
    (note,) = reading.notes
    assert note.message.args["place"] == "data!C4"


def test_two_shops_are_two_shops_across_days_and_periods():
    other = [WEEK[0], "乙店", *WEEK[2:]]
    reading = parse(as_xlsx([HEAD, DAY, other]))
    assert reading.status == "refused"
    assert reading.notes[0].message.args["problem"].id == "ingest.two_shops"


def test_an_impossible_number_of_people_reports_its_row():
    reading = parse(
        as_xlsx([HEAD, [*WEEK[:2], "-5", *WEEK[3:]], [WEEK[0].replace("09-1", "09-2"), *WEEK[1:]]])
    )
    assert (reading.rows_kept, reading.rows_reported) == (1, 1)


@pytest.mark.parametrize("name", OTHERS)
def test_other_layouts_keep_refusing_a_week(name):
    line = {"统计日期": WEEK[0], "商品ID": "681204377105", "搜索词": "连衣裙", "商品名称": "裙"}
    columns = OTHERS[name]
    reading = parse(as_csv([columns, [line.get(column, "5") for column in columns]]))
    assert (reading.status, reading.layout) == ("refused", name)
    assert reading.notes[0].message.args["problem"].id == "ingest.wrong_period"


def test_a_report_without_the_key_refuses_a_week():
    layouts = load_layouts()
    report = next(layout for layout in layouts if layout.name == "sycm_shop_report")
    reading = read(source(as_xlsx([HEAD, WEEK])), [report.model_copy(update={"longer": None})])
    assert (reading.status, reading.tables) == ("refused", ())


OWN = {
    "title": "x", "vendor": "x", "how_to_get": "x > y", "fact": "shop_daily",
    "match": ["日期", "访客"], "longer": "shop_period",
    "columns": {"date": {"header": ["日期"], "required": True}, "visitors": {"header": ["访客"]}},
}  # fmt: skip


def test_a_users_layout_may_say_it_too():
    layout = parse_layout(yaml.safe_dump(OWN, allow_unicode=True), "own.yaml")
    rows = [["日期", "访客"], ["2026-09-01~2026-09-30", "900"], ["2026-09-30", "40"]]
    found = tables(read(source(as_csv(rows)), [layout]))
    assert (found["shop_daily"]["visitors"], found["shop_period"]["days"]) == ([40.0], ["30"])


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"fact": "shop_period", "longer": None}, "ingest.layout_of_periods"),
        ({"longer": "item_daily"}, "ingest.layout_longer"),
        ({"longer": "people"}, "ingest.layout_longer"),
        ({"reshape": "home_groups"}, "ingest.layout_longer_alone"),
        ({"columns": {}, "outside": {"date": "file_name"}}, "ingest.layout_longer_alone"),
    ],
)
def test_a_layout_that_cannot_mean_it_is_refused(change, problem):
    with pytest.raises(ConfigError) as caught:
        parse_layout(yaml.safe_dump(OWN | change, allow_unicode=True), "own.yaml")
    assert caught.value.problem.args["problem"].id == problem


ROWS = st.lists(
    st.tuples(st.integers(0, 400), st.sampled_from([1, 2, 7, 30, 31]), st.integers(0, 99_999)),
    min_size=1, max_size=12,
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(rows=ROWS)
def test_every_row_is_kept_once_in_its_place_or_reported(rows):
    lines = [["统计日期", "访客数", "支付金额"]]
    for start, days, visitors in rows:
        first = date(2025, 1, 1) + timedelta(days=start)
        last = first + timedelta(days=days - 1)
        lines.append([str(first) if days == 1 else f"{first} ~ {last}", str(visitors), "1.00"])
    reading = parse(as_csv(lines))
    assert reading.rows_in == len(rows) == reading.rows_kept + reading.rows_reported
    kept = {
        (fact, day, length): visitors
        for fact, columns in tables(reading).items()
        for day, length, visitors in zip(
            columns["date"],
            columns.get("days", ["1"] * len(columns["date"])),
            columns["visitors"],
            strict=True,
        )
    }
    wanted = {}
    for start, days, visitors in rows:
        fact = "shop_daily" if days == 1 else "shop_period"
        day = date(2025, 1, 1) + timedelta(days=start + days - 1)
        wanted.setdefault((fact, day, str(days)), float(visitors))
    assert kept == wanted
    assert not any(np.isnan(value) for value in kept.values())
