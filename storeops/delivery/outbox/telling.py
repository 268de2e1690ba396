"""What a ticket says in one line."""

from __future__ import annotations

from datetime import datetime

from storeops.config import BEIJING
from storeops.delivery.outbox.ticket import Receipt, Status, Ticket
from storeops.messages import Message, Term, message


def moment(when: datetime) -> str:
    """Print a moment in Beijing, to the minute."""
    return f"{when.astimezone(BEIJING):%m-%d %H:%M}"


def receipt(ticket: Ticket) -> Receipt:
    """Say what was decided about a message, or what became of it."""
    return Receipt(message("outbox.line", what=subject(ticket), said=standing(ticket)), ticket)


def subject(ticket: Ticket) -> Message:
    """Name a message: day, kind, shop and recipient."""
    key = ticket.key
    return message(
        "outbox.correction" if ticket.is_correction else "outbox.message",
        day=key.day, kind=Term("outbox.kind", key.kind.value), shop=key.shop,
        recipient=key.recipient,
    )  # fmt: skip


def standing(ticket: Ticket) -> Message:
    """Say where a message stands, with the reason and the other side's answer."""
    said = _stands(ticket)
    if ticket.why is not None:
        said = message("outbox.because", said=said, why=ticket.why)
    if ticket.detail and ticket.status is not Status.SENT:
        said = message("outbox.answered", said=said, answer=ticket.detail)
    return said


def _stands(ticket: Ticket) -> Message:
    at = moment(ticket.changed)
    match ticket.status:
        case Status.WAITING:
            due = moment(ticket.due or ticket.changed)
            if not ticket.attempts:
                return message("outbox.status.waiting", due=due)
            return message("outbox.status.again", due=due, attempts=ticket.attempts)
        case Status.EXPIRED:
            return message("outbox.status.expired", at=at, attempts=ticket.attempts)
        case _:
            return message(f"outbox.status.{ticket.status.value}", at=at)
