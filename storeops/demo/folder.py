"""The demo shop as a folder of downloads, and the truth of its last day to compare with."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from pathlib import Path, PurePosixPath

from storeops.demo import ads_files, flow_files, rival_files, sycm_files
from storeops.demo.ads_book import AdRow, ad_rows, spend_by_scene
from storeops.demo.books import Book, Node, item_book, item_leaf_books, leaf_books, tree
from storeops.demo.catalogue import catalogue
from storeops.demo.containers import archive
from storeops.demo.flow_files import Word, word_books
from storeops.demo.shop_book import shop_book
from storeops.demo.truth import HERO, Scope, Truth, simulate
from storeops.fields import FIELDS
from storeops.messages import Unit

LAST_DAY = date(2026, 9, 17)
"""A Thursday with no promotion, holiday, warm-up or aftermath near it."""
_BEIJING = timezone(timedelta(hours=8))
_DOWNLOADED = time(9, 12, 40)
_REPORT_DAYS, _REPORT_STEP = 30, 28
_DETAIL_DAYS, _PACKED_DAYS = 45, 35
_ITEM_SOURCE_DAYS, _WORD_DAYS, _HOME_DAYS, _ADS_DAYS = 21, 28, 28, 45


@dataclass(frozen=True, slots=True)
class Books:
    """Everything the files print, added up once."""

    truth: Truth
    shop: Book
    items: Book
    nodes: Sequence[Node]
    item_nodes: Mapping[int, Sequence[Node]]
    words: Sequence[Word]
    ads: tuple[AdRow, ...]


@dataclass(frozen=True, slots=True)
class DemoShop:
    """What was written, and the last day's truth.

    ``figures`` are the shop's figures of the last day by canonical name, money in yuan;
    ``items`` and ``sources`` the same by item id and by source path (levels joined by `` > ``).
    ``hero`` and ``source`` name the one planted problem.
    """

    name: str
    folder: Path
    first_day: date
    last_day: date
    files: tuple[Path, ...]
    figures: Mapping[str, float]
    items: Mapping[str, Mapping[str, float]]
    sources: Mapping[str, Mapping[str, float]]
    hero: str
    source: str


def books(scope: Scope) -> Books:
    """Simulate the shop and add up all its books."""
    truth = simulate(scope)
    items, leaves, ads = item_book(truth), leaf_books(truth), ad_rows(truth)
    shown = range(min(2, len(truth.items)))
    return Books(
        truth=truth,
        shop=shop_book(truth, items, leaves, spend_by_scene(ads)),
        items=items,
        nodes=tree(leaves),
        item_nodes={number: tree(item_leaf_books(truth, number)) for number in shown},
        words=word_books(truth),
        ads=ads,
    )


def write_demo(
    folder: Path,
    *,
    days: int = 130,
    items: int = 12,
    seed: int = 7,
    last_day: date = LAST_DAY,
    packed: bool = False,
) -> DemoShop:
    """Write a synthetic shop as a folder of downloads, with one problem on its last day.

    The hero item loses nearly half of its search visitors; conversion, other sources, other
    items and the peers are as usual. The same arguments give the same bytes.

    Args:
        folder: Where to write; made if it does not exist.
        days: Days of the shop report; the other exports cover the last weeks.
        items: Number of items.
        seed: Seed of all chance.
        last_day: The last day of data; the files are dated the morning after.
        packed: Put the files of one day each into one archive per kind.
    """
    return write_shop(folder, books(Scope(days, items, seed, last_day)), packed=packed)


def write_shop(folder: Path, made: Books, *, packed: bool) -> DemoShop:
    """Write books already made as a folder of downloads; see :func:`write_demo`."""
    files = _Folder(folder, morning_after(made.truth.scope.last_day))
    _write_report(files, made)
    for kind, members in _daily(made, _PACKED_DAYS if packed else _DETAIL_DAYS).items():
        files.add_daily(kind, members, packed=packed)
    _write_home(files, made)
    _write_ads(files, made)
    _write_rivals(files, made)
    _write_notes(files, made.truth.scope.last_day)
    return _summary(folder, made, tuple(files.written))


def morning_after(day: date) -> datetime:
    """Give the moment a day's figures are downloaded."""
    return datetime.combine(day + timedelta(days=1), _DOWNLOADED, _BEIJING)


