"""The parts every chart is put together from: colours, frame, axes, bars and lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from storeops.messages import Unit
from storeops.reporter.lang import Catalogue
from storeops.reporter.text import inert

_FONT = "PingFang SC, Microsoft YaHei, Noto Sans CJK SC, sans-serif"
_THIN_BAR, _THICK_BAR = 18, 26
_SLOT = "slot"
"""Bars and the tint stand in one slot, so that the tint takes no room beside them."""


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
    "#E6EBF0", "#94A3B3", "#2C3845", "#161D25", "#332E22",
    ("#6BA8E0", "#EBA868", "#86BBA8", "#B39BD6"), "#F0776A", "#5CC48A",
)  # fmt: skip


def ink(*, dark: bool) -> Ink:
    """Choose the colours for the ground."""
    return _DARK if dark else _LIGHT


def frame(title: str, ink: Ink) -> dict[str, Any]:
    """Set what every chart shares: ground, font, title, legend, room for labels, hover text.

    The hover text is drawn, not laid over the chart as HTML: a page may forbid inline styles.
    """
    return {
        "animation": False,
        "backgroundColor": ink.ground,
        "textStyle": {"fontFamily": _FONT, "color": ink.text},
        "title": {
            "text": inert(title), "left": 12, "top": 10,
            "textStyle": {"fontSize": 15, "fontWeight": "bold", "color": ink.text},
        },
        "legend": legend(ink),
        "grid": room(top=76),
        "tooltip": {
            "trigger": "axis", "renderMode": "richText", "confine": True,
            "axisPointer": {"type": "shadow"}, "backgroundColor": ink.ground,
            "borderColor": ink.line, "textStyle": {"color": ink.text, "fontSize": 13},
        },
    }  # fmt: skip


def room(*, top: int) -> dict[str, Any]:
    """Leave room around the axes, in pixels; the names of the axes find theirs by themselves."""
    return {"left": 16, "right": 28, "top": top, "bottom": 14, "containLabel": True}


def legend(ink: Ink) -> dict[str, Any]:
    """Name the series at the top right; a click on a name hides its series."""
    return {"top": 12, "right": 12, "itemGap": 14, "textStyle": {"color": ink.muted}}


def category(labels: Sequence[str], ink: Ink, *, size: int = 11) -> dict[str, Any]:
    """Describe an axis of names or days."""
    return {
        "type": "category", "data": list(labels), "axisLabel": _label(ink, size),
        "axisTick": {"show": False}, "axisLine": {"lineStyle": {"color": ink.line}},
    }  # fmt: skip


def value(unit: Unit, words: Catalogue, ink: Ink, *, grid: bool = True) -> dict[str, Any]:
    """Describe an axis of numbers, named by their unit; a second one keeps the first one's grid."""
    text = _label(ink) | ({"formatter": "{value}%"} if unit is Unit.RATIO else {})
    return {
        "type": "value", "name": words.say(f"axis.{unit.value}"), "axisLabel": text,
        "nameTextStyle": {"color": ink.muted}, "alignTicks": not grid,
        "splitLine": {"show": grid, "lineStyle": {"color": ink.line}},
    }  # fmt: skip


def bars(colour: str, index: int) -> dict[str, Any]:
    """Draw standing bars; only the first series shares its slot with the tint."""
    return {
        "type": "bar", "barMaxWidth": _THIN_BAR, "stack": f"{_SLOT}{index}",
        "itemStyle": {"color": colour, "borderRadius": [2, 2, 0, 0]},
    }  # fmt: skip


def long_bars(colour: str, ink: Ink) -> dict[str, Any]:
    """Draw lying bars with a number beside each."""
    return {
        "type": "bar", "barMaxWidth": _THICK_BAR,
        "itemStyle": {"color": colour, "borderRadius": 3},
        "label": {"show": True, "position": "right", "color": ink.muted, "fontSize": 11},
    }  # fmt: skip


def line(colour: str) -> dict[str, Any]:
    """Draw a line that breaks where a value is missing."""
    return {
        "type": "line", "symbolSize": 5, "showSymbol": False, "connectNulls": False,
        "lineStyle": {"width": 2, "color": colour}, "itemStyle": {"color": colour},
    }  # fmt: skip


def tint(name: str, tinted: Sequence[tuple[int, int]], ink: Ink) -> dict[str, Any]:
    """Tint stretches of days behind the series; as a series of its own the legend names it."""
    areas = [[{"xAxis": first}, {"xAxis": last}] for first, last in tinted]
    return {
        "type": "bar", "name": name, "stack": f"{_SLOT}0", "data": [], "silent": True,
        "itemStyle": {"color": ink.tint},
        "markArea": {"silent": True, "itemStyle": {"color": ink.tint}, "data": areas},
    }  # fmt: skip


def steps(
    name: str, grounds: Sequence[float], bars: Sequence[dict[str, Any]], ink: Ink
) -> list[dict[str, Any]]:
    """Draw bars that begin where the one before ended, on unseen ones of that height."""
    stacked = {"type": "bar", "stack": "steps", "stackStrategy": "all", "barMaxWidth": 64}
    unseen = {"itemStyle": {"color": "transparent"}, "silent": True, "tooltip": {"show": False}}
    label = {"show": True, "position": "top", "color": ink.text, "fontSize": 12}
    return [
        stacked | unseen | {"data": list(grounds)},
        stacked | {"name": name, "label": label, "data": list(bars)},
    ]


def bar(value: float | None, text: str, fill: str) -> dict[str, Any]:
    """Describe one bar that has a colour and a text of its own."""
    return {"value": value, "label": {"formatter": text}, "itemStyle": {"color": fill}}


def _label(ink: Ink, size: int = 11) -> dict[str, Any]:
    return {"color": ink.muted, "fontSize": size, "hideOverlap": True}
