"""What changed in the items themselves, as the downloads show it: price, title, status, new ones.

A unit price is the day's paid amount over paid units: coupons and the mix of SKUs move it a little
every day, so a price step is told from that by a rule of its own. A day votes with three units or
more. The level before is the median of the votes of the fourteen days before, the scatter their
robust spread, 1 % at least. A step is 3 % or more from that level; the vote before it is still at
the old level, the vote after it moves less. Either two votes in a row lie on the same side beyond
three scatters and beyond every one of at least four votes before (``is_confirmed``), or, on the
last vote, a single one lies beyond 6 %, six scatters and three times the widest of at least seven.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np
import pandas as pd

from storeops.facts import Window
from storeops.fields import Col
from storeops.metrics.definitions import quotients
from storeops.metrics.panel import Bools, Days, Floats, panel
from storeops.metrics.ranks import quantile_rows

LOOK_BACK = 3
"""Days before the window's last day in which a change is still worth laying beside it."""
_BEFORE, _LEAST_BEFORE, _CLEAR_BEFORE = 14, 4, 7
_LEAST_UNITS = 3.0
_STEP, _CLEAR_STEP = 0.03, 0.06
_SCATTERS, _CLEAR_SCATTERS, _CLEAR_TIMES = 3.0, 6.0, 3.0
_LEAST_SCATTER = 0.01
_MAD_TO_SD = 1.4826
_STILL = 0.5
"""The vote before a step lies within half of it around the old level."""
_TOLD_DAYS = 30
"""Days in which an item's last known title or state is looked for."""
_KNOWN_DAYS = 14
"""Days of item data needed before an item that appears can be called new."""


class Kind(StrEnum):
    """What changed."""

    PRICE = "price"
    TITLE = "title"
    STATUS = "status"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class ItemChange:
    """One change of one item, first seen on ``day``.

    Prices are yuan a unit (the medians before, and of the day and the next); titles and states
    are the export's own words; a new item has neither ``old`` nor ``new``.
    """

    kind: Kind
    item_id: str
    day: date
    old: float | str | None = None
    new: float | str | None = None
    is_confirmed: bool = True


def item_changes(window: Window, *, back: int = LOOK_BACK) -> tuple[ItemChange, ...]:
    """List what changed in the items on the last days of a window, oldest first.

    Args:
        window: Facts of one shop.
        back: Days before ``window.day`` to look at, besides that day.
    """
    frame = window.tables.get("item_daily")
    if frame is None:
        return ()
    first = date.fromordinal(window.day.toordinal() - back)
    found = [
        *_price_steps(frame, window, back),
        *_rewritten(frame, Col.ITEM_TITLE, Kind.TITLE, first),
        *_rewritten(frame, Col.ITEM_STATUS, Kind.STATUS, first),
        *_first_seen(frame, first),
    ]
    return tuple(sorted(found, key=lambda change: (change.day, change.item_id, change.kind)))


def unit_prices(frame: pd.DataFrame, window: Window) -> tuple[tuple[str, ...], Floats]:
    """Lay the log unit price of every item over the days of the window.

    Returns:
        Item ids, and (n_items, n_days) with NaN where fewer than three units were paid.
    """
    n_days = (window.day - window.first_day).days + 1
    days = Days(window.first_day, np.ones(n_days, dtype=bool), np.zeros(n_days, dtype=np.intp))
    laid = panel(frame, Col.ITEM_ID, (Col.PAID_AMOUNT, Col.PAID_UNITS), days)
    if len(laid.matrices) < len((Col.PAID_AMOUNT, Col.PAID_UNITS)):
        return (), np.empty((0, n_days))
    amount, units = laid.matrices[Col.PAID_AMOUNT], laid.matrices[Col.PAID_UNITS]
    with np.errstate(invalid="ignore", divide="ignore"):
        logs = np.log(quotients(amount, units))
    return laid.keys, np.where((units >= _LEAST_UNITS) & (amount > 0), logs, np.nan)


