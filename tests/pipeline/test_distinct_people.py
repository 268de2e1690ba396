"""A week's distinct people from its own export: beside the daily means, never made of days."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storeops.calendars import load_calendar
from storeops.errors import StoreopsError
from storeops.metrics.periods import PeriodKind
from storeops.pipeline.checks import stock
from storeops.pipeline.checks.visit import Visit
from storeops.pipeline.morning import morning
from storeops.pipeline.period import period_reports
from storeops.pipeline.questions import coverage, import_downloads
from storeops.pipeline.workspace import open_record, open_workspace
from storeops.reporter import jsondoc, listing
from storeops.reporter.build import build
from storeops.reporter.lang import FOLDER, Catalogue, read
from storeops.reporter.terminal import render

CALENDAR = load_calendar()
FIRST = date(2025, 2, 10)
"""A Monday; the tenth week from it is an ordinary one."""
DAYS = 70
MONDAY, SUNDAY = FIRST + timedelta(days=63), FIRST + timedelta(days=69)
WEEK = timedelta(days=7)
EXPORT = "店铺周报.csv"
OWN = {"visitors", "paid_buyers", "distinct_conversion_rate"}


def money(day):
    return 5000.0 + 10 * ((day - FIRST).days % 5)


def paid(first, last):
    return sum(money(first + timedelta(days=n)) for n in range((last - first).days + 1))


def write(root, days=DAYS):
    lines = ["统计日期,店铺名称,访客数,支付买家数,支付金额"]
    for n in range(days):
        day = FIRST + timedelta(days=n)
        lines.append(f"{day},甲店,{1000 + n % 7},50,{money(day):.2f}")
    (root / "日报.csv").write_text("\n".join(lines), encoding="gb18030")


def export(root, *rows, name=EXPORT):
    """Weekly rows: first and last day, visitors, buyers, and money unless it is that of days."""
    lines = ["统计日期,店铺名称,访客数,支付买家数,支付金额"]
    for first, last, visitors, buyers, *own in rows:
        amount = own[0] if own else paid(first, last)
        lines.append(f"{first} ~ {last},甲店,{visitors},{buyers},{amount:.2f}")
    (root / name).write_text("\n".join(lines), encoding="gb18030")


def told(root, request, kind=PeriodKind.WEEK, asked=None):
    workspace = open_workspace(root)
    import_downloads(workspace, request)
    with open_record(workspace, request.now) as record:
        shop = record.shops()[0].name
        return period_reports(record, shop, asked, kind, CALENDAR)


def figures(diagnosis):
    return {figure.metric: figure for figure in diagnosis.figures}


def notes(diagnosis):
    return [note.message.id for note in diagnosis.notes]


def words(lang):
    templates = {}
    for path in sorted((FOLDER / lang).glob("*.yaml")):
        templates |= read(path)
    return Catalogue(lang, templates, strict=True)


def test_a_week_with_its_export_shows_distinct_people_beside_the_means(tmp_path, asked):
    write(tmp_path)
    last = (MONDAY - WEEK, SUNDAY - WEEK, 5200, 300)
    export(tmp_path, (MONDAY, SUNDAY, 5000, 320), last)
    found = told(tmp_path, asked)
    known = figures(found)
    names = [figure.metric for figure in found.figures]
    for own, of_days in (
        ("visitors", "visitors_per_day"),
        ("distinct_conversion_rate", "conversion_rate"),
    ):
        assert names.index(own) == names.index(of_days) + 1
    assert (known["visitors"].value, known["visitors"].previous_day) == (5000, 5200)
    assert (known["paid_buyers"].value, known["paid_buyers"].previous_day) == (320, 300)
    rate = known["distinct_conversion_rate"]
    assert (rate.value, rate.previous_day) == (320 / 5000, 300 / 5200)
    assert known["visitors_per_day"].value == pytest.approx(1003)
    assert known["amount_per_buyer"].value == pytest.approx(paid(MONDAY, SUNDAY) / 350)
    for name in OWN:
        figure = known[name]
        assert (figure.baseline, figure.expected_low, figure.same_weekday, figure.peer) == (
            None,
        ) * 4
        assert not figure.abnormal
    assert "note.period.distinct" in notes(found)
    assert not {"note.period.people", "note.period.distinct.amount"} & set(notes(found))


def test_without_it_means_alone_are_shown_and_why(tmp_path, asked):
    write(tmp_path)
    found = told(tmp_path, asked)
    assert not OWN & figures(found).keys()
    assert "note.period.people" in notes(found)


def test_the_export_changes_nothing_else_of_the_week(tmp_path, asked):
    write(tmp_path)
    plain = told(tmp_path, asked)
    export(tmp_path, (MONDAY, SUNDAY, 5000, 320))
    found = told(tmp_path, asked)
    kept = tuple(figure for figure in found.figures if figure.metric not in OWN)
    assert kept == plain.figures
    for part in ("verdict", "split", "findings", "checked", "tables"):
        assert getattr(found, part) == getattr(plain, part)


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (MONDAY, SUNDAY - timedelta(days=1)),
        (MONDAY - timedelta(days=1), SUNDAY),
        (MONDAY - timedelta(days=1), SUNDAY - timedelta(days=1)),
        (SUNDAY - timedelta(days=29), SUNDAY),
    ],
)
def test_an_export_of_other_days_says_nothing_of_the_week(tmp_path, asked, first, last):
    write(tmp_path)
    export(tmp_path, (first, last, 5000, 320))
    found = told(tmp_path, asked)
    assert not OWN & figures(found).keys()
    assert "note.period.people" in notes(found)


def test_only_the_week_before_is_no_value_and_only_this_one_no_comparison(tmp_path, asked):
    write(tmp_path)
    export(tmp_path, (MONDAY - WEEK, SUNDAY - WEEK, 5200, 300))
    assert not OWN & figures(told(tmp_path, asked)).keys()
    export(tmp_path, (MONDAY, SUNDAY, 5000, 320), name="another.csv")
    (tmp_path / EXPORT).unlink()
    other = tmp_path / "fresh"
    other.mkdir()
    write(other)
    export(other, (MONDAY, SUNDAY, 5000, 320))
    assert figures(told(other, asked))["visitors"].previous_day is None


def test_a_week_that_is_not_over_takes_the_export_of_its_days(tmp_path, asked):
    write(tmp_path, DAYS - 3)
    last = SUNDAY - timedelta(days=3)
    export(tmp_path, (MONDAY, last, 3100, 190), (MONDAY - WEEK, last - WEEK, 3000, 180))
    found = told(tmp_path, asked)
    assert found.period.is_partial
    visitors = figures(found)["visitors"]
    assert (visitors.value, visitors.previous_day) == (3100, 3000)


def test_a_month_has_its_own_export(tmp_path, asked):
    write(tmp_path)
    first, last = date(2025, 3, 1), date(2025, 3, 31)
    export(tmp_path, (first, last, 17_000, 1300), (MONDAY, SUNDAY, 5000, 320))
    found = told(tmp_path, asked, PeriodKind.MONTH, last)
    assert figures(found)["visitors"].value == 17_000
    assert found.notes[notes(found).index("note.period.distinct")].message.args["days"] == 31


@pytest.mark.parametrize(("part", "is_told"), [(1.004, False), (1.006, True), (0.99, True)])
def test_money_that_differs_from_the_days_is_told_and_both_are_shown(
    tmp_path, asked, part, is_told
):
    write(tmp_path)
    own = paid(MONDAY, SUNDAY) * part
    export(tmp_path, (MONDAY, SUNDAY, 5000, 320, own))
    found = told(tmp_path, asked)
    assert ("note.period.distinct.amount" in notes(found)) is is_told
    assert figures(found)["paid_amount"].value == pytest.approx(paid(MONDAY, SUNDAY))
    assert figures(found)["visitors"].value == 5000
    if is_told:
        args = found.notes[notes(found).index("note.period.distinct.amount")].message.args
        assert args["whole"].value == pytest.approx(own, abs=0.01)
        assert args["of_days"].value == pytest.approx(paid(MONDAY, SUNDAY))


def test_money_is_not_compared_while_a_day_is_missing(tmp_path, asked):
    write(tmp_path)
    path = tmp_path / "日报.csv"
    lines = path.read_text(encoding="gb18030").split("\n")
    hole = str(MONDAY + timedelta(days=2))
    path.write_text("\n".join(x for x in lines if not x.startswith(hole)), encoding="gb18030")
    export(tmp_path, (MONDAY, SUNDAY, 5000, 320))
    found = told(tmp_path, asked)
    assert figures(found)["visitors"].value == 5000
    assert "note.period.distinct.amount" not in notes(found)


def test_an_export_without_buyers_gives_no_rate(tmp_path, asked):
    write(tmp_path)
    text = f"统计日期,店铺名称,访客数,支付金额\n{MONDAY} ~ {SUNDAY},甲店,5000,35140.00"
    (tmp_path / EXPORT).write_text(text, encoding="gb18030")
    found = told(tmp_path, asked)
    assert OWN & figures(found).keys() == {"visitors"}
    (note,) = [n for n in found.notes if n.message.id == "note.period.distinct"]
    assert [term.name for term in note.message.args["metrics"]] == ["visitors"]


SAID = {
    "zh": (
        ["访客数", "去重转化", "支付买家数"],
        "访客数、支付买家数、去重转化率取自平台对这 7 天的导出：全期去重，一人只算一次",
        "支付 36,000 元，各天合计 35,170 元，相差 +2.4%",
    ),
    "en": (
        ["Visitors", "Conv. (distinct)", "Buyers"],
        "Visitors, Buyers, Conversion (distinct): from the platform's export of just these 7 days",
        "says 36,000 paid, its days add up to 35,170, +2.4%",
    ),
}


@pytest.mark.parametrize("lang", SAID)
def test_it_reads_well_in_both_languages(tmp_path, asked, lang):
    write(tmp_path)
    export(tmp_path, (MONDAY, SUNDAY, 5000, 320, 36_000.0))
    found = told(tmp_path, asked)
    book = words(lang)
    screen = render(build(found, ()), book, 100, False)
    labels, sentence, amount = SAID[lang]
    assert all(label in screen for label in labels[:2])
    assert "5,000" in screen
    spoken = "\n".join(book.text(note.message) for note in found.notes)
    assert sentence in spoken
    assert amount in spoken
    for name in OWN:
        assert book.say(f"definition.{name}")


WEEKS = st.lists(
    st.tuples(st.integers(-40, 20), st.sampled_from([2, 7, 30]), st.integers(0, 90_000)),
    min_size=1, max_size=4, unique_by=lambda row: row[:2],
)  # fmt: skip


def day_report(root, asked):
    """Give the whole document of a day's report but for the list of files."""
    (report,) = morning(root, asked, workbook=False).reports
    return jsondoc.render(replace(report, files=()), "en")


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=WEEKS)
def test_a_weekly_export_never_changes_a_report_of_a_day(tmp_path_factory, asked, rows):
    """Whenever its days lie, those after the last known day included; before and after memory."""
    plain, root = tmp_path_factory.mktemp("plain"), tmp_path_factory.mktemp("with")
    write(plain)
    write(root)
    morning(root, asked, workbook=False)
    ends = ((SUNDAY + timedelta(days=at), days, n) for at, days, n in rows)
    export(root, *((last - timedelta(days=days - 1), last, n, n // 20) for last, days, n in ends))
    assert day_report(root, asked) == day_report(plain, asked)


def test_of_a_shop_with_weeks_alone_no_day_is_judged(tmp_path, asked):
    export(tmp_path, (MONDAY, SUNDAY, 5000, 320))
    (report,) = morning(tmp_path, asked, workbook=False).reports
    assert report.verdict.text.id == "verdict.no_shop"
    assert report.figures == ()
    with pytest.raises(StoreopsError) as problem:
        told(tmp_path, asked)
    assert problem.value.problem.id == "period.no_day"


def test_the_calendar_and_the_check_up_speak_of_days_only(tmp_path, asked):
    write(tmp_path)
    export(tmp_path, (MONDAY, SUNDAY + WEEK, 5000, 320))
    workspace = open_workspace(tmp_path)
    import_downloads(workspace, asked)
    (found,) = coverage(workspace, asked, span=timedelta(days=14))
    assert found.last == SUNDAY
    book = words("en")
    assert book.term("fact", "shop_period") not in listing.coverage([found], book)
    visit = Visit(tmp_path, asked.now, workspace.settings, {}, True)
    told_age = [check.message.id for check in stock.record(visit) if check.id == "data"]
    assert told_age == ["doctor.age"]


def test_a_stored_week_can_be_traced_to_its_cell(tmp_path, asked):
    write(tmp_path)
    export(tmp_path, (MONDAY, SUNDAY, 5000, 320))
    workspace = open_workspace(tmp_path)
    import_downloads(workspace, asked)
    with open_record(workspace, asked.now) as record:
        rows = [
            *record.trace("甲店", "visitors", SUNDAY),
            *record.trace("甲店", "visitors", SUNDAY, days="7"),
        ]
    assert {(row.fact, row.value, row.file) for row in rows} == {
        ("shop_daily", 1006.0, "日报.csv"),
        ("shop_period", 5000.0, EXPORT),
    }
