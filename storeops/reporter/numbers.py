"""The one place where numbers become text, workbook formats or JSON numbers.

Signs are plain ASCII: the true minus (U+2212) does not exist in the code page of a Chinese Windows
console, and turns into a question mark there and in some mail clients.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal

from storeops.fields import FIELDS
from storeops.messages import Change, Quantity, Unit

NONE = "—"
UP = "▲"
DOWN = "▼"

_BARS = "▁▂▃▄▅▆▇█"
_STEPS = tuple(0.125 * step for step in range(1, 8))
_SCALES = ((8, 8), (6, 6), (5, 4))
"""From 10**a on, text says the amount in units of 10**b if the language has a word for it."""
_SHORT_SCALES, _SHORT_FROM = (8, 6, 4, 3), 4
_WHOLE_FROM = 1000
_WHOLE_COUNT_FROM = 100
"""An expected count of 2.5 buyers keeps its half; one of 1,900.5 visitors does not."""
_WHOLE_PERCENT_FROM = Decimal("0.0995")

_PLAIN = {
    Unit.PEOPLE: "#,##0",
    Unit.COUNT: "#,##0",
    Unit.CNY: "#,##0.00",
    Unit.RATIO: "0.00%",
    Unit.FACTOR: "0.00",
    Unit.SECONDS: "#,##0.0",
    Unit.SCORE: "0.00",
    Unit.INDEX: "#,##0",
    Unit.TEXT: "@",
    Unit.DATE: "yyyy-mm-dd",
}


def is_known(value: object) -> bool:
    """Tell a finite number from None, NaN and infinity."""
    return isinstance(value, int | float) and math.isfinite(value)


class Numbers:
    """Numbers as text in one language.

    ``words`` holds the catalogue's ``number.*`` patterns: currency, scales, points, "new".
    """

    def __init__(self, words: Mapping[str, str]) -> None:
        self._words = words

    def cell(self, value: float | None, unit: Unit) -> str:
        """Print a number exactly, without its unit, for a column of a table."""
        if not is_known(value) or value is None:
            return NONE
        match unit:
            case Unit.PEOPLE | Unit.COUNT | Unit.INDEX:
                return _trimmed(value, 1 if abs(value) < _WHOLE_COUNT_FROM else 0)
            case Unit.RATIO:
                return f"{_fixed(value, 4, shift=2)}%"
            case Unit.SECONDS:
                return _trimmed(value, 1)
            case _:
                return _fixed(value, 2)

    def quantity(self, value: float | None, unit: Unit) -> str:
        """Print a number for a sentence: money rounded to be read, without its currency."""
        if unit is Unit.CNY:
            return self._signed_money(value, "")
        if unit is Unit.SECONDS and is_known(value):
            return self._word("number.seconds", "{n}").format(n=self.cell(value, unit))
        return self.cell(value, unit)

    def money(self, value: float | None, *, digits: int | None = None) -> str:
        """Print a change in yuan with its sign and currency, large sums in words.

        ``digits`` asks for all digits, large sums too, down to that many decimals.
        """
        text = self._signed_money(value, "+", digits)
        if text == NONE:
            return text
        sign = text[0] if text[0] in "+-" else ""
        return self._word("number.cny", "{sign}{n}").format(sign=sign, n=text.removeprefix(sign))

    def short(self, value: float | None) -> str:
        """Print money in three figures for a subject line: 4.82 in units of ten thousand, 48.2k."""
        if not is_known(value) or value is None:
            return NONE
        size = Context(prec=3, rounding=ROUND_HALF_UP).create_decimal(repr(abs(float(value))))
        for power in _SHORT_SCALES:
            word = self._words.get(f"number.scale.short.{power}")
            if word is not None and size >= Decimal(1).scaleb(max(power, _SHORT_FROM)):
                text = f"{size.scaleb(-power):,f}"
                text = text.rstrip("0").rstrip(".") if "." in text else text
                return ("-" if value < 0 else "") + word.format(n=text)
        return self._signed_money(value, "")

    def share(self, value: float | None) -> str:
        """Print a fraction as a percentage to be read, without a sign: 64%, 6.4%."""
        return self._size(Change(value)) or NONE

    def about(self, value: float | None) -> str:
        """Print an estimate of yuan with its sign, no fen: -5,600."""
        whole = is_known(value) and value is not None and 10 <= abs(value) < _WHOLE_FROM  # noqa: PLR2004
        return self.money(value, digits=0 if whole else None)

    def _signed_money(self, value: float | None, plus: str, digits: int | None = None) -> str:
        if not is_known(value) or value is None:
            return NONE
        size = abs(value)
        if digits is None:
            amount = self._scaled(size) or _fixed(size, 0 if size >= _WHOLE_FROM else 2)
        else:
            amount = _fixed(size, digits)
        sign = "-" if value < 0 else plus
        return amount if _is_zero(amount) else f"{sign}{amount}"

    def signed(self, value: float | None, unit: Unit) -> str:
        """Print a difference with its sign: +12, -1,640.00."""
        text = self.cell(value, unit)
        return f"+{text}" if is_known(value) and value is not None and value > 0 else text

    def change(self, change: Change) -> str:
        """Print a change for a sentence: -18%, +1.3%, -0.29pp; infinite growth is "new"."""
        text = self._size(change)
        if text is None or not is_known(change.value) or change.value is None:
            return text or NONE
        return text if _is_zero(text) else f"{'-' if change.value < 0 else '+'}{text}"

    def arrow(self, change: Change | Quantity) -> str:
        """Print a change for a table, its direction as an arrow."""
        value = change.value
        if isinstance(change, Quantity):
            text: str | None = self.cell(abs(value) if value is not None else None, change.unit)
        else:
            text = self._size(change)
        if text is None or not is_known(value) or value is None:
            return text or NONE
        return text if _is_zero(text) else f"{DOWN if value < 0 else UP}{text}"

    def day(self, day: date, weekday: str) -> str:
        """Print a day as it is spoken of: 11-20 and its weekday."""
        return f"{day:%m-%d} {weekday}"

    def plain(self, value: float) -> str:
        """Print a bare number of no stated unit: thousands, at most two decimals."""
        return _trimmed(value, 2) if is_known(value) else NONE

    def _size(self, change: Change) -> str | None:
        value = change.value
        if value is None or math.isnan(value):
            return None
        if math.isinf(value):
            return self._word("number.new", "new")
        size = abs(value)
        if change.points:
            return self._word("number.points", "{n}pp").format(n=_fixed(size, 4, shift=2))
        digits = 2 if Decimal(repr(size)) >= _WHOLE_PERCENT_FROM else 3
        return f"{_fixed(size, digits, shift=2)}%"

    def _scaled(self, size: float) -> str | None:
        for start, exponent in _SCALES:
            word = self._words.get(f"number.scale.{exponent}")
            if word is not None and Decimal(repr(size)) >= Decimal(1).scaleb(start):
                number = Decimal(repr(size)).scaleb(-exponent)
                return word.format(n=_fixed(float(number), 2))
        return None

    def _word(self, word_id: str, default: str) -> str:
        return self._words.get(word_id, default)


def workbook_format(unit: Unit) -> str:
    """Name the workbook's number format of a unit."""
    return _PLAIN[unit]


