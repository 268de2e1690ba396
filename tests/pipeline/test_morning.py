"""The main road on real files: what is true of the answer whatever the files are called."""

import csv
import json
import math
import shutil
import zipfile
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO, StringIO

import openpyxl
import pytest
from python_calamine import CalamineWorkbook
from xlsxwriter import Workbook

from storeops.calendars import load_calendar
from storeops.demo import write_demo
from storeops.diagnose.day import diagnose
from storeops.diagnose.finding import Cause, State
from storeops.metrics.definitions import used_columns
from storeops.pipeline.morning import morning
from storeops.pipeline.questions import import_downloads, trace
from storeops.pipeline.workspace import open_record, open_workspace
from storeops.reporter import jsondoc, terminal
from storeops.reporter.blocks import Table

RECORD = shutil.ignore_patterns(".storeops")


@pytest.fixture(scope="module")
def report(shop, asked):
    return morning(shop.folder, asked, workbook=False).reports[0]


def said(root, asked):
    """The JSON document without the names of files, which the user may choose freely."""
    document = jsondoc.document(morning(root, asked, workbook=False).reports, "zh")
    notes = [(note["kind"], note["text"]) for note in document["notes"]]
    return {**document, "files": None, "notes": sorted(set(notes))}


def figure(report, metric):
    return next(figure for figure in report.figures if figure.metric == metric)


def test_every_figure_equals_the_export(report, shop):
    for metric in ("paid_amount", "visitors", "paid_buyers", "refunded_amount"):
        assert figure(report, metric).value == pytest.approx(shop.figures[metric], abs=0.001)


def test_a_rate_is_the_ratio_of_its_sums(report, shop):
    assert figure(report, "conversion_rate").value == pytest.approx(
        shop.figures["paid_buyers"] / shop.figures["visitors"], rel=1e-12
    )


def test_the_parts_add_up_to_the_change(report):
    split = report.split
    assert sum(part.amount for part in split.parts) == pytest.approx(
        split.end - split.start, abs=0.01
    )
    assert split.end == pytest.approx(figure(report, "paid_amount").value, abs=0.005)


def test_the_planted_problem_is_the_one_cause(report, shop):
    assert report.verdict.state is State.ABNORMAL
    assert report.verdict.cause is Cause.SHOP
    assert report.verdict.main_factor == "visitors"
    causes = [finding for finding in report.findings if finding.because_of is None]
    assert causes[0].id == f"item:{shop.hero}"
    told = {finding.id: finding.because_of for finding in report.findings}
    assert told[f"source:{shop.source}"] == causes[0].id


def test_a_factor_that_carries_a_part_of_the_change_is_not_called_fine(report):
    total = report.split.end - report.split.start
    carrying = {
        part.factor for part in report.split.parts if part.amount * total > 0.1 * total * total
    }
    fine = {item.text.args["metric"].name for item in report.checked if "metric" in item.text.args}
    assert carrying
    assert not carrying & fine


def table_of(report, name):
    return next(
        block.table
        for block in report.blocks
        if isinstance(block, Table) and block.table.name == name
    )


@pytest.mark.parametrize("name", ["table.split_sources", "table.split_items"])
def test_the_lines_of_every_breakdown_add_up_to_the_shop(report, name):
    rows = [row[1:] for row in table_of(report, name).rows]
    lines, total = rows[:-1], rows[-1]
    assert math.fsum(line[-1] or 0 for line in lines) == pytest.approx(total[-1], abs=1e-6)
    split = report.split
    assert total[-1] == pytest.approx(split.end - split.start, abs=0.01)


def test_within_and_mix_add_up_to_each_factor(report):
    rows = [row[1:] for row in table_of(report, "table.split_sources").rows]
    sums = [math.fsum(row[at] or 0 for row in rows[:-1]) for at in range(5)]
    total = rows[-1]
    assert sums[0] == pytest.approx(total[0], abs=1e-6)
    assert sums[1] + sums[2] == pytest.approx(total[1], abs=1e-6)
    assert sums[3] + sums[4] == pytest.approx(total[3], abs=1e-6)


def test_item_table_holds_every_item_to_the_cent(report, shop):
    table = table_of(report, "table.items")
    columns = [column.id for column in table.columns]
    found = {
        row[columns.index("column.item_id")]: row[columns.index("metric.paid_amount")]
        for row in table.rows
    }
    assert found == pytest.approx({item: sums["paid_amount"] for item, sums in shop.items.items()})


