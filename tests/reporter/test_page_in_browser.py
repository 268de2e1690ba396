"""The page as a real browser sees it: no complaint, no request, and every click does its work."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hostile import TITLES, hostile_report, words

from storeops.diagnose.finding import PeriodKind
from storeops.pipeline.morning import morning
from storeops.pipeline.workspace import Request
from storeops.reporter import archive, blocks, page
from storeops.reporter.archive import Entry

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
BROWSER = next(filter(None, map(shutil.which, BROWSERS)), None)
pytestmark = pytest.mark.skipif(BROWSER is None, reason="there is no Chromium on this machine")

SAMPLE = Path(__file__).parents[2] / "samples" / "shop"
OPTIONS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync",
    "--disable-component-update", "--no-first-run", "--disable-quic",
]  # fmt: skip
DESK, PHONE, SMALL_PHONE = (1280, 900), (390, 844), (360, 740)
EVIL = (
    "</script><script>document.title='XSS'</script>",
    '"><img src=x onerror="document.title=\'XSS\'">',
    "\u202e<b>gpj.exe\u202c",
)
WATCH = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
"""


@dataclass
class Sheet:
    """A page that is open, and what the browser complained about."""

    view: Any
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def all(self, selector: str) -> Any:
        return self.view.locator(selector)

    def texts(self, selector: str) -> list[str]:
        return [text.strip() for text in self.view.locator(selector).all_inner_texts()]


Opener = Callable[..., Sheet]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as play:
        opened = play.chromium.launch(executable_path=BROWSER, args=OPTIONS)
        yield opened
        opened.close()


@pytest.fixture
def show(browser, tmp_path) -> Iterator[Opener]:
    """Open a text as a file; at the end nothing may have been complained about or asked for."""
    opened: list[Sheet] = []

    def open_page(text: str, size: tuple[int, int] = DESK, scheme: str = "light") -> Sheet:
        path = tmp_path / f"页面 {len(opened)}.html"
        path.write_text(text, encoding="utf-8", newline="\n")
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, color_scheme=scheme
        )
        sheet = Sheet(context.new_page())
        opened.append(sheet)
        sheet.view.add_init_script(WATCH)
        sheet.view.on("console", lambda said: sheet.complaints.append(f"{said.type}: {said.text}"))
        sheet.view.on("pageerror", lambda error: sheet.complaints.append(str(error)))
        sheet.view.on("request", lambda request: sheet.requests.append(request.url))
        sheet.view.goto(path.as_uri())
        return sheet

    yield open_page
    for sheet in opened:
        sheet.view.wait_for_timeout(50)
        assert sheet.complaints == []
        assert [url for url in sheet.requests if not url.startswith(("file:", "data:"))] == []
        sheet.view.context.close()


@pytest.fixture(scope="module")
def report(tmp_path_factory) -> blocks.Report:
    """The sample shop's day, as the program reports it."""
    root = tmp_path_factory.mktemp("sample") / "shop"
    shutil.copytree(SAMPLE, root)
    now = datetime(2026, 9, 18, 9, tzinfo=UTC)
    return morning(root, Request(now=now), workbook=False, language="zh").reports[0]


@pytest.fixture(scope="module")
def pages(report) -> dict[str, str]:
    return {
        "zh": page.render(report, "zh"),
        "en": page.render(report, "en"),
        "hostile": page.render(hostile_report(), words("zh")),
    }


def is_too_wide(sheet: Sheet) -> bool:
    return bool(sheet.view.evaluate("document.documentElement.scrollWidth > window.innerWidth"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESK, PHONE, SMALL_PHONE])
@pytest.mark.parametrize("name", ["zh", "en", "hostile"])
def test_it_opens_without_a_complaint_and_fits_the_screen(pages, show, name, size, scheme):
    sheet = show(pages[name], size, scheme)
    assert not is_too_wide(sheet)
    assert sheet.all("canvas").count() >= 5
    assert sheet.all("h1").is_visible()


def test_the_watch_hears_a_style_a_script_and_a_picture_that_are_not_allowed(pages, show):
    planted = '<p style="color:red">a</p><script>x()</script><img src="http://127.0.0.1:9/a.png">'
    sheet = show(pages["zh"].replace("<footer>", f"<footer>{planted}"))
    sheet.view.wait_for_timeout(200)
    heard = " ".join(sheet.complaints)
    assert all(f"policy: {kind}" in heard for kind in ("style-src", "script-src", "img-src"))
    assert "http://127.0.0.1:9/a.png" in sheet.requests
    sheet.complaints.clear()
    sheet.requests.clear()


def test_every_chart_is_drawn(pages, show):
    sheet = show(pages["zh"])
    drawn = sheet.view.evaluate(
        """[...document.querySelectorAll("canvas")].map((canvas) =>
          new Set(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data).size)"""
    )
    assert len(drawn) == sheet.all("[data-chart]").count()
    assert min(drawn) > 20
    told = sheet.all('[data-chart="trend"] .plot').get_attribute("aria-label")
    assert told == "近 28 天支付金额与访客数: 09-17, 支付金额 13,526.52, 访客数 1,779"


