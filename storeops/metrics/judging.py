"""From series to verdicts: the expected range of each metric on one day.

A value outside ``low``..``high`` is both significant and large enough. Rates stand on the centres
of their parts, so that baseline conversion is baseline buyers over baseline visitors.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from storeops.fields import FIELDS, Col
from storeops.messages import Unit
from storeops.metrics.baseline import HALF, Choice, Expected, Series, expect
from storeops.metrics.definitions import Metric, RatioOfSums, quotient
from storeops.metrics.panel import Days, Floats
from storeops.metrics.results import BaselineKind

Z_LIMIT = 2.8
"""Distance from the centre that noise rarely reaches; calibrated on simulated quiet shops."""
_Z_LIMITS: dict[str, float] = {Col.PAID_AMOUNT: 2.4, Col.REFUNDED_AMOUNT: 3.5, Col.AD_SPEND: 3.5}
"""The verdict's own figure may spend most of the budget of false alarms; refunds come in lumps,
and spend is steered by hand."""
SOFT_Z, SOFT_SIZE = 1.5, 2.0
"""How much wider the range is on days that resemble normal ones only roughly."""
_MIN_VISITORS = 100.0
"""A day with fewer visitors says nothing about a rate."""
_MIN_EVENTS, _MIN_PEOPLE = 5.0, 30.0
"""Expected buyers, and expected visitors, below which no verdict is given."""
_MONEY_NOISE = 1.5
"""The sum of n buyers' money is noisier than n: 1 + (relative spread of the money per buyer)^2."""
_PRICE_NOISE = 0.8
"""Money per buyer, order or unit: the noise of their number cancels, that of the money stays."""
_PIECES = frozenset({Col.PAID_BUYERS, Col.PAID_ORDERS, Col.PAID_UNITS})
_PLAIN_BASKET = 100.0
"""Yuan per buyer assumed where a table has no buyers."""


@dataclass(frozen=True, slots=True)
class Bands:
    """What makes a change count: its relative size, and how the day is to be looked at.

    ``is_soft``: the day is only roughly a normal one; the range is wider and open upwards.
    """

    size: float
    is_soft: bool = False


@dataclass(frozen=True, slots=True)
class Judged:
    """One metric on the target day; ``high`` None: open upwards, both None: not judged."""

    center: float | None
    low: float | None
    high: float | None
    z: float | None
    kind: BaselineKind


@dataclass(frozen=True, slots=True)
class _Row:
    """One metric as a row of the matrix: its parts, and the worth and noise of one event."""

    name: str
    above: tuple[str, ...]
    below: tuple[str, ...]
    unit: float
    noise: float
    least: float


def judge(
    lines: Mapping[str, Floats],
    metrics: Sequence[Metric],
    *,
    days: Days,
    choice: Choice,
    bands: Bands,
) -> dict[str, Judged]:
    """Form the expected range of every metric for the target day.

    Args:
        lines: Columns over the days, (n_days,) each, NaN where not known.
        metrics: What to judge; a metric whose columns are not all there is left out.
        days: The days of the lines.
        choice: The days the baseline stands on.
        bands: How large a change must be.

    Returns:
        One entry per metric and per column it is made of.
    """
    rows = _rows(lines, metrics, money_unit(lines, choice))
    if not rows:
        return {}
    series = _series(lines, rows)
    expected = expect(series, days, choice)
    centers = _centers(rows, expected)
    at = _log_centers(rows, centers, expected)
    z = (series.logs()[:, choice.target] - at) / expected.spread
    low, high = _range(rows, centers, at, expected, bands)
    return {
        row.name: Judged(
            center=_known(centers[index]),
            low=_known(low[index]),
            high=None if bands.is_soft else _known(high[index]),
            z=_known(z[index]),
            kind=expected.kind(index),
        )
        for index, row in enumerate(rows)
    }


def money_unit(lines: Mapping[str, Floats], choice: Choice) -> float:
    """Amount per buyer of the normal days: the worth of one countable event."""
    amount, buyers = lines.get(Col.PAID_AMOUNT), lines.get(Col.PAID_BUYERS)
    if amount is None or buyers is None:
        return _PLAIN_BASKET
    both = choice.pool[~np.isnan(amount[choice.pool] + buyers[choice.pool])]
    return quotient(float(amount[both].sum()), float(buyers[both].sum())) or _PLAIN_BASKET


