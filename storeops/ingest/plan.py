"""What follows from a layout and a header alone, worked out once for all files alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from storeops.fields import FIELDS, Additivity
from storeops.ingest.layout import Layout, RatioCheck
from storeops.ingest.words import fold
from storeops.messages import Unit

SHOP = "shop"
_PER_MILLE = 1000
_HALF_FEN = 0.005

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Ratios:
    """The checks of vendor ratios a header allows, one entry of each for every check.

    ``at`` is the grid column of the printed ratio; ``errors`` bounds the rounding of numerator
    and denominator as printed (k, 2); ``factors`` is (k, 1). ``metrics`` names peers' values.
    """

    at: tuple[int, ...]
    numerators: tuple[str, ...]
    denominators: tuple[str, ...]
    factors: Array
    errors: Array
    metrics: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """Where a layout finds its columns in a header.

    ``where`` maps folded headers to grid columns, ``found`` fact columns to grid columns;
    ``numeric``, ``additive`` and ``texts`` are parts of ``found``; ``lacking`` are required
    headers that are gone, ``unknown`` printed headers the layout says nothing about. ``measures``
    maps headers kept under their own names to grid columns, ``entries`` metrics of a long table.
    """

    where: Mapping[str, int]
    found: Mapping[str, int]
    numeric: tuple[str, ...]
    additive: tuple[str, ...]
    texts: tuple[str, ...]
    days: tuple[str, ...]
    lacking: tuple[str, ...]
    unknown: tuple[str, ...]
    ratios: Ratios
    measures: Mapping[str, int]
    entries: Mapping[str, int]


@lru_cache(maxsize=512)
def plan(layout: Layout, header: tuple[str, ...], given: tuple[str, ...] = ()) -> Plan:
    """Work out where a layout finds its columns.

    Args:
        layout: The layout.
        header: Headers as printed; of several alike the first one counts.
        given: Fact columns a reshaper has made already.
    """
    folded = [fold(text) for text in header]
    where = {name: at for at, name in reversed(list(enumerate(folded))) if name}
    found = {
        column: at
        for column, spec in layout.columns.items()
        if column not in given and (at := _first(where, spec.header)) is not None
    }
    units = {column: Unit.TEXT if column == SHOP else FIELDS[column].unit for column in found}
    numeric = tuple(name for name, unit in units.items() if unit not in (Unit.TEXT, Unit.DATE))
    return Plan(
        where=where,
        found=found,
        numeric=numeric,
        additive=tuple(name for name in numeric if FIELDS[name].additivity is Additivity.SUM),
        texts=tuple(name for name, unit in units.items() if unit is Unit.TEXT),
        days=tuple(name for name, unit in units.items() if unit is Unit.DATE),
        lacking=tuple(
            spec.header[0]
            for column, spec in layout.columns.items()
            if spec.required and column not in found and column not in given
        ),
        unknown=_unknown(layout, header, where),
        ratios=_ratios(layout, where, found),
        measures={name: where[fold(name)] for name in layout.measures if fold(name) in where},
        entries={
            metric: at
            for metric, entry in layout.entries.items()
            if (at := _first(where, entry.header)) is not None
        },
    )


def _first(where: Mapping[str, int], names: tuple[str, ...]) -> int | None:
    return next((where[name] for name in map(fold, names) if name in where), None)


def _ratios(layout: Layout, where: Mapping[str, int], found: Mapping[str, int]) -> Ratios:
    usable: list[tuple[int, RatioCheck]] = []
    for check in layout.checks.ratios:
        at = _first(where, check.header)
        if at is not None and check.numerator in found and check.denominator in found:
            usable.append((at, check))
    checks = [check for _, check in usable]
    per_mille = [_PER_MILLE if check.scale == "per_mille_cost" else 1 for check in checks]
    errors = [[_money_error(check.numerator), _money_error(check.denominator)] for check in checks]
    return Ratios(
        tuple(at for at, _ in usable),
        tuple(check.numerator for check in checks),
        tuple(check.denominator for check in checks),
        np.array(per_mille, dtype=np.float64).reshape(-1, 1),
        np.array(errors, dtype=np.float64).reshape(-1, 2),
        tuple(check.metric for check in checks),
    )


def _money_error(column: str) -> float:
    """Bound the rounding of a printed part: money to the fen, counts exact."""
    return _HALF_FEN if FIELDS[column].unit is Unit.CNY else 0.0


def _unknown(layout: Layout, header: tuple[str, ...], where: Mapping[str, int]) -> tuple[str, ...]:
    known = {
        fold(name)
        for names in (
            *(column.header for column in layout.columns.values()),
            *(ratio.header for ratio in layout.checks.ratios),
            *(entry.header for entry in layout.entries.values()),
            layout.measures,
            layout.rows.summary,
            layout.rows.skip_missing,
            *layout.signature,
        )
        for name in names
    }
    dropped = tuple(map(fold, layout.ignore))
    return tuple(
        header[at]
        for name, at in where.items()
        if name not in known and not any(_fits(name, pattern) for pattern in dropped)
    )[::-1]


def _fits(name: str, pattern: str) -> bool:
    if pattern.startswith("*"):
        return name.endswith(pattern[1:])
    if pattern.endswith("*"):
        return name.startswith(pattern[:-1])
    return name == pattern
