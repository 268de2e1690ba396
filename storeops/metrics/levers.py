"""What one factor alone would have to be to reach a target, and whether it ever was."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from storeops.fields import Col
from storeops.metrics.change import ratio
from storeops.metrics.definitions import METRICS
from storeops.metrics.panel import Bools, Floats, Ints
from storeops.metrics.shop import ShopLines
from storeops.metrics.target import Lever

_COLUMNS = (Col.VISITORS, Col.PAID_BUYERS, Col.PAID_AMOUNT)
_RUN = 7


@dataclass(frozen=True, slots=True)
class _Parts:
    """Visitors a day, and the two rates of the same days."""

    visitors: float
    conversion_rate: float
    amount_per_buyer: float


def levers(shop: ShopLines, recent: Ints, times: float) -> tuple[Lever, ...]:
    """Ask of each factor what it would have to be for sales to be so many times the usual.

    Args:
        shop: The shop's days.
        recent: Positions of the last ordinary days, which say what is usual.
        times: How many times the usual sales are needed.

    Returns:
        One lever per factor; none when visitors or buyers are not known, or when no seven
        ordinary days in a row are.
    """
    lines = [shop.lines.get(column, np.full(len(shop.days), np.nan)) for column in _COLUMNS]
    known = shop.usable & ~np.isnan(np.stack(lines)).any(axis=0)
    usual = _usual(lines, recent[known[recent]])
    best = _best(lines, known)
    if usual is None or best is None:
        return ()
    return tuple(_lever(factor, usual, best, times) for factor in _Parts.__slots__)


def is_reachable(found: Sequence[Lever], times: float | None) -> bool | None:
    """Tell whether all factors together at their best would do; None when nothing tells."""
    if times is None:
        return None
    if times <= 1:
        return True
    if not found:
        return None
    return math.prod(lever.best / lever.usual for lever in found) >= times


def _lever(factor: str, usual: _Parts, best: _Parts, times: float) -> Lever:
    now, most = getattr(usual, factor), getattr(best, factor)
    return Lever(factor, METRICS[factor].unit, now, now * times, most, now * times <= most)


def _usual(lines: Sequence[Floats], days: Ints) -> _Parts | None:
    visitors, buyers, paid = (line[days] for line in lines)
    rate, amount = ratio(buyers.sum(), visitors.sum()), ratio(paid.sum(), buyers.sum())
    if not rate or not amount:
        return None
    return _Parts(float(np.median(visitors)), float(rate), float(amount))


def _best(lines: Sequence[Floats], known: Bools) -> _Parts | None:
    """Take the best seven days in a row of each factor: they need not be the same seven."""
    if len(known) < _RUN:
        return None
    runs = np.lib.stride_tricks.sliding_window_view(known, _RUN).all(axis=1)
    sums = [
        np.lib.stride_tricks.sliding_window_view(line, _RUN)[runs].sum(axis=1) for line in lines
    ]
    visitors, buyers, paid = (week[(sums[0] > 0) & (sums[1] > 0)] for week in sums)
    if not len(visitors):
        return None
    return _Parts(
        float((visitors / _RUN).max()),
        float((buyers / visitors).max()),
        float((paid / buyers).max()),
    )