def test_hovering_a_chart_reads_its_numbers(pages, show):
    sheet = show(pages["zh"])
    read = sheet.view.evaluate(
        "plots[0].read([{seriesIndex: 0, dataIndex: 27, seriesName: 'a', axisValueLabel: '09-17'}])"
    )
    assert read == "09-17\na  13,526.52"
    plot = sheet.all('[data-chart="trend"] .plot')
    plot.scroll_into_view_if_needed()
    plot.hover()
    sheet.view.wait_for_timeout(100)
    assert sheet.all('[data-chart="trend"] .plot > div').count() == 1  # nothing laid over it


def test_a_finding_opens_and_its_link_leads_to_the_row(pages, show):
    sheet = show(pages["zh"])
    follower = sheet.all(".consequences > li > details").first
    assert follower.get_attribute("open") is None
    follower.locator("summary").first.click()
    assert follower.get_attribute("open") is not None
    link = follower.locator(".links a").first
    anchor = str(link.get_attribute("href"))
    link.click()
    row = sheet.all(anchor)
    row.wait_for(state="visible")
    assert "is-target" in str(row.get_attribute("class"))
    assert "手淘搜索" in row.inner_text()
    sheet.view.wait_for_timeout(800)
    assert sheet.view.evaluate(
        "(id) => { const box = document.querySelector(id).getBoundingClientRect();"
        " return box.top >= 0 && box.bottom <= innerHeight; }",
        anchor,
    )


def test_a_link_to_a_folded_row_unfolds_it(pages, show):
    sheet = show(pages["zh"])
    last = sheet.all("#t0 tbody tr").last
    assert not last.is_visible()
    anchor = last.get_attribute("id")
    sheet.view.evaluate("(id) => { location.hash = id; }", anchor)
    last.wait_for(state="visible")


def test_a_table_sorts_both_ways_and_missing_stands_last(pages, show):
    sheet = show(pages["hostile"])
    head = sheet.all('#t0 th[data-column="visitors"]')
    shown = '#t0 tbody tr > td[data-metric="visitors"]'

    def numbers() -> list[str]:
        return [str(value) for value in sheet.view.eval_on_selector_all(
            shown, "(cells) => cells.map((cell) => cell.dataset.value)"
        )]  # fmt: skip

    head.locator("button").click()
    assert head.get_attribute("aria-sort") == "descending"
    known = [float(value) for value in numbers() if value]
    assert known == sorted(known, reverse=True)
    assert numbers()[-1] == ""
    head.locator("button").click()
    assert head.get_attribute("aria-sort") == "ascending"
    assert [float(value) for value in numbers() if value] == sorted(known)
    assert numbers()[-1] == ""
    day = sheet.all('#t0 th[data-column="column.date"]')
    day.locator("button").focus()
    sheet.view.keyboard.press("Enter")
    assert day.get_attribute("aria-sort") == "ascending"
    assert head.get_attribute("aria-sort") is None


def test_a_long_table_is_folded_to_ten_rows(pages, show):
    sheet = show(pages["zh"])
    visible = sheet.all("#t0 tbody tr:visible")
    assert visible.count() == 10
    fold = sheet.all("#t0 .fold")
    assert fold.inner_text() == "显示全部 66 行"
    fold.click()
    assert visible.count() == 66
    assert fold.get_attribute("aria-expanded") == "true"
    fold.click()
    assert visible.count() == 10


def test_rows_are_filtered_by_a_word_and_by_a_click_on_a_cell(pages, show):
    sheet = show(pages["zh"])
    rows = sheet.all("#t0 tbody tr:visible")
    box = sheet.all("#t0 input[type=search]")
    box.fill("2026-08")
    assert all("2026-08" in text for text in rows.all_inner_texts())
    box.fill("没有这样的行")
    assert rows.count() == 0
    assert sheet.all("#t0 [role=status]").inner_text() == "没有符合的行"
    box.fill("")
    saturday = sheet.view.locator("#t0 tbody tr:visible .pick button", has_text="周六").first
    saturday.click()
    assert {text.split("\t")[1] for text in rows.all_inner_texts()} == {"周六"}
    saturday.click()
    assert rows.count() == 10


def test_the_columns_of_the_workbook_come_on_demand(pages, show):
    sheet = show(pages["zh"])
    rate = sheet.all('#t0 th[data-column="add_to_cart_rate"]')
    assert not rate.is_visible()
    sheet.all("#t0 .columns").click()
    assert rate.is_visible()


def test_a_series_is_hidden_by_its_name_and_stays_so_in_the_dark(pages, show):
    sheet = show(pages["zh"])
    name = sheet.view.locator('[data-chart="chart.daily"] .legend button', has_text="访客数")
    selected = """echarts.getInstanceByDom(document.querySelector('[data-chart="chart.daily"] .plot'))
      .getOption().legend[0].selected["访客数"]"""
    name.click()
    assert name.get_attribute("aria-pressed") == "false"
    assert sheet.view.evaluate(selected) is False
    sheet.all("#theme").click()
    assert sheet.view.evaluate(selected) is False
    name.click()
    assert sheet.view.evaluate(selected) is True


