"""Does the file agree with itself: the vendor's own ratios, parts, totals and caps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from storeops.facts import UNKNOWN_ATTRIBUTION
from storeops.fields import Col
from storeops.ingest.layout import PartsCheck
from storeops.ingest.log import Log
from storeops.ingest.plan import SHOP
from storeops.ingest.problems import refused
from storeops.ingest.table import Table
from storeops.ingest.values import cell_text, printed_decimals
from storeops.ingest.words import fold, words

_SYSTEMATIC_SHARE, _SYSTEMATIC_ROWS = 0.2, 3
_HALF_FEN = 0.005
_SAMPLE = 64
"""Cells looked at to learn with how many decimals a column is printed."""
_CLOSE = 1e-9
_OVERLAPPING = ("every", UNKNOWN_ATTRIBUTION)
"""Attribution bases under which one sale counts for several sources."""


def validate(table: Table, log: Log) -> None:
    """Check a table against what the vendor printed beside it.

    Raises:
        FileProblem: A whole column contradicts its parts (a shifted column or another unit), or
            the file holds two shops.
    """
    _one_shop(table, log)
    if not table.kept:
        return
    _check_ratios(table, log)
    for check in table.layout.checks.people:
        _check_parts(table, check, log, people=True)
    for check in table.layout.checks.sums:
        _check_parts(table, check, log, people=False)
    _reconcile(table, log)
    _check_limits(table, log)


def _one_shop(table: Table, log: Log) -> None:
    values = table.values.get(SHOP, ())
    shops = {values[line] for line in table.body if values[line]} if values else set()
    shops |= {log.shop} if log.shop else set()
    if len(shops) > 1:
        raise refused("ingest.two_shops", kind="mixed_shops", shops=tuple(sorted(shops)))
    if shops:
        log.shop = shops.pop()


def _check_ratios(table: Table, log: Log) -> None:
    """Recompute all printed ratios at once, (k ratios, n rows)."""
    ratios = table.plan.ratios
    if not ratios.at:
        return
    lines = table.kept
    top = np.array([table.values[name][lines] for name in ratios.numerators])
    below = np.array([table.values[name][lines] for name in ratios.denominators])
    below[~(below > 0)] = np.nan
    exact = top / below
    rounding = ratios.errors[:, :1] / below + np.abs(exact) * ratios.errors[:, 1:] / below
    expected = ratios.factors * exact
    slack = ratios.factors * rounding + _CLOSE * (1 + np.abs(expected))
    cells = [table.part.grid.columns[at] for at in ratios.at]
    decimals = [printed_decimals(column[:: len(column) // _SAMPLE + 1]) for column in cells]
    step = 0.5 * 10.0 ** -np.array(decimals, dtype=np.float64).reshape(-1, 1)
    off = np.abs(np.array([values[lines] for values in table.printed]) - expected)
    wrong = off > step + slack
    if not wrong.any():
        return
    for number in np.flatnonzero(wrong.any(axis=1)).tolist():
        seen = ~np.isnan(off[number])
        gross = (off[number] > 2 * step[number] + slack[number])[seen]
        first = int(np.flatnonzero(wrong[number])[0])
        text = cell_text(cells[number][lines[first]])
        computed = _printed_like(text, float(expected[number, first]), decimals[number])
        _disagree(
            log,
            "ingest.ratio",
            rows=int(wrong[number].sum()),
            systematic=_is_systematic(gross),
            place=table.part.grid.place(ratios.at[number], lines[first]),
            column=table.part.grid.header[ratios.at[number]],
            printed=text,
            computed=computed,
            parts=(
                table.header(ratios.numerators[number]),
                table.header(ratios.denominators[number]),
            ),
        )


def _printed_like(text: str, value: float, decimals: int) -> str:
    if text.strip().endswith(("%", "％")):
        return f"{value:.{max(decimals - 2, 0)}%}"
    return f"{value:.{decimals}f}"


def _check_parts(table: Table, check: PartsCheck, log: Log, *, people: bool) -> None:
    total = table.numbers(check.total)
    parts = [table.numbers(name) for name in check.parts]
    if total is None or any(part is None for part in parts):
        return
    stacked = np.array(parts)
    whole = stacked.sum(axis=0)
    slack = _HALF_FEN * (len(parts) + 1) + _CLOSE * np.abs(whole)
    wrong = (total > whole + slack) | (total < (stacked.max(axis=0) if people else whole) - slack)
    if wrong.any():
        first = int(np.flatnonzero(wrong)[0])
        line = table.kept[first]
        _disagree(
            log,
            "ingest.people" if people else "ingest.sum",
            rows=int(wrong.sum()),
            systematic=_is_systematic(wrong[~np.isnan(total + whole)]),
            place=table.place(check.total, line),
            column=table.header(check.total),
            printed=float(total[first]),
            computed=tuple(float(part) for part in stacked[:, first]),
            parts=tuple(map(table.header, check.parts)),
        )


def _is_systematic(wrong: npt.NDArray[np.bool_]) -> bool:
    count = int(wrong.sum())
    return count >= _SYSTEMATIC_ROWS and count > _SYSTEMATIC_SHARE * wrong.size


def _disagree(
    log: Log, message_id: str, *, rows: int, systematic: bool, place: str, **args: object
) -> None:
    """Refuse the file when a whole column is wrong, else say which cell is."""
    if systematic:
        raise refused(message_id, place=place, kind="inconsistent", rows=rows, **args)
    log.note("inconsistent", f"{message_id}_note", place=place, rows=rows, **args)


def _reconcile(table: Table, log: Log) -> None:
    """Compare printed totals with the sum of what they cover; say where the first one differs."""
    names, totals = table.plan.additive, list(_totals(table))
    if not names or not totals:
        return
    kept = set(table.kept)
    covers = np.zeros((len(totals), len(table.part.grid.rows)))
    for number, (_, covered) in enumerate(totals):
        covers[number, [line for line in covered if line in kept]] = 1
    values = np.array([table.values[name] for name in names])
    printed = values[:, [line for line, _ in totals]].T
    found = covers @ np.where(np.isnan(values), 0, values).T
    slack = _HALF_FEN * (covers.sum(axis=1, keepdims=True) + 1) + _CLOSE * found
    wrong = printed - found > slack
    if table.values.get(Col.ATTRIBUTION, ("",))[0] not in _OVERLAPPING:
        wrong |= found - printed > slack
    for number, column in np.argwhere(wrong)[:1].tolist():
        log.note(
            "inconsistent",
            "ingest.total_note",
            place=table.place(names[column], totals[number][0]),
            column=table.header(names[column]),
            printed=float(printed[number, column]),
            computed=float(found[number, column]),
        )


def _totals(table: Table) -> Iterator[tuple[int, Sequence[int]]]:
    """Yield the lines that are totals, with the lines they cover."""
    yield from table.part.totals.items()
    if table.part.given:
        return
    grid = table.part.grid
    where = table.plan.where
    marks = words().totals
    columns = [where[name] for name in map(fold, table.layout.rows.summary) if name in where]
    apart = set(range(len(grid.rows))) - set(table.body)
    totals = [
        line for line in sorted(apart) if any(grid.columns[at][line] in marks for at in columns)
    ]
    if len(totals) == 1:
        yield totals[0], table.kept


def _check_limits(table: Table, log: Log) -> None:
    for limit in table.layout.limits:
        column = {"items": Col.ITEM_ID, "days": Col.DATE}.get(limit.of)
        if column is None:
            count = len(table.part.grid.rows)
        else:
            values = table.values.get(column, ())
            count = len({values[line] for line in table.kept}) if values else 0
        if count == limit.at:
            log.note("truncated", f"ingest.truncated_{limit.of}", at=limit.at, found=count)
