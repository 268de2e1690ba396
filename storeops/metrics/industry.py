"""The industry beside the shop: lines of a category, fast risers of rankings, words and demand.

Indexes are compared as ratios only and never added. A ranking shows its first places: what is not
in it is not known, so only entering it can be told.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from storeops.facts import MARKET_DAILY, MARKET_RANK, SHOP_DAILY, Window
from storeops.fields import Col
from storeops.metrics.index_steps import INDEXES
from storeops.metrics.intervals import Certainty, Difference, Interval, compare
from storeops.metrics.rivals import Asked, Look, looks, own_frame

WEEK = 7
GAP = 0.10
"""A gap of ten points between own and industry is worth a line (DOMAIN J10)."""
RISES = 0.50
"""Half as much again in 30 days makes a riser (DOMAIN J9)."""
_OUTSTANDING = 3.0
_MAD_TO_SD = 1.4826
_LEAST_SPREAD = 0.05
_LEAST_RANKED = 8
_HERO_WORDS = 5
_LOW_SHARE = 0.02
_MOST = 20
_COUNTERPART = {name.value: name.value for name in (Col.PAID_AMOUNT, Col.VISITORS, Col.PAID_BUYERS)}


@dataclass(frozen=True, slots=True)
class IndustryLine:
    """A category's figure over the last week, and what the shop did in the same days.

    ``change`` and ``own`` are relative to the week before; None where a week lacks looks.
    """

    category: str
    metric: str
    day: date
    value: float
    change: float | None
    own_metric: str | None
    own: float | None

    @property
    def gap(self) -> float | None:
        """Give what the shop did beyond the industry, as a fraction (0.1 is ten points)."""
        return None if self.own is None or self.change is None else self.own - self.change


@dataclass(frozen=True, slots=True)
class Riser:
    """A shop, item, brand or word that rose in a ranking, with the reason it is told."""

    category: str
    kind: str
    name: str
    rank: float | None
    rank_before: float | None
    growth: float | None
    reason: str
    """own (the shop itself, wherever it stands), entered, growth or outstanding"""


@dataclass(frozen=True, slots=True)
class Demand:
    """A word's demand and the shop's part in it: opportunity, risk, or neither (None)."""

    word: str
    popularity: Interval
    change: Difference
    own_visitors: float | None
    kind: str | None


def has_industry(window: Window) -> bool:
    """Tell whether there is anything of the industry."""
    return window.has(MARKET_DAILY.name) or window.has(MARKET_RANK.name)


def _rows(window: Window, fact: str, asked: Asked) -> pd.DataFrame | None:
    frame = window.tables.get(fact)
    if frame is None:
        return None
    absent = {c.value for c in (Col.VALUE, Col.LOW, Col.HIGH, Col.WORDS)} - set(frame.columns)
    frame = frame.reindex(columns=[*frame.columns, *sorted(absent)])
    if asked.category is not None:
        frame = frame[frame[Col.CATEGORY] == asked.category]
    return frame if len(frame) else None


def industry_lines(window: Window, asked: Asked | None = None) -> tuple[IndustryLine, ...]:
    """Lay every exact figure of a category beside the shop's own."""
    frame = _rows(window, MARKET_DAILY.name, asked or Asked())
    if frame is None:
        return ()
    exact = frame[frame[Col.VALUE].notna() & (frame[Col.METRIC] != Col.TRADE_GROWTH.value)]
    return tuple(_industry_lines(window, exact))


def _industry_lines(window: Window, frame: pd.DataFrame) -> Iterator[IndustryLine]:
    shop = window.tables.get(SHOP_DAILY.name)
    for (category, metric), rows in frame.groupby([Col.CATEGORY.value, Col.METRIC.value]):
        line = rows.set_index(Col.DATE.value)[Col.VALUE.value].sort_index()
        own_metric = str(metric) if metric in INDEXES else _COUNTERPART.get(str(metric))
        mine = _own_line(window, str(own_metric)) if metric in INDEXES else None
        if metric not in INDEXES and shop is not None and own_metric in shop.columns:
            mine = shop.set_index(Col.DATE.value)[own_metric]
        own = None
        if mine is not None:
            own = _week_on_week(mine[mine.index.isin(line.index)], line.index[-1])
        yield IndustryLine(
            str(category), str(metric), line.index[-1].date(), float(line.iloc[-1]),
            _week_on_week(line, line.index[-1]), own_metric, own,
        )  # fmt: skip


def _own_line(window: Window, index: str) -> pd.Series | None:
    """Give the own index as comparisons show it: an index is laid beside an index only."""
    frame = own_frame(window)
    if frame is None:
        return None
    mine = frame[
        (frame[Col.METRIC] == index) & (frame[Col.ITEM_ID] == "") & (frame[Col.PART] == "")
    ]
    mine = mine[mine[Col.VALUE].notna()].drop_duplicates(Col.DATE.value)
    return mine.set_index(Col.DATE.value)[Col.VALUE.value] if len(mine) else None


def _week_on_week(line: pd.Series, last: pd.Timestamp) -> float | None:
    """Compare the last week's middle with the week before's, on weekdays that both have."""
    weeks = []
    for back in (0, 1):
        end = last - timedelta(days=WEEK * back)
        days = [end - timedelta(days=n) for n in range(WEEK)]
        weeks.append(line.reindex(days).to_numpy(dtype=float))
    both = (weeks[0] > 0) & (weeks[1] > 0)
    if both.sum() < WEEK - 2:
        return None
    return float(np.expm1(np.log(weeks[0][both]).mean() - np.log(weeks[1][both]).mean()))


