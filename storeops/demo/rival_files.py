"""Tables of rivals and the industry around the demo shop, as collectors write them.

One edit is planted: three days before the last, the first rival cuts the price of the item that
matches the hero. Nothing else that a rule would tell happens on the last day.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files

import numpy as np
from pydantic import BaseModel, ConfigDict

from storeops.demo.catalogue import catalogue
from storeops.demo.truth import HERO, Truth
from storeops.yamlfile import read_yaml

_CUT_DAYS = 3
_DAYS, _LISTS, _RANK_DAYS = 60, (28, 14, 3, 2, 1, 0), (28, 0)
_INDEX_POWER = 1 / 1.75
_BUCKETS = (0, 20, 50, 150, 300, 600, 1000, 2500, 5000, 7500, 10_000, 25_000, 50_000, 75_000,
            100_000, 250_000, 500_000, 750_000, 1_000_000)  # fmt: skip
_TEN_THOUSAND = 10_000

Row = Sequence[str]


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    names: tuple[str, ...]
    shops: tuple[str, ...]
    brands: tuple[str, ...]
    category: str
    own: str
    none: str
    offer: str
    flash: str
    note: str
    ten_thousand: str
    visitors: str
    conversion: str
    items: tuple[tuple[str, str, float, float], ...]
    sources: dict[str, float]
    words: tuple[str, ...]
    searched: tuple[str, ...]
    headers: dict[str, tuple[str, ...]]


@cache
def _told() -> _Told:
    text = files("storeops.demo").joinpath("rivals.yaml").read_text(encoding="utf-8")
    return _Told.model_validate(read_yaml(text, "rivals.yaml")[0])


@dataclass(frozen=True, slots=True)
class Collected:
    """One table: its layout, its lines, and what reading it gives.

    ``total`` is the sum of all exact figures, ``first`` to ``last`` the days of its lines.
    """

    layout: str
    rows: tuple[Row, ...]
    total: float
    first: date
    last: date

    @property
    def data(self) -> bytes:
        """Write it as spreadsheet programs expect it: UTF-8 with its mark."""
        out = io.StringIO()
        csv.writer(out, lineterminator="\r\n").writerows(self.rows)
        return out.getvalue().encode("utf-8-sig")


class _Table:
    """A table in the making: header, lines, and the sum of its exact figures."""

    def __init__(self, layout: str, *more: str) -> None:
        self.layout = layout
        self.rows: list[Row] = [(*_told().headers[layout], *more)]
        self.days: list[date] = []
        self.total = 0.0

    def add(self, day: date, *cells: str | float | None) -> None:
        """Add a line after its day; floats are exact figures, text is text or a range."""
        self.days.append(day)
        texts = ["" if c is None else c if isinstance(c, str) else _plain(c) for c in cells]
        self.total += sum(float(t) for c, t in zip(cells, texts, strict=True) if _is_number(c))
        self.rows.append([day.isoformat(), *texts])

    def done(self) -> Collected:
        return Collected(
            self.layout, tuple(self.rows), round(self.total, 2), min(self.days), max(self.days)
        )


def _plain(value: float) -> str:
    return str(int(value)) if value.is_integer() else str(value)


def _is_number(cell: object) -> bool:
    return isinstance(cell, float)


def _bucket(value: float, percent: bool = False) -> str:  # noqa: FBT001, FBT002 (a table's cell)
    """Write a figure as the free pages do: the bucket it lies in."""
    if percent:
        low = int(value * 100 / 2.5) * 2.5
        return f"{low:g}% ~ {low + 2.5:g}%"
    at = int(np.searchsorted(_BUCKETS, value, side="right")) - 1
    low, high = _BUCKETS[at], _BUCKETS[min(at + 1, len(_BUCKETS) - 1)]
    return f"{_short(low)} ~ {_short(high)}"


def _short(value: int) -> str:
    return (
        f"{value / _TEN_THOUSAND:g}{_told().ten_thousand}" if value >= _TEN_THOUSAND else str(value)
    )


def _index(value: float) -> float:
    return float(round(float(value) ** _INDEX_POWER * 60))


def tables(truth: Truth) -> tuple[Collected, ...]:
    """Make one table for every layout of rivals and the industry."""
    return tuple(table.done() for table in _tables(_Scene(truth)))


def searches(truth: Truth) -> Mapping[date, Collected]:
    """Make the ranking of search words, one table a day without the day inside."""
    scene = _Scene(truth)
    return {scene.day(back): _search(scene, back) for back in _RANK_DAYS}


@dataclass(frozen=True, slots=True)
class _Scene:
    """What all tables are made from: the calendar's curve, and chance."""

    truth: Truth

    def day(self, back: int) -> date:
        return self.truth.scope.last_day - timedelta(days=back)

    def curve(self, back: int, seed: int) -> float:
        at = max(len(self.truth.curve) - 1 - back, 0)
        noise = self.truth.rng(9000 + 131 * seed + at).normal(0, 0.03)
        return float(self.truth.curve[at] * np.exp(noise))

    @property
    def own_item(self) -> str:
        return self.truth.item_ids[HERO]

    def price(self, number: int, back: int) -> float:
        before, after = _told().items[number][2:]
        return after if back <= _CUT_DAYS else before


