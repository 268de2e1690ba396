"""The operator's own workbook: the day's row and nothing else."""

from __future__ import annotations

from datetime import date, datetime, time
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from storeops.errors import StoreopsError
from storeops.reporter.own_book import enter

DAY = date(2026, 9, 17)
VALUES: dict[str, float | str] = {
    "paid_amount": 13526.52, "visitors": 1779.0, "conversion_rate": 0.0455, "weekday": "周四",
}  # fmt: skip


def book(*, points: bool = False) -> Workbook:
    made = Workbook()
    notes = made.active
    assert notes is not None
    notes.title = "说明"
    notes["A1"] = "别动我"
    page = made.create_sheet("日报")
    page["A1"] = "一叶日报"
    page.append(["日期", "星期", "销售额（元）", "访客", "转化率", "客单价", "备注"])
    for number in (15, 16):
        row = page.max_row + 1
        rate = 4.9 if points else 0.049
        page.append([date(2026, 9, number), "周二", 16000.5, 2100, rate, f"=C{row}/D{row}", "x"])
        page.cell(row, 3).font = Font(bold=True)
        page.cell(row, 3).number_format = "#,##0.00"
    return made


def saved(made: Workbook) -> bytes:
    out = BytesIO()
    made.save(out)
    return out.getvalue()


def page_of(data: bytes | None) -> Worksheet:
    assert data is not None
    page = load_workbook(BytesIO(data))["日报"]
    assert isinstance(page, Worksheet)
    return page


def test_a_new_day_is_a_row_like_the_one_above() -> None:
    entered = enter(saved(book()), "b.xlsx", DAY, VALUES)
    assert (entered.sheet, entered.row, entered.is_new) == ("日报", 5, True)
    page = page_of(entered.data)
    values = [cell.value for cell in page[5]]
    expected = [datetime.combine(DAY, time()), "周四", 13526.52, 1779, 0.0455, "=C5/D5", None]
    assert values == expected
    assert page["C5"].font.bold
    assert page["C5"].number_format == "#,##0.00"
    assert [cell.value for cell in page[4]][2] == 16000.5
    assert load_workbook(BytesIO(entered.data or b""))["说明"]["A1"].value == "别动我"


def test_a_day_is_never_entered_twice_and_is_corrected_in_place() -> None:
    first = enter(saved(book()), "b.xlsx", DAY, VALUES)
    assert first.data is not None
    assert enter(first.data, "b.xlsx", DAY, VALUES).data is None
    again = enter(first.data, "b.xlsx", DAY, {**VALUES, "visitors": 1800.0})
    assert (again.row, again.is_new) == (5, False)
    assert page_of(again.data)["D5"].value == 1800
    assert page_of(again.data).max_row == 5


def test_a_formula_of_the_operator_stands() -> None:
    made = book()
    made["日报"]["E4"] = "=D4/100"
    entered = enter(saved(made), "b.xlsx", date(2026, 9, 16), VALUES)
    assert page_of(entered.data)["E4"].value == "=D4/100"
    assert "转化率" not in entered.filled


def test_a_rate_is_written_as_the_column_has_it() -> None:
    assert page_of(enter(saved(book(points=True)), "b.xlsx", DAY, VALUES).data)["E5"].value == 4.55


@pytest.mark.parametrize(
    ("model", "written"),
    [("2026-09-16", "2026-09-17"), ("2026/09/16", "2026/09/17"), ("20260916", "20260917")],
)
def test_days_as_text_are_found_and_written_alike(model: str, written: str) -> None:
    made = book()
    made["日报"]["A4"] = model
    assert page_of(enter(saved(made), "b.xlsx", DAY, VALUES).data)["A5"].value == written
    assert enter(saved(made), "b.xlsx", date(2026, 9, 16), VALUES).row == 4


def test_a_total_below_is_not_run_over() -> None:
    made = book()
    made["日报"]["A5"] = "合计"
    with pytest.raises(StoreopsError) as caught:
        enter(saved(made), "b.xlsx", DAY, VALUES)
    assert caught.value.problem.id == "own_book.taken"


def test_what_a_rewrite_would_lose_is_refused() -> None:
    data = saved(book())
    out = BytesIO()
    with ZipFile(BytesIO(data)) as old, ZipFile(out, "w", ZIP_DEFLATED) as new:
        for part in old.namelist():
            text = old.read(part)
            if part == "xl/worksheets/sheet2.xml":
                ext = b'<extLst><ext uri="{05C60535-1F16-4fd2-B633-F4F36F0B64E0}"/></extLst></worksheet>'
                text = text.replace(b"</worksheet>", ext)
            new.writestr(part, text)
    with pytest.raises(StoreopsError) as caught:
        enter(out.getvalue(), "b.xlsx", DAY, VALUES)
    assert caught.value.problem.id == "own_book.not_kept"


def test_a_chart_that_is_kept_is_no_reason_to_refuse() -> None:
    made = book()
    chart = BarChart()
    chart.add_data(Reference(made["日报"], min_col=3, min_row=2, max_row=4), titles_from_data=True)
    made["日报"].add_chart(chart, "J2")
    entered = enter(saved(made), "b.xlsx", DAY, VALUES)
    assert entered.data is not None


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04nothing", b"text"])
def test_what_is_no_workbook_is_said_to_be_none(data: bytes) -> None:
    with pytest.raises(StoreopsError) as caught:
        enter(data, "b.xlsx", DAY, VALUES)
    assert caught.value.problem.id == "own_book.unreadable"


def test_a_workbook_without_a_daily_table_is_told_what_is_missing() -> None:
    made = Workbook()
    with pytest.raises(StoreopsError) as caught:
        enter(saved(made), "b.xlsx", DAY, VALUES)
    assert caught.value.problem.id == "own_book.no_table"
    with pytest.raises(StoreopsError) as caught:
        enter(saved(made), "b.xlsx", DAY, VALUES, "没有")
    assert caught.value.problem.id == "own_book.no_sheet"
