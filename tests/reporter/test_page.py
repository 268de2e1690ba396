"""The page: every block in its order, the same figures as the JSON, nothing from outside."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from datetime import date
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hostile import DAY, TITLES, hostile_report, words

from storeops.diagnose.finding import (
    DataTable,
    Figure,
    Period,
    PeriodKind,
    State,
    Subject,
    TableColumn,
    Verdict,
)
from storeops.messages import Unit, message
from storeops.metrics.target import Lever, Pace
from storeops.reporter import blocks, jsondoc, page, views
from storeops.reporter.build import cause_of
from storeops.reporter.page.document import in_script
from storeops.reporter.page.sparkline import sparkline
from storeops.reporter.page.tables import table_view

ZH, EN = words("zh"), words("en")
TEMPLATES = Path(page.__file__).parent / "templates"
PACE = Pace(
    month=date(2025, 11, 1), target=1_500_000.0, through=DAY, paid=964_400.0,
    attainment=964_400 / 1_500_000, progress=0.70, gap=-85_600.0, day_target=50_000.0,
    need_per_day=53_560.0, usual_per_day=50_000.0, remaining_days=10,
    levers=(Lever("visitors", Unit.PEOPLE, 22_000.0, 24_100.0, 26_000.0, True),),
)  # fmt: skip
EVIL = "</script><script>document.title='XSS'</script><img src=x onerror=alert(1)>\u202egpj.exe"


class Tags(HTMLParser):
    """Every tag with its attributes, and the text of those that hold none but text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def having(self, attribute: str) -> list[dict[str, str | None]]:
        return [attrs for _, attrs in self.found if attribute in attrs]


@pytest.fixture(scope="module")
def zh() -> str:
    return page.render(hostile_report(), ZH)


@pytest.fixture(scope="module")
def tags(zh) -> Tags:
    return Tags(body(zh))


def body(text: str) -> str:
    """Give what stands between the body's start and its first script."""
    return text.partition("<body>")[2].partition("<script")[0]


def scripts(text: str) -> list[str]:
    return re.findall(r"<script>(.*?)</script>", text, re.DOTALL)


def digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def read_text(text: str) -> str:
    return unescape(re.sub(r"<[^>]+>", " ", text))


def boss_report() -> blocks.Report:
    report = hostile_report()
    return replace(
        report,
        view=blocks.View.BOSS,
        pace=PACE,
        blocks=(
            blocks.VerdictLine(report.verdict),
            blocks.Heading(message("report.title", shop=report.shop, day=DAY), 1),
            blocks.Summary((report.verdict.text, message("test.action"))),
            blocks.Figures(report.figures[:6]),
            blocks.PaceBlock(PACE),
            blocks.Decision(report.findings[0]),
        ),
    )


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_fits_in_one_and_a_half_megabytes(lang):
    text = page.render(hostile_report(), words(lang))
    assert len(text.encode()) <= page.MOST_BYTES
    assert text == page.render(hostile_report(), words(lang))


def test_a_large_shop_fits_too_and_says_what_was_left_out():
    columns = tuple(TableColumn(f"metric.{name}", Unit.CNY) for name in ("paid_amount", "ad_spend"))
    named = (TableColumn("column.item", Unit.TEXT), *columns)
    rows = tuple((f"{TITLES[5]}{index}", 1234.5 + index, None) for index in range(4000))
    tables = tuple(blocks.Table(DataTable("table.items", named, rows)) for _ in range(20))
    report = replace(hostile_report(), blocks=(*hostile_report().blocks, *tables))
    text = page.render(report, ZH)
    assert len(text.encode()) <= page.MOST_BYTES
    assert re.search(r"另有 3,\d{3} 行", text)


def test_the_policy_allows_exactly_what_is_inside(zh):
    policy = unescape(re.search(r'Content-Security-Policy" content="([^"]+)"', zh).group(1))
    style = re.search(r"<style>(.*?)</style>", zh, re.DOTALL).group(1)
    allowed = re.findall(r"sha256-([^']+)", policy)
    assert allowed == [*map(digest, scripts(zh)), digest(style)]
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy
    assert "http" not in policy


