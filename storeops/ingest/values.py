"""One grammar for the text of a cell: numbers, three kinds of missing, ranges, ids and dates.

Columns are parsed whole. The parsers of single texts are memoised because exports repeat
themselves (zeros, dashes, small counts, the same titles day after day).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum
from functools import cache, lru_cache

import numpy as np
import numpy.typing as npt
from pydantic_core import from_json

from storeops.ingest.words import narrow, words

Cell = str | int | float | bool | date | datetime | time | timedelta

_NAN = float("nan")
_WHOLE_LIMIT = 1e15
"""Excel keeps 15 digits; a longer number in a numeric cell is already rounded."""
_FIRST_YEAR, _LAST_YEAR = 1970, 2199

_grouped = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?").fullmatch
_scientific = re.compile(r"[0-9](?:\.[0-9]+)?[eE]\+?[0-9]+").fullmatch
_trailing_zero = re.compile(r"([0-9]+)\.0+").fullmatch
_TIME = r"(?:[ T]+[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)?"
_DAY = rf"([0-9]{{4}})(?:([-/.])([0-9]{{1,2}})\2([0-9]{{1,2}})|([0-9]{{2}})([0-9]{{2}})){_TIME}"
_single_day = re.compile(_DAY).fullmatch
_period_marks = re.compile(r"\s*[~|_]\s*|(?<=[0-9]{8})-(?=[0-9]{8})|(?<=:[0-9]{2})-|\s+-\s+")


class Missing(Enum):
    """Why a cell has no number; none of these is zero."""

    ABSENT = "absent"
    """Not computed: empty, a dash, NULL."""
    DELAYED = "delayed"
    """Not final yet; a later download will have it."""
    NOT_APPLICABLE = "not_applicable"
    """Has no meaning for this row."""


@dataclass(frozen=True, slots=True)
class Range:
    """A bucket instead of a number; ``high`` is infinite for a floor such as ``1w+``."""

    low: float
    high: float


Period = tuple[date, date]
"""First and last day."""


class _Damaged:
    """Marks an id that Excel has rounded; nothing can repair it."""


DAMAGED = _Damaged()


@dataclass(frozen=True, slots=True)
class Numbers:
    """A numeric column: ``values`` (n,) float64 with NaN for missing, and the special cells.

    ``delayed`` and ``bad`` are positions of cells that are not final or cannot be read;
    ``negative`` is set when some value may be below zero.
    """

    values: npt.NDArray[np.float64]
    delayed: tuple[int, ...] = ()
    bad: tuple[int, ...] = ()
    negative: bool = False


def cell_text(cell: Cell) -> str:
    """Write a cell as text: numbers in shortest decimal form, dates as ISO."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < _WHOLE_LIMIT else repr(cell)
    if isinstance(cell, datetime):
        moment = cell.replace(microsecond=0).isoformat(" ")
        return moment.removesuffix(" 00:00:00")
    return str(cell)


def parse_number(text: str) -> float | Range | Missing | None:
    """Parse the text of a numeric cell.

    Args:
        text: As printed: ``1,234.56``, ``6.85%`` (a fraction results), amounts with a currency
            sign or a Chinese magnitude, a range, a floor, or a marker of missing.

    Returns:
        The number, the range, the kind of missing, or None when it is none of these. ``1e5``,
        ``nan``, ``inf`` and ``1_000`` are not numbers.
    """
    text = narrow(text).strip()
    if text.replace(".", "", 1).isdigit() and text.isascii():
        return float(text)
    if _grouped(text):
        return float(text.replace(",", ""))
    kind = _missing(text)
    if kind is not None:
        return kind
    number = _amount(text)
    return number if number is not None else _range(text)


@lru_cache(maxsize=16384)
def _number(text: str) -> float | Range | Missing | None:
    value = parse_number(text)
    return _NAN if value is Missing.ABSENT else value


def _missing(text: str) -> Missing | None:
    known = words()
    if text.lower() in known.missing or text in {r"\N", r"\n"}:
        return Missing.ABSENT
    if text in known.delayed:
        return Missing.DELAYED
    return Missing.NOT_APPLICABLE if text in known.not_applicable else None


@cache
def _grammar() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    known = words()

    def any_of(options: Sequence[str]) -> str:
        return "|".join(map(re.escape, sorted(options, key=len, reverse=True)))

    amount = (
        rf"([+-]?)(?:{any_of(known.currency)})?([+-]?)"
        r"([0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?)"
        rf"\s*({any_of(tuple(known.magnitudes))})?(%)?(?:{any_of(known.counters)})?"
    )
    between = rf"\s*(?:{any_of(known.range_marks)})\s*"
    floor = rf"\s*(?:{any_of(known.floor_marks)})(?={any_of(known.counters)}|$)"
    return re.compile(amount, re.IGNORECASE), re.compile(between), re.compile(floor)


