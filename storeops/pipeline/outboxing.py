"""The workspace's outbox: where it is, what a person sees of it, and another try on request."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from storeops.delivery.outbox import Outbox, Ticket
from storeops.delivery.outbox.telling import standing, subject
from storeops.messages import Message
from storeops.pipeline.notebook import FOLDER
from storeops.pipeline.workspace import Workspace


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """One message as it is listed; moments carry their zone, None where there is none."""

    name: str
    shop: str
    day: date
    kind: str
    recipient: str
    status: str
    edition: int
    attempts: int
    changed: datetime
    due: datetime | None
    expires: datetime | None
    message_id: str | None
    answer: str
    reason: Message | None
    subject: Message
    standing: Message
    can_retry: bool


@dataclass(frozen=True, slots=True)
class OutboxListing:
    """Messages, newest day first; ``more`` says that older ones were left out."""

    rows: tuple[OutboxRow, ...]
    more: bool
    aside: tuple[str, ...]


def open_outbox(workspace: Workspace) -> Outbox:
    """Open the outbox of a workspace; nothing is made until something is put in."""
    return Outbox(workspace.root / FOLDER / "outbox", workspace.settings.delivery)


def outbox_listing(workspace: Workspace, shop: str | None, limit: int | None) -> OutboxListing:
    """List what waits, was sent or was not sent.

    Args:
        workspace: Whose.
        shop: Only this shop.
        limit: At most so many; what is not settled is listed whatever the limit.
    """
    outbox = open_outbox(workspace)
    tickets = outbox.entries(shop, limit)
    more = limit is not None and len(outbox.entries(shop, limit + 1)) > len(tickets)
    return OutboxListing(tuple(map(_row, tickets)), more, outbox.aside())


def try_again(workspace: Workspace, name: str, now: datetime) -> Message:
    """Put a message in line again; the next run that sends tries it.

    Raises:
        StoreopsError: No such message, or none that can be tried again.
    """
    return open_outbox(workspace).retry(name, now).said


def _row(ticket: Ticket) -> OutboxRow:
    return OutboxRow(
        name=ticket.key.name,
        shop=ticket.key.shop,
        day=ticket.key.day,
        kind=ticket.key.kind.value,
        recipient=ticket.key.recipient,
        status=ticket.status.value,
        edition=ticket.edition,
        attempts=ticket.attempts,
        changed=ticket.changed,
        due=ticket.due if ticket.is_pending else None,
        expires=ticket.expires if ticket.is_pending else None,
        message_id=ticket.message_id if ticket.attempts else None,
        answer=ticket.detail,
        reason=ticket.why,
        subject=subject(ticket),
        standing=standing(ticket),
        can_retry=ticket.can_retry,
    )
