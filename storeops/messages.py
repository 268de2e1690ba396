"""What the program has to say, as data: a message id and typed arguments.

No layer below ``reporter`` writes a sentence. It names one (``Message("note.gap", ...)``) and
hands over typed values; the catalogues in ``storeops/lang`` hold the words and
``reporter.numbers`` the number formats, so that zh and en always say the same thing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Unit(StrEnum):
    """The unit of a number; decides how it is parsed, stored and printed."""

    PEOPLE = "people"
    COUNT = "count"
    CNY = "CNY"
    RATIO = "ratio"
    """A fraction printed as a percentage (conversion rate)."""
    FACTOR = "factor"
    """A plain quotient printed as such (return on ad spend, pages per visitor)."""
    SECONDS = "seconds"
    SCORE = "score"
    INDEX = "index"
    TEXT = "text"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit; ``value`` is None when it is not known."""

    value: float | None
    unit: Unit


@dataclass(frozen=True, slots=True)
class Change:
    """A relative change (0.12 is +12 %), or percentage points when ``points`` is set."""

    value: float | None
    points: bool = False


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the vocabulary, looked up in the catalogue as ``<kind>.<name>``.

    Kinds in use: metric, fact, factor, owner, weekday, phase, promotion, layout, state, role.
    """

    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Message:
    """One sentence: its id in the catalogues, and its typed arguments.

    A ``str`` argument is text from a file (an item title, a file name) and is printed as it is,
    never as markup; a tuple is joined with the language's list separator.
    """

    id: str
    args: Mapping[str, object] = field(default_factory=dict)


def message(message_id: str, /, **args: object) -> Message:
    """Build a message from keyword arguments."""
    return Message(message_id, args)


@dataclass(frozen=True, slots=True)
class Note:
    """Something the reader of a report should know about the data.

    ``kind`` is one of the stable names of the JSON contract (missing_export, incomplete_day,
    restated, immature, unreadable_file, unknown_layout, truncated, mixed_shops, gap,
    short_history, unknown_column, ...); ``file`` is the file it concerns, if any.
    """

    kind: str
    message: Message
    file: str | None = None
