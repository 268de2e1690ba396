"""One download to facts: what is kept, what is reported, and what is refused with its place."""

from __future__ import annotations

import io
from datetime import date
from itertools import permutations

import numpy as np
import pytest
import xlwt
from downloads import (
    SHOP,
    as_csv,
    as_html,
    as_xls,
    as_xlsx,
    as_xml,
    as_zip,
    parse,
    shop_rows,
    source,
)

from storeops.facts import FileReading
from storeops.ingest.reader import load_layouts, read
from storeops.messages import Message, Note

ITEM = [
    "统计日期",
    "商品ID",
    "商品名称",
    "商品访客数",
    "支付买家数",
    "支付金额",
    "商品支付转化率",
    "访客平均价值",
]
ADS = [
    "日期",
    "场景ID",
    "场景名字",
    "展现量",
    "点击量",
    "花费",
    "点击率",
    "平均点击花费",
    "总成交金额",
    "投入产出比",
]


def shop_file(days: int = 10) -> list[list[str]]:
    return [list(SHOP), *shop_rows(days)]


def item_rows(n: int = 5, day: str = "2026-06-18") -> list[list[str]]:
    rows = [["说明"] + [""] * 7, [""] * 8, [""] * 8, [""] * 8, ITEM]
    for i in range(1, n + 1):
        visitors, buyers, amount = 100 * i, 3 * i, 251.17 * i
        rows.append(
            [day, str(681204377100 + i), f"连衣裙{i}", f"{visitors:,}", str(buyers), f"{amount:,.2f}",
             f"{100 * buyers / visitors:.2f}%", f"{amount / visitors:.2f}"]
        )  # fmt: skip
    return rows


def ad_rows(n: int = 4) -> list[list[str]]:
    rows = [ADS]
    for i in range(1, n + 1):
        shown, clicks, spend, sold = 1000 * i + 7, 31 * i, round(17.35 * i, 2), round(88.4 * i, 2)
        rows.append(
            ["2026-06-18", str(370 + i), "关键词推广", str(shown), str(clicks), f"{spend:.2f}",
             f"{clicks / shown:.5f}", f"{spend / clicks:.5f}", f"{sold:.2f}", f"{sold / spend:.5f}"]
        )  # fmt: skip
    return rows


def only_note(reading: FileReading) -> Note:
    (note,) = reading.notes
    return note


def told(reading: FileReading) -> tuple[str, str | None]:
    """The problem a refused file ends with, and its place."""
    note = reading.notes[-1]
    problem = note.message.args["problem"]
    assert isinstance(problem, Message)
    place = note.message.args.get("place")
    assert note.file == reading.file
    assert "hint" in note.message.args
    return problem.id, None if place is None else str(place)


def facts(reading: FileReading) -> dict[str, list[object]]:
    return {
        name: np.asarray(values).tolist()
        for name, values in reading.tables[0].columns.items()
        if name != "sheet"
    }


def test_a_daily_report_is_read_whole():
    reading = parse(as_xlsx(shop_file()), "日报_20260917_5d2c.xlsx")
    assert (reading.status, reading.layout, reading.shop) == (
        "imported",
        "sycm_shop_report",
        "一叶旗舰店",
    )
    assert (reading.rows_in, reading.rows_kept, reading.rows_reported) == (10, 10, 0)
    assert (reading.first_day, reading.last_day) == (date(2026, 6, 1), date(2026, 6, 10))
    assert reading.notes == ()
    table = facts(reading)
    assert table["visitors"][:2] == [1037, 1074]
    assert table["row"] == list(range(2, 12))
    assert "shop" not in table
    assert reading.outside == {}


def test_the_same_facts_from_every_container_and_any_order_of_columns():
    rows = shop_file()
    expected = facts(parse(as_xlsx(rows)))
    for data in (as_xls(rows), as_csv(rows), as_csv(rows, "utf-8-sig"), as_html(rows), as_xml(rows),
                 as_csv(rows, delimiter="\t")):  # fmt: skip
        assert facts(parse(data)) == expected
    for order in list(permutations(range(len(SHOP))))[::701]:
        shuffled = facts(parse(as_csv([[row[j] for j in order] for row in rows])))
        assert shuffled == expected


def test_numbers_excel_keeps_as_numbers_read_the_same():
    rows = shop_file()
    typed = [rows[0]] + [
        [row[0], row[1], int(row[2].replace(",", "")), int(row[3]), float(row[4].replace(",", "")), row[5], row[6]]
        for row in rows[1:]
    ]  # fmt: skip
    assert facts(parse(as_xlsx(typed))) == facts(parse(as_xlsx(rows)))


