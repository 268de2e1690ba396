"""From expectations to verdicts: the range in which each figure of the shop is unremarkable.

A value outside ``low``..``high`` is both significant and large enough. Rates stand on the centres
of their parts, so that baseline conversion is baseline buyers over baseline visitors.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from storeops.metrics.blocks import HALF, Row
from storeops.metrics.board import Board, Reading
from storeops.metrics.budgets import Budgets
from storeops.metrics.choice import MIN_DAYS
from storeops.metrics.panel import Floats

SOFT_Z, SOFT_SIZE = 1.2, 2.0
"""How much wider the range is on days that resemble normal ones only roughly; their noise is
wider already."""

_CAUTION = 2.0
"""A spread learned from n days is itself uncertain: limits grow by 2/n."""
_FEW = 2.0
"""So is the shape of a handful: limits grow by 2 over the events expected."""


@dataclass(frozen=True, slots=True)
class Bands:
    """What makes a change count: its relative size, and how the day is to be looked at.

    ``is_soft``: the day is only roughly a normal one; the range is wider and open upwards.
    """

    size: float
    budgets: Budgets
    is_soft: bool = False


@dataclass(frozen=True, slots=True)
class Judged:
    """One figure on the day; ``high`` None: open upwards, both None: not judged.

    ``visible`` is the smallest relative fall that would have counted.
    """

    center: float | None = None
    low: float | None = None
    high: float | None = None
    z: float | None = None
    p: float | None = None
    visible: float | None = None


def judge(board: Board, bands: Bands) -> dict[str, Judged]:
    """Form the expected range of every figure for the day.

    Returns:
        One entry per figure and per column it is made of.
    """
    rows = board.rows
    if not rows:
        return {}
    reading = board.figures
    log_center = np.where(reading.seen >= MIN_DAYS, reading.expected, np.nan)
    centers = _centers(rows, log_center)
    at = _log_centers(rows, centers, log_center)
    z = reading.score(reading.moved + reading.expected - at)
    p = reading.detection.tails.p_values(z, reading.detection.pools[reading.where])
    low, high = _range(board, centers, at, bands)
    with np.errstate(invalid="ignore", divide="ignore"):
        visible = 1 - low / centers
    return {
        row.name: Judged(
            center=_known(centers[index]),
            low=_known(low[index]),
            high=None if bands.is_soft else _known(high[index]),
            z=_known(z[index]),
            p=_known(p[index]),
            visible=_known(visible[index]),
        )
        for index, row in enumerate(rows)
    }


def _centers(rows: Sequence[Row], log_center: Floats) -> Floats:
    """Turn log centres into values; a ratio is the quotient of its parts' centres."""
    unit = np.array([row.unit for row in rows])
    centers: Floats = (np.exp(log_center) - HALF).clip(min=0) * unit
    plain = {row.name: centers[index] for index, row in enumerate(rows) if not row.below}
    for index, row in enumerate(rows):
        if row.below:
            above, below = _parts(row, plain)
            centers[index] = above / below if below else np.nan
    return centers


def _log_centers(rows: Sequence[Row], centers: Floats, log_center: Floats) -> Floats:
    plain = {row.name: centers[index] for index, row in enumerate(rows) if not row.below}
    at: Floats = log_center.copy()
    for index, row in enumerate(rows):
        if row.below:
            above, below = _parts(row, plain)
            at[index] = np.log(above / row.unit + HALF) - np.log(below + HALF)
    return at


def _parts(row: Row, plain: Mapping[str, float]) -> tuple[float, float]:
    return sum(plain[column] for column in row.above), sum(plain[column] for column in row.below)


def _range(board: Board, centers: Floats, at: Floats, bands: Bands) -> tuple[Floats, Floats]:
    """Bound what is not remarkable; NaN where too few events are expected for a verdict."""
    rows, reading = board.rows, board.figures
    events = _events(rows, centers)
    limits = _limits(rows, reading, bands) * (1 + _FEW / np.maximum(events, 1))
    lowest, highest = reading.distance(-limits), reading.distance(limits)
    size = bands.size * (SOFT_SIZE if bands.is_soft else 1.0)
    is_rate = np.array([bool(row.below) for row in rows])
    unit = np.array([row.unit for row in rows])
    half = np.where(is_rate, 0.0, HALF)
    scale = np.where(is_rate, centers / np.exp(at), unit)
    low = np.minimum((np.exp(at + lowest) - half) * scale, centers * (1 - size)).clip(min=0)
    with np.errstate(invalid="ignore"):
        high = np.maximum((np.exp(at + highest) - half) * scale, centers * (1 + size))
    few = ~(events >= np.array([row.least for row in rows]))
    return np.where(few, np.nan, low), np.where(few, np.nan, high)


def _limits(rows: Sequence[Row], reading: Reading, bands: Bands) -> Floats:
    p = np.array([bands.budgets.of_figure(row.name) for row in rows])
    caution = 1 + _CAUTION / np.maximum(reading.seen, 1)
    return reading.limits(p) * caution * (SOFT_Z if bands.is_soft else 1.0)


def _events(rows: Sequence[Row], centers: Floats) -> Floats:
    """Count the events a metric stands on: the smaller of what is above and below the line."""
    plain = {row.name: centers[index] / row.unit for index, row in enumerate(rows) if not row.below}
    return np.array(
        [
            min(sum(plain[column] for column in part) for part in (row.above, row.below) if part)
            for row in rows
        ]
    )


def _known(number: float) -> float | None:
    return None if np.isnan(number) else float(number)
