"""Earlier verdicts and corrected days: what is told, when, and for how long."""

import os
from dataclasses import replace
from datetime import date, timedelta

import pytest

from storeops.diagnose.finding import Diagnosis, Direction, State, Verdict
from storeops.messages import message
from storeops.pipeline.morning import morning
from storeops.pipeline.questions import import_downloads
from storeops.pipeline.rejudging import look_again, remember
from storeops.pipeline.windows import read_window, window_of
from storeops.pipeline.workspace import open_record, open_workspace
from storeops.reporter import jsondoc
from storeops.reporter.lang import catalogue

FIRST = date(2026, 3, 2)
QUIET = 42


def rows(days, **changed):
    """Ordinary days of a shop; ``changed`` gives visitors and amount of single days by number."""
    found = []
    for n in range(days):
        visitors, paid = changed.get(f"d{n}", (1000 + n % 7, 5000 + 10 * (n % 5)))
        found.append((FIRST + timedelta(days=n), "甲店", visitors, visitors // 20, f"{paid:.2f}"))
    return found


def write(path, lines):
    text = ["统计日期,店铺名称,访客数,支付买家数,支付金额"]
    text += [",".join(map(str, line)) for line in lines]
    path.write_text("\n".join(text), encoding="gb18030")
    stamp = 1_790_000_000 + len(list(path.parent.glob("*.csv")))
    os.utime(path, (stamp, stamp))


def told(report, lang="en"):
    words = catalogue(lang)
    return [
        words.text(note.message)
        for note in report.notes
        if note.kind == "restated" and note.message.id.startswith("note.rejudged")
    ]


@pytest.fixture
def mornings(tmp_path, asked):
    """Run one morning after another; each begins a day later."""
    count = 0

    def run(**changes):
        nonlocal count
        count += 1
        request = replace(asked, now=asked.now + timedelta(days=count), **changes)
        return morning(tmp_path, request, workbook=False).reports[0]

    return run


LOW = (400, 2000)


def test_the_first_run_ever_says_nothing_of_earlier_verdicts(tmp_path, mornings):
    write(tmp_path / "一.csv", rows(QUIET, d41=LOW))
    write(tmp_path / "二.csv", rows(QUIET, d41=(1000, 5000)))
    report = mornings()
    assert report.verdict.state is State.NORMAL
    assert told(report) == []


def test_an_alarm_is_withdrawn_when_the_day_is_corrected(tmp_path, mornings):
    write(tmp_path / "一.csv", rows(QUIET, d41=LOW))
    assert mornings().verdict.state is State.ABNORMAL
    write(tmp_path / "二.csv", rows(QUIET + 1, d41=(1000, 5000)))
    assert told(mornings()) == [
        "the alarm of 2026-04-12 is withdrawn: Paid amount 2,000 → 5,000, now normal"
    ]


def test_an_alarm_that_stands_says_by_how_much(tmp_path, mornings):
    write(tmp_path / "一.csv", rows(QUIET, d41=LOW))
    mornings()
    write(tmp_path / "二.csv", rows(QUIET + 1, d41=(420, 2100)))
    (line,) = told(mornings())
    assert line.startswith("the alarm of 2026-04-12 stands (Paid amount 2,000 → 2,100, -58%")


def test_a_normal_day_that_reads_abnormal_now_is_named(tmp_path, mornings):
    write(tmp_path / "一.csv", rows(QUIET))
    assert mornings().verdict.state is State.NORMAL
    write(tmp_path / "二.csv", rows(QUIET + 1, d41=LOW))
    (line,) = told(mornings())
    assert line.startswith(
        "2026-04-12, called normal, now reads abnormal: Paid amount 5,010 → 2,000"
    )


def test_the_chinese_sentence(tmp_path, mornings):
    write(tmp_path / "一.csv", rows(QUIET, d41=LOW))
    mornings()
    write(tmp_path / "二.csv", rows(QUIET + 1, d41=(1000, 5000)))
    assert told(mornings(), "zh") == ["2026-04-12 的异常撤回：支付金额 2,000 → 5,000，现为正常"]


def test_a_corrected_day_that_was_and_is_normal_is_not_mentioned(tmp_path, mornings):
    write(tmp_path / "一.csv", rows(QUIET))
    mornings()
    write(tmp_path / "二.csv", rows(QUIET + 1, d41=(1010, 5060)))
    assert told(mornings()) == []


def test_running_again_says_the_same_and_leaves_the_record_alone(tmp_path, mornings, asked):
    write(tmp_path / "一.csv", rows(QUIET, d41=LOW))
    mornings()
    write(tmp_path / "二.csv", rows(QUIET + 1, d41=(1000, 5000)))
    first = jsondoc.render(replace(mornings(), files=()), "zh")
    kept = remembered(tmp_path, asked)
    for _ in range(2):
        assert jsondoc.render(replace(mornings(), files=()), "zh") == first
    assert remembered(tmp_path, asked) == kept


def remembered(root, asked):
    with open_record(open_workspace(root), asked.now) as record:
        return record.judgements("甲店", FIRST, FIRST + timedelta(days=99))


def test_a_run_that_died_before_it_remembered_is_made_up_for(tmp_path, mornings, monkeypatch):
    write(tmp_path / "一.csv", rows(QUIET, d41=LOW))
    mornings()
    write(tmp_path / "二.csv", rows(QUIET + 1, d41=(1000, 5000)))
    with monkeypatch.context() as patch:
        patch.setattr("storeops.pipeline.morning.remember", killed)
        with pytest.raises(KeyboardInterrupt):
            mornings()
    story = told(mornings())
    assert len(story) == 1
    assert told(mornings()) == story


def killed(*_):
    raise KeyboardInterrupt


def test_the_next_import_ends_the_story(tmp_path, mornings):
    write(tmp_path / "一.csv", rows(QUIET, d41=LOW))
    mornings()
    write(tmp_path / "二.csv", rows(QUIET + 1, d41=(1000, 5000)))
    assert told(mornings())
    write(tmp_path / "三.csv", rows(QUIET + 2, d41=(1000, 5000)))
    assert told(mornings()) == []


def test_a_correction_is_told_although_a_further_import_came_before_the_report(
    tmp_path, mornings, asked
):
    write(tmp_path / "一.csv", rows(QUIET, d41=LOW))
    mornings()
    write(tmp_path / "二.csv", rows(QUIET + 1, d41=(1000, 5000)))
    workspace = open_workspace(tmp_path)
    import_downloads(workspace, replace(asked, now=asked.now + timedelta(days=1, hours=12)))
    write(tmp_path / "三.csv", rows(QUIET + 2, d41=(1000, 5000))[-1:])
    assert len(told(mornings())) == 1


def test_the_day_reported_may_be_the_day_corrected(tmp_path, mornings):
    write(tmp_path / "一.csv", rows(QUIET, d41=LOW))
    mornings()
    write(tmp_path / "二.csv", rows(QUIET, d41=(1000, 5000)))
    report = mornings()
    assert report.day == FIRST + timedelta(days=41)
    assert report.verdict.state is State.NORMAL
    assert len(told(report)) == 1


def judged(window):
    """A verdict without any statistics: less than 4,000 paid is an alarm."""
    paid = window.tables["shop_daily"]["paid_amount"].iloc[-1]
    state = State.ABNORMAL if paid < 4000 else State.NORMAL
    verdict = Verdict(state, message("verdict.no_place"), direction=Direction.DOWN)
    return Diagnosis(window.shop, window.day, None, verdict, (), None, (), (), (), ())


def test_at_most_three_days_are_told_changed_verdicts_first_and_the_rest_counted(tmp_path, asked):
    bad = {f"d{n}": LOW for n in range(35, 40)}
    write(tmp_path / "一.csv", rows(QUIET, **bad))
    workspace, later = open_workspace(tmp_path), replace(asked, now=asked.now + timedelta(days=1))
    import_downloads(workspace, asked)
    with open_record(workspace, asked.now) as record:
        for n in range(35, 40):
            window = window_of(record, "甲店", FIRST + timedelta(days=n))
            remember(record, window, (judged(window),))
    good = {f"d{n}": (1000, 5000) for n in range(35, 39)}
    write(tmp_path / "二.csv", rows(QUIET, **good, d39=(420, 2100)))
    import_downloads(workspace, later)
    with open_record(workspace, later.now) as record:
        again = look_again(record, read_window(record, "甲店", None), judged)
    assert [note.message.id.rpartition(".")[2] for note in again.notes] == [
        "withdrawn", "withdrawn", "withdrawn", "rejudged_more",
    ]  # fmt: skip
    days = [note.message.args["day"] for note in again.notes[:3]]
    assert days == [FIRST + timedelta(days=n) for n in (38, 37, 36)]
    assert again.notes[3].message.args == {"n": 2}
    assert len(again.diagnoses) == 5


def test_the_order_of_files_within_one_import_does_not_matter(tmp_path, asked):
    said = []
    for names in (("a", "b"), ("b", "a")):
        root = tmp_path / "-".join(names)
        root.mkdir()
        write(root / "0.csv", rows(QUIET, d41=LOW))
        morning(root, asked, workbook=False)
        late = replace(asked, now=asked.now + timedelta(days=1))
        older = rows(QUIET, d41=(900, 4500))
        newer = rows(QUIET + 1, d41=(1000, 5000))
        for name, lines in zip(names, (older, newer), strict=True):
            write(root / f"{name}.csv", lines)
        os.utime(root / f"{names[0]}.csv", (1_800_000_001, 1_800_000_001))
        os.utime(root / f"{names[1]}.csv", (1_800_000_002, 1_800_000_002))
        said.append(told(morning(root, late, workbook=False).reports[0]))
    assert said[0] == said[1] != []


def test_a_question_of_one_topic_remembers_nothing(tmp_path, asked):
    write(tmp_path / "一.csv", rows(QUIET, d41=LOW))
    morning(tmp_path, asked, topic="shop", workbook=False)
    assert remembered(tmp_path, asked) == ()


def test_what_was_said_is_remembered_with_its_alarms_and_figures(tmp_path, asked):
    write(tmp_path / "一.csv", rows(QUIET, d41=LOW))
    morning(tmp_path, asked, workbook=False)
    (said,) = remembered(tmp_path, asked)
    assert (said.day, said.said_at) == (FIRST + timedelta(days=41), asked.now)
    assert (said.state, said.direction) == ("abnormal", "down")
    assert said.findings == ("shop.paid_amount",)
    assert said.figures == {"paid_amount": 2000.0, "visitors": 400.0, "paid_buyers": 20.0}


def test_without_its_memory_a_report_differs_by_the_story_only(tmp_path, mornings, asked):
    write(tmp_path / "一.csv", rows(QUIET, d41=LOW))
    write(tmp_path / "二.csv", rows(QUIET + 1, d41=LOW))
    whole = jsondoc.render(mornings(), "zh")
    for path in (tmp_path / ".storeops").iterdir():
        path.unlink()
    fresh = jsondoc.render(mornings(), "zh")
    assert fresh == whole
