"""What happened at the same time is laid beside a finding, by date and without a claim."""

from __future__ import annotations

import re
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from storeops.calendars import load_calendar
from storeops.config import EventSettings, LoggedChange
from storeops.diagnose.alongside import MOST, lined_up
from storeops.diagnose.finding import Direction, Finding, Owner, Severity, Subject
from storeops.diagnose.topic import Context
from storeops.facts import Window
from storeops.fields import Col
from storeops.messages import message
from storeops.metrics.board import watch
from storeops.metrics.results import BaselineKind, MarketView, ShopDay, Stage
from storeops.reporter.lang import catalogue

DAY = date(2025, 4, 24)
HERO = "600123456789"


def ago(days: int) -> date:
    return DAY - timedelta(days=days)


def finding(id_: str = f"item:{HERO}", way: Direction = Direction.DOWN, **more: object) -> Finding:
    kind, _, key = id_.partition(":")
    return Finding(
        id=id_, topic="items", subject=Subject(kind, key or "shop"), metric="paid_amount",
        direction=way, severity=Severity.ACT, owner=Owner.OPERATIONS,
        text=message("finding.figure"), impact=-1000.0, **more,
    )  # fmt: skip


def context(*changes: LoggedChange, events: tuple[EventSettings, ...] = ()) -> Context:
    calendar = load_calendar(events)
    day = ShopDay(
        day=DAY, phase=calendar.phase(DAY), stage=Stage.GROWING, kind=BaselineKind.WEEKDAY,
        days_used=(), normal_days=60, figures=(), gaps=(), band=0.15, money_floor=200.0,
        now=None, before=None, split=None,
    )  # fmt: skip
    return Context(
        calendar=calendar, board=watch(EMPTY, calendar), shop_day=day,
        market=MarketView("paid_amount", "unknown"), changes=changes,
    )  # fmt: skip


def window(
    prices: dict[int, float] | None = None, buyers: dict[int, float] | None = None
) -> Window:
    """Give an item with 1,000 visitors and 100 buyers of one unit a day; factors by days ago."""
    n_days = 40
    back = np.arange(n_days)[::-1]
    wobble = 1 + 0.004 * ((back * 7) % 5 - 2)
    price, paid = 50.0 * wobble, np.round(100.0 * wobble)
    for since, factor in (prices or {}).items():
        price = np.where(back <= since, price * factor, price)
    for since, factor in (buyers or {}).items():
        paid = np.where(back <= since, np.round(paid * factor), paid)
    frame = pd.DataFrame(
        {
            Col.DATE.value: pd.date_range(end=pd.Timestamp(DAY), periods=n_days, unit="s"),
            Col.ITEM_ID.value: HERO,
            Col.ITEM_TITLE.value: np.where(back <= 1, "new title", "old title"),
            Col.VISITORS.value: 1000.0,
            Col.PAID_BUYERS.value: paid,
            Col.PAID_UNITS.value: paid,
            Col.PAID_AMOUNT.value: paid * price,
        }
    )
    return Window("test", ago(n_days - 1), DAY, {"item_daily": frame})


EMPTY = Window("test", ago(39), DAY, {})


def told(findings, window_, context_, lang="en"):
    words = catalogue(lang)
    return [
        [words.text(line.text) for line in one.evidence if line.is_alongside]
        for one in lined_up(findings, window_, context_)
    ]


def noted(back: int, text: str = "new picture", item: str | None = HERO) -> LoggedChange:
    return LoggedChange(day=ago(back), text=text, kind="image", item=item)


@pytest.mark.parametrize("back", range(4))
def test_a_note_of_the_last_days_stands_beside_its_items_finding(back):
    (lines,) = told([finding()], EMPTY, context(noted(back)))
    assert lines == [f'at the same time: on {ago(back)} you noted "new picture" (image)']


@pytest.mark.parametrize("back", [-1, 4, 30])
def test_a_note_of_another_day_does_not(back):
    assert told([finding()], EMPTY, context(noted(back))) == [[]]