def test_preamble_and_folded_headers_do_not_matter():
    rows = shop_file()
    rows[0] = [
        "﻿统计日期",
        " 店铺名称 ",
        "访客数\t",
        "支付买家数",
        "支付金额",
        "支付转化率",
        "客单价",
    ]
    preamble = [["说明：下载数据"], [""], ["a", "b"]]
    reading = parse(as_csv([*preamble, *rows]))
    assert facts(reading)["visitors"] == facts(parse(as_csv(shop_file())))["visitors"]
    assert facts(reading)["row"] == list(range(5, 15))


def test_missing_is_not_zero():
    rows = shop_file(3)
    rows[1][3:7] = ["NULL", "0.00", "NULL", "NULL"]
    table = facts(parse(as_xlsx(rows)))
    assert np.isnan(table["paid_buyers"][0])
    assert table["paid_amount"][0] == 0


def test_two_shops_in_one_file_are_refused_by_name():
    reading = parse(as_csv([*shop_file(2), *shop_rows(2, "另一家店")]))
    assert reading.status == "refused"
    assert told(reading)[0] == "ingest.two_shops"
    assert reading.notes[-1].kind == "mixed_shops"
    assert reading.notes[-1].message.args["problem"].args["shops"] == ("一叶旗舰店", "另一家店")
    assert (reading.rows_in, reading.rows_kept, reading.rows_reported, reading.tables) == (
        4,
        0,
        4,
        (),
    )


def test_unknown_columns_are_named_and_knowingly_dropped_ones_are_not():
    rows = [[*row, value] for row, value in zip(shop_file(2), ["神秘指标", "1", "2"], strict=True)]
    note = only_note(parse(as_csv(rows)))
    assert (note.kind, note.message.args["columns"]) == ("unknown_column", ("神秘指标",))


def test_a_gone_required_column_names_what_is_there():
    items = [row[:3] + row[4:] for row in item_rows()]
    reading = parse(as_xls(items))
    assert reading.status == "unknown"
    problem = reading.notes[0].message.args["problem"]
    assert problem.id == "ingest.unknown_near"
    assert problem.args["missing"] == ("商品访客数",)


def test_a_claimed_file_without_a_required_column_is_refused():
    words = [["搜索词", "访客数"], ["连衣裙", "5"]]
    reading = parse(as_csv(words))
    assert (reading.status, reading.layout) == ("refused", "sycm_search_words")
    problem = reading.notes[0].message.args["problem"]
    assert problem.args["missing"] == ("统计日期",)
    assert problem.args["headers"] == ("搜索词", "访客数")


def test_a_file_nobody_knows():
    reading = parse(as_csv([["a", "b"], ["1", "2"]]))
    assert (reading.status, reading.layout, told(reading)) == (
        "unknown",
        None,
        ("ingest.unknown", None),
    )
    assert reading.notes[0].kind == "unknown_layout"


def test_two_layouts_that_claim_one_file_are_both_named():
    layouts = load_layouts()
    report = next(layout for layout in layouts if layout.name == "sycm_shop_report")
    twin = report.model_copy(update={"name": "twin", "title": "Twin"})
    reading = read(source(as_csv(shop_file())), (*layouts, twin))
    assert (reading.status, told(reading)[0]) == ("refused", "ingest.ambiguous")
    titles = reading.notes[0].message.args["problem"].args["layouts"]
    assert set(titles) == {"Twin", report.title}


def test_a_bad_cell_reports_its_row_and_names_the_cell():
    rows = shop_file(5)
    rows[3][2] = "一千多"
    reading = parse(as_xlsx(rows))
    assert (reading.rows_in, reading.rows_kept, reading.rows_reported) == (5, 4, 1)
    args = only_note(reading).message.args
    assert (args["place"], args["column"], args["found"], args["rows"]) == (
        "data!C4",
        "访客数",
        "一千多",
        1,
    )
    assert facts(reading)["row"] == [2, 3, 5, 6]


@pytest.mark.parametrize("text", ["1000 ~ 2500", "-5", "1e3"])
def test_what_is_no_count_is_not_taken_for_one(text: str):
    rows = shop_file(5)
    rows[2][3] = text
    assert parse(as_csv(rows)).rows_reported == 1


def test_a_column_of_dates_that_are_none_refuses_the_file():
    rows = shop_file(3)
    for row in rows[1:]:
        row[0] = "昨天"
    reading = parse(as_csv(rows))
    assert (reading.status, told(reading)) == ("refused", ("ingest.nothing_readable", "A2"))


