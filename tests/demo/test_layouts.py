"""Every layout against its sample: claimed once, whole, in any column order, and strict on the day."""

from __future__ import annotations

import csv
import io
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from storeops.demo.catalogue import header
from storeops.demo.containers import csv as ads_csv
from storeops.demo.containers import xlsx
from storeops.facts import FACTS, FileReading
from storeops.fields import FIELDS
from storeops.ingest.reader import Source, load_layouts, open_sources, read
from storeops.messages import Unit

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "samples"
INDEX: list[dict[str, Any]] = yaml.safe_load(
    (SAMPLES / "layouts" / "index.yaml").read_text(encoding="utf-8")
)
LAYOUTS = load_layouts()
each_layout = pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
each_sample = pytest.mark.parametrize("entry", INDEX, ids=lambda entry: entry["file"])


def read_sample(file: str) -> FileReading:
    path = SAMPLES / "layouts" / file
    (source,) = open_sources(path, SAMPLES)
    return read(source, LAYOUTS)


def read_bytes(name: str, data: bytes) -> FileReading:
    return read(Source(name, Path(name), "0", 0.0, data), LAYOUTS)


def ads_rows(file: str) -> list[list[str]]:
    text = (SAMPLES / "layouts" / file).read_bytes().decode("gb18030")
    return [row for row in csv.reader(io.StringIO(text)) if row]


@each_sample
def test_sample_gives_what_the_index_says(entry: dict[str, Any]):
    reading = read_sample(entry["file"])
    assert (reading.layout, reading.status) == (entry["layout"], "imported")
    assert reading.rows_in == reading.rows_kept + reading.rows_reported
    assert (reading.rows_kept, reading.first_day, reading.last_day) == (
        entry["rows"],
        entry["first_day"],
        entry["last_day"],
    )
    for column, total in entry["totals"].items():
        assert np.nansum(reading.tables[0].columns[column]) == pytest.approx(total, abs=0.005)


@each_sample
def test_sample_raises_no_doubt(entry: dict[str, Any]):
    notes = [note for note in read_sample(entry["file"]).notes if note.kind != "truncated"]
    assert notes == []


@each_layout
def test_example_is_the_sample_of_the_same_stem(layout):
    assert layout.example is not None
    assert Path(layout.example.file).stem == layout.name
    (entry,) = (entry for entry in INDEX if f"layouts/{entry['file']}" == layout.example.file)
    said = layout.example
    assert (said.rows, said.first_day, said.last_day) == (
        entry["rows"],
        entry["first_day"],
        entry["last_day"],
    )
    assert said.totals == entry["totals"]
    assert said.options == entry.get("options", {})


@each_layout
def test_layout_fills_columns_its_fact_has(layout):
    fact = FACTS[layout.fact]
    assert set(layout.columns) - {"shop"} <= {*fact.keys, *fact.columns}
    numbers = {name for name in FIELDS if FIELDS[name].unit not in (Unit.TEXT, Unit.DATE)}
    for check in layout.checks.ratios:
        assert {check.numerator, check.denominator} <= numbers & set(layout.columns)
    for parts in (*layout.checks.people, *layout.checks.sums):
        assert {parts.total, *parts.parts} <= set(layout.columns)


@each_layout
def test_layout_is_named_and_described(layout):
    for language in ("zh", "en"):
        words = yaml.safe_load(
            (ROOT / "storeops" / "lang" / language / "layouts.yaml").read_text(encoding="utf-8")
        )
        assert words[f"layout.{layout.name}"]
    assert " > " in layout.how_to_get


@pytest.mark.parametrize(
    "name", ["shop_report", "shop_report_old", "items", "items_40", "items_2023", "search_words"]
)
def test_columns_may_stand_in_any_order(name: str):
    columns = [label for label, _ in header(name)]
    random.Random(4).shuffle(columns)
    values = {"统计日期": "2026-09-17", "商品ID": "681204377105", "搜索词": "连衣裙"}
    reading = read_bytes(
        "x.xlsx", xlsx({"data": [columns, [values.get(label, "0") for label in columns]]}, "")
    )
    assert reading.status == "imported"
    assert reading.rows_kept == 1
    assert not [note for note in reading.notes if note.kind == "unknown_column"]


