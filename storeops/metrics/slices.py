"""One slice of a fact: people of two carriers, attributions or devices are never added."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from storeops.facts import Window
from storeops.fields import Col
from storeops.metrics import sources


@dataclass(frozen=True, slots=True)
class Slice:
    """The rows of one choice of key values, and what was chosen."""

    rows: pd.DataFrame
    basis: tuple[tuple[str, str], ...]


def one_slice(frame: pd.DataFrame, keys: Sequence[Col], window: Window) -> Slice:
    """Choose one value of every key.

    Preferred: present on the window's last day; covering the whole shop; present on most days;
    then a fixed order of attributions, devices and scopes.
    """
    rows, basis = frame, []
    for key in keys:
        if key in rows:
            text = rows[key].astype(object).where(rows[key].notna(), "").to_numpy()
            chosen = _preferred(key, rows[Col.DATE], text, window)
            rows = rows[text == chosen]
            basis.append((key.value, chosen))
    return Slice(rows, tuple(basis))


_PREFERENCES: dict[Col, tuple[str, ...]] = {
    Col.ATTRIBUTION: ("last", "every", "unspecified", "first", ""),
    Col.DEVICE: ("all", "", "mobile", "pc"),
    Col.WORD_SCOPE: ("outside", "", "inside"),
}


def _preferred(key: Col, dates: pd.Series, text: npt.NDArray[np.object_], window: Window) -> str:
    """Rank the values of one key and give the best."""
    n_days = {str(name): int(n) for name, n in dates.groupby(text).nunique().items()}
    today = set(text[(dates == pd.Timestamp(window.day)).to_numpy()])

    def rank(name: str) -> tuple[bool, bool, int, int, str]:
        order = _PREFERENCES.get(key, ())
        place = -order.index(name) if name in order else -len(order)
        whole = key is not Col.CARRIER or sources.is_whole_shop(name)
        return name in today, whole, n_days[name], place, name

    return max(n_days, key=rank)
