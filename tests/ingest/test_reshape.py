"""The two shapes headers cannot say: the source tree and the home page's groups of four."""

from __future__ import annotations

import numpy as np
import pytest
from downloads import as_xls, as_xlsx, parse
from hypothesis import given
from hypothesis import strategies as st

from storeops.facts import FileReading
from storeops.ingest.reshape import _role

LEVELS = ["一级来源", "二级来源", "三级来源", "四级来源"]
HEADER = ["流量载体", *LEVELS, "访客数", "访客数环比", "支付金额"]
NAME = "【生意参谋平台】无线店铺流量来源-2026-06-18_2026-06-18.xls"


def tree(*rows: tuple[str, int, float], carrier: str = "全店") -> list[list[str]]:
    """Rows from paths written a/b/c; the rest of the levels is a summary."""
    lines = []
    for path, visitors, amount in rows:
        levels = path.split("/")
        levels += ["汇总"] * (4 - len(levels))
        lines.append([carrier, *levels, f"{visitors:,}", "-", f"{amount:,.2f}"])
    return lines


def stored(reading: FileReading) -> dict[str, float]:
    table = reading.tables[0].columns
    return dict(zip(table["source"], np.asarray(table["paid_amount"]).tolist(), strict=True))


def sources(lines: list[list[str]], **options: str) -> FileReading:
    return parse(
        as_xls([["说明"], [], [], [], [], HEADER, *lines], "全店流量来源"), NAME, **options
    )


def test_leaves_are_stored_and_their_parents_set_apart():
    reading = sources(
        tree(
            ("汇总", 100, 60), ("平台流量", 90, 50), ("平台流量/手淘搜索", 60, 30),
            ("平台流量/手淘推荐", 40, 20), ("平台流量/手淘推荐/首页", 30, 15), ("平台流量/手淘推荐/购后", 12, 5),
            ("广告流量", 10, 10),
        )
    )  # fmt: skip
    assert stored(reading) == {
        "平台流量 > 手淘搜索": 30,
        "平台流量 > 手淘推荐 > 首页": 15,
        "平台流量 > 手淘推荐 > 购后": 5,
        "广告流量": 10,
    }
    assert (reading.rows_in, reading.rows_kept, reading.rows_reported) == (7, 4, 3)
    assert reading.notes == ()
    assert reading.outside == {
        "date": "2026-06-18",
        "attribution": "unspecified",
        "device": "mobile",
    }
    assert set(reading.tables[0].columns["carrier"]) == {"全店"}


def test_carriers_are_trees_of_their_own():
    lines = tree(("平台流量", 9, 9)) + tree(
        ("平台流量", 5, 5), ("平台流量/搜索", 5, 5), carrier="直播"
    )
    table = sources(lines).tables[0].columns
    assert list(zip(table["carrier"], table["source"], strict=True)) == [
        ("全店", "平台流量"),
        ("直播", "平台流量 > 搜索"),
    ]


def test_a_total_that_its_leaves_do_not_reach_is_noted():
    lines = tree(("平台流量", 90, 50), ("平台流量/手淘搜索", 60, 30))
    (note,) = sources(lines).notes
    assert (note.kind, note.message.args["place"]) == ("inconsistent", "全店流量来源!H7")
    assert (note.message.args["printed"], note.message.args["computed"]) == (50, 30)


def test_overlap_is_expected_unless_a_sale_has_one_source():
    lines = tree(("平台流量", 90, 50), ("平台流量/手淘搜索", 60, 40), ("平台流量/手淘推荐", 60, 40))
    assert sources(lines).notes == ()
    assert sources(lines, attribution="every").notes == ()
    assert [note.kind for note in sources(lines, attribution="last").notes] == ["inconsistent"]


def test_old_names_of_sources_are_one_series():
    assert stored(sources(tree(("广告流量/直通车", 5, 5)))) == {"广告流量 > 关键词推广": 5}


def test_two_sources_never_become_one_by_renaming():
    found = stored(sources(tree(("平台流量/手淘首页", 5, 5), ("平台流量/猜你喜欢", 6, 6))))
    assert sorted(found.values()) == [5, 6]


