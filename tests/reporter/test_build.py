"""The order of a report: the answer first, causes before their consequences, five at most."""

from __future__ import annotations

from dataclasses import replace

from hostile import FILES, hostile_diagnosis, hostile_report

from storeops.diagnose.finding import DataTable, TableColumn
from storeops.messages import Unit
from storeops.reporter import blocks
from storeops.reporter.build import build, cause_of, with_consequences


def test_the_answer_comes_first_and_the_tables_last():
    kinds = [type(block) for block in hostile_report().blocks]
    assert kinds[:6] == [
        blocks.VerdictLine, blocks.Heading, blocks.Figures, blocks.SplitBlock, blocks.Findings,
        blocks.CheckedList,
    ]  # fmt: skip
    assert kinds.index(blocks.Notes) < kinds.index(blocks.Table) < kinds.index(blocks.Chart)


def test_at_most_five_causes_are_shown_and_all_are_kept():
    report = hostile_report()
    shown = next(b.findings for b in report.blocks if isinstance(b, blocks.Findings))
    causes = [f.id for f in shown if cause_of(f, shown) is None]
    assert len(causes) == 5
    assert len(report.findings) == len(hostile_diagnosis().findings) == 9


def test_a_consequence_follows_its_first_cause():
    ids = [finding.id[-1] for finding in hostile_report().findings]
    assert ids == ["1", "7", "8", "9", "2", "3", "4", "5", "6"]


def test_findings_that_blame_each_other_or_an_absent_one_are_not_lost():
    findings = hostile_diagnosis().findings
    circle = (
        replace(findings[0], because_of=findings[1].id),
        replace(findings[1], because_of=findings[0].id),
        replace(findings[2], because_of="no such finding"),
        replace(findings[3], because_of=findings[0].id),
    )
    assert {f.id for f in with_consequences(circle)} == {f.id for f in circle}
    assert cause_of(circle[2], circle) is None


def test_nothing_is_said_about_what_is_absent():
    bare = replace(
        hostile_diagnosis(), figures=(), split=None, findings=(), checked=(), notes=(), tables=()
    )
    assert [type(b) for b in build(bare, ()).blocks] == [blocks.VerdictLine, blocks.Heading]


def test_a_chart_needs_its_series_and_something_to_name_the_rows():
    nameless = DataTable(
        "table.items",
        (TableColumn("column.item_id", Unit.TEXT), TableColumn("metric.paid_amount", Unit.CNY)),
        (("1", 2.0),),
    )
    report = build(replace(hostile_diagnosis(), tables=(nameless,)), FILES)
    assert not [block for block in report.blocks if isinstance(block, blocks.Chart)]
    assert {b.table for b in hostile_report().blocks if isinstance(b, blocks.Chart)} == {
        "table.daily", "table.sources", "table.items", "table.ads",
    }  # fmt: skip
