"""The listing of the outbox: what waits, what was sent, why something was not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any, Protocol

from storeops.messages import Message
from storeops.reporter.lang import Catalogue
from storeops.reporter.text import inert


class _Row(Protocol):
    """One message, as ``pipeline.outboxing`` hands it over."""

    @property
    def name(self) -> str: ...

    @property
    def shop(self) -> str: ...

    @property
    def day(self) -> date: ...

    @property
    def kind(self) -> str: ...

    @property
    def recipient(self) -> str: ...

    @property
    def status(self) -> str: ...

    @property
    def edition(self) -> int: ...

    @property
    def attempts(self) -> int: ...

    @property
    def changed(self) -> datetime: ...

    @property
    def due(self) -> datetime | None: ...

    @property
    def expires(self) -> datetime | None: ...

    @property
    def message_id(self) -> str | None: ...

    @property
    def answer(self) -> str: ...

    @property
    def reason(self) -> Message | None: ...

    @property
    def subject(self) -> Message: ...

    @property
    def standing(self) -> Message: ...

    @property
    def can_retry(self) -> bool: ...


class _Listing(Protocol):
    """What ``pipeline.outboxing.outbox_listing`` hands over."""

    @property
    def rows(self) -> Sequence[_Row]: ...

    @property
    def more(self) -> bool: ...

    @property
    def aside(self) -> tuple[str, ...]: ...


def outbox(found: _Listing, words: Catalogue) -> str:
    """List the messages, one line and what became of it; the name where it can be used."""
    return "\n".join(_lines(found, words))


def _lines(found: _Listing, words: Catalogue) -> Iterator[str]:
    if not found.rows:
        yield words.say("outbox.none")
    for row in found.rows:
        yield words.text(row.subject)
        yield f"    {words.text(row.standing)}"
        if row.can_retry:
            yield f"    {words.say('outbox.retry_by', name=row.name)}"
    if found.more:
        yield words.say("outbox.more")
    if found.aside:
        yield words.say("outbox.aside", files=found.aside)


def outbox_document(found: _Listing, words: Catalogue) -> dict[str, Any]:
    """Give the messages as JSON; moments in ISO with their zone, sentences in the language."""
    return {
        "schema": "storeops.outbox_listing/1",
        "messages": [_document(row, words) for row in found.rows],
        "more": found.more,
        "aside": [inert(name) for name in found.aside],
    }


def _document(row: _Row, words: Catalogue) -> dict[str, Any]:
    return {
        "name": row.name,
        "shop": inert(row.shop),
        "date": row.day.isoformat(),
        "kind": row.kind,
        "recipient": inert(row.recipient),
        "status": row.status,
        "edition": row.edition,
        "attempts": row.attempts,
        "changed": row.changed.isoformat(),
        "due": None if row.due is None else row.due.isoformat(),
        "expires": None if row.expires is None else row.expires.isoformat(),
        "message_id": row.message_id,
        "answer": inert(row.answer) or None,
        "reason": None if row.reason is None else words.text(row.reason),
        "text": words.text(row.standing),
    }