def _amount(text: str) -> float | None:
    match = _grammar()[0].fullmatch(text)
    if not match or (match[1] and match[2]) or (match[4] and match[5]):
        return None
    number = float(match[3].replace(",", ""))
    if match[4]:
        number *= words().magnitudes[match[4].lower()]
    elif match[5]:
        number = _shift(match[3])
    return -number if "-" in (match[1], match[2]) else number


def _shift(digits: str) -> float:
    """Move the point of a percentage two places in decimal, so that 6.85% is 0.0685 exactly."""
    return float(f"{digits.replace(',', '')}e-2")


def _range(text: str) -> Range | None:
    _, between, floor = _grammar()
    at_least = floor.sub("", text)
    if at_least != text:
        low = _amount(at_least)
        return None if low is None else Range(low, math.inf)
    parts = between.split(text)
    if len(parts) != 2:  # noqa: PLR2004 (two ends)
        return None
    low, high = _ends(*parts)
    return Range(low, high) if low is not None and high is not None and low <= high else None


def _ends(first: str, second: str) -> tuple[float | None, float | None]:
    """Read both ends of a range; a unit that stands once stands at the end.

    ``15 ~ 20%`` and ``1 ~ 2.5万`` say it of both ends, ``7500 ~ 1万`` of the second only: the
    first end cannot be the larger one.
    """
    if second.endswith("%") and not first.endswith("%"):
        first += "%"
    low, high = _amount(first), _amount(second)
    match = _grammar()[0].fullmatch(second)
    if match and match[4] and low is not None:
        bare, size = _grammar()[0].fullmatch(first), words().magnitudes[match[4].lower()]
        if bare and not bare[4] and not bare[5] and low < float(match[3].replace(",", "")):
            low *= size
    return low, high


def number_columns(columns: Sequence[Sequence[Cell]]) -> list[Numbers]:
    """Parse numeric columns of equal length together, which is several times faster.

    Args:
        columns: Each (n,) cells as the container gave them.

    Returns:
        Each column's numbers with the positions of delayed and unreadable cells; a range is
        unreadable here, because a number is expected.
    """
    together = _plain(columns)
    return [numbers(cells) for cells in columns] if together is None else together


def numbers(cells: Sequence[Cell]) -> Numbers:
    """Parse one numeric column; see :func:`number_columns`."""
    if set(map(type, cells)) <= {int, float}:
        values = np.array(cells, dtype=np.float64)
        return Numbers(values, negative=bool((values < 0).any()))
    plain = _plain([cells])
    if plain is not None:
        return plain[0]
    parsed = list(map(_number, _as_text(cells)))
    values = np.array(
        [value if isinstance(value, float) else _NAN for value in parsed], dtype=np.float64
    )
    return Numbers(
        values,
        delayed=tuple(i for i, value in enumerate(parsed) if value is Missing.DELAYED),
        bad=tuple(i for i, value in enumerate(parsed) if value is None or isinstance(value, Range)),
        negative=bool((values < 0).any()),
    )


_START, _END = "\x02", "\x03"
_PLAIN_SIGNS = b"0123456789.,%-\x02\x03"
_TO_JSON = bytes.maketrans(b"\x02\x03", b" ,")
_MARGIN = b"\x03" * 4
_COMMA, _ZERO, _NINE = b",09"
_MAY_LEAD = np.isin(np.arange(256), list(b"\x02-,"))
"""What may stand before the first group of digits."""
_DASHES = (b"--", b"NULL", b"-")


def _plain(columns: Sequence[Sequence[Cell]]) -> list[Numbers] | None:
    """Parse columns that hold only plain numbers, percentages and common dashes.

    The cells are checked as one byte string and converted by a JSON reader, which rounds exactly
    as ``float`` does.

    Returns:
        The columns, or None when any cell needs the full grammar.
    """
    data = _as_bytes(columns)
    percents = data.count(b"%")
    if not data or data.translate(None, _PLAIN_SIGNS) or percents != data.count(b"%\x03"):
        return None
    if b"," in data and not _grouped_by_three(data):
        return None
    if percents:
        data = data.replace(b"%", b"e-2")
    plain = data.replace(b"\x02\x03", b"\x02NaN\x03").translate(_TO_JSON, b",")
    try:
        values = np.array(from_json(b"[%b]" % plain[:-1]), dtype=np.float64)
    except ValueError:
        return None
    negative = data.count(b"-") > percents
    return [Numbers(column, negative=negative) for column in values.reshape(len(columns), -1)]


