"""What the detector keeps from one morning to the next, to and from the record.

A cache: without it the same numbers come out of following the last months again.
"""

from __future__ import annotations

import io
import json
from dataclasses import fields
from datetime import date, timedelta

import numpy as np

from storeops.facts import Window
from storeops.fields import Col
from storeops.history import History
from storeops.metrics.board import Memory
from storeops.metrics.definitions import METRICS
from storeops.metrics.detector import Kept
from storeops.metrics.filters import FilterState
from storeops.metrics.shop import HEADLINES

_NAME = "board"
_RESTS_ON = frozenset({column for name in HEADLINES for column in METRICS[name].columns}) | {
    Col.CLICKS,
    *METRICS["shop_report_ad_spend"].columns,
}
"""Columns the board is made of; a correction of any other leaves its state alone."""
_STATE = tuple(field.name for field in fields(FilterState))


def recall(record: History, window: Window) -> Memory | None:
    """Give what an earlier day left, None when there is nothing that still holds."""
    found = record.state(window.shop, _NAME, before=window.day)
    return None if found is None else _load(*found)


def keep(record: History, window: Window, memory: Memory) -> None:
    """Keep what a day leaves for the next one; what is there already stays."""
    newest = record.state(window.shop, _NAME, before=window.day + timedelta(days=1))
    if newest is None or newest[0] != memory.day:
        record.keep_state(window.shop, _NAME, memory.day, _dump(memory), rests_on=_RESTS_ON)


def _dump(memory: Memory) -> bytes:
    told = json.dumps({"signature": memory.signature, "labels": memory.labels})
    arrays = {name: getattr(memory.kept.filters, name) for name in _STATE}
    target = io.BytesIO()
    np.savez(
        target,
        told=np.frombuffer(told.encode(), dtype=np.uint8),
        histograms=memory.kept.histograms,
        **arrays,
    )
    return target.getvalue()


def _load(day: date, payload: bytes) -> Memory:
    with np.load(io.BytesIO(payload), allow_pickle=False) as stored:
        told = json.loads(stored["told"].tobytes())
        filters = FilterState(**{name: stored[name] for name in _STATE})
        kept = Kept(filters, stored["histograms"])
    return Memory(day, told["signature"], tuple(told["labels"]), kept)
