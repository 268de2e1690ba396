"""Charts as plain JSON: numbers, gaps, tinted days, colours by language."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from math import inf, nan

import pytest
from hostile import TITLES, hostile_report, words

from storeops.diagnose.finding import DataTable, Figure, Part, PeriodKind, Split, TableColumn
from storeops.messages import Unit, message
from storeops.reporter import blocks, chart_options
from storeops.reporter.text import inert, width

ZH, EN = words("zh"), words("en")
DAY = date(2025, 11, 20)
each_language = pytest.mark.parametrize("lang", ["zh", "en"])


def pictures(lang: str = "zh", *, dark: bool = False) -> dict[str, chart_options.Picture]:
    drawn = chart_options.for_report(hostile_report(), words(lang), dark=dark)
    return {picture.id: picture for picture in drawn}


def table(*columns: TableColumn, rows: tuple[tuple[object, ...], ...], tinted=()) -> DataTable:
    return DataTable("table.daily", columns, rows, frozenset(tinted))


def drawn_over(made: DataTable, *series: str, kind: str = "line") -> dict:
    chart = blocks.Chart(message("chart.daily"), made.name, made.columns[0].id, series, kind)
    return chart_options.option(chart, made, ZH)


DATE = TableColumn("column.date", Unit.DATE)
PAID = TableColumn("metric.paid_amount", Unit.CNY)
VISITORS = TableColumn("metric.visitors", Unit.PEOPLE)
RATE = TableColumn("metric.conversion_rate", Unit.RATIO)


@each_language
@pytest.mark.parametrize("dark", [False, True])
def test_every_option_is_plain_json(lang, dark):
    for picture in pictures(lang, dark=dark).values():
        text = json.dumps(picture.option, allow_nan=False)
        assert json.loads(text) == picture.option
        assert "function" not in text


def test_a_report_has_its_trend_its_split_and_its_charts():
    assert list(pictures()) == [
        "trend", "split", "chart.daily", "chart.sources", "chart.items", "chart.scenes",
    ]  # fmt: skip


def test_a_report_without_a_split_or_numbers_has_no_such_picture():
    empty = tuple(replace(figure, trend=()) for figure in hostile_report().figures)
    report = replace(hostile_report(), split=None, figures=empty, blocks=())
    assert chart_options.for_report(report, ZH) == ()


def test_a_chart_over_a_table_that_is_not_there_is_left_out():
    chart = blocks.Chart(
        message("chart.daily"), "table.absent", "column.date", ("metric.visitors",)
    )
    report = replace(hostile_report(), blocks=(chart,))
    assert [p.id for p in chart_options.for_report(report, ZH)] == ["trend", "split"]


def test_a_chart_without_a_single_number_is_left_out():
    made = table(DATE, PAID, rows=((DAY, None), (DAY, nan)))
    chart = blocks.Chart(message("chart.daily"), made.name, "column.date", ("metric.paid_amount",))
    assert not chart_options.has_numbers(chart, made)


def test_the_trend_ends_on_the_day_and_keeps_its_gaps():
    option = chart_options.trend_option(hostile_report().figures, DAY, ZH)
    assert option["xAxis"]["data"][0] == "10-24"
    assert option["xAxis"]["data"][-1] == "11-20"
    paid, visitors = option["series"]
    assert (paid["type"], visitors["type"]) == ("bar", "line")
    assert visitors["data"][9:11] == [None, None]
    assert visitors["connectNulls"] is False
    assert paid["data"][-1] == hostile_report().figures[0].trend[-1]


def test_a_shorter_trend_is_aligned_to_the_day():
    figures = (
        Figure("paid_amount", Unit.CNY, 1.0, trend=(1.0, 2.0, 3.0)),
        Figure("visitors", Unit.PEOPLE, 1.0, trend=(5.0,)),
    )
    paid, visitors = chart_options.trend_option(figures, DAY, ZH)["series"]
    assert paid["data"] == [1.0, 2.0, 3.0]
    assert visitors["data"] == [None, None, 5.0]


def test_what_is_not_a_number_is_null_and_never_zero():
    made = table(DATE, PAID, rows=((DAY, None), (DAY, nan), (DAY, inf), (DAY, 0.0)))
    assert drawn_over(made, "metric.paid_amount")["series"][0]["data"] == [None, None, None, 0.0]


def test_two_units_get_an_axis_each_and_one_unit_gets_one():
    made = table(DATE, PAID, VISITORS, rows=((DAY, 5.0, 7.0),))
    two = drawn_over(made, "metric.paid_amount", "metric.visitors")
    assert [axis["name"] for axis in two["yAxis"]] == ["元", "人"]
    assert [one["yAxisIndex"] for one in two["series"]] == [0, 1]
    one = drawn_over(made, "metric.paid_amount")
    assert len(one["yAxis"]) == 1
    assert one["series"][0]["type"] == "line"


def test_bars_of_one_unit_stand_beside_each_other():
    more = TableColumn("metric.ad_spend", Unit.CNY)
    made = table(DATE, PAID, more, VISITORS, rows=((DAY, 5.0, 6.0, 7.0),), tinted={0})
    option = drawn_over(made, "metric.paid_amount", "metric.ad_spend", "metric.visitors")
    first, second, line, tint = option["series"]
    assert first["stack"] == tint["stack"] != second["stack"]
    assert line["type"] == "line"


def test_a_rate_is_drawn_in_per_cent():
    made = table(DATE, RATE, rows=((DAY, 0.0455),))
    option = drawn_over(made, "metric.conversion_rate")
    assert option["series"][0]["data"] == [4.55]
    assert option["yAxis"][0]["axisLabel"]["formatter"] == "{value}%"


def test_promotion_days_are_tinted_in_stretches_and_named():
    rows = tuple((DAY, float(index)) for index in range(8))
    made = table(DATE, PAID, rows=rows, tinted={1, 2, 3, 6})
    tint = drawn_over(made, "metric.paid_amount")["series"][-1]
    assert tint["name"] == "活动日"
    assert tint["data"] == []
    assert tint["markArea"]["data"] == [
        [{"xAxis": 1}, {"xAxis": 3}], [{"xAxis": 6}, {"xAxis": 6}],
    ]  # fmt: skip


def test_the_first_rows_are_bars_with_their_numbers_and_names_stay_harmless():
    option = pictures()["chart.items"].option
    names = option["yAxis"]["data"]
    assert len(names) == min(len(TITLES), chart_options.BARS)
    assert max(map(width, names)) <= 24
    assert all(name == inert(name) for name in names)
    assert option["series"][0]["data"][0]["label"]["formatter"] == "36,165"
    assert option["yAxis"]["inverse"] is True


def test_changes_are_red_and_green_by_language():
    impact = TableColumn("column.impact", Unit.CNY)
    name = TableColumn("column.source", Unit.TEXT)
    made = table(name, impact, rows=(("搜索", -120.0), ("推荐", 80.0), ("其他", 0.0)))
    chart = blocks.Chart(message("chart.sources"), made.name, name.id, (impact.id,), "bar")
    zh = chart_options.option(chart, made, ZH)["series"][0]["data"]
    en = chart_options.option(chart, made, EN)["series"][0]["data"]
    colours = [[bar["itemStyle"]["color"] for bar in bars] for bars in (zh, en)]
    assert colours[0][:2] == colours[1][1::-1]
    assert [bar["label"]["formatter"] for bar in zh] == ["-120.00", "+80.00", "0.00"]
    assert zh[0]["label"]["position"] == "left"


def test_the_split_runs_from_the_norm_over_its_parts_to_the_day():
    split = Split(
        "paid_amount", 100.0, 40.0, (Part("visitors", -150.0), Part("conversion_rate", 90.0))
    )
    option = chart_options.split_option(split, ZH)
    ground, bars = option["series"]
    assert option["xAxis"]["data"] == ["常态", "访客", "转化", "当日"]
    assert ground["data"] == [0.0, 100.0, -50.0, 0.0]
    assert [bar["value"] for bar in bars["data"]] == [100.0, -150.0, 90.0, 40.0]
    assert {one["stackStrategy"] for one in option["series"]} == {"all"}
    assert [bar["label"]["formatter"] for bar in bars["data"]] == [
        "100元",
        "-150元",
        "+90元",
        "40元",
    ]


@pytest.mark.parametrize(
    ("kind", "end"),
    [(PeriodKind.DAY, "Day"), (PeriodKind.WEEK, "Week"), (PeriodKind.MONTH, "Month")],
)
def test_the_split_names_its_period(kind, end):
    split = hostile_report().split
    assert split is not None
    assert chart_options.split_option(split, EN, kind=kind)["xAxis"]["data"][-1] == end


def test_what_the_values_read_is_told_beside_them():
    for picture in pictures().values():
        series = picture.option["series"]
        for one, told in zip(series, picture.told, strict=False):
            assert len(told) in (0, len(one["data"]))
    assert pictures()["chart.daily"].told[1][20] == "—"


def test_dark_differs_in_colours_only():
    light, dark = pictures()["chart.daily"].option, pictures(dark=True)["chart.daily"].option
    assert light["backgroundColor"] == "#FFFFFF" != dark["backgroundColor"]
    assert [one["data"] for one in light["series"]] == [one["data"] for one in dark["series"]]


def test_a_week_draws_the_visitors_of_its_days():
    figures = tuple(
        replace(each, metric="visitors_per_day") if each.metric == "visitors" else each
        for each in hostile_report().figures
    )
    drawn = chart_options.trend_option(figures, hostile_report().day, words("en"))
    assert len(drawn["series"]) == 2
