"""The list of past reports: order, links, and text that stays text."""

from __future__ import annotations

import random
import re
from datetime import date, timedelta
from urllib.parse import unquote

from hostile import TITLES, words

from storeops.diagnose.finding import PeriodKind
from storeops.reporter import archive
from storeops.reporter.archive import Entry
from storeops.reporter.text import inert

ZH = words("zh")


def entry(day: date, kind: PeriodKind = PeriodKind.DAY, **more: object) -> Entry:
    given: dict = {
        "shop": "一叶旗舰店", "state": "normal", "text": "正常", "page": None, "workbook": None,
    }  # fmt: skip
    return Entry(day, kind, **(given | more))


def test_the_newest_stands_first_whatever_the_order_of_the_entries():
    last = date(2025, 11, 30)
    entries = [entry(last - timedelta(days=back)) for back in range(40)]
    entries += [entry(last, PeriodKind.WEEK), entry(last, PeriodKind.MONTH)]
    random.Random(1).shuffle(entries)
    text = archive.render(entries, ZH)
    days = re.findall(r'data-day="([\d-]+)"', text)
    assert days == sorted(days, reverse=True)
    assert re.findall(r'class="kind">(\w+)<', text)[:3] == ["月报", "周报", "日报"]
    assert re.findall(r'<h2 id="m([\d-]+)"', text) == ["2025-11", "2025-10"]


def test_links_of_chinese_names_are_percent_encoded_and_lead_back():
    name = "2025-11\\店铺日报_一叶 旗舰店#1?%.html"
    link = archive.address(name)
    assert re.fullmatch(r"[A-Za-z0-9%/._~-]+", link)
    assert unquote(link) == name.replace("\\", "/")
    assert f'href="{link}"' in archive.render([entry(date(2025, 11, 20), page=name)], ZH)


def test_no_path_reads_as_a_scheme():
    assert archive.address("javascript:alert(1)") == "javascript%3Aalert%281%29"


def test_a_report_without_a_file_has_no_link():
    text = archive.render([entry(date(2025, 11, 20), workbook="a.xlsx")], ZH)
    assert re.findall(r'href="([^"#]+)"', text) == ["a.xlsx"]


def test_hostile_names_stay_text():
    evil = "</script><script>alert(1)</script>"
    entries = [
        entry(date(2025, 11, 20), shop=title, text=title, state=title) for title in (*TITLES, evil)
    ]
    text = archive.render(entries, ZH)
    body = text.split("<body>")[1].split("<script")[0]
    assert "<script" not in body
    assert "<img" not in body
    assert inert(text.replace("\n", "")) == text.replace("\n", "")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in body


def test_an_empty_archive_says_so():
    text = archive.render([], ZH)
    assert "还没有报告" in text
    assert 'class="search"' not in text


def test_states_and_shops_are_offered_once():
    entries = [
        entry(date(2025, 11, day), shop=shop, state=state)
        for day, shop, state in ((1, "甲", "normal"), (2, "乙", "abnormal"), (3, "甲", "normal"))
    ]
    text = archive.render(entries, words("en"))
    assert re.findall(r"<option[^>]*>([^<]+)</option>", text) == [
        "All shops", "乙", "甲", "All states", "abnormal", "normal",
    ]  # fmt: skip


def test_nothing_is_asked_of_a_network():
    text = archive.render([entry(date(2025, 11, 20), page="a.html")], ZH)
    assert "http:" not in text
    assert "https:" not in text
    assert "default-src &#39;none&#39;" in text
