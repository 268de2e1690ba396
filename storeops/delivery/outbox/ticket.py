"""A ticket: one message's key, where it stands, and how it came there."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import Any

from pydantic import AwareDatetime, ConfigDict, TypeAdapter

from storeops.delivery.parcel import Parcel
from storeops.diagnose.finding import PeriodKind
from storeops.messages import Message, Term, message

_SCHEMA = "storeops.outbox/1"
_DETAIL = 500
"""Characters kept of an answer: a server may send pages."""


class Status(StrEnum):
    """Where a message stands."""

    WAITING = "waiting"
    """To be sent from ``due`` on: held, or between two attempts."""
    TRYING = "trying"
    SENT = "sent"
    REFUSED = "refused"
    EXPIRED = "expired"
    SKIPPED = "skipped"
    UNKNOWN = "unknown"
    """Handed over without an answer: it may have been taken, and is not sent again by itself."""


GONE = frozenset({Status.SENT, Status.UNKNOWN})
"""The recipient has it, or may have it."""


def plain(text: str) -> str:
    """Make text that every file can hold: a lone surrogate is spelled out."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


@dataclass(frozen=True, slots=True)
class Key:
    """What is sent at most once: the report of a shop's day, week or month to a recipient.

    ``day`` is the data's day, of a week or a month the last one.
    """

    shop: str
    day: date
    kind: PeriodKind
    recipient: str

    def __post_init__(self) -> None:
        """Spell out what a file cannot hold, so that a key read back is the same key."""
        object.__setattr__(self, "shop", plain(self.shop))
        object.__setattr__(self, "recipient", plain(self.recipient))

    @property
    def name(self) -> str:
        """Name of its files, and what a person types: ``2026-09-16-day-3fa8c1d2e0``."""
        return f"{self.day}-{self.kind.value}-{self._hash()[:10]}"

    def message_id(self, digest: str, edition: int) -> str:
        """Name one mail for good: the same content again has the same name, other content another.

        Two workspaces with a shop of the same name never share a name for different reports.
        """
        return f"<{self._hash(digest)[:32]}.{edition}@storeops.invalid>"

    def _hash(self, *more: str) -> str:
        parts = (self.shop, self.day.isoformat(), self.kind.value, self.recipient, *more)
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Letter:
    """What is to be sent under a key.

    ``digest`` stands for what the report says: the same digest is never sent twice in a row.
    ``correction`` is what a recipient gets who has an earlier one; None says nothing again.
    """

    parcel: Parcel
    digest: str
    correction: Parcel | None = None

    def __post_init__(self) -> None:
        """Refuse an empty digest, which stands for nothing."""
        if not self.digest:
            raise ValueError("a letter needs a digest")


@dataclass(frozen=True, slots=True)
class Past:
    """How an earlier edition ended."""

    edition: int
    digest: str
    status: Status
    changed: AwareDatetime
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Ticket:
    """One message. Attempts, answers and the hand-over are those of the current edition."""

    key: Key
    status: Status
    since: AwareDatetime
    """When this content was put in."""
    changed: AwareDatetime
    edition: int = 1
    digest: str = ""
    content: str | None = None
    """Fingerprint of the stored parcel; None when there is none any more."""
    due: AwareDatetime | None = None
    expires: AwareDatetime | None = None
    attempts: int = 0
    channel: str = ""
    """Way of the last attempt."""
    is_handed_over: bool = False
    unanswered: int = 0
    """Times it was handed over without an answer."""
    detail: str = ""
    """The other side's last answer."""
    why: Message | None = None
    """Why it waits, or why it is not sent."""
    corrected: tuple[str, ...] = ()
    """Digests that went out as corrections."""
    past: tuple[Past, ...] = ()
    """Earlier editions, which the recipient has or may have."""

    @property
    def message_id(self) -> str:
        """The Message-ID of every attempt at this edition."""
        return self.key.message_id(self.digest, self.edition)

    @property
    def is_correction(self) -> bool:
        """Tell whether the recipient has an earlier edition."""
        return bool(self.past)

    @property
    def is_pending(self) -> bool:
        """Tell whether it is still to be sent."""
        return self.status in {Status.WAITING, Status.TRYING}

    @property
    def can_retry(self) -> bool:
        """Tell whether a person can ask for another try: unsent, and the content is there."""
        return not self.is_pending and self.content is not None

    @property
    def is_settled(self) -> bool:
        """Tell whether nothing is left to do, not even for a person."""
        return not self.is_pending and self.content is None

    def ending(self) -> Past:
        """Sum up the current edition before another takes its place."""
        return Past(self.edition, self.digest, self.status, self.changed, self.detail)


@dataclass(frozen=True, slots=True)
class Receipt:
    """One line for the log; ``ticket`` is None when it is about the outbox itself."""

    said: Message
    ticket: Ticket | None = None


def answer(text: str) -> str:
    """Cut an answer of the other side to what a ticket keeps."""
    return plain(text)[:_DETAIL]


def portable(reason: Message) -> Message:
    """Keep of a reason what a file can hold: text, numbers, words, sentences, lists of them."""
    return message(plain(reason.id), **{name: _portable(arg) for name, arg in reason.args.items()})


def _portable(value: object) -> object:
    match value:
        case None | int() | float() | Term():
            return value
        case Message():
            return portable(value)
        case tuple() | list():
            return tuple(_portable(part) for part in value)
        case _:
            return plain(str(value))


def _read_back(value: object) -> object:
    """Undo what JSON makes of an argument: words and sentences become mappings, tuples lists."""
    match value:
        case {"kind": str(kind), "name": str(name)}:
            return Term(kind, name)
        case {"id": str(message_id), "args": dict(args)}:
            return Message(message_id, {key: _read_back(arg) for key, arg in args.items()})
        case list():
            return tuple(_read_back(part) for part in value)
        case _:
            return value


@dataclass(frozen=True, slots=True)
class _Stored:
    """What a ticket's file holds."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    schema: str
    ticket: Ticket


def dump(ticket: Ticket) -> bytes:
    """Write a ticket as JSON that a person can read."""
    data = {"schema": _SCHEMA, "ticket": asdict(ticket)}
    return json.dumps(data, ensure_ascii=False, indent=1, default=_written).encode()


def _written(value: object) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(f"a ticket holds no {type(value).__name__}")


def load(data: bytes) -> Ticket:
    """Read a ticket.

    Raises:
        ValueError: Not a ticket, or one of another version.
    """
    stored = _reader().validate_python(json.loads(data))
    if stored.schema != _SCHEMA:
        raise ValueError(stored.schema)
    ticket = stored.ticket
    if ticket.why is None:
        return ticket
    args = {name: _read_back(arg) for name, arg in ticket.why.args.items()}
    return replace(ticket, why=Message(ticket.why.id, args))


@cache
def _reader() -> TypeAdapter[_Stored]:
    return TypeAdapter(_Stored)
