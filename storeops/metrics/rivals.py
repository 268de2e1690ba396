"""What was seen of rivals: every figure with its looks, the newest beside the one before.

A day without a look is a gap. What no look shows is not known, which is neither zero nor gone.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

import pandas as pd

from storeops.facts import RIVAL_DAILY, Window
from storeops.fields import Col
from storeops.metrics.intervals import Difference, Interval, compare

OWN = ""
"""Name of the own side of a comparison."""
KEYS = [Col.RIVAL.value, Col.ITEM_ID.value, Col.PART.value, Col.MEMBER.value, Col.METRIC.value]
DAYS = 30


@dataclass(frozen=True, slots=True)
class Asked:
    """What of the rivals and the industry is asked for; None is all of it.

    ``by_table`` allows the published table of indexes, as an estimate; ``everything`` asks for
    more than a morning needs.
    """

    rival: str | None = None
    item: str | None = None
    category: str | None = None
    days: int = DAYS
    by_table: bool = False
    everything: bool = False


ALL = Asked()
"""Nothing in particular is asked for."""


@dataclass(frozen=True, slots=True)
class Look:
    """One day's figure: a number or a range, or words."""

    day: date
    shown: Interval | None
    words: str | None = None


@dataclass(frozen=True, slots=True)
class RivalLine:
    """One figure of a rival over the days it was looked at, oldest first."""

    rival: str
    item: str
    part: str
    member: str
    metric: str
    looks: tuple[Look, ...] = field(repr=False)

    @property
    def last(self) -> Look:
        """Give the newest look."""
        return self.looks[-1]

    @property
    def before(self) -> Look | None:
        """Give the look before the newest."""
        return self.looks[-2] if len(self.looks) > 1 else None

    @property
    def change(self) -> Difference:
        """Compare the newest look with the one before."""
        return compare(self.before.shown if self.before else None, self.last.shown)


def rival_frame(window: Window, asked: Asked | None = None) -> pd.DataFrame | None:
    """Give the rows of rivals within the days asked for, the own side left out; None without."""
    frame = _seen(window)
    if frame is None:
        return None
    frame = frame[~frame[Col.RIVAL].isin([OWN, window.shop])]
    if asked is not None:
        first = pd.Timestamp(window.day - timedelta(days=asked.days - 1))
        frame = frame[frame[Col.DATE] >= first]
        if asked.rival is not None:
            frame = frame[frame[Col.RIVAL] == asked.rival]
        if asked.item is not None:
            frame = frame[frame[Col.ITEM_ID] == asked.item]
    return frame if len(frame) else None


def own_frame(window: Window) -> pd.DataFrame | None:
    """Give the rows of the own side of comparisons, as the platform shows them; None without."""
    frame = _seen(window)
    if frame is None:
        return None
    frame = frame[frame[Col.RIVAL].isin([OWN, window.shop])]
    return frame if len(frame) else None


def _seen(window: Window) -> pd.DataFrame | None:
    frame = window.tables.get(RIVAL_DAILY.name)
    if frame is None:
        return None
    return frame.reindex(columns=[*frame.columns, *_absent(frame)])


def _absent(frame: pd.DataFrame) -> list[str]:
    return [c.value for c in (Col.VALUE, Col.LOW, Col.HIGH, Col.WORDS) if c not in frame.columns]


def lines(frame: pd.DataFrame | None) -> tuple[RivalLine, ...]:
    """Group rows into figures, by rival, item, part and metric."""
    if frame is None:
        return ()
    return tuple(_lines(frame.sort_values([*KEYS, Col.DATE.value], kind="stable")))


def _lines(frame: pd.DataFrame) -> Iterator[RivalLine]:
    for key, rows in frame.groupby(KEYS, sort=False):
        rival, item, part, member, metric = map(str, key)
        yield RivalLine(rival, item, part, member, metric, tuple(looks(rows)))


def looks(rows: pd.DataFrame) -> Iterator[Look]:
    """Give what every row shows."""
    columns = (rows[c.value].tolist() for c in (Col.DATE, Col.VALUE, Col.LOW, Col.HIGH, Col.WORDS))
    for stamp, value, low, high, words in zip(*columns, strict=True):
        shown = Interval(value, value) if _known(value) else None
        if shown is None and _known(low) and _known(high):
            shown = Interval(low, high)
        yield Look(stamp.date(), shown, words if isinstance(words, str) else None)


def _known(value: object) -> bool:
    return isinstance(value, int | float) and not math.isnan(value)


def by_item(found: tuple[RivalLine, ...]) -> dict[tuple[str, str], dict[str, RivalLine]]:
    """Arrange the figures of rivals and their items as wholes: (rival, item) to metric to line."""
    whole: dict[tuple[str, str], dict[str, RivalLine]] = {}
    for line in found:
        if not line.part:
            whole.setdefault((line.rival, line.item), {})[line.metric] = line
    return whole


def latest_words(of: dict[str, RivalLine], metric: str) -> str | None:
    """Give the newest words of a metric that say anything (a title, the matched own item)."""
    line = of.get(metric)
    told = [look.words for look in line.looks if look.words] if line else []
    return told[-1] if told else None
