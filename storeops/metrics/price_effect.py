"""Does an item's conversion answer a price step: on the same day, and by a fitting amount?

Strict on purpose, because a coincidence of dates proves nothing. All must hold: the step is the
finding's day or the day before; conversion moved against the price, on every day from the step on
and not before; by half to five times the price's relative change (on the log scale); far beyond
what the counts and the item's own days explain; more than visitors did; and units moved with it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from storeops.facts import Window
from storeops.fields import Col
from storeops.metrics.changes import ItemChange, Kind
from storeops.metrics.panel import Days, Floats, panel

_BEFORE, _LEAST_BEFORE = 14, 7
_LEAST_ELASTICITY, _MOST_ELASTICITY = 0.5, 5.0
_Z = 3.0
_STILL = 0.5
_LATEST = 1
"""Days between the step and the day looked at."""
_MAD_TO_SD = 1.4826
_HALF = 0.5


@dataclass(frozen=True, slots=True)
class PriceEffect:
    """A price step and the item's conversion and units since, as relative changes."""

    price: float
    conversion: float
    units: float


@dataclass(frozen=True, slots=True)
class _Item:
    """One item's counts over the days of the window, (n_days,), NaN where not known."""

    visitors: Floats
    buyers: Floats
    units: Floats


def price_effect(window: Window, change: ItemChange) -> PriceEffect | None:
    """Measure what followed a price step; None unless timing and size fit (module docstring)."""
    lag = (window.day - change.day).days
    if change.kind is not Kind.PRICE or not 0 <= lag <= _LATEST:
        return None
    item = _item(window, change.item_id)
    if item is None:
        return None
    at = len(item.visitors) - 1 - lag
    before, since = slice(max(0, at - _BEFORE), at), slice(at, None)
    log_rates = np.log((item.buyers + _HALF) / (item.visitors + _HALF))
    usual = log_rates[before][~np.isnan(log_rates[before])]
    if len(usual) < _LEAST_BEFORE:
        return None
    price = _log_step(change)
    conversion = _log_ratio(item.buyers, item.visitors, since) - float(np.median(usual))
    visitors = _against(item.visitors, before, since)
    units = _against(item.units, before, since)
    if not _fits(price, conversion, visitors=visitors, units=units):
        return None
    noise = _noise(usual, float(np.nansum(item.buyers[since])), usual_rate=float(np.median(usual)),
                   visitors=float(np.nansum(item.visitors[since])))  # fmt: skip
    moved_before = abs(usual[-1] - float(np.median(usual))) > _STILL * abs(conversion)
    each_day = (log_rates[since] - float(np.median(usual))) * np.sign(conversion)
    lasts = bool(np.all(each_day >= _STILL * abs(conversion)))
    if abs(conversion) < _Z * noise or moved_before or not lasts:
        return None
    return PriceEffect(*(float(np.expm1(log)) for log in (price, conversion, units)))


def _log_step(change: ItemChange) -> float:
    if isinstance(change.old, float) and isinstance(change.new, float):
        return float(np.log(change.new) - np.log(change.old))
    return 0.0


def _item(window: Window, item_id: str) -> _Item | None:
    frame = window.tables.get("item_daily")
    columns = (Col.VISITORS, Col.PAID_BUYERS, Col.PAID_UNITS)
    if frame is None or any(column not in frame for column in columns):
        return None
    mine = frame[frame[Col.ITEM_ID] == item_id]
    if mine.empty:
        return None
    n_days = (window.day - window.first_day).days + 1
    days = Days(window.first_day, np.ones(n_days, dtype=bool), np.zeros(n_days, dtype=np.intp))
    laid = panel(mine, Col.ITEM_ID, columns, days).matrices
    return _Item(*(laid[column][0] for column in columns))


def _log_ratio(above: Floats, below: Floats, where: slice) -> float:
    both = ~np.isnan(above[where] + below[where])
    return float(np.log((above[where][both].sum() + _HALF) / (below[where][both].sum() + _HALF)))


def _against(line: Floats, before: slice, since: slice) -> float:
    """Compare the mean since with the median before, on the log scale; NaN when not known."""
    usual, now = line[before][~np.isnan(line[before])], line[since][~np.isnan(line[since])]
    if not len(usual) or not len(now):
        return float("nan")
    return float(np.log(now.mean() + _HALF) - np.log(np.median(usual) + _HALF))


def _fits(price: float, conversion: float, *, visitors: float, units: float) -> bool:
    against = -conversion * np.sign(price)
    sized = _LEAST_ELASTICITY * abs(price) <= against <= _MOST_ELASTICITY * abs(price)
    return bool(sized and abs(conversion) > abs(visitors) and units * conversion > 0)


def _noise(usual: Floats, buyers: float, *, usual_rate: float, visitors: float) -> float:
    """Spread of the log conversion: the item's own days, or the counts where they are larger."""
    own = _MAD_TO_SD * float(np.median(np.abs(usual - np.median(usual))))
    expected = max(min(buyers, float(np.exp(usual_rate)) * visitors), _HALF)
    return max(own, float(1 / np.sqrt(expected)))
