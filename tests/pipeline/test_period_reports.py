"""A week and a month of a shop on disk: from the record to the diagnosis."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from storeops.calendars import load_calendar
from storeops.diagnose.finding import State
from storeops.errors import StoreopsError
from storeops.metrics.periods import PeriodKind, days_of
from storeops.pipeline.morning import morning
from storeops.pipeline.period import period_reports
from storeops.pipeline.questions import import_downloads
from storeops.pipeline.workspace import open_record, open_workspace

CALENDAR = load_calendar()
WEEK, MONTH = PeriodKind.WEEK, PeriodKind.MONTH
FIRST = date(2025, 2, 10)
"""A Monday; the tenth week from it is an ordinary one."""


def told(root, request, kind, asked=None):
    workspace = open_workspace(root)
    import_downloads(workspace, request)
    with open_record(workspace, request.now) as record:
        shop = record.shops()[0].name
        return period_reports(record, shop, asked, kind, CALENDAR, changes=workspace.changes)


def write(root, days, **changed):
    """Ordinary days of a shop; ``changed`` gives visitors and amount of single days by number."""
    lines = ["统计日期,店铺名称,访客数,支付买家数,支付金额"]
    for n in range(days):
        visitors, paid = changed.get(f"d{n}", (1000 + n % 7, 5000 + 10 * (n % 5)))
        if paid is not None:
            buyers = visitors // 20
            lines.append(f"{FIRST + timedelta(days=n)},甲店,{visitors},{buyers},{paid:.2f}")
    (root / "日报.csv").write_text("\n".join(lines), encoding="gb18030")


def test_a_week_of_the_sample_shop_reaches_its_last_complete_day(shop, copied, asked):
    found = told(copied(), asked, WEEK)
    assert found.period.last == shop.last_day
    assert found.period.is_partial
    assert found.verdict.state in {State.NORMAL, State.ABNORMAL}
    daily = next(table for table in found.tables if table.name == "table.daily")
    names = [column.id for column in daily.columns]
    assert [row[0] for row in daily.rows] == list(days_of(found.period))
    paid = sum(row[names.index("metric.paid_amount")] for row in daily.rows)
    assert found.figures[0].value == pytest.approx(paid, abs=0.005)
    assert {"table.period", "table.sources", "table.items_down", "table.ads"} <= set(tables(found))


def test_a_week_asked_for_by_any_of_its_days_is_the_whole_week(copied, asked):
    root = copied()
    found = told(root, asked, WEEK, date(2026, 9, 9))
    assert (found.period.first, found.period.last) == (date(2026, 9, 7), date(2026, 9, 13))
    assert found.verdict.state is State.PROMOTION
    month = told(root, asked, MONTH, date(2026, 8, 31))
    assert (month.period.first, month.period.last) == (date(2026, 8, 1), date(2026, 8, 31))


def test_a_collapse_of_a_week_is_abnormal_and_told_with_its_days(tmp_path, asked):
    low = {f"d{n}": (600, 3000) for n in range(63, 70)}
    write(tmp_path, 70, **low)
    found = told(tmp_path, asked, WEEK)
    assert found.verdict.state is State.ABNORMAL
    assert found.verdict.impact == pytest.approx(-7 * 2020, rel=0.02)
    causes = next(table for table in found.tables if table.name == "table.causes")
    assert causes.rows[0][0].id == "period.cause.shop"
    assert causes.rows[0][1] >= 2


def test_remembered_mornings_and_days_looked_at_again_count_alike(tmp_path, asked):
    low = {f"d{n}": (600, 3000) for n in range(63, 70)}
    write(tmp_path, 70, **low)
    again = told(tmp_path, asked, WEEK)
    for n in range(63, 70):
        morning(tmp_path, replace(asked, day=FIRST + timedelta(days=n)), workbook=False)
    remembered = told(tmp_path, asked, WEEK)
    assert tables(remembered) == tables(again)


def tables(found):
    return {table.name: table.rows for table in found.tables}


def test_a_day_that_was_never_downloaded_is_named_and_no_zero(tmp_path, asked):
    write(tmp_path, 70, d65=(0, None))
    found = told(tmp_path, asked, WEEK)
    gap = next(note for note in found.notes if note.kind == "gap")
    assert gap.message.args["n"] == 1
    assert gap.message.args["known"] == 6
    assert found.verdict.state is State.NORMAL
    assert abs(found.figures[0].value - 6 * 5020) < 60


def test_a_week_that_nothing_is_known_of_is_an_error_that_says_so(tmp_path, asked):
    write(tmp_path, 70)
    with pytest.raises(StoreopsError) as problem:
        told(tmp_path, asked, WEEK, FIRST + timedelta(days=75))
    assert problem.value.problem.id == "period.ahead"


def test_the_same_question_gets_the_same_answer(tmp_path, asked):
    write(tmp_path, 70)
    assert told(tmp_path, asked, MONTH) == told(tmp_path, asked, MONTH)