branches = st.recursive(
    st.integers(1, 99),
    lambda children: st.dictionaries(st.sampled_from("甲乙丙丁"), children, min_size=1, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from("子丑寅"), branches, min_size=1, max_size=3))
def test_the_leaves_of_any_tree_add_up_to_its_total(shape: dict[str, object]):
    rows: list[tuple[str, int, float]] = []

    def walk(node: object, path: list[str]) -> int:
        total = node if isinstance(node, int) else 0
        if isinstance(node, dict) and len(path) < 4:
            total = sum(walk(child, [*path, name]) for name, child in node.items())
        elif isinstance(node, dict):
            total = 7
        if path:
            rows.append(("/".join(path), total, float(total)))
        return total

    total = walk(shape, [])
    reading = sources(tree(*rows, ("汇总", total, float(total))), attribution="last")
    assert sum(stored(reading).values()) == total
    assert reading.notes == ()


def home(
    groups: list[str], values: list[str], day: str = "2026-06-17|2026-06-17"
) -> list[list[str]]:
    meta = ["序号", "周期", "日期范围", "终端", "一级类目", "数据范围"]
    return [[*meta, *groups], ["1", "日", day, "全部", "女装", "全店", *values]]


def groups_of(metric: str, own: str, change: str, average: str, excellent: str) -> list[str]:
    return [f"{metric}{own}", change, f"{metric}{average}", f"{metric}{excellent}"]


SPELLINGS = [
    ("（本店）", "支付金额环比", "（同行同层平均）", "（同行同层优秀）"),
    ("(本店)", "环比", "(同行同层平均)", "(同行同层优秀)"),
    ("（本店）", "环比", "同行同层平均", "同行同层优秀"),
    ("-本店", "环比", "-同行同层平均", "-同行同层优秀"),
]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_the_home_page_gives_the_shop_and_its_peers(spelling: tuple[str, str, str, str]):
    groups = groups_of("支付金额", *spelling) + groups_of("访客数", *spelling)
    values = ["13,526.52", "5.00%", "9,000.00", "20,000.00", "1,779", "-1.00%", "1,500", "-"]
    reading = parse(as_xlsx(home(groups, values)), "首页.xlsx")
    assert (reading.status, reading.layout, reading.notes) == ("imported", "sycm_home", ())
    own, peers = reading.tables
    assert (own.fact, peers.fact) == ("shop_daily", "peer_daily")
    assert (own.columns["paid_amount"][0], own.columns["visitors"][0]) == (13526.52, 1779)
    rows = zip(*(peers.columns[name] for name in ("metric", "peer", "value")), strict=True)
    assert set(rows) == {
        ("paid_amount", "average", 9000.0),
        ("paid_amount", "excellent", 20000.0),
        ("visitors", "average", 1500.0),
    }
    assert (reading.rows_in, reading.rows_kept) == (1, 1)


def test_of_a_metric_that_occurs_twice_the_first_counts():
    spelling = SPELLINGS[0]
    groups = [
        *groups_of("支付金额", *spelling),
        *groups_of("访客数", *spelling),
        *groups_of("支付金额", *spelling),
    ]
    values = ["10", "-", "1", "2", "5", "-", "3", "4", "99", "-", "98", "97"]
    own, peers = parse(as_xlsx(home(groups, values))).tables
    assert own.columns["paid_amount"][0] == 10
    assert sorted(peers.columns["value"]) == [1, 2, 3, 4]


def test_metric_names_keep_their_own_brackets():
    assert _role("退款金额（完结时间）（本店）") == ("退款金额(完结时间)", "own")
    assert _role("环比") == ("", "change")


def test_a_month_of_two_columns_per_metric_is_a_wrong_period():
    groups = ["支付金额（本店）", "支付金额环比", "访客数（本店）", "访客数环比"]
    reading = parse(as_xlsx(home(groups, ["1", "-", "2", "-"], "2026-06-01|2026-06-30")))
    assert (reading.status, reading.layout) == ("refused", "sycm_home")
    assert reading.notes[0].message.args["problem"].id == "ingest.wrong_period"
    day = parse(as_xlsx(home(groups, ["1", "-", "2", "-"])))
    assert (day.status, [table.fact for table in day.tables]) == ("imported", ["shop_daily"])
