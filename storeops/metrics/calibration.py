"""From an index to a value by the shop's own pairs: what the platform shows of us, and the truth.

A monotone line through the own pairs on the log scale. Beyond them the slope is only known to lie
where slopes of such indexes lie, so the interval opens; where the own pairs contradict each other
nothing is converted. Indexes are never added, nor is a sum of them converted.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt

from storeops.facts import SHOP_DAILY, Window
from storeops.fields import Col
from storeops.metrics.rivals import own_frame
from storeops.yamlfile import read_yaml

TRUE_VALUE = {
    Col.TRADE_INDEX: Col.PAID_AMOUNT,
    Col.TRAFFIC_INDEX: Col.VISITORS,
    Col.AUDIENCE_INDEX: Col.PAID_BUYERS,
    Col.CART_POPULARITY: Col.ADD_TO_CART_VISITORS,
    Col.WISHLIST_POPULARITY: Col.WISHLIST_VISITORS,
}
"""What each index is an index of."""
LEAST_PAIRS = 8
REFUSED_ABOVE = 0.05
"""Own pairs that disagree by more than this are no scale (FORMATS 7)."""
_SLOPES = (1.30, 2.05)
"""Local exponents of value over index lie between these: 1.5 to 1.85 measured, and some room."""
_FARTHEST = math.log(20)
_Z95 = 1.96
_TABLE_ERROR = 0.30
"""An estimate by the published table is given this much either way: nothing proves it."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value read off an index, with the interval it should lie in."""

    value: float
    low: float
    high: float
    by_table: bool = False


@dataclass(frozen=True, slots=True)
class Calibration:
    """A shop's own scale of one index.

    ``residual`` is the median relative error of every own pair against the others;
    ``knots`` are log index and log value, ascending; ``spread`` the noise of one pair, log.
    """

    metric: str
    pairs: int
    residual: float
    spread: float
    knots: tuple[Floats, Floats]

    @property
    def is_refused(self) -> bool:
        """Tell own pairs that contradict each other."""
        return self.residual > REFUSED_ABOVE

    def value(self, index: float) -> Estimate | None:
        """Estimate the value of an index; None when refused or too far from the own pairs."""
        xs, ys = self.knots
        if self.is_refused or index <= 0:
            return None
        x = math.log(index)
        inside = min(max(x, float(xs[0])), float(xs[-1]))
        away = x - inside
        if abs(away) > _FARTHEST:
            return None
        middle = float(np.interp(inside, xs, ys)) + sum(_SLOPES) / 2 * away
        noise = _Z95 * self.spread * math.sqrt(1 + 1 / self.pairs)
        room = noise + abs(away) * (_SLOPES[1] - _SLOPES[0]) / 2
        return Estimate(math.exp(middle), math.exp(middle - room), math.exp(middle + room))


def calibrations(window: Window) -> dict[str, Calibration]:
    """Learn a scale for every index that the own side of comparisons shows often enough."""
    own, shop = own_frame(window), window.tables.get(SHOP_DAILY.name)
    if own is None or shop is None:
        return {}
    whole = own[(own[Col.ITEM_ID] == "") & (own[Col.PART] == "")]
    found = {}
    for index, truth in TRUE_VALUE.items():
        if truth not in shop.columns:
            continue
        shown = whole[whole[Col.METRIC] == index.value].drop_duplicates(Col.DATE.value)
        joint = shown.merge(shop[[Col.DATE.value, truth.value]], on=Col.DATE.value)
        scale = calibrate(index.value, joint[Col.VALUE].tolist(), joint[truth.value].tolist())
        if scale is not None:
            found[index.value] = scale
    return found


def calibrate(metric: str, indexes: Sequence[float], values: Sequence[float]) -> Calibration | None:
    """Fit a scale to own pairs; None when there are too few that differ."""
    x, y = np.array(indexes, dtype=float), np.array(values, dtype=float)
    usable = (x > 0) & (y > 0)
    x, y = np.log(x[usable]), np.log(y[usable])
    if len(np.unique(x)) < LEAST_PAIRS:
        return None
    order = np.argsort(x, kind="stable")
    x, y = x[order], y[order]
    errors = np.array([_left_out(x, y, at) for at in range(1, len(x) - 1)])
    spread = float(np.sqrt(np.mean(np.clip(errors, -0.5, 0.5) ** 2)))
    residual = float(np.median(np.abs(np.expm1(errors))))
    return Calibration(metric, len(x), residual, max(spread, 0.002), _monotone(x, y))


def _left_out(x: Floats, y: Floats, at: int) -> float:
    xs, ys = _monotone(np.delete(x, at), np.delete(y, at))
    return float(y[at] - np.interp(x[at], xs, ys))


def _monotone(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Pool neighbours until values rise with indexes (isotonic regression), knots at means."""
    blocks: list[list[float]] = []
    for a, b in zip(x.tolist(), y.tolist(), strict=True):
        blocks.append([a, b, 1.0])
        while len(blocks) > 1 and (
            blocks[-2][1] >= blocks[-1][1] or blocks[-2][0] >= blocks[-1][0]
        ):
            a2, b2, n2 = blocks.pop()
            a1, b1, n1 = blocks[-1]
            n = n1 + n2
            blocks[-1] = [(a1 * n1 + a2 * n2) / n, (b1 * n1 + b2 * n2) / n, n]
    return np.array([b[0] for b in blocks]), np.array([b[1] for b in blocks])


def by_published_table(metric: str, index: float) -> Estimate | None:
    """Estimate by the table that circulates in public since 2019; only on explicit request."""
    xs, ys = _published()
    if metric not in set(TRUE_VALUE) or not xs[0] <= index <= xs[-1]:
        return None
    value = float(np.exp(np.interp(math.log(index), np.log(xs), np.log(ys))))
    return Estimate(value, value * (1 - _TABLE_ERROR), value * (1 + _TABLE_ERROR), by_table=True)


@cache
def _published() -> tuple[Floats, Floats]:
    text = files("storeops.metrics").joinpath("indexes.yaml").read_text(encoding="utf-8")
    pairs = read_yaml(text, "indexes.yaml")[0]["pairs"]
    return np.array([p[0] for p in pairs], float), np.array([p[1] for p in pairs], float)
