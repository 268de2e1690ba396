"""What a day read like at each age, read back from rows that are kept once."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from readings import DAY, SHOP, opened, reading, shop_days, table

FIRST = date(2026, 5, 1)
SCENE = {"grain": "scene", "window": "15"}
COLUMNS = ("attributed_amount", "attributed_orders")


def ads(values, *, window="15", grain="scene", column="attributed_amount"):
    """Rows of ads: (day number, scene) to a value."""
    rows = [
        {
            "date": FIRST + timedelta(days=n), "grain": grain, "window": window,
            "scene_id": scene, column: value,
        }
        for (n, scene), value in values.items()
    ]  # fmt: skip
    return table("ad_daily", rows)


def download(name, rows, modified, **changes):
    outside = {"window": rows.columns["window"][0]} if "window" in rows.columns else {}
    changes = {"layout": "scenes", "outside": outside, **changes}
    return reading(name, rows, modified=modified, **changes)


def ages(history, given=SCENE, fact="ad_daily", columns=("attributed_amount",)):
    frame = history.versions(SHOP, fact, columns, days=(FIRST, DAY), given=given)
    return [
        ((day.date() - FIRST).days, int(age), *values)
        for day, age, *values in frame[["date", "age", *columns]].itertuples(index=False, name=None)
    ]


def test_every_download_of_a_day_is_a_version_of_its_age(tmp_path):
    with opened(tmp_path / "h.duckdb") as history:
        history.record(
            [
                download("1", ads({(0, "a"): 10.0, (0, "b"): 5.0}), 1),
                download("2", ads({(0, "a"): 14.0, (0, "b"): 5.0, (1, "a"): 8.0}), 2),
                download(
                    "3", ads({(0, "a"): 14.0, (0, "b"): 6.0, (1, "a"): 9.0, (2, "a"): 1.0}), 3
                ),
            ],
            signature="",
        )
        assert ages(history) == [
            (0, 1, 15.0), (0, 2, 19.0), (0, 3, 20.0), (1, 1, 8.0), (1, 2, 9.0), (2, 1, 1.0),
        ]  # fmt: skip


def test_a_download_that_repeats_a_day_is_a_version_too(tmp_path):
    with opened(tmp_path / "h.duckdb") as history:
        same = {(0, "a"): 10.0}
        history.record(
            [
                download("1", ads(same), 1),
                download("2", ads({**same, (1, "a"): 1.0}), 2),
                download("3", ads({**same, (1, "a"): 2.0, (2, "a"): 1.0}), 3),
            ],
            signature="",
        )
        assert [row for row in ages(history) if row[0] == 0] == [
            (0, 1, 10.0), (0, 2, 10.0), (0, 3, 10.0),
        ]  # fmt: skip


def test_nothing_said_twice_gives_nothing(tmp_path):
    with opened(tmp_path / "h.duckdb") as history:
        history.record([download("1", ads({(0, "a"): 10.0, (1, "a"): 5.0}), 1)], signature="")
        assert ages(history) == []
        assert ages(history, fact="shop_daily", given={}, columns=("paid_amount",)) == []


def test_grains_and_windows_are_apart(tmp_path):
    with opened(tmp_path / "h.duckdb") as history:
        history.record(
            [
                download("1", ads({(0, "a"): 10.0}), 1),
                download("2", ads({(0, "a"): 7.0, (1, "a"): 3.0}, window="3"), 2),
                download("3", ads({(0, "a"): 10.0}, grain="plan"), 3, layout="plans"),
                download("4", ads({(0, "a"): 12.0, (1, "a"): 1.0, (2, "a"): 1.0}), 4),
            ],
            signature="",
        )
        assert [row for row in ages(history) if row[0] == 0] == [(0, 1, 10.0), (0, 3, 12.0)]


def test_a_split_export_is_added_up(tmp_path):
    with opened(tmp_path / "h.duckdb") as history:
        history.record(
            [
                download("1a", ads({(0, "a"): 10.0}), 1.0),
                download("1b", ads({(0, "b"): 5.0}), 1.1),
                download("2a", ads({(0, "a"): 12.0, (1, "a"): 1.0}), 2.0),
                download("2b", ads({(0, "b"): 6.0, (1, "b"): 1.0}), 2.1),
            ],
            signature="",
        )
        assert [row for row in ages(history) if row[0] == 0] == [(0, 1, 15.0), (0, 2, 18.0)]


def test_an_export_stamp_in_the_name_tells_the_age(tmp_path):
    with opened(tmp_path / "h.duckdb") as history:
        history.record(
            [
                download("scenes_20260502_080428.csv", ads({(0, "a"): 10.0}), 1),
                download("scenes_20260517_080428.csv", ads({(0, "a"): 15.0}), 1),
            ],
            signature="",
        )
        assert ages(history) == [(0, 1, 10.0), (0, 16, 15.0)]


def test_the_members_of_an_archive_are_one_download(tmp_path):
    def daily(n, amount):
        return shop_days(FIRST + timedelta(days=n), [9.0], refunded_amount_by_payment=amount)

    with opened(tmp_path / "h.duckdb") as history:
        early = [
            download("one.zip/1.xlsx", daily(0, 2.0), 1),
            download("one.zip/2.xlsx", daily(1, 1.0), 1),
        ]
        history.record(early, signature="")
        column = ("refunded_amount_by_payment",)
        with_later = [
            download("two.zip/1.xlsx", daily(0, 6.0), 2),
            download("two.zip/6.xlsx", daily(5, 1.0), 2),
        ]
        history.record(with_later, signature="")
        assert ages(history, {}, "shop_daily", column) == [
            (0, 2, 2.0), (0, 6, 6.0), (1, 1, 1.0), (5, 1, 1.0),
        ]  # fmt: skip


def test_a_file_without_the_column_is_no_version(tmp_path):
    with opened(tmp_path / "h.duckdb") as history:
        history.record(
            [
                download("1", ads({(0, "a"): 10.0}), 1),
                download("2", ads({(0, "a"): 3.0, (4, "a"): 1.0}, column="clicks"), 2),
                download("3", ads({(0, "a"): 11.0, (7, "a"): 1.0}), 3),
            ],
            signature="",
        )
        assert [row for row in ages(history) if row[0] == 0] == [(0, 1, 10.0), (0, 8, 11.0)]


GROWTH = st.lists(
    st.lists(st.integers(0, 3), min_size=2, max_size=2), min_size=2, max_size=5
)  # fmt: skip


@settings(max_examples=12, deadline=None)
@given(steps=GROWTH, order=st.randoms(use_true_random=False))
def test_versions_are_what_the_downloads_said_whatever_the_order(tmp_path_factory, steps, order):
    path = tmp_path_factory.mktemp("record") / "h.duckdb"
    values, files, expected = [1.0, 1.0], [], []
    for n, growth in enumerate(steps):
        values = [value + step for value, step in zip(values, growth, strict=True)]
        rows = {(0, "a"): values[0], (0, "b"): values[1], (n, "c" if n else "a"): values[0]}
        files.append(download(str(n), ads(rows), float(n)))
        expected.append((0, n + 1, sum(values)))
    order.shuffle(files)
    with opened(path) as history:
        for file in files:
            history.record([file], signature="")
        found = [row for row in ages(history) if row[0] == 0]
    changed = any(any(step) for step in steps[1:])
    assert found == (expected if changed else [])
