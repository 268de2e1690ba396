"""The words of export files that reading itself must know, loaded once from ``words.yaml``."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from storeops.yamlfile import read_yaml

_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0xA0: 0x20}
_NOTHING = dict.fromkeys((0xFEFF, 0x200B, 0x200C, 0x200D, 0x2060))


@dataclass(frozen=True, slots=True)
class Words:
    """Markers, units and fixed row names as the exports spell them."""

    missing: frozenset[str]
    delayed: frozenset[str]
    not_applicable: frozenset[str]
    magnitudes: Mapping[str, float]
    currency: tuple[str, ...]
    counters: tuple[str, ...]
    range_marks: tuple[str, ...]
    floor_marks: tuple[str, ...]
    date_marks: Mapping[str, str]
    totals: frozenset[str]
    private: frozenset[str]
    groups: Mapping[str, tuple[str, ...]]
    rivals: tuple[str, ...]
    loose_range_marks: tuple[str, ...]
    ceiling_marks: tuple[str, ...]


@cache
def words() -> Words:
    """Load the words that ship with the program."""
    text = files("storeops.ingest").joinpath("words.yaml").read_text(encoding="utf-8")
    data: dict[str, Any] = read_yaml(text, "words.yaml")[0]
    return Words(
        missing=frozenset(data["missing"]),
        delayed=frozenset(data["delayed"]),
        not_applicable=frozenset(data["not_applicable"]),
        magnitudes=data["magnitudes"],
        currency=tuple(data["currency"]),
        counters=tuple(data["counters"]),
        range_marks=tuple(data["range_marks"]),
        floor_marks=tuple(data["floor_marks"]),
        date_marks=data["date_marks"],
        totals=frozenset(data["totals"]),
        private=frozenset(map(fold, data["private"])),
        rivals=tuple(data["rivals"]),
        loose_range_marks=tuple(data["loose_range_marks"]),
        ceiling_marks=tuple(data["ceiling_marks"]),
        groups={role: tuple(map(fold, names)) for role, names in data["groups"].items()},
    )


def narrow(text: str) -> str:
    """Turn full-width letters, digits and signs into their ASCII forms."""
    return text if text.isascii() else text.translate(_WIDTH)


@lru_cache(maxsize=8192)
def fold(text: str) -> str:
    """Fold a header for comparison: width, white space, byte-order mark and case do not count."""
    return "".join(unicodedata.normalize("NFKC", text).translate(_NOTHING).split()).casefold()
