"""From one state of a ticket to the next: pure, the moment comes in."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta

from storeops.delivery.outbox.ticket import GONE, Letter, Status, Ticket, answer
from storeops.delivery.parcel import Fate, Outcome
from storeops.messages import Message, message

UNANSWERED = 5
"""Times a mail is handed over without an answer before it is left alone."""
_FOLDS = frozenset({"mail"})
"""Channels whose reader can fold two copies of one message."""
_MINUTES = (1, 5, 15, 60)
_JITTER = 0.2


def pause(message_id: str, attempts: int) -> timedelta:
    """Choose how long to wait after an attempt: 1, 5, 15, 60, 60... minutes, up to a fifth more.

    What is added follows from the message, so that many messages do not come back together and a
    run can be repeated.
    """
    minutes = _MINUTES[min(attempts, len(_MINUTES)) - 1]
    draw = hashlib.sha256(f"{message_id} {attempts}".encode()).digest()[0] / 255
    return timedelta(minutes=minutes * (1 + _JITTER * draw))


def recovered(ticket: Ticket, now: datetime) -> Ticket:
    """Decide about an attempt that was killed; any other ticket stays."""
    if ticket.status is not Status.TRYING:
        return ticket
    if ticket.is_handed_over:
        return _unanswered(ticket, now, now, message("outbox.why.killed"))
    return replace(ticket, status=Status.WAITING, changed=now)


def _unanswered(ticket: Ticket, now: datetime, due: datetime, why: Message) -> Ticket:
    count = ticket.unanswered + 1
    told = replace(ticket, changed=now, due=due, is_handed_over=False, unanswered=count, why=why)
    if ticket.channel in _FOLDS and count < UNANSWERED:
        return replace(told, status=Status.WAITING)
    return _gone(told, Status.UNKNOWN)


def _gone(ticket: Ticket, status: Status) -> Ticket:
    """Mark that the recipient has it, or may have it; of a correction, that it is used up."""
    corrected = ticket.corrected
    if ticket.is_correction and ticket.digest not in corrected:
        corrected = (*corrected, ticket.digest)
    return replace(ticket, status=status, corrected=corrected)


def answered(ticket: Ticket, outcome: Outcome, now: datetime, due: datetime) -> Ticket:
    """Write the outcome of an attempt down.

    Args:
        ticket: As it was during the attempt.
        outcome: What came of it.
        now: The moment.
        due: When to try again, if that makes sense.
    """
    said = replace(
        ticket, changed=now, detail=answer(outcome.detail), is_handed_over=False, why=None
    )
    match outcome.fate:
        case Fate.SENT:
            return replace(_gone(said, Status.SENT), content=None)
        case Fate.LATER:
            return replace(said, status=Status.WAITING, due=due)
        case Fate.REFUSED:
            return replace(said, status=Status.REFUSED)
        case Fate.UNKNOWN:
            return _unanswered(said, now, due, message("outbox.why.unanswered"))


def expired(ticket: Ticket, now: datetime) -> Ticket:
    """Give a message up whose time is over; one that may have been taken is not called unsent."""
    if ticket.unanswered:
        return _gone(replace(ticket, changed=now), Status.UNKNOWN)
    return replace(ticket, status=Status.EXPIRED, changed=now)


def lost(ticket: Ticket, now: datetime) -> Ticket:
    """Give a message up whose content is gone."""
    status = Status.UNKNOWN if ticket.unanswered else Status.REFUSED
    return replace(ticket, status=status, changed=now, content=None, why=message("outbox.why.lost"))


def is_news(ticket: Ticket | None, letter: Letter) -> bool:
    """Tell whether a letter changes anything for its key.

    What is there already changes nothing. After something went, only a correction does, and each
    content goes out as a correction once.
    """
    if ticket is None:
        return True
    if ticket.digest == letter.digest:
        return False
    if ticket.status in GONE:
        return letter.correction is not None and letter.digest not in ticket.corrected
    if ticket.is_correction:
        return letter.correction is not None or letter.digest == ticket.past[-1].digest
    return True


def renewed(ticket: Ticket, letter: Letter, now: datetime) -> Ticket:
    """Take a new letter on, still without its content: in place of one unsent, or as a correction.

    A pending correction is taken back when the recipient has what the letter says.
    """
    if ticket.status not in GONE and _says_what_went(ticket, letter):
        return withdrawn(ticket)
    fresh = replace(
        ticket, status=Status.WAITING, since=now, changed=now, digest=letter.digest, attempts=0,
        channel="", is_handed_over=False, unanswered=0, detail="",
    )  # fmt: skip
    if ticket.status not in GONE:
        return fresh
    return replace(fresh, edition=ticket.edition + 1, past=(*ticket.past, ticket.ending()))


def _says_what_went(ticket: Ticket, letter: Letter) -> bool:
    if not ticket.is_correction or ticket.unanswered:
        return False
    return ticket.past[-1].digest == letter.digest


def withdrawn(ticket: Ticket) -> Ticket:
    """Take a pending correction back: all is as it was before."""
    went = ticket.past[-1]
    return replace(
        ticket, status=went.status, changed=went.changed, edition=went.edition,
        digest=went.digest, content=None, detail=went.detail, past=ticket.past[:-1],
        why=message("outbox.why.withdrawn"),
    )  # fmt: skip


def skipped(ticket: Ticket, reason: Message, now: datetime) -> Ticket:
    """Decide against sending; what went, or may have gone, stays as it is."""
    if ticket.status in GONE:
        return ticket
    if ticket.unanswered:
        return _gone(replace(ticket, changed=now, why=reason), Status.UNKNOWN)
    if ticket.is_correction:
        return withdrawn(ticket)
    return replace(
        ticket, status=Status.SKIPPED, changed=now, digest="", content=None, why=reason, detail=""
    )


def revived(ticket: Ticket, now: datetime, expires: datetime) -> Ticket:
    """Try again what was refused, given up, or may have been taken; that it may have been stays."""
    return replace(
        ticket, status=Status.WAITING, changed=now, due=now, expires=expires, attempts=0, why=None
    )
