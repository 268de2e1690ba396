"""Items that fell silent: runs of zeros too long for chance (STATISTICS 2.4).

An item that sells three a day and has sold nothing for three days may be delisted, sold out or
unlucky. With the mean and the spread of the weeks before the run, zeros are as likely as those of
a negative binomial; the run speaks when all of it together is rarer than one in ten thousand.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

import numpy as np

from storeops.fields import Col
from storeops.metrics.blocks import Family
from storeops.metrics.board import Board
from storeops.metrics.definitions import quotients
from storeops.metrics.panel import Bools, Floats, Ints, panel
from storeops.metrics.results import ShopDay

CHANCE = 1e-4
_BEFORE, _LEAST_DAYS = 28, 7
_MEASURES = (Col.VISITORS, Col.PAID_BUYERS)


@dataclass(frozen=True, slots=True)
class Silence:
    """An item without visitors, or without buyers, since a day.

    ``usual`` is its normal number a day, ``worth`` its normal paid amount a day, ``needed`` the
    days of nothing that chance rarely has; ``days`` of them have passed.
    """

    key: str
    measure: str
    since: date
    days: int
    needed: int
    usual: float
    worth: float


def silences(shop_day: ShopDay, board: Board) -> tuple[Silence, ...]:
    """Find the items that are silent on the day, the dearest first.

    Items worth less a day than the money floor are left out, and an item without visitors is not
    told a second time for having no buyers.
    """
    slice_ = board.slices.get(Family.ITEM)
    if slice_ is None:
        return ()
    days = board.shop.days.since(board.start)
    found = panel(slice_.rows, Col.ITEM_ID, (*_MEASURES, Col.PAID_AMOUNT), days)
    amount = found.matrices.get(Col.PAID_AMOUNT)
    if amount is None or not found.covered[-1]:
        return ()
    told: dict[int, Silence] = {}
    for measure in _MEASURES:
        counts = found.matrices.get(measure)
        if counts is None:
            continue
        runs = _runs(counts, found.covered)
        usual, spread = _before(counts, runs, found.covered)
        worth, _ = _before(amount, runs, found.covered)
        needed = _needed(usual, spread)
        speaks = (runs >= needed) & (worth >= shop_day.money_floor)
        for index in np.flatnonzero(speaks):
            first = int(np.flatnonzero(found.covered)[-int(runs[index])])
            told.setdefault(
                int(index),
                Silence(
                    key=found.keys[index],
                    measure=measure.value,
                    since=days.day(first),
                    days=int(runs[index]),
                    needed=int(needed[index]),
                    usual=float(usual[index]),
                    worth=float(worth[index]),
                ),
            )
    return tuple(sorted(told.values(), key=lambda one: (-one.worth, one.key)))


def _runs(counts: Floats, covered: Bools) -> Ints:
    """Count the covered days of nothing that end on the last day, (n_items,)."""
    known = counts[:, covered]
    sold = np.flip(known != 0, axis=1)
    runs: Ints = np.where(sold.any(axis=1), sold.argmax(axis=1), known.shape[1])
    return runs


def _before(counts: Floats, runs: Ints, covered: Bools) -> tuple[Floats, Floats]:
    """Mean and variance of the last weeks before each run; NaN where they are too few."""
    known = counts[:, covered]
    place = np.arange(known.shape[1])
    end = (known.shape[1] - runs)[:, None]
    inside = (place < end) & (place >= end - _BEFORE)
    born = np.argmax(known != 0, axis=1)[:, None]
    inside &= place >= born
    n = inside.sum(axis=1).astype(np.float64)
    values = np.where(inside, np.nan_to_num(known), 0.0)
    mean = quotients(values.sum(axis=1), n)
    square = quotients((values**2).sum(axis=1), n)
    enough = n >= _LEAST_DAYS
    return np.where(enough, mean, np.nan), np.where(enough, square - mean**2, np.nan)


def _needed(mean: Floats, variance: Floats) -> Floats:
    """Days of nothing that a negative binomial of that mean and variance has once in 10,000."""
    size = quotients(mean**2, np.maximum(variance - mean, 1e-9))
    with np.errstate(invalid="ignore", divide="ignore"):
        log_nothing = -size * np.log1p(quotients(mean, size))
        needed: Floats = np.ceil(math.log(CHANCE) / log_nothing)
    return np.where(mean > 0, needed, np.inf)