def _price_steps(frame: pd.DataFrame, window: Window, back: int) -> Iterator[ItemChange]:
    keys, votes = unit_prices(frame, window)
    last = votes.shape[1] - 1
    for at in range(max(last - back, 1), last + 1):
        level, step, is_step, is_confirmed = _step(votes, at)
        new = np.exp(level + step)
        for row in np.flatnonzero(is_step):
            yield ItemChange(
                Kind.PRICE,
                keys[row],
                date.fromordinal(window.first_day.toordinal() + at),
                float(np.exp(level[row])),
                float(new[row]),
                bool(is_confirmed[row]),
            )


def _step(votes: Floats, at: int) -> tuple[Floats, Floats, Bools, Bools]:
    """Judge whether the price of every item stepped on one day.

    Returns:
        Level before and size of the step, on the log scale; whether it is a step; whether a
        second vote confirms it. Each (n_items,).
    """
    before = votes[:, max(0, at - _BEFORE) : at]
    (level,), n_before = quantile_rows(before, 0.5)
    (scatter,), _ = quantile_rows(np.abs(before - level[:, None]), 0.5)
    scatter = np.fmax(_MAD_TO_SD * scatter, _LEAST_SCATTER)
    (widest,), _ = quantile_rows(np.abs(before - level[:, None]), 1.0)
    here, previous = votes[:, at], _nearest(before[:, ::-1])
    following = _nearest(votes[:, at + 1 :])
    step, second = here - level, following - level
    with np.errstate(invalid="ignore"):
        starts = (
            (n_before >= _LEAST_BEFORE)
            & (np.abs(step) >= np.log1p(_STEP))
            & (np.abs(previous - level) <= _STILL * np.abs(step))
            & ~(np.abs(following - here) > np.abs(here - previous))  # the next day's step is larger
        )
        both = np.fmin(np.abs(step), np.abs(second))
        least = np.maximum(np.maximum(_SCATTERS * scatter, widest), np.log1p(_STEP))
        confirmed = (step * second > 0) & (both >= least)
        clear = np.maximum(_CLEAR_SCATTERS * scatter, _CLEAR_TIMES * widest)
        clear = (
            np.isnan(following)
            & (n_before >= _CLEAR_BEFORE)
            & (np.abs(step) >= np.maximum(clear, np.log1p(_CLEAR_STEP)))
        )
    size = np.where(confirmed, (step + second) / 2, step)
    return level, size, starts & (confirmed | clear), confirmed


def _nearest(votes: Floats) -> Floats:
    """Give the first value of every row that is known, NaN without one."""
    if votes.shape[1] == 0:
        return np.full(len(votes), np.nan)
    known = ~np.isnan(votes)
    nearest: Floats = votes[np.arange(len(votes)), known.argmax(axis=1)]
    return nearest


def _rewritten(frame: pd.DataFrame, column: str, kind: Kind, first: date) -> Iterator[ItemChange]:
    """Find texts of an item that differ from its last known one."""
    if column not in frame:
        return
    since = pd.Timestamp(first) - pd.Timedelta(days=_TOLD_DAYS)
    recent = frame[column].notna() & (frame[Col.DATE] >= since)
    known = frame.loc[recent, [Col.DATE, Col.ITEM_ID, column]]
    before = known.groupby(Col.ITEM_ID, sort=False)[column].shift()
    changed = before.notna() & (before != known[column]) & (known[Col.DATE] >= pd.Timestamp(first))
    rows = known[changed]
    for day, item, old, new in zip(
        rows[Col.DATE], rows[Col.ITEM_ID], before[changed], rows[column], strict=True
    ):
        yield ItemChange(kind, str(item), pd.Timestamp(day).date(), str(old), str(new))


def _first_seen(frame: pd.DataFrame, first: date) -> Iterator[ItemChange]:
    """Find items that no earlier day lists, when enough earlier days are there to know."""
    known_days = frame.loc[frame[Col.DATE] < pd.Timestamp(first), Col.DATE].nunique()
    if known_days < _KNOWN_DAYS:
        return
    began = frame.groupby(Col.ITEM_ID)[Col.DATE].min()
    for item, day in began[began >= pd.Timestamp(first)].items():
        yield ItemChange(Kind.NEW, str(item), pd.Timestamp(day).date())
