"""Teaching storeops a new file: a first draft of its layout, and proof of a finished one."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np

from storeops.errors import ConfigError
from storeops.facts import FACTS, MAPPED_DAILY, FactRows, FileReading
from storeops.fields import FIELDS, Additivity, Col
from storeops.ingest.containers import Sheet, read_sheets
from storeops.ingest.grid import Grid, cut
from storeops.ingest.identify import header_rows
from storeops.ingest.layout import Layout
from storeops.ingest.outside import Outside
from storeops.ingest.own_table import own_table
from storeops.ingest.problems import unreadable
from storeops.ingest.reader import read
from storeops.ingest.shelf import load_layouts, parse_layout
from storeops.ingest.sources import Source, open_sources
from storeops.ingest.values import numbers
from storeops.ingest.words import fold
from storeops.messages import Message, message

_SIGNATURE = 4
_TOTALS = 5
_CENT = 0.005
_SAFE = {"item_daily": Col.ITEM_ID, "search_word_daily": Col.WORD}
"""Facts an unknown table may be guessed to be, and the key it must have."""


@dataclass(frozen=True, slots=True)
class _Guess:
    """Which column of which fact the headers of a file mean; None where nothing is known."""

    fact: str
    columns: tuple[str | None, ...]

    @property
    def day(self) -> int | None:
        """Position of the header that names the day."""
        named = [at for at, column in enumerate(self.columns) if column == Col.DATE]
        return named[0] if named else None


def draft_layout(source: Source) -> str:
    """Draft a layout for a file that none claims.

    A table of items or search words whose key is recognised is mapped to that fact: headers that a
    shipped layout knows are filled in, the others are comments to be named by a person. Any other
    table becomes a fact of its own, its numbers kept under their own headers, so that an unknown
    file never changes the shop's figures. The example block holds what the draft reads from this
    very file.

    Returns:
        YAML text without a name: the name is the stem of the file it is saved in.

    Raises:
        FileProblem: The file is not a readable table.
    """
    if source.problem is not None:
        raise source.problem
    known = load_layouts()
    grid = _table(read_sheets(source.data), known)
    guess = _guess(grid, known)
    is_known = guess.fact in _SAFE and _SAFE[guess.fact] in guess.columns
    text = _yaml(source, grid, guess) if is_known else own_table(_title(source), grid, guess.day)
    return text + _example(text, source)


def _title(source: Source) -> str:
    return PurePosixPath(source.name).stem


def _table(sheets: Sequence[Sheet], known: Sequence[Layout]) -> Grid:
    """Cut the table below the row that looks most like a header."""
    aliases = {fold(name) for layout in known for name in _aliases(layout)}
    best: tuple[int, int] = (0, 0)
    chosen: tuple[Sheet, int] | None = None
    for sheet in sheets:
        for index, texts in header_rows(sheet):
            words = [text for text in texts if numbers([text]).bad]
            score = (len(aliases & set(map(fold, words))), len(words))
            if score > best:
                best, chosen = score, (sheet, index)
    if chosen is None:
        raise unreadable("ingest.not_a_table")
    return cut(*chosen)[0]


def _aliases(layout: Layout) -> Iterable[str]:
    return (name for column in layout.columns.values() for name in column.header)


def _guess(grid: Grid, known: Sequence[Layout]) -> _Guess:
    votes: dict[str, Counter[tuple[str, str]]] = {}
    for layout in known:
        for column, spec in layout.columns.items():
            for name in spec.header:
                votes.setdefault(fold(name), Counter())[layout.fact, column] += 1
    guesses = [_for_fact(fact, grid.header, votes) for fact in FACTS]
    return max(guesses, key=lambda guess: sum(column is not None for column in guess.columns))


def _for_fact(
    fact: str, header: Sequence[str], votes: dict[str, Counter[tuple[str, str]]]
) -> _Guess:
    allowed = {*map(str, FACTS[fact].keys), *map(str, FACTS[fact].columns), "shop"}
    english = {fold(column.replace("_", " ")): column for column in allowed}
    taken: set[str] = set()
    columns: list[str | None] = []
    for text in header:
        name = fold(text)
        said = votes.get(name, Counter())
        ranked = sorted(said, key=lambda vote: (vote[0] != fact, -said[vote], vote))
        options = [column for _, column in ranked if column in allowed]
        options += [english[name]] if name in english else []
        column = next((option for option in options if option not in taken), None)
        taken |= {column} if column else set()
        columns.append(column)
    return _Guess(fact, tuple(columns))


def _yaml(source: Source, grid: Grid, guess: _Guess) -> str:
    mapped = [name for name, column in zip(grid.header, guess.columns, strict=True) if column]
    signature = (mapped if len(mapped) > 1 else list(filter(None, grid.header)))[:_SIGNATURE]
    keys = set(map(str, FACTS[guess.fact].keys))
    lines = [
        f"title: {_quoted(_title(source))}",
        "vendor: custom",
        'how_to_get: ""',
        f"fact: {guess.fact}",
        f"match: [{', '.join(map(_quoted, signature))}]",
        "columns:",
    ]
    for name, column in zip(grid.header, guess.columns, strict=True):
        if column:
            required = ", required: true" if column in keys else ""
            lines.append(f"  {column}: {{header: [{_quoted(name)}]{required}}}")
        elif name:
            lines.append(f"  # ?: {{header: [{_quoted(name)}]}}")
    if not any(guess.columns):
        lines[lines.index("columns:")] = "columns: {}"
    if Col.DATE.value not in guess.columns:
        lines.append("outside: {date: file_name}")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _example(text: str, source: Source) -> str:
    """Write the example block from what the draft reads; nothing when it cannot be read yet."""
    try:
        layout = parse_layout(text, "draft.yaml")
    except ConfigError:
        return ""
    reading = read(source, (layout,))
    if reading.status != "imported" or reading.first_day is None or reading.last_day is None:
        return ""
    totals = ", ".join(f"{_quoted(name)}: {total}" for name, total in _totals(reading).items())
    return (
        "example:\n"
        f"  file: {_quoted(source.path.name)}\n"
        f"  rows: {reading.rows_kept}\n"
        f"  first_day: {reading.first_day}\n"
        f"  last_day: {reading.last_day}\n"
        f"  totals: {{{totals}}}\n"
    )


def _totals(reading: FileReading) -> dict[str, float]:
    if not reading.tables:
        return {}
    table = reading.tables[0]
    names: Iterable[str] = (
        name
        for name, values in table.columns.items()
        if isinstance(values, np.ndarray) and FIELDS[name].additivity is Additivity.SUM
    )
    if table.fact == MAPPED_DAILY.name:
        names = dict.fromkeys(table.columns[Col.METRIC])
    return {name: round(_sum(table, name), 2) for name in list(names)[:_TOTALS]}


def _sum(table: FactRows, name: str) -> float:
    """Add up a column, or one measure of a user's own table."""
    if table.fact != MAPPED_DAILY.name:
        return float(np.nansum(table.columns[name]))
    of_measure = [metric == name for metric in table.columns[Col.METRIC]]
    return float(np.nansum(table.columns[Col.VALUE][of_measure]))