def workbook_change_format(unit: Unit, *, points: bool = False) -> str:
    """Name the workbook's format of a signed change, with an arrow so that colour is not alone."""
    if points:
        body = '0.00"pp"'
    elif unit is Unit.RATIO:
        body = "0.0%"
    else:
        body = _PLAIN[unit]
    return f'"{UP}"{body};"{DOWN}"{body};{body}'


def points(value: float) -> float:
    """Turn a difference of fractions into percentage points for a workbook cell."""
    return round(value * 100, 2) + 0.0


def json_number(value: float | None, unit: Unit, metric: str | None = None) -> float | int | None:
    """Round for the JSON contract: stored money to the fen, whole counts as integers, rates not.

    Only amounts of the vocabulary are rounded: amount per buyer is money too, but a ratio.
    """
    if value is None or not math.isfinite(value):
        return None
    if unit is Unit.CNY and (metric is None or metric in FIELDS):
        return round(value, 2) + 0.0
    if unit in (Unit.PEOPLE, Unit.COUNT) and float(value).is_integer():
        return int(value)
    return value + 0.0


def printed_number(value: float | None, unit: Unit) -> float | None:
    """Round a figure as it is printed, so that what reads alike counts as the same."""
    if value is None or not math.isfinite(value):
        return None
    return round(value, 4 if unit is Unit.RATIO else 2) + 0.0


def rounded_parts(
    start: float, end: float, amounts: Sequence[float], digits: int
) -> tuple[float, ...]:
    """Round parts of a change so that they still add up to the rounded change.

    The rest left by rounding, at most a few units of the last digit, goes to the largest part.
    """
    total = round(round(end, digits) - round(start, digits), digits)
    rounded = [round(amount, digits) for amount in amounts]
    rest = round(total - math.fsum(rounded), digits)
    exact = round(math.fsum(amounts) - (end - start), digits)
    if rounded and rest and not exact:
        largest = max(range(len(rounded)), key=lambda index: abs(amounts[index]))
        rounded[largest] = round(rounded[largest] + rest, digits)
    return tuple(amount + 0.0 for amount in rounded)


def sparkline(values: Sequence[float | None]) -> str:
    """Draw a series as bars between its lowest and highest value; a missing value is a gap."""
    known = [value for value in values if value is not None and math.isfinite(value)]
    if not known:
        return ""
    low, spread = min(known), max(known) - min(known)
    marks = []
    for value in values:
        if value is None or not math.isfinite(value):
            marks.append(" ")
        elif not spread:
            marks.append(_BARS[3])
        else:
            marks.append(_BARS[sum(value - low >= step * spread for step in _STEPS)])
    return "".join(marks)


def _fixed(value: float, digits: int, *, shift: int = 0) -> str:
    """Print with thousands; ``shift`` moves the point (2 turns a fraction into per cent).

    ``digits`` counts decimals before the shift. Half is rounded away from zero, as people do.
    """
    number = Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    text = f"{number.scaleb(shift):,f}"
    return text.removeprefix("-") if _is_zero(text) else text


def _trimmed(value: float, digits: int) -> str:
    text = _fixed(value, digits)
    return text.rstrip("0").rstrip(".") if "." in text else text


def _is_zero(text: str) -> bool:
    return not any(char in "123456789" for char in text)