def test_figures_that_are_not_final_are_missing_and_said():
    rows = shop_file(3)
    rows[1][3] = rows[1][5] = rows[1][6] = "延迟统计"
    reading = parse(as_csv(rows))
    note = only_note(reading)
    assert (note.kind, note.message.args["columns"], note.message.args["cells"]) == (
        "immature",
        ("支付买家数",),
        1,
    )
    assert np.isnan(facts(reading)["paid_buyers"][0])
    assert reading.rows_kept == 3


def test_repeated_keys_keep_the_first_row():
    rows = item_rows(3)
    again = list(rows[-1])
    again[5] = "1.00"
    again[7] = "0.00"
    reading = parse(as_xls([*rows, again]))
    assert (reading.rows_in, reading.rows_kept, reading.rows_reported) == (4, 3, 1)
    assert [note.kind for note in reading.notes] == ["duplicate_row"]
    assert facts(reading)["paid_amount"][-1] == pytest.approx(753.51)


def test_rows_without_an_item_are_set_apart():
    rows = item_rows(3)
    rows[-1][1] = "-"
    reading = parse(as_xls(rows))
    assert (reading.rows_kept, reading.rows_reported) == (2, 1)


@pytest.mark.parametrize("found", ["6.81204E+11", 681204377105123456.0])
def test_a_damaged_id_refuses_the_file_with_its_cell(found: object):
    rows: list[list[object]] = [*item_rows(3)]
    rows[6] = [rows[6][0], found, *rows[6][2:]]
    reading = parse(as_xls(rows))
    assert (reading.status, told(reading)) == (
        "refused",
        ("ingest.damaged_id", "【生意参谋平台】1!B7"),
    )


def test_protected_ids_are_repaired():
    rows = item_rows(2)
    rows[5][1] = '="681204377101"'
    rows[6][1] = "'681204377102\t"
    assert facts(parse(as_xls(rows)))["item_id"] == ["681204377101", "681204377102"]


def test_a_period_in_the_date_column_is_refused():
    reading = parse(as_xls(item_rows(2, "2026-06-01 ~ 2026-06-30")))
    assert (reading.status, told(reading)) == (
        "refused",
        ("ingest.wrong_period", "【生意参谋平台】1!A6"),
    )
    assert reading.notes[0].kind == "wrong_period"


def test_a_period_in_the_name_over_rows_of_one_day_is_refused():
    data = as_xls(item_rows(2))
    name = "【生意参谋平台】商品_全部_2026-06-01_2026-06-18.xls"
    assert told(parse(data, name))[0] == "ingest.wrong_period"
    assert (
        parse(data, "【生意参谋平台】商品_全部_2026-06-18_2026-06-18 (1).xls").status == "imported"
    )


@pytest.mark.parametrize("day", ["2101-01-01", "1999-06-01"])
def test_impossible_days_are_refused(day: str):
    rows = shop_file(3)
    rows[2][0] = day
    assert told(parse(as_csv(rows))) == ("ingest.impossible_day", "A3")


def test_a_shifted_ratio_column_refuses_the_file():
    rows = shop_file()
    for row in rows[1:]:
        row[5] = "9.99%"
    reading = parse(as_xlsx(rows))
    assert (reading.status, told(reading)) == ("refused", ("ingest.ratio", "data!F2"))
    problem = reading.notes[0].message.args["problem"]
    assert (problem.args["column"], problem.args["printed"], problem.args["rows"]) == (
        "支付转化率",
        "9.99%",
        10,
    )
    assert problem.args["computed"] == f"{21 / 1037:.2%}"


def test_one_wrong_ratio_is_only_a_note():
    rows = shop_file()
    rows[4][6] = "1.00"
    reading = parse(as_xlsx(rows))
    assert reading.status == "imported"
    note = only_note(reading)
    assert (note.kind, note.message.args["place"], note.message.args["column"]) == (
        "inconsistent",
        "data!G5",
        "客单价",
    )


def test_ads_fractions_agree_to_printed_precision():
    reading = parse(as_csv(ad_rows()), "营销场景报表.csv")
    assert (reading.layout, reading.status, reading.notes) == ("alimama_scenes", "imported", ())
    rows = ad_rows()
    for row in rows[1:]:
        row[6] = f"{float(row[6]) * 100:.5f}"  # percent points where fractions belong
    assert told(parse(as_csv(rows)))[0] == "ingest.ratio"


def test_the_attribution_window_is_stored_and_never_guessed():
    data = as_csv(ad_rows())
    assert facts(parse(data))["window"] == ["unknown"] * 4
    reading = parse(data, window="15")
    assert facts(reading)["window"] == ["15"] * 4
    assert reading.outside == {"window": "15"}


