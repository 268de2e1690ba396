"""The record does not depend on the order in which files arrive."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import permutations
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st
from readings import DAY, SHOP, item_day, opened, reading, table

from storeops.facts import FileReading, Restatement
from storeops.history import download_time

Snapshot = tuple[dict[str, list[tuple[object, ...]]], tuple[Restatement, ...]]


def snapshot(path: Path, batches: Sequence[Sequence[FileReading]]) -> Snapshot:
    with opened(path) as history:
        for batch in batches:
            history.record(batch, signature="a")
        tables = history.window(SHOP, DAY).tables
        rows = {
            name: [tuple(f.columns), *map(repr, f.itertuples(index=False, name=None))]
            for name, f in tables.items()
        }
        first = DAY - timedelta(days=30)
        return rows, history.restatements(SHOP, first=first, last=DAY)


def downloads() -> list[FileReading]:
    """Five downloads of the same days: full, with fewer columns, another layout, values gone."""
    few = ["visitors"]
    gone = item_day(DAY, 3, seed=3)
    gone.columns["paid_amount"][1] = None
    return [
        reading("first.xls", item_day(DAY, 3, seed=1), modified=10),
        reading("again.xls", item_day(DAY, 3, seed=2), modified=20),
        reading("few.xls", item_day(DAY, 4, seed=3, columns=few), modified=30),
        reading("other.csv", item_day(DAY, 2, seed=4), modified=40, layout="dmp"),
        reading("gone.xls", gone, modified=50),
    ]


def test_all_orders_and_batches_give_one_record(tmp_path):
    files = downloads()
    expected = snapshot(tmp_path / "expected.duckdb", [files])
    assert len(expected[1]) > 5
    for n, order in enumerate(permutations(files)):
        if n % 6 == 0:
            cut = n % 4 + 1
            got = snapshot(tmp_path / f"{n}.duckdb", [order[:cut], order[cut:]])
            assert got == expected, [f.file for f in order]


@st.composite
def uploads(draw: st.DrawFn) -> list[list[FileReading]]:
    """Random files over few keys and values, cut into random batches."""
    count = draw(st.integers(2, 5))
    files = []
    for n in range(count):
        columns = draw(st.sampled_from([("visitors", "paid_amount"), ("visitors",)]))
        items = draw(st.lists(st.sampled_from("123"), min_size=1, unique=True))
        value = st.one_of(st.none(), st.integers(0, 2).map(float))
        rows = [
            {"date": DAY, "item_id": item, **{name: draw(value) for name in columns}}
            for item in items
        ]
        layout = draw(st.sampled_from(["sycm_items", "dmp"]))
        content = table("item_daily", rows)
        files.append(reading(f"{n}.xls", content, modified=n // 2, layout=layout))
    order = draw(st.permutations(files))
    cut = draw(st.integers(0, count))
    return [files, list(order[:cut]), list(order[cut:])]


@settings(max_examples=15, deadline=None)
@given(uploads())
def test_random_files_in_random_order(drawn):
    files, *batches = drawn
    with TemporaryDirectory() as folder:
        expected, _ = snapshot(Path(folder) / "a.duckdb", [files])
        got, _ = snapshot(Path(folder) / "b.duckdb", batches)
    assert got == expected


def test_a_download_with_fewer_columns_keeps_the_others(tmp_path):
    full = item_day(DAY, 2, seed=1)
    few = item_day(DAY, 2, seed=9, columns=["visitors"])
    rows, _ = snapshot(
        tmp_path / "h.duckdb",
        [[reading("full.xls", full, modified=1)], [reading("few.xls", few, modified=2)]],
    )
    header = rows["item_daily"][0]
    with opened(tmp_path / "h.duckdb") as history:
        frame = history.window(SHOP, DAY).tables["item_daily"]
    assert header == ("date", "item_id", "item_title", "visitors", "paid_amount", "paid_buyers")
    assert frame["visitors"].tolist() == few.columns["visitors"]
    assert frame["paid_amount"].tolist() == [round(v, 2) for v in full.columns["paid_amount"]]
    assert frame["item_title"].tolist() == full.columns["item_title"]


def test_a_cell_that_is_missing_in_another_view_falls_back(tmp_path):
    old = table("item_daily", [{"date": DAY, "item_id": "1", "visitors": 5.0, "paid_amount": 1.0}])
    new = table("item_daily", [{"date": DAY, "item_id": "1", "visitors": None}])
    with opened(tmp_path / "h.duckdb") as history:
        history.record([reading("a", old, modified=1), reading("b", new, modified=2)], signature="")
        assert history.window(SHOP, DAY).tables["item_daily"]["visitors"].tolist() == [5.0]


def test_a_later_period_outranks_a_later_file_time(tmp_path):
    yesterday = DAY - timedelta(days=1)

    def export(name: str, last: float, amount: float, modified: float) -> FileReading:
        days = [yesterday, DAY] if last else [yesterday]
        rows = [{"date": day, "paid_amount": amount} for day in days]
        return reading(name, table("shop_daily", rows), modified=modified)

    files = [export("today", 1, 20.0, 5.0), export("yesterday", 0, 10.0, 50.0)]
    with opened(tmp_path / "h.duckdb") as history:
        history.record(files, signature="a")
        assert history.window(SHOP, DAY).tables["shop_daily"]["paid_amount"].tolist() == [20, 20]


def test_download_time_is_the_stamp_of_the_name_in_beijing_time():
    assert download_time("营销场景报表_20260917_080428.zip", 5.0) == 1_789_603_468.0
    assert download_time("a_20260101_000000.zip/b_20260917_080428.csv", 5.0) == 1_789_603_468.0
    assert download_time("商品报表_20260901_e2cbd482.csv", 5.0) == 5.0
    assert download_time("报表_20261399_999999.csv", 5.0) == 5.0
    assert download_time("【生意参谋平台】商品_全部_2026-06-09_2026-06-09.xls", 5.0) == 5.0
