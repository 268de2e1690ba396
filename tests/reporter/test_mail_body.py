"""A mail that reads on a phone, says the same in text and HTML, and fetches nothing."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

import pytest
from hostile import TITLES, hostile_report, words
from reports import PACE, for_the_boss, over, told

from storeops.diagnose.finding import Direction, Figure, PeriodKind, Severity, State
from storeops.messages import Unit, message
from storeops.reporter import blocks, mail
from storeops.reporter.blocks import Findings, Report, View
from storeops.reporter.subject import subject

each_language = pytest.mark.parametrize("lang", ["zh", "en"])


class Page(HTMLParser):
    """The elements and the visible text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not {"style", "title"} & set(self.open) and data.strip():
            self.words.append(data.strip())

    def having(self, attribute: str) -> list[dict[str, str]]:
        return [attrs for _, attrs in self.elements if attribute in attrs]


@pytest.fixture(autouse=True, scope="module")
def _one_picture():
    """Charts are looked at in one test; in the others the picture itself does not matter."""
    patch = pytest.MonkeyPatch()
    patch.setattr(mail, "png", lambda *_, **__: b"\x89PNG")
    yield
    patch.undo()


def lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]


@each_language
def test_the_mail_looks_as_it_did(lang, golden):
    made = mail.render(replace(hostile_report(), pace=PACE), words(lang))
    golden(f"mail_{lang}.txt", f"{made.subject}\n\n{made.text}")
    golden(f"mail_{lang}.html", made.html)


@pytest.mark.parametrize(
    ("lang", "line"),
    [
        ("zh", "【一叶旗舰店】11-20(四) 支付4.82万 -18%(较周四常态)｜月目标64%｜6项要处理"),
        ("en", "[一叶旗舰店] 20 Nov Paid ¥48.2k -18% vs Thu norm | month 64% | 6 to do"),
    ],
)
def test_the_subject_is_the_day_in_one_line(lang, line):
    assert subject(replace(hostile_report(), pace=PACE), words(lang)) == line


def promotion() -> Report:
    versus = message("versus.event", weekday="")
    text = message(
        "verdict.normal",
        day="",
        versus=versus,
        paid="",
        baseline="",
        change="",
        impact="",
        market="",
    )
    day = replace(
        told(State.PROMOTION, text, impact=1.0),
        phase=message("phase.of_event", event="双11", phase="爆发"),
    )
    figure = replace(day.figures[0], value=1_260_000.0, baseline=1_050_000.0)
    return replace(day, figures=(figure,), pace=replace(PACE, day_target=1_200_000.0))


def week() -> Report:
    return over(PeriodKind.WEEK, date(2025, 11, 17), date(2025, 11, 23), 7)


def month(last: int) -> Report:
    return over(PeriodKind.MONTH, date(2025, 11, 1), date(2025, 11, last), 30)


@pytest.mark.parametrize(
    ("report_", "zh", "en"),
    [
        (hostile_report(), "11-20(四) 支付4.82万 -18%(较周四常态)｜6项要处理", "20 Nov Paid ¥48.2k -18% vs Thu norm | 6 to do"),
        (told(State.NORMAL), "11-20(四) 支付4.82万 -18%(较周四常态)｜正常", "20 Nov Paid ¥48.2k -18% vs Thu norm | normal"),
        (told(State.ABNORMAL), "11-20(四) 支付4.82万 -18%(较周四常态)", "20 Nov Paid ¥48.2k -18% vs Thu norm"),
        (told(State.INCOMPLETE_DATA), "11-20(四) 数据未出全，不判断", "20 Nov not judged (data not complete)"),
        (told(State.INSUFFICIENT_DATA), "11-20(四) 支付4.82万 -18%(较周四常态)｜历史不足，不判断", "20 Nov Paid ¥48.2k -18% vs Thu norm | not judged (too little history)"),
        (told(State.PROMOTION), "11-20(四) 支付4.82万 -18%(较周四常态)", "20 Nov Paid ¥48.2k -18% vs Thu norm"),
        (promotion(), "11-20(四) 双11·爆发 至24:00 支付126万 +20%(较往期同阶段)｜当日目标105%｜月目标64%｜正常", "20 Nov 双11, 爆发, to 24:00 Paid ¥1.26M +20% vs the same phase last time | day 105% of target | month 64% | normal"),
        (week(), "周报 11-17~11-23 支付4.82万 -18%(较常态)｜6项要处理", "Week 17 Nov to 23 Nov Paid ¥48.2k -18% vs norm | 6 to do"),
        (month(30), "月报 2025-11 支付4.82万 -18%(较常态)｜6项要处理", "Month 2025-11 Paid ¥48.2k -18% vs norm | 6 to do"),
        (month(20), "月报 2025-11(至11-20) 支付4.82万 -18%(较常态)｜6项要处理", "Month 2025-11 (to 20 Nov) Paid ¥48.2k -18% vs norm | 6 to do"),
    ],
)  # fmt: skip
def test_every_kind_of_day_has_its_subject(report_, zh, en):
    assert subject(report_, words("zh")) == "【一叶旗舰店】" + zh
    assert subject(report_, words("en")) == "[一叶旗舰店] " + en


