"""What is sent and what became of it: bytes and text, no figures."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from storeops.messages import Message


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that goes along; one with ``content_id`` is shown inside the text (``cid:``)."""

    name: str
    media_type: str
    data: bytes
    content_id: str | None = None


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message in every form its channel may need.

    ``text`` is plain text for mail and Markdown of the channel's dialect for a robot; ``html``
    and ``enclosures`` are for mail; ``document`` is the JSON text a webhook gets.
    """

    subject: str
    text: str
    html: str | None = None
    enclosures: tuple[Enclosure, ...] = ()
    document: str | None = None


class Fate(StrEnum):
    """What one attempt came to."""

    SENT = "sent"
    LATER = "later"
    """Not taken, and trying again makes sense: server down, busy, greylisting, rate limit."""
    REFUSED = "refused"
    """Not taken, and trying again does not help: wrong password, unknown address, bad signature."""
    UNKNOWN = "unknown"
    """The connection broke after all was handed over: it may have been taken."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One attempt; ``detail`` is the other side's answer, with no secret in it.

    ``meaning`` and ``advice`` say the same to the operator, and what to do, in any language.
    """

    fate: Fate
    detail: str = ""
    meaning: Message | None = None
    advice: Message | None = None
