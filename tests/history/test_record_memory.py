"""States and judgements: kept, dropped when the past changes, and never torn."""

from dataclasses import replace
from datetime import timedelta

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from readings import DAY, NOW, SHOP, item_day, opened, reading, shop_days, table

from storeops.history import Judgement, schema, upsert
from storeops.history.sql import run

START = DAY - timedelta(days=9)
LATER = NOW + timedelta(days=1)


def day(n):
    return START + timedelta(days=n)


def shop_file(name, amounts, *, first=START, modified=1_000.0, **changes):
    changes = {"layout": "report", **changes}
    return reading(name, shop_days(first, amounts, visitors=9.0), modified=modified, **changes)


@pytest.fixture
def kept(tmp_path):
    """A record of ten days with a state of day 5."""
    with opened(tmp_path / "h.duckdb") as history:
        history.record([shop_file("a.xlsx", [float(n) for n in range(10)])], signature="a")
        history.keep_state(SHOP, "detector", day(5), b"\x00five\xff")
        yield history


def state(history, before=DAY):
    return history.state(SHOP, "detector", before)


def test_the_newest_state_before_a_day_is_given(kept):
    kept.keep_state(SHOP, "detector", day(7), b"seven")
    assert state(kept) == (day(7), b"seven")
    assert state(kept, before=day(7)) == (day(5), b"\x00five\xff")
    assert state(kept, before=day(5)) is None
    assert kept.state(SHOP, "another", DAY) is None
    assert kept.state("another", "detector", DAY) is None


def test_few_states_are_kept_and_one_a_day(kept):
    for n in (6, 7, 8, 8):
        kept.keep_state(SHOP, "detector", day(n), f"{n}".encode())
    kept.keep_state(SHOP, "other", day(1), b"other")
    assert state(kept) == (day(8), b"8")
    assert state(kept, before=day(6)) is None
    assert kept.state(SHOP, "other", DAY) == (day(1), b"other")


@pytest.mark.parametrize(
    ("file", "valid"),
    [
        (shop_file("next.xlsx", [10.0], first=day(10)), True),
        (shop_file("same.xlsx", [float(n) for n in range(11)], modified=2_000), True),
        (shop_file("late.xlsx", [5.0, 66.0], first=day(5), modified=2_000), True),
        (shop_file("restated", [55.0], first=day(5), modified=2_000, last_day=DAY), False),
        (shop_file("older.xlsx", [55.0, 6.0], first=day(5), modified=500), True),
        (shop_file("backfill.xlsx", [1.0], first=START - timedelta(days=1)), False),
        (shop_file("other.xlsx", [55.0], first=day(5), shop="乙店", modified=2_000), True),
        (reading("items.xls", item_day(day(5), 2)), False),
        (reading("items.xls", item_day(day(6), 2)), True),
        (
            reading(
                "week.xlsx", table("shop_period", [{"date": day(4), "days": "7", "visitors": 5.0}])
            ),
            True,
        ),
    ],
    ids=lambda value: value.file if hasattr(value, "file") else None,
)
def test_a_state_is_valid_as_long_as_its_days_read_the_same(kept, file, valid):
    kept.record([file], signature="a")
    assert (state(kept) is not None) is valid


def test_a_state_that_rests_on_some_columns_outlives_changes_of_others(kept):
    kept.keep_state(SHOP, "visitors", day(5), b"v", rests_on={"visitors", "page_views"})
    kept.record([shop_file("b", [55.0], first=day(5), modified=2_000, last_day=DAY)], signature="a")
    assert state(kept) is None
    assert kept.state(SHOP, "visitors", DAY) == (day(5), b"v")
    peers = table("peer_daily", [{"date": day(5), "metric": "visitors", "value": 1.0}])
    kept.record([reading("peers.xls", peers)], signature="a")
    assert kept.state(SHOP, "visitors", DAY) is not None
    kept.record([reading("more.xls", item_day(day(5), 2, columns=["visitors"]))], signature="a")
    assert kept.state(SHOP, "visitors", DAY) is None


def test_another_view_that_now_outranks_the_first_drops_the_state(kept):
    other = table("shop_daily", [{"date": day(5), "paid_amount": 77.0}])
    kept.record(
        [reading("home", other, modified=3_000, layout="home", last_day=DAY)], signature="a"
    )
    assert state(kept) is None
    kept.keep_state(SHOP, "detector", day(5), b"again")
    # The same rows as before, downloaded last: the first view speaks again.
    same = shop_file("same.xlsx", [float(n) for n in range(10)], modified=4_000)
    kept.record([same], signature="a")
    assert state(kept) is None


def test_files_read_again_by_other_layouts_drop_what_they_change(kept):
    file = shop_file("a.xlsx", [float(n) for n in range(10)])
    kept.record([file], signature="b")
    assert state(kept) is not None
    kept.record([replace(file, tables=(shop_days(START, [0.0, 1.0, 2.5]),))], signature="c")
    assert state(kept) is None


def test_a_renamed_shop_starts_anew_and_keeps_what_was_said(kept):
    kept.remember_judgements(SHOP, [said(day(5))])
    kept.rename_shop(SHOP, "乙店")
    assert kept.state("乙店", "detector", DAY) is None
    assert kept.judgements(SHOP, START, DAY) == ()
    assert kept.judgements("乙店", START, DAY) == (said(day(5)),)


