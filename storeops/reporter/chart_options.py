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

from storeops.diagnose.finding import DataTable, Figure, PeriodKind, Split
from storeops.messages import Unit
from storeops.reporter import blocks, chart_parts
from storeops.reporter.chart_parts import Ink
from storeops.reporter.columns import is_signed, position
from storeops.reporter.lang import Catalogue
from storeops.reporter.numbers import is_known, points
from storeops.reporter.palette import Palette, palette
from storeops.reporter.split_levels import levels
from storeops.reporter.text import clip

BARS = 12
"""Rows a chart of named rows shows; the table beside it has all."""
TREND = "trend"
SPLIT = "split"

_NAME_COLUMNS = 24
_TRENDS = ("paid_amount", "visitors", "visitors_per_day")


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
    ink = chart_parts.ink(dark=dark)
    series = _series(chart, table, words)
    x = position(table, chart.x)
    names = [row[x] if x is not None else None for row in table.rows]
    title = words.text(chart.title)
    if x is not None and table.columns[x].unit is Unit.DATE:
        labels = [_day(name, words) for name in names]
        drawn = _over_days(labels, series, _runs(table.tinted), words, ink)
    else:
        labels = [clip(words.argument(name), _NAME_COLUMNS) for name in names[:BARS]]
        series = [_Series(one.name, one.unit, one.values[:BARS], one.is_signed) for one in series]
        drawn = _named_bars(labels, series, words, ink)
    return Picture(
        chart.title.id, title, chart_parts.frame(title, ink) | drawn, _told(series, words)
    )


def trend(figures: Sequence[Figure], day: date, words: Catalogue, *, dark: bool = False) -> Picture:
    """Draw the trend as :func:`trend_option` does, with what its values read."""
    ink = chart_parts.ink(dark=dark)
    shown = [
        figure for name in _TRENDS for figure in figures if figure.metric == name and figure.trend
    ]
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
        chart_parts.frame(title, ink) | _over_days(labels, series, [], words, ink),
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
    ink = chart_parts.ink(dark=dark)
    rows = levels(split, words, kind)
    changes = [amount for _, amount in rows[1:-1]]
    reached = list(accumulate(changes, initial=rows[0][1]))
    told = [words.numbers.money(amount, digits=0) for _, amount in rows]
    told = [text if 0 < at < len(rows) - 1 else text.lstrip("+") for at, text in enumerate(told)]
    colours = _colours(words, ink)
    fills = [ink.series[0], *(colours.sign(one) or ink.muted for one in changes), ink.series[0]]
    bars = [
        chart_parts.bar(amount, text, fill)
        for (_, amount), text, fill in zip(rows, told, fills, strict=True)
    ]
    title = words.say(f"chart.split.{kind.value}")
    drawn = {
        "xAxis": chart_parts.category([name for name, _ in rows], ink, size=12),
        "yAxis": [chart_parts.value(Unit.CNY, words, ink) | {"name": ""}],
        "series": chart_parts.steps(
            words.term("metric", split.metric), [0.0, *reached[:-1], 0.0], bars, ink
        ),
        "legend": {"show": False},
    }
    return Picture(SPLIT, title, chart_parts.frame(title, ink) | drawn, ((), tuple(told)))


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
    drawn = []
    for index, one in enumerate(series):
        is_bar = len(units) > 1 and one.unit is units[0]
        colour = ink.series[index % len(ink.series)]
        look = chart_parts.bars(colour, index) if is_bar else chart_parts.line(colour)
        data = [_scaled(value, one.unit) for value in one.values]
        drawn.append(look | {"name": one.name, "yAxisIndex": _axis(one, units), "data": data})
    if tinted:
        drawn.append(chart_parts.tint(words.say("chart.tinted"), tinted, ink))
    values = [chart_parts.value(unit, words, ink, grid=not at) for at, unit in enumerate(units)]
    return {"xAxis": chart_parts.category(labels, ink), "yAxis": values, "series": drawn}


def _named_bars(
    labels: Sequence[str], series: Sequence[_Series], words: Catalogue, ink: Ink
) -> dict[str, Any]:
    """Lay named rows as bars from the left, the first row on top, its number beside it."""
    units = _units(series)
    drawn = []
    for index, one in enumerate(series):
        colour = ink.series[index % len(ink.series)]
        data = [_labelled(value, one, colour, words, ink) for value in one.values]
        look = chart_parts.long_bars(colour, ink)
        drawn.append(look | {"name": one.name, "xAxisIndex": _axis(one, units), "data": data})
    return {
        "xAxis": [{"type": "value", "show": False} for _ in units],
        "yAxis": chart_parts.category(labels, ink, size=12) | {"inverse": True},
        "series": drawn,
        "legend": chart_parts.legend(ink) | {"show": len(series) > 1},
        "grid": chart_parts.room(top=76 if len(series) > 1 else 46),
    }


def _labelled(
    value: float | None, series: _Series, plain: str, words: Catalogue, ink: Ink
) -> dict[str, Any] | None:
    if value is None:
        return None
    fill = _colours(words, ink).sign(value) if series.is_signed else plain
    text = _read(value, series, words)
    if series.unit is Unit.CNY and not series.is_signed:
        text = words.numbers.quantity(value, series.unit)
    bar = chart_parts.bar(_scaled(value, series.unit), text, fill or ink.muted)
    if value < 0:
        bar["label"]["position"] = "left"
    return bar


def _told(series: Sequence[_Series], words: Catalogue) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(_read(value, one, words) for value in one.values) for one in series)


def _read(value: float | None, series: _Series, words: Catalogue) -> str:
    if series.is_signed:
        return words.numbers.signed(value, series.unit)
    return words.numbers.cell(value, series.unit)


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