def test_totals_are_set_apart_and_compared():
    rows = ad_rows(2)
    total = [
        "总计",
        "",
        "",
        "",
        "",
        f"{sum(float(row[5]) for row in rows[1:]):.2f}",
        "",
        "",
        "",
        "",
    ]
    reading = parse(as_csv([*rows, total]))
    assert (reading.rows_in, reading.rows_kept, reading.rows_reported, reading.notes) == (
        3,
        2,
        1,
        (),
    )
    total[5] = "999.00"
    note = only_note(parse(as_csv([*rows, total])))
    assert (note.kind, note.message.args["place"], note.message.args["printed"]) == (
        "inconsistent",
        "F4",
        999,
    )


def test_parts_of_people_bound_the_total():
    header = ["统计日期", "访客数", "无线端访客数", "PC端访客数", "支付金额"]
    good = [[f"2026-06-{day:02}", "431", "418", "14", "1"] for day in range(1, 6)]
    assert parse(as_csv([header, *good])).notes == ()
    bad = [[row[0], "500", *row[2:]] for row in good]
    assert told(parse(as_csv([header, *bad]))) == ("ingest.people", "B2")


def test_ragged_lines_are_reported_with_their_number():
    data = as_csv(shop_file(3), "utf-8") + b"2026-06-09,x\r\n"
    reading = parse(data)
    assert (reading.rows_in, reading.rows_kept, reading.rows_reported) == (4, 3, 1)
    args = only_note(reading).message.args
    assert (args["line"], args["cells"], args["expected"]) == (5, 2, 7)


def test_trailing_commas_and_blank_lines_are_nothing():
    text = as_csv(shop_file(2), "utf-8").replace(b"\r\n", b",,\r\n") + b"\r\n , ,\r\n\r\n"
    reading = parse(text)
    assert (reading.rows_in, reading.rows_kept, reading.notes) == (2, 2, ())


def test_a_header_without_rows_is_imported_with_a_note():
    reading = parse(as_csv([list(SHOP)]))
    assert (reading.status, reading.rows_in, reading.tables) == ("imported", 0, ())
    assert only_note(reading).kind == "empty_file"


def test_a_full_download_may_be_cut_off():
    rows = [["统计日期", "搜索词", "访客数"]] + [["2026-06-18", f"词{i}", "1"] for i in range(5000)]
    assert only_note(parse(as_csv(rows))).kind == "truncated"
    assert parse(as_csv(rows[:-1])).notes == ()


def test_garbled_headers_are_understood():
    rows = [[text.encode("gb18030").decode("latin-1") for text in row] for row in shop_file(2)]
    reading = parse(as_xls(rows))
    assert (reading.status, reading.shop, reading.rows_kept) == ("imported", "一叶旗舰店", 2)


def test_hostile_text_is_kept_as_text():
    rows = item_rows(3)
    titles = ['=HYPERLINK("http://x")', "<b>x</b>", "\x1b[31mred"]
    for row, title in zip(rows[5:], titles, strict=True):
        row[2] = title
    assert facts(parse(as_csv(rows, "utf-8")))["item_title"] == titles


def test_sheets_of_one_workbook_are_joined_and_repeats_dropped():
    header = [
        "流量载体",
        "一级来源",
        "二级来源",
        "三级来源",
        "四级来源",
        "访客数",
        "访客数环比",
        "支付金额",
    ]
    whole = [header, ["全店", "平台流量", "手淘搜索", "-", "-", "10", "-", "5.00"]]
    parts = [header, ["商品", "平台流量", "手淘搜索", "-", "-", "8", "-", "4.00"], whole[1]]
    data = as_xls(whole, "全店流量来源", ("分载体流量来源", parts))
    reading = parse(data, "店铺流量来源-2026-06-18_2026-06-18.xls")
    assert (reading.rows_in, reading.rows_kept, reading.rows_reported) == (3, 2, 1)
    assert facts(reading)["carrier"] == ["全店", "商品"]
    assert len(reading.tables) == 1


def test_an_archive_problem_becomes_a_reading():
    reading = parse(as_zip({"a.csv": b"a,b"}))
    assert reading.status == "unreadable"


def test_an_error_cell_is_missing():
    book = xlwt.Workbook()
    sheet = book.add_sheet("data")
    for i, row in enumerate(shop_file(2)):
        for j, text in enumerate(row):
            if (i, j) == (1, 3):
                sheet.write(i, j, xlwt.Formula("1/0"))
            else:
                sheet.write(i, j, text)
    data = io.BytesIO()
    book.save(data)
    assert np.isnan(facts(parse(data.getvalue()))["paid_buyers"][0])
