"""A report meets the rules of one recipient: into the outbox, or a note why not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from storeops.config import DeliverySettings, RecipientSettings
from storeops.delivery.outbox import Key, Letter, Outbox, Receipt
from storeops.delivery.rules import About, Course, decide


@dataclass(frozen=True, slots=True)
class Offer:
    """A report on offer: what the rules ask about it, what it says, and how to write it.

    ``write`` is called only when the outbox wants the letter, with the digest of what the
    recipient has already (None: nothing).
    """

    about: About
    digest: str
    write: Callable[[str | None], Letter]


def offer(
    outbox: Outbox,
    offered: Offer,
    recipient: RecipientSettings,
    *,
    settings: DeliverySettings,
    now: datetime,
) -> Receipt | None:
    """Put a report in the outbox for a recipient, or note why they do not get it.

    Whether it corrects an earlier one the outbox knows, whatever ``about.was_sent`` says.

    Returns:
        What was decided, None when nothing changed.

    Raises:
        StoreopsError: The outbox is held by another run or cannot be written.
    """
    about = offered.about
    key = Key(about.shop, about.day, about.kind, recipient.name)
    known = replace(about, was_sent=outbox.was_sent(key))
    decision = decide(recipient, known, now, settings)
    if decision.course is Course.SKIP and decision.reason is not None:
        return outbox.skip(key, decision.reason, now=now)
    if outbox.holds(key, offered.digest):
        return None
    letter = offered.write(outbox.told(key))
    return outbox.put(key, letter, now=now, not_before=decision.not_before, why=decision.reason)
