"""Ranges: widening one can only make a change less certain, never turn it round."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from storeops.metrics.intervals import Certainty, Interval, compare

ENDS = st.one_of(st.just(0.0), st.floats(1e-6, 1e7))
"""Figures of a page: none is so near to zero that a quotient of two overflows."""
RANKS = {Certainty.CERTAIN: 2, Certainty.POSSIBLE: 1, Certainty.UNKNOWABLE: 0}


@st.composite
def intervals(draw: st.DrawFn) -> Interval:
    low, high = sorted((draw(ENDS), draw(ENDS)))
    return Interval(low, high)


@st.composite
def widened(draw: st.DrawFn, of: Interval) -> Interval:
    down, up = draw(st.floats(0, 1)), draw(st.one_of(st.floats(0, 1e6), st.just(math.inf)))
    return Interval(of.low * down, of.high + up)


@given(st.data(), intervals(), intervals())
def test_a_wider_range_is_never_more_certain_and_never_says_the_opposite(
    data: st.DataObject, old: Interval, new: Interval
) -> None:
    sharp = compare(old, new)
    blunt = compare(data.draw(widened(old)), data.draw(widened(new)))
    assert RANKS[blunt.certainty] <= RANKS[sharp.certainty]
    if blunt.direction and sharp.certainty is Certainty.CERTAIN:
        assert blunt.direction == sharp.direction


@given(st.data(), intervals(), intervals())
def test_a_certain_change_holds_for_every_value_of_the_ranges(
    data: st.DataObject, old: Interval, new: Interval
) -> None:
    before = data.draw(st.floats(max(old.low, min(old.high, 1e-6)), old.high))
    after = data.draw(st.floats(new.low, new.high))
    told = compare(old, new)
    if told.direction is not None:
        assert (after > before) - (after < before) == told.direction
    if told.least is not None and before > 0 and told.certainty is not Certainty.UNKNOWABLE:
        assert after / before - 1 >= told.least - 1e-9 * (1 + abs(told.least))
    if told.most is not None and before > 0 and told.certainty is not Certainty.UNKNOWABLE:
        assert after / before - 1 <= told.most + 1e-9 * (1 + abs(told.most))


def test_buckets_that_touch_cannot_tell() -> None:
    low, high = Interval(1000, 2500), Interval(2500, 5000)
    assert compare(low, high).certainty is Certainty.POSSIBLE
    assert compare(low, low).certainty is Certainty.POSSIBLE
    assert compare(Interval(300, 600), low).direction == 1
    assert compare(None, low).certainty is Certainty.UNKNOWABLE
    assert compare(Interval(0, math.inf), low).certainty is Certainty.UNKNOWABLE
