"""A damaged record is noticed, named, set aside and built anew; nothing is deleted."""

import random
from datetime import timedelta

import duckdb
import pytest
from readings import DAY, NOW, SHOP, item_day, opened, reading

from storeops.errors import RecordError
from storeops.history import set_aside

FILES = [reading(f"{n}.xls", item_day(DAY - timedelta(days=n), 60)) for n in range(8)]


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """The bytes of a sound record."""
    path = tmp_path_factory.mktemp("sound") / "history.duckdb"
    with opened(path) as history:
        history.record(FILES, signature="a")
    return path.read_bytes()


def ask_everything(path):
    with opened(path) as history:
        history.imports()
        history.restatements(SHOP, first=DAY - timedelta(days=99), last=DAY)
        return len(history.window(SHOP, DAY).tables["item_daily"])


def assert_named(path):
    with pytest.raises(RecordError) as caught:
        ask_everything(path)
    assert caught.value.problem.id == "record.damaged"
    assert caught.value.problem.args["path"] == str(path)
    assert caught.value.hint is not None


@pytest.mark.parametrize("content", [b"", b"not a database\n" * 999, bytes(20_000)])
def test_garbage_and_nothing(tmp_path, content):
    path = tmp_path / "history.duckdb"
    path.write_bytes(content)
    assert_named(path)
    assert path.read_bytes() == content


def test_truncated_anywhere(tmp_path, sound):
    path = tmp_path / "history.duckdb"
    points = [1, 100, 4096, 9000, 12_288, 12_289, len(sound) // 2, len(sound) - 1]
    for length in points:
        path.write_bytes(sound[:length])
        assert_named(path)


def test_changed_bytes_are_found_by_checksum(tmp_path, sound):
    path = tmp_path / "history.duckdb"
    draw = random.Random(7)
    found = 0
    for _ in range(12):
        broken = bytearray(sound)
        place = draw.randrange(12_288, len(sound))
        broken[place] ^= 0xFF
        path.write_bytes(broken)
        try:
            # A block that holds nothing these questions need may be broken unnoticed.
            assert ask_everything(path) == 8 * 60
        except RecordError as error:
            found += error.problem.id == "record.damaged"
    assert found >= 6


def test_set_aside_and_rebuild(tmp_path, sound):
    path = tmp_path / "history.duckdb"
    path.write_bytes(sound[:-1000])
    log = tmp_path / "history.duckdb.wal"
    log.write_bytes(b"what was left of the log")
    aside = set_aside(path, now=NOW)
    assert aside.name == "history.damaged-20260610-013000.duckdb"
    assert aside.read_bytes() == sound[:-1000]
    assert aside.with_name(aside.name + ".wal").read_bytes() == b"what was left of the log"
    assert not path.exists()
    assert not log.exists()
    with opened(path) as history:
        assert {r.status for r in history.record(FILES, signature="a")} == {"imported"}
    assert ask_everything(path) == 8 * 60
    path.write_bytes(b"")
    assert set_aside(path, now=NOW).name == "history.damaged-20260610-013000-2.duckdb"


def test_our_own_mistakes_are_not_blamed_on_the_disk(tmp_path, monkeypatch):
    with opened(tmp_path / "history.duckdb") as history:
        monkeypatch.setattr("storeops.history.queries._COVERAGE", "SELECT nonsense")
        with pytest.raises(duckdb.BinderException):
            history.coverage(SHOP, first=DAY, last=DAY)


def test_a_folder_that_cannot_be_written_to(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(RecordError) as caught:
        opened(tmp_path / "file" / "history.duckdb")
    assert caught.value.problem.id == "record.not_writable"
