"""A report for some owners has their tasks, whole, and nobody else's."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hostile import hostile_report

from storeops.diagnose.finding import Finding, Owner
from storeops.reporter.blocks import Block, Decision, Findings, Report, VerdictLine
from storeops.reporter.narrowing import for_owners


def numbers(findings: tuple[Finding, ...]) -> list[int]:
    return [int(finding.id[-2:]) for finding in findings]


def listed(report: Report) -> list[int]:
    return [
        n for block in report.blocks if isinstance(block, Findings) for n in numbers(block.findings)
    ]


def with_block(*blocks: Block) -> Report:
    report = hostile_report()
    return replace(report, blocks=(*report.blocks, *blocks))


def test_nobody_named_leaves_the_report_alone():
    report = hostile_report()
    assert for_owners(report, ()) is report


def test_a_cause_brings_what_follows_from_it_whoever_owns_that():
    report = for_owners(hostile_report(), {"warehouse"})
    assert numbers(report.findings) == [1, 7, 8, 9]  # 7 to 9 belong to operations
    assert listed(report) == [1, 7, 8, 9]


def test_a_consequence_of_anothers_cause_is_not_ones_own_task():
    report = for_owners(hostile_report(), {"operations"})
    assert numbers(report.findings) == listed(report) == [3]


def test_a_task_that_was_too_small_for_the_list_of_all_is_on_the_list_of_one():
    assert 6 not in listed(hostile_report())
    assert listed(for_owners(hostile_report(), {"boss"})) == [6]


def test_several_owners_share_a_list_in_the_order_of_the_report():
    assert listed(for_owners(hostile_report(), ["service", "promotion"])) == [2, 4]


def test_without_a_task_there_is_no_list_and_the_day_stays():
    whole, report = hostile_report(), for_owners(hostile_report(), {"finance"})
    assert report.findings == ()
    assert not [block for block in report.blocks if isinstance(block, Findings)]
    assert [type(b) for b in report.blocks] == [
        type(b) for b in whole.blocks if not isinstance(b, Findings)
    ]
    assert (report.verdict, report.figures, report.notes) == (
        whole.verdict, whole.figures, whole.notes,
    )  # fmt: skip
    assert isinstance(report.blocks[0], VerdictLine)


@pytest.mark.parametrize(("owner", "kept"), [(Owner.WAREHOUSE, True), (Owner.ART, False)])
def test_a_decision_goes_with_its_task(owner, kept):
    decided = hostile_report().findings[0]
    report = for_owners(with_block(Decision(decided)), {owner.value})
    assert (Decision(decided) in report.blocks) is kept


def test_that_there_is_no_decision_is_true_for_everybody():
    assert Decision(None) in for_owners(with_block(Decision(None)), {"art"}).blocks
