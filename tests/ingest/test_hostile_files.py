"""Whatever the bytes, reading returns a reading; it never raises."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from downloads import (
    SHOP,
    STRICT,
    as_csv,
    as_html,
    as_xls,
    as_xlsx,
    as_xml,
    as_zip,
    say,
    shop_rows,
    source,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storeops.ingest.archive import is_wrapper
from storeops.ingest.reader import load_layouts, read
from storeops.ingest.sources import _expanded
from storeops.reporter.lang import Catalogue

ROWS = [list(SHOP), *shop_rows(6)]
WHOLE = {
    "xls": as_xls(ROWS),
    "xlsx": as_xlsx(ROWS),
    "csv": as_csv(ROWS),
    "utf16": as_csv(ROWS, "utf-16"),
    "html": as_html(ROWS),
    "xml": as_xml(ROWS),
    "zip": as_zip({"日报.csv": as_csv(ROWS), "b.xlsx": as_xlsx(ROWS)}),
}
LAYOUTS = load_layouts()
STATES = {"imported", "unknown", "unreadable", "refused"}
fuzz = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def read_all(data: bytes) -> None:
    for opened in _expanded(source(data), 0):
        reading = read(opened, LAYOUTS)
        say(reading)
        assert reading.status in STATES
        assert reading.rows_in == reading.rows_kept + reading.rows_reported
        assert (reading.status == "imported") or (not reading.tables and reading.notes)
        assert all(len(table) for table in reading.tables)


@fuzz
@given(
    st.binary(max_size=300),
    st.sampled_from([b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"<", b"\xff\xfe"]),
)
def test_random_bytes(data: bytes, magic: bytes):
    read_all(magic + data)


@pytest.mark.parametrize("kind", WHOLE)
@fuzz
@given(st.data())
def test_truncated_files(kind: str, data: st.DataObject):
    whole = WHOLE[kind]
    read_all(whole[: data.draw(st.integers(0, len(whole) - 1))])


@pytest.mark.parametrize("kind", WHOLE)
@fuzz
@given(st.data())
def test_flipped_bytes(kind: str, data: st.DataObject):
    whole = bytearray(WHOLE[kind])
    for _ in range(data.draw(st.integers(1, 8))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    read_all(bytes(whole))


cell = st.one_of(
    st.text(max_size=8), st.sampled_from([*SHOP, "2026-06-01", "-", "1,234", "5%", "商品ID"])
)


@fuzz
@given(st.lists(st.lists(cell, min_size=1, max_size=8), min_size=1, max_size=8))
def test_random_tables(rows: list[list[str]]):
    read_all(as_csv(rows, "utf-8-sig"))


@fuzz
@given(st.lists(st.lists(cell, min_size=7, max_size=7), min_size=1, max_size=8))
def test_random_cells_below_a_known_header(rows: list[list[str]]):
    read_all(as_csv([list(SHOP), *rows], "utf-8-sig"))


@given(st.binary(max_size=200))
def test_asking_for_a_wrapper_never_raises(data: bytes):
    assert is_wrapper(b"PK" + data) in {True, False}


CODE = "".join(
    path.read_text(encoding="utf-8")
    for path in Path(load_layouts.__code__.co_filename).parent.glob("*.py")
)


@pytest.mark.parametrize("words", STRICT, ids=lambda words: words.language)
def test_every_message_of_the_code_has_words_and_every_word_is_used(words: Catalogue):
    named = set(re.findall(r'"(ingest\.[a-z_]+)"', CODE))
    refused = set(re.findall(r'(?:refused|unreadable)\(\s*"(ingest\.[a-z_]+)"', CODE))
    built = {f"ingest.{name}_note" for name in ("ratio", "people", "sum")}
    built |= {f"ingest.truncated_{name}" for name in ("rows", "items", "days")}
    built |= {f"ingest.problem{ending}" for ending in ("", "_place", "_hint", "_place_hint")}
    built |= {
        f"ingest.{name}.hint" for name in ("ratio", "people", "sum", "unknown", "layout_wrong")
    }
    needed = named | built | {f"{name}.hint" for name in refused}
    have = {name for name in words.templates if name.startswith("ingest.")}
    assert needed == have


def test_both_languages_take_the_same_arguments():
    zh, en = (words.templates for words in STRICT)
    for name in zh:
        if name.startswith("ingest."):
            fields = [set(re.findall(r"{([a-z]+)}", text[name])) for text in (zh, en)]
            assert fields[0] == fields[1], name
