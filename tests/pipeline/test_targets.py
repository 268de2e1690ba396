"""Targets on disk and in the morning's report: entered, edited by hand, split, told, filed."""

from __future__ import annotations

import math
import shutil
from datetime import date
from io import BytesIO
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from storeops.errors import StoreopsError
from storeops.pipeline import targets
from storeops.pipeline.morning import morning
from storeops.pipeline.targets import MonthTarget, amount_of
from storeops.pipeline.workspace import open_record, open_workspace
from storeops.reporter import blocks, excel, jsondoc, terminal

SEPTEMBER, NOVEMBER = date(2026, 9, 1), date(2026, 11, 1)


def write(root, text):
    (root / ".storeops").mkdir(exist_ok=True)
    (root / ".storeops" / "targets.yaml").write_text(text, encoding="utf-8")


def read(root):
    return (root / ".storeops" / "targets.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "yuan"),
    [
        ("1200000", 1_200_000), ("1,200,000", 1_200_000), ("120万", 1_200_000),
        ("1.2M", 1_200_000), ("1.2m", 1_200_000), ("900k", 900_000), ("120w", 1_200_000),
        ("¥1,200,000.50", 1_200_000.5), ("120万元", 1_200_000), ("1.2亿", 120_000_000),
        (" １２０万 ", 1_200_000), ("0.01", 0.01), ("99.999", 100.0), ("1000000000000", 1e12),
    ],
)  # fmt: skip
def test_an_amount_is_read_as_people_write_it(text, yuan):
    assert amount_of(text) == yuan


@pytest.mark.parametrize(
    "text",
    ["", "0", "-5", "-120万", "0.001", "50%", "５０％", "M", "k", "1.2MM", "1e6", "nan", "inf", "—",
     "100~200", "10万+", "12,00,000", "1000000000001", "twelve", "统计中"],
)  # fmt: skip
def test_what_is_no_amount_above_zero_is_refused(text):
    assert amount_of(text) is None


@given(st.integers(1, 10**11))
def test_any_amount_survives_the_ways_to_write_it(fen):
    yuan = fen / 100
    assert amount_of(f"{yuan:.2f}") == amount_of(f"{yuan:,.2f}") == yuan


@given(st.text())
def test_no_text_is_read_as_something_that_is_no_amount(text):
    yuan = amount_of(text)
    assert yuan is None or (math.isfinite(yuan) and yuan > 0)


@pytest.fixture
def empty(tmp_path, asked):
    def enter(month: date, amount: str, **more: object) -> MonthTarget:
        return targets.set_target(open_workspace(tmp_path), asked, month, amount, **more)

    return enter


def test_a_target_is_entered_replaced_and_taken_out(tmp_path, empty):
    assert targets.targets(tmp_path) == ()
    empty(NOVEMBER, "120万")
    empty(date(2026, 12, 5), "80万", is_net=True)
    empty(date(2026, 11, 30), "1.3M")
    november, december = targets.targets(tmp_path)
    assert (november.month, november.amount, november.net) == ("2026-11", 1_300_000, False)
    assert (december.month, december.amount, december.net) == ("2026-12", 800_000, True)
    assert "amount: 1300000\n" in read(tmp_path)
    workspace = open_workspace(tmp_path)
    rehearsed = targets.remove_target(workspace, None, NOVEMBER, is_rehearsal=True)
    assert rehearsed == (november,)
    assert targets.remove_target(workspace, None, NOVEMBER) == (november,)
    assert targets.targets(tmp_path) == (december,)
    with pytest.raises(StoreopsError) as caught:
        targets.remove_target(workspace, None, NOVEMBER)
    assert caught.value.problem.id == "target.unknown"


BY_HAND = """\
# what we agreed
targets:
  - month: 2026-11   # the big one
    amount: 120万
  # after it
  - {month: "2026-12", amount: "80万", net: true}
# the end
"""