def test_three_columns_are_enough_for_the_shop_report():
    data = xlsx(
        {
            "data": [
                ["统计日期", "访客数", "支付金额"],
                ["2026-09-16", "431", "NULL"],
                ["2026-09-15", "1,391", "10,638.00"],
            ]
        },
        "",
    )
    reading = read_bytes("renamed.xlsx", data)
    assert reading.layout == "sycm_shop_report"
    paid = reading.tables[0].columns["paid_amount"]
    assert sorted(paid, key=np.isnan)[0] == 10638.0
    assert np.isnan(paid).sum() == 1


def test_a_month_is_no_day_but_a_period_of_its_own():
    data = xlsx(
        {
            "data": [
                ["统计日期", "访客数", "支付金额"],
                ["2024-01-01 ~ 2024-01-31", "40,311", "310,638.00"],
            ]
        },
        "",
    )
    (table,) = read_bytes("m.xlsx", data).tables
    assert table.fact == "shop_period"
    assert (table.columns["days"], list(table.columns["visitors"])) == (["31"], [40311.0])


def test_real_shop_day_passes_its_checks():
    columns = [
        "统计日期",
        "店铺名称",
        "访客数",
        "无线端访客数",
        "PC端访客数",
        "浏览量",
        "无线端浏览量",
        "PC端浏览量",
        "新访客数",
        "无线端新访客数",
        "PC端新访客数",
        "支付金额",
        "支付买家数",
        "支付转化率",
        "UV价值",
        "人均浏览量",
    ]
    row = [
        "2026-09-16",
        "某店",
        "431",
        "418",
        "14",
        "1,855",
        "1,834",
        "21",
        "319",
        "309",
        "12",
        "10,638.00",
        "2",
        "0.46%",
        "24.68",
        "4.30",
    ]
    reading = read_bytes("d.xlsx", xlsx({"data": [columns, row]}, ""))
    assert reading.shop == "某店"
    assert reading.notes == ()


@pytest.mark.parametrize(
    "file", ["alimama_plans.csv", "alimama_items.csv", "alimama_words.csv", "alimama_crowds.csv"]
)
def test_ads_without_a_day_are_recognised_and_refused(file: str):
    rows = [row[1:] for row in ads_rows(file)]
    reading = read_bytes("计划报表_20260918_080428.csv", ads_csv(rows[:2]))
    assert reading.status == "refused"


def test_old_ads_names_become_todays():
    rows = ads_rows("alimama_plans.csv")
    place = rows[0].index("场景名字")
    rows = [rows[0], *([*row[:place], "直通车", *row[place + 1 :]] for row in rows[1:])]
    assert set(read_bytes("p.csv", ads_csv(rows)).tables[0].columns["scene"]) == {"关键词推广"}


def test_word_ids_may_be_spelled_with_a_space():
    rows = ads_rows("alimama_words.csv")
    rows[0] = ["词 ID/词包ID" if name == "词ID/词包ID" else name for name in rows[0]]
    reading = read_bytes("w.csv", ads_csv(rows))
    assert reading.layout == "alimama_words"
    assert reading.notes == read_sample("alimama_words.csv").notes


def test_only_the_deepest_sources_are_kept():
    reading = read_sample("sycm_shop_sources.xls")
    columns = reading.tables[0].columns
    whole = [
        source
        for source, carrier in zip(columns["source"], columns["carrier"], strict=True)
        if carrier == "全店流量"
    ]
    assert len(whole) == len(set(whole)) == 9
    assert "平台流量 > 手淘搜索" in whole
    assert "平台流量 > 手淘推荐" not in whole
