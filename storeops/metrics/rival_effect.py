"""Did our own item answer a rival's move? Order in time, size, and no other day like it.

The own item's conversion of the days from the move on is compared with the fortnight before,
beyond what all other own items did on the same days. The same is done for every other day of the
record: only a move whose days stand out from all of them is said to fit.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from storeops.facts import Window
from storeops.fields import Col
from storeops.metrics.rival_events import EventKind, RivalEvent

AFTER, BEFORE = 3, 14
NOTICED, FITS = 2.0, 3.0
_LEAST_BUYERS = 10
_LEAST_OTHER_DAYS = 20
_SIZES = (0.5, 5.0)
_AGAINST_US = frozenset({EventKind.PRICE_CUT, EventKind.OFFER_STARTED})
_FOR_US = frozenset({EventKind.PRICE_RISE, EventKind.OFFER_ENDED, EventKind.DELISTED})

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class RivalEffect:
    """Relative change of the own item's conversion beside a rival's move.

    ``fits`` is set when it came with the move, in the direction and size such a move may have,
    and no other day of the record shows as much.
    """

    own_item: str
    conversion: float
    z: float
    fits: bool


def rival_effect(window: Window, event: RivalEvent) -> RivalEffect | None:
    """Look at the own item that a rival's item is matched with; None when nothing stands out."""
    frame = window.tables.get("item_daily")
    if event.own_item is None or frame is None:
        return None
    lines = _lines(window, frame, event.own_item)
    if lines is None:
        return None
    at = (event.day - window.first_day).days
    found = _moved(lines, at)
    if found is None or abs(found[1]) < NOTICED:
        return None
    change, z = found
    return RivalEffect(event.own_item, change, z, fits=_fits(lines, at, event, found))


def _lines(window: Window, frame: pd.DataFrame, own: str) -> Floats | None:
    """Give visitors and buyers of the item and of all others, (4, n_days)."""
    mine = frame[frame[Col.ITEM_ID] == own]
    wanted = (Col.VISITORS, Col.PAID_BUYERS)
    if not len(mine) or not {c.value for c in wanted} <= set(frame.columns):
        return None
    n = (window.day - window.first_day).days + 1
    out = np.full((4, n), np.nan)
    for row, part in ((0, mine), (2, frame[frame[Col.ITEM_ID] != own])):
        for column, name in enumerate(wanted):
            sums = part.groupby(Col.DATE.value)[name.value].sum(min_count=1)
            at = [(stamp.date() - window.first_day).days for stamp in sums.index]
            out[row + column, at] = sums.to_numpy()
    return out


def _moved(lines: Floats, at: int) -> tuple[float, float] | None:
    """Give the relative change of conversion from a day on, and its distance from nothing."""
    after, before = slice(at, at + AFTER), slice(max(at - BEFORE, 0), at)
    if at < BEFORE or at >= lines.shape[1]:
        return None
    v1, b1, ov1, ob1 = np.nansum(lines[:, after], axis=1)
    v0, b0, ov0, ob0 = np.nansum(lines[:, before], axis=1)
    if b0 < _LEAST_BUYERS or v1 <= 0 or v0 <= 0:
        return None
    log = math.log((b1 + 0.5) / v1) - math.log((b0 + 0.5) / v0)
    variance = 1 / (b1 + 0.5) + 1 / (b0 + 0.5)
    if min(ob1, ob0) >= _LEAST_BUYERS and ov1 > 0 and ov0 > 0:
        log -= math.log(ob1 / ov1) - math.log(ob0 / ov0)
        variance += 1 / ob1 + 1 / ob0
    return math.expm1(log), log / math.sqrt(variance)


def _fits(lines: Floats, at: int, event: RivalEvent, found: tuple[float, float]) -> bool:
    change, z = found
    way = -1 if event.kind in _AGAINST_US else 1 if event.kind in _FOR_US else 0
    if abs(z) < FITS or way * change <= 0:
        return False
    if event.size is not None:
        ratio = abs(math.log1p(max(change, -0.99)) / math.log1p(event.size))
        if not _SIZES[0] <= ratio <= _SIZES[1]:
            return False
    others = [
        abs(moved[1])
        for day in range(BEFORE, lines.shape[1])
        if abs(day - at) > AFTER and (moved := _moved(lines, day)) is not None
    ]
    return len(others) >= _LEAST_OTHER_DAYS and abs(z) > max(others)
