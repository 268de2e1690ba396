"""Who moved: members add up to the shop, noise is not blamed, slices are never mixed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from shops import long_rows, quiet_shop, window

from storeops.calendars import load_calendar
from storeops.facts import Window
from storeops.fields import Col
from storeops.metrics import sources
from storeops.metrics.attribution import item_moves, item_source_moves, source_moves, word_moves
from storeops.metrics.board import Board, watch
from storeops.metrics.figures import headline
from storeops.metrics.results import Role, ShopDay

CALENDAR = load_calendar()
ITEMS = [f"{n:012d}" for n in range(1, 21)]
SOURCES = [
    "付费流量 > 关键词推广",
    "平台流量 > 手淘搜索",
    "自主访问 > 购物车",
    "平台流量 > 手淘推荐",
]
KEYS = [Col.VISITORS.value, Col.PAID_BUYERS.value, Col.PAID_AMOUNT.value]


@pytest.fixture
def shop() -> pd.DataFrame:
    """600 buyers a day, steady, with sums that members can share out exactly."""
    frame = quiet_shop(np.random.default_rng(11), buyers=600, noise=0.06)
    frame[KEYS] = frame[KEYS].round()
    return frame


@pytest.fixture
def items(shop) -> pd.DataFrame:
    return long_rows(np.random.default_rng(12), shop, "item_id", ITEMS, item_title="衬衫")


def looked_at(facts: Window) -> tuple[ShopDay, Board]:
    board = watch(facts, CALENDAR)
    return headline(facts, CALENDAR, board=board), board


def slice_of(rng: int, shop: pd.DataFrame, **constants: str) -> pd.DataFrame:
    fixed = {"carrier": "全店流量", "attribution": "last", "device": "mobile", **constants}
    return long_rows(np.random.default_rng(rng), shop, "source", SOURCES, **fixed)


def drop(frame: pd.DataFrame, key: str, name: str, factor: float) -> pd.DataFrame:
    changed = frame.copy()
    where = (changed[key] == name) & (changed[Col.DATE] == changed[Col.DATE].max())
    changed.loc[where, KEYS] = (changed.loc[where, KEYS] * factor).round()
    return changed


def shop_of(frame: pd.DataFrame, shop: pd.DataFrame) -> pd.DataFrame:
    """Make the shop's last day the sum of its items."""
    changed = shop.copy()
    today = frame[frame[Col.DATE] == frame[Col.DATE].max()]
    for key in (Col.PAID_BUYERS.value, Col.PAID_AMOUNT.value):
        changed.loc[changed.index[-1], key] = today[key].sum()
    return changed


def test_items_add_up_to_the_shop(shop, items):
    facts = window(shop, item_daily=items)
    moves = item_moves(facts, *looked_at(facts))
    total = sum(move.change for move in moves.members) + moves.remainder
    assert total == pytest.approx(moves.change, abs=1e-6)
    assert abs(moves.remainder) < 0.01 * shop[Col.PAID_AMOUNT].mean()
    for move in moves.members:
        assert sum(a for _, a in move.split.parts) == pytest.approx(move.change, abs=1e-6)
        assert move.name == "衬衫"


def test_the_item_that_fell_comes_first_and_is_significant(shop, items):
    fallen = drop(items, "item_id", ITEMS[0], 0.3)
    facts = window(shop_of(fallen, shop), item_daily=fallen)
    moves = item_moves(facts, *looked_at(facts))
    first = moves.members[0]
    assert (first.key, first.is_significant, first.role) == (ITEMS[0], True, Role.HERO)
    assert first.change < 0
    assert first.share > 0.6
    assert not any(move.is_significant for move in moves.members[5:])


def test_roles_follow_the_share_of_sales(shop, items):
    facts = window(shop, item_daily=items)
    roles = {m.key: m.role for m in item_moves(facts, *looked_at(facts)).members}
    assert [roles[item] for item in ITEMS[:2]] == [Role.HERO, Role.HERO]
    assert roles[ITEMS[3]] is Role.SECOND
    assert roles[ITEMS[-1]] is Role.OTHER


def test_new_and_vanished_items_are_flagged(shop, items):
    last = items[Col.DATE].max()
    gone = items[~((items["item_id"] == ITEMS[1]) & (items[Col.DATE] == last))]
    new = items[(items["item_id"] == ITEMS[2]) & (items[Col.DATE] == last)].assign(item_id="9" * 12)
    both = pd.concat([gone, new], ignore_index=True)
    facts = window(shop, item_daily=both)
    found = {m.key: m for m in item_moves(facts, *looked_at(facts)).members}
    assert found[ITEMS[1]].is_vanished
    assert found["9" * 12].is_new
    assert found["9" * 12].split.visitors == pytest.approx(found["9" * 12].change)
    assert not found[ITEMS[0]].is_new


