"""What a week and a month say: the verdict, what moved, and what a meeting needs to know."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from storeops.calendars import load_calendar
from storeops.config import LoggedChange
from storeops.diagnose.finding import Cause, Diagnosis, Direction, Owner, Severity, State
from storeops.diagnose.period import diagnose_period
from storeops.fields import Col
from storeops.messages import Message
from storeops.metrics.periods import PeriodKind, before, days_of, period_of
from storeops.reporter.build import build
from storeops.reporter.lang import FOLDER, Catalogue, read
from storeops.reporter.terminal import render

sys.path.insert(0, str(Path(__file__).parent.parent / "metrics"))
from shops import ad_rows, long_rows, quiet_shop, window

CALENDAR = load_calendar()
SUNDAY = date(2025, 4, 20)
WEEK = period_of(PeriodKind.WEEK, SUNDAY)
COUNTS = [Col.VISITORS, Col.PAID_BUYERS, Col.PAID_AMOUNT]
HERO, SEARCH = "600000000001", "search"
ITEMS = [f"60000000000{n}" for n in range(1, 9)]
SOURCES = [SEARCH, "cart", "recommended", "live", "direct"]


@dataclass(frozen=True)
class Said:
    day: date
    findings: tuple[str, ...]


def shop(last=SUNDAY, *, n_days=220, seed=3, buyers=150.0):
    rng = np.random.default_rng(seed)
    return quiet_shop(rng, buyers=buyers, noise=0.08, last=last, n_days=n_days)


def parts(frame, seed=5):
    """Items, sources and ads whose money adds up to the shop's."""
    rng = np.random.default_rng(seed)
    items = long_rows(rng, frame, Col.ITEM_ID, ITEMS)
    items[Col.ITEM_TITLE] = "dress " + items[Col.ITEM_ID].str[-1]
    keys = {Col.CARRIER: "", Col.ATTRIBUTION: "last", Col.DEVICE: "all"}
    sources = long_rows(rng, frame, Col.SOURCE, SOURCES, **keys)
    return items, sources, ad_rows(rng, frame, grain="scene", window="15")


def take(frame, members, key, name, period, keep):
    """Let one member lose a part of its people and money over a period, and the shop with it."""
    days = members[Col.DATE].dt.date
    mine = (members[key] == name) & (days >= period.first) & (days <= period.last)
    lost = members.loc[mine, [Col.DATE, *COUNTS]].copy()
    lost[COUNTS] = (lost[COUNTS] * (1 - keep)).round()
    members.loc[mine, COUNTS] -= lost[COUNTS]
    where = frame[Col.DATE].isin(lost[Col.DATE])
    frame.loc[where, COUNTS] -= lost[COUNTS].to_numpy()


def diagnosed(frame, period=WEEK, tables=None, **given) -> Diagnosis:
    return diagnose_period(window(frame, **(tables or {})), CALENDAR, period, **given)


def told(diagnosis, lang="en"):
    """Render strictly: an unknown message is an error."""
    templates = {}
    for path in sorted((FOLDER / lang).glob("*.yaml")):
        templates |= read(path)
    words = Catalogue(lang, templates, strict=True)
    return words.text(diagnosis.verdict.text), render(build(diagnosis, ()), words, 100, False)


def table(diagnosis, name):
    return next((one for one in diagnosis.tables if one.name == name), None)


def cells(found, column):
    index = [one.id for one in found.columns].index(column)
    return [row[index] for row in found.rows]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_quiet_week_is_normal_and_every_sentence_exists(lang):
    frame = shop()
    items, sources, ads = parts(frame)
    found = diagnosed(frame, tables={"item_daily": items, "source_daily": sources, "ad_daily": ads})
    assert found.verdict.state is State.NORMAL
    assert found.period == WEEK
    assert found.day == SUNDAY
    assert [one for one in found.findings if one.severity is not Severity.INFO] == []
    assert {one.topic for one in found.checked} == {"shop", "sources", "items"}
    verdict, screen = told(found, lang)
    assert verdict.split()[0] in screen
    assert [one.name for one in found.tables][:3] == [
        "table.period",
        "table.daily",
        "table.sources",
    ]


def test_the_tables_of_members_add_up_to_the_shop_and_show_no_sum_of_people():
    frame = shop()
    items, sources, ads = parts(frame)
    found = diagnosed(frame, tables={"item_daily": items, "source_daily": sources, "ad_daily": ads})
    by_source = table(found, "table.sources")
    days = sources[Col.DATE].dt.date
    mine = sources[(days >= WEEK.first) & (days <= SUNDAY)]
    assert sum(cells(by_source, "metric.paid_amount")) == pytest.approx(mine[Col.PAID_AMOUNT].sum())
    assert max(cells(by_source, "metric.visitors_per_day")) <= mine[Col.VISITORS].max()
    for row in by_source.rows:
        now, previous, change = row[4:7]
        assert change == pytest.approx(now - previous)
    assert "metric.visitors" not in {column.id for column in by_source.columns}
    account = table(found, "table.ads").rows[0]
    in_week = ads[ads[Col.DATE].dt.date >= WEEK.first]
    assert account[1] == pytest.approx(in_week["ad_spend"].sum())
    assert account[5] == pytest.approx(in_week["attributed_amount"].sum() / account[1])
    assert any(note.kind == "immature" for note in found.notes)