def test_nothing_is_fetched_and_no_style_or_handler_stands_in_a_tag(tags):
    for tag, attrs in tags.found:
        assert tag not in {"link", "iframe", "object", "embed", "base", "img"}
        assert not [name for name in attrs if name.startswith("on") or name == "style"]
        assert "src" not in attrs
        assert (attrs.get("href") or "#").startswith("#")


def test_every_link_inside_leads_somewhere(tags):
    ids = [attrs["id"] for attrs in tags.having("id")]
    assert len(ids) == len(set(ids))
    assert {str(attrs["href"])[1:] for attrs in tags.having("href")} <= set(ids)
    assert {attrs["aria-labelledby"] for attrs in tags.having("aria-labelledby")} <= set(ids)


def test_titles_from_files_are_text_wherever_they_stand(zh):
    inside = body(zh)
    assert "<script>" not in inside
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in inside
    assert not [char for char in "\u202e\u202c\x1b\x07" if char in zh]
    data = zh.split('id="data">')[1].split("</script>")[0]
    assert not re.search(r"[<>&\u2028\u2029]", data)
    assert json.loads(data)["charts"]


def test_a_hostile_shop_and_subject_stay_text():
    first = hostile_report().findings[0]
    evil = replace(first, id=f'"{EVIL}', subject=Subject("item", EVIL, EVIL))
    report = replace(
        hostile_report(), shop=EVIL, findings=(evil,), blocks=(blocks.Findings((evil,)),)
    )
    text = page.render(report, ZH)
    assert len(scripts(text)) == 2
    assert "<img" not in text.split("<script>")[0]
    assert "\u202e" not in text


def test_data_for_a_script_cannot_end_it():
    text = in_script({"a": "</script>&\u2028\u2029<!--"})
    assert re.search(r"[<>&\u2028\u2029]", text) is None
    assert json.loads(text) == {"a": "</script>&\u2028\u2029<!--"}


def test_figures_are_those_of_the_json_document(tags):
    for figure in jsondoc.render(hostile_report(), ZH)["figures"]:
        shown = [a for a in tags.having("data-metric") if a["data-metric"] == figure["metric"]]
        plain = [a["data-value"] for a in shown if "data-versus" not in a]
        norm = [a["data-value"] for a in shown if a.get("data-versus") == "norm"]
        assert plain[0] == ("" if figure["value"] is None else str(figure["value"]))
        assert norm[0] == ("" if figure["baseline"] is None else str(figure["baseline"]))


def test_a_figure_shows_all_its_comparisons_with_an_arrow(zh):
    card = zh.split('class="card figure')[1].split(">", 1)[1].split("</li>")[0]
    assert re.findall(r"[▲▼][\d.]+%", card) == ["▼18%", "▼5.5%", "▼17%", "▼3.8%"]
    assert read_text(card).split()[:5] == ["支付金额", "异常", "48,210.35", "常态", "58,800.00"]
    assert "49,000.00 ~ 69,000.50" in card
    assert "<svg" in card


def test_findings_carry_their_id_worth_and_owner(tags):
    report = hostile_report()
    shown = {a["data-finding"]: a for a in tags.having("data-finding")}
    listed = next(b.findings for b in report.blocks if isinstance(b, blocks.Findings))
    assert list(shown) == [finding.id for finding in listed]
    by_id = {f["id"]: f for f in jsondoc.render(report, ZH)["findings"]}
    for name, attrs in shown.items():
        impact = by_id[name]["impact"]
        assert attrs["data-impact"] == ("" if impact is None else str(impact))
        assert attrs["data-owner"] == by_id[name]["owner"]


def test_consequences_stand_inside_their_cause(zh):
    report = hostile_report()
    first = zh.split('data-finding="item:68000000000001"')[1].split(
        'data-finding="item:68000000000002"'
    )[0]
    inside = re.findall(r'data-finding="([^"]+)"', first)
    assert inside == [
        f.id for f in report.findings if cause_of(f, report.findings) == "item:68000000000001"
    ]


