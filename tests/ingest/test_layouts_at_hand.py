"""Layouts: the shipped ones, the workspace's own, drafts of new ones, and their proof."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from downloads import as_csv, as_xls, source

from storeops.errors import ConfigError, FileProblem
from storeops.ingest.draft import check_layout, draft_layout
from storeops.ingest.reader import layouts_signature, load_layouts, read
from storeops.ingest.shelf import parse_layout

OWN = """\
title: 客服绩效
vendor: 自建
how_to_get: 客服主管导出
fact: shop_daily
match: [日期, 询单人数]
columns:
  date: {header: [日期], required: true}
  visitors: {header: [询单人数]}
"""
SAMPLES = Path(__file__).parents[2] / "samples"
LAYOUTS = load_layouts()


def test_shipped_layouts_are_sorted_and_named_like_their_files():
    names = [layout.name for layout in LAYOUTS]
    assert names == sorted(names)
    assert "sycm_shop_report" in names


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_shipped_layouts_are_proved_by_their_samples(layout):
    assert check_layout(layout, SAMPLES) == []


def test_the_workspace_adds_and_replaces_layouts(tmp_path: Path):
    (tmp_path / "service.yaml").write_text(OWN, encoding="utf-8")
    (tmp_path / "sycm_items.yaml").write_text(OWN, encoding="utf-8-sig")
    layouts = {layout.name: layout for layout in load_layouts(tmp_path)}
    assert layouts["service"].title == layouts["sycm_items"].title == "客服绩效"
    assert len(layouts) == len(LAYOUTS) + 1
    assert load_layouts(tmp_path / "absent") == LAYOUTS
    data = as_csv([["日期", "询单人数"], ["2026-06-01", "5"]])
    assert read(source(data), [layouts["service"]]).rows_kept == 1


@pytest.mark.parametrize(
    ("old", "new", "line", "problem"),
    [
        ("title:", "colour: red\ntitle:", 1, "config.wrong"),
        ("fact: shop_daily", "fact: shop_hourly", 4, "ingest.layout_wrong"),
        ("  visitors:", "  guests:", 8, "ingest.layout_wrong"),
        ("fact:", "reshape: pivot\nfact:", 4, "ingest.layout_wrong"),
        ("vendor:", "name: other\nvendor:", 2, "ingest.layout_wrong"),
        ("  date: {header: [日期], required: true}\n", "", 6, "ingest.layout_wrong"),
        ("title:", "constants: {mood: good}\ntitle:", 1, "ingest.layout_wrong"),
        ("match:", "match: [", 5, "config.not_yaml"),
    ],
)
def test_a_wrong_layout_names_file_and_line(old: str, new: str, line: int, problem: str):
    with pytest.raises(ConfigError) as caught:
        parse_layout(OWN.replace(old, new, 1), "service.yaml")
    said = caught.value.problem
    assert (said.id, said.args["file"]) == (problem, "service.yaml")
    assert abs(int(str(said.args["line"])) - line) <= (problem == "config.not_yaml")


def test_a_check_of_an_unmapped_column_is_found():
    with pytest.raises(ConfigError) as caught:
        parse_layout(
            OWN + "checks: {sums: [{total: visitors, parts: [page_views, paid_units]}]}\n",
            "service.yaml",
        )
    assert caught.value.problem.args["problem"].id == "ingest.layout_check"


def test_the_signature_changes_with_a_layout_and_with_nothing_else(tmp_path):
    shipped = layouts_signature(tmp_path)
    assert shipped == layouts_signature()
    (tmp_path / "notes.txt").write_text("not a layout", encoding="utf-8")
    assert layouts_signature(tmp_path) == shipped
    (tmp_path / "service.yaml").write_text(OWN, encoding="utf-8")
    own = layouts_signature(tmp_path)
    assert own != shipped
    (tmp_path / "service.yaml").write_text(OWN + "ignore: [x]\n", encoding="utf-8")
    assert layouts_signature(tmp_path) not in {own, shipped}


UNKNOWN = [
    ["客服报表", "", "", "", ""],
    ["日期", "访客数", "支付金额", "询单人数", 'say "hi"'],
    ["2026-06-01", "100", "1,234.50", "5", "a"],
    ["2026-06-02", "90", "1,000.00", "延迟统计", "b"],
]


@pytest.mark.parametrize("data", [as_csv(UNKNOWN), as_xls(UNKNOWN)])
def test_a_draft_reads_the_file_it_was_made_from(tmp_path: Path, data: bytes):
    text = draft_layout(source(data, "客服报表.csv"))
    draft = yaml.safe_load(text)
    assert list(draft["columns"]) == ["date", "subject"]
    assert draft["match"] == UNKNOWN[1]
    assert draft["measures"] == ["访客数", "支付金额", "询单人数"]
    assert draft["example"]["rows"] == 2
    assert draft["example"]["totals"] == {"访客数": 190, "支付金额": 2234.5, "询单人数": 5}
    layout = parse_layout(text, "service.yaml")
    (tmp_path / "客服报表.csv").write_bytes(data)
    assert check_layout(layout, tmp_path) == [] or check_layout(layout, tmp_path)[0].args["sample"]


def test_a_draft_guesses_the_fact_and_english_headers():
    rows = [["商品ID", "Item title", "商品访客数", "支付件数"], ["681204377105", "x", "5", "1"]]
    draft = yaml.safe_load(draft_layout(source(as_csv(rows), "单品_2026-06-18.csv")))
    assert (draft["fact"], draft["outside"]) == ("item_daily", {"date": "file_name"})
    assert list(draft["columns"]) == ["item_id", "item_title", "visitors", "paid_units"]
    assert draft["columns"]["item_id"]["required"] is True
    assert str(draft["example"]["first_day"]) == "2026-06-18"


def test_a_draft_marks_what_a_known_table_has_beyond_it():
    rows = [["商品ID", "日期", "我的评分"], ["681204377105", "2026-06-01", "5"]]
    text = draft_layout(source(as_csv(rows), "x.csv"))
    assert '# ?: {header: ["我的评分"]}' in text


def test_a_draft_of_headers_nobody_knows_is_still_yaml():
    draft = yaml.safe_load(draft_layout(source(as_csv([["甲", "乙"], ["x", "y"]]), "x.csv")))
    assert (draft["columns"], draft["match"]) == ({"subject": {"header": ["甲"]}}, ["甲", "乙"])
    assert "example" not in draft


def test_no_draft_of_what_is_no_table():
    with pytest.raises(FileProblem):
        draft_layout(source(b"%PDF\x00"))


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"rows": 3}, "rows"),
        ({"first_day": "2026-05-01"}, "first_day"),
        ({"totals": {"visitors": 6}}, "visitors"),
    ],
)
def test_a_false_example_is_found(tmp_path: Path, change: dict[str, object], what: str):
    example = {
        "file": "x.csv", "rows": 1, "first_day": "2026-06-01", "last_day": "2026-06-01", "totals": {"visitors": 5},
    }  # fmt: skip
    (tmp_path / "x.csv").write_bytes(as_csv([["日期", "询单人数"], ["2026-06-01", "5"]]))
    good = parse_layout(f"{OWN}example: {example}\n", "service.yaml")
    assert check_layout(good, tmp_path) == []
    bad = parse_layout(f"{OWN}example: { {**example, **change} }\n", "service.yaml")
    assert [problem.args["what"] for problem in check_layout(bad, tmp_path)] == [what]


def test_an_example_that_cannot_be_proved(tmp_path: Path):
    layout = parse_layout(OWN, "service.yaml")
    assert check_layout(layout, tmp_path)[0].id == "ingest.check_no_example"
    named = parse_layout(
        OWN + "example: {file: x.csv, rows: 1, first_day: 2026-06-01, last_day: 2026-06-01}\n",
        "service.yaml",
    )
    assert check_layout(named, tmp_path)[0].id == "ingest.check_no_file"
    (tmp_path / "x.csv").write_bytes(as_csv([["a", "b"], ["1", "2"]]))
    assert check_layout(named, tmp_path)[0].id == "ingest.check_not_read"


ORDERS = [
    ["订单编号", "买家会员名", "日期", "金额", "收货地址"],
    ["110000000000000001", "小王", "2026-06-01", "12.50", "某地"],
    ["110000000000000002", "小李", "2026-06-02", "8.00", "某地"],
]


def test_a_draft_never_maps_personal_data():
    draft = yaml.safe_load(draft_layout(source(as_csv(ORDERS), "订单.csv")))
    assert draft["fact"] == "mapped_daily"
    assert draft["measures"] == ["金额"]
    assert "subject" not in draft["columns"]
    assert set(draft["ignore"]) == {"订单编号", "买家会员名", "收货地址"}


def test_a_layout_that_maps_personal_data_is_refused():
    text = OWN.replace("columns:", "columns:\n  item_title: {header: [买家会员名]}")
    with pytest.raises(ConfigError):
        parse_layout(text, "service.yaml")


def test_an_unknown_table_keeps_its_numbers_under_their_own_names():
    data = as_csv(
        [["日期", "客服", "询单人数", "支付金额"], ["2026-06-01", "小李", "5", "1,000.00"]]
    )
    layout = parse_layout(draft_layout(source(data, "客服.csv")), "service.yaml")
    reading = read(source(data, "客服.csv"), (*LAYOUTS, layout))
    (table,) = reading.tables
    assert table.fact == "mapped_daily"
    assert list(zip(table.columns["metric"], table.columns["value"], strict=True)) == [
        ("询单人数", 5.0),
        ("支付金额", 1000.0),
    ]
    assert (reading.rows_in, reading.rows_kept) == (1, 1)
