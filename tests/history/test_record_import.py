"""Importing: no-ops, halves, refusals, the log, a shop's real name."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from readings import DAY, NOW, SHOP, item_day, opened, reading, shop_days, table

from storeops.facts import FactRows, FileReading
from storeops.history import History, ShopCoverage, upsert
from storeops.messages import Note, message


def two_weeks() -> list[FileReading]:
    days = [DAY - timedelta(days=n) for n in range(14)]
    items = [reading(f"items_{day}.xls", item_day(day, 20)) for day in days]
    return [*items, reading("shop.xlsx", shop_days(days[-1], range(100, 114)), layout="report")]


def state(history: History) -> dict[str, list[tuple[object, ...]]]:
    tables = history.window(SHOP, DAY).tables
    return {
        name: [tuple(frame.columns), *frame.itertuples(index=False, name=None)]
        for name, frame in tables.items()
    }


def test_importing_twice_changes_nothing(tmp_path):
    files = two_weeks()
    with opened(tmp_path / "h.duckdb") as history:
        first = history.record(files, signature="a")
        before, log = state(history), history.imports()
        second = history.record(files, signature="a")
        assert [f.status for f in first] == ["imported"] * 15
        assert [f.status for f in second] == ["unchanged"] * 15
        assert all(f.tables == () for f in (*first, *second))
        assert state(history) == before
        assert history.imports() == log


def test_two_halves_equal_the_whole(tmp_path):
    files = two_weeks()
    with opened(tmp_path / "whole.duckdb") as history:
        history.record(files, signature="a")
        whole = state(history)
    for half in (files[:7], files[7:]):
        with opened(tmp_path / "halves.duckdb") as history:
            history.record(half, signature="a")
    with opened(tmp_path / "halves.duckdb", read_only=True) as history:
        assert state(history) == whole
        assert len(whole["item_daily"]) == 1 + 14 * 20


def test_amounts_are_exact_to_the_fen(tmp_path):
    amounts = [round(n * 0.01, 2) for n in range(1, 4000, 7)] + [99_999_999_999.99, 0.29, -12.34]
    rows = table(
        "item_daily",
        [{"date": DAY, "item_id": f"{n:012d}", "paid_amount": a} for n, a in enumerate(amounts)],
    )
    with opened(tmp_path / "h.duckdb") as history:
        history.record([reading("a.xls", rows)], signature="a")
        stored = history.window(SHOP, DAY).tables["item_daily"]["paid_amount"]
        assert stored.tolist() == amounts


def test_missing_stays_missing_and_zero_stays_zero(tmp_path):
    rows = table(
        "item_daily",
        [
            {"date": DAY, "item_id": "1", "visitors": None, "paid_amount": 0.0},
            {"date": DAY, "item_id": "2", "visitors": 3.0, "paid_amount": float("nan")},
        ],
    )
    with opened(tmp_path / "h.duckdb") as history:
        history.record([reading("a.xls", rows)], signature="a")
        frame = history.window(SHOP, DAY).tables["item_daily"]
        assert np.isnan(frame["visitors"][0])
        assert frame["visitors"][1] == 3
        assert frame["paid_amount"][0] == 0
        assert np.isnan(frame["paid_amount"][1])


def test_columns_may_be_numpy_arrays(tmp_path):
    rows = item_day(DAY, 3)
    arrays = {
        name: np.asarray(list(values), dtype=object if name in ("date", "item_id") else None)
        for name, values in rows.columns.items()
    }
    with opened(tmp_path / "h.duckdb") as history:
        history.record([reading("a.xls", FactRows("item_daily", arrays))], signature="a")
        assert len(history.window(SHOP, DAY).tables["item_daily"]) == 3


def test_a_missing_key_is_an_empty_text(tmp_path):
    rows = table("ad_daily", [{"date": DAY, "grain": "scene", "scene_id": "7", "ad_spend": 5.0}])
    rows.columns["plan_id"][0] = None
    with opened(tmp_path / "h.duckdb") as history:
        history.record([reading("ads.csv", rows)], signature="a")
        history.record([reading("ads again.csv", rows, modified=2_000)], signature="a")
        frame = history.window(SHOP, DAY).tables["ad_daily"]
        assert frame["plan_id"].tolist() == [""]


def test_a_file_that_contradicts_itself_is_refused_and_the_others_go_on(tmp_path):
    twice = table(
        "item_daily",
        [{"date": DAY, "item_id": "1", "visitors": v} for v in (1.0, 2.0)],
    )
    huge = table("item_daily", [{"date": DAY, "item_id": "9", "paid_amount": float("inf")}])
    with opened(tmp_path / "h.duckdb") as history:
        bad, good, large = history.record(
            [
                reading("bad.xls", twice),
                reading("good.xls", item_day(DAY, 2)),
                reading("huge.xls", huge),
            ],
            signature="a",
        )
        assert (bad.status, good.status, large.status) == ("refused", "imported", "refused")
        assert (bad.rows_in, bad.rows_kept, bad.rows_reported) == (2, 0, 2)
        assert bad.notes[-1].message == message(
            "record.repeated_key", day=DAY, subject="1", sheet="Sheet1", row="7"
        )
        assert large.notes[-1].message.id == "record.amount_too_large"
        assert len(history.window(SHOP, DAY).tables["item_daily"]) == 2
        assert history.known([bad.sha256])[bad.sha256][0].reading == bad


def test_a_failure_in_the_middle_leaves_nothing_of_the_batch(tmp_path, monkeypatch):
    with opened(tmp_path / "h.duckdb") as history:
        history.record([reading("old.xls", item_day(DAY, 2))], signature="a")
        before = state(history)

        def fail(*_):
            raise RuntimeError("between insert and commit")

        with monkeypatch.context() as patched:
            patched.setattr(upsert, "_check_unique", fail)
            with pytest.raises(RuntimeError):
                history.record([reading("new.xls", item_day(DAY, 5, seed=1))], signature="a")
        assert state(history) == before
        assert len(history.imports()) == 1
        history.record([reading("new.xls", item_day(DAY, 5, seed=1))], signature="a")
        assert len(history.window(SHOP, DAY).tables["item_daily"]) == 5


def test_contract_breaches_are_bugs_not_data(tmp_path):
    rows = item_day(DAY, 1)
    with opened(tmp_path / "h.duckdb") as history:
        with pytest.raises(ValueError, match="without a shop"):
            history.record([reading("a.xls", rows, shop=None)], signature="a")
        wrong = FactRows("item_daily", {**rows.columns, "nonsense": [1.0]})
        with pytest.raises(ValueError, match="nonsense"):
            history.record([reading("a.xls", wrong)], signature="a")
        assert history.imports() == ()


def test_unreadable_files_are_logged_and_tried_again_with_other_layouts(tmp_path):
    note = Note("unknown_layout", message("ingest.unknown", file="x.xls"), "x.xls")
    unknown = FileReading("x.xls", "ab" * 32, 5.0, "unknown", notes=(note,))
    with opened(tmp_path / "h.duckdb") as history:
        assert history.record([unknown, unknown], signature="a") == (unknown, unknown)
        entry = history.known([unknown.sha256, "absent"])[unknown.sha256]
        assert [(e.reading, e.signature, e.tool_version, e.imported_at) for e in entry] == [
            (unknown, "a", "0.1", NOW)
        ]
        history.record([unknown], signature="b")
        assert [e.signature for e in history.imports()] == ["b"]
    with opened(tmp_path / "h.duckdb", tool_version="0.2") as history:
        history.record([unknown], signature="b")
        assert [e.tool_version for e in history.imports()] == ["0.2"]
        read = replace(reading("x.xls", item_day(DAY, 2)), sha256=unknown.sha256)
        history.record([read], signature="c")
        assert [e.reading.status for e in history.imports()] == ["imported"]


def test_outside_values_are_part_of_the_identity(tmp_path):
    def spend(days: str) -> FileReading:
        rows = table("ad_daily", [{"date": DAY, "window": days, "ad_spend": 5.0}])
        return replace(reading("ads.csv", rows, outside={"window": days}), sha256="ad" * 32)

    with opened(tmp_path / "h.duckdb") as history:
        history.record([spend("7")], signature="a")
        assert history.record([spend("15")], signature="a")[0].status == "imported"
        assert history.record([spend("7")], signature="a")[0].status == "unchanged"
        assert [e.reading.outside for e in history.known(["ad" * 32])["ad" * 32]] == [
            {"window": "7"},
            {"window": "15"},
        ]
        assert history.window(SHOP, DAY).tables["ad_daily"]["window"].tolist() == ["15", "7"]


def test_reading_again_with_a_corrected_layout_replaces_the_file(tmp_path):
    def export(amount: float, items: int) -> FileReading:
        rows = table(
            "item_daily",
            [{"date": DAY, "item_id": str(n), "paid_amount": amount} for n in range(items)],
        )
        return replace(reading("mapped.csv", rows, layout="mine"), sha256="cd" * 32)

    older = replace(export(1.0, 3), sha256="ef" * 32, modified=10.0, file="older.csv")
    with opened(tmp_path / "h.duckdb") as history:
        history.record([older], signature="a")
        history.record([export(100.0, 3)], signature="a")
        assert history.record([export(7.0, 2)], signature="b")[0].status == "imported"
        frame = history.window(SHOP, DAY).tables["item_daily"]
        assert frame["paid_amount"].tolist() == [7.0, 7.0, 1.0]  # the older file's row stands again
        assert len(history.imports()) == 2


def test_a_copy_in_the_same_batch_is_unchanged_whichever_comes_first(tmp_path):
    early = replace(reading("a.xls", item_day(DAY, 2), modified=10.0), sha256="aa" * 32)
    copy = replace(early, file="copy of a.xls", modified=99.0)
    newer = reading("b.xls", item_day(DAY, 2, seed=5), modified=50.0)
    frames = []
    for n, batch in enumerate(([early, copy, newer], [copy, newer, early])):
        with opened(tmp_path / f"{n}.duckdb") as history:
            done = history.record(batch, signature="a")
            assert sorted(f.status for f in done) == ["imported", "imported", "unchanged"]
            frames.append(history.window(SHOP, DAY).tables["item_daily"])
    assert frames[0].equals(frames[1])
    assert frames[0]["visitors"].tolist() == newer.tables[0].columns["visitors"]


def test_a_shop_takes_its_real_name(tmp_path):
    day_before = DAY - timedelta(days=1)
    with opened(tmp_path / "h.duckdb") as history:
        history.record(
            [
                reading("items.xls", item_day(DAY, 2, seed=1), shop="folder", modified=20.0),
                reading("before.xls", item_day(day_before, 2), shop="folder"),
                reading("real.xls", item_day(DAY, 2, seed=2), shop=SHOP, modified=10.0),
            ],
            signature="a",
        )
        history.rename_shop("folder", SHOP)
        assert history.shops() == (ShopCoverage(SHOP, {"item_daily": (day_before, DAY)}),)
        frame = history.window(SHOP, DAY).tables["item_daily"]
        assert len(frame) == 4
        newest = item_day(DAY, 2, seed=1).columns["visitors"]
        assert frame["visitors"][2:].tolist() == newest
        assert len(history.restatements(SHOP, first=day_before, last=DAY)) > 0


def test_settings_are_remembered(tmp_path):
    with opened(tmp_path / "h.duckdb") as history:
        assert history.setting("attribution") is None
        history.remember("attribution", "first")
        history.remember("attribution", "'; DROP TABLE setting; --")
    with opened(tmp_path / "h.duckdb", read_only=True) as history:
        assert history.setting("attribution") == "'; DROP TABLE setting; --"


def test_names_from_outside_cannot_reach_the_sql(tmp_path):
    nasty = "x'; DROP TABLE item_daily; --{fact}\"$1?"
    rows = table("item_daily", [{"date": DAY, "item_id": nasty, "item_title": nasty}])
    with opened(tmp_path / "h.duckdb") as history:
        history.record([reading(nasty, rows, shop=nasty, layout=nasty)], signature=nasty)
        assert history.window(nasty, DAY).tables["item_daily"]["item_id"].tolist() == [nasty]
        assert history.trace(nasty, nasty, DAY) == []
        assert history.trace(nasty, "item_title", DAY, **{nasty: nasty}) == []
        assert history.trace(nasty, "item_title", DAY, item_id=nasty)[0].file == nasty
        assert history.last_days(nasty) == {"item_daily": DAY}


def test_coverage_counts_keys_by_day(tmp_path):
    with opened(tmp_path / "h.duckdb") as history:
        history.record(
            [
                reading("a.xls", item_day(DAY, 3)),
                reading("b.xls", item_day(DAY, 4, columns=["visitors"])),
                reading("c.xls", item_day(DAY - timedelta(days=2), 1)),
            ],
            signature="a",
        )
        first = DAY - timedelta(days=1)
        assert history.coverage(SHOP, first=first, last=DAY) == {"item_daily": {DAY: 4}}
        assert history.coverage("other", first=date.min, last=DAY) == {}
