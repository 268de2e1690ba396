"""Who gets a report and when: decided by the data's day, Beijing's clock and the recipient."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storeops.config import BEIJING, DeliverySettings, RecipientSettings
from storeops.delivery.rules import About, Course, after_quiet, decide, hold_until
from storeops.diagnose.finding import PeriodKind, State

SETTINGS = DeliverySettings()
DAY = date(2026, 9, 16)
NINE = datetime(2026, 9, 17, 9, 0, tzinfo=BEIJING)
ABOUT = About("shop", DAY, PeriodKind.DAY, State.NORMAL, needs_attention=False)

clocks = st.times().map(lambda at: f"{at:%H:%M}")
zones = st.integers(-12 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m)))
moments = st.builds(
    lambda minutes, seconds, zone: (
        NINE + timedelta(minutes=minutes, seconds=seconds)
    ).astimezone(zone),
    st.integers(-200_000, 200_000), st.floats(0, 60), zones,
)  # fmt: skip
quiets = st.none() | st.tuples(clocks, clocks)
recipients = st.builds(
    RecipientSettings,
    name=st.just("x"), to=st.just("x@example.com"),
    reports=st.sets(st.sampled_from(["day", "week", "month"])).map(tuple),
    when=st.sampled_from(["always", "abnormal"]),
    owners=st.sets(st.sampled_from(["art", "boss"])).map(tuple),
    shops=st.sampled_from([(), ("shop",), ("other",)]),
    quiet=quiets,
)  # fmt: skip
abouts = st.builds(
    About,
    shop=st.just("shop"), day=st.just(DAY), kind=st.sampled_from(PeriodKind),
    state=st.sampled_from(State), needs_attention=st.booleans(),
    owners_with_tasks=st.frozensets(st.sampled_from(["art", "boss", "service"])),
    is_complete=st.booleans(), was_sent=st.booleans(),
)  # fmt: skip


def recipient(**more):
    return RecipientSettings(name="x", to="x@example.com", **more)


def decided(who, about=ABOUT, now=NINE):
    decision = decide(who, about, now, SETTINGS)
    return decision.course.value, decision.reason.id.removeprefix("outbox.why.") if (
        decision.reason
    ) else None


@pytest.mark.parametrize(
    ("who", "about", "expected"),
    [
        ({}, {}, ("send", None)),
        ({"when": "abnormal"}, {}, ("skip", "normal")),
        ({"when": "abnormal"}, {"needs_attention": True}, ("send", None)),
        ({"when": "abnormal"}, {"state": State.INSUFFICIENT_DATA}, ("skip", "unjudged")),
        ({"when": "abnormal"}, {"was_sent": True}, ("send", None)),
        ({"owners": ["art"]}, {"owners_with_tasks": frozenset({"boss"})}, ("skip", "no_task")),
        ({"owners": ["art"]}, {"owners_with_tasks": frozenset({"art", "boss"})}, ("send", None)),
        ({"reports": ["week"]}, {}, ("skip", "other_report")),
        ({"reports": ["week"]}, {"kind": PeriodKind.WEEK}, ("send", None)),
        ({"shops": ["other"]}, {}, ("skip", "other_shop")),
        ({"shops": ["other"]}, {"was_sent": True}, ("skip", "other_shop")),
        ({"quiet": ["08:00", "09:30"]}, {}, ("hold", "quiet")),
        ({"quiet": ["22:00", "09:00"]}, {}, ("send", None)),
    ],
)
def test_a_recipient_gets_what_they_asked_for(who, about, expected):
    assert decided(recipient(**who), replace(ABOUT, **about)) == expected


def test_late_data_hold_a_report_until_the_next_morning_then_it_goes_out():
    for late in ({"state": State.INCOMPLETE_DATA}, {"is_complete": False}):
        about = replace(ABOUT, **late)
        held = decide(recipient(), about, NINE, SETTINGS)
        assert (held.course, held.reason.id) == (Course.HOLD, "outbox.why.late")
        assert held.not_before == datetime(2026, 9, 17, 10, 30, tzinfo=BEIJING)
        assert decide(recipient(), about, held.not_before, SETTINGS).course is Course.SEND


def test_who_wants_abnormal_days_hears_of_a_day_that_cannot_be_judged():
    about = replace(ABOUT, state=State.INCOMPLETE_DATA)
    who = recipient(when="abnormal")
    assert decided(who, about) == ("hold", "late")
    assert decided(who, about, NINE + timedelta(hours=2)) == ("send", None)
    assert decided(who, replace(about, state=State.NORMAL, is_complete=False)) == (
        "skip",
        "normal",
    )


def test_the_hold_ends_inside_quiet_hours_when_those_end():
    who = recipient(quiet=["10:00", "12:15"])
    decision = decide(who, replace(ABOUT, is_complete=False), NINE, SETTINGS)
    assert decision.not_before == datetime(2026, 9, 17, 12, 15, tzinfo=BEIJING)
    assert decision.reason.id == "outbox.why.quiet"


@pytest.mark.parametrize(
    ("quiet", "at", "ends"),
    [
        (("22:00", "08:00"), "2026-09-16T22:00", "2026-09-17T08:00"),
        (("22:00", "08:00"), "2026-09-17T07:59", "2026-09-17T08:00"),
        (("22:00", "08:00"), "2026-09-17T08:00", None),
        (("22:00", "08:00"), "2026-09-16T21:59", None),
        (("12:00", "14:00"), "2026-09-16T13:30", "2026-09-16T14:00"),
        (("12:00", "14:00"), "2026-09-16T14:00", None),
        (("12:00", "12:00"), "2026-09-16T12:00", None),
        (("12:00", "00:00"), "2026-12-31T23:00", "2027-01-01T00:00"),
        (("00:00", "08:00"), "2026-09-16T00:00", "2026-09-16T08:00"),
        (None, "2026-09-16T12:00", None),
    ],
)
def test_quiet_hours_end_when_the_clock_says(quiet, at, ends):
    moment = datetime.fromisoformat(at).replace(tzinfo=BEIJING)
    expected = datetime.fromisoformat(ends).replace(tzinfo=BEIJING) if ends else moment
    assert after_quiet(quiet, moment) == expected
    assert after_quiet(quiet, moment.astimezone(UTC)) == expected


def is_quiet(quiet, moment):
    """The definition, minute by minute: walking on from the start meets the clock first."""
    start, end, clock = (
        at.hour * 60 + at.minute
        for at in (
            time.fromisoformat(quiet[0]),
            time.fromisoformat(quiet[1]),
            moment.astimezone(BEIJING).time(),
        )
    )
    return (clock - start) % 1440 < (end - start) % 1440


@given(quiets, moments)
def test_after_quiet_is_the_first_loud_moment(quiet, moment):
    after = after_quiet(quiet, moment)
    assert after >= moment
    assert after - moment < timedelta(days=1)
    assert after_quiet(quiet, after) == after
    if quiet is not None:
        assert not is_quiet(quiet, after)
        assert (after == moment) == (not is_quiet(quiet, moment))
        if after > moment:
            assert is_quiet(quiet, after - timedelta(microseconds=1))


@given(recipients, abouts, moments)
def test_a_decision_holds_together(who, about, now):
    decision = decide(who, about, now, SETTINGS)
    assert (decision.reason is None) == (decision.course is Course.SEND)
    assert (decision.not_before > now) == (decision.course is Course.HOLD)
    elsewhere = decide(who, about, now.astimezone(UTC), SETTINGS)
    assert (elsewhere.course, elsewhere.reason) == (decision.course, decision.reason)
    assert elsewhere.not_before == decision.not_before
    if decision.course is Course.HOLD:
        later = decide(who, about, decision.not_before, SETTINGS)
        assert later.course is Course.SEND
        patience = hold_until(DAY, SETTINGS)
        assert decision.not_before <= max(now, patience) + timedelta(days=1)
    if decision.course is Course.SKIP:
        for later in (now, now + timedelta(hours=12)):
            assert decide(who, about, later, SETTINGS).course is Course.SKIP


@given(recipients, abouts, moments)
def test_complete_data_are_never_held_for_files(who, about, now):
    state = State.NORMAL if about.state is State.INCOMPLETE_DATA else about.state
    complete = replace(about, is_complete=True, state=state)
    decision = decide(replace_quiet(who), complete, now, SETTINGS)
    assert decision.course is not Course.HOLD


def replace_quiet(who):
    return who.model_copy(update={"quiet": None})
