"""Which data notes come first, and which are no news."""

from __future__ import annotations

from collections.abc import Iterable

from storeops.facts import SHOP_DAILY, Window
from storeops.messages import Message, Note
from storeops.metrics import tables

_FIRST = (
    "incomplete_day",
    "mixed_shops",
    "unreadable_file",
    "refused_file",
    "damaged_id",
    "missing_column",
    "missing_date",
    "missing_item",
    "wrong_period",
    "restated",
    "short_history",
    "gap",
    "stale",
    "inconsistent",
    "bad_cell",
    "unknown_layout",
)
_LAST = ("missing_export", "unknown_column", "truncated")
_ROLLING = "ingest.truncated_days"
REJUDGED = "note.rejudged"
"""First part of the ids of notes that say what became of an earlier verdict."""


def ordered(topics: Iterable[Note], files: Iterable[Note], window: Window) -> tuple[Note, ...]:
    """Put what spoils the answer first, and hints last.

    Args:
        topics: Notes of the topics, in their order.
        files: Notes of the files.
        window: What is on record: a rolling download that is full says nothing when the record
            reaches further back than it.
    """
    days = len(tables.days(window, SHOP_DAILY.name))
    told = [note for note in files if not _is_covered(note.message, days)]
    return tuple(sorted((*topics, *told), key=lambda note: (_place(note.kind), _follows(note))))


def _follows(note: Note) -> bool:
    """Tell a note that comes after others of its kind: what an alarm became leads."""
    return not note.message.id.startswith(REJUDGED)


def _place(kind: str) -> int:
    if kind in _FIRST:
        return _FIRST.index(kind)
    return len(_FIRST) + (1 + _LAST.index(kind) if kind in _LAST else 0)


def _is_covered(said: Message, days: int) -> bool:
    inner = said.args.get("note")
    if isinstance(inner, Message):
        return _is_covered(inner, days)
    limit = said.args.get("at")
    return said.id == _ROLLING and isinstance(limit, int) and days > limit