def risers(window: Window, asked: Asked | None = None) -> tuple[Riser, ...]:
    """List who rose: new in the ranking, half as much again, or far beyond the others."""
    asked = asked or Asked()
    frame = _rows(window, MARKET_RANK.name, asked)
    if frame is None:
        return ()
    found: list[Riser] = []
    for (category, kind), rows in frame.groupby([Col.CATEGORY.value, Col.RANK_KIND.value]):
        found += _of_ranking((str(category), str(kind), window.shop), rows, asked.days)
    return tuple(found)


def _of_ranking(of: tuple[str, str, str], rows: pd.DataFrame, days: int) -> list[Riser]:
    category, kind, shop = of
    stamps = sorted(set(rows[Col.DATE]))
    last = stamps[-1]
    earlier = [s for s in stamps[:-1] if (last - s).days <= days]
    if not earlier:
        return []
    first = earlier[0]
    now, then = (_ranking(rows[rows[Col.DATE] == stamp]) for stamp in (last, first))
    growths = {name: _growth(now[name], then[name]) for name in now if name in then}
    stands = _outstanding({n: g for n, g in growths.items() if g is not None})
    found = []
    for name, figures in now.items():
        rank, before = _middle(figures.get("rank")), _middle(then.get(name, {}).get("rank"))
        growth, reason = growths.get(name), None
        if name == shop:
            reason = "own"
        elif name not in then:
            reason = "entered"
        elif growth is not None and growth >= RISES:
            reason = "growth"
        elif name in stands:
            reason = "outstanding"
        if reason is not None:
            found.append(Riser(category, kind, name, rank, before, growth, reason))
    order = {"own": 0, "growth": 1, "outstanding": 1, "entered": 2}
    found.sort(key=lambda r: (order[r.reason], -(r.growth or 0), r.rank or math.inf, r.name))
    return found[:_MOST]


def _ranking(rows: pd.DataFrame) -> dict[str, dict[str, Interval]]:
    found: dict[str, dict[str, Interval]] = {}
    pairs = zip(rows[Col.MEMBER], rows[Col.METRIC], looks(rows), strict=True)
    for name, metric, look in pairs:
        of = found.setdefault(str(name), {})
        if look.shown is not None:
            of[str(metric)] = look.shown
    return found


def _growth(now: dict[str, Interval], then: dict[str, Interval]) -> float | None:
    """Give the certain growth of the figure a ranking is by; of ranges, the least it can be."""
    for metric in ("trade_index", "search_popularity", "traffic_index", "paid_order_lines"):
        if metric in now and metric in then:
            difference = compare(then[metric], now[metric])
            if difference.certainty is Certainty.CERTAIN:
                return difference.least
    return None


def _outstanding(growths: dict[str, float]) -> set[str]:
    if len(growths) < _LEAST_RANKED:
        return set()
    logs = np.log1p(np.maximum(list(growths.values()), -0.99))
    middle = float(np.median(logs))
    spread = max(_MAD_TO_SD * float(np.median(np.abs(logs - middle))), _LEAST_SPREAD)
    return {
        name
        for name, log in zip(growths, logs, strict=True)
        if (log - middle) / spread >= _OUTSTANDING
    }


def _middle(shown: Interval | None) -> float | None:
    return shown.low if shown is not None else None


def demands(window: Window, asked: Asked | None = None) -> tuple[Demand, ...]:
    """Lay the demand for words beside the visitors they bring to the shop.

    A word is an opportunity when its demand certainly rose and it brings next to nobody; one of
    the shop's first words is a risk when demand for it certainly fell.
    """
    asked = asked or Asked()
    frame = _rows(window, MARKET_RANK.name, asked)
    if frame is None:
        return ()
    words = frame[
        (frame[Col.RANK_KIND] == "word") & (frame[Col.METRIC] == Col.SEARCH_POPULARITY.value)
    ]
    first = pd.Timestamp(window.day - timedelta(days=asked.days - 1))
    words = words[words[Col.DATE] >= first]
    own = _own_words(window)
    total = sum(own.values())
    heroes = set(sorted(own, key=lambda word: -own[word])[:_HERO_WORDS])
    found = []
    for word, rows in words.sort_values(Col.DATE.value).groupby(Col.MEMBER.value):
        seen: list[Look] = [look for look in looks(rows) if look.shown is not None]
        if not seen or seen[-1].shown is None:
            continue
        change = compare(seen[0].shown if len(seen) > 1 else None, seen[-1].shown)
        mine = own.get(str(word)) if own else None
        kind = None
        if change.direction == 1 and own and (mine or 0.0) <= _LOW_SHARE * total:
            kind, mine = "opportunity", mine or 0.0
        elif change.direction == -1 and word in heroes:
            kind = "risk"
        found.append(Demand(str(word), seen[-1].shown, change, mine, kind))
    found.sort(key=lambda d: (d.kind != "risk", d.kind != "opportunity", -d.popularity.low, d.word))
    return tuple(found)


def _own_words(window: Window) -> dict[str, float]:
    """Give each word's mean daily visitors of the last week."""
    frame = window.tables.get("search_word_daily")
    if frame is None or Col.VISITORS not in frame.columns:
        return {}
    recent = frame[frame[Col.DATE] > pd.Timestamp(window.day - timedelta(days=WEEK))]
    daily = recent.groupby(Col.WORD.value)[Col.VISITORS.value].mean()
    return {str(word): float(value) for word, value in daily.items() if not math.isnan(value)}