def _rows(lines: Mapping[str, Floats], metrics: Sequence[Metric], basket: float) -> list[_Row]:
    """List the plain columns first, then the ratios that stand on them."""
    ready = [metric for metric in metrics if all(column in lines for column in metric.columns)]
    columns = dict.fromkeys(str(column) for metric in ready for column in metric.columns)
    rows = [_Row(column, (column,), (), *_noise(column, basket)) for column in columns]
    for metric in ready:
        if isinstance(metric.kind, RatioOfSums):
            above, below = metric.kind.numerator, metric.kind.denominator
            unit, noise, least = _noise(above[0], basket)
            if set(below) & _PIECES:
                noise = _PRICE_NOISE
            rows.append(_Row(str(metric.name), above, below, unit, noise, least))
    return rows


def _noise(column: str, basket: float) -> tuple[float, float, float]:
    """Give unit, noise and least number of events of a column."""
    if column == Col.AD_SPEND:
        return 1.0, 1.0, _MIN_EVENTS
    if FIELDS[column].unit is Unit.CNY:
        return basket, _MONEY_NOISE, _MIN_EVENTS
    return 1.0, 1.0, _MIN_PEOPLE if column == Col.VISITORS else _MIN_EVENTS


def _series(lines: Mapping[str, Floats], rows: Sequence[_Row]) -> Series:
    above = np.stack([np.sum([lines[column] for column in row.above], axis=0) for row in rows])
    below = np.full(above.shape, HALF)
    for index, row in enumerate(rows):
        if row.below:
            below[index] = np.sum([lines[column] for column in row.below], axis=0)
            if Col.VISITORS in row.below:
                below[index][below[index] < _MIN_VISITORS] = np.nan
    return Series(
        above=above,
        below=below,
        unit=np.array([row.unit for row in rows]),
        noise=np.array([row.noise for row in rows]),
    )


def _centers(rows: Sequence[_Row], expected: Expected) -> Floats:
    """Turn log centres into values; a ratio is the quotient of its parts' centres."""
    unit = np.array([row.unit for row in rows])
    centers: Floats = (np.exp(expected.log_center) - HALF).clip(min=0) * unit
    plain = {row.name: centers[index] for index, row in enumerate(rows) if not row.below}
    for index, row in enumerate(rows):
        if row.below:
            above, below = _parts(row, plain)
            centers[index] = above / below if below else np.nan
    return centers


def _log_centers(rows: Sequence[_Row], centers: Floats, expected: Expected) -> Floats:
    plain = {row.name: centers[index] for index, row in enumerate(rows) if not row.below}
    at: Floats = expected.log_center.copy()
    for index, row in enumerate(rows):
        if row.below:
            above, below = _parts(row, plain)
            at[index] = np.log(above / row.unit + HALF) - np.log(below + HALF)
    return at


def _parts(row: _Row, plain: Mapping[str, float]) -> tuple[float, float]:
    return sum(plain[column] for column in row.above), sum(plain[column] for column in row.below)


def _range(
    rows: Sequence[_Row], centers: Floats, at: Floats, expected: Expected, bands: Bands
) -> tuple[Floats, Floats]:
    """Bound what is not remarkable; NaN where too few events are expected for a verdict."""
    limit = np.array([_Z_LIMITS.get(row.name, Z_LIMIT) for row in rows])
    reach = limit * expected.caution * expected.spread * (SOFT_Z if bands.is_soft else 1.0)
    size = bands.size * (SOFT_SIZE if bands.is_soft else 1.0)
    is_rate = np.array([bool(row.below) for row in rows])
    unit = np.array([row.unit for row in rows])
    half = np.where(is_rate, 0.0, HALF)
    scale = np.where(is_rate, centers / np.exp(at), unit)
    low = np.minimum((np.exp(at - reach) - half) * scale, centers * (1 - size)).clip(min=0)
    high = np.maximum((np.exp(at + reach) - half) * scale, centers * (1 + size))
    few = _events(rows, centers) < np.array([row.least for row in rows])
    return np.where(few, np.nan, low), np.where(few, np.nan, high)


def _events(rows: Sequence[_Row], centers: Floats) -> Floats:
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
