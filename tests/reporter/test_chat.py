"""A message for a group: within its limit, whole sentences only, and no title can become a mark."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

import pytest
from hostile import hostile_report
from hostile import words as strict_words
from hypothesis import given, settings
from hypothesis import strategies as st
from reports import PACE, for_the_boss, told

from storeops.diagnose.finding import State
from storeops.messages import Note, message
from storeops.reporter import chat
from storeops.reporter.blocks import Findings, Notes, Report
from storeops.reporter.chat import LEAST_BYTES
from storeops.reporter.dialects import Dialect
from storeops.reporter.lang import Catalogue

STOPS = "。！？.!?…"
WITHOUT_LIMIT = 10**9
HOSTILE = (
    "[link](http://x) **bold** <at id=all></at> @all # h `c` ~~s~~ ![i](u) <font color=red>r</font>"
)
MARKED = (Dialect.DINGTALK, Dialect.FEISHU, Dialect.WECOM)

each_language = pytest.mark.parametrize("lang", ["zh", "en"])
each_dialect = pytest.mark.parametrize("dialect", list(Dialect))


@cache
def words(lang: str) -> Catalogue:
    return strict_words(lang)


def size(text: str) -> int:
    return len(text.encode("utf-8"))


def saying(text: str, shop: str = "店") -> Report:
    """The hostile report with one text in every place that takes text from a file."""
    report = hostile_report()
    item = message("test.note", what=text, why=text)
    findings = tuple(replace(finding, text=item, action=item) for finding in report.findings)
    note = Note("gap", item, f"{text}.xls")
    return replace(
        report,
        shop=shop,
        verdict=replace(report.verdict, text=item),
        findings=findings,
        notes=(note,),
        pace=PACE,
        blocks=tuple(
            Findings(findings[:5]) if isinstance(block, Findings) else
            Notes((note,)) if isinstance(block, Notes) else block
            for block in report.blocks
        ),
    )  # fmt: skip


@each_language
@each_dialect
def test_the_message_looks_as_it_did(lang, dialect, golden):
    made = chat.render(hostile_report(), words(lang), dialect)
    golden(f"chat_{dialect.value}_{lang}.txt", f"{made.title}\n\n{made.text}\n")


@each_language
@each_dialect
@pytest.mark.parametrize("report_", [hostile_report(), for_the_boss(), saying(HOSTILE * 9)])
def test_the_platforms_own_limits_hold(lang, dialect, report_):
    text = chat.render(report_, words(lang), dialect).text
    assert size(text) <= {"dingtalk": 20_000, "wecom": 2_048}.get(dialect.value, 20_000)
    assert dialect is not Dialect.PLAIN or len(text) <= 800


NASTY = st.text(
    st.sampled_from("a1 。.!*_~`#<>[]()|\\&@$-+:/;店価é\n\r\x1b\u202e\ud800😀\U00020bb7"),
    max_size=120,
)
ANY_TEXT = NASTY | st.text(max_size=200)


@settings(max_examples=150, deadline=None)
@given(
    text=ANY_TEXT,
    shop=ANY_TEXT,
    limit=st.integers(LEAST_BYTES, 4_000),
    dialect=st.sampled_from(Dialect),
    lang=st.sampled_from(["zh", "en"]),
)
def test_any_text_under_any_limit_stays_whole(text, shop, limit, dialect, lang):
    report = saying(text, shop)
    made = chat.render(report, words(lang), dialect, limit).text
    assert size(made) <= limit
    assert made.rstrip("*")[-1] in STOPS
    assert marks_are_whole(made, dialect)
    everything = chat.render(report, words(lang), dialect, WITHOUT_LIMIT).text
    if dialect is Dialect.PLAIN:
        everything = chat.whole(report, words(lang))
    if made != everything:
        assert made.endswith(words(lang).say("post.more"))
        state = words(lang).term("state", report.verdict.state.value)
        own = {words(lang).say("post.more"), f"{state}{words(lang).say('post.stop')}"}
        assert lines(made) - own <= lines(everything)


def lines(text: str) -> set[str]:
    return {line.rstrip() for line in text.splitlines()}


def marks_are_whole(text: str, dialect: Dialect) -> bool:
    """No half of a pair, a tag or an entity, and no mark that is not ours."""
    if dialect is Dialect.PLAIN:
        return "@" not in text and "<" not in text
    body = re.sub(r"<font color=(['\"])\w+\1>([^<>]*)</font>", r"\2", text)
    body = re.sub(r"^(#{3,4} |>|- |\d\. )", "", body, flags=re.MULTILINE)
    if dialect is Dialect.FEISHU:
        body = re.sub(r"&#\d+;", "", body)
    pairs = all(line.count("**") % 2 == 0 for line in body.splitlines())
    return pairs and not re.search(r"[<>\[\]@`~#&]|://", body.replace("**", ""))


@settings(max_examples=40, deadline=None)
@given(text=NASTY, limit=st.integers(LEAST_BYTES, 3_000), dialect=st.sampled_from(Dialect))
def test_more_room_never_says_less(text, limit, dialect):
    report = saying(text)
    more = words("zh").say("post.more")
    less = lines(chat.render(report, words("zh"), dialect, limit).text)
    room = lines(chat.render(report, words("zh"), dialect, limit + 60).text)
    assert less - room <= {more, f"{words('zh').term('state', 'abnormal')}。"}


@each_language
@pytest.mark.parametrize("state", list(State))
@each_dialect
def test_with_no_room_at_all_the_state_is_left(lang, state, dialect):
    report = saying("很长的标题" * 200)
    report = replace(report, verdict=replace(report.verdict, state=state), shop="店" * 200)
    text = chat.render(report, words(lang), dialect, LEAST_BYTES).text
    assert text.startswith(words(lang).term("state", state.value))
    assert text.endswith(words(lang).say("post.more"))


def test_a_limit_that_leaves_no_room_is_refused():
    with pytest.raises(ValueError, match="120"):
        chat.render(hostile_report(), words("zh"), Dialect.WECOM, LEAST_BYTES - 1)


@pytest.mark.parametrize("dialect", MARKED)
def test_what_matters_most_survives_a_cut(dialect):
    report, lang = replace(hostile_report(), pace=PACE), words("zh")
    gone: list[str] = []
    parts = {
        "notes": "补下载后重跑", "target": "2025-11 目标", "last task": "美工", "why": "58,800",
        "first task": "仓库", "figure": "48,210",
    }  # fmt: skip
    for limit in range(3_000, LEAST_BYTES, -10):
        text = chat.render(report, lang, dialect, limit).text
        gone += [name for name, sign in parts.items() if sign not in text and name not in gone]
        assert "低于周四常态" in text or limit < 160
    assert gone == ["notes", "target", "last task", "why", "first task", "figure"]


@each_language
def test_the_parts_stand_in_the_order_they_are_read(lang):
    text = chat.render(replace(hostile_report(), pace=PACE), words(lang), Dialect.DINGTALK).text
    heads = [words(lang).say(f"post.head.{part}") for part in ("why", "tasks", "target", "notes")]
    places = [text.index(f"#### {head}") for head in heads]
    assert places == sorted(places)
    assert text.index("48,210.35") < places[0]


@pytest.mark.parametrize("dialect", MARKED)
def test_a_title_full_of_marks_stays_text(dialect):
    text = chat.render(saying(HOSTILE, "# 店 [x](http://y)"), words("zh"), dialect).text
    assert marks_are_whole(text, dialect)
    expected = {
        Dialect.FEISHU: "&#91;link&#93;&#40;http：//x&#41; &#42;&#42;bold&#42;&#42; &#60;at id=all&#62;",
    }.get(dialect, "［link］(http：//x) ＊＊bold＊＊ ＜at id=all＞＜/at＞ ＠all ＃ h")
    assert expected in text


@pytest.mark.parametrize("lead", ["- x", "+ x", "1. x", "12) x"])
def test_a_title_does_not_begin_a_list(lead):
    text = chat.render(saying(lead), words("zh"), Dialect.DINGTALK).text
    assert f"**{lead}" not in text
    assert f"- {lead}" not in text


def test_plain_text_cannot_call_everybody():
    text = chat.render(saying(HOSTILE), words("zh"), Dialect.PLAIN).text
    assert "@" not in text
    assert "<at" not in text
    assert "**bold**" in text  # nobody reads marks here: the title is as it is


def test_colours_follow_the_language_and_never_stand_alone():
    zh, en = (
        chat.render(hostile_report(), words(lang), Dialect.WECOM, WITHOUT_LIMIT).text
        for lang in ("zh", "en")
    )
    assert '<font color="info">▼18%</font>' in zh
    assert '<font color="warning">▼18%</font>' in en
    coloured = re.findall(r"<font[^>]*>(.*?)</font>", zh + en)
    assert all(text[0] in "▲▼" or text in {"新增", "new"} for text in coloured)
    feishu = chat.render(hostile_report(), words("zh"), Dialect.FEISHU).text
    assert "<font color='green'>▼18%</font>" in feishu


def test_dingtalk_breaks_lines_where_we_do():
    text = chat.render(for_the_boss(), words("zh"), Dialect.DINGTALK).text
    paragraphs = [part.split("\n") for part in text.split("\n\n")]
    assert all(line.endswith("  ") for part in paragraphs for line in part[:-1])


def test_dingtalk_has_no_table_and_no_colour():
    text = chat.render(hostile_report(), words("zh"), Dialect.DINGTALK).text
    assert "|" not in text
    assert "<" not in text


@each_dialect
def test_a_quiet_day_is_short(dialect):
    text = chat.render(replace(told(State.NORMAL), notes=()), words("zh"), dialect).text
    assert words("zh").say("post.head.tasks") not in text
    assert words("zh").say("post.more") not in text


@each_dialect
def test_the_boss_gets_sentences_figures_target_and_decision(dialect):
    text = chat.render(for_the_boss(), words("zh"), dialect).text
    assert "是自身问题" in text
    assert "2025-11 目标" in text
    assert "需要拍板" in text
    assert "缺 评价" not in text