def test_a_long_or_broken_shop_name_leaves_the_subject_one_short_line():
    line = subject(replace(hostile_report(), shop="店\r\nBcc: x\x1b[2J" * 30), words("zh"))
    assert line.isprintable()
    assert len(line) < 120


def test_without_figures_the_subject_still_says_what_is_to_do():
    assert subject(replace(hostile_report(), figures=()), words("zh")).endswith(
        "11-20(四) 6项要处理"
    )


@each_language
@pytest.mark.parametrize(
    "made", [hostile_report(), for_the_boss(), week(), month(20), promotion(), told(State.NORMAL)]
)
def test_the_text_is_at_most_25_lines_and_the_answer_stands_first(lang, made):
    text = mail.render(replace(made, pace=PACE), words(lang)).text
    assert len(lines(text)) <= 25
    shown = next(b.verdict for b in made.blocks if isinstance(b, blocks.VerdictLine))
    answer = shown if made.view is View.BOSS else made.verdict
    assert lines(text)[0].startswith(words(lang).text(answer.text).rstrip("。."))
    assert not [char for char in text if char < " " and char != "\n"]


@each_language
@pytest.mark.parametrize("made", [hostile_report(), for_the_boss(), week()])
def test_text_and_html_say_the_same(lang, made):
    made = replace(made, pace=PACE)
    rendered = mail.render(made, words(lang))
    shown = Page(rendered.html).words
    plain = rendered.text.translate({ord("＜"): "<", ord("＠"): "@"})
    strange = [
        word
        for text in shown
        for word in re.findall(r"[\d,.]{3,}|[\u4e00-\u9fff]{4,}", text)
        if word not in plain and text not in heads(lang)
    ]
    assert strange == []
    back = "".join(shown).replace(" ", "")
    assert [n for n in re.findall(r"\d[\d,.]*\d", plain) if n not in back] == []


def heads(lang: str) -> set[str]:
    return {words(lang).say(f"post.head.{part}") for part in ("figures",)}


@each_language
def test_figures_and_findings_carry_their_names_for_other_programs(lang):
    page = Page(mail.render(hostile_report(), words(lang)).html)
    values = {attrs["data-metric"]: attrs["data-value"] for attrs in page.having("data-metric")}
    assert json.loads(values["paid_amount"]) == 48210.35
    assert json.loads(values["visitors"]) == 22610
    assert json.loads(values["conversion_rate"]) == pytest.approx(409 / 22610)
    ids = [attrs["data-finding"][-2:] for attrs in page.having("data-finding")]
    assert ids == ["01", "02", "03", "04", "05"]


@each_language
@pytest.mark.parametrize("made", [hostile_report(), for_the_boss()])
def test_the_html_runs_nothing_and_fetches_nothing(lang, made):
    html = mail.render(made, words(lang)).html
    page = Page(html)
    tags = {tag for tag, _ in page.elements}
    assert not tags & {"script", "link", "iframe", "object", "svg", "form", "a", "base", "video"}
    assert all(attrs["src"].startswith("cid:") for attrs in page.having("src"))
    assert not [name for _, attrs in page.elements for name in attrs if name.startswith("on")]
    marks = re.sub(r">[^<]*<", "><", html)  # what stands between tags is text to read
    styles = "".join(re.findall(r"<style>(.*?)</style>", html, re.DOTALL))
    assert not re.search(r"(?i)https?://|data:|url\(|@import|javascript:", marks + styles)
    assert {"name": "color-scheme", "content": "light dark"} in [
        attrs for _, attrs in page.elements
    ]
    assert "prefers-color-scheme: dark" in html


def test_hostile_titles_are_only_text():
    page = Page(mail.render(hostile_report(), words("zh")).html)
    text = " ".join(page.words)
    assert TITLES[1] in text
    assert "[red]特价[/red]" in text
    assert "\x1b" not in text


def test_every_chart_hangs_on_the_mail_and_has_words_in_its_place():
    made = mail.render(hostile_report(), words("zh"))
    shown = [attrs for tag, attrs in Page(made.html).elements if tag == "img"]
    assert [attrs["src"] for attrs in shown] == [f"cid:{picture.cid}" for picture in made.pictures]
    assert [attrs["alt"] for attrs in shown] == ["近 28 天支付金额与访客数", "从常态到当日（元）"]
    assert [picture.name for picture in made.pictures] == ["trend.png", "split.png"]


