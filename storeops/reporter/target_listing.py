"""A month's target for ``storeops target show`` and for programs: how it stands, day by day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol

from storeops.diagnose.finding import DataTable
from storeops.messages import Quantity, Unit
from storeops.metrics.target import DayTarget, Pace
from storeops.reporter.lang import Catalogue
from storeops.reporter.numbers import json_number
from storeops.reporter.text import inert, width, wrap
from storeops.reporter.views import pace_told

_TINT = "*"
_LEFT = (Unit.TEXT, Unit.DATE)


class _Target(Protocol):
    """A target as ``pipeline.targets`` keeps it."""

    @property
    def month(self) -> str: ...

    @property
    def amount(self) -> float: ...


class _Standing(Protocol):
    """What ``pipeline.targets.standings`` hands over, one per shop."""

    @property
    def shop(self) -> str | None: ...

    @property
    def target(self) -> _Target: ...

    @property
    def pace(self) -> Pace | None: ...

    @property
    def table(self) -> DataTable | None: ...


def standings(found: Iterable[_Standing], words: Catalogue, columns: int) -> str:
    """List every shop's target: the sentences of a report, then the split by day."""
    return "\n\n".join("\n".join(_lines(one, words, columns)) for one in found)


def _lines(one: _Standing, words: Catalogue, columns: int) -> Iterator[str]:
    if one.shop is not None:
        yield inert(one.shop)
    if one.pace is None or one.table is None:
        amount = Quantity(one.target.amount, Unit.CNY)
        yield words.say("target.closed", month=one.target.month, amount=amount)
        return
    for told in pace_told(one.pace):
        for index, line in enumerate(wrap(words.text(told), columns - 2)):
            yield f"  {line}" if index else line
    yield ""
    yield from _rows(one.table, one.pace.days, words)


def _rows(table: DataTable, days: Sequence[DayTarget], words: Catalogue) -> Iterator[str]:
    """Lay the table out in columns as wide as they need, and what each weight stands on."""
    wanted = [(i, column) for i, column in enumerate(table.columns) if column.formula is None]
    grid = [[*(words.say(column.id) for _, column in wanted), words.say("column.basis")]]
    for row, day in zip(table.rows, days, strict=True):
        cells = [_cell(row[index], column.unit, words) for index, column in wanted]
        grid.append([*cells, words.term("basis", day.basis.value)])
    wide = [max(map(width, cells)) for cells in zip(*grid, strict=True)]
    left = [*(column.unit in _LEFT for _, column in wanted), True]
    for number, cells in enumerate(grid, -1):
        mark = _TINT if number in table.tinted else " "
        yield f"{mark} {'  '.join(map(_padded, cells, wide, left))}".rstrip()


def _cell(value: object, unit: Unit, words: Catalogue) -> str:
    if value is None:
        return ""
    return (
        words.numbers.cell(value, unit) if isinstance(value, int | float) else words.argument(value)
    )


def _padded(text: str, columns: int, left: bool) -> str:  # noqa: FBT001 (mapped over columns)
    blank = " " * (columns - width(text))
    return text + blank if left else blank + text


def standings_document(found: Sequence[_Standing]) -> list[dict[str, Any]]:
    """Give the targets as JSON, one object per shop."""
    return [
        {
            "shop": None if one.shop is None else inert(one.shop),
            "month": one.target.month,
            "target": json_number(one.target.amount, Unit.CNY),
            "pace": pace_document(one.pace),
        }
        for one in found
    ]


def pace_document(pace: Pace | None) -> dict[str, Any] | None:
    """Give a pace as the ``pace`` object of the JSON contract; None without a target."""
    if pace is None:
        return None

    def yuan(value: float | None) -> float | int | None:
        return json_number(value, Unit.CNY)

    return {
        "month": f"{pace.month:%Y-%m}",
        "target": yuan(pace.target),
        "net": pace.is_net,
        "through": pace.through.isoformat(),
        "paid": yuan(pace.paid),
        "attainment": pace.attainment,
        "progress": pace.progress,
        "gap": yuan(pace.gap),
        "day_target": yuan(pace.day_target),
        "need_per_day": yuan(pace.need_per_day),
        "usual_per_day": yuan(pace.usual_per_day),
        "outlook": yuan(pace.outlook),
        "remaining_days": pace.remaining_days,
        "missing_days": [day.isoformat() for day in pace.missing_days],
        "behind_days": pace.behind_days,
        "reachable": pace.is_reachable,
        "levers": [
            {
                "factor": lever.factor,
                "usual": json_number(lever.usual, lever.unit, lever.factor),
                "needed": json_number(lever.needed, lever.unit, lever.factor),
                "best": json_number(lever.best, lever.unit, lever.factor),
                "within_reach": lever.is_within_reach,
            }
            for lever in pace.levers
        ],
        "days": [_day(day) for day in pace.days],
    }


def _day(day: DayTarget) -> dict[str, Any]:
    return {
        "date": day.day.isoformat(),
        "weight": day.weight,
        "basis": day.basis.value,
        "target": json_number(day.target, Unit.CNY),
        "paid": json_number(day.paid, Unit.CNY),
    }
