"""A month's target: split to the fen, progress by weight, what is needed and whether it can be."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shops import quiet_shop, window

from storeops.calendars import Calendar, Level, Phase, load_calendar
from storeops.calendars.calendar import Claim
from storeops.calendars.phases import DayPhase, Grade
from storeops.config import EventSettings
from storeops.facts import Window
from storeops.fields import Col
from storeops.metrics.pacing import pace, split
from storeops.metrics.target import Basis, Goal, Pace
from storeops.metrics.weights import assumed, weekday_factors

PLAIN = Calendar((), frozenset(), {}, spoken_for=(date(2025, 1, 1), date(2027, 12, 31)))
"""A calendar without a single event or holiday."""
JUNE, LAST_OF_JUNE = date(2026, 6, 1), date(2026, 6, 30)


def only(events: list[EventSettings]) -> Calendar:
    """Own events and nothing else: every other day is ordinary."""
    claims = [
        Claim(
            DayPhase(Phase(event.phase), event.name, event.start.year, Level.OWN),
            event.start, event.end, 1, event.start, (event.start, event.end),
        )
        for event in events
    ]  # fmt: skip
    return Calendar(claims, frozenset(), {}, spoken_for=(date(2025, 1, 1), date(2027, 12, 31)))


def days_of(paid: list[float | None], last: date, **more: list[float]) -> pd.DataFrame:
    """One row per day: 100 visitors, 10 buyers, and what they paid."""
    amounts = [math.nan if amount is None else amount for amount in paid]
    stamps = pd.date_range(end=pd.Timestamp(last), periods=len(paid), unit="s")
    columns: dict[str, object] = {
        Col.DATE.value: stamps,
        Col.VISITORS.value: [100.0] * len(paid),
        Col.PAID_BUYERS.value: [10.0] * len(paid),
        Col.PAID_AMOUNT.value: amounts,
    }
    return pd.DataFrame(columns | more)


def flat(last: date, n_days: int = 90, amount: float = 1000.0) -> pd.DataFrame:
    return days_of([amount] * n_days, last)


def of(frame: pd.DataFrame, amount: float, calendar: Calendar = PLAIN, **goal: object) -> Pace:
    told = Goal(**{"month": JUNE, "amount": amount} | goal)  # type: ignore[arg-type]
    found = pace(window(frame), calendar, told)
    assert found is not None
    return found


def weight_left(found: Pace) -> float:
    return math.fsum(day.weight for day in found.days if day.day > found.through)


weights = st.lists(st.floats(0, 50, allow_subnormal=False), min_size=1, max_size=31).filter(
    lambda found: sum(found) > 1e-3
)


@given(st.integers(1, 10**14), weights)
def test_parts_add_up_to_the_fen_and_none_is_off_by_more_than_one(fen, weights):
    parts = split(fen / 100, weights)
    whole = [round(part * 100) for part in parts]
    assert sum(whole) == fen
    assert min(whole) >= 0
    for part, weight in zip(whole, weights, strict=True):
        assert abs(part - fen * weight / math.fsum(weights)) <= 1 + fen * 1e-13
        assert weight > 0 or part == 0


def test_a_flat_shop_on_plain_days_is_simply_days_over_thirty():
    found = of(flat(date(2026, 6, 12)), 30000.0)
    assert [day.target for day in found.days] == [1000.0] * 30
    assert found.progress == pytest.approx(12 / 30)
    assert (found.paid, found.attainment) == (12000.0, 0.4)
    assert found.gap == pytest.approx(0, abs=1e-6)
    assert found.need_per_day == found.usual_per_day == pytest.approx(1000.0)
    assert (found.remaining_days, found.behind_days, found.missing_days) == (18, 0, ())
    assert found.outlook == pytest.approx(30000.0)
    assert found.is_reachable is True
    assert found.levers == ()


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.one_of(st.none(), st.floats(600, 5000).map(lambda n: round(n, 2))),
        min_size=30, max_size=30,
    ),
    st.integers(1, 10**8),
    st.integers(0, 2**32 - 1),
)  # fmt: skip
def test_progress_grows_and_what_is_paid_and_needed_is_the_target(june, fen, seed):
    before = quiet_shop(
        np.random.default_rng(seed), buyers=20, noise=0.1, last=JUNE - timedelta(days=1), n_days=60
    )
    whole = pd.concat([before, days_of(june, LAST_OF_JUNE)], ignore_index=True)
    seen = 0.0
    for day in (1, 2, 9, 17, 18, 29, 30):
        found = of(whole.iloc[: len(before) + day], fen / 100, load_calendar())
        assert seen <= found.progress <= 1
        seen = found.progress
        assert math.fsum(day.target for day in found.days) == pytest.approx(fen / 100)
        assert found.gap == pytest.approx(found.paid - found.target * found.progress)
        if found.need_per_day:
            brought = found.paid + found.need_per_day * weight_left(found)
            assert brought == pytest.approx(found.target)
        elif found.need_per_day is not None:
            assert found.paid >= found.target


def test_the_split_of_a_month_does_not_move_while_it_runs():
    shop = quiet_shop(np.random.default_rng(3), buyers=50, noise=0.1, last=LAST_OF_JUNE)
    early, late = (of(shop.iloc[: len(shop) - cut], 99999.99, load_calendar()) for cut in (25, 0))
    assert [day.target for day in early.days] == [day.target for day in late.days]


def test_a_day_without_a_figure_is_named_and_counts_on_neither_side():
    paid: list[float | None] = [1000.0] * 90
    paid[-3] = None
    found = of(days_of(paid, date(2026, 6, 10)), 30000.0)
    assert found.missing_days == (date(2026, 6, 8),)
    assert found.paid == 9000.0
    assert found.progress == pytest.approx(9 / 30)
    assert found.gap == pytest.approx(0, abs=1e-6)
    assert found.remaining_days == 20
    assert found.days[7].paid is None
    assert found.days[7].paid_so_far == 7000.0


def test_a_zero_where_sales_never_rest_is_a_gap_but_not_on_a_holiday():
    paid: list[float | None] = [1000.0] * 90
    paid[-3] = 0.0
    frame = days_of(paid, date(2026, 6, 10))
    assert of(frame, 30000.0).missing_days == (date(2026, 6, 8),)
    rest = EventSettings(name="r", start=date(2026, 6, 8), end=date(2026, 6, 8), phase="holiday")
    resting = of(frame, 30000.0, load_calendar([rest]))
    assert resting.missing_days == ()
    assert resting.days[7].paid == 0.0


def test_a_last_day_that_is_not_complete_is_still_to_come():
    frame = flat(date(2026, 6, 12))
    frame.loc[frame.index[-1], [Col.PAID_AMOUNT.value, Col.PAID_BUYERS.value]] = [math.nan] * 2
    found = of(frame, 30000.0)
    assert found.through == date(2026, 6, 11)
    assert (found.remaining_days, found.missing_days) == (19, ())


def test_weekdays_count_by_their_own_median_and_little_by_few_days():
    weekdays = np.arange(70) % 7
    values = np.where(weekdays == 5, 2000.0, 1000.0)
    factors = weekday_factors(values, weekdays)
    raw = np.where(np.arange(7) == 5, (10 * 2 + 2) / 12, 1.0)
    assert factors == pytest.approx(raw / raw.mean())
    few = weekday_factors(values[:7], weekdays[:7])
    assert few[5] / few[4] == pytest.approx(4 / 3)
    assert list(weekday_factors(np.empty(0), np.empty(0, dtype=np.intp))) == [1.0] * 7


def test_a_weekend_shop_owes_more_on_weekends():
    last = date(2026, 6, 7)
    amounts = [
        3000.0 if (last - timedelta(days=back)).weekday() >= 5 else 1000.0
        for back in range(99, -1, -1)
    ]
    found = of(days_of(amounts, last), 100000.0)
    assert found.days[5].target > 2 * found.days[4].target
    assert found.progress > 7 / 30


def test_an_own_event_weighs_what_the_last_one_of_its_name_brought():
    events = [
        EventSettings(name="Fest", start=start, end=start + timedelta(days=1), phase="burst")
        for start in (date(2026, 4, 10), date(2026, 6, 20))
    ]
    frame = flat(date(2026, 6, 5), 100)
    peak = frame[Col.DATE].between("2026-04-10", "2026-04-11")
    frame.loc[peak, Col.PAID_AMOUNT.value] = 4000.0
    found = of(frame, 36000.0, only(events))
    fest = [day for day in found.days if day.phase.phase is Phase.BURST]
    assert [day.day.day for day in fest] == [20, 21]
    assert [day.basis for day in fest] == [Basis.OWN] * 2
    assert [day.weight for day in fest] == pytest.approx([4.0, 4.0])
    assert [day.target for day in fest] == [4000.0, 4000.0]
    assert found.progress == pytest.approx(5 / 36)
    assert found.assumed_days == ()


def test_without_a_comparable_event_the_shipped_table_speaks_and_is_named():
    event = EventSettings(name="Fest", start=date(2026, 6, 20), end=date(2026, 6, 20))
    found = of(flat(date(2026, 6, 5)), 31000.0, only([event]))
    assert found.assumed_days == (date(2026, 6, 20),)
    assert found.days[19].weight == pytest.approx(2.0)
    assert found.days[19].target == 2000.0


def test_the_shipped_table_knows_every_grade_and_level():
    table = {
        (grade, level): assumed(DayPhase(phase, event="x", level=level, **more))
        for phase, grade, more in (
            (Phase.WARMUP, Grade.WAITING, {}),
            (Phase.DEPOSIT, Grade.DEPOSIT, {}),
            (Phase.SALE, Grade.LONG_SALE, {}),
            (Phase.BURST, Grade.EVENING, {"starts_at_20h": True}),
            (Phase.BURST, Grade.BURST, {}),
            (Phase.SALE, Grade.LAST_DAY, {"is_last_day": True}),
            (Phase.AFTERMATH, Grade.FADING, {}),
        )
        for level in Level
    }
    assert {grade for grade, _ in table} == set(Grade) - {Grade.NONE}
    peaks = [table[grade, Level.MAJOR] for grade in (Grade.EVENING, Grade.BURST, Grade.LAST_DAY)]
    assert all(2 <= peak <= 3 for peak in peaks)
    assert table[Grade.WAITING, Level.MAJOR] < 1
    assert assumed(DayPhase(Phase.HOLIDAY, "spring_festival")) < assumed(
        DayPhase(Phase.HOLIDAY, "national_day")
    )


def test_a_first_wave_of_the_same_event_tells_what_the_second_will_bring():
    shop = flat(date(2025, 11, 8), 120)
    shop.loc[shop[Col.DATE] == "2025-10-21", Col.PAID_AMOUNT.value] = 5000.0
    found = of(shop, 1_200_000.0, load_calendar(), month=date(2025, 11, 1))
    peak = found.days[10]
    assert (peak.phase.grade, peak.basis, peak.weight) == (Grade.BURST, Basis.OWN, pytest.approx(5))
    assert peak.target == max(day.target for day in found.days)
    assert found.progress < 8 / 30


def test_a_burst_weighs_what_last_years_brought_even_where_its_month_has_no_ordinary_days():
    stamps = pd.date_range("2025-09-01", "2026-11-02", unit="s")
    frame = flat(date(2026, 11, 2), len(stamps))
    frame.loc[frame[Col.DATE] == "2025-11-11", Col.PAID_AMOUNT.value] = 7000.0
    found = of(frame, 500_000.0, load_calendar(), month=date(2026, 11, 1))
    burst = found.days[10]
    assert (burst.basis, burst.weight) == (Basis.OWN, pytest.approx(7.0))


def test_spring_festival_asks_what_the_last_one_brought():
    stamps = pd.date_range("2024-12-20", "2026-02-03", unit="s")
    frame = flat(date(2026, 2, 3), len(stamps))
    frame.loc[frame[Col.DATE].between("2025-01-21", "2025-02-04"), Col.PAID_AMOUNT.value] = 250.0
    found = of(frame, 20000.0, load_calendar(), month=date(2026, 2, 1))
    festival = [day for day in found.days if day.phase.event == "spring_festival"]
    assert len(festival) == 15
    assert {day.basis for day in festival} == {Basis.OWN}
    assert [day.weight for day in festival] == pytest.approx([0.25] * 15)
    new = of(frame.iloc[-30:], 20000.0, load_calendar(), month=date(2026, 2, 1))
    assert {day.basis for day in new.days if day.phase.event == "spring_festival"} == {
        Basis.ASSUMED
    }


def test_closed_days_ask_for_nothing_and_are_not_missing():
    shut = EventSettings(name="Move", start=JUNE, end=date(2026, 6, 10), phase="closed")
    found = of(flat(date(2026, 6, 12)), 20000.0, only([shut]))
    assert [day.target for day in found.days[:11]] == [0.0] * 10 + [1000.0]
    assert found.days[0].basis is Basis.CLOSED
    whole = EventSettings(name="Move", start=JUNE, end=LAST_OF_JUNE, phase="closed")
    goal = Goal(JUNE, 20000.0)
    assert pace(window(flat(date(2026, 6, 12))), only([whole]), goal) is None
    rest = EventSettings(name="Move", start=date(2026, 6, 13), end=LAST_OF_JUNE, phase="closed")
    closing = of(flat(date(2026, 6, 12)), 20000.0, only([rest]))
    assert (closing.need_per_day, closing.remaining_days) == (None, 0)
    assert closing.progress == pytest.approx(1.0)


def test_first_day_last_day_and_a_month_gone_by():
    first = of(flat(JUNE), 30000.0)
    assert (first.through, first.remaining_days, first.day_target) == (JUNE, 29, 1000.0)
    last = of(flat(LAST_OF_JUNE), 33000.0)
    assert last.is_over
    assert (last.need_per_day, last.remaining_days, last.outlook) == (None, 0, None)
    assert last.progress == 1.0
    assert last.gap == pytest.approx(-3000.0)
    later = of(flat(date(2026, 7, 20)), 33000.0)
    assert replace(later, usual_per_day=last.usual_per_day) == last


def test_a_month_that_has_not_begun_is_split_and_nothing_counted():
    found = of(flat(date(2026, 5, 20)), 60000.0)
    assert (found.through, found.paid, found.progress) == (date(2026, 5, 31), 0.0, 0.0)
    assert (found.gap, found.day_target, found.remaining_days) == (0.0, None, 30)
    assert found.need_per_day == pytest.approx(2000.0)
    assert all(day.paid is None and day.paid_so_far is None for day in found.days)


def test_without_any_data_the_calendar_alone_splits():
    found = pace(Window("x", JUNE, JUNE, {}), load_calendar(), Goal(JUNE, 1000.0))
    assert found is not None
    assert math.fsum(day.target for day in found.days) == pytest.approx(1000.0)
    assert (found.usual_per_day, found.is_reachable, found.levers) == (None, None, ())
    assert found.through == date(2026, 5, 31)


def test_a_target_already_reached_needs_nothing_more():
    found = of(flat(date(2026, 6, 12)), 10000.0)
    assert (found.need_per_day, found.is_reachable, found.levers) == (0.0, True, ())
    assert found.attainment == 1.2


def test_levers_say_what_each_factor_alone_would_have_to_be():
    frame = flat(date(2026, 6, 12), 100)
    frame.loc[10:16, [Col.VISITORS.value, Col.PAID_BUYERS.value]] = [130.0, 13.0]
    frame.loc[10:16, Col.PAID_AMOUNT.value] = 1300.0
    found = of(frame, 12000.0 + 18 * 1200.0)
    assert found.need_per_day == pytest.approx(1200.0)
    levers = {lever.factor: lever for lever in found.levers}
    visitors, rate, amount = (
        levers[name] for name in ("visitors", "conversion_rate", "amount_per_buyer")
    )
    assert (visitors.usual, visitors.needed) == (100.0, pytest.approx(120.0))
    assert (visitors.best, visitors.is_within_reach) == (130.0, True)
    assert (rate.usual, rate.needed, rate.best) == (0.1, pytest.approx(0.12), pytest.approx(0.1))
    assert (amount.usual, amount.needed) == (100.0, pytest.approx(120.0))
    assert not rate.is_within_reach
    assert not amount.is_within_reach
    assert found.is_reachable is True


def test_out_of_reach_only_when_the_three_best_weeks_together_would_not_do():
    frame = flat(date(2026, 6, 12), 100)
    frame.loc[10:16, Col.VISITORS.value] = 130.0
    frame.loc[30:36, Col.PAID_BUYERS.value] = 12.0
    amounts = {times: 12000.0 + 18 * 1000.0 * times for times in (1.8, 1.9)}
    frame.loc[50:56, Col.PAID_AMOUNT.value] = 1200.0  # best weeks: 1.3 x 1.2 x 1.2 = 1.872
    assert of(frame, amounts[1.8]).is_reachable is True
    assert all(not lever.is_within_reach for lever in of(frame, amounts[1.8]).levers)
    assert of(frame, amounts[1.9]).is_reachable is False


def test_a_history_too_short_or_without_visitors_does_not_tell():
    assert of(flat(date(2026, 6, 12), 6), 60000.0).usual_per_day is None
    blind = flat(date(2026, 6, 12))[[Col.DATE.value, Col.PAID_AMOUNT.value]]
    found = of(blind, 60000.0)
    assert found.usual_per_day == pytest.approx(1000.0)
    assert (found.levers, found.is_reachable) == ((), None)


def test_behind_counts_days_in_a_row_up_to_the_last():
    paid: list[float | None] = [1000.0] * 80 + [1000.0] * 6 + [0.01, 1000.0, 1000.0, 1000.0]
    found = of(days_of(paid, date(2026, 6, 10)), 30000.0)
    assert found.behind_days == 4
    steady = of(days_of([1000.0] * 86 + [3000.0] * 4, date(2026, 6, 10)), 30000.0)
    assert steady.behind_days == 0
    just = of(flat(date(2026, 6, 10), amount=949.9), 30000.0)
    enough = of(flat(date(2026, 6, 10), amount=950.1), 30000.0)
    assert (just.behind_days, enough.behind_days) == (10, 0)


def test_net_takes_refunds_off_and_a_day_without_refunds_is_a_gap():
    refunds = [200.0] * 90
    refunds[-2] = math.nan
    frame = days_of([1000.0] * 90, date(2026, 6, 10), **{Col.REFUNDED_AMOUNT.value: refunds})
    gross, net = of(frame, 24000.0), of(frame, 24000.0, is_net=True)
    assert (gross.paid, net.paid) == (10000.0, 7200.0)
    assert net.missing_days == (date(2026, 6, 9),)
    assert net.usual_per_day == pytest.approx(800.0)
    assert net.is_net
    assert net.gap == pytest.approx(0, abs=1e-6)
    unknown = of(flat(date(2026, 6, 10)), 24000.0, is_net=True)
    assert (unknown.paid, len(unknown.missing_days)) == (0.0, 10)


def test_a_tiny_shop_that_rarely_sells_is_split_too():
    paid: list[float | None] = [float(90 * (n % 3 == 0)) for n in range(90)]
    found = of(days_of(paid, date(2026, 6, 10)), 900.0)
    assert found.missing_days == ()
    assert found.usual_per_day == pytest.approx(30.0, rel=0.4)
    assert math.fsum(day.target for day in found.days) == pytest.approx(900.0)
    assert of(days_of([0.0] * 90, date(2026, 6, 10)), 900.0).is_reachable is None
