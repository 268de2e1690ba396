"""The boss's view: three sentences, six figures, one decision, and no other number."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hostile import hostile_diagnosis, hostile_report, words

from storeops.diagnose.finding import (
    Cause,
    Owner,
    Period,
    PeriodKind,
    Severity,
    State,
    Verdict,
)
from storeops.messages import message
from storeops.reporter import blocks, terminal
from storeops.reporter.blocks import View
from storeops.reporter.boss import causes_to_handle, decision, for_boss
from storeops.reporter.build import build
from storeops.reporter.views import sentences, when


def block(report, kind):
    return next((each for each in report.blocks if isinstance(each, kind)), None)


def told(report, lang="en") -> list[str]:
    """The three sentences as words."""
    first = block(report, blocks.VerdictLine).verdict.text
    rest = sentences(block(report, blocks.Summary))
    return [words(lang).text(each) for each in (first, *rest)]


def judged(state: State, cause: Cause | None = None, peers: float | None = None):
    verdict = Verdict(state, message("test.phase"), cause=cause, peers=peers)
    return for_boss(build(replace(hostile_diagnosis(), verdict=verdict), ()))


def test_it_is_three_sentences_at_most_six_figures_and_one_decision():
    boss = for_boss(hostile_report())
    assert boss.view is View.BOSS
    assert len(told(boss)) == 3
    assert 0 < len(block(boss, blocks.Figures).figures) <= 6
    assert block(boss, blocks.Decision).finding is not None
    assert block(boss, blocks.Findings) is None
    assert terminal.render(boss, words("zh"), 80, colour=False).count("\n") <= 20


def test_no_number_differs_from_the_operators():
    whole = {figure.metric: figure for figure in hostile_report().figures}
    boss = for_boss(hostile_report())
    assert all(figure == whole[figure.metric] for figure in boss.figures)
    assert boss.findings == hostile_report().findings
    assert boss.verdict == hostile_report().verdict


@pytest.mark.parametrize("cause", list(Cause))
def test_the_second_sentence_says_whose_it_is(cause):
    sentence = told(judged(State.ABNORMAL, cause, -0.031))[1]
    assert "-3.1%" in sentence
    assert sentence != told(judged(State.NORMAL, None, -0.031))[1]


def test_without_peers_it_says_so():
    assert "no peer data" in told(judged(State.ABNORMAL, Cause.UNKNOWN))[1]


def test_the_third_sentence_counts_the_tasks_by_owner():
    report = hostile_report()
    assert str(len(causes_to_handle(report))) in told(for_boss(report))[2]
    quiet = build(replace(hostile_diagnosis(), findings=()), ())
    assert told(for_boss(quiet))[2] == "Nothing to handle."
    assert sentences(block(for_boss(quiet), blocks.Decision)) == (message("decision.none"),)


def test_what_the_boss_alone_can_decide_comes_before_what_is_dearer():
    findings = hostile_diagnosis().findings
    mine = replace(findings[2], owner=Owner.BOSS, severity=Severity.WARN, because_of=None)
    report = build(replace(hostile_diagnosis(), findings=(*findings[:2], mine)), ())
    assert decision(report).id == mine.id
    nothing_urgent = [
        replace(each, severity=Severity.WARN, owner=Owner.OPERATIONS) for each in findings
    ]
    assert decision(build(replace(hostile_diagnosis(), findings=tuple(nothing_urgent)), ())) is None


def test_an_incomplete_day_needs_no_decision():
    report = judged(State.INCOMPLETE_DATA)
    assert block(report, blocks.Decision) is None
    assert block(report, blocks.VerdictLine).verdict.text == message("test.phase")


def test_a_period_is_named_by_its_days():
    report = hostile_report()
    day = report.day
    week = Period(PeriodKind.WEEK, day.replace(day=16), day, 7)
    assert words("en").text(when(replace(report, period=week))).startswith("This week so far (")
    month = Period(PeriodKind.MONTH, day.replace(day=1), day.replace(day=30), 30)
    assert words("zh").text(when(replace(report, period=month))) == f"{day:%Y-%m} 月"


def test_a_decision_without_a_price_names_none():
    findings = hostile_diagnosis().findings
    free = replace(findings[0], impact=None)
    report = for_boss(build(replace(hostile_diagnosis(), findings=(free,)), ()))
    (text,) = sentences(block(report, blocks.Decision))
    assert "—" not in words("en").text(text)
    assert "about" not in words("en").text(text)
