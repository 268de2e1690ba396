"""What was said of a file is said again, word for word and type for type."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from storeops.history.serialise import dump_notes, dump_outside, load_notes, load_outside
from storeops.messages import Change, Message, Note, Quantity, Term, Unit, message

finite = st.floats(allow_nan=False)
plain = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    finite,
    st.text(),
    st.dates(),
    st.builds(Quantity, st.none() | finite, st.sampled_from(list(Unit))),
    st.builds(Change, st.none() | finite, st.booleans()),
    st.builds(Term, st.text(), st.text()),
)
arguments = st.recursive(
    plain,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(tuple),
        st.builds(Message, st.text(), st.dictionaries(st.text(), inner, max_size=3)),
    ),
    max_leaves=8,
)
notes = st.builds(
    Note,
    st.text(),
    st.builds(Message, st.text(), st.dictionaries(st.text(), arguments, max_size=4)),
    st.none() | st.text(),
)


@given(st.lists(notes, max_size=3))
def test_notes_come_back_as_they_went(given_notes):
    back = load_notes(dump_notes(given_notes))
    assert back == tuple(given_notes)
    assert repr(back) == repr(tuple(given_notes))  # True is not 1, and 1 is not 1.0


@given(st.dictionaries(st.text(), st.text()))
def test_outside_values_come_back(outside):
    assert load_outside(dump_outside(outside)) == outside
    assert dump_outside(dict(reversed(outside.items()))) == dump_outside(outside)


def test_numbers_of_numpy_become_plain_ones():
    note = Note("gap", message("x", n=np.int64(3), v=np.float64(0.5), days=[date(2026, 1, 1)]))
    (back,) = load_notes(dump_notes([note]))
    assert back.message.args == {"n": 3, "v": 0.5, "days": (date(2026, 1, 1),)}


def test_what_a_message_cannot_carry_is_a_bug():
    with pytest.raises(TypeError, match="object"):
        dump_notes([Note("gap", message("x", what=object()))])
