"""Days, items and windows that are not in the file."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from downloads import as_xls, parse, source

from storeops.facts import FileReading
from storeops.ingest.outside import named_period, named_values, needed
from storeops.ingest.reader import Outside, load_layouts, open_sources, outside_values, read

ROWS = [
    ["一级来源", "二级来源", "访客数", "浏览量", "支付金额"],
    ["平台流量", "手淘搜索", "10", "20", "5.00"],
]
DATA = as_xls(ROWS)


def problem(reading: FileReading) -> str:
    assert reading.status == "refused"
    return str(reading.notes[0].message.args["problem"].id)


@pytest.mark.parametrize(
    ("name", "days"),
    [
        ("【生意参谋平台】商品_全部_2026-06-18_2026-06-18 (1).xls", ("2026-06-18", "2026-06-18")),
        ("无线店铺流量来源-2021-10-03_2021-10-09.xls", ("2021-10-03", "2021-10-09")),
        ("引流搜索词-店外-无线-20260617.xls", ("2026-06-17", "2026-06-17")),
        ("店铺绩效_20260601_20260630_全部.xlsx", ("2026-06-01", "2026-06-30")),
        ("2026.6.8", ("2026-06-08", "2026-06-08")),
        ("日报_20260917_5d2c9f0e8b7a46c1a3f4e6d7b8c9a0f1.xlsx", ("2026-09-17", "2026-09-17")),
        ("商品报表_20260619_110309.csv", ("2026-06-19", "2026-06-19")),
        ("681204377105", None),
        ("2026-06-18 和 2026-06-20", None),
        ("流量来源", None),
    ],
)
def test_the_period_in_a_name(name: str, days: tuple[str, str] | None):
    expected = None if days is None else tuple(map(date.fromisoformat, days))
    assert named_period(name) == expected


def test_day_and_item_from_folder_and_file_name():
    reading = parse(DATA, "681204377105/商品流量来源-2026-06-18_2026-06-18.xls", attribution="last")
    assert reading.outside == {
        "date": "2026-06-18",
        "item_id": "681204377105",
        "attribution": "last",
    }
    table = reading.tables[0].columns
    assert (table["item_id"], table["date"]) == (["681204377105"], [date(2026, 6, 18)])


def test_the_nearest_name_wins_over_the_option():
    reading = parse(
        DATA, "2026-06-01/681204377105/x_20260618.xls", date="2026-06-05", item_id="681204377999"
    )
    assert (reading.outside["date"], reading.outside["item_id"]) == ("2026-06-18", "681204377105")
    reading = parse(DATA, "2026-06-01/x.xls", date="2026-06-05", item_id="681204377999")
    assert (reading.outside["date"], reading.outside["item_id"]) == ("2026-06-01", "681204377999")


def test_options_fill_what_no_name_says():
    reading = parse(DATA, "x.xls", date="20260618", item_id="681204377105")
    assert (reading.outside["date"], reading.outside["item_id"]) == ("2026-06-18", "681204377105")


@pytest.mark.parametrize(
    ("name", "options", "expected"),
    [
        ("681204377105/x.xls", {}, "ingest.no_date"),
        ("x_2026-06-18.xls", {}, "ingest.no_item"),
        ("ExportOrderList201903121048/x_2026-06-18.xls", {}, "ingest.no_item"),
        ("201903121048_2026-06-18.xls", {}, "ingest.no_item"),
        ("681204377105 681204377106_2026-06-18.xls", {}, "ingest.two_items"),
        ("x_2026-06-18.xls", {"item_id": "abc"}, "ingest.bad_item"),
        ("681204377105/x_2026-06-01_2026-06-18.xls", {}, "ingest.wrong_period"),
    ],
)
def test_without_them_the_refusal_says_what_to_do(
    name: str, options: dict[str, str], expected: str
):
    assert problem(parse(DATA, name, **options)) == expected


def test_a_sidecar_speaks_for_one_file(tmp_path: Path):
    file = tmp_path / "商品流量来源.xls"
    file.write_bytes(DATA)
    sidecar = tmp_path / "商品流量来源.xls.yaml"
    sidecar.write_text(
        "date: 2026-06-18\nitem_id: 681204377105\nattribution: first\n", encoding="utf-8"
    )
    (download,) = open_sources(file, tmp_path)
    reading = read(download, load_layouts(), Outside(attribution="last"))
    assert reading.outside == {
        "date": "2026-06-18",
        "item_id": "681204377105",
        "attribution": "first",
    }
    for wrong in ("day: 2026-06-18\n", "- x\n", "date: someday\n", "date: [\n"):
        sidecar.write_text(wrong, encoding="utf-8")
        assert problem(read(download, load_layouts())) == "ingest.bad_sidecar"


def test_outside_values_are_known_without_reading_the_file():
    layout = next(layout for layout in load_layouts() if layout.name == "sycm_item_sources")
    reading = parse(DATA, "681204377105/x_2026-06-18.xls")
    empty = source(b"", "681204377105/x_2026-06-18.xls")
    assert outside_values(empty, needed(layout), Outside()) == reading.outside
    report = next(layout for layout in load_layouts() if layout.name == "sycm_shop_report")
    assert outside_values(empty, needed(report), Outside(date="2026-01-01")) == {}


@pytest.mark.parametrize("window", ["15", "15天", " 15 d"])
def test_a_window_is_its_number_of_days(window: str):
    layout = next(layout for layout in load_layouts() if layout.name == "alimama_items")
    values = outside_values(source(b"", "x.csv"), needed(layout), Outside(window=window))
    assert values == {"window": "15"}


@pytest.mark.parametrize(
    ("name", "device", "scope"),
    [
        ("引流搜索词-店外-无线-20260917.xls", "mobile", "outside"),
        ("引流搜索词-店内-PC-20260917.xls", "pc", "inside"),
        ("词.xls", "mobile", "outside"),
    ],
)
def test_terminal_and_tab_are_read_from_the_name_where_only_it_tells(name, device, scope):
    layout = next(layout for layout in load_layouts() if layout.name == "sycm_search_words")
    assert named_values(source(b"", name), layout) == {"device": device, "word_scope": scope}
