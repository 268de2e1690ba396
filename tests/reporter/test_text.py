"""Hostile text comes out inert; Chinese text is measured, cut and wrapped as it is shown."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from storeops.reporter.text import clip, inert, width, wrap


@pytest.mark.parametrize(
    ("hostile", "harmless"),
    [
        ("plain 中文 ▲", "plain 中文 ▲"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07name", "name"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1bP1;2|payload\x1b\\x", "x"),
        ("\x1bc\x1b(0a", "a"),
        ("\x9b2Ja", "a"),
        ("a\r\nb\tc", "a b c"),
        ("a\x00\x07\x08b\x7f", "ab"),
        ("\u202egpj.exe\u202c", "gpj.exe"),
        ("a\u2066b\u2069\u200f\ufeffc", "abc"),
        ("a\ud800b\uffffc", "abc"),
        ("[red]x[/red] <b> =1+1", "[red]x[/red] <b> =1+1"),
    ],
)
def test_escapes_controls_and_direction_marks_are_stripped(hostile, harmless):
    assert inert(hostile) == harmless


@given(st.text())
def test_inert_text_has_no_control_and_stays_so(text):
    once = inert(text)
    assert not [char for char in once if unicodedata.category(char) in {"Cc", "Cs"}]
    assert inert(once) == once
    once.encode("utf-8")


def test_chinese_takes_two_columns():
    assert width("支付ab") == 6
    assert clip("支付金额", 7) == "支付金…"
    assert clip("支付金额", 8) == "支付金额"


def test_chinese_breaks_anywhere_but_before_a_closing_mark():
    assert wrap("主因转化，大盘稳", 8) == ["主因转", "化，大盘", "稳"]


def test_a_number_keeps_its_unit_and_a_word_stays_whole():
    assert wrap("约 -10,590元 visitors", 10) == ["约", "-10,590元", "visitors"]


def test_the_last_line_wanted_says_that_there_is_more():
    assert wrap("一二三四五六七八九十", 6, lines=2) == ["一二三", "四五…"]


def test_what_is_longer_than_a_line_is_broken_anywhere():
    assert wrap("https://example.com/abc", 10) == ["https://ex", "ample.com/", "abc"]


@given(st.text(alphabet="支付，。（）ab 1%元"), st.integers(8, 40), st.integers(4, 40))
@example("1。。。。1", 8, 8)
def test_wrapping_loses_nothing_but_blanks(text, columns, first):
    lines = wrap(text, columns, first=first)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert width(lines[0]) <= first
    assert all(width(line) <= columns for line in lines[1:])
