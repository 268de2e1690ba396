"""The checks of ``storeops doctor``, in the order in which a run would fail."""

from __future__ import annotations

from storeops.pipeline.checks import machine, reach, sent, stock
from storeops.pipeline.checks.visit import Look

CHECKS: tuple[tuple[str, Look], ...] = (
    ("version", machine.version),
    ("folders", machine.folders),
    ("disk", machine.disk),
    ("zone", machine.zone),
    ("clock", machine.clock),
    ("formats", stock.formats),
    ("record", stock.record),
    ("picture", machine.picture),
    ("secrets", reach.secrets),
    ("recipients", reach.recipients),
    ("outbox", sent.outbox),
    ("schedule", reach.scheduled),
)