def test_the_theme_turns_and_is_remembered(pages, show):
    sheet = show(pages["zh"])
    ground = "getComputedStyle(document.body).backgroundColor"
    light = sheet.view.evaluate(ground)
    sheet.all("#theme").click()
    assert sheet.view.evaluate(ground) != light
    assert sheet.all("#theme").inner_text() == "浅色"
    sheet.view.reload()
    assert sheet.view.evaluate(ground) != light


def test_paper_is_light_and_shows_what_is_shut(pages, show):
    sheet = show(pages["zh"], DESK, "dark")
    sheet.view.emulate_media(media="print")
    sheet.view.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert (
        sheet.view.evaluate("getComputedStyle(document.body).backgroundColor")
        == "rgb(255, 255, 255)"
    )
    assert sheet.all("details:not([open])").count() == 0
    sheet.view.evaluate("dispatchEvent(new Event('afterprint'))")
    assert sheet.all("details:not([open])").count() > 0


def test_the_keyboard_reaches_the_report_first_and_every_control_shows_its_focus(pages, show):
    sheet = show(pages["zh"])
    sheet.view.keyboard.press("Tab")
    assert sheet.view.evaluate("document.activeElement.className") == "skip"
    for _ in range(12):
        sheet.view.keyboard.press("Tab")
        outline = sheet.view.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline == "solid"


def test_without_scripts_all_the_text_and_tables_are_there(pages, browser, tmp_path):
    path = tmp_path / "page.html"
    path.write_text(pages["zh"], encoding="utf-8", newline="\n")
    context = browser.new_context(java_script_enabled=False)
    view = context.new_page()
    view.goto(path.as_uri())
    assert view.locator("#t0 tbody tr:visible").count() == 66
    assert view.locator("#theme").is_hidden()
    assert view.locator("figure:visible").count() == 0
    context.close()


def test_text_from_files_runs_nothing(show):
    plain = hostile_report()
    titles = (*EVIL, *TITLES)
    tables = tuple(
        blocks.Table(replace(block.table, rows=tuple(
            (title, *row[1:]) for title, row in zip(titles, block.table.rows * 3, strict=False)
        )))
        if isinstance(block, blocks.Table) and block.table.name == "table.items" else block
        for block in plain.blocks
    )  # fmt: skip
    evil = replace(plain, shop=EVIL[0] + EVIL[1], blocks=tables)
    sheet = show(page.render(evil, words("zh")))
    assert "XSS" not in sheet.view.title().replace("document.title='XSS'", "")
    assert sheet.view.evaluate("document.querySelectorAll('img, b').length") == 0
    names = sheet.texts("#t2 tbody th")
    assert EVIL[0] in names
    assert EVIL[1] in names
    assert "<b>gpj.exe" in names
    assert sheet.view.evaluate("document.scripts.length") == 3


def entries() -> list[Entry]:
    last = date(2025, 11, 30)
    made = [
        Entry(last - timedelta(days=back), PeriodKind.DAY, ("甲店", "乙店")[back % 2],
              ("normal", "abnormal")[back % 3 == 0], f"支付 {back}00", f"店铺 日报#{back}.html", None)
        for back in range(45)
    ]  # fmt: skip
    return [*made, Entry(last, PeriodKind.WEEK, EVIL[0], "normal", EVIL[1], None, "a.xlsx")]


def test_the_archive_is_searched_offline(show):
    sheet = show(archive.render(entries(), "zh"), PHONE)
    visible = sheet.all(".entries li:visible")
    assert visible.count() == 46
    assert not is_too_wide(sheet)
    assert sheet.view.title() == "历史报告"
    sheet.all("input[name=words]").fill("2025-11 4400")
    assert visible.count() == 0
    assert sheet.all(".nothing").inner_text() == "没有符合的报告"
    sheet.all("input[name=words]").fill("2025-11-2 支付")
    assert visible.count() == 10
    sheet.all("select[name=shop]").select_option("甲店")
    assert set(sheet.texts(".entries li:visible .shop")) == {"甲店"}
    sheet.all("select[name=state]").select_option("abnormal")
    assert set(sheet.texts(".entries li:visible .state")) == {"异常"}
    assert sheet.all(".month:visible").count() == 1
    sheet.all("#theme").click()


def test_a_link_of_the_archive_opens_the_file_of_that_name(show, tmp_path):
    sheet = show(archive.render(entries()[:1], "zh"))
    name = "店铺 日报#0.html"
    (tmp_path / name).write_text("<title>found</title>", encoding="utf-8")
    sheet.all(".files a").first.click()
    sheet.view.wait_for_load_state()
    assert sheet.view.title() == "found"


@pytest.mark.parametrize("size", [DESK, PHONE, SMALL_PHONE])
def test_the_archive_fits_the_screen(show, size):
    assert not is_too_wide(show(archive.render(entries(), "en"), size, "dark"))
