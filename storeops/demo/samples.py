"""The repository's samples: a small demo shop, and one file for every layout and old variant.

``python -m storeops.demo.samples FOLDER`` writes them again, byte for byte the same.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import yaml

from storeops.demo import ads_files, flow_files, rival_files, sycm_files
from storeops.demo.ads_book import by_grain
from storeops.demo.books import Book, carrier_tree
from storeops.demo.catalogue import catalogue
from storeops.demo.containers import archive
from storeops.demo.folder import LAST_DAY, Books, books, morning_after, plain, write_shop
from storeops.demo.printing import Index
from storeops.demo.rival_files import Collected
from storeops.demo.shop_book import week_book
from storeops.demo.truth import HERO, Scope

NOW = Scope(days=66, items=8, seed=7, last_day=LAST_DAY)
THEN = Scope(days=30, items=6, seed=7, last_day=date(2023, 11, 30))
"""The same shop when exports looked otherwise."""
_REPORT_DAYS, _ADS_DAYS, _WEEKS = 14, 7, 4
_SOLD = ("visitors", "paid_buyers", "paid_amount")
_AD_FIGURES = ("impressions", "clicks", "ad_spend", "attributed_amount")
_ATTRIBUTION = {"attribution": "last"}
_WINDOW = {"window": "15"}


@dataclass(frozen=True, slots=True)
class Sample:
    """One file of one layout, and what reading it must give.

    ``totals`` are sums over the kept rows, money in yuan; ``options`` the values that are not in
    the file, written beside it as well.
    """

    layout: str
    file: str
    data: bytes
    rows: int
    days: tuple[date, date]
    totals: Mapping[str, float]
    options: Mapping[str, str] = field(default_factory=dict)


def write_samples(root: Path) -> tuple[Sample, ...]:
    """Replace the samples below a folder: ``shop``, ``layouts`` with its index, and the notes."""
    now, then = books(NOW), books(THEN)
    for name in ("shop", "layouts"):
        shutil.rmtree(root / name, ignore_errors=True)
    write_shop(root / "shop", now, packed=True)
    shutil.copyfile(root / "shop" / "config.yaml", root / "config.yaml")
    made = (*_of_today(now), *_of_then(then))
    (root / "layouts").mkdir()
    for sample in made:
        _write(root / "layouts", sample)
    entries = [_entry(sample) for sample in made]
    (root / "layouts" / "index.yaml").write_text(_dump(entries), encoding="utf-8")
    return made


def _write(folder: Path, sample: Sample) -> None:
    (folder / sample.file).write_bytes(sample.data)
    if sample.options:
        note = folder / f"{sample.file}.yaml"
        note.write_text(_dump(dict(sample.options)), encoding="utf-8")


def _entry(sample: Sample) -> dict[str, object]:
    first, last = sample.days
    return {
        "file": sample.file,
        "layout": sample.layout,
        "rows": sample.rows,
        "first_day": first,
        "last_day": last,
        "totals": dict(sample.totals),
        **({"options": dict(sample.options)} if sample.options else {}),
    }


def _dump(data: object) -> str:
    return str(yaml.safe_dump(data, allow_unicode=True, sort_keys=False))


def _of_today(made: Books) -> Iterator[Sample]:
    day, truth = LAST_DAY, made.truth
    yield _report(made, "sycm_shop_report.xlsx", _REPORT_DAYS)
    yield _weeks(made)
    yield _home(made, day)
    yield _items(made, day, "sycm_items.xls", "items")
    yield _items(made, day - timedelta(days=1), "sycm_items__40.xls", "items_40")
    yield _shop_sources(made, day)
    yield _item_sources(made, day, "sycm_item_sources.xls", "item_sources")
    seen = [word for word in made.words if word.book["visitors"][truth.index(day)] > 0]
    yield Sample(
        "sycm_search_words",
        "sycm_search_words.xls",
        flow_files.search_words(made.words, truth, day),
        len(seen),
        (day, day),
        _sums([(word.book, truth.index(day)) for word in seen], _SOLD),
    )
    for grain in ads_files.REPORTS:
        yield _ads(made, grain)
    yield _ads(made, "item", "ad_items_2026_09", "__2026_09")
    yield from map(_collected, rival_files.tables(truth))
    yield _collected(rival_files.searches(truth)[day], {"date": day.isoformat()})


def _of_then(made: Books) -> Iterator[Sample]:
    day = THEN.last_day
    yield _report(made, "sycm_shop_report__old.xls", _REPORT_DAYS)
    yield _items(made, day, "sycm_items__2023.xls", "items_2023")
    leaves = [(node.book, made.truth.index(day)) for node in made.nodes if node.is_leaf]
    yield Sample(
        "sycm_shop_sources_2023",
        "sycm_shop_sources_2023.xls",
        flow_files.shop_sources_2023(made.truth, made.nodes, day),
        len(leaves),
        (day, day),
        _sums(leaves, _SOLD),
        {"date": day.isoformat(), **_ATTRIBUTION},
    )
    yield _item_sources(made, day, "sycm_item_sources__old.xls", "item_sources_old")


def _collected(table: Collected, options: Mapping[str, str] | None = None) -> Sample:
    return Sample(
        table.layout,
        f"{table.layout}.csv",
        table.data,
        len(table.rows) - 1,
        (table.first, table.last),
        {"value": table.total},
        options or {},
    )


def _report(made: Books, file: str, count: int) -> Sample:
    truth = made.truth
    days = [truth.scope.last_day - timedelta(days=n) for n in range(count)]
    is_old = file.endswith(".xls")
    write = sycm_files.shop_report_old if is_old else sycm_files.shop_report
    totals = _sums([(made.shop, truth.index(day)) for day in days], _SOLD)
    data = write(truth, made.shop, days)
    return Sample("sycm_shop_report", file, data, count, (days[-1], days[0]), totals)


def _weeks(made: Books) -> Sample:
    """Take the last whole weeks, Monday to Sunday."""
    truth = made.truth
    monday = LAST_DAY - timedelta(days=LAST_DAY.weekday())
    firsts = [monday - timedelta(weeks=n) for n in range(_WEEKS, 0, -1)]
    periods = [(first, first + timedelta(days=6)) for first in firsts]
    days = [slice(truth.index(first), truth.index(last) + 1) for first, last in periods]
    weeks = week_book(made.shop, days)
    data = sycm_files.shop_weeks(weeks, periods)
    totals = _sums([(weeks, number) for number in range(_WEEKS)], _SOLD)
    span = (periods[0][0], periods[-1][1])
    return Sample("sycm_shop_report", "sycm_shop_report__week.xlsx", data, _WEEKS, span, totals)


def _home(made: Books, day: date) -> Sample:
    data = sycm_files.home(made.truth, made.shop, [day], morning_after(day))
    totals = _sums([(made.shop, made.truth.index(day))], _SOLD)
    return Sample("sycm_home", "sycm_home.zip", data, 1, (day, day), totals)


def _items(made: Books, day: date, file: str, variant: str) -> Sample:
    at, count = made.truth.index(day), len(made.truth.items)
    data = sycm_files.items(made.truth, made.items, day, variant)
    totals = _sums([(made.items, (at, number)) for number in range(count)], _SOLD)
    return Sample("sycm_items", file, data, count, (day, day), totals)


def _shop_sources(made: Books, day: date) -> Sample:
    carriers = [
        carrier_tree(made.nodes, share, is_first=number == 0)
        for number, share in enumerate(catalogue().carriers.values())
    ]
    at = made.truth.index(day)
    leaves = [(node.book, at) for tree in (made.nodes, *carriers) for node in tree if node.is_leaf]
    return Sample(
        "sycm_shop_sources",
        "sycm_shop_sources.xls",
        flow_files.shop_sources(made.truth, made.nodes, day),
        len(leaves),
        (day, day),
        _sums(leaves, _SOLD),
        {"date": day.isoformat(), **_ATTRIBUTION},
    )


def _item_sources(made: Books, day: date, file: str, variant: str) -> Sample:
    nodes, at = made.item_nodes[HERO], made.truth.index(day)
    leaves = [(node.book, at) for node in nodes if node.is_leaf]
    return Sample(
        "sycm_item_sources",
        file,
        flow_files.item_sources(made.truth, nodes, day, variant),
        len(leaves),
        (day, day),
        _sums(leaves, _SOLD),
        {"date": day.isoformat(), "item_id": made.truth.item_ids[HERO], **_ATTRIBUTION},
    )


def _ads(made: Books, grain: str, variant: str = "", mark: str = "") -> Sample:
    truth = made.truth
    days = [truth.scope.last_day - timedelta(days=n) for n in range(_ADS_DAYS)]
    stem = f"alimama_{grain}s{mark}"
    data = ads_files.ads_report(truth, made.ads, grain, days, variant)
    file = f"{stem}.csv"
    if grain == "scene":
        file, data = f"{stem}.zip", archive({file: data}, morning_after(truth.scope.last_day))
    rows = [
        (row.book, truth.index(day))
        for row in by_grain(made.ads, grain)
        for day in days
        if row.book["impressions"][truth.index(day)] > 0
    ]
    totals = _sums(rows, _AD_FIGURES)
    return Sample(f"alimama_{grain}s", file, data, len(rows), (days[-1], days[0]), totals, _WINDOW)


def _sums(rows: Sequence[tuple[Book, Index]], names: Iterable[str]) -> dict[str, float]:
    return {name: plain(name, sum(int(book[name][at]) for book, at in rows)) for name in names}


if __name__ == "__main__":
    write_samples(Path(sys.argv[1]))