def test_a_finding_links_to_the_row_of_its_item():
    report = hostile_report()
    item_id = "682345678901234569"
    about = replace(report.findings[0], subject=Subject("item", item_id, TITLES[2]))
    shown = replace(
        report,
        findings=(about,),
        blocks=tuple(
            blocks.Findings((about,)) if isinstance(block, blocks.Findings) else block
            for block in report.blocks
        ),
    )
    text = page.render(shown, ZH)
    anchor = re.search(r'class="links"><a href="#(t\d+r\d+)">看单品', text).group(1)
    row = text.split(f'<tr id="{anchor}"')[1].split("</tr>")[0]
    assert item_id in row


def test_every_block_is_there_in_its_order(tags):
    anchors = [a["id"] for tag, a in tags.found if tag == "section" and "id" in a]
    assert anchors == [
        "figures", "split", "findings", "checked", "notes", "t0", "t1", "t2", "t3", "t4", "t5",
    ]  # fmt: skip


def test_charts_stand_with_their_figures(zh, tags):
    drawn = [a["data-chart"] for a in tags.having("data-chart")]
    data = json.loads(zh.split('id="data">')[1].split("</script>")[0])
    assert sorted(drawn) == sorted(chart["id"] for chart in data["charts"])
    items = zh.split('id="t2"')[1].split("</section>")[0]
    assert 'data-chart="chart.items"' in items


def test_a_long_chart_can_be_zoomed_and_a_short_one_not(zh):
    data = json.loads(zh.split('id="data">')[1].split("</script>")[0])
    options = {chart["id"]: chart["light"] for chart in data["charts"]}
    assert "dataZoom" in options["chart.daily"]
    assert "dataZoom" not in options["trend"]


def test_a_table_is_complete_before_any_script_runs(zh):
    table = zh.split('id="t0"')[1].split("</table>")[0]
    assert table.count("<tr id=") == 60
    assert " hidden" not in table[table.index("<table") :]
    assert table.count('class="tinted"') == 2
    assert table.index("2025-11-20") < table.index("2025-09-22")


def test_a_missing_value_is_a_dash_and_has_no_number(zh):
    table = zh.split('id="t0"')[1].split("</table>")[0]
    assert re.search(r'data-metric="visitors" data-value="">—<', table)
    assert 'data-value="None"' not in zh
    assert "nan" not in re.findall(r'data-value="([^"]*)"', zh)


def test_red_is_up_in_chinese_and_down_in_english(zh):
    assert re.search(r'<html lang="zh-CN" class="up-is-red', zh)
    assert re.search(r'<html lang="en" class="up-is-green', page.render(hostile_report(), EN))


def test_the_page_can_be_read_without_eyes(zh, tags):
    names = [tag for tag, _ in tags.found]
    assert names.count("main") == names.count("h1") == names.count("header") == 1
    assert names.count("caption") == names.count("table")
    heads = [attrs for tag, attrs in tags.found if tag == "th"]
    assert {attrs.get("scope") for attrs in heads} == {"col", "row"}
    assert all(attrs.get("aria-label") for tag, attrs in tags.found if tag == "svg")
    assert 'class="skip" href="#main"' in zh
    assert "<title>店铺日报 一叶旗舰店 2025-11-20</title>" in zh


@pytest.mark.parametrize("state", State)
def test_every_state_has_a_banner_of_its_own(state):
    verdict = Verdict(state, message("test.phase"))
    report = replace(hostile_report(), verdict=verdict, blocks=(blocks.VerdictLine(verdict),))
    text = page.render(report, EN)
    assert f'class="verdict {state.value} "' in text


def test_the_view_of_the_boss_is_short_and_says_what_the_other_media_say():
    text = page.render(boss_report(), ZH)
    assert len(text.encode()) < 60_000
    said = " ".join(read_text(body(text)).split())
    for block in boss_report().blocks:
        if isinstance(block, blocks.Summary | blocks.PaceBlock | blocks.Decision):
            for sentence in views.sentences(block):
                assert ZH.text(sentence) in said
    assert '<rect class="done behind" width="64.29"' in text
    assert '<path class="due" d="M70.0 0v8"/>' in text


def test_no_decision_is_said_too():
    report = replace(boss_report(), blocks=(blocks.Decision(None),))
    assert EN.say("decision.none") in page.render(report, EN)