def test_pictures_stay_light(monkeypatch):
    monkeypatch.undo()
    monkeypatch.setattr(mail, "png", lambda *_, **__: bytes(250_000))
    made = mail.render(hostile_report(), words("zh"))
    assert len(made.pictures) == 1
    assert made.html.count("cid:") == 1


def test_real_pictures_stay_far_under_the_limit(monkeypatch):
    from storeops.reporter import picture  # noqa: PLC0415

    monkeypatch.setattr(mail, "png", picture.png)
    made = mail.render(hostile_report(), words("en"))
    assert len(made.pictures) == 2
    assert 20_000 < sum(len(one.data) for one in made.pictures) < 200_000
    assert mail.render(hostile_report(), words("en")) == made


def colour_of(html: str, text: str) -> str:
    found = re.search(rf'style="[^"]*?color: ?(#[0-9a-f]{{6}})[^"]*">{re.escape(text)}<', html)
    assert found, text
    return found[1]


def test_red_is_up_in_chinese_and_down_in_english_and_an_arrow_says_it_too():
    red, green = "#c0392b", "#1e8449"
    zh, en = (mail.render(hostile_report(), words(lang)).html for lang in ("zh", "en"))
    assert (colour_of(zh, "▼18%"), colour_of(en, "▼18%")) == (green, red)
    assert (colour_of(zh, "▲2.0%"), colour_of(en, "▲2.0%")) == (red, green)


def test_the_boss_reads_three_sentences_six_figures_the_target_and_one_decision():
    made = mail.render(for_the_boss(), words("zh"))
    text = lines(made.text)
    shown = next(b.figures for b in for_the_boss().blocks if isinstance(b, blocks.Figures))
    assert len(Page(made.html).having("data-metric")) == len(shown) <= 6
    decided = next(b.finding for b in for_the_boss().blocks if isinstance(b, blocks.Decision))
    assert [attrs["data-finding"] for attrs in Page(made.html).having("data-finding")] == [
        decided.id
    ]
    assert sum("需要拍板" in line for line in text) == 1
    assert any("是自身问题" in line for line in text)
    assert any("件事要处理" in line for line in text)
    assert any(line.startswith("2025-11 目标") for line in text)
    assert made.subject.endswith("｜月目标64%｜1项要拍板")
    assert not any("缺 评价" in line for line in text)


@each_language
def test_what_wants_nothing_done_is_kept_apart_and_not_counted(lang):
    report = hostile_report()
    calm = {
        f.id: replace(f, severity=Severity.INFO) if f.id.endswith("04") else f
        for f in report.findings
    }
    blocks = tuple(
        Findings(tuple(calm[f.id] for f in block.findings))
        if isinstance(block, Findings)
        else block
        for block in report.blocks
    )
    made = mail.render(replace(report, findings=tuple(calm.values()), blocks=blocks), words(lang))
    assert "5" in made.subject.rsplit("|" if lang == "en" else "｜", 1)[1]
    do, also = (words(lang).say(f"post.head.{part}") for part in ("tasks", "also"))
    text = lines(made.text)
    place = text.index(also)
    assert text.index(do) < place
    assert "[red]" in text[place + 1]
    assert not any("[red]" in line for line in text[:place])


def test_the_four_that_explain_each_other_come_first_then_what_is_abnormal():
    report = hostile_report()
    odd = Figure("wishlist_rate", Unit.RATIO, 0.02, 0.03, abnormal=True)
    spare = Figure("paid_buyers", Unit.PEOPLE, 409.0, 500.0)
    figures = (report.figures[0], spare, odd, *report.figures[1:])
    page = Page(mail.render(replace(report, figures=figures), words("zh")).html)
    assert [attrs["data-metric"] for attrs in page.having("data-metric")] == [
        "paid_amount", "wishlist_rate", "visitors", "conversion_rate", "amount_per_buyer", "ad_spend",
    ]  # fmt: skip


def test_an_abnormal_day_begins_with_its_direction():
    report = hostile_report()
    up = replace(report, verdict=replace(report.verdict, direction=Direction.UP))
    assert "▼" in Page(mail.render(report, words("zh")).html).words[0]
    assert "▲" in Page(mail.render(up, words("zh")).html).words[0]
    calm = Page(mail.render(told(State.NORMAL), words("zh")).html).words[0]
    assert calm == words("zh").say("test.phase")


def test_a_week_of_a_promotion_is_not_held_to_the_target_of_its_last_day():
    report = replace(week(), pace=PACE, verdict=replace(week().verdict, state=State.PROMOTION))
    assert "当日目标" not in subject(report, words("zh"))
    assert "月目标64%" in subject(report, words("zh"))
