"""Rivals' tables: figures as shown, sides of a comparison, and whose file it is."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from storeops.facts import FactRows, FileReading
from storeops.ingest.reader import Source, load_layouts, read

LAYOUTS = load_layouts()


def reading(text: str, name: str = "x.csv") -> FileReading:
    return read(Source(name, Path(name), "0", 0.0, text.encode("utf-8-sig")), LAYOUTS)


def figures(rows: FactRows, metric: str) -> list[tuple[float, float, float]]:
    at = [n for n, name in enumerate(rows.columns["metric"]) if name == metric]
    return [tuple(float(rows.columns[c][n]) for c in ("value", "low", "high")) for n in at]


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("7500 ~ 1万", 7500, 10_000), ("750万 ~ 1000万", 7.5e6, 1e7), ("1万~2.5万", 1e4, 2.5e4),
        ("1 ~ 2.5万", 1e4, 2.5e4), ("1000～2500", 1000, 2500), ("1,000 - 2,500", 1000, 2500),
        ("1000至2500", 1000, 2500), ("0 ~ 20", 0, 20), ("1万+", 1e4, math.inf),
        ("1000以上", 1000, math.inf), ("100以下", 0, 100), ("<100", 0, 100), ("5000—1万", 5000, 1e4),
    ],
)  # fmt: skip
def test_ranges_in_every_spelling(text: str, low: float, high: float) -> None:
    got = reading(f'日期,竞店名称,访客数\n2026-09-17,甲店,"{text}"\n')
    assert (got.layout, got.notes) == ("sycm_rival_shops", ())
    ((value, *ends),) = figures(got.tables[0], "visitors")
    assert math.isnan(value)
    assert ends == [low, high]


@pytest.mark.parametrize("text", ["15% ~ 20%", "15%~20%", "15 ~ 20%", "15%-20%", "15％ ～ 20％"])
def test_ranges_of_rates(text: str) -> None:
    got = reading(f"日期,竞店名称,支付转化率\n2026-09-17,甲店,{text}\n")
    ((_, low, high),) = figures(got.tables[0], "conversion_rate")
    assert (low, high) == (0.15, 0.20)


def test_what_is_missing_has_no_row_and_what_is_odd_is_reported() -> None:
    got = reading(
        "日期,竞店名称,访客数\n2026-09-16,甲店,-\n2026-09-17,甲店,很多\n2026-09-17,乙店,5\n"
    )
    assert (got.rows_in, got.rows_kept, got.rows_reported) == (3, 2, 1)
    assert [note.kind for note in got.notes] == ["bad_cell"]
    assert got.tables[0].columns["rival"] == ["乙店"]


def test_sides_become_lines_of_their_own() -> None:
    got = reading(
        "日期,指标,本店,甲店,乙店\n2026-09-17,访客数,1234,1000 ~ 2500,-\n", "竞店分析.csv"
    )
    (rows,) = got.tables
    assert got.layout == "sycm_rival_metrics"
    assert (got.rows_in, got.rows_kept) == (1, 1)
    assert rows.columns["rival"] == ["", "甲店"]
    assert rows.columns["metric"] == ["visitors", "visitors"]
    assert np.nansum(rows.columns["value"]) == 1234
    assert got.shop is None


@pytest.mark.parametrize("name", ["竞店-日报.csv", "监控店铺_20260917.csv"])
def test_a_rivals_file_is_never_taken_for_our_own(name: str) -> None:
    text = "统计日期,店铺名称,访客数,支付金额\n2026-09-17,甲店,100,2000\n"
    assert reading(text, "日报.csv").status == "imported"
    refused = reading(text, name)
    assert (refused.status, refused.tables) == ("refused", ())
    assert "rivals_file" in str(refused.notes[0].message)


def test_two_rivals_in_one_folder_stay_apart() -> None:
    for rival in ("甲店", "乙店"):
        got = reading(f"日期,竞店名称,访客数\n2026-09-17,{rival},5\n", f"竞店-{rival}.csv")
        assert got.tables[0].columns["rival"] == [rival]


def test_a_blank_offer_is_none_on_a_page_and_unknown_in_a_hand_kept_table() -> None:
    page = reading("日期,店铺名称,商品ID,价格,优惠\n2026-09-17,甲店,700100200301,99,\n")
    assert "offer" in page.tables[0].columns["metric"]
    book = reading("日期,竞店,竞品ID,价格,优惠,备注\n2026-09-17,甲店,700100200301,99,,\n")
    assert (book.layout, book.tables[0].columns["metric"]) == ("rival_notes", ["price"])


def test_a_ranking_takes_its_day_from_a_column_or_from_the_name() -> None:
    plain = "排名,搜索词,搜索人气\n1,连衣裙,5000 ~ 1万\n"
    assert reading(plain, "搜索排行.csv").status == "refused"
    assert str(reading(plain, "搜索排行-20260917.csv").last_day) == "2026-09-17"
    dated = "统计日期,排名,搜索词,搜索人气\n2026-09-16,1,连衣裙,5000 ~ 1万\n"
    assert str(reading(dated, "搜索排行-20260917.csv").last_day) == "2026-09-16"


@pytest.mark.parametrize("header", ["竞店名称", "竞店", "竞争店铺", "对比店铺"])
def test_a_rival_goes_by_several_headers(header: str) -> None:
    got = reading(f"统计日期,{header},访客数,支付金额\n2026-09-17,甲店,5,100\n")
    assert (got.layout, got.tables[0].columns["rival"][0]) == ("sycm_rival_shops", "甲店")


def test_items_without_an_id_go_by_their_title() -> None:
    text = "日期,竞店,竞品ID,竞品名称,价格,备注\n2026-09-17,甲店,,裙子,99,\n2026-09-17,甲店,,裤子,59,\n"
    (rows,) = reading(text).tables
    items = zip(rows.columns["item_id"], rows.columns["metric"], rows.columns["value"], strict=True)
    assert [(i, float(v)) for i, m, v in items if m == "price"] == [("裙子", 99.0), ("裤子", 59.0)]
    named = reading("日期,竞店,竞品,价格,备注\n2026-09-17,甲店,裙子,99,\n")
    assert (named.layout, named.tables[0].columns["item_id"]) == ("rival_notes", ["裙子"])


def test_a_ranking_is_known_by_its_rank_under_either_name() -> None:
    for header in ("行业排名", "排名"):
        got = reading(f"日期,{header},店铺名称,交易指数\n2026-09-17,1,甲店,9000\n")
        assert got.layout == "sycm_rank_shops"