def test_a_hero_that_lost_half_a_week_is_found_with_its_yuan_and_owner():
    frame = shop()
    items, sources, ads = parts(frame)
    take(frame, items, Col.ITEM_ID, HERO, WEEK, 0.3)
    take(shop(), sources, Col.SOURCE, SEARCH, WEEK, 0.45)
    tables = {"item_daily": items, "source_daily": sources, "ad_daily": ads}
    found = diagnosed(frame, tables=tables)
    assert found.verdict.state is State.ABNORMAL
    assert found.verdict.direction is Direction.DOWN
    cause = next(one for one in found.findings if one.because_of is None)
    assert cause.id == f"item:{HERO}"
    assert cause.owner is Owner.OPERATIONS
    assert cause.action is not None
    lost = -0.7 * items[items[Col.ITEM_ID] == HERO].tail(35)[Col.PAID_AMOUNT].head(28).mean() * 7
    assert cause.impact == pytest.approx(lost, rel=0.3)
    assert cells(table(found, "table.items_down"), "column.item_id")[0] == HERO
    by_id = {one.id: one for one in found.findings}
    assert by_id["shop.paid_amount"].because_of == cause.id
    causes = [one for one in found.findings if one.because_of is None]
    assert [one.id for one in causes] == [cause.id]  # its loss makes no winners of the others
    for lang in ("zh", "en"):
        assert "dress 1" in told(found, lang)[0]


def test_every_split_adds_up_and_the_verdict_speaks_of_the_same_yuan():
    frame = shop()
    frame.loc[frame.index[-7:], COUNTS] = (frame.loc[frame.index[-7:], COUNTS] * 0.6).round()
    found = diagnosed(frame)
    split = found.split
    assert sum(part.amount for part in split.parts) == pytest.approx(split.end - split.start)
    assert found.verdict.impact == pytest.approx(split.end - split.start)
    assert found.verdict.main_factor == "visitors"


def test_peers_that_fell_as_much_make_it_the_market():
    frame = shop()
    peers = frame[[Col.DATE, Col.PAID_AMOUNT]].rename(columns={Col.PAID_AMOUNT: Col.VALUE})
    for table_, column in ((frame, COUNTS), (peers, [Col.VALUE])):
        table_.loc[table_.index[-7:], column] *= 0.6
    peers = peers.assign(metric="paid_amount", peer="average")
    found = diagnosed(frame, tables={"peer_daily": peers})
    assert found.verdict.state is State.ABNORMAL
    assert found.verdict.cause is Cause.MARKET
    alone = diagnosed(frame, tables={"peer_daily": peers.assign(value=1000.0)})
    assert alone.verdict.cause is Cause.SHOP


def promoted(last, *, n_days):
    """A shop that doubles on every promotion day."""
    frame = shop(last, n_days=n_days)
    days = [stamp.date() for stamp in frame[Col.DATE]]
    lifted = np.array([CALENDAR.phase(day).phase.is_promotion for day in days])
    frame.loc[lifted, COUNTS] *= 2
    return frame


def test_a_promotion_without_a_precedent_cannot_be_told():
    last = date(2025, 6, 22)
    found = diagnosed(promoted(last, n_days=90), period_of(PeriodKind.WEEK, last))
    assert found.verdict.state is State.PROMOTION
    assert found.verdict.text.id == "verdict.period.promotion.alone"
    assert found.findings == ()
    assert {one.topic for one in found.checked} <= {"shop"}
    assert found.phase is not None
    assert "cannot tell" in told(found)[0]


def test_a_promotion_is_laid_beside_the_same_days_of_the_last_one():
    last = date(2025, 6, 22)
    week = period_of(PeriodKind.WEEK, last)
    frame = promoted(last, n_days=420)
    found = diagnosed(frame, week)
    assert found.verdict.state is State.PROMOTION
    assert found.verdict.text.id in {"verdict.period.promotion", "verdict.period.promotion.partly"}
    change = found.verdict.text.args["event_change"].value
    assert abs(change) < 0.25
    lower = frame.copy()
    days = lower[Col.DATE].dt.date
    lower.loc[days >= week.first, COUNTS] *= 0.25
    assert diagnosed(lower, week).verdict.state is State.ABNORMAL


