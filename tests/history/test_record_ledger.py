"""What newer downloads changed, and where numbers came from."""

from datetime import date, timedelta

from readings import DAY, NOW, SHOP, item_day, opened, reading, shop_days, table

from storeops.facts import Restatement

LATER = NOW + timedelta(days=1)


def one_item(visitors, paid=None, item="1"):
    row = {"date": DAY, "item_id": item, "visitors": visitors, "paid_amount": paid}
    return table("item_daily", [row])


def changed(history, since=None):
    return history.restatements(SHOP, first=DAY - timedelta(days=9), last=DAY, since=since)


def test_a_restatement_names_both_values_and_both_files(tmp_path):
    with opened(tmp_path / "h.duckdb") as history:
        history.record([reading("morning.xls", one_item(10, 52_310.5), modified=1)], signature="")
    with opened(tmp_path / "h.duckdb", now=LATER) as history:
        history.record([reading("noon.xls", one_item(10, 51_870.0), modified=2)], signature="")
        assert changed(history) == (
            Restatement(
                "item_daily", DAY, "1", "paid_amount", 52_310.5, 51_870.0, "morning.xls", "noon.xls"
            ),
        )
        assert changed(history, since=LATER) == changed(history)
        assert changed(history, since=LATER + timedelta(seconds=1)) == ()


def test_the_older_file_coming_later_is_the_old_value(tmp_path):
    with opened(tmp_path / "h.duckdb") as history:
        history.record([reading("noon.xls", one_item(8), modified=2)], signature="")
        history.record([reading("morning.xls", one_item(9), modified=1)], signature="")
        history.record([reading("night.xls", one_item(7), modified=3)], signature="")
        assert [(r.old, r.new, r.old_file, r.new_file) for r in changed(history)] == [
            (9, 8, "morning.xls", "noon.xls"),
            (8, 7, "noon.xls", "night.xls"),
        ]


def test_equal_values_new_values_and_text_are_no_restatement(tmp_path):
    first, second = item_day(DAY, 3), item_day(DAY, 3)
    second.columns["item_title"][0] = "renamed"
    second.columns["paid_buyers"][1] = None
    with opened(tmp_path / "h.duckdb") as history:
        history.record([reading("b", second, modified=1)], signature="")
        history.record([reading("a", first, modified=2)], signature="")
        assert changed(history) == ()


def test_a_value_that_is_taken_back(tmp_path):
    with opened(tmp_path / "h.duckdb") as history:
        history.record([reading("a", one_item(5, 9.0), modified=1)], signature="")
        history.record([reading("b", one_item(5), modified=2)], signature="")
        assert [(r.column, r.old, r.new, r.new_file) for r in changed(history)] == [
            ("paid_amount", 9.0, None, "b")
        ]


def test_another_layout_that_says_otherwise_is_named(tmp_path):
    with opened(tmp_path / "h.duckdb") as history:
        history.record([reading("a", one_item(5), modified=1)], signature="")
        other = table("item_daily", [{"date": DAY, "item_id": "1", "visitors": 6.0}])
        history.record([reading("b", other, modified=2, layout="dmp")], signature="")
        assert [(r.old, r.new) for r in changed(history)] == [(5, 6)]
        assert history.window(SHOP, DAY).tables["item_daily"]["visitors"].tolist() == [6]


def test_only_the_days_asked_for(tmp_path):
    start = date(2026, 1, 1)
    with opened(tmp_path / "h.duckdb") as history:
        history.record([reading("a", shop_days(start, [1, 2, 3]), modified=1)], signature="")
        history.record([reading("b", shop_days(start, [1, 5, 6]), modified=2)], signature="")
        day = start + timedelta(days=1)
        (found,) = history.restatements(SHOP, first=day, last=day)
        assert (found.day, found.subject, found.old, found.new) == (day, "", 2, 5)
        assert history.restatements("other", first=start, last=DAY) == ()


def test_trace_shows_the_standing_value_first_and_what_it_replaced(tmp_path):
    with opened(tmp_path / "h.duckdb") as history:
        history.record([reading("first.xls", one_item(5, 1.25), modified=1)], signature="")
    with opened(tmp_path / "h.duckdb", now=LATER) as history:
        history.record(
            [
                reading("second.xls", one_item(6, 1.5), modified=2),
                reading("few.xls", item_day(DAY, 1, columns=["visitors"]), modified=3),
            ],
            signature="",
        )
        rows = history.trace(SHOP, "paid_amount", DAY, item_id="1")
        assert [(r.value, r.file, r.sheet, r.row, r.imported_at, r.superseded) for r in rows] == [
            (1.5, "second.xls", "Sheet1", 6, LATER, False),
            (1.25, "first.xls", "Sheet1", 6, NOW, True),
        ]
        assert {r.fact for r in rows} == {"item_daily"}
        assert {r.layout for r in rows} == {"sycm_items"}


def test_trace_of_overlapping_views(tmp_path):
    other = table("item_daily", [{"date": DAY, "item_id": "1", "visitors": 9.0}])
    with opened(tmp_path / "h.duckdb") as history:
        history.record(
            [reading("dmp.csv", other, modified=9, layout="dmp"), reading("a", one_item(5))],
            signature="",
        )
        rows = history.trace(SHOP, "visitors", DAY, item_id="1")
        assert [(r.value, r.superseded) for r in rows] == [(5.0, False), (9.0, True)]


def test_trace_without_keys_asks_the_coarsest_fact(tmp_path):
    sources = table(
        "source_daily",
        [{"date": DAY, "carrier": "whole_shop", "source": s, "visitors": 1.0} for s in ("a", "b")],
    )
    with opened(tmp_path / "h.duckdb") as history:
        history.record(
            [
                reading("shop.xlsx", shop_days(DAY, [7.0], mobile_visitors=3.0), layout="report"),
                reading("items.xls", item_day(DAY, 3)),
                reading("sources.xls", sources, layout="sources"),
            ],
            signature="",
        )
        assert [r.fact for r in history.trace(SHOP, "paid_amount", DAY)] == ["shop_daily"]
        assert [r.value for r in history.trace(SHOP, "mobile_visitors", DAY)] == [3.0]
        found = history.trace(SHOP, "visitors", DAY, carrier="whole_shop")
        assert [r.subject for r in found] == ["whole_shop / a", "whole_shop / b"]
        (title,) = history.trace(SHOP, "item_title", DAY, item_id="600000000001")
        assert title.value == "title 1"
        assert history.trace(SHOP, "paid_amount", DAY - timedelta(days=1)) == []
