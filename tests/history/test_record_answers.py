"""What a file does not say may be told later: the answer takes the place of the gap."""

from dataclasses import replace

from readings import DAY, SHOP, opened, reading, table


def ads(window):
    row = {"date": DAY, "grain": "scene", "window": window, "scene_id": "371", "ad_spend": 90.0}
    return reading("场景.csv", table("ad_daily", [row]), outside={"window": window})


def told(window, sha256="same"):
    return replace(ads(window), sha256=sha256)


def windows(record):
    return sorted(record.window(SHOP, DAY).tables["ad_daily"]["window"])


def test_a_window_told_later_replaces_the_unknown_one(tmp_path):
    with opened(tmp_path / "h.duckdb") as record:
        record.record([told("unknown")], signature="s")
        record.record([told("15")], signature="s")
        assert windows(record) == ["15"]


def test_the_same_file_under_two_known_windows_stays_two(tmp_path):
    with opened(tmp_path / "h.duckdb") as record:
        record.record([told("7")], signature="s")
        record.record([told("15")], signature="s")
        assert windows(record) == ["15", "7"]


def test_another_file_without_an_answer_is_left_alone(tmp_path):
    with opened(tmp_path / "h.duckdb") as record:
        record.record([told("unknown", "other")], signature="s")
        record.record([told("15")], signature="s")
        assert windows(record) == ["15", "unknown"]