def check_layout(layout: Layout, sample_dir: Path) -> list[Message]:
    """Prove a layout against its example.

    Args:
        layout: The layout.
        sample_dir: The folder its example file is named from.

    Returns:
        What does not hold, empty when all does: the file is claimed by this layout alone and
        gives the stated rows, days and totals.
    """
    example = layout.example
    if example is None:
        return [message("ingest.check_no_example", layout=layout.name)]
    path = sample_dir / example.file
    if not path.is_file():
        return [message("ingest.check_no_file", layout=layout.name, sample=example.file)]
    others = (other for other in load_layouts() if other.name != layout.name)
    options = Outside(**example.options)
    readings = [
        read(source, (layout, *others), options) for source in open_sources(path, sample_dir)
    ]
    unread = [reading for reading in readings if reading.layout != layout.name]
    failed = [reading for reading in readings if reading.status != "imported"]
    if unread or failed:
        bad = (unread + failed)[0]
        said = tuple(note.message for note in bad.notes)
        return [message("ingest.check_not_read", layout=layout.name, sample=bad.file, said=said)]
    return list(_differences(layout, readings))


def _differences(layout: Layout, readings: Sequence[FileReading]) -> Iterable[Message]:
    example = layout.example
    if example is None:
        return
    firsts = [reading.first_day for reading in readings if reading.first_day]
    lasts = [reading.last_day for reading in readings if reading.last_day]
    found = {
        "rows": (example.rows, sum(reading.rows_kept for reading in readings)),
        "first_day": (example.first_day, min(firsts, default=None)),
        "last_day": (example.last_day, max(lasts, default=None)),
    }
    for what, (stated, read_) in found.items():
        if stated != read_:
            yield message(
                "ingest.check_differs", layout=layout.name, what=what, stated=stated, found=read_
            )
    for column, stated_total in example.totals.items():
        total = _total(layout, readings, column)
        if total is None or abs(total - stated_total) > _CENT:
            yield message(
                "ingest.check_differs",
                layout=layout.name,
                what=column,
                stated=stated_total,
                found=total,
            )


def _total(layout: Layout, readings: Sequence[FileReading], column: str) -> float | None:
    parts = [
        _sum(table, column)
        for reading in readings
        for table in reading.tables
        if table.fact == layout.fact and (column in table.columns or column in layout.measures)
    ]
    return sum(parts) if parts else None
