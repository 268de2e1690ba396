"""The charts of a page: each picture in light and dark, fitted to stand under an HTML heading."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from storeops.reporter.blocks import Report, View
from storeops.reporter.chart_options import Picture, for_report
from storeops.reporter.lang import Catalogue

_ZOOM_BEYOND = 31
_HEIGHT = 300
_BAR, _AROUND_BARS = 34, 30


@dataclass(frozen=True, slots=True)
class Plot:
    """One chart of the page: its heading, and all that its script needs."""

    id: str
    title: str
    payload: dict[str, Any]


def plots(report: Report, words: Catalogue) -> tuple[Plot, ...]:
    """Fit every picture of a report to the page; one of an id is drawn once.

    The boss's page has none: each of its figures carries its trend as a line, and without the
    chart engine the page is small enough to open on a phone anywhere.
    """
    if report.view is View.BOSS:
        return ()
    light, dark = for_report(report, words), for_report(report, words, dark=True)
    made = {
        one.id: Plot(
            one.id,
            one.title,
            {
                "id": one.id,
                "title": one.title,
                "told": one.told,
                "height": _height(one),
                "light": _fitted(one.option),
                "dark": _fitted(other.option),
            },
        )
        for one, other in zip(light, dark, strict=True)
    }
    return tuple(made.values())


def _height(picture: Picture) -> int:
    names = picture.option["yAxis"]
    if isinstance(names, dict) and names["type"] == "category":
        return _AROUND_BARS + _BAR * len(names["data"])
    return _HEIGHT


def _fitted(option: dict[str, Any]) -> dict[str, Any]:
    """Take off what the page has in HTML, title and legend, and let a long stretch be zoomed."""
    has_axis = isinstance(option["yAxis"], list)
    fitted = option | {
        "backgroundColor": "transparent",
        "title": {"show": False},
        "legend": {"show": False},
        "grid": option["grid"] | {"left": 2, "right": 8, "top": 40 if has_axis else 6, "bottom": 6},
    }
    if not has_axis:
        return fitted | {"grid": fitted["grid"] | {"right": 64}}
    days = len(option["xAxis"]["data"])
    if days <= _ZOOM_BEYOND:
        return fitted
    zoom = {
        "type": "slider", "startValue": days - _ZOOM_BEYOND, "endValue": days - 1,
        "height": 22, "bottom": 4, "showDetail": False, "brushSelect": False,
        "borderColor": option["yAxis"][0]["splitLine"]["lineStyle"]["color"],
    }  # fmt: skip
    return fitted | {"dataZoom": [zoom], "grid": fitted["grid"] | {"bottom": 38}}
