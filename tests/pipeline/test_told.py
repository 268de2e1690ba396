"""What the user tells reaches the report: own events, and own changes beside what moved."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import openpyxl
import pytest

from storeops.config import EventSettings, LoggedChange
from storeops.diagnose.finding import State
from storeops.pipeline import notebook
from storeops.pipeline.morning import morning
from storeops.reporter import jsondoc, terminal


@pytest.fixture
def root(copied):
    return copied()


def test_a_note_on_the_item_that_fell_stands_in_every_form_of_the_report(root, shop, asked):
    evil = "=1+1[red]换主图\x1b[31m"
    change = LoggedChange(day=shop.last_day, text=evil, kind="image", item=shop.hero)
    notebook.add_change(root, change)
    result = morning(root, asked, language="zh")
    report = result.reports[0]
    hero = next(one for one in report.findings if one.id == f"item:{shop.hero}")
    assert hero.because_of is None
    assert [line.is_alongside for line in hero.evidence].count(True) >= 1
    said = "同时：2026-09-17 你记下“=1+1[red]换主图”（主图）"
    assert said in terminal.render(report, "zh", width=120, colour=False)
    document = json.dumps(jsondoc.document(result.reports, "zh"), ensure_ascii=False)
    assert said in document
    book = openpyxl.load_workbook(next((root / "reports").glob("*.xlsx")))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert any(said in str(cell.value) for cell in cells)
    assert not [cell for cell in cells if cell.data_type == "f" and "[red]" in str(cell.value)]


def test_a_note_changes_no_figure_and_no_verdict(root, shop, asked):
    before = morning(root, asked, workbook=False).reports[0]
    for item in (shop.hero, None):
        notebook.add_change(root, LoggedChange(day=shop.last_day, text="x", item=item))
    after = morning(root, asked, workbook=False).reports[0]
    assert (after.verdict, after.figures, after.split) == (
        before.verdict, before.figures, before.split,
    )  # fmt: skip
    bare = tuple(
        replace(one, evidence=tuple(line for line in one.evidence if not line.is_alongside))
        for one in after.findings
    )
    plain = tuple(
        replace(one, evidence=tuple(line for line in one.evidence if not line.is_alongside))
        for one in before.findings
    )
    assert bare == plain


def test_an_event_of_the_notebook_decides_the_phase_of_the_day(root, shop, asked):
    day = date(2026, 9, 3)
    asked = replace(asked, day=day)
    assert morning(root, asked, workbook=False).reports[0].verdict.state is State.NORMAL
    notebook.add_event(root, EventSettings(name="店庆", start=day, end=day))
    report = morning(root, asked, workbook=False).reports[0]
    assert report.verdict.state is State.PROMOTION
    assert report.phase.args["event"] == "店庆"


def test_the_question_what_the_calendar_explains_is_answered_alone(root, asked):
    asked = replace(asked, day=date(2026, 9, 7))
    report = morning(root, asked, topic="promotion", workbook=False).reports[0]
    assert [note.kind for note in report.notes] == ["split_day"]
    assert {finding.topic for finding in report.findings} <= {"promotion"}
