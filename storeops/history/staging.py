"""From the rows of a batch of files to one frame per fact, ready for the database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from storeops.facts import FACTS, Fact, FactRows, FileReading
from storeops.fields import FIELDS, Col
from storeops.history.rank import view_of
from storeops.history.sql import subject_of
from storeops.messages import Message, Unit, message

LARGEST_AMOUNT = 9e13
"""Yuan; a larger float cannot be exact to the fen."""


@dataclass(frozen=True, slots=True)
class Part:
    """The rows of one fact from one file, on their way into the record."""

    file_id: int
    shop: str
    view: str
    rows: FactRows

    @property
    def fact(self) -> Fact:
        """The fact the rows belong to."""
        return FACTS[self.rows.fact]

    @property
    def value_columns(self) -> list[str]:
        """The columns the file carries besides keys and bookkeeping, sorted."""
        return _value_columns(self.rows)

    @property
    def span(self) -> tuple[date, date]:
        """The first and the last day of the rows."""
        days = self.rows.columns[Col.DATE]
        return min(days), max(days)


def parts_of(file_id: int, reading: FileReading) -> list[Part]:
    """Split one file into its facts; several tables of one fact and view become one part each.

    Raises:
        ValueError: The reading breaks the contract of ``FactRows`` or names no shop.
    """
    if reading.shop is None:
        raise ValueError(f"{reading.file}: rows without a shop")
    parts = []
    for rows in reading.tables:
        _check_contract(rows)
        if len(rows):
            view = view_of(reading.layout, _value_columns(rows))
            parts.append(Part(file_id, reading.shop, view, rows))
    return parts


def frames(parts: Sequence[Part]) -> dict[str, pd.DataFrame]:
    """Join the parts into one frame per fact: keys, values and bookkeeping of every row.

    Returns:
        Fact name to frame; dates as datetime64[s], numbers as float64 (NaN is missing), text as
        objects (None is missing). A key that is missing is the empty text.
    """
    by_fact: dict[str, dict[str, list[Part]]] = {}
    for part in parts:
        by_fact.setdefault(part.rows.fact, {}).setdefault(part.view, []).append(part)
    return {
        name: pd.concat([_frame(FACTS[name], same) for same in views.values()], ignore_index=True)
        for name, views in by_fact.items()
    }


def refusals(staged: dict[str, pd.DataFrame]) -> dict[int, Message]:
    """Find files that cannot be stored as they are: file id to the reason.

    A file that says two things about one key, or an amount no shop can have, is refused as a
    whole; the others of the batch go on.
    """
    found: dict[int, Message] = {}
    for name, frame in staged.items():
        fact = FACTS[name]
        for position in _repeated(fact, frame):
            row = frame.iloc[position]
            found.setdefault(int(row["file_id"]), _place("record.repeated_key", fact, row))
        for position in _too_large(fact, frame):
            row = frame.iloc[position]
            found.setdefault(int(row["file_id"]), _place("record.amount_too_large", fact, row))
    return found


def _frame(fact: Fact, parts: Sequence[Part]) -> pd.DataFrame:
    lengths = [len(part.rows) for part in parts]
    data: dict[str, Any] = {}
    for column in (*fact.keys, *parts[0].value_columns, Col.SHEET, Col.ROW):
        joined = _joined(column, [part.rows.columns[column] for part in parts])
        if column in fact.keys and joined.dtype == object:
            joined[pd.isna(joined)] = ""
        data[str(column)] = joined
    data["shop"] = np.repeat(np.array([part.shop for part in parts], dtype=object), lengths)
    data["view"] = np.repeat(np.array([part.view for part in parts], dtype=object), lengths)
    data["file_id"] = np.repeat(np.array([part.file_id for part in parts]), lengths)
    return pd.DataFrame(data)


def _joined(column: str, pieces: Iterable[Any]) -> np.ndarray[Any, Any]:
    match FIELDS[column].unit:
        case Unit.DATE:
            return np.concatenate([np.asarray(p, dtype="datetime64[s]") for p in pieces])
        case Unit.TEXT:
            return np.concatenate([np.asarray(p, dtype=object) for p in pieces])
        case _:
            return np.concatenate([np.asarray(p, dtype=np.float64) for p in pieces])


def _value_columns(rows: FactRows) -> list[str]:
    own = {*FACTS[rows.fact].keys, Col.SHEET, Col.ROW}
    return sorted(str(column) for column in rows.columns if column not in own)


def _check_contract(rows: FactRows) -> None:
    fact = FACTS[rows.fact]
    known = {*fact.keys, *fact.columns, Col.SHEET, Col.ROW}
    wanted = {*fact.keys, Col.SHEET, Col.ROW}
    if wrong := {str(c) for c in (set(rows.columns) - known) | (wanted - set(rows.columns))}:
        raise ValueError(f"{fact.name}: columns unknown or missing: {sorted(wrong)}")


def _repeated(fact: Fact, frame: pd.DataFrame) -> list[int]:
    keys = ["file_id", "view", *fact.keys]
    return [int(n) for n in np.flatnonzero(frame.duplicated(keys).to_numpy())]


def _too_large(fact: Fact, frame: pd.DataFrame) -> list[int]:
    money = [c for c in fact.columns if c in frame and FIELDS[c].unit is Unit.CNY]
    values = np.abs(frame[money].to_numpy(dtype=np.float64))
    # NaN compares False: a missing amount is fine, an infinite one is not.
    return [int(n) for n in np.flatnonzero((values >= LARGEST_AMOUNT).any(axis=1))]


def _place(message_id: str, fact: Fact, row: pd.Series[Any]) -> Message:
    return message(
        message_id,
        day=row[Col.DATE].date(),
        subject=subject_of(*(row[key] for key in fact.keys[1:])),
        sheet=str(row[Col.SHEET]),
        row=str(int(row[Col.ROW])),
    )