def _tables(scene: _Scene) -> Iterator[_Table]:
    yield _metrics(scene)
    yield _shops(scene)
    yield _watched_shops(scene)
    yield from _item_tables(scene)
    yield from _flows(scene)
    yield from _lost(scene)
    yield _plugin(scene)
    yield _notes(scene)
    yield _market(scene)
    yield from _ranks(scene)


def _metrics(scene: _Scene) -> _Table:
    table = _Table("sycm_rival_metrics", *_told().names)
    for back in range(6, -1, -1):
        own = 2000 * scene.curve(back, 1)
        sizes = [own * 2.4, own * 0.7]
        table.add(scene.day(back), _told().visitors, float(round(own)), *map(_bucket, sizes))
        rates = [_bucket(rate, percent=True) for rate in (0.052, 0.031)]
        table.add(scene.day(back), _told().conversion, "4.60%", *rates)
    table.total += 7 * 0.046
    return table


def _shops(scene: _Scene) -> _Table:
    table = _Table("sycm_rival_shops")
    for back in range(13, -1, -1):
        for number, name in enumerate(_told().names):
            size = 2000 * scene.curve(back, 2 + number) * (2.4, 0.7)[number]
            table.add(scene.day(back), name, *map(_bucket, (size, size * 0.05, size * 0.1)))
    return table


def _watched_shops(scene: _Scene) -> _Table:
    table = _Table("sycm_watched_shops")
    for back in range(_DAYS - 1, -1, -1):
        for number, name in enumerate(_told().names):
            curve = scene.curve(back, 4 + number) * (2.4, 0.7)[number]
            table.add(scene.day(back), name, _index(17_000 * curve), _index(2_000 * curve))
    return table


def _item_tables(scene: _Scene) -> Iterator[_Table]:
    table = _Table("sycm_rival_items")
    top = _Table("sycm_rival_top_items")
    watched = _Table("sycm_watched_items")
    for back in (1, 0):
        day, size = scene.day(back), 900 * scene.curve(back, 7)
        for number, (item, title, *_) in enumerate(_told().items):
            mate = scene.own_item if number == 0 else None
            ranges = [_bucket(size / (number + 1)), _bucket(size * 0.05 / (number + 1))]
            price = scene.price(number, back)
            table.add(day, _told().names[0], item, title, mate, price, *ranges)
            index = _index(9_000 / (number + 1))
            top.add(day, _told().names[0], float(number + 1), item, title, index)
            offer = _told().offer if number == 1 else None
            watched.add(day, _told().names[0], item, title, price, offer, index)
    yield from (table, top, watched)


