"""The table of headline figures on a terminal, fitted to its width."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from operator import attrgetter

from rich.table import Column, Table
from rich.text import Text

from storeops.diagnose.finding import Figure, PeriodKind
from storeops.reporter.columns import head_id
from storeops.reporter.lang import Catalogue
from storeops.reporter.numbers import NONE, sparkline
from storeops.reporter.palette import Palette

_TREND_DAYS = 28
_LEAST_TREND = 7
_WIDE = 100
_REFERENCES: tuple[tuple[str, Callable[[Figure], float | None]], ...] = (
    ("vs_baseline", attrgetter("baseline")),
    ("vs_previous", attrgetter("previous_day")),
    ("vs_weekday", attrgetter("same_weekday")),
    ("vs_peer", attrgetter("peer")),
)


def figure_table(
    figures: Sequence[Figure],
    day: date,
    words: Catalogue,
    width: int,
    colours: Palette,
    kind: PeriodKind = PeriodKind.DAY,
) -> Table:
    """Lay out the figures: value, the comparisons that exist, and the trend in what is left."""
    columns = [[_head(words, "figures.metric"), *(_label(figure, words) for figure in figures)]]
    columns.append(
        [_head(words, head_id("value", kind)), *(_value(figure, words) for figure in figures)]
    )
    if width >= _WIDE and any(figure.baseline is not None for figure in figures):
        values = [words.numbers.cell(figure.baseline, figure.unit) for figure in figures]
        columns.append([_head(words, "figures.baseline"), *map(Text, values)])
    weekday = words.weekday(day)
    for title, reference in _REFERENCES:
        if any(reference(figure) is not None for figure in figures):
            cells = [_change(figure, reference(figure), words, colours) for figure in figures]
            columns.append([_head(words, head_id(title, kind), weekday=weekday), *cells])
    used = sum(max(cell.cell_len for cell in column) + 1 for column in columns)
    days = min(_TREND_DAYS, width - used, max((len(f.trend) for f in figures), default=0))
    if days >= _LEAST_TREND:
        columns.append([_head(words, "figures.trend", n=days), *(_trend(f, days) for f in figures)])
    return _assemble(columns, has_trend=days >= _LEAST_TREND)


def _assemble(columns: Sequence[Sequence[Text]], *, has_trend: bool) -> Table:
    left = {0, len(columns) - 1} if has_trend else {0}
    table = Table(
        *(
            Column(justify="left" if index in left else "right", no_wrap=True)
            for index in range(len(columns))
        ),
        box=None, show_header=False, padding=(0, 1, 0, 0), pad_edge=False,
    )  # fmt: skip
    for row in zip(*columns, strict=True):
        table.add_row(*row)
    return table


def _head(words: Catalogue, message_id: str, **args: object) -> Text:
    return Text(words.say(message_id, **args), "dim")


def _label(figure: Figure, words: Catalogue) -> Text:
    return Text(words.term("short", figure.metric), "bold" if figure.abnormal else "")


def _value(figure: Figure, words: Catalogue) -> Text:
    mark = "!" if figure.abnormal else ""
    return Text(mark + words.numbers.cell(figure.value, figure.unit), "bold")


def _change(figure: Figure, reference: float | None, words: Catalogue, colours: Palette) -> Text:
    change = figure.change_from(reference)
    text = words.numbers.arrow(change)
    return Text(text, "dim" if text == NONE else colours.sign(change.value))


def _trend(figure: Figure, days: int) -> Text:
    return Text(sparkline(figure.trend[-days:]).rjust(days), "dim")
