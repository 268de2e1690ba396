"""The same report in every medium: the same findings, the same figures, read back from each."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from html.parser import HTMLParser
from io import BytesIO

import pytest
from hostile import hostile_report, words
from openpyxl import load_workbook
from reports import for_the_boss, over

from storeops.diagnose.finding import PeriodKind
from storeops.reporter import blocks, chat, excel, jsondoc, mail, page, terminal
from storeops.reporter.blocks import View
from storeops.reporter.build import cause_of
from storeops.reporter.dialects import Dialect
from storeops.reporter.excel.tasks import ID_COLUMN
from storeops.reporter.text import inert

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")
REPORTS = {
    "day": hostile_report,
    "boss": for_the_boss,
    "week": lambda: over(PeriodKind.WEEK, date(2025, 11, 17), date(2025, 11, 20), 7),
    "month": lambda: over(PeriodKind.MONTH, date(2025, 11, 1), date(2025, 11, 20), 30),
}
each = [
    pytest.mark.parametrize("name", REPORTS),
    pytest.mark.parametrize("lang", ["zh", "en"]),
]


@dataclass
class Told:
    """What a page or a mail says, by its marks."""

    figures: dict[str, str] = field(default_factory=dict)
    findings: list[str] = field(default_factory=list)


HEADLINES = {"value", "n strong"}
"""Looks of a headline figure on the page; the cells of its tables carry marks too."""


def marked(html: str, looks: set[str] | None = None) -> Told:
    told = Told()

    class Reader(HTMLParser):
        def handle_starttag(self, _: str, attrs: list[tuple[str, str | None]]) -> None:
            marks = dict(attrs)
            is_figure = looks is None or marks.get("class") in looks
            if is_figure and marks.get("data-metric") and "data-value" in marks:
                before = told.figures.setdefault(marks["data-metric"], marks["data-value"])
                assert before == marks["data-value"], marks["data-metric"]
            if marks.get("data-finding"):
                told.findings.append(marks["data-finding"])

    Reader().feed(html)
    return told


def contract(report, lang) -> tuple[dict[str, float], list[str]]:
    """Figures and finding ids of the JSON document, which is what the others are held to."""
    document = jsondoc.render(report, words(lang))
    figures = {each["metric"]: each["value"] for each in document["figures"]}
    return figures, [each["id"] for each in document["findings"]]


def block(report, kind):
    return next((each for each in report.blocks if isinstance(each, kind)), None)


def shown(report) -> list[str]:
    """Ids of the findings that a reader of this view is shown."""
    if report.view is View.BOSS:
        decided = block(report, blocks.Decision).finding
        return [] if decided is None else [inert(decided.id)]
    return [inert(each.id) for each in block(report, blocks.Findings).findings]


def number(value: str) -> float | None:
    return None if value in {"", "null"} else json.loads(value)


@each[0]
@each[1]
def test_the_page_has_every_figure_and_every_finding_shown(name, lang):
    report = REPORTS[name]()
    figures, _ = contract(report, lang)
    told = marked(page.render(report, words(lang)), HEADLINES)
    assert {metric: number(value) for metric, value in told.figures.items()} == figures
    assert set(told.findings) == set(shown(report))


@each[0]
@each[1]
def test_the_mail_has_the_same_figures_and_tasks(name, lang):
    report = REPORTS[name]()
    figures, _ = contract(report, lang)
    told = marked(mail.render(report, words(lang)).html)
    assert 4 <= len(told.figures) <= 6
    assert {m: number(v) for m, v in told.figures.items()} == {m: figures[m] for m in told.figures}
    causes = {inert(f.id) for f in report.findings if cause_of(f, report.findings) is None}
    assert set(told.findings) == set(shown(report)) & causes


@each[0]
@each[1]
def test_the_workbook_has_the_same_numbers_and_tasks(name, lang):
    report, catalogue = REPORTS[name](), words(lang)
    figures, ids = contract(report, lang)
    book = load_workbook(BytesIO(excel.render(report, catalogue)), data_only=True)
    overview = book.worksheets[0]
    by_label = {
        str(row[1].value).removesuffix("  !"): row[2].value
        for row in overview.iter_rows(max_col=3)
        if row[1].value
    }
    for metric, value in figures.items():
        cell = by_label[catalogue.term("short", metric)]
        assert cell == pytest.approx(value, abs=0.005 if value and value > 1 else 1e-9), metric
    tasks = book[catalogue.say("sheet.to_do")]
    listed = {row[ID_COLUMN].value for row in tasks.iter_rows(min_row=5)} - {None}
    causes = {inert(f.id) for f in report.findings if cause_of(f, report.findings) is None}
    assert listed == causes <= set(ids)


@each[0]
@each[1]
@pytest.mark.parametrize("medium", ["terminal", *Dialect])
def test_texts_print_the_same_numbers(name, lang, medium):
    report, catalogue = REPORTS[name](), words(lang)
    if medium == "terminal":
        text = terminal.render(report, catalogue, 120, colour=False)
    else:
        text = chat.render(report, catalogue, medium, 20_000).text
    printed = [
        catalogue.numbers.cell(figure.value, figure.unit)
        for figure in report.figures
        if figure.metric in {"paid_amount", "visitors", "conversion_rate", "amount_per_buyer"}
    ]
    assert len(printed) == 4
    assert [value for value in printed if value not in text] == []


@each[1]
def test_the_boss_and_the_operator_are_told_the_same_numbers(lang):
    whole, _ = contract(hostile_report(), lang)
    boss, _ = contract(for_the_boss(), lang)
    assert boss == {metric: whole[metric] for metric in boss}
