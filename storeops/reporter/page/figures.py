"""The headline figures as a page shows them: cards for the first, a table for the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from storeops.diagnose.finding import Figure, PeriodKind
from storeops.reporter.lang import Catalogue
from storeops.reporter.numbers import is_known, json_number
from storeops.reporter.page.sparkline import Sparkline, sparkline

_MOST_CARDS = 6
_CARDS = 4
"""Six figures are cards all; of more, the first four are."""
_VERSUS = ("baseline", "previous_day", "same_weekday", "peer")


@dataclass(frozen=True, slots=True)
class Versus:
    """One comparison: with what, what it reads, and the plain number."""

    name: str
    label: str
    text: str
    way: str
    value: object
    reference: str


@dataclass(frozen=True, slots=True)
class FigureView:
    """One figure, formatted."""

    metric: str
    label: str
    text: str
    value: object
    baseline: str
    baseline_value: object
    normal_range: str
    is_abnormal: bool
    versus: tuple[Versus, ...]
    line: Sparkline | None
    line_told: str


@dataclass(frozen=True, slots=True)
class FiguresView:
    """All figures of a report, and the comparisons that any of them has."""

    value_label: str
    cards: tuple[FigureView, ...]
    rows: tuple[FigureView, ...]
    heads: tuple[str, ...]


def figures_view(
    figures: Sequence[Figure], kind: PeriodKind, day: date, words: Catalogue
) -> FiguresView:
    """Format the figures; a comparison that none of them has is left out."""
    used = [name for name in _VERSUS if any(getattr(f, name) is not None for f in figures)]
    labels = {name: _label(name, kind, day, words) for name in used}
    shown = tuple(_figure(figure, labels, words) for figure in figures)
    cards = len(shown) if len(shown) <= _MOST_CARDS else _CARDS
    return FiguresView(
        words.say(f"page.value.{kind.value}"),
        shown[:cards],
        shown[cards:],
        tuple(labels.values()),
    )


def plain(value: float | None, figure: Figure) -> object:
    """Give the full number as the JSON document has it, empty when it is not known."""
    number = json_number(value, figure.unit, figure.metric)
    return "" if number is None else number


def _label(name: str, kind: PeriodKind, day: date, words: Catalogue) -> str:
    if name == "previous_day":
        return words.say(f"page.previous.{kind.value}")
    if name == "same_weekday":
        return words.say(f"page.usual.{kind.value}", weekday=words.weekday(day))
    return words.say("figures.vs_baseline" if name == "baseline" else "figures.vs_peer")


def _figure(figure: Figure, labels: dict[str, str], words: Catalogue) -> FigureView:
    numbers, unit = words.numbers, figure.unit
    low, high = figure.expected_low, figure.expected_high
    has_range = is_known(low) and is_known(high)
    return FigureView(
        metric=figure.metric,
        label=words.term("short", figure.metric),
        text=numbers.cell(figure.value, unit),
        value=plain(figure.value, figure),
        baseline=numbers.cell(figure.baseline, unit),
        baseline_value=plain(figure.baseline, figure),
        normal_range=words.say(
            "overview.range_cell", low=numbers.cell(low, unit), high=numbers.cell(high, unit)
        ) if has_range else "",
        is_abnormal=figure.abnormal,
        versus=tuple(_versus(figure, name, label, words) for name, label in labels.items()),
        line=sparkline(figure.trend),
        line_told=words.say("overview.trend", n=len(figure.trend)),
    )  # fmt: skip


def _versus(figure: Figure, name: str, label: str, words: Catalogue) -> Versus:
    reference = getattr(figure, name)
    change = figure.change_from(reference)
    value = change.value if is_known(change.value) else None
    return Versus(
        name,
        label,
        words.numbers.arrow(change),
        way(value),
        "" if value is None else value + 0.0,
        words.numbers.cell(reference, figure.unit),
    )


def way(value: float | None) -> str:
    """Name the way of a change, for its colour: up, down or flat."""
    if not value:
        return "flat"
    return "up" if value > 0 else "down"
