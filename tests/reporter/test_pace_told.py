"""What a report says of a month's target, in both languages, in every state it can be in."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hostile import words

from storeops.calendars import DayPhase, Phase
from storeops.messages import Unit
from storeops.metrics.target import Basis, DayTarget, Lever, Pace
from storeops.reporter.target_listing import pace_document
from storeops.reporter.views import pace_told

NOVEMBER = date(2026, 11, 1)
STANDS = Pace(
    month=NOVEMBER, target=1_200_000.0, through=date(2026, 11, 10), paid=300_000.0,
    attainment=0.25, progress=0.32, gap=-84_000.0, day_target=30_000.0, need_per_day=36_000.0,
    usual_per_day=30_000.0, remaining_days=20, outlook=1_100_000.0,
)  # fmt: skip


def lever(factor: str, *, is_within_reach: bool) -> Lever:
    return Lever(factor, Unit.PEOPLE, 2000.0, 2400.0, 2300.0, is_within_reach)


def told(pace: Pace, lang: str) -> list[str]:
    strict = words(lang)
    return [strict.text(one) for one in pace_told(pace)]


def ids(pace: Pace) -> list[str]:
    for lang in ("zh", "en"):
        assert all(line and "{" not in line for line in told(pace, lang))
    return [one.id for one in pace_told(pace)]


def test_a_month_that_lags_says_by_how_much_and_what_it_needs():
    assert told(STANDS, "zh") == [
        "2026-11 目标 120.00万元：到 2026-11-10 完成 30.00万元（25.00%），按星期和活动应到 32.00%，少 84,000元",
        "还剩 20 天：平销日每天要 36,000元，平时 30,000元（+20%）；照平时卖，全月约 110.00万元",
    ]
    assert told(STANDS, "en")[0] == (
        "2026-11 target ¥1.20M: ¥300,000 by 2026-11-10 (25.00%); weekdays and promotions ask for "
        "32.00%, ¥84,000 short"
    )


def test_three_days_behind_are_worth_a_word_two_are_not():
    assert "pace.behind_days" not in ids(replace(STANDS, behind_days=2))
    assert "pace.behind_days" in ids(replace(STANDS, behind_days=3))


def test_levers_are_one_sentence_and_the_impossible_is_said_plainly():
    out = tuple(lever(name, is_within_reach=False) for name in ("visitors", "amount_per_buyer"))
    assert ids(replace(STANDS, levers=out, is_reachable=True))[2:] == [
        "pace.levers", "pace.together",
    ]  # fmt: skip
    assert ids(replace(STANDS, levers=out, is_reachable=False))[2:] == [
        "pace.levers", "pace.impossible",
    ]  # fmt: skip
    one = (*out, lever("conversion_rate", is_within_reach=True))
    assert ids(replace(STANDS, levers=one, is_reachable=True))[2:] == ["pace.levers"]


@pytest.mark.parametrize(
    ("changes", "second"),
    [
        ({"need_per_day": 25_000.0}, "pace.enough"),
        ({"need_per_day": 0.0}, "pace.reached"),
        ({"need_per_day": 0.0, "usual_per_day": None, "outlook": None}, "pace.reached_unknown"),
        ({"usual_per_day": None, "outlook": None}, "pace.need_unknown"),
    ],
)
def test_what_the_remaining_days_need(changes, second):
    assert ids(replace(STANDS, **changes))[1] == second


def test_a_month_over_is_measured_by_the_target_and_needs_nothing():
    over = replace(
        STANDS, through=date(2026, 11, 30), paid=1_100_000.0, attainment=0.9167, progress=0.9,
        gap=20_000.0, need_per_day=None, outlook=None, remaining_days=0, behind_days=9,
    )  # fmt: skip
    assert ids(over) == ["pace.final"]
    assert told(over, "zh") == [
        "2026-11 目标 120.00万元：全月完成 110.00万元（91.67%），少 10.00万元"
    ]


def test_a_month_not_begun_says_so():
    ahead = replace(STANDS, through=date(2026, 10, 31), paid=0.0, attainment=0.0, progress=0.0)
    assert ids(ahead)[0] == "pace.ahead"


def test_missing_and_assumed_days_are_named_by_stretches():
    missing = (NOVEMBER, date(2026, 11, 3), date(2026, 11, 4), date(2026, 11, 5))
    assert told(replace(STANDS, missing_days=missing), "zh")[2] == (
        "4 天没有数据（11-01、11-03 至 11-05），完成和应到都没有算这几天"
    )
    assert ids(replace(STANDS, missing_days=missing, is_net=True))[2] == "pace.missing_net"
    apart = tuple(NOVEMBER + timedelta(days=2 * n) for n in range(6))
    assert "(11-01, 11-03, 11-05, 11-07, ...)" in told(replace(STANDS, missing_days=apart), "en")[2]
    day = DayTarget(date(2026, 11, 11), DayPhase(Phase.BURST), 3.0, Basis.ASSUMED, 90_000.0, 4e5)
    assert "11-11" in told(replace(STANDS, days=(day,)), "zh")[2]


def test_the_document_has_one_set_of_keys_whatever_is_known():
    keys = list(pace_document(STANDS) or {})
    blank = replace(STANDS, need_per_day=None, usual_per_day=None, outlook=None, day_target=None)
    assert list(pace_document(blank) or {}) == keys
    assert pace_document(None) is None
