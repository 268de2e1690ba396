"""Charts as ECharts options: plain JSON, the same for the page and for pictures.

An option holds no function. Numbers are numbers, a missing one is null, and what stands beside a
bar is a text already formatted by the language's own ``numbers``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from typing import Any

from storeops.diagnose.finding import DataTable, Figure, PeriodKind, Split, TableColumn
from storeops.messages import Unit
from storeops.reporter import blocks
from storeops.reporter.columns import is_signed, position
from storeops.reporter.lang import Catalogue
from storeops.reporter.numbers import is_known, points
from storeops.reporter.palette import Palette, palette
from storeops.reporter.split_levels import levels
from storeops.reporter.text import clip, inert

BARS = 12
"""Rows a chart of named rows shows; the table beside it has all."""
TREND = "trend"
SPLIT = "split"

_FONT = "PingFang SC, Microsoft YaHei, Noto Sans CJK SC, sans-serif"
_NAME_COLUMNS = 24
_THIN_BAR, _THICK_BAR = 18, 26
_TINT_SLOT = "tint"
_TRENDS = ("paid_amount", "visitors")


@dataclass(frozen=True, slots=True)
class Picture:
    """One chart of a report.

    ``told`` is what its values read, series by series, for a hover text; series that only tint a
    stretch of days have none.
    """

    id: str
    title: str
    option: dict[str, Any]
    told: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Ink:
    """The colours of a chart on a light or a dark ground."""

    text: str
    muted: str
    line: str
    ground: str
    tint: str
    series: tuple[str, ...]
    red: str
    green: str


_LIGHT = Ink(
    "#1F2933", "#66727F", "#E3E8EE", "#FFFFFF", "#FFF1C9",
    ("#2F6DA8", "#E08E45", "#5B8C7B", "#8A6FB0"), "#C0392B", "#1E8449",
)  # fmt: skip
_DARK = Ink(
    "#E6EBF0", "#94A3B3", "#2C3845", "#161D25", "#3B3320",
    ("#6BA8E0", "#EBA868", "#86BBA8", "#B39BD6"), "#F0776A", "#5CC48A",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Series:
    """A named row of numbers of one unit."""

    name: str
    unit: Unit
    values: tuple[float | None, ...]
    is_signed: bool = False


def for_report(
    report: blocks.Report, words: Catalogue, *, dark: bool = False
) -> tuple[Picture, ...]:
    """Draw every chart of a report: the trend, the split, and the charts over its tables.

    Ids are ``trend``, ``split`` and the ids of the charts' titles; a chart without a number in it
    is left out.
    """
    return tuple(_pictures(report, words, dark=dark))


def option(
    chart: blocks.Chart, table: DataTable, words: Catalogue, *, dark: bool = False
) -> dict[str, Any]:
    """Draw a chart block over its table: days along the bottom, or named rows as bars.

    Series of two units get an axis each; promotion days of a table of days are tinted.
    """
    return picture(chart, table, words, dark=dark).option


def trend_option(
    figures: Sequence[Figure], day: date, words: Catalogue, *, dark: bool = False
) -> dict[str, Any]:
    """Draw the last 28 days of paid amount (bars) and visitors (line) up to ``day``."""
    return trend(figures, day, words, dark=dark).option


def split_option(
    split: Split,
    words: Catalogue,
    *,
    kind: PeriodKind = PeriodKind.DAY,
    dark: bool = False,
) -> dict[str, Any]:
    """Draw the exact split in yuan as a waterfall, from the norm over the factors to the day."""
    return waterfall(split, words, kind=kind, dark=dark).option


def picture(
    chart: blocks.Chart, table: DataTable, words: Catalogue, *, dark: bool = False
) -> Picture:
    """Draw a chart block as :func:`option` does, with what its values read."""
    ink = _DARK if dark else _LIGHT
    series = _series(chart, table, words)
    x = position(table, chart.x)
    names = [row[x] if x is not None else None for row in table.rows]
    title = words.text(chart.title)
    if x is not None and table.columns[x].unit is Unit.DATE:
        labels = [_day(name, words) for name in names]
        drawn = _over_days(labels, series, _runs(table.tinted), words, ink)
    else:
        labels = [clip(words.argument(name), _NAME_COLUMNS) for name in names[:BARS]]
        series = [
            _Series(one.name, one.unit, one.values[:BARS], one.is_signed) for one in series
        ]
        drawn = _named_bars(labels, series, words, ink)
    return Picture(chart.title.id, title, _frame(title, ink) | drawn, _told(series, words))


def trend(
    figures: Sequence[Figure], day: date, words: Catalogue, *, dark: bool = False
) -> Picture:
    """Draw the trend as :func:`trend_option` does, with what its values read."""
    ink = _DARK if dark else _LIGHT
    shown = [figure for name in _TRENDS for figure in figures if figure.metric == name]
    length = max((len(figure.trend) for figure in shown), default=0)
    series = [
        _Series(
            words.term("metric", figure.metric),
            figure.unit,
            (None,) * (length - len(figure.trend)) + figure.trend,
        )
        for figure in shown
    ]
    labels = [_day(day - timedelta(days=back), words) for back in reversed(range(length))]
    title = words.say("chart.trend", n=length)
    return Picture(
        TREND,
        title,
        _frame(title, ink) | _over_days(labels, series, [], words, ink),
        _told(series, words),
    )


def waterfall(
    split: Split,
    words: Catalogue,
    *,
    kind: PeriodKind = PeriodKind.DAY,
    dark: bool = False,
) -> Picture:
    """Draw the split as :func:`split_option` does, with what its values read."""
    ink = _DARK if dark else _LIGHT
    rows = levels(split, words, kind)
    parts = [amount for _, amount in rows[1:-1]]
    reached = list(accumulate(parts, initial=rows[0][1]))
    numbers, colours = words.numbers, _colours(words, ink)
    told = [numbers.money(amount, digits=0) for amount in parts]
    told = [_level(rows[0][1], words), *told, _level(rows[-1][1], words)]
    fills = [ink.series[0], *(colours.sign(part) or ink.muted for part in parts), ink.series[0]]
    bars = [
        _bar(amount, text, fill)
        for (_, amount), text, fill in zip(rows, told, fills, strict=True)
    ]
    stacked = {"type": "bar", "stack": SPLIT, "stackStrategy": "all", "barMaxWidth": 64}
    ground = {"itemStyle": {"color": "transparent"}, "silent": True, "tooltip": {"show": False}}
    title = words.say(f"chart.split.{kind.value}")
    axes = {
        "xAxis": _category([name for name, _ in rows], ink) | {"axisLabel": _label(ink, 12)},
        "yAxis": [_value(Unit.CNY, words, ink)],
        "series": [
            stacked | ground | {"data": [0.0, *reached[:-1], 0.0]},
            stacked | {"name": words.term("metric", split.metric), "data": bars},
        ],
        "legend": {"show": False},
    }  # fmt: skip
    return Picture(SPLIT, title, _frame(title, ink) | axes, ((), tuple(told)))


def _pictures(report: blocks.Report, words: Catalogue, *, dark: bool) -> Iterator[Picture]:
    if any(is_known(value) for figure in _trended(report) for value in figure.trend):
        yield trend(report.figures, report.day, words, dark=dark)
    if report.split is not None:
        kind = PeriodKind.DAY if report.period is None else report.period.kind
        yield waterfall(report.split, words, kind=kind, dark=dark)
    tables = {b.table.name: b.table for b in report.blocks if isinstance(b, blocks.Table)}
    for block in report.blocks:
        if isinstance(block, blocks.Chart) and has_numbers(block, tables.get(block.table)):
            yield picture(block, tables[block.table], words, dark=dark)


def has_numbers(chart: blocks.Chart, table: DataTable | None) -> bool:
    """Tell whether there is anything to draw: the table, its columns, and a number in one."""
    if table is None or position(table, chart.x) is None:
        return False
    at = [position(table, column_id) for column_id in chart.series]
    return any(is_known(row[index]) for index in at if index is not None for row in table.rows)


def _trended(report: blocks.Report) -> list[Figure]:
    return [figure for figure in report.figures if figure.metric in _TRENDS]


def _series(chart: blocks.Chart, table: DataTable, words: Catalogue) -> list[_Series]:
    found = ((column_id, position(table, column_id)) for column_id in chart.series)
    return [
        _Series(
            words.say(column_id),
            table.columns[index].unit,
            tuple(_number(row[index]) for row in table.rows),
            is_signed(table.columns[index]),
        )
        for column_id, index in found
        if index is not None
    ]


def _over_days(
    labels: Sequence[str],
    series: Sequence[_Series],
    tinted: Sequence[tuple[int, int]],
    words: Catalogue,
    ink: Ink,
) -> dict[str, Any]:
    """Lay days along the bottom: lines of one unit, or bars with a line of the other."""
    units = _units(series)
    has_bars = len(units) > 1
    drawn = []
    for index, one in enumerate(series):
        is_bar = has_bars and one.unit is units[0]
        colour = ink.series[index % len(ink.series)]
        look = _bars(colour) if is_bar else _line(colour)
        data = [_scaled(value, one.unit) for value in one.values]
        drawn.append(look | {"name": one.name, "yAxisIndex": _axis(one, units), "data": data})
    if tinted:
        drawn.append(_tint(words.say("chart.tinted"), tinted, ink))
    values = [_value(unit, words, ink, grid=not at) for at, unit in enumerate(units)]
    return {"xAxis": _category(labels, ink), "yAxis": values, "series": drawn}


def _named_bars(
    labels: Sequence[str], series: Sequence[_Series], words: Catalogue, ink: Ink
) -> dict[str, Any]:
    """Lay named rows as bars from the left, the first row on top, its number beside it."""
    units = _units(series)
    drawn = []
    for index, one in enumerate(series):
        plain = ink.series[index % len(ink.series)]
        data = [_labelled(value, one, plain, words, ink) for value in one.values]
        look = {"type": "bar", "barMaxWidth": _THICK_BAR, "label": _beside(ink)}
        drawn.append(
            look | {"name": one.name, "xAxisIndex": _axis(one, units), "data": data,
                    "itemStyle": {"color": plain, "borderRadius": 3}}
        )  # fmt: skip
    values = [_value(unit, words, ink, grid=not at) for at, unit in enumerate(units)]
    names = _category(labels, ink) | {"inverse": True, "axisLabel": _label(ink, 12)}
    legend = {"legend": {"show": False}} if len(series) == 1 else {}
    return {"xAxis": values, "yAxis": names, "series": drawn} | legend


def _frame(title: str, ink: Ink) -> dict[str, Any]:
    """Set what every chart shares: ground, font, title, legend, room for labels, hover text."""
    return {
        "animation": False,
        "backgroundColor": ink.ground,
        "textStyle": {"fontFamily": _FONT, "color": ink.text},
        "title": {
            "text": inert(title), "left": 12, "top": 10,
            "textStyle": {"fontSize": 15, "fontWeight": "bold", "color": ink.text},
        },
        "legend": {"top": 12, "right": 12, "textStyle": {"color": ink.muted}, "itemGap": 14},
        "grid": {"left": 16, "right": 24, "top": 76, "bottom": 14, "containLabel": True},
        "tooltip": {
            "trigger": "axis", "renderMode": "richText", "confine": True,
            "axisPointer": {"type": "shadow"}, "backgroundColor": ink.ground,
            "borderColor": ink.line, "textStyle": {"color": ink.text, "fontSize": 13},
        },
    }  # fmt: skip


def _category(labels: Sequence[str], ink: Ink) -> dict[str, Any]:
    return {
        "type": "category", "data": list(labels), "axisLabel": _label(ink),
        "axisTick": {"show": False}, "axisLine": {"lineStyle": {"color": ink.line}},
    }  # fmt: skip


def _value(unit: Unit, words: Catalogue, ink: Ink, *, grid: bool = True) -> dict[str, Any]:
    text = _label(ink) | ({"formatter": "{value}%"} if unit is Unit.RATIO else {})
    return {
        "type": "value", "name": words.say(f"axis.{unit.value}"), "axisLabel": text,
        "nameTextStyle": {"color": ink.muted}, "alignTicks": not grid,
        "splitLine": {"show": grid, "lineStyle": {"color": ink.line}},
    }  # fmt: skip


def _label(ink: Ink, size: int = 11) -> dict[str, Any]:
    return {"color": ink.muted, "fontSize": size, "hideOverlap": True}


def _beside(ink: Ink) -> dict[str, Any]:
    return {"show": True, "position": "right", "color": ink.muted, "fontSize": 11}


def _bars(colour: str) -> dict[str, Any]:
    return {
        "type": "bar", "barMaxWidth": _THIN_BAR, "stack": _TINT_SLOT,
        "itemStyle": {"color": colour, "borderRadius": [2, 2, 0, 0]},
    }  # fmt: skip


def _line(colour: str) -> dict[str, Any]:
    return {
        "type": "line", "symbolSize": 5, "showSymbol": False, "connectNulls": False,
        "lineStyle": {"width": 2, "color": colour}, "itemStyle": {"color": colour},
    }  # fmt: skip


def _tint(name: str, tinted: Sequence[tuple[int, int]], ink: Ink) -> dict[str, Any]:
    """Tint stretches of days behind the series; as a series of its own the legend names it."""
    areas = [[{"xAxis": first}, {"xAxis": last}] for first, last in tinted]
    return {
        "type": "bar", "name": name, "stack": _TINT_SLOT, "data": [], "silent": True,
        "itemStyle": {"color": ink.tint},
        "markArea": {"silent": True, "itemStyle": {"color": ink.tint}, "data": areas},
    }  # fmt: skip


def _labelled(
    value: float | None, series: _Series, plain: str, words: Catalogue, ink: Ink
) -> dict[str, Any] | None:
    if value is None:
        return None
    fill = _colours(words, ink).sign(value) if series.is_signed else plain
    text = _read(value, series, words)
    if series.unit is Unit.CNY and not series.is_signed:
        text = words.numbers.quantity(value, series.unit)
    bar = _bar(_scaled(value, series.unit), text, fill or ink.muted)
    if value < 0:
        bar["label"]["position"] = "left"
    return bar


def _bar(value: float | None, text: str, fill: str) -> dict[str, Any]:
    return {
        "value": value,
        "label": {"show": True, "formatter": text},
        "itemStyle": {"color": fill},
    }


def _told(series: Sequence[_Series], words: Catalogue) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(_read(value, one, words) for value in one.values) for one in series)


def _read(value: float | None, series: _Series, words: Catalogue) -> str:
    if series.is_signed:
        return words.numbers.signed(value, series.unit)
    return words.numbers.cell(value, series.unit)


def _level(value: float, words: Catalogue) -> str:
    return words.numbers.money(value, digits=0).removeprefix("+")


def _units(series: Sequence[_Series]) -> list[Unit]:
    """List the units that get an axis: the first two."""
    return list(dict.fromkeys(one.unit for one in series))[:2]


def _axis(series: _Series, units: Sequence[Unit]) -> int:
    return units.index(series.unit) if series.unit in units else len(units) - 1


def _runs(tinted: frozenset[int]) -> list[tuple[int, int]]:
    """Join neighbouring row numbers into stretches, both ends included."""
    runs: list[tuple[int, int]] = []
    for row in sorted(tinted):
        if runs and runs[-1][1] == row - 1:
            runs[-1] = (runs[-1][0], row)
        else:
            runs.append((row, row))
    return runs


def _number(value: object) -> float | None:
    return value if isinstance(value, int | float) and is_known(value) else None


def _scaled(value: float | None, unit: Unit) -> float | None:
    """Turn a fraction into per cent, as its axis reads."""
    if value is None or not is_known(value):
        return None
    return points(value) if unit is Unit.RATIO else value


def _colours(words: Catalogue, ink: Ink) -> Palette:
    return palette(words.language, ink.red, ink.green)


def _day(value: object, words: Catalogue) -> str:
    return f"{value:%m-%d}" if isinstance(value, date) else words.argument(value)