def test_what_was_said_under_both_names_stays_with_the_new_one(kept):
    kept.remember_judgements(SHOP, [said(day(5)), said(day(6))])
    kept.remember_judgements("乙店", [said(day(5), state="normal")])
    kept.rename_shop(SHOP, "乙店")
    assert kept.judgements("乙店", START, DAY) == (said(day(5), state="normal"), said(day(6)))


def test_another_versions_state_is_no_use(tmp_path, kept):
    kept.close()
    with opened(tmp_path / "h.duckdb", tool_version="0.2") as history:
        assert state(history) is None


def test_an_import_that_fails_keeps_rows_and_state(kept, monkeypatch):
    def fail(*_):
        raise RuntimeError("half way")

    monkeypatch.setattr(upsert, "_check_unique", fail)
    with pytest.raises(RuntimeError):
        kept.record([shop_file("b", [88.0], modified=9_000, last_day=DAY)], signature="a")
    assert state(kept) is not None
    assert kept.window(SHOP, DAY).tables["shop_daily"]["paid_amount"].iloc[0] == 0


CHANGES = st.lists(
    st.tuples(st.integers(0, 9), st.sampled_from([0.0, 1.0, 2.0]), st.integers(1, 5)),
    min_size=1, max_size=4,
)  # fmt: skip


@settings(max_examples=12, deadline=None)
@given(changes=CHANGES, n=st.integers(0, 9))
def test_a_state_survives_exactly_when_no_day_up_to_it_reads_otherwise(
    tmp_path_factory, changes, n
):
    path = tmp_path_factory.mktemp("record") / "h.duckdb"
    with opened(path) as history:
        history.record([shop_file("a.xlsx", [1.0] * 10)], signature="a")
        history.keep_state(SHOP, "detector", day(n), b"x")
        before = history.window(SHOP, day(n)).tables["shop_daily"]
        for number, (at, amount, modified) in enumerate(changes):
            file = shop_file(f"{number}", [amount], first=day(at), modified=modified * 500.0)
            history.record([replace(file, last_day=day(9))], signature="a")
            now = history.window(SHOP, day(n)).tables["shop_daily"]
            held = state(history, before=day(10)) is not None
            if held:
                assert now.equals(before)
        if not held:
            assert any(at <= n for at, _, _ in changes)


def said(on, **changes):
    given = {
        "day": on, "said_at": NOW, "state": "abnormal", "cause": "shop", "direction": "down",
        "impact": -12_345.678901, "findings": ("shop.paid_amount", "item:1"),
        "figures": {"paid_amount": 0.1, "visitors": 3.0}, "tool_version": "0.1", **changes,
    }  # fmt: skip
    return Judgement(**given)


def test_judgements_come_back_as_they_were_said(kept):
    first, second = (
        said(day(3)),
        said(day(3), said_at=LATER, state="normal", impact=None, cause=None),
    )
    kept.remember_judgements(SHOP, [second, first, said(day(2), findings=(), figures={})])
    assert kept.judgements(SHOP, day(3), day(4)) == (first, second)
    assert kept.judgements(SHOP, day(2), day(2))[0].findings == ()
    assert kept.judgements("another", START, DAY) == ()


def test_one_judgement_stands_per_day_and_moment(kept):
    kept.remember_judgements(SHOP, [said(day(3)), said(day(4))])
    kept.remember_judgements(SHOP, [said(day(3), state="normal"), said(day(4))])
    assert [each.state for each in kept.judgements(SHOP, START, DAY)] == ["normal", "abnormal"]


def test_saying_the_same_again_writes_nothing(tmp_path, kept):
    kept.remember_judgements(SHOP, [said(day(3))])
    kept.close()
    path = tmp_path / "h.duckdb"
    before = path.read_bytes()
    with opened(path) as history:
        history.remember_judgements(SHOP, [said(day(3))])
        history.remember_judgements(SHOP, [])
    assert path.read_bytes() == before


def test_a_record_of_the_first_version_gets_a_memory_and_keeps_its_rows(tmp_path):
    path = tmp_path / "h.duckdb"
    with opened(path) as history:
        history.record([shop_file("a.xlsx", [1.0, 2.0])], signature="a")
        history.remember("attribution", "first")
    with duckdb.connect(str(path)) as connection:
        run(connection, "DROP TABLE kept_state; DROP TABLE judgement")
        schema.set_property(connection, "version", "1")
    with opened(path, read_only=True) as history:
        assert history.judgements(SHOP, START, DAY) == ()
        assert history.state(SHOP, "detector", DAY) is None
    with opened(path) as history:
        assert history.setting("attribution") == "first"
        assert len(history.window(SHOP, DAY).tables["shop_daily"]) == 2
        history.keep_state(SHOP, "detector", day(0), b"x")
        history.remember_judgements(SHOP, [said(day(0))])
        assert state(history) == (day(0), b"x")
    with duckdb.connect(str(path)) as connection:
        assert schema.get_property(connection, "version") == str(schema.VERSION)


def test_a_new_record_and_an_old_one_brought_forward_have_the_same_tables(tmp_path):
    old, new = tmp_path / "old.duckdb", tmp_path / "new.duckdb"
    for path in (old, new):
        opened(path).close()
    with duckdb.connect(str(old)) as connection:
        run(connection, "DROP TABLE kept_state; DROP TABLE judgement")
        schema.set_property(connection, "version", "1")
    opened(old).close()
    shapes = []
    for path in (old, new):
        with duckdb.connect(str(path)) as connection:
            query = "SELECT table_name, column_name, data_type FROM duckdb_columns() ORDER BY ALL"
            shapes.append(run(connection, query))
    assert shapes[0] == shapes[1]