@pytest.mark.parametrize("attainment", [-0.2, 0.0, 1.7])
def test_the_bar_ends_where_it_ends(attainment):
    pace = replace(PACE, attainment=attainment)
    text = page.render(replace(boss_report(), blocks=(blocks.PaceBlock(pace),)), EN)
    width = float(re.search(r'class="done[^"]*" width="([\d.]+)"', text).group(1))
    assert 0 <= width <= 100


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (
            PeriodKind.WEEK,
            ("当周", "较上周", "较前四周均值", "尚未结束（7 天中的 4 天）", "店铺周报"),
        ),
        (PeriodKind.MONTH, ("当月", "较上月", "较前四月均值", "店铺月报")),
    ],
)
def test_a_period_compares_with_periods(kind, said):
    whole = 7 if kind is PeriodKind.WEEK else 4
    period = Period(kind, date(2025, 11, 17), DAY, whole)
    text = page.render(replace(hostile_report(), period=period), ZH)
    assert [words for words in said if words not in text] == []
    assert "2025-11-17 至 2025-11-20" in text


def test_headings_text_and_notes_of_files_are_shown():
    report = replace(
        hostile_report(),
        blocks=(
            blocks.Heading(message("test.phase")),
            blocks.Text(message("test.action")),
            blocks.Notes(hostile_report().notes),
        ),
    )
    text = page.render(report, ZH)
    assert "<h2" in text
    assert "先补页面预售" in text
    assert "日报.xlsx" in text
    assert 'data-note="restated"' in text


def test_a_figure_without_a_trend_has_no_line():
    figure = Figure("visitors", Unit.PEOPLE, None)
    report = replace(hostile_report(), figures=(figure,), blocks=(blocks.Figures((figure,)),))
    text = page.render(report, EN)
    assert "<svg" not in text.split("<script")[0]
    assert 'data-metric="visitors" data-value="">—<' in text


def test_a_line_breaks_at_a_gap_and_stays_inside():
    line = sparkline((1.0, 3.0, None, 2.0, None, 1.0))
    assert line.path.count("M") == 3
    heights = [float(y) for _, y in re.findall(r"[ML]([\d.]+) ([\d.]+)", line.path)]
    assert heights[:2] == [29.0, 3.0]
    assert all(0 <= height <= line.height for height in heights)
    assert sparkline((2.0, 2.0)).path == "M3 16.0h0L7 16.0"
    assert sparkline((None, 1.0, None)) is None


def test_a_table_that_is_not_one_of_days_keeps_its_order():
    columns = (TableColumn("column.source", Unit.TEXT), TableColumn("column.impact", Unit.CNY))
    table = DataTable("table.sources", columns, tuple((f"s{i}", float(i - 1)) for i in range(5)))
    view = table_view(table, 7, 3, ZH)
    assert [row.cells[0].text for row in view.rows] == ["s0", "s1", "s2"]
    assert [row.anchor for row in view.rows] == ["t7r0", "t7r1", "t7r2"]
    assert view.left_out == 2
    assert [row.cells[1].text for row in view.rows] == ["-1.00", "0.00", "+1.00"]
    assert [row.cells[1].look for row in view.rows] == ["n down", "n flat", "n up"]


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("*.j2")), ids=lambda path: path.name)
def test_templates_name_messages_that_exist_and_hold_no_words(path):
    text = path.read_text(encoding="utf-8")
    for message_id in re.findall(r"""say\(["']([\w.]+)["']""", text):
        assert message_id in ZH, message_id
    assert not re.search(r"[\u3400-\u9fff]", text)
    unsafe = re.findall(r"\{\{ (\w+)\|safe \}\}", text)
    assert set(unsafe) <= {"style", "script", "data"}


def test_only_words_that_come_again_and_again_are_picked_by_a_click():
    columns = (TableColumn("column.source", Unit.TEXT), TableColumn("column.group", Unit.TEXT))
    rows = tuple((f"s{index}", "ab"[index % 2]) for index in range(6))
    view = table_view(DataTable("table.sources", columns, rows), 0, 10, ZH)
    assert [cell.look for cell in view.rows[0].cells] == ["t", "t pick"]
    few = table_view(DataTable("table.sources", columns, rows[:4]), 0, 10, ZH)
    assert [cell.look for cell in few.rows[0].cells] == ["t", "t"]
