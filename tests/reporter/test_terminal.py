"""One screen of text, safe to show anywhere."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hostile import FILES, hostile_diagnosis, hostile_report, words

from storeops.diagnose.finding import State, Verdict
from storeops.messages import message
from storeops.reporter import blocks, terminal
from storeops.reporter.build import build
from storeops.reporter.text import width as columns_of

ESCAPE = re.compile(r"\x1b\[([0-9;]*)m")


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("width", [80, 120])
def test_the_screen_looks_as_it_did(lang, width, golden):
    text = terminal.render(hostile_report(), words(lang), width, colour=False)
    golden(f"terminal_{lang}_{width}.txt", text)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("width", [60, 80, 97, 120, 200])
def test_no_line_is_wider_than_the_screen(lang, width):
    text = terminal.render(hostile_report(), words(lang), width, colour=False)
    assert max(map(columns_of, text.splitlines())) <= width


def test_the_first_line_is_the_answer():
    text = terminal.render(hostile_report(), words("zh"), 80, colour=False)
    assert text.splitlines()[0].startswith("▼ 低于周四常态 -18%")


@pytest.mark.parametrize(
    ("state", "sign"),
    [
        (State.NORMAL, "√"),
        (State.PROMOTION, "◆"),
        (State.INCOMPLETE_DATA, "?"),
        (State.ABNORMAL, "!"),
    ],
)
def test_every_state_has_a_sign_of_its_own(state, sign):
    verdict = Verdict(state, message("test.phase"))
    report = build(replace(hostile_diagnosis(), verdict=verdict), ())
    assert terminal.render(report, words("zh"), 80, colour=False).startswith(f"{sign} ")


def test_an_ordinary_day_fits_one_screen():
    diagnosis = hostile_diagnosis()
    ordinary = replace(diagnosis, findings=diagnosis.findings[:1], notes=diagnosis.notes[:2])
    for lang in ("zh", "en"):
        text = terminal.render(build(ordinary, FILES), words(lang), 80, colour=False)
        assert text.count("\n") <= 24


def test_without_colour_there_is_no_escape_at_all():
    text = terminal.render(hostile_report(), words("zh"), 80, colour=False)
    assert not [char for char in text if char < " " and char != "\n"]
    assert "\u202e" not in text


def test_with_colour_the_only_escapes_are_our_colours_and_the_text_is_the_same():
    plain = terminal.render(hostile_report(), words("zh"), 80, colour=False)
    coloured = terminal.render(hostile_report(), words("zh"), 80, colour=True)
    assert "\x1b" in coloured
    stripped = ESCAPE.sub("", coloured)
    assert "\x1b" not in stripped
    assert [line.rstrip() for line in stripped.splitlines()] == plain.splitlines()


def test_red_is_up_in_chinese_and_down_in_english():
    zh = terminal.render(hostile_report(), words("zh"), 120, colour=True)
    en = terminal.render(hostile_report(), words("en"), 120, colour=True)
    assert "\x1b[32m-10,590元\x1b[0m" in zh
    assert "\x1b[31m-¥10,590\x1b[0m" in en


def test_markup_in_a_title_is_only_text():
    text = terminal.render(hostile_report(), words("zh"), 120, colour=False)
    assert "[red]特价[/red] 针织开衫 [/特价]" in text
    assert "<script>alert(1)</script>" in text


def test_the_chinese_screen_survives_a_chinese_console():
    terminal.render(hostile_report(), words("zh"), 80, colour=False).encode("gbk")


def test_the_split_adds_up_as_printed():
    text = terminal.render(hostile_report(), words("zh"), 120, colour=False)
    line = next(line for line in text.splitlines() if " = " in line)
    total, parts = line.split(" = ")
    change = int(re.search(r"(-?[\d,]+)元", total).group(1).replace(",", ""))
    assert change == sum(int(n.replace(",", "")) for n in re.findall(r"-?[\d,]+", parts))


def test_a_table_for_the_screen_is_shown_and_a_detail_table_is_not():
    report = hostile_report()
    table = next(block.table for block in report.blocks if isinstance(block, blocks.Table))
    shown = replace(report, blocks=(blocks.Table(table, detail=False),))
    text = terminal.render(shown, words("zh"), 120, colour=False)
    assert text.splitlines()[0] == "日趋势"
    assert "2025-11-20" in text  # the last days of a table of days
    assert "另有 50 行" in text
    assert (
        terminal.render(
            replace(report, blocks=(blocks.Table(table),)), words("zh"), 80, colour=False
        )
        == "\n"
    )


def test_free_text_and_headings_are_wrapped():
    report = replace(
        hostile_report(),
        blocks=(
            blocks.Heading(message("overview.notes")),
            blocks.Text(message("definition.paid_amount")),
        ),
    )
    lines = terminal.render(report, words("zh"), 40, colour=False).splitlines()
    assert lines[0] == "数据说明"
    assert len(lines) == 3


def test_many_figures_and_repeated_notes_are_kept_short():
    diagnosis = hostile_diagnosis()
    plenty = tuple(replace(figure, abnormal=False) for figure in diagnosis.figures * 2)
    odd = replace(diagnosis.figures[1], abnormal=True)
    same = replace(diagnosis, figures=(*plenty, odd), notes=diagnosis.notes[2:3] * 9)
    lines = terminal.render(build(same, ()), words("zh"), 80, colour=False).splitlines()
    table = lines[3 : lines.index(next(line for line in lines if " = " in line))]
    assert len(table) == 9
    assert "!22,610" in table[-1]
    assert sum("推广近 3 天偏低" in line for line in lines) == 1
