"""The demo shop's names and the vendors' header rows, as typed data."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from pydantic import BaseModel, ConfigDict

from storeops.yamlfile import read_yaml

Header = tuple[tuple[str, str | None], ...]
"""One header row in order: the vendor's label, and the figure below it or None."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Source(_Part):
    """A traffic source: its path in the vendor's tree, its size, its conversion."""

    path: tuple[str, ...]
    hero: float
    other: float
    converts: float


class Item(_Part):
    """An item: what it is, what it costs in yuan, and the share of visitors who pay."""

    title: str
    code: str
    price: float
    rate: float
    words: tuple[str, ...]


class Plan(_Part):
    """An ads plan and the positions of the items it promotes."""

    name: str
    items: tuple[int, ...]


class Scene(_Part):
    """An ads product; ``cost_per_click`` in fen."""

    id: str
    name: str
    source: str
    spend: str
    click_rate: float
    cost_per_click: int
    plans: tuple[Plan, ...]
    crowds: bool


class Catalogue(_Part):
    """Everything of the synthetic shop that is a name or a constant."""

    shop: str
    notice: str
    preamble: tuple[str, ...]
    sheets: dict[str, str]
    files: dict[str, str]
    archives: dict[str, str]
    rivals: Mapping[str, str]
    words: dict[str, str]
    sources: dict[str, Source]
    carriers: dict[str, float]
    items: tuple[Item, ...]
    brand_word: str
    scenes: tuple[Scene, ...]
    crowds: tuple[str, ...]
    readme: str
    config: str


@cache
def catalogue() -> Catalogue:
    """Load the names of the demo shop."""
    return Catalogue.model_validate(_data("shop.yaml"))


@cache
def header(name: str) -> Header:
    """Give one vendor header row in the vendor's order."""
    rows = _data("headers.yaml")[name]
    return tuple(rows.items() if isinstance(rows, Mapping) else (tuple(row) for row in rows))


@cache
def home_columns() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the leading columns of the home page export, and the four suffixes of a metric."""
    data = _data("headers.yaml")
    return tuple(data["home_lead"]), tuple(data["home_suffixes"])


@cache
def _data(name: str) -> Any:
    text = files("storeops.demo").joinpath(name).read_text(encoding="utf-8")
    return read_yaml(text, name)[0]