def test_a_second_run_imports_nothing_and_says_the_same(copied, asked):
    root = copied()
    first = said(root, asked)
    again = morning(root, asked, workbook=False).reports[0]
    assert {entry.status for entry in again.files} == {"unchanged"}
    assert said(root, asked) == first


def test_order_copies_and_shapes_of_folders_do_not_matter(shop, copied, asked, tmp_path):
    expected = said(shop.folder, asked)
    root = copied()
    for number, path in enumerate(sorted(root.glob("*.xls"))[:10]):
        deep = root / "z" / str(number)
        deep.mkdir(parents=True)
        path.rename(deep / path.name)
    reports = sorted(root.glob("日报*.xlsx"))
    for number, path in enumerate(reports):
        shutil.copy(path, root / f"{path.stem} ({number + 1}).xlsx")
    for path in sorted(root.glob("*.zip")):
        path.rename(path.with_name(f"renamed {path.name}"))
    assert said(root, asked) == expected


def test_a_shop_report_renamed_and_without_suffix_reads_the_same(copied, shop, asked):
    root = copied()
    for number, path in enumerate(sorted(root.glob("日报*.xlsx"))):
        path.rename(root / f"download{number}.bin")
    assert said(root, asked) == said(shop.folder, asked)


def test_bad_files_never_stop_the_good_ones(copied, shop, asked):
    root = copied()
    whole = next(root.glob("*.xls")).read_bytes()
    (root / "空.xls").write_bytes(b"")
    (root / "断.xls").write_bytes(whole[: len(whole) // 2])
    (root / "照片.xlsx").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
    (root / "坏.zip").write_bytes(b"PK\x03\x04" + bytes(60))
    result = morning(root, asked, workbook=False)
    bad = {
        entry.file: entry.status for entry in result.reports[0].files if entry.status != "imported"
    }
    assert set(bad) == {"空.xls", "断.xls", "照片.xlsx", "坏.zip"}
    assert "imported" not in bad.values()
    told = [note.file for note in result.reports[0].notes if note.file in bad]
    assert sorted(told) == sorted(bad)
    assert figure(result.reports[0], "paid_amount").value == pytest.approx(
        shop.figures["paid_amount"]
    )


def test_rows_in_are_kept_or_reported(report):
    for entry in report.files:
        assert entry.rows_in == entry.rows_kept + entry.rows_reported, entry.file


def test_an_earlier_day_is_judged_by_the_days_before_it_only(shop, asked):
    day = date(2026, 9, 3)
    result = morning(shop.folder, replace(asked, day=day), workbook=False)
    assert result.reports[0].day == day
    assert figure(result.reports[0], "paid_amount").value != shop.figures["paid_amount"]


def test_two_shops_in_folders_of_their_own_stay_apart(shop, asked, tmp_path):
    one = tmp_path / "both" / "甲"
    shutil.copytree(shop.folder, one, ignore=RECORD)
    second = write_demo(tmp_path / "both" / "乙", days=60, items=4, seed=3)
    for path in second.folder.glob("日报*.xlsx"):
        _rename_shop(path, "乙旗舰店")
    for path in [*second.folder.glob("参谋*.xls"), *second.folder.rglob("config.yaml")]:
        path.unlink()
    reports = morning(tmp_path / "both", asked, workbook=False).reports
    paid = {report.shop: figure(report, "paid_amount").value for report in reports}
    assert paid == pytest.approx(
        {shop.name: shop.figures["paid_amount"], "乙旗舰店": second.figures["paid_amount"]}
    )


def _rename_shop(path, name):
    book = openpyxl.load_workbook(path)
    sheet = book["data"]
    column = [cell.value for cell in sheet[1]].index("店铺名称") + 1
    for row in range(2, sheet.max_row + 1):
        sheet.cell(row, column).value = name
    book.save(path)


def test_nameless_files_between_two_shops_are_refused_with_both_names(shop, asked, tmp_path):
    root = tmp_path / "mixed"
    shutil.copytree(shop.folder, root, ignore=RECORD)
    path = next(root.glob("日报*.xlsx"))
    other = root / "另一家.xlsx"
    shutil.copy(path, other)
    _rename_shop(other, "乙旗舰店")
    result = morning(root, asked, workbook=False)
    note = next(
        note for report in result.reports for note in report.notes if note.kind == "mixed_shops"
    )
    told = note.message.args["note"]
    assert set(told.args["shops"]) == {shop.name, "乙旗舰店"}
    assert note.message.args["n"] > 50
    assert result.faulty


def test_a_provisional_name_gives_way_to_the_one_a_file_brings(shop, asked, tmp_path):
    root = tmp_path / "店铺文件夹"
    shutil.copytree(shop.folder, root, ignore=RECORD)
    reports = [*root.glob("日报*.xlsx"), *root.glob("参谋*.xls")]
    kept = tmp_path / "later"
    kept.mkdir()
    for path in reports:
        path.rename(kept / path.name)
    (root / "config.yaml").unlink(missing_ok=True)
    assert morning(root, asked, workbook=False).reports[0].shop == "店铺文件夹"
    for path in kept.iterdir():
        path.rename(root / path.name)
    reports = morning(root, asked, workbook=False).reports
    assert [report.shop for report in reports] == [shop.name]


def test_trace_names_the_cell_of_the_file(copied, shop, asked):
    root = copied()
    workspace = open_workspace(root)
    import_downloads(workspace, asked)
    rows = trace(workspace, asked, "paid_amount", shop.last_day, {"item_id": shop.hero})
    row = next(row for row in rows if row.fact == "item_daily")
    assert row.value == pytest.approx(shop.items[shop.hero]["paid_amount"])
    assert row.file.endswith(".xls")
    assert row.row > 5


EVIL = '=HYPERLINK("http://x","y")<script>alert(1)</script>\x1b[31m[red]@SUM(1)'


def _with_hostile_titles(path):
    """Write a download of items again, as it is but for its titles."""
    rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python(skip_empty_area=False)
    column = next(row.index("商品名称") for row in rows if "商品名称" in row)
    out = BytesIO()
    with Workbook(out, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet("items")
        for number, row in enumerate(rows):
            for place, cell in enumerate(row):
                is_title = place == column and number > 4
                sheet.write_string(number, place, EVIL if is_title else str(cell))
    path.write_bytes(out.getvalue())


def test_hostile_titles_come_out_inert_everywhere(copied, asked):
    root = copied()
    for path in root.glob("*商品_全部*.xls"):
        _with_hostile_titles(path)
    result = morning(root, asked, language="zh")
    document = json.dumps(jsondoc.document(result.reports, "zh"), ensure_ascii=False)
    screen = terminal.render(result.reports[0], "zh", width=120, colour=False)
    assert "HYPERLINK" in document
    assert "\\u001b" not in document
    assert "\x1b" not in screen
    book = openpyxl.load_workbook(next((root / "reports").glob("*.xlsx")))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    formulas = [str(cell.value) for cell in cells if cell.data_type == "f"]
    assert any(EVIL[:10] in str(cell.value) for cell in cells)
    assert not [formula for formula in formulas if "HYPERLINK" in formula]
    assert not [cell for cell in cells if cell.hyperlink]


def test_the_workbook_is_the_same_to_the_byte_on_a_second_run(copied, asked):
    root = copied()
    morning(root, asked, language="zh")
    (path,) = (root / "reports").glob("*.xlsx")
    before = path.read_bytes()
    path.unlink()
    morning(root, asked, language="zh")
    assert path.read_bytes() == before


def test_what_the_operator_wrote_into_the_workbook_is_not_overwritten(copied, asked):
    root = copied()
    morning(root, asked, language="zh")
    (path,) = (root / "reports").glob("*.xlsx")
    path.write_bytes(path.read_bytes() + b" ")
    touched = path.read_bytes()
    morning(root, asked, language="zh")
    assert path.read_bytes() == touched


def test_an_answer_given_later_relabels_what_is_on_record(copied, asked):
    root = copied()
    (root / "config.yaml").unlink(missing_ok=True)
    first = morning(root, asked, workbook=False)
    assert first.asks_attribution
    told = morning(root, replace(asked, attribution="last", window_days=7), workbook=False)
    again = morning(root, asked, workbook=False)
    for result in (told, again):
        kinds = {note.kind for note in result.reports[0].notes}
        assert not kinds & {"attribution_unknown", "window_unknown", "other_window"}
    assert {entry.status for entry in again.reports[0].files} == {"unchanged"}


def test_columns_in_another_order_and_encoding_give_the_same_answer(shop, copied, asked):
    root = copied()
    for path in sorted(root.glob("*报表*.zip")):
        with zipfile.ZipFile(path) as archive:
            data = archive.read(archive.namelist()[0]).decode("gb18030")
        rows = list(csv.reader(StringIO(data)))
        out = StringIO()
        csv.writer(out).writerows(row[::-1] for row in rows if row)
        path.unlink()
        path.with_suffix(".csv").write_text(out.getvalue(), encoding="utf-8-sig")
    assert said(root, asked) == said(shop.folder, asked)


def test_the_columns_left_unread_change_nothing(shop, asked):
    workspace = open_workspace(shop.folder)
    import_downloads(workspace, asked)
    with open_record(workspace, asked.now) as record:
        whole = record.window(shop.name, shop.last_day)
        narrow = record.window(shop.name, shop.last_day, only=used_columns())
    assert len(narrow.tables["shop_daily"].columns) < len(whole.tables["shop_daily"].columns)
    assert diagnose(narrow, load_calendar()) == diagnose(whole, load_calendar())


def _shop_days(path, rows):
    lines = ["统计日期,店铺名称,访客数,支付买家数,支付金额"]
    lines += [",".join(map(str, row)) for row in rows]
    path.write_text("\n".join(lines), encoding="gb18030")


def _ordinary(days):
    return [
        (date(2026, 3, 2) + timedelta(days=n), "甲店", 1000 + n % 7, 50, f"{5000 + n % 5}.00")
        for n in range(days)
    ]


def test_a_last_day_that_is_not_out_yet_is_named_and_the_day_before_is_judged(tmp_path, asked):
    rows = _ordinary(40)
    rows[-1] = (rows[-1][0], "甲店", 0, "NULL", "NULL")
    _shop_days(tmp_path / "日报.csv", rows)
    report = morning(tmp_path, asked, workbook=False).reports[0]
    assert report.day == rows[-2][0]
    note = next(note for note in report.notes if note.kind == "incomplete_day")
    assert note.message.args["last"] == rows[-1][0]


def test_a_restated_day_is_told_once(tmp_path, asked):
    rows = _ordinary(40)
    _shop_days(tmp_path / "一.csv", rows)
    morning(tmp_path, asked, workbook=False)
    restated = [*rows[:-3], (*rows[-3][:4], "4800.00"), *rows[-2:]]
    _shop_days(tmp_path / "二.csv", [*restated, (date(2026, 4, 11), "甲店", 1000, 50, "5000.00")])
    next_day = replace(asked, now=asked.now + timedelta(days=1))
    report = morning(tmp_path, next_day, workbook=False).reports[0]
    told = [note.message.args for note in report.notes if note.kind == "restated"]
    assert [(args["old"].value, args["new"].value) for args in told] == [(5002.0, 4800.0)]
    again = morning(tmp_path, replace(next_day, now=asked.now), workbook=False).reports[0]
    assert again.notes == report.notes
    _shop_days(tmp_path / "三.csv", [(date(2026, 4, 12), "甲店", 1000, 50, "5000.00")])
    later = replace(asked, now=asked.now + timedelta(days=2))
    report = morning(tmp_path, later, workbook=False).reports[0]
    assert not [note for note in report.notes if note.kind == "restated"]


def test_a_missing_day_is_a_gap_and_never_a_zero(tmp_path, asked):
    rows = _ordinary(40)
    _shop_days(tmp_path / "日报.csv", [*rows[:30], *rows[32:]])
    report = morning(tmp_path, asked, workbook=False).reports[0]
    assert report.verdict.state is State.NORMAL
    gap = next(note for note in report.notes if note.kind == "gap")
    assert gap.message.args["n"] == 2
    assert figure(report, "paid_amount").trend[-10:-8] == (None, None)


def test_one_day_only_prints_values_and_judges_nothing(tmp_path, asked):
    _shop_days(tmp_path / "日报.csv", [(date(2026, 4, 15), "甲店", 1000, 50, "5000.00")])
    result = morning(tmp_path, asked, workbook=False)
    report = result.reports[0]
    assert report.verdict.state is State.INSUFFICIENT_DATA
    assert figure(report, "paid_amount").value == 5000.0
    assert figure(report, "paid_amount").baseline is None
    assert result.status == 2


def test_a_promotion_without_a_comparable_one_is_not_taken_apart(shop, asked):
    result = morning(shop.folder, replace(asked, day=date(2026, 9, 9)), workbook=False)
    report = result.reports[0]
    assert report.verdict.state is State.PROMOTION
    assert (report.findings, report.checked) == ((), ())
    assert result.status == 0
