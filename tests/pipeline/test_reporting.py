"""Reports on disk: which files, what is linked, and that nothing is made twice."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from urllib.parse import unquote

import pytest

from storeops.diagnose.finding import PeriodKind
from storeops.errors import StoreopsError
from storeops.pipeline.archiving import FILE_NAME
from storeops.pipeline.filing import Medium
from storeops.pipeline.reporting import Order, report
from storeops.reporter.blocks import View

BOTH = {Medium.HTML: None, Medium.XLSX: None}


def names(root) -> set[str]:
    return {path.name for path in (root / "reports").iterdir()}


def test_a_day_is_filed_as_page_workbook_and_index(copied, asked):
    root = copied()
    done = report(root, asked, Order(wanted=BOTH, language="zh"))
    shop = done.reports[0].shop
    assert names(root) == {
        f"店铺日报_{shop}_2026-09-17.html", f"店铺日报_{shop}_2026-09-17.xlsx", "往期报告.html",
    }  # fmt: skip
    stamps = {path: path.stat().st_mtime_ns for path in done.files}
    again = report(root, asked, Order(wanted=BOTH, language="zh"))
    assert {path: path.stat().st_mtime_ns for path in again.files} == stamps
    assert {told.id for told in again.said} == {"filed.unchanged"}


def test_the_index_links_what_is_there_and_no_more(copied, asked):
    root = copied()
    report(root, asked, Order(wanted=BOTH, language="en"))
    boss = report(root, asked, Order(view=View.BOSS, wanted={Medium.HTML: None}, language="en"))
    earlier = replace(asked, day=date(2026, 9, 16))
    gone = report(root, earlier, Order(wanted={Medium.HTML: None}, language="en"))
    gone.files[0].unlink()
    report(root, asked, Order(wanted=BOTH, language="en"))
    page = (root / "reports" / "index.html").read_text(encoding="utf-8")
    links = {unquote(link) for link in re.findall(r'href="([^"#]+)"', page)}
    assert links == names(root) - {"index.html"}
    assert boss.files[0].name in links
    assert "for the boss" in page
    assert "2026-09-16" in page


def test_a_damaged_index_is_begun_anew(copied, asked):
    root = copied()
    report(root, asked, Order(wanted={Medium.HTML: None}, language="en"))
    (root / ".storeops" / FILE_NAME).write_text('{"x": 1, "y": [')
    report(root, asked, Order(wanted={Medium.HTML: None}, language="en"))
    assert len(json.loads((root / ".storeops" / FILE_NAME).read_text())) == 1


def test_a_week_is_the_one_of_the_day_asked_for(copied, asked):
    request = replace(asked, day=date(2026, 9, 10))
    done = report(copied(), request, Order(kind=PeriodKind.WEEK, wanted=BOTH, language="en"))
    (week,) = done.reports
    assert (week.period.first, week.period.last) == (date(2026, 9, 7), date(2026, 9, 13))
    assert all("2026-09-07" in path.name for path in done.files)


def test_a_week_ahead_of_the_data_is_a_problem_the_user_can_solve(copied, asked):
    request = replace(asked, day=date(2027, 1, 4))
    done = report(copied(), request, Order(kind=PeriodKind.WEEK, language="en"))
    assert done.reports == ()
    assert isinstance(done.morning.error, StoreopsError)
    assert done.morning.error.problem.id == "period.ahead"


@pytest.mark.parametrize("view", list(View))
def test_only_the_media_asked_for_are_written(copied, asked, view):
    root = copied()
    done = report(root, asked, Order(view=view, wanted={Medium.XLSX: None}, language="en"))
    assert [path.suffix for path in done.files] == [".xlsx"]
    assert done.reports[0].view is view