def test_quiet_items_are_rarely_significant(shop):
    seen = 0
    for seed in range(6):
        items = long_rows(np.random.default_rng(100 + seed), shop, "item_id", ITEMS)
        facts = window(shop, item_daily=items)
        seen += sum(m.is_significant for m in item_moves(facts, *looked_at(facts)).members)
    assert seen <= 3


def test_sources_carry_the_split_of_the_shop(shop):
    facts = window(shop, source_daily=slice_of(13, shop))
    moves = source_moves(*looked_at(facts))
    tree = moves.tree
    lines = [move.tree for move in moves.members]
    assert sum(m.visitors for m in lines) + tree.overlap == pytest.approx(tree.split.visitors)
    conversion = sum(m.conversion_within + m.conversion_mix for m in lines)
    assert conversion + tree.conversion_remainder == pytest.approx(tree.split.conversion_rate)
    assert moves.members[0].name in {path.rsplit(" > ", 1)[-1] for path in SOURCES}
    assert {m.key: m.group for m in moves.members} == dict(
        zip(SOURCES, ("paid", "free", "self", "free"), strict=True)
    )


def test_only_one_slice_of_sources_is_read(shop):
    whole, part = slice_of(13, shop), slice_of(14, shop, carrier="商品")
    first = slice_of(15, shop, attribution="first")
    mixed = pd.concat([whole, part, first], ignore_index=True)
    alone, together = (
        window(shop, source_daily=whole),
        window(shop, source_daily=mixed.sample(frac=1, random_state=2)),
    )
    expected = source_moves(*looked_at(alone))
    found = source_moves(*looked_at(together))
    assert found == expected
    assert dict(found.basis) == {"carrier": "全店流量", "attribution": "last", "device": "mobile"}


def test_without_a_whole_shop_carrier_one_carrier_is_read(shop):
    parts = pd.concat([slice_of(14, shop, carrier=c) for c in ("商品", "直播")], ignore_index=True)
    facts = window(shop, source_daily=parts)
    basis = dict(source_moves(*looked_at(facts)).basis)
    assert basis["carrier"] in {"商品", "直播"}


def test_a_short_history_of_items_uses_the_days_it_has(shop, items):
    recent = items[items[Col.DATE] > items[Col.DATE].max() - pd.Timedelta(days=12)]
    facts = window(shop, item_daily=recent)
    moves = item_moves(facts, *looked_at(facts))
    assert 7 <= len(moves.days_used) <= 11
    assert abs(moves.remainder) < 0.01 * shop[Col.PAID_AMOUNT].mean()
    only = items[items[Col.DATE] == items[Col.DATE].max()]
    facts = window(shop, item_daily=only)
    assert item_moves(facts, *looked_at(facts)).members == ()


def test_absent_facts_give_no_members(shop):
    facts = window(shop)
    day, board = looked_at(facts)
    assert source_moves(day, board).members == ()
    assert item_moves(facts, day, board).members == ()
    assert word_moves(day, board).members == ()
    assert item_source_moves(facts, day, board, ITEMS[0]).members == ()


def test_words_are_read_in_one_scope(shop):
    words = pd.concat(
        [
            long_rows(
                np.random.default_rng(5),
                shop,
                "word",
                ["衬衫", "宽松"],
                word_scope=s,
                device="mobile",
            )
            for s in ("outside", "inside")
        ],
        ignore_index=True,
    )
    facts = window(shop, search_word_daily=words)
    moves = word_moves(*looked_at(facts))
    assert len(moves.members) == 2
    assert dict(moves.basis)["word_scope"] == "outside"


def test_the_sources_of_one_item(shop):
    rows = slice_of(16, shop).drop(columns=["carrier", "device"])
    own, other = rows.assign(item_id=ITEMS[0]), rows.assign(item_id=ITEMS[1])
    facts = window(shop, item_source_daily=pd.concat([own, other], ignore_index=True))
    moves = item_source_moves(facts, *looked_at(facts), ITEMS[0])
    assert len(moves.members) == len(SOURCES)
    assert sum(m.change for m in moves.members) == pytest.approx(moves.change)


@pytest.mark.parametrize(
    ("path", "group"),
    [
        ("付费流量 > 关键词推广", "paid"),
        ("平台流量 > 淘宝客", "paid"),
        ("平台流量 > 手淘搜索", "free"),
        ("自主访问 > 我的淘宝", "self"),
        ("淘外流量 > 百度", "outside"),
        ("谁也不知道", "other"),
    ],
)
def test_groups_of_sources(path, group):
    assert sources.group(path) == group
