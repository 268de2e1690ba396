"""The workbook: numbers are numbers, text is text, rates are live, nothing typed in is lost."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from datetime import date, datetime, time
from io import BytesIO

import pytest
from hostile import FILES, hostile_diagnosis, hostile_report, words
from openpyxl import Workbook, load_workbook

from storeops.diagnose.finding import DataTable, Severity, TableColumn
from storeops.errors import StoreopsError
from storeops.messages import Unit
from storeops.reporter import excel
from storeops.reporter.blocks import Report
from storeops.reporter.build import build
from storeops.reporter.lang import Catalogue

ZH, EN = words("zh"), words("en")
SHEETS = ["总览", "日趋势", "流量来源", "单品", "搜索词", "变化拆解", "推广", "待办", "口径"]
HEAD = 4
pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")


def book(data: bytes, *, values: bool = False) -> Workbook:
    return load_workbook(BytesIO(data), data_only=values)


@pytest.fixture(scope="module")
def data() -> bytes:
    return excel.render(hostile_report(), ZH)


@pytest.fixture(scope="module")
def sheets(data) -> Workbook:
    return book(data)


def midnight(*day: int) -> datetime:
    return datetime.combine(date(*day), time())


def texts(sheet) -> list[str]:
    return [cell.value for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]


def column_named(sheet, label: str) -> int:
    return next(cell.column for cell in sheet[HEAD] if cell.value == label)


def edited(data: bytes, change, sheet: str = "待办") -> bytes:
    workbook = book(data)
    change(workbook[sheet])
    out = BytesIO()
    workbook.save(out)
    return out.getvalue()


def test_sheets_stand_in_their_order(sheets):
    assert sheets.sheetnames == SHEETS
    english = book(excel.render(hostile_report(), EN)).sheetnames
    assert english == [
        "Overview",
        "Daily",
        "Sources",
        "Items",
        "Words",
        "Breakdown",
        "Ads",
        "To-do",
        "Notes",
    ]


def test_the_same_report_gives_the_same_bytes(data):
    assert excel.render(hostile_report(), ZH) == data
    assert excel.render(hostile_report(), ZH, previous=data) == data


def test_whether_a_file_is_new_or_known_changes_nothing(data):
    again = replace(
        hostile_report(),
        files=tuple(
            replace(entry, status="unchanged") if entry.status == "imported" else entry
            for entry in FILES
        ),
    )
    assert excel.render(again, ZH) == data


def test_no_text_is_a_formula_or_a_link(data, sheets):
    ours = re.compile(
        r"=(IF\(OR\(|IF\(LEN\(|SUBTOTAL\(109,|IFERROR\(SUMPRODUCT\(SUBTOTAL\(109,|B\d+-B\d+$)"
    )
    for sheet in sheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    assert ours.match(cell.value), (sheet.title, cell.coordinate, cell.value)
                assert cell.hyperlink is None
    archive = zipfile.ZipFile(BytesIO(data))
    for name in archive.namelist():
        assert b"<hyperlink" not in archive.read(name), name
        assert not (name.endswith(".rels") and b'TargetMode="External"' in archive.read(name)), name


def test_hostile_titles_are_plain_text(sheets):
    names = [sheets["单品"].cell(HEAD + 1 + i, 1) for i in range(9)]
    assert all(cell.data_type == "s" for cell in names)
    assert names[0].value == '=HYPERLINK("http://evil.example","点我")'
    assert names[2].value == "红色连衣裙"
    assert names[3].value == "[red]特价[/red] 针织开衫 [/特价]"
    for sheet in sheets:
        for text in texts(sheet):
            assert not [
                char for char in text if (char < " " and char != "\n") or char in "\u202e\u202c"
            ]


def test_ids_are_text_and_numbers_are_exact_numbers(sheets):
    items = sheets["单品"]
    assert items.cell(HEAD + 1, column_named(items, "商品ID")).value == "682345678901234567"
    daily = sheets["日趋势"]
    paid = daily.cell(HEAD + 60, column_named(daily, "支付金额"))
    expected = hostile_diagnosis().tables[0].rows[59][3]
    assert paid.data_type == "n"
    assert float(paid.value) == expected
    assert paid.number_format == "#,##0.00"
    assert daily.cell(HEAD + 60, 1).value == midnight(2025, 11, 20)


def test_what_is_missing_is_an_empty_cell(sheets):
    daily = sheets["日趋势"]
    assert daily.cell(HEAD + 21, column_named(daily, "访客数")).value is None
    assert daily.cell(HEAD + 1, column_named(daily, "花费")).value is None
    assert daily.cell(HEAD + 22, column_named(daily, "支付金额")).value == 0


def test_rates_are_live_formulas_with_their_value_kept(data, sheets):
    live, kept = sheets["日趋势"], book(data, values=True)["日趋势"]
    column = column_named(live, "支付转化率")
    formula = live.cell(HEAD + 1, column)
    assert re.fullmatch(r'=IF\(OR\(F5="",E5="",E5=0\),"",F5/E5\)', formula.value)
    assert formula.number_format == "0.00%"
    assert float(kept.cell(HEAD + 1, column).value) == pytest.approx(400 / 22000, rel=1e-12)
    assert kept.cell(HEAD + 21, column).value in (None, "")  # no visitors: no rate, not zero


def test_totals_follow_the_filter_and_never_add_people(data, sheets):
    live, kept = sheets["日趋势"], book(data, values=True)["日趋势"]
    rows = hostile_diagnosis().tables[0].rows
    paid = column_named(live, "支付金额")
    assert live.cell(HEAD - 1, paid).value == "=SUBTOTAL(109,D5:D64)"
    assert float(kept.cell(HEAD - 1, paid).value) == pytest.approx(
        sum(row[3] for row in rows), abs=1e-6
    )
    assert live.cell(HEAD - 1, column_named(live, "访客数")).value == "—"
    rate = column_named(live, "支付转化率")
    pairs = [(row[5], row[4]) for row in rows if row[4] is not None]
    ratio = sum(a for a, _ in pairs) / sum(b for _, b in pairs)
    assert "ISNUMBER" in live.cell(HEAD - 1, rate).value
    assert float(kept.cell(HEAD - 1, rate).value) == pytest.approx(ratio, rel=1e-12)


@pytest.mark.parametrize("name", SHEETS[1:-1])
def test_heads_are_frozen_and_can_be_filtered(sheets, name):
    sheet = sheets[name]
    assert sheet.freeze_panes is not None
    assert int(re.sub(r"\D", "", sheet.freeze_panes)) == HEAD + 1
    assert sheet.auto_filter.ref.startswith(f"A{HEAD}:")


def test_promotion_days_are_tinted(sheets):
    daily = sheets["日趋势"]
    tinted = {
        daily.cell(row, 1).value.date().isoformat()
        for row in range(HEAD + 1, HEAD + 61)
        if daily.cell(row, 1).fill.start_color.rgb == "FFFFF6DC"
    }
    assert tinted == {"2025-11-10", "2025-11-11"}


def test_there_are_native_charts_and_sparklines(data):
    archive = zipfile.ZipFile(BytesIO(data))
    charts = [name for name in archive.namelist() if name.startswith("xl/charts/chart")]
    kinds = "".join(archive.read(name).decode() for name in charts)
    assert len(charts) == 6
    assert kinds.count("<c:lineChart>") == 4  # two axes each, on 日趋势 and on 总览
    assert kinds.count('<c:barDir val="bar"/>') == 3
    assert kinds.count('<c:grouping val="stacked"/>') == 1
    overview = archive.read("xl/worksheets/sheet1.xml").decode()
    assert overview.count("<x14:sparkline>") == 5
    assert 'fitToPage="1"' in overview
    assert 'showGridLines="0"' in overview


def test_red_is_up_in_chinese_and_down_in_english(data):
    def rising(workbook: bytes) -> str:
        sheet = book(workbook)["单品" if workbook == data else "Items"]
        rules = [rule for rules in sheet.conditional_formatting for rule in rules.rules]
        greater = next(rule for rule in rules if rule.operator == "greaterThan")
        return greater.dxf.font.color.rgb

    assert rising(data) == "FFC0392B"
    assert rising(excel.render(hostile_report(), EN)) == "FF1E8449"


def test_the_breakdown_adds_up_to_the_fen(sheets):
    rows = [
        (sheets["变化拆解"].cell(r, 1).value, sheets["变化拆解"].cell(r, 2).value)
        for r in range(5, 10)
    ]
    assert [name for name, _ in rows] == ["常态", "访客", "转化", "客单", "当日"]
    amounts = [float(amount) for _, amount in rows]
    assert round(sum(amounts[:-1]), 2) == amounts[-1] == 48210.35


def test_absent_data_makes_no_sheet_and_the_notes_say_why():
    bare = replace(hostile_diagnosis(), tables=(), split=None, findings=(), figures=(), notes=())
    workbook = book(excel.render(build(bare, ()), ZH))
    assert workbook.sheetnames == ["总览", "口径"]
    notes = texts(workbook["口径"])
    for name in SHEETS[1:-1]:
        assert name in notes
    assert any("下载" in text for text in notes)


def test_definitions_data_times_and_files_are_in_the_notes(sheets):
    notes = texts(sheets["口径"])
    assert any("2025-11-20" in text and "00:00" in text for text in notes)
    assert "支付买家数 ÷ 访客数；多天为合计÷合计，不取平均" in notes
    assert "=cmd.xls" in notes
    assert "店铺日报（生意参谋取数）" in notes


def test_a_table_of_any_name_gets_a_sheet_excel_accepts():
    table = DataTable(
        "table.test",
        (TableColumn("metric.item_title", Unit.TEXT), TableColumn("metric.page_views", Unit.COUNT)),
        (("a", 1.0), ("b", None)),
    )
    named = Catalogue(
        "zh",
        {
            **ZH.templates,
            "table.test": "日趋势[1]/*: 很长很长很长很长很长很长很长很长很长很长的名字",
        },
    )
    diagnosis = replace(hostile_diagnosis(), tables=(table, replace(table, name="table.daily")))
    names = book(excel.render(build(diagnosis, ()), named)).sheetnames
    assert names[2:4] == ["变化拆解", "日趋势 1     很长很长很长很长很长很长很长很长很长很长的"]


def test_the_to_do_sheet_lists_causes_with_their_impact_and_owner(sheets):
    sheet = sheets["待办"]
    assert [cell.value for cell in sheet[HEAD]][:6] == [
        "事项",
        "依据",
        "影响¥",
        "负责人",
        "截止",
        "状态",
    ]
    rows = list(sheet.iter_rows(min_row=HEAD + 1, max_row=HEAD + 6, values_only=True))
    assert [row[3] for row in rows] == ["仓库", "推广", "运营", "客服", "美工", "老板"]
    assert [row[2] for row in rows] == [-5600, -2350.46, -1100, 980, -12345678.9, None]
    assert rows[0][4] == midnight(2025, 11, 21)
    assert rows[0][5] == "待办"
    assert rows[0][6] == "item:68000000000001"
    assert sheet.column_dimensions["G"].hidden


def test_what_the_operator_entered_is_kept(data):
    def change(sheet):
        sheet.cell(HEAD + 1, 6).value = "进行中"
        sheet.cell(HEAD + 1, 5).value = midnight(2025, 11, 25)
        sheet.cell(HEAD + 2, 6).value = "等供应商回复 =1+1"
        sheet.cell(HEAD + 2, 5).value = "周五前"

    second = excel.render(hostile_report(), ZH, previous=edited(data, change))
    rows = list(book(second)["待办"].iter_rows(min_row=HEAD + 1, values_only=True))
    assert rows[0][4:6] == (midnight(2025, 11, 25), "进行中")
    assert rows[1][4:6] == ("周五前", "等供应商回复 =1+1")
    assert rows[2][5] == "待办"
    assert excel.render(hostile_report(), ZH, previous=second) == second


def test_entries_follow_their_finding_however_the_list_is_sorted(data):
    def reverse(sheet):
        rows = [
            [cell.value for cell in row]
            for row in sheet.iter_rows(min_row=HEAD + 1, max_row=HEAD + 6)
        ]
        rows[0][5] = "完成"
        for number, values in enumerate(reversed(rows), HEAD + 1):
            for column, value in enumerate(values, 1):
                sheet.cell(number, column).value = value

    second = excel.render(hostile_report(), ZH, previous=edited(data, reverse))
    assert book(second)["待办"].cell(HEAD + 1, 6).value == "完成"


def test_rows_the_operator_added_and_work_on_vanished_findings_are_kept(data):
    def change(sheet):
        sheet.cell(HEAD + 2, 6).value = "进行中"
        for column, value in enumerate(["问供应商补货", "电话", -100, "老板", None, "待办"], 1):
            sheet.cell(HEAD + 7, column).value = value

    later = replace(hostile_diagnosis(), findings=hostile_diagnosis().findings[:1])
    second = excel.render(build(later, FILES), ZH, previous=edited(data, change))
    rows = [row[:7] for row in book(second)["待办"].iter_rows(min_row=HEAD + 1, values_only=True)]
    assert len(rows) == 3
    assert rows[1][0].startswith("（今日未再出现）")
    assert rows[1][5] == "进行中"
    assert rows[2][:4] == ("问供应商补货", "电话", -100, "老板")
    assert excel.render(build(later, FILES), ZH, previous=second) == second


def test_a_state_of_ours_is_said_in_the_language_of_the_report(data):
    def change(sheet):
        sheet.cell(HEAD + 1, 6).value = "完成"

    english = excel.render(hostile_report(), EN, previous=edited(data, change))
    assert book(english)["To-do"].cell(HEAD + 1, 6).value == "done"
    assert book(english)["To-do"].cell(HEAD + 2, 6).value == "open"


@pytest.mark.parametrize(
    "broken", [b"", b"not a workbook", b"\xd0\xcf\x11\xe0 encrypted", b"PK\x05\x06" + b"\0" * 18]
)
def test_a_workbook_that_cannot_be_read_is_not_overwritten(broken):
    with pytest.raises(StoreopsError) as caught:
        excel.render(hostile_report(), ZH, previous=broken, name="日报.xlsx")
    assert caught.value.problem.id == "workbook.unreadable"
    assert "日报.xlsx" in ZH.text(caught.value.problem)


def test_somebody_elses_workbook_has_nothing_to_keep(data):
    other = BytesIO()
    Workbook().save(other)
    assert excel.render(hostile_report(), ZH, previous=other.getvalue()) == data


def test_only_what_must_be_done_now_has_a_deadline():
    findings = hostile_diagnosis().findings
    calm = replace(findings[0], severity=Severity.INFO)
    report: Report = build(replace(hostile_diagnosis(), findings=(calm,)), ())
    sheet = book(excel.render(report, ZH))["待办"]
    assert sheet.cell(HEAD + 1, 5).value is None


def test_columns_are_wide_enough_for_chinese(sheets):
    daily = sheets["日趋势"]
    assert daily.column_dimensions["D"].width >= len("4,142,058.27")
    items = sheets["单品"]
    assert items.column_dimensions["B"].width >= len("682345678901234567")
    assert items.column_dimensions["A"].width <= 48


def test_a_note_about_a_file_names_it_on_the_first_sheet(sheets):
    assert any(text.startswith("日报.xlsx：11-18") for text in texts(sheets["总览"]))