class _Folder:
    """Writes files and dates them as downloads of the morning after the last day."""

    def __init__(self, folder: Path, stamp: datetime) -> None:
        self.folder, self.stamp = folder, stamp
        self.written: list[Path] = []

    def add(self, name: str, data: bytes, *, stamp: datetime | None = None) -> None:
        path = self.folder / PurePosixPath(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        moment = (stamp or self.stamp).timestamp()
        os.utime(path, (moment, moment))
        self.written.append(path)

    def add_daily(self, kind: str, members: Mapping[str, bytes], *, packed: bool) -> None:
        """Write one file a day; packed, one archive for each folder they lie in."""
        if not packed:
            for name, data in members.items():
                self.add(name, data)
            return
        by_folder: dict[str, dict[str, bytes]] = {}
        for name, data in members.items():
            path = PurePosixPath(name)
            by_folder.setdefault(path.parent.name, {})[path.name] = data
        for parent, inside in by_folder.items():
            name = catalogue().archives[kind].format(item_id=parent)
            self.add(name, archive(inside, self.stamp))


def _last(truth: Truth, count: int) -> list[date]:
    """List the last days, at most as many as there are."""
    count = min(count, truth.scope.days)
    return [truth.scope.last_day - timedelta(days=n) for n in range(count)]


def _write_report(files: _Folder, made: Books) -> None:
    """Write the rolling 30-day downloads of the shop report; the oldest in the old form."""
    truth, names = made.truth, catalogue().files
    end = truth.scope.last_day
    while end >= truth.scope.first_day:
        span = [end - timedelta(days=n) for n in range(_REPORT_DAYS)]
        days = [day for day in span if day >= truth.scope.first_day]
        stamp = morning_after(end)
        is_oldest = days[-1] == truth.scope.first_day and end != truth.scope.last_day
        write = sycm_files.shop_report_old if is_oldest else sycm_files.shop_report
        name = names["shop_report_old" if is_oldest else "shop_report"].format(stamp=stamp)
        files.add(name, write(truth, made.shop, days), stamp=stamp)
        end -= timedelta(days=_REPORT_STEP)


def _daily(made: Books, detail: int) -> dict[str, dict[str, bytes]]:
    """Make the exports of one file a day."""
    truth, names = made.truth, catalogue().files
    ids = truth.item_ids
    return {
        "items": {
            names["items"].format(day=day): sycm_files.items(truth, made.items, day)
            for day in _last(truth, detail)
        },
        "shop_sources": {
            names["shop_sources"].format(day=day): flow_files.shop_sources(truth, made.nodes, day)
            for day in _last(truth, detail)
        },
        "item_sources": {
            names["item_sources"].format(day=day, item_id=ids[number]): flow_files.item_sources(
                truth, nodes, day
            )
            for number, nodes in made.item_nodes.items()
            for day in _last(truth, _ITEM_SOURCE_DAYS)
        },
        "search_words": {
            names["search_words"].format(day=day): flow_files.search_words(made.words, truth, day)
            for day in _last(truth, _WORD_DAYS)
        },
    }


def _write_home(files: _Folder, made: Books) -> None:
    data = sycm_files.home(made.truth, made.shop, _last(made.truth, _HOME_DAYS), files.stamp)
    files.add(catalogue().files["home"].format(stamp=files.stamp), data)


def _write_ads(files: _Folder, made: Books) -> None:
    """Write one zip per ads report over the last weeks, named after the moment of export."""
    days = _last(made.truth, _ADS_DAYS)
    for number, (grain, kind) in enumerate(ads_files.REPORTS.items()):
        stamp = files.stamp + timedelta(seconds=37 * number)
        stem = catalogue().files[kind].format(stamp=stamp)
        data = ads_files.ads_report(made.truth, made.ads, grain, days)
        files.add(f"{stem}.zip", archive({f"{stem}.csv": data}, stamp), stamp=stamp)


def _write_rivals(files: _Folder, made: Books) -> None:
    """Write what collectors saw of rivals and the industry."""
    names = catalogue().rivals
    for table in rival_files.tables(made.truth):
        if table.layout in names:
            files.add(names[table.layout], table.data)
    for day, table in rival_files.searches(made.truth).items():
        files.add(names[table.layout].format(day=day), table.data)


def _write_notes(files: _Folder, last_day: date) -> None:
    """Say that the shop is synthetic, and what the exports do not say about themselves."""
    known = catalogue()
    text = known.readme.format(shop=known.shop, notice=known.notice, day=last_day)
    files.add("README.md", text.encode())
    files.add("config.yaml", known.config.format(shop=known.shop).encode())


def _summary(folder: Path, made: Books, files: tuple[Path, ...]) -> DemoShop:
    truth = made.truth
    hero = catalogue().sources["search"].path
    return DemoShop(
        name=catalogue().shop,
        folder=folder,
        first_day=truth.scope.first_day,
        last_day=truth.scope.last_day,
        files=files,
        figures=_figures(made.shop, -1),
        items={
            item_id: _figures(made.items, (-1, number))
            for number, item_id in enumerate(truth.item_ids)
        },
        sources={" > ".join(node.path): _figures(node.book, -1) for node in made.nodes},
        hero=truth.item_ids[HERO],
        source=" > ".join(hero),
    )


def _figures(book: Book, at: int | tuple[int, int]) -> dict[str, float]:
    """Give figures in the units of the vocabulary: yuan, people, counts."""
    return {name: plain(name, int(book[name][at])) for name in book if name in FIELDS}


def plain(name: str, value: int) -> float:
    """Turn a book's whole number into the unit of the vocabulary."""
    match FIELDS[name].unit:
        case Unit.CNY | Unit.SECONDS | Unit.SCORE:
            return value / 100
        case Unit.RATIO:
            return value / 10_000
        case _:
            return float(value)