def test_a_file_edited_by_hand_keeps_its_remarks_and_order(tmp_path, empty):
    write(tmp_path, BY_HAND)
    assert [target.amount for target in targets.targets(tmp_path)] == [1_200_000, 800_000]
    empty(NOVEMBER, "130万")
    text = read(tmp_path)
    assert [target.amount for target in targets.targets(tmp_path)] == [1_300_000, 800_000]
    for kept in ("# what we agreed", "# after it", "# the end", "80万"):
        assert kept in text
    targets.remove_target(open_workspace(tmp_path), None, date(2026, 12, 1))
    assert "# what we agreed" in read(tmp_path)
    assert [target.month for target in targets.targets(tmp_path)] == ["2026-11"]


@pytest.mark.parametrize(
    ("text", "line", "key"),
    [
        ("targets:\n- month: 2026-11\n  amonut: 5\n  amount: 5\n", 3, "targets.0.amonut"),
        ("targets:\n- month: 2026-11\n  amount: -5\n", 3, "targets.0.amount"),
        ("targets:\n- month: 2026-11\n  amount: true\n", 3, "targets.0.amount"),
        ("targets:\n- month: 2026-13\n  amount: 5\n", 2, "targets.0.month"),
        ("targets:\n- month: 2026-11-01\n  amount: 5\n", 2, "targets.0.month"),
        ("targets:\n- {month: 2026-11, amount: 5}\n- {month: 2026-11, amount: 6}\n", 1, ""),
    ],
)
def test_a_wrong_file_is_named_with_line_and_key(tmp_path, text, line, key):
    write(tmp_path, text)
    with pytest.raises(StoreopsError) as caught:
        targets.targets(tmp_path)
    told = caught.value.problem.args
    assert (told["file"], told["line"], told["key"]) == (".storeops/targets.yaml", line, key)
    assert read(tmp_path) == text


def test_a_bad_amount_writes_nothing(tmp_path, empty):
    for text in ("0", "-1", "x"):
        with pytest.raises(StoreopsError) as caught:
            empty(NOVEMBER, text)
        assert caught.value.problem.id == "target.bad_amount"
    assert list(tmp_path.iterdir()) == []


def test_without_a_record_the_calendar_alone_splits_the_month(tmp_path, asked, empty):
    empty(NOVEMBER, "120万")
    found = targets.standings(open_workspace(tmp_path), asked, NOVEMBER)
    (one,) = found.shops
    assert one.shop is None
    assert one.pace is not None
    assert math.fsum(day.target for day in one.pace.days) == pytest.approx(1_200_000)
    by_day = {day.day.day: day.target for day in one.pace.days}
    assert by_day[11] > 1.9 * by_day[20]
    none = targets.standings(open_workspace(tmp_path), asked, SEPTEMBER)
    assert (none.shops, none.hints, none.month) == ((), ("target.none",), "2026-09")


@pytest.fixture(scope="module")
def told(shop, asked, tmp_path_factory):
    """One morning with a target that lies above what the shop usually sells, and one without."""
    folder = tmp_path_factory.mktemp("told") / "downloads"
    shutil.copytree(shop.folder, folder, ignore=shutil.ignore_patterns(".storeops", "reports"))
    plain = morning(folder, asked, workbook=False).reports[0]
    targets.set_target(open_workspace(folder), asked, SEPTEMBER, "2M")
    return folder, plain, morning(folder, asked, workbook=False).reports[0]


def test_a_target_is_entered_for_the_one_shop_on_record(told):
    folder, _, report = told
    assert [target.shop for target in targets.targets(folder)] == [report.shop]


def test_without_a_target_nothing_is_said_of_one(told):
    _, plain, report = told
    assert plain.pace is None
    kinds = {type(block) for block in plain.blocks}
    assert blocks.PaceBlock not in kinds
    assert "table.target" not in {b.table.name for b in plain.blocks if isinstance(b, blocks.Table)}
    assert jsondoc.render(plain, "zh")["pace"] is None
    assert plain.findings == report.findings
    assert plain.verdict == report.verdict


def test_the_report_tells_the_pace_right_after_the_split(told):
    _, _, report = told
    kinds = [type(block) for block in report.blocks]
    assert kinds.index(blocks.PaceBlock) == kinds.index(blocks.SplitBlock) + 1
    assert report.pace is not None
    assert report.pace.through == report.day
    shown = terminal.render(report, "en", width=100, colour=False)
    assert "2026-09 target ¥2.00M" in shown
    assert "Out of reach" in shown
    assert report.pace.is_reachable is False