def test_a_note_of_another_item_does_not():
    assert told([finding()], EMPTY, context(noted(0, item="600000000001"))) == [[]]


def test_a_note_of_the_whole_shop_stands_beside_causes_only():
    cause = finding("shop.paid_amount")
    consequence = finding(because_of="shop.paid_amount")
    lines = told([cause, consequence], EMPTY, context(noted(1, item=None)))
    assert [len(one) for one in lines] == [1, 0]


def test_the_nearest_of_many_are_told():
    (lines,) = told([finding()], EMPTY, context(*(noted(n, f"n{n}") for n in (3, 0, 2, 1))))
    assert len(lines) == MOST
    assert [line.split('"')[1] for line in lines] == ["n0", "n1", "n2"]


def test_an_event_that_follows_another_is_told_by_its_begin():
    party = EventSettings(name="Party", start=ago(4), end=ago(2))
    sale = EventSettings(name="Clearance", start=ago(1), end=DAY, phase="sale")
    (lines,) = told([finding("shop.paid_amount")], EMPTY, context(events=(party, sale)))
    assert lines == [
        f"at the same time: Clearance, long sale began on {ago(1)}",
    ]


def test_an_event_that_is_over_is_told():
    party = EventSettings(name="Party", start=ago(4), end=ago(2))
    (lines,) = told([finding("shop.paid_amount")], EMPTY, context(events=(party,)))
    assert lines == [f"at the same time: Party, burst ended on {ago(2)}"]


def test_a_title_and_a_price_seen_in_the_files_are_told():
    (lines,) = told([finding()], window(prices={1: 1.1}), context())
    assert any("title changed from" in line and str(ago(1)) in line for line in lines)
    assert any("unit price" in line and str(ago(1)) in line for line in lines)


def test_timing_and_size_fit_only_where_conversion_answers_the_price():
    answered = window(prices={1: 1.1}, buyers={1: 0.7})
    (lines,) = told([finding()], answered, context())
    assert sum("timing and size fit" in line for line in lines) == 1
    (lines,) = told([finding()], window(prices={1: 1.1}), context())
    assert not any("fit" in line for line in lines)
    (lines,) = told([finding(way=Direction.UP)], answered, context())
    assert not any("fit" in line for line in lines)


def test_shuffled_dates_of_changes_yield_no_claim():
    rng = np.random.default_rng(3)
    for _ in range(40):
        price, fall = rng.choice(np.arange(2, 30), 2, replace=False)
        moved = window(prices={int(price): 1.1}, buyers={int(fall): 0.7})
        notes = context(*(noted(int(back)) for back in rng.integers(0, 30, 5)))
        assert "fit" not in str(told([finding()], moved, notes))


def test_nothing_is_ever_said_to_be_because():
    party = EventSettings(name="P", start=ago(3), end=ago(1))
    shown = [
        line
        for lang in ("zh", "en")
        for scene in (window({1: 1.1}, {1: 0.7}), window({0: 0.8}), EMPTY)
        for lines in told([finding()], scene, context(noted(0), events=(party,)), lang)
        for line in lines
    ]
    assert shown
    assert all(line.startswith(("同时：", "at the same time: ")) for line in shown)
    assert not [line for line in shown if re.search("because|due to|caus|因|导致|由于", line)]


def test_the_sentences_in_the_catalogues_claim_no_cause():
    for lang in ("zh", "en"):
        sentences = [
            text
            for name, text in catalogue(lang).templates.items()
            if name.startswith("evidence.alongside.")
        ]
        assert len(sentences) == 11
        assert not [s for s in sentences if re.search("because|due to|caus|因|导致|由于", s)]


def test_hostile_notes_come_out_inert():
    (lines,) = told([finding()], EMPTY, context(noted(0, "=1+1\x1b[31m{day}\u202e")))
    assert "=1+1{day}" in lines[0]
    assert not re.search("[\x1b\u202e]", lines[0])


def test_without_findings_nothing_is_looked_up():
    assert lined_up((), EMPTY, context(noted(0))) == ()
