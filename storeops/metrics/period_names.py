"""What the members that findings point at are called."""

from __future__ import annotations

from storeops.facts import Window
from storeops.fields import Col
from storeops.metrics import sources

_NAMED = (
    ("item", "item_daily", Col.ITEM_ID, Col.ITEM_TITLE),
    ("scene", "ad_daily", Col.SCENE_ID, Col.SCENE),
    ("plan", "ad_daily", Col.PLAN_ID, Col.PLAN),
)


def member_names(window: Window) -> dict[tuple[str, str], str]:
    """Give the newest name of every item, scene and plan, by kind and id."""
    found = {}
    for kind, fact, key, name in _NAMED:
        frame = window.tables.get(fact)
        if frame is not None and key in frame and name in frame:
            named = frame[frame[name].notna()].drop_duplicates(key, keep="last")
            for one, text in zip(named[key].astype(str), named[name].astype(str), strict=True):
                found[kind, one] = text
    return found


def last_name(path: str) -> str:
    """Give the last level of a source path."""
    return path.rsplit(sources.PATH, 1)[-1]