def test_an_ordinary_week_after_a_promotion_says_that_the_two_do_not_compare():
    last = date(2025, 7, 6)
    week = period_of(PeriodKind.WEEK, last)
    frame = promoted(last, n_days=220)
    earlier = [day for day in days_of(before(week)) if CALENDAR.phase(day).phase.is_promotion]
    ids = {note.message.id for note in diagnosed(frame, week).notes}
    assert ("note.period.promoted" in ids) == bool(earlier)
    week = period_of(PeriodKind.WEEK, date(2025, 6, 29))
    found = diagnosed(promoted(date(2025, 6, 29), n_days=220), week)
    assert "note.period.promoted" in {note.message.id for note in found.notes}


def test_a_week_with_most_days_missing_is_not_judged():
    frame = shop()
    some = frame[~frame[Col.DATE].dt.date.isin(list(days_of(WEEK))[:4])]
    found = diagnosed(some)
    assert found.verdict.state is State.INCOMPLETE_DATA
    assert found.findings == ()
    assert found.split is None
    assert any(note.kind == "gap" for note in found.notes)


def test_a_young_shop_is_compared_with_the_week_before_only():
    found = diagnosed(shop(n_days=11))
    assert found.verdict.state is State.INSUFFICIENT_DATA
    assert found.figures[0].previous_day is not None
    assert found.figures[0].baseline is None
    assert "only 4 normal days" in told(found)[0]


def test_what_kept_coming_back_is_counted_by_days_and_the_last_word_holds():
    days = list(days_of(WEEK))
    said = [
        *(Said(day, (f"item:{HERO}", "shop.paid_amount")) for day in days[:3]),
        Said(days[3], (f"item:{HERO}",)),
        Said(days[3], ()),
        Said(days[4], ("trend.item:" + HERO, "rival:x:1:y:z")),
        Said(days[5], ("trend.item:" + HERO, "rival:x:1:y:z")),
        Said(WEEK.first - timedelta(days=1), (f"item:{HERO}",)),
    ]
    frame = shop()
    items, *_ = parts(frame)
    found = diagnosed(frame, tables={"item_daily": items}, judgements=said)
    causes = table(found, "table.causes")
    assert cells(causes, "column.times") == [3.0, 3.0, 2.0, 2.0]
    assert [cell.id for cell in cells(causes, "column.what")] == [
        "period.cause.member", "period.cause.shop", "period.cause.rival",
        "period.cause.trend.member",
    ]  # fmt: skip
    assert all(isinstance(cell, Message) for cell in cells(causes, "column.days"))


def test_what_was_noted_in_the_week_is_listed_and_what_lies_ahead():
    changes = tuple(
        LoggedChange(day=day, text="=1+1 new picture", kind="image")
        for day in (WEEK.first, WEEK.first - timedelta(days=1))
    )
    last = date(2025, 5, 11)
    found = diagnosed(shop(last), period_of(PeriodKind.WEEK, last), changes=())
    ahead = table(found, "table.ahead")
    until = last + timedelta(days=14)
    assert all(first <= until for first in cells(ahead, "column.first"))
    assert all(end > last for end in cells(ahead, "column.last"))
    done = table(diagnosed(shop(), changes=changes), "table.done")
    assert cells(done, "column.date") == [WEEK.first]


def test_a_month_is_compared_with_last_year_when_the_record_reaches_it():
    last = date(2025, 4, 30)
    month = period_of(PeriodKind.MONTH, last)
    frame = shop(last, n_days=430)
    lines = table(diagnosed(frame, month), "table.period")
    year = next(row for row in lines.rows if row[0].id == "period.line.year")
    days = frame[Col.DATE].dt.date
    april = frame[(days >= date(2024, 4, 1)) & (days <= date(2024, 4, 30))]
    assert year[1:3] == (date(2024, 4, 1), date(2024, 4, 30))
    assert year[3] == pytest.approx(april[Col.PAID_AMOUNT].sum())
    short = table(diagnosed(frame.tail(300).reset_index(drop=True), month), "table.period")
    assert "period.line.year" not in {row[0].id for row in short.rows}


def test_months_of_unlike_length_say_so():
    last = date(2025, 3, 31)
    found = diagnosed(shop(last), period_of(PeriodKind.MONTH, last))
    note = next(note for note in found.notes if note.message.id == "note.period.lengths")
    assert note.message.args == {"days": 31, "before": 28}


def test_items_that_no_export_covers_say_which_download_would_help():
    found = diagnosed(shop())
    missing = [note for note in found.notes if note.kind == "missing_export"]
    assert len(missing) == 3
    assert table(found, "table.items_up") is None


def test_quiet_weeks_with_items_and_sources_point_at_nothing():
    """Watched members share what one notice a week allows; 20 weeks gave one at most."""
    found = []
    for seed in range(20):
        frame = shop(seed=seed + 100)
        items, sources, ads = parts(frame, seed)
        tables = {"item_daily": items, "source_daily": sources, "ad_daily": ads}
        said = diagnosed(frame, tables=tables)
        assert pd.notna(said.figures[0].value)
        found += [one.id for one in said.findings if one.severity is not Severity.INFO]
    assert len(found) <= 1, found
