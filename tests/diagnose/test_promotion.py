"""What the calendar explains: waiting customers, the fall back after an event, a split day."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest

from storeops.calendars import load_calendar
from storeops.config import EventSettings
from storeops.diagnose.finding import Severity
from storeops.diagnose.topic import Context
from storeops.diagnose.topics.promotion import examine
from storeops.facts import Window
from storeops.fields import Col
from storeops.messages import Unit
from storeops.metrics.board import watch
from storeops.metrics.results import BaselineKind, MarketView, MetricDay, ShopDay, Stage
from storeops.reporter.lang import catalogue

UNITS = {"paid_amount": Unit.CNY}
QUIET = date(2025, 4, 10)


def figure(metric: str, change: float, z: float, *, peak: float = 0.0) -> MetricDay:
    base = 10_000.0 if metric == "paid_amount" else 0.05
    trend = (base,) * 20 + (peak or base,) + (base,) * 6 + (base * (1 + change),)
    return MetricDay(
        metric, UNITS.get(metric, Unit.RATIO), value=base * (1 + change), baseline=base, z=z,
        change=change, trend=trend, previous_day=base,
    )  # fmt: skip


def examined(day: date, *figures: MetricDay, events=(), table=None, **more):
    calendar = load_calendar(events)
    shop_day = ShopDay(
        day=day, phase=calendar.phase(day), stage=Stage.GROWING,
        kind=more.get("kind", BaselineKind.WEEKDAY), days_used=(), normal_days=60,
        figures=figures, gaps=(), band=0.15, money_floor=200.0, now=None, before=None,
        split=None, pool=more.get("pool", ()),
    )  # fmt: skip
    tables = {} if table is None else {"shop_daily": table}
    window = Window("test", day - timedelta(days=60), day, tables)
    board = watch(window, calendar)
    market = MarketView("paid_amount", "unknown")
    return examine(window, Context(calendar, board, shop_day, market))


def fell(z: float = -3.0):
    return figure("conversion_rate", -0.2, z)


def carts(change: float, z: float):
    return figure("add_to_cart_rate", change, z)


WARMUP, DEPOSIT, BUILDUP = date(2025, 10, 13), date(2025, 10, 17), date(2025, 9, 28)


@pytest.mark.parametrize("day", [WARMUP, DEPOSIT, BUILDUP])
def test_carts_up_and_conversion_down_before_an_event_is_waiting(day):
    (found,) = examined(day, fell(), carts(0.3, 2.5)).findings
    assert (found.id, found.severity) == ("promotion.waiting", Severity.INFO)
    said = catalogue("zh").text(found.text)
    assert said.startswith("顾客在等双11：加购率 6.50%（+30%），转化率 4.00%（-20%）")
    assert "不是异常" in said
    assert [line.metric for line in found.evidence] == ["conversion_rate", "add_to_cart_rate"]


def test_clear_carts_make_up_for_a_conversion_that_only_leans():
    (found,) = examined(WARMUP, figure("conversion_rate", -0.14, -1.3), carts(0.4, 3.8)).findings
    assert found.id == "promotion.waiting"


def test_carts_falling_too_is_a_warning():
    (found,) = examined(WARMUP, fell(), carts(-0.2, -2.5)).findings
    assert (found.id, found.severity) == ("promotion.not_waiting", Severity.WARN)
    assert found.action is not None


@pytest.mark.parametrize(
    ("conversion", "cart"),
    [
        (fell(-0.8), carts(0.3, 2.5)),  # conversion within noise
        (fell(), carts(0.02, 1.2)),  # carts hardly moved
        (fell(-1.2), carts(0.2, 1.2)),  # both only lean
        (fell(-1.2), carts(-0.3, -3.0)),  # conversion only leans
        (figure("conversion_rate", 0.2, 3.0), carts(-0.3, -3.0)),
    ],
)
def test_neither_is_said_where_the_numbers_do_not_say_it(conversion, cart):
    assert examined(WARMUP, conversion, cart).findings == ()


@pytest.mark.parametrize("day", [QUIET, date(2025, 11, 11), date(2025, 10, 3)])
def test_no_one_waits_on_other_days(day):
    assert examined(day, fell(), carts(0.3, 2.5)).findings == ()


def test_an_abnormal_day_is_not_explained_away():
    bad = MetricDay(
        "conversion_rate", Unit.RATIO, 0.04, 0.05, z=-3.0, change=-0.2, is_abnormal=True
    )
    assert examined(BUILDUP, bad, carts(0.3, 2.5)).findings == ()


def test_missing_carts_say_nothing():
    assert examined(WARMUP, fell()).findings == ()


def shop_rows(day: date, n_days: int = 60, **last: float) -> pd.DataFrame:
    stamps = pd.date_range(end=pd.Timestamp(day), periods=n_days, unit="s")
    frame = pd.DataFrame(
        {
            Col.DATE.value: stamps,
            Col.VISITORS.value: [1000.0 + 10 * (n % 5) for n in range(n_days)],
            Col.PAID_BUYERS.value: [50.0 + n % 3 for n in range(n_days)],
            Col.ADD_TO_CART_VISITORS.value: [80.0 + n % 4 for n in range(n_days)],
            Col.PAID_AMOUNT.value: [5000.0 + 20 * (n % 5) for n in range(n_days)],
        }
    )
    for column, value in last.items():
        frame.loc[frame.index[-1], column] = value
    return frame


def test_against_last_years_edition_waiting_is_still_measured_on_ordinary_days():
    table = shop_rows(WARMUP, paid_buyers=35.0, add_to_cart_visitors=130.0)
    pool = tuple(WARMUP - timedelta(days=n) for n in range(20, 50))
    misleading = (figure("conversion_rate", 0.3, 3.0), carts(-0.3, -3.0))
    (found,) = examined(
        WARMUP, *misleading, table=table, pool=pool, kind=BaselineKind.EVENT
    ).findings
    assert found.id == "promotion.waiting"
    assert found.evidence[0].baseline == pytest.approx(0.05, abs=0.002)


def test_more_carts_at_the_same_rate_is_waiting_too():
    table = shop_rows(WARMUP, visitors=1500.0, paid_buyers=55.0, add_to_cart_visitors=125.0)
    pool = tuple(WARMUP - timedelta(days=n) for n in range(20, 50))
    (found,) = examined(WARMUP, fell(), carts(0.02, 0.3), table=table, pool=pool).findings
    assert found.evidence[1].metric == "add_to_cart_visitors"


PARTY = EventSettings(name="Party", start=QUIET - timedelta(days=8), end=QUIET - timedelta(days=1))


def test_the_day_after_an_own_event_is_a_usual_fall_back():
    section = examined(QUIET, figure("paid_amount", -0.1, -1.2, peak=30_000.0), events=(PARTY,))
    (found,) = section.findings
    assert (found.id, found.severity) == ("promotion.fall_back", Severity.INFO)
    assert "day 1 after Party" in catalogue("en").text(found.text)


@pytest.mark.parametrize(
    "paid",
    [
        figure("paid_amount", -0.5, -6.0, peak=30_000.0),  # far below normal
        figure("paid_amount", 0.6, 5.0, peak=30_000.0),  # still far above it
        figure("paid_amount", -0.05, -0.6, peak=9_000.0),  # the event was no peak
    ],
)
def test_other_levels_after_an_event_are_not_called_usual(paid):
    assert examined(QUIET, paid, events=(PARTY,)).findings == ()


def test_aftermath_is_news_for_three_days_and_then_only_checked():
    event = date(2026, 3, 8)
    early, late = event + timedelta(days=2), date(2025, 11, 22)
    found = examined(early, MetricDay(
        "paid_amount", Unit.CNY, 9_000.0, 10_000.0, z=-1.0, change=-0.1,
        trend=(10_000.0,) * 25 + (30_000.0, 10_000.0, 9_000.0),
    ))  # fmt: skip
    assert [one.id for one in found.findings] == ["promotion.fall_back"]
    trend = (10_000.0,) * 16 + (30_000.0,) + (10_000.0,) * 10 + (9_000.0,)
    later = examined(late, MetricDay(
        "paid_amount", Unit.CNY, 9_000.0, 10_000.0, z=-1.0, change=-0.1, trend=trend,
    ))  # fmt: skip
    assert later.findings == ()
    assert len(later.checked) == 1


def test_a_day_that_starts_at_20h_is_said_to_be_split():
    (note,) = examined(date(2025, 10, 20)).notes
    said = catalogue("en").text(note.message)
    assert note.kind == "split_day"
    assert "began only at 20:00 on 2025-10-20" in said
    assert "still deposits" in said
    assert examined(date(2025, 10, 21)).notes == ()


def test_an_ordinary_day_needs_no_explanation():
    section = examined(QUIET, fell(), carts(0.3, 2.5), figure("paid_amount", 0.0, 0.0))
    assert (section.findings, section.checked, section.notes) == ((), (), ())