def test_the_workbook_has_the_split_before_the_to_do_and_adds_up_no_sums(told):
    _, _, report = told
    book = load_workbook(BytesIO(excel.render(report, "en")))
    names = book.sheetnames
    assert "Target" in names
    if "To do" in names:
        assert names.index("Target") < names.index("To do")
    sheet = book["Target"]
    heads = [cell.value for cell in sheet[4]]
    assert heads[:8] == ["Date", "Weekday", "Phase", "Target of the day", "Paid amount",
                         "Target so far", "Paid so far", "Attained so far"]  # fmt: skip
    rows = list(sheet.iter_rows(min_row=5, max_row=34, values_only=True))
    assert math.fsum(row[3] for row in rows) == pytest.approx(2_000_000)
    assert rows[-1][5] == 2_000_000
    assert rows[-1][4] is None
    assert rows[0][7].startswith("=IF(")
    assert [cell.value for cell in sheet[3]] == [None] * len(heads)
    tints = {
        sheet.cell(row, 1).fill.fgColor.rgb
        for row, values in enumerate(rows, 5)
        if "99" in str(values[2]) and "aftermath" not in str(values[2])
    }
    assert tints == {"FFFFF6DC"}


def test_the_split_is_drawn_as_two_sums(told):
    _, plain, report = told
    charts = {b.table: b.series for b in report.blocks if isinstance(b, blocks.Chart)}
    assert charts["table.target"] == ("column.paid_so_far", "column.due_so_far")
    assert "table.target" not in {b.table for b in plain.blocks if isinstance(b, blocks.Chart)}
    drawn = [
        name
        for name in ZipFile(BytesIO(excel.render(report, "en"))).namelist()
        if name.startswith("xl/charts/chart")
    ]
    before = ZipFile(BytesIO(excel.render(plain, "en"))).namelist()
    assert len(drawn) == 1 + sum(name.startswith("xl/charts/chart") for name in before)


def test_the_document_carries_the_pace_and_its_days(told):
    _, _, report = told
    found = jsondoc.render(report, "zh")["pace"]
    assert found["month"] == "2026-09"
    assert found["target"] == 2_000_000
    assert found["net"] is False
    assert round(math.fsum(day["target"] for day in found["days"]), 2) == 2_000_000
    counted = [day["paid"] for day in found["days"] if day["paid"] is not None]
    assert round(math.fsum(counted), 2) == found["paid"]
    assert {lever["factor"] for lever in found["levers"]} == {
        "visitors", "conversion_rate", "amount_per_buyer",
    }  # fmt: skip
    assert found["reachable"] is False


def test_one_question_is_not_answered_with_the_target(told, asked):
    folder, _, _ = told
    assert morning(folder, asked, topic="shop", workbook=False).reports[0].pace is None


def test_a_month_gone_by_is_told_as_a_result(told, asked):
    folder, _, _ = told
    targets.set_target(open_workspace(folder), asked, date(2026, 8, 1), "10万")
    (one,) = targets.standings(open_workspace(folder), asked, date(2026, 8, 1)).shops
    assert one.pace is not None
    assert one.pace.is_over
    assert one.pace.need_per_day is None


def test_a_target_without_a_shop_is_not_given_to_each_of_several(told, asked):
    folder, _, report = told
    workspace = open_workspace(folder)
    with open_record(workspace, asked.now) as record:

        class Two:
            """The record as it is with one shop more."""

            def shops(self):
                return (*record.shops(), object())

        unnamed = "targets:\n- {month: 2026-10, amount: 5}\n"
        kept = read(folder)
        write(folder, unnamed)
        day = date(2026, 10, 3)
        assert targets.goal_of(folder, record, report.shop, day).amount == 5
        assert targets.goal_of(folder, Two(), report.shop, day) is None
        write(folder, kept)


def test_an_unknown_shop_is_refused(told, asked):
    folder, _, _ = told
    asked = type(asked)(now=asked.now, shop="nobody")
    with pytest.raises(StoreopsError) as caught:
        targets.set_target(open_workspace(folder), asked, NOVEMBER, "5")
    assert caught.value.problem.id == "shop.unknown"
