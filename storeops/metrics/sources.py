"""What kind of traffic a source brings, and which carrier covers the whole shop: a data table."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

import yaml

PATH = " > "
OTHER = "other"


def group(source: str) -> str:
    """Tell whether a source path is free, paid, self, outside or other traffic."""
    for level in source.split(PATH):
        for name, words in _table()["groups"].items():
            if any(word in level for word in words):
                return str(name)
    return OTHER


def is_whole_shop(carrier: str) -> bool:
    """Tell whether a traffic carrier covers the whole shop; a tree without carriers does."""
    return not carrier or any(word in carrier for word in _table()["whole_shop"])


@cache
def _table() -> Any:
    text = resources.files("storeops.metrics").joinpath("sources.yaml").read_text("utf-8")
    return yaml.safe_load(text)
