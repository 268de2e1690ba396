"""The exact split of a change: paid amount = visitors x conversion x amount per buyer.

The midpoint tree of Siegel's identity: with bars for the mean of both periods and d for the
difference, ``dV = Rbar dN + Nbar abar dr + Nbar rbar da``. Every line is exact, children sum to
their parent, zeros and negatives are allowed, swapping the periods flips all signs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from storeops.metrics.results import MemberParts, PaidSplit, PaidTree, ReturnSplit, Totals

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Members:
    """Visitors, buyers and amount of the members of a whole, (n_members,) each, no NaN."""

    visitors: Floats
    buyers: Floats
    amount: Floats

    def at(self, index: int) -> Totals:
        """Take out one member."""
        return Totals(
            float(self.visitors[index]), float(self.buyers[index]), float(self.amount[index])
        )


@dataclass(frozen=True, slots=True)
class Splits:
    """The lines of many three-factor splits at once, (n,) each, in yuan."""

    visitors: Floats
    conversion_rate: Floats
    amount_per_buyer: Floats
    remainder: Floats

    def at(self, index: int, before: Members, now: Members) -> PaidSplit:
        """Take out one split."""
        return PaidSplit(
            start=float(before.amount[index]),
            end=float(now.amount[index]),
            visitors=float(self.visitors[index]),
            conversion_rate=float(self.conversion_rate[index]),
            amount_per_buyer=float(self.amount_per_buyer[index]),
            remainder=float(self.remainder[index]),
        )


@dataclass(frozen=True, slots=True)
class _Pair:
    """A factor in both periods; 0/0 takes the other period's value and so explains nothing."""

    before: Floats
    now: Floats

    @property
    def mean(self) -> Floats:
        return (self.before + self.now) / 2

    @property
    def rise(self) -> Floats:
        return self.now - self.before


def split_paid_amount(before: Totals, now: Totals) -> PaidSplit:
    """Split the change of the paid amount into visitors, conversion and amount per buyer.

    Returns:
        Lines in yuan that add up to the change to the last bit of a float.
    """
    first, second = _one(before), _one(now)
    return split_many(first, second).at(0, first, second)


def split_many(before: Members, now: Members) -> Splits:
    """Split the change of every member by itself (items side by side)."""
    visitors = _Pair(before.visitors, now.visitors)
    rate = _ratio(before.buyers, before.visitors, now.buyers, now.visitors)
    basket = _ratio(before.amount, before.buyers, now.amount, now.buyers)
    lines = (
        _Pair(rate.before * basket.before, rate.now * basket.now).mean * visitors.rise,
        visitors.mean * basket.mean * rate.rise,
        visitors.mean * rate.mean * basket.rise,
    )
    rest = (now.amount - before.amount) - (lines[0] + lines[1] + lines[2])
    scale = np.maximum(np.abs(lines).max(axis=0), np.maximum(before.amount, now.amount))
    rounding = np.abs(rest) <= _ROUNDING * scale
    return Splits(*lines, remainder=np.where(rounding, 0.0, rest))


_ROUNDING = 1e-12


def split_by_member(
    before: Members, now: Members, *, whole_before: Totals, whole_now: Totals
) -> PaidTree:
    """Carry the split of a whole down to its members (traffic sources of a shop).

    Members may overlap (one visitor through two sources) and need not cover the whole: what they
    do not account for stands in ``overlap`` and the two remainders.

    Args:
        before: Members in the baseline, (n_members,).
        now: The same members, in the same order, on the day.
        whole_before: The whole in the baseline.
        whole_now: The whole on the day.

    Returns:
        Lines in yuan: visitors of members + overlap = visitors line of the whole; within + mix +
        remainder = conversion and amount-per-buyer line. Mix is centred on the whole's mean.
    """
    whole = split_paid_amount(whole_before, whole_now)
    one, two = _one(whole_before), _one(whole_now)
    visitors = _Pair(one.visitors, two.visitors)
    rate = _ratio(one.buyers, one.visitors, two.buyers, two.visitors)
    basket = _ratio(one.amount, one.buyers, two.amount, two.buyers)
    per_visitor = _Pair(rate.before * basket.before, rate.now * basket.now).mean
    by_visitors = per_visitor * (now.visitors - before.visitors)
    conversion = _within_and_mix(
        _ratio(before.buyers, before.visitors, now.buyers, now.visitors),
        _ratio(before.visitors, one.visitors, now.visitors, two.visitors),
        rate.mean,
        visitors.mean * basket.mean,
    )
    amount = _within_and_mix(
        _ratio(before.amount, before.buyers, now.amount, now.buyers),
        _ratio(before.buyers, one.buyers, now.buyers, two.buyers),
        basket.mean,
        visitors.mean * rate.mean,
    )
    lines = np.stack([by_visitors, *conversion, *amount], axis=1)
    return PaidTree(
        split=whole,
        members=tuple(MemberParts(*map(float, row)) for row in lines),
        overlap=whole.visitors - float(by_visitors.sum()),
        conversion_remainder=whole.conversion_rate - float(sum(map(np.sum, conversion))),
        amount_remainder=whole.amount_per_buyer - float(sum(map(np.sum, amount))),
    )


def split_return(
    before: tuple[float, float, float], now: tuple[float, float, float]
) -> ReturnSplit:
    """Split the change of the return on ad spend.

    The same identity with yuan of spend as the exposure: amount = (clicks per yuan) x (orders per
    click) x (amount per order), per yuan spent.

    Args:
        before: Clicks, orders and amount per yuan of spend in the earlier stretch.
        now: The same in the later stretch.
    """
    split = split_paid_amount(Totals(*before), Totals(*now))
    return ReturnSplit(
        start=split.start,
        end=split.end,
        click_conversion=split.conversion_rate,
        amount_per_order=split.amount_per_buyer,
        cost_per_click=split.visitors + split.remainder,
    )


def _within_and_mix(
    factor: _Pair, share: _Pair, whole_mean: Floats, worth: Floats
) -> tuple[Floats, Floats]:
    within = worth * share.mean * factor.rise
    mix = worth * share.rise * (factor.mean - whole_mean)
    return within, mix


def _ratio(
    above_before: Floats, below_before: Floats, above_now: Floats, below_now: Floats
) -> _Pair:
    """Form a ratio in both periods; undefined in one: the other's value, in both: one."""
    before, now = _divide(above_before, below_before), _divide(above_now, below_now)
    neither = np.isnan(before) & np.isnan(now)
    before = np.where(neither, 1.0, before)
    now = np.where(neither, 1.0, now)
    return _Pair(np.where(np.isnan(before), now, before), np.where(np.isnan(now), before, now))


def _divide(above: Floats, below: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(below != 0, above / below, np.nan)


def _one(totals: Totals) -> Members:
    return Members(
        np.array([totals.visitors], float),
        np.array([totals.buyers], float),
        np.array([totals.amount], float),
    )
