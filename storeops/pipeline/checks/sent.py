"""Check of the outbox: did what should have gone out go out?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from storeops.delivery.outbox import Status as Standing
from storeops.messages import message
from storeops.pipeline.checks.visit import Check, Status, Visit
from storeops.pipeline.outboxing import open_outbox

_LOOKED_BACK = timedelta(days=14)
_NOT_GONE = frozenset({Standing.REFUSED, Standing.EXPIRED, Standing.UNKNOWN})


def outbox(visit: Visit) -> Iterator[Check]:
    """Count what was refused, given up or left without an answer in the last two weeks."""
    box = open_outbox(visit.workspace)
    recent = [t for t in box.entries() if t.changed > visit.now - _LOOKED_BACK]
    lost = [ticket for ticket in recent if ticket.status in _NOT_GONE]
    damaged = box.aside()
    if lost or damaged:
        said = message("doctor.outbox_not_gone", n=len(lost), damaged=len(damaged))
        yield Check("outbox", Status.ATTENTION, said, message("doctor.outbox_hint"))
        return
    waiting = sum(ticket.status is Standing.WAITING for ticket in recent)
    sent = sum(ticket.status is Standing.SENT for ticket in recent)
    yield Check("outbox", Status.OK, message("doctor.outbox", sent=sent, waiting=waiting))
