"""Both catalogues say the same things, and every message the code names exists."""

from __future__ import annotations

import ast
import re
import string
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
import yaml
from hostile import words

import storeops
from storeops.messages import Change, Message, Quantity, Term, Unit, message
from storeops.reporter.lang import (
    LANGUAGES,
    Catalogue,
    UnknownMessageError,
    catalogue,
    files,
    language,
)

PACKAGE = Path(storeops.__file__).parent
each_language = pytest.mark.parametrize("lang", LANGUAGES)


def placeholders(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


@each_language
def test_no_id_is_given_twice(lang):
    seen: Counter[str] = Counter()
    for path in files(lang):
        with path.open(encoding="utf-8") as stream:
            node = yaml.compose(stream)
        seen.update(key.value for key, _ in node.value)
    assert [message_id for message_id, count in seen.items() if count > 1] == []


@each_language
def test_templates_are_text_with_named_placeholders(lang):
    for message_id, template in catalogue(lang).templates.items():
        assert isinstance(template, str), message_id
        assert all(name.isidentifier() for name in placeholders(template)), message_id


def test_both_languages_have_the_same_files_ids_and_placeholders():
    assert [path.name for path in files("zh")] == [path.name for path in files("en")]
    zh, en = catalogue("zh").templates, catalogue("en").templates
    scales = {message_id for message_id in zh | en if message_id.startswith("number.scale.")}
    assert set(zh) - scales == set(en) - scales
    differing = [i for i in set(zh) - scales if placeholders(zh[i]) != placeholders(en[i])]
    assert differing == []


def test_chinese_words_survive_a_chinese_console():
    lost = [
        message_id
        for message_id, template in catalogue("zh").templates.items()
        if not message_id.startswith(("column.", "task."))  # heads of the workbook
        and template.encode("gbk", errors="replace").decode("gbk") != template
    ]
    assert lost == []


def named_messages() -> set[tuple[str, str]]:
    """Ids in calls of message, Message, say and in columns and tables, as patterns."""
    callers = {"message", "Message", "say", "TableColumn", "DataTable"}
    found = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = (
                node.func.attr
                if isinstance(node.func, ast.Attribute)
                else getattr(node.func, "id", "")
            )
            if name in callers and (pattern := pattern_of(node.args[0])):
                found.add((pattern, str(path.relative_to(PACKAGE))))
    return found


def pattern_of(node: ast.expr) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return re.escape(node.value)
    if isinstance(node, ast.JoinedStr):
        parts = (
            re.escape(str(part.value)) if isinstance(part, ast.Constant) else r"[\w.]+"
            for part in node.values
        )
        return "".join(parts)
    return None


def test_every_message_the_code_names_exists():
    ids = "\n".join(catalogue("zh").templates)
    missing = [
        (pattern, path)
        for pattern, path in sorted(named_messages())
        if not re.search(rf"^{pattern}$", ids, re.MULTILINE)
    ]
    assert missing == []


def test_the_scan_sees_what_it_should():
    patterns = {pattern for pattern, _ in named_messages()}
    assert re.escape("delivery.locked") in patterns
    assert r"notes\.need\.[\w.]+" in patterns


def test_arguments_are_printed_by_their_type():
    book = Catalogue(
        "en", {"a": "{s}|{n}|{f}|{d}|{q}|{c}|{t}|{m}|{l}|{o}", "b": "inner {x}", "owner.art": "Art"}
    )
    text = book.say(
        "a", s="x\x1b[31my", n=1234, f=0.5, d=date(2025, 11, 20), q=Quantity(0.0181, Unit.RATIO),
        c=Change(-0.18), t=Term("owner", "art"), m=message("b", x="{s}"), l=("p", 2), o=None,
    )  # fmt: skip
    assert text == "xy|1,234|0.5|2025-11-20|1.81%|-18%|Art|inner {s}|p, 2|—"


def test_an_unknown_message_degrades_visibly_and_never_stops_a_report():
    book = Catalogue("en", {"short": "{a} and {b}"})
    assert book.text(message("no.such", file="a.xls", n=3)) == "[no.such: a.xls, 3]"
    assert book.text(Message("no.such")) == "[no.such]"
    assert book.say("short", a=1) == "{a} and {b} [1]"
    assert book.term("owner", "nobody") == "nobody"


def test_an_unknown_message_is_an_error_in_tests():
    book = Catalogue("en", {}, strict=True)
    with pytest.raises(UnknownMessageError):
        book.say("no.such")
    with pytest.raises(UnknownMessageError):
        book.term("owner", "nobody")


def test_escaping_touches_text_from_files_only_and_once():
    templates = {"a": "*{s}* {n} {t} {m}", "b": "[{x}]", "owner.art": "*Art*"}
    book = Catalogue("en", templates).escaping(lambda text: text.replace("*", "x"))
    text = book.say("a", s="1*\x1b[31m", n=2, t=Term("owner", "art"), m=message("b", x="*x*"))
    assert text == "*1x* 2 *Art* [xxx]"
    assert book.term("owner", "no*body") == "noxbody"
    assert book.subject("item", "a*") == "ax"


def test_days_are_named_as_they_are_spoken_of():
    assert words("zh").day(date(2025, 11, 20)) == "11-20 周四"
    assert words("en").day(date(2025, 11, 23)) == "11-23 Sun"


def test_a_metric_is_found_by_its_label_or_its_name():
    assert words("zh").column("访客数") == "visitors"
    assert words("zh").column("visitors") == "visitors"


@pytest.mark.parametrize(
    ("setting", "environ", "chosen"),
    [
        ("zh", {"LANG": "en_US.UTF-8"}, "zh"),
        ("en", {"LANG": "zh_CN.UTF-8"}, "en"),
        ("auto", {"LANG": "zh_CN.UTF-8"}, "zh"),
        ("auto", {"LANG": "Chinese_China.936"}, "zh"),
        ("auto", {"LC_ALL": "C", "LANG": "zh_CN.UTF-8"}, "en"),
        ("auto", {"LC_MESSAGES": "zh_TW", "LANG": "de_DE"}, "zh"),
        ("auto", {"LC_ALL": "", "LANG": "zh_CN"}, "zh"),
        ("auto", {"LANG": "de_DE.UTF-8"}, "en"),
    ],
)
def test_the_language_follows_setting_then_locale(setting, environ, chosen):
    assert language(setting, environ) == chosen


def test_without_a_locale_windows_decides(monkeypatch):
    monkeypatch.setattr("storeops.reporter.lang._windows_is_chinese", lambda: True)
    assert language("auto", {}) == "zh"
    monkeypatch.setattr("storeops.reporter.lang._windows_is_chinese", lambda: False)
    assert language("auto", {}) == "en"
