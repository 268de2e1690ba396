"""Figures as the vendors print them: whole numbers in, text out, rates from their parts.

Rounding is half up on exact integers, so a printed rate never disagrees with its parts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from storeops.demo.books import Book
from storeops.demo.catalogue import Header
from storeops.fields import FIELDS
from storeops.messages import Unit

Index = int | tuple[int, int]


@dataclass(frozen=True, slots=True)
class Rate:
    """A ratio the vendor prints: ``decimals`` of ``factor`` times numerator by denominator."""

    numerator: str
    denominator: str
    factor: int = 1
    decimals: int = 2
    sign: str = ""


def _percent(numerator: str, denominator: str) -> Rate:
    return Rate(numerator, denominator, 100, 2, "%")


def _fraction(numerator: str, denominator: str) -> Rate:
    return Rate(numerator, denominator, 1, 5)


RATES = {
    "conversion_rate": _percent("paid_buyers", "visitors"),
    "order_rate": _percent("ordering_buyers", "visitors"),
    "payment_rate": _percent("paid_buyers", "ordering_buyers"),
    "search_conversion_rate": _percent("search_paid_buyers", "search_visitors"),
    "page_view_share": _percent("page_views", "all_page_views"),
    "amount_per_buyer": Rate("paid_amount", "paid_buyers"),
    "amount_per_visitor": Rate("paid_amount", "visitors"),
    "pages_per_visitor": Rate("page_views", "visitors"),
    "click_through_rate": _fraction("clicks", "impressions"),
    "click_conversion_rate": _fraction("attributed_orders", "clicks"),
    "ad_cart_rate": _fraction("ad_cart_units", "clicks"),
    "ad_wishlist_rate": _fraction("ad_wishlist_events", "clicks"),
    "ad_visit_rate": _fraction("ad_guided_visits", "impressions"),
    "return_on_ad_spend": _fraction("attributed_amount", "ad_spend"),
    "cost_per_click": Rate("ad_spend", "clicks"),
    "cost_per_thousand": Rate("ad_spend", "impressions", 1000),
    "cost_per_order": Rate("ad_spend", "attributed_orders"),
    "cost_per_cart": Rate("ad_spend", "ad_cart_units"),
    "cost_per_wishlist": Rate("ad_spend", "ad_wishlist_events"),
    "cost_per_save": Rate("ad_spend", "ad_saves"),
    "ad_orders_per_buyer": Rate("attributed_orders", "ad_buyers"),
    "ad_amount_per_buyer": Rate("attributed_amount", "ad_buyers"),
}
_DEVICES = ("mobile_", "pc_")
_CHANGE = "_change"
_HUNDREDTHS = (Unit.CNY, Unit.RATIO, Unit.SECONDS, Unit.SCORE)


@dataclass(frozen=True, slots=True)
class Printer:
    """Prints the figures of one book in the manner of one kind of file."""

    missing: str
    grouped: bool = True

    def figure(self, book: Book, name: str, at: Index) -> str:
        """Print one figure; a name ending in ``_change`` is the change against the day before."""
        if name.endswith(_CHANGE):
            return self._change(book, name.removesuffix(_CHANGE), at)
        device = next((mark for mark in _DEVICES if name.startswith(mark)), "")
        rate = RATES.get(name.removeprefix(device))
        if rate is not None:
            return self._rate(book, rate, device, at)
        if name not in book:
            return self.missing
        return self._number(int(book[name][at]), name)

    def row(self, columns: Header, texts: Mapping[str, str], book: Book, at: Index) -> list[str]:
        """Fill one row of a file: texts by name, figures by book, else the missing mark."""
        return [
            self.missing
            if name is None
            else texts[name]
            if name in texts
            else self.figure(book, name, at)
            for _, name in columns
        ]

    def _number(self, value: int, name: str) -> str:
        unit = FIELDS[name].unit if name in FIELDS else Unit.COUNT
        if unit not in _HUNDREDTHS:
            return self._grouped(value, 0)
        return self._grouped(value, 2) + ("%" if unit is Unit.RATIO else "")

    def _grouped(self, value: int, decimals: int) -> str:
        whole, rest = divmod(abs(value), 10**decimals)
        text = f"{whole:,}" if self.grouped else str(whole)
        text = f"-{text}" if value < 0 else text
        return f"{text}.{rest:0{decimals}d}" if decimals else text

    def _rate(self, book: Book, rate: Rate, device: str, at: Index) -> str:
        parts = ratio_parts(book, rate, device, at)
        if parts is None:
            return self.missing
        value = _round(parts[0] * rate.factor * 10**rate.decimals, parts[1])
        text = self._grouped(value, rate.decimals) + rate.sign
        return text.rstrip("0").rstrip(".") if rate.decimals > 2 else text  # noqa: PLR2004

    def _change(self, book: Book, name: str, at: Index) -> str:
        before = (at[0] - 1, *at[1:]) if isinstance(at, tuple) else at - 1
        now, then = _exact(book, name, at), _exact(book, name, before)
        if now is None or then is None or then[0] == 0:
            return self.missing
        top = (now[0] * then[1] - then[0] * now[1]) * 10_000
        return self._grouped(_round(top, then[0] * now[1]), 2) + "%"


CLASSIC = Printer("-")
"""The classic workbooks."""
REPORT = Printer("NULL")
"""The self-service report."""
ADS = Printer("", grouped=False)
"""The ads console."""


def ratio_parts(book: Book, rate: Rate, device: str, at: Index) -> tuple[int, int] | None:
    """Give numerator and denominator of a rate in one unit, or None when there is nothing below."""
    above, below = device + rate.numerator, device + rate.denominator
    if above not in book or below not in book or int(book[below][at]) == 0:
        return None
    scale = _fen(rate.denominator), _fen(rate.numerator)
    return int(book[above][at]) * scale[0], int(book[below][at]) * scale[1]


def _fen(name: str) -> int:
    is_money = name in FIELDS and FIELDS[name].unit is Unit.CNY
    return 100 if is_money else 1


def _exact(book: Book, name: str, at: Index) -> tuple[int, int] | None:
    if name in RATES:
        return ratio_parts(book, RATES[name], "", at)
    return (int(book[name][at]), 1) if name in book else None


def _round(top: int, below: int) -> int:
    """Divide and round half away from zero."""
    sign = -1 if (top < 0) != (below < 0) else 1
    return sign * ((2 * abs(top) + abs(below)) // (2 * abs(below)))
