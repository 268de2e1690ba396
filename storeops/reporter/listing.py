"""Plain listings of the smaller commands: files, coverage, restatements, traces, layouts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from difflib import get_close_matches
from statistics import median
from typing import Any, Protocol

from storeops.errors import StoreopsError
from storeops.facts import FACTS, SHOP_PERIOD, FileReading, Restatement
from storeops.fields import FIELDS, Col
from storeops.messages import Quantity, Term, message
from storeops.reporter.lang import Catalogue
from storeops.reporter.text import inert, width

_FULL, _PART, _NONE = "■", "◪", "□"
_PARTIAL = 0.5
"""A day with fewer than half of the usual rows is drawn as partial."""
_WEEK = 7


class _Coverage(Protocol):
    """What ``pipeline.coverage`` hands over, one per shop."""

    @property
    def shop(self) -> str: ...

    @property
    def first(self) -> date: ...

    @property
    def last(self) -> date: ...

    @property
    def rows(self) -> Any: ...

    @property
    def restated(self) -> tuple[Restatement, ...]: ...


def files(readings: Iterable[FileReading], words: Catalogue) -> str:
    """List every file: what it was recognised as, rows, days, and what to do about it."""
    lines: list[str] = []
    counts: dict[str, int] = {}
    for reading in readings:
        counts[reading.status] = counts.get(reading.status, 0) + 1
        lines.append(words.text(_file(reading)))
        lines += [f"    {words.text(note.message)}" for note in reading.notes]
    total = tuple(
        message("files.count", n=n, status=Term("status", status))
        for status, n in sorted(counts.items())
    )
    return "\n".join([*lines, words.say("files.total", counts=total)])


def _file(reading: FileReading) -> Any:
    if reading.layout is None or reading.first_day is None or reading.last_day is None:
        return message("files.bad", file=reading.file, status=Term("status", reading.status))
    one_day = reading.first_day == reading.last_day
    return message(
        "files.day" if one_day else "files.days",
        file=reading.file,
        status=Term("status", reading.status),
        layout=Term("layout", reading.layout),
        first=reading.first_day,
        last=reading.last_day,
        rows_in=reading.rows_in,
        rows_kept=reading.rows_kept,
        rows_reported=reading.rows_reported,
    )


def coverage(found: Sequence[_Coverage], words: Catalogue) -> str:
    """Draw a calendar per shop: a line per kind of data, a mark per day, weeks set apart."""
    return "\n\n".join("\n".join(_calendar(shop, words)) for shop in found)


def _calendar(shop: _Coverage, words: Catalogue) -> Iterator[str]:
    days = [shop.first + timedelta(days=n) for n in range((shop.last - shop.first).days + 1)]
    yield words.say("coverage.title", shop=shop.shop, first=shop.first, last=shop.last)
    daily = [name for name in FACTS if name != SHOP_PERIOD.name]
    facts = [name for name in daily if shop.rows.get(name)]
    room = max((width(words.term("fact", name)) for name in facts), default=0)
    yield " " * (room + 2) + _spaced([str(day.day % 10) for day in days], days)
    for name in facts:
        label = words.term("fact", name)
        usual = median(shop.rows[name].values())
        marks = [_mark(shop.rows[name].get(day, 0), usual) for day in days]
        yield label + " " * (room - width(label) + 2) + _spaced(marks, days)
    yield words.say("coverage.legend", full=_FULL, part=_PART, none=_NONE)
    absent = tuple(Term("fact", name) for name in daily if name not in facts)
    if absent:
        yield words.say("coverage.absent", facts=absent)
    if shop.restated:
        yield words.say("coverage.restated", n=len(shop.restated))


def _spaced(marks: Sequence[str], days: Sequence[date]) -> str:
    return "".join(
        mark + (" " if day.weekday() == _WEEK - 1 else "")
        for mark, day in zip(marks, days, strict=True)
    )


def _mark(rows: int, usual: float) -> str:
    if not rows:
        return _NONE
    return _PART if rows < _PARTIAL * usual else _FULL


def coverage_document(found: Sequence[_Coverage]) -> list[dict[str, Any]]:
    """Give the coverage as JSON: rows per day and kind of data."""
    return [
        {
            "shop": shop.shop,
            "first": shop.first.isoformat(),
            "last": shop.last.isoformat(),
            "rows": {
                name: {day.isoformat(): n for day, n in sorted(shop.rows.get(name, {}).items())}
                for name in FACTS
            },
            "restated": [_restatement_document(change) for change in shop.restated],
        }
        for shop in found
    ]


def _restatement_document(change: Restatement) -> dict[str, Any]:
    return {
        "date": change.day.isoformat(),
        "fact": change.fact,
        "subject": change.subject,
        "metric": change.column,
        "old": change.old,
        "new": change.new,
        "old_file": change.old_file,
        "new_file": change.new_file,
    }


def restatements(found: Sequence[_Coverage], words: Catalogue) -> str:
    """List the values that a newer download changed, oldest day first."""
    lines = [
        words.say(
            "restated.line",
            day=change.day,
            fact=Term("fact", change.fact),
            subject=change.subject or shop.shop,
            metric=Term("metric", change.column),
            old=Quantity(change.old, FIELDS[change.column].unit),
            new=Quantity(change.new, FIELDS[change.column].unit),
            file=change.new_file,
        )
        for shop in found
        for change in sorted(shop.restated, key=lambda change: (change.day, change.fact))
    ]
    return "\n".join(lines) or words.say("restated.none")


def column(
    name: str, words: Catalogue, own: Iterable[str] = ()
) -> tuple[str, dict[str, str | None]]:
    """Find a stored column by its name or by its label in the reader's language.

    Args:
        name: What the user typed.
        words: The language.
        own: Measures of the user's own tables, stored as values under their names.

    Returns:
        The column, and the keys that go with it.

    Raises:
        StoreopsError: No such column; names the closest.
    """
    labels = {words.term("metric", known): known for known in FIELDS}
    found = name if name in FIELDS else labels.get(name)
    if found is not None:
        return found, {}
    measures = set(own)
    if name in measures:
        return Col.VALUE.value, {Col.METRIC.value: name}
    near = get_close_matches(name, [*measures, *labels, *FIELDS], n=3, cutoff=0.4)
    raise StoreopsError(
        message("trace.unknown", metric=name, near=tuple(near)), message("trace.unknown.hint")
    )


class _TraceRow(Protocol):
    """What ``pipeline.trace`` hands over, one per stored value."""

    @property
    def fact(self) -> str: ...

    @property
    def subject(self) -> str: ...

    @property
    def value(self) -> float | str: ...

    @property
    def file(self) -> str: ...

    @property
    def sheet(self) -> str | None: ...

    @property
    def row(self) -> int | None: ...

    @property
    def layout(self) -> str | None: ...

    @property
    def superseded(self) -> bool: ...


def trace(rows: Sequence[_TraceRow], words: Catalogue) -> str:
    """Say for every stored value which cell of which file it came from."""
    if not rows:
        return words.say("trace.none")
    return "\n".join(
        words.say(
            "trace.superseded" if row.superseded else "trace.line",
            value=row.value if isinstance(row.value, str) else f"{row.value:,.10g}",
            fact=Term("fact", row.fact),
            subject=row.subject,
            file=row.file,
            sheet=row.sheet or "-",
            row=row.row,
        )
        for row in rows
    )


def trace_document(rows: Sequence[_TraceRow]) -> list[dict[str, Any]]:
    """Give the traced values as JSON."""
    return [
        {
            "fact": row.fact,
            "subject": row.subject,
            "value": row.value,
            "file": row.file,
            "sheet": row.sheet,
            "row": row.row,
            "layout": row.layout,
            "superseded": row.superseded,
        }
        for row in rows
    ]


class _Layout(Protocol):
    """What ``pipeline.layouts`` hands over."""

    @property
    def name(self) -> str: ...

    @property
    def title(self) -> str: ...

    @property
    def how_to_get(self) -> str: ...

    @property
    def fact(self) -> str: ...


def layouts(known: Iterable[_Layout], words: Catalogue) -> str:
    """List the understood exports and where to download each."""
    lines: list[str] = []
    for layout in known:
        title = f"layout.{layout.name}"
        shown = words.term("layout", layout.name) if title in words else layout.title
        lines.append(f"{layout.name}  {inert(shown)}")
        lines.append(f"    {words.term('fact', layout.fact)} ← {inert(layout.how_to_get)}")
    return "\n".join(lines)
