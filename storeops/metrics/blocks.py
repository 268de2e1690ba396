"""What is followed of a shop: its figures, and every member's people, money and rates.

A block is a set of like series: one family by one measure. All blocks of a shop together are one
pass of the detector.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from storeops.fields import FIELDS, Col
from storeops.messages import Unit
from storeops.metrics.definitions import Metric, RatioOfSums
from storeops.metrics.panel import Floats, Panel
from storeops.metrics.shop import ShopLines

HALF = 0.5
LEAST_VISITORS = 100.0
"""A day with fewer visitors says nothing about a rate (STATISTICS 2.1)."""
MONEY_NOISE = 1.5
"""The sum of n buyers' money is noisier than n: 1 + (relative spread of the money per buyer)^2."""
PRICE_NOISE = 0.8
"""Money per buyer, order or unit: the noise of their number cancels, that of the money stays."""
_PIECES = frozenset({Col.PAID_BUYERS, Col.PAID_ORDERS, Col.PAID_UNITS})
_MIN_EVENTS, _MIN_PEOPLE = 5.0, 30.0
"""Expected buyers, and expected visitors, below which a figure gets no verdict."""


class Family(StrEnum):
    """What a series is about."""

    SHOP = "shop"
    SOURCE = "source"
    ITEM = "item"
    WORD = "word"
    SCENE = "scene"
    PLAN = "plan"


ACCOUNT = ""
"""Key of the ads account: all scenes together."""
CONVERSION, COST_PER_CLICK = "conversion_rate", "cost_per_click"
FIGURES = "figures"


@dataclass(frozen=True, slots=True)
class Block:
    """Like series side by side, (n_series, n_days), NaN where a day was not observed.

    ``y`` is the log of events + 1/2, less the log of the exposure for a rate; ``exposure`` that
    log exposure; ``noise`` (n_series,) multiplies the noise of a Poisson count.
    """

    family: Family
    measure: str
    keys: tuple[str, ...]
    y: Floats
    noise: Floats
    exposure: Floats | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One of the shop's figures as a series: its parts, the worth and noise of one event.

    ``least`` is the number of expected events below which the figure gets no verdict.
    """

    name: str
    above: tuple[str, ...]
    below: tuple[str, ...]
    unit: float
    noise: float
    least: float


def figure_rows(shop: ShopLines, metrics: Sequence[Metric], basket: float) -> tuple[Row, ...]:
    """List the plain columns first, then the ratios that stand on them."""
    ready = [metric for metric in metrics if shop.has(metric)]
    columns = dict.fromkeys(str(column) for metric in ready for column in metric.columns)
    rows = [Row(column, (column,), (), *_noise(column, basket)) for column in columns]
    for metric in ready:
        if isinstance(metric.kind, RatioOfSums):
            above, below = metric.kind.numerator, metric.kind.denominator
            unit, noise, least = _noise(above[0], basket)
            if set(below) & _PIECES:
                noise = PRICE_NOISE
            rows.append(Row(str(metric.name), above, below, unit, noise, least))
    return tuple(rows)


def _noise(column: str, basket: float) -> tuple[float, float, float]:
    """Give unit, noise and least number of events of a column."""
    if column == Col.AD_SPEND:
        return 1.0, 1.0, _MIN_EVENTS
    if FIELDS[column].unit is Unit.CNY:
        return basket, MONEY_NOISE, _MIN_EVENTS
    return 1.0, 1.0, _MIN_PEOPLE if column == Col.VISITORS else _MIN_EVENTS


def figure_block(shop: ShopLines, rows: Sequence[Row], first: int) -> Block:
    """Lay the shop's figures out from the day at position ``first`` on."""
    n_days = len(shop.days) - first
    y, exposure = np.empty((len(rows), n_days)), np.zeros((len(rows), n_days))
    for index, row in enumerate(rows):
        above = np.sum([shop.lines[column][first:] for column in row.above], axis=0)
        y[index] = _log(above / row.unit)
        if row.below:
            below = np.sum([shop.lines[column][first:] for column in row.below], axis=0)
            if Col.VISITORS in row.below:
                below = np.where(below < LEAST_VISITORS, np.nan, below)
            exposure[index] = _log(below)
            y[index] -= exposure[index]
    keys = tuple(row.name for row in rows)
    noise = np.array([row.noise for row in rows])
    return Block(Family.SHOP, FIGURES, keys, y, noise, exposure)


def member_blocks(family: Family, found: Panel, basket: float) -> tuple[Block, ...]:
    """Lay out members: visitors, buyers and money, and buyers by visitors.

    The days before a member first appears are not observed: it did not exist yet.
    """
    lines = {name: _since_birth(matrix, found) for name, matrix in found.matrices.items()}
    blocks = [
        _counts(family, Col.VISITORS, found, lines, 1.0),
        _counts(family, Col.PAID_BUYERS, found, lines, 1.0),
        _counts(family, Col.PAID_AMOUNT, found, lines, basket),
        _rate(family, found, lines),
    ]
    return tuple(block for block in blocks if block is not None)


def spend_blocks(family: Family, found: Panel) -> tuple[Block, ...]:
    """Lay out ads: spend, clicks, and spend by click; the whole account first."""
    keys = (ACCOUNT, *found.keys)
    lines = {
        name: np.vstack([matrix.sum(axis=0), _since_birth(matrix, found)])
        for name, matrix in found.matrices.items()
    }
    noise = np.ones(len(keys))
    blocks = [Block(family, str(name), keys, _log(line), noise) for name, line in lines.items()]
    if Col.CLICKS in lines and Col.AD_SPEND in lines:
        clicks = lines[Col.CLICKS]
        exposure = np.log(np.where(clicks >= 1, clicks, np.nan))
        y = _log(lines[Col.AD_SPEND]) - exposure
        blocks.append(Block(family, COST_PER_CLICK, keys, y, noise, exposure))
    return tuple(blocks)


def _since_birth(matrix: Floats, found: Panel) -> Floats:
    born = found.born[:, None]
    return np.where(np.arange(matrix.shape[1]) < born, np.nan, matrix)


def _counts(
    family: Family, column: str, found: Panel, lines: Mapping[str, Floats], unit: float
) -> Block | None:
    if column not in lines:
        return None
    noise = np.full(len(found.keys), MONEY_NOISE if column == Col.PAID_AMOUNT else 1.0)
    return Block(family, str(column), found.keys, _log(lines[column] / unit), noise)


def _rate(family: Family, found: Panel, lines: Mapping[str, Floats]) -> Block | None:
    if Col.PAID_BUYERS not in lines or Col.VISITORS not in lines:
        return None
    visitors = lines[Col.VISITORS]
    exposure = np.log(np.where(visitors >= LEAST_VISITORS, visitors, np.nan))
    y = _log(lines[Col.PAID_BUYERS]) - exposure
    return Block(family, CONVERSION, found.keys, y, np.ones(len(found.keys)), exposure)


def _log(events: Floats) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        y: Floats = np.log(events + HALF)
    return y