def _as_bytes(columns: Sequence[Sequence[Cell]]) -> bytes:
    """Write cells as bytes between marks, dashes as nothing; empty when any is not plain text."""
    try:
        text = f"{_END}{_START}".join([f"{_END}{_START}".join(cells) for cells in columns])  # type: ignore[arg-type]
    except TypeError:
        return b""
    if not text or not text.isascii():
        return b""
    data = f"{_START}{text}{_END}".encode()
    if not data.count(b"\x02") == data.count(b"\x03") == sum(map(len, columns)):
        return b""  # a cell holds one of the marks itself
    for dash in _DASHES:
        if dash in data:
            data = data.replace(b"\x02%b\x03" % dash, b"\x02\x03")
    return data


def _grouped_by_three(data: bytes) -> bool:
    """Tell whether every comma stands where a thousands comma may stand."""
    signs = np.frombuffer(b"%b%b%b" % (_MARGIN, data, _MARGIN), dtype=np.uint8)
    commas = np.flatnonzero(signs == _COMMA)
    digit = (signs >= _ZERO) & (signs <= _NINE)
    one, two, three = digit[commas - 1], digit[commas - 2], digit[commas - 3]
    before = signs[np.where(one & two & three, commas - 4, np.where(two, commas - 3, commas - 2))]
    fine = one & digit[commas + 1] & digit[commas + 2] & digit[commas + 3] & ~digit[commas + 4]
    return bool((fine & _MAY_LEAD[before]).all())


def printed_decimals(cells: Sequence[Cell]) -> int:
    """Count the decimals a column is printed with; percent signs count as two more."""
    printed = [cell if isinstance(cell, str) else cell_text(cell) for cell in cells]
    places = [len(text) - text.find(".") - 1 for text in printed if "." in text]
    percent = any(text.endswith("%") for text in printed)
    most = max(places, default=0)
    return most + 1 if percent and most else most + 2 * percent


@lru_cache(maxsize=16384)
def parse_text(text: str) -> str | None:
    """Clean descriptive text: outer white space and the ``="..."`` wrapper go, markers are None."""
    text = text.strip()
    if text.startswith('="') and text.endswith('"'):
        text = text[2:-1]
    return None if text.lower() in words().missing else text


def texts(cells: Sequence[Cell]) -> list[str | None]:
    """Parse a text column."""
    return list(map(parse_text, _as_text(cells)))


def _as_text(cells: Sequence[Cell]) -> Iterable[str]:
    if set(map(type, cells)) == {str}:
        return cells  # type: ignore[return-value]
    return map(cell_text, cells)


@lru_cache(maxsize=16384)
def parse_id(text: str) -> str | _Damaged | None:
    """Parse an id: wrappers, apostrophe, tabs and a trailing ``.0`` are repaired.

    Returns:
        The id, None when the cell has none, or ``DAMAGED`` for scientific notation.
    """
    text = narrow(text).strip()
    if text.startswith('="') and text.endswith('"'):
        text = text[2:-1].strip()
    text = text.lstrip("'").strip()
    if text.lower() in words().missing:
        return None
    if _scientific(text):
        return DAMAGED
    whole = _trailing_zero(text)
    return whole[1] if whole else text


def ids(cells: Sequence[Cell]) -> list[str | _Damaged | None]:
    """Parse an id column; a numeric cell of 16 digits or more is damaged."""
    if set(map(type, cells)) == {str}:
        return list(map(parse_id, _as_text(cells)))
    return [
        parse_id(cell)
        if isinstance(cell, str)
        else DAMAGED
        if isinstance(cell, int | float) and abs(cell) >= _WHOLE_LIMIT
        else parse_id(cell_text(cell))
        for cell in cells
    ]


@lru_cache(maxsize=4096)
def parse_period(text: str) -> Period | None:
    """Parse a day or a period in any spelling of the exports.

    Returns:
        First and last day, or None when the text is neither; a period must not run backwards.
    """
    text = narrow(text).strip().strip("'").strip()
    for mark, sign in words().date_marks.items():
        text = text.replace(mark, sign)
    days = [_day(part) for part in _period_marks.split(text, maxsplit=1)]
    first, last = days[0], days[-1]
    return (first, last) if first and last and first <= last else None


def _day(text: str) -> date | None:
    match = _single_day(text.strip())
    if not match:
        return None
    year, month, day = int(match[1]), int(match[3] or match[5]), int(match[4] or match[6])
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def periods(cells: Sequence[Cell]) -> list[Period | None]:
    """Parse a date column."""
    return list(map(parse_period, _as_text(cells)))