def _flows(scene: _Scene) -> Iterator[_Table]:
    sources = _Table("sycm_rival_sources")
    words = _Table("sycm_rival_words")
    for back in (1, 0):
        size = 4_800 * scene.curve(back, 8)
        for name, share in _told().sources.items():
            ranges = (_bucket(size * share), _bucket(size * share * 0.05))
            sources.add(scene.day(back), _told().names[0], name, *ranges)
        for rank, word in enumerate(_told().words, 1):
            words.add(
                scene.day(back), _told().names[0], float(rank), word, _bucket(size * 0.1 / rank)
            )
    yield from (sources, words)


def _lost(scene: _Scene) -> Iterator[_Table]:
    items = _Table("sycm_lost_items")
    shops = _Table("sycm_lost_shops")
    for back in range(6, -1, -1):
        size = scene.curve(back, 9)
        item, title = _told().items[0][:2]
        lost = float(round(380 * size))
        items.add(
            scene.day(back),
            scene.own_item,
            _told().names[0],
            item,
            title,
            lost,
            float(back % 3 + 2),
        )
        shops.add(scene.day(back), _told().names[0], float(round(900 * size)), 6.0)
        shops.add(scene.day(back), _told().names[1], float(round(240 * size)), 2.0)
    yield from (items, shops)


def _plugin(scene: _Scene) -> _Table:
    table = _Table("plugin_items")
    for back in _LISTS:
        for number, (item, title, *_) in enumerate(_told().items):
            sold = f"{(900, 400, 200)[number]}+"
            reviews = float(5_200 - 14 * back - 900 * number)
            offer = _told().offer if number == 1 else None
            price = scene.price(number, back)
            row = (
                _told().names[0],
                item,
                title,
                price,
                offer,
                sold,
                reviews,
                float(6 - number),
                3.0,
            )
            table.add(scene.day(back), *row)
    return table


def _notes(scene: _Scene) -> _Table:
    table = _Table("rival_notes")
    for back in (5, 4, 3, 2, 1, 0):
        item, title = _told().items[0][:2]
        price = scene.price(0, back)
        offer = _told().none if back > _CUT_DAYS else _told().flash
        note = _told().note if back == 0 else None
        row = (_told().names[0], item, title, scene.own_item, price, offer, None, None, note)
        table.add(scene.day(back), *row)
    return table


def _market(scene: _Scene) -> _Table:
    table = _Table("sycm_market")
    for back in range(_DAYS - 1, -1, -1):
        curve = scene.curve(back, 10)
        table.add(scene.day(back), _told().category, _index(4e7 * curve), _index(6e6 * curve))
    return table


def _ranks(scene: _Scene) -> Iterator[_Table]:
    for layout, names in (
        ("sycm_rank_shops", (*_told().names, *_told().shops)),
        ("sycm_rank_items", tuple(item[1] for item in _told().items)),
        ("sycm_rank_brands", _told().brands),
    ):
        table = _Table(layout)
        for back in _RANK_DAYS:
            for rank, name in enumerate(names, 1):
                rises = 1.8 if back == 0 and rank == len(names) else 1.0
                index = _index(60_000 / rank * rises)
                table.add(scene.day(back), _told().category, float(rank), name, index)
        yield table


def _search(scene: _Scene, back: int) -> Collected:
    """Write the ranking of one day; popularity and rates are ranges, the rank is exact."""
    words = [*catalogue().items[0].words[:2], *_told().searched]
    rows: list[Row] = [_told().headers["sycm_search_rank"]]
    for rank, word in enumerate(words, 1):
        rises = 4 if word == words[-1] and back == 0 else 1
        shown = _bucket(9_000 / rank * rises)
        rows.append((str(rank), word, shown, "100% ~ 125%", "1% ~ 2.5%"))
    total = float(sum(range(1, len(words) + 1)))
    day = scene.day(back)
    return Collected("sycm_search_rank", tuple(rows), total, day, day)
