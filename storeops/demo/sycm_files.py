"""Business Advisor's shop report, home page and item ranking as files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import numpy as np

from storeops.demo.books import Book
from storeops.demo.catalogue import Header, catalogue, header, home_columns
from storeops.demo.containers import Row, archive, xls, xlsx
from storeops.demo.printing import CLASSIC, REPORT
from storeops.demo.truth import Truth

_BEFORE_OLD_REPORT, _BEFORE_ITEMS = 7, 4
_PEER_SIZES = (0.85, 2.1)
"""Average and excellent peers against this shop's usual size."""
_PEER_NOISE = 0.012
_STEADY = ("description_score", "logistics_score", "service_score")


def labels(columns: Header) -> list[str]:
    """Give the header row as printed."""
    return [label for label, _ in columns]


def preamble(rows: int) -> list[Row]:
    """Write the lines above a header: that the file is synthetic, and the vendor's two."""
    known = catalogue()
    lines: list[Row] = [[text] for text in (*known.preamble, known.notice)]
    return [*lines, *([] for _ in range(rows - len(lines)))]


def shop_report(truth: Truth, shop: Book, days: Sequence[date]) -> bytes:
    """Write the self-service daily report (xlsx, header in row 1), newest day first."""
    columns = header("shop_report")
    rows = [labels(columns), *_shop_rows(truth, shop, days, columns)]
    return xlsx({catalogue().sheets["report"]: rows}, catalogue().notice)


def shop_report_old(truth: Truth, shop: Book, days: Sequence[date]) -> bytes:
    """Write its older form (xls, header in row 8) with fewer columns."""
    columns = header("shop_report_old")
    rows = _shop_rows(truth, shop, days, columns)
    sheet = [*preamble(_BEFORE_OLD_REPORT), labels(columns), *rows]
    return xls({catalogue().sheets["classic"]: sheet})


def shop_weeks(weeks: Book, periods: Sequence[tuple[date, date]]) -> bytes:
    """Write the weekly form of the report (xlsx, header in row 1), newest week first."""
    columns = header("shop_report_week")
    rows = [
        REPORT.row(columns, {"date": f"{first} ~ {last}", "shop": catalogue().shop}, weeks, number)
        for number, (first, last) in reversed(list(enumerate(periods)))
    ]
    return xlsx({catalogue().sheets["report"]: [labels(columns), *rows]}, catalogue().notice)


def _shop_rows(truth: Truth, shop: Book, days: Sequence[date], columns: Header) -> list[Row]:
    return [
        REPORT.row(
            columns, {"date": day.isoformat(), "shop": catalogue().shop}, shop, truth.index(day)
        )
        for day in sorted(days, reverse=True)
    ]


def items(truth: Truth, book: Book, day: date, variant: str = "items") -> bytes:
    """Write one day's item ranking (xls, header in row 5), best-selling item first."""
    columns, at = header(variant), truth.index(day)
    order = np.argsort(-book["paid_amount"][at], kind="stable")
    rows = [
        CLASSIC.row(columns, _item_texts(truth, day, int(number)), book, (at, int(number)))
        for number in order
    ]
    return xls({catalogue().sheets["classic"]: [*preamble(_BEFORE_ITEMS), labels(columns), *rows]})


def _item_texts(truth: Truth, day: date, number: int) -> dict[str, str]:
    item, words = truth.items[number], catalogue().words
    return {
        "date": day.isoformat(),
        "item_id": truth.item_ids[number],
        "item_title": item.title,
        "parent_item_id": truth.item_ids[number],
        "item_kind": words["item_kind"],
        "item_code": item.code,
        "item_status": words["on_sale"],
        "item_tags": words["item_tag"] if number % 4 == 1 else CLASSIC.missing,
    }


def home(truth: Truth, shop: Book, days: Sequence[date], stamp: datetime) -> bytes:
    """Write the home page export: a zip with one workbook a day, peers beside the shop."""
    peers = [_peer_book(truth, shop, size) for size in _PEER_SIZES]
    members = {}
    for number, day in enumerate(sorted(days)):
        made = stamp + timedelta(seconds=3 * number)
        name = catalogue().files["home_member"].format(day=day, stamp=made)
        members[name] = _home_book(truth, [shop, *peers], day, made)
    return archive(members, stamp)


def _home_book(truth: Truth, books: Sequence[Book], day: date, made: datetime) -> bytes:
    lead, suffixes = home_columns()
    words, at = catalogue().words, truth.index(day)
    own, change, average, excellent = suffixes
    head, row = list(lead), [
        "1", words["period"], words["device"], words["category"],
        f"{day.isoformat()}|{day.isoformat()}", f"{made:%Y-%m-%d %H:%M:%S}",
    ]  # fmt: skip
    for label, name in header("home"):
        head += [label + own, label + change, label + average, label + excellent]
        shown = [CLASSIC.figure(book, name, at) if name else CLASSIC.missing for book in books]
        moved = CLASSIC.figure(books[0], f"{name}_change", at) if name else CLASSIC.missing
        row += [shown[0], moved, *shown[1:]]
    return xlsx({catalogue().sheets["home"]: [head, row]}, catalogue().notice)


def _peer_book(truth: Truth, shop: Book, size: float) -> Book:
    """Let peers follow the calendar and nothing else: flat when this shop collapses."""
    rng = truth.rng(round(size * 100))
    usual = float(np.median(shop["visitors"]))
    book: Book = {}
    for name, values in shop.items():
        share = float(np.median(values)) / usual
        noise = np.exp(rng.normal(0, _PEER_NOISE, values.shape))
        noise[-1] = 1.0
        scale = 1.0 if name in _STEADY else size * usual * truth.curve * noise
        book[name] = np.rint(float(np.median(values)) if name in _STEADY else share * scale).astype(
            np.int64
        ) + np.zeros_like(values)
    return book
