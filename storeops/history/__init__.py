"""The record on disk; the only package that knows the database."""

from storeops.history.database import set_aside
from storeops.history.entries import ImportEntry, Judgement, ShopCoverage, TraceRow
from storeops.history.rank import download_time
from storeops.history.store import History

__all__ = [
    "History",
    "ImportEntry",
    "Judgement",
    "ShopCoverage",
    "TraceRow",
    "download_time",
    "set_aside",
]
