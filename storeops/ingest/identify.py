"""Which layout a file is: exactly one may claim it, by the headers of one row."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from storeops.errors import FileProblem
from storeops.ingest.containers import Sheet, repaired
from storeops.ingest.layout import Layout
from storeops.ingest.problems import refused
from storeops.ingest.reshape import signature_fold
from storeops.ingest.words import fold
from storeops.messages import message

LOOK_AHEAD = 30
"""The header row stands within the first rows of a sheet."""
_MIN_HEADERS = 2


@dataclass(frozen=True, slots=True)
class Claim:
    """The layout of a file, and the sheets with the index of their header row."""

    layout: Layout
    tables: tuple[tuple[Sheet, int], ...]


def identify(sheets: Sequence[Sheet], layouts: Sequence[Layout]) -> Claim:
    """Find the one layout that claims a file.

    Raises:
        FileProblem: None claims it (status unknown, with the nearest layout and what it lacks) or
            several do (refused, naming them).
    """
    claims = _claims(sheets, layouts)
    if not claims:
        mended = [repaired(sheet) for sheet in sheets]
        if any(mended):
            sheets = [new or old for new, old in zip(mended, sheets, strict=True)]
            claims = _claims(sheets, layouts)
    if not claims:
        raise _unknown(sheets, layouts)
    if len(claims) > 1:
        raise refused(
            "ingest.ambiguous",
            kind="unknown_layout",
            layouts=tuple(sorted(claim.layout.title for claim in claims)),
        )
    claim = claims[0]
    return Claim(claim.layout, claim.tables[:1]) if claim.layout.sheets == "first" else claim


def header_rows(sheet: Sheet) -> Iterator[tuple[int, frozenset[str]]]:
    """Yield the rows that may be a header, with their texts."""
    for index, row in enumerate(sheet.rows[:LOOK_AHEAD]):
        texts = frozenset(cell for cell in row if isinstance(cell, str) and cell)
        if len(texts) >= _MIN_HEADERS:
            yield index, texts


def _claims(sheets: Sequence[Sheet], layouts: Sequence[Layout]) -> list[Claim]:
    found: dict[str, tuple[Layout, list[tuple[Sheet, int]]]] = {}
    known = tuple(layouts)
    for sheet in sheets:
        for index, texts in header_rows(sheet):
            matching = _matching(known, texts)
            for layout in matching:
                found.setdefault(layout.name, (layout, []))[1].append((sheet, index))
            if matching:
                break
    return [Claim(layout, tuple(tables)) for layout, tables in found.values()]


@lru_cache(maxsize=512)
def _matching(layouts: tuple[Layout, ...], texts: frozenset[str]) -> tuple[Layout, ...]:
    folded = {fold(text) for text in texts}
    return tuple(layout for layout in layouts if _matches(layout, folded, texts))


def _matches(layout: Layout, folded: Collection[str], texts: Collection[str]) -> bool:
    if layout.reshape is not None:
        form = signature_fold(layout.reshape)
        headers: Collection[str] = folded if form is fold else {form(text) for text in texts}
    else:
        form, headers = fold, folded
    return (
        all(any(form(text) in headers for text in one) for one in layout.signature)
        and (not layout.match_any or any(form(text) in headers for text in layout.match_any))
        and not any(form(text) in headers for text in layout.absent)
    )


def _unknown(sheets: Sequence[Sheet], layouts: Sequence[Layout]) -> FileProblem:
    nearest, lacks = _nearest(sheets, layouts)
    problem = (
        message("ingest.unknown")
        if nearest is None
        else message("ingest.unknown_near", layout=nearest.title, missing=lacks)
    )
    return FileProblem(
        "unknown", problem, message("ingest.unknown.hint"), note_kind="unknown_layout"
    )


def _nearest(
    sheets: Sequence[Sheet], layouts: Sequence[Layout]
) -> tuple[Layout | None, tuple[str, ...]]:
    best: tuple[float, int] = (0.0, 0)
    nearest: Layout | None = None
    lacks: tuple[str, ...] = ()
    for sheet in sheets:
        for _, texts in header_rows(sheet):
            folded = {fold(text) for text in texts}
            for layout in layouts:
                missing = tuple(
                    one[0]
                    for one in layout.signature
                    if not any(fold(text) in folded for text in one)
                )
                names = {fold(name) for column in layout.columns.values() for name in column.header}
                score = (1 - len(missing) / len(layout.match), len(names & folded))
                if score > best and score[0] > 0:
                    best, nearest = score, layout
                    lacks = missing or layout.match_any
    return nearest, lacks
