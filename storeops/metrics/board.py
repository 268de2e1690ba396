"""All series of a shop in one pass: figures, sources, items, words, scenes and plans.

The board begins on a fixed grid of days, 16 to 20 weeks before the day in question, so that what
it says depends on the facts alone and not on when they were looked at; within a step of the grid
what was kept after a day is all that the next day needs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from storeops.calendars import Calendar
from storeops.facts import Window
from storeops.fields import Col
from storeops.metrics.blocks import (
    ACCOUNT,
    FIGURES,
    Block,
    Family,
    Row,
    figure_block,
    figure_rows,
    member_blocks,
    spend_blocks,
)
from storeops.metrics.definitions import METRICS, quotient
from storeops.metrics.detector import (
    HEADLINE,
    WATCHED,
    Detection,
    Families,
    Kept,
    detect,
    nothing_kept,
)
from storeops.metrics.filters import NOISE_GAIN, Signals
from storeops.metrics.panel import Floats, Ints, panel
from storeops.metrics.shop import HEADLINES, ShopLines, shop_lines
from storeops.metrics.slices import Slice, one_slice
from storeops.metrics.spend import one_grain

STEP, LEAD = 28, 112
"""Days between two beginnings of a board, and days it has at least."""
_BASKET_DAYS = 28
_PLAIN_BASKET = 100.0
"""Yuan per buyer assumed where a table has no buyers."""
_VERSION = 4
"""Raised whenever what is kept is no longer what this code would have kept."""
_STEADY = 0.03
"""Least gain of the day noise of the shop's own figures: sums of many are steadier than members,
and an incident must not hide the next one."""
_PEOPLE = (Col.VISITORS, Col.PAID_BUYERS, Col.PAID_AMOUNT)
_MEMBERS: dict[Family, tuple[str, Col, tuple[Col, ...]]] = {
    Family.SOURCE: ("source_daily", Col.SOURCE, (Col.CARRIER, Col.ATTRIBUTION, Col.DEVICE)),
    Family.ITEM: ("item_daily", Col.ITEM_ID, ()),
    Family.WORD: ("search_word_daily", Col.WORD, (Col.WORD_SCOPE, Col.DEVICE)),
}
_SPEND = (Col.AD_SPEND, Col.CLICKS)
_KEYS: dict[Family, tuple[Col, tuple[Col, ...]]] = {
    **{family: (key, _PEOPLE) for family, (_, key, _) in _MEMBERS.items()},
    Family.SCENE: (Col.SCENE_ID, _SPEND),
    Family.PLAN: (Col.PLAN_ID, _SPEND),
}


@dataclass(frozen=True, slots=True)
class Memory:
    """What a board leaves for the next day: states by label, and under what they hold."""

    day: date
    signature: str
    labels: tuple[str, ...]
    kept: Kept


@dataclass(frozen=True, slots=True)
class Reading:
    """One block of the board on the day in question; arrays are (n_series,)."""

    keys: tuple[str, ...]
    detection: Detection
    where: slice

    @property
    def expected(self) -> Floats:
        """What was expected, on the scale of the series."""
        return self.detection.expected[self.where]

    @property
    def moved(self) -> Floats:
        """Log distance of the day from what was expected."""
        return self.detection.distance(self.detection.raw)[self.where]

    @property
    def raw(self) -> Floats:
        """Distance from the expectation in standard deviations."""
        return self.detection.raw[self.where]

    @property
    def z(self) -> Floats:
        """The same without what the whole block shares that day."""
        return self.detection.z[self.where]

    @property
    def p(self) -> Floats:
        """How rare ``z`` is."""
        return self.detection.p[self.where]

    @property
    def seen(self) -> Floats:
        """Days behind the expectation."""
        return self.detection.seen[self.where]

    def limits(self, p: Floats) -> Floats:
        """Give the score at which each series would be as rare as ``p``."""
        whole = np.ones(len(self.detection.z))
        whole[self.where] = p
        return self.detection.limits(whole)[self.where]

    def score(self, distance: Floats) -> Floats:
        """Turn log distances from the expectation into scores."""
        return self.detection.score(self._widened(distance))[self.where]

    def distance(self, scores: Floats) -> Floats:
        """Turn scores into log distances from the expectation."""
        return self.detection.distance(self._widened(scores))[self.where]

    def _widened(self, values: Floats) -> Floats:
        whole = np.zeros(len(self.detection.z))
        whole[self.where] = values
        return whole

    def places(self, keys: Sequence[str]) -> Ints:
        """Find the positions of some keys, all of which are followed."""
        place = {key: index for index, key in enumerate(self.keys)}
        return np.array([place[key] for key in keys], dtype=np.intp)


@dataclass(frozen=True, slots=True)
class Board:
    """A shop's day: its lines, the slices its members were read from, and every reading."""

    shop: ShopLines
    start: int
    """Position of the board's first day among the shop's days."""
    rows: tuple[Row, ...]
    basket: float
    slices: Mapping[Family, Slice]
    readings: Mapping[tuple[Family, str], Reading]
    memory: Memory

    @property
    def figures(self) -> Reading:
        """The shop's own figures, one series per row of ``rows``."""
        return self.readings[Family.SHOP, FIGURES]

    def reading(self, family: Family, measure: str) -> Reading | None:
        """Find a block's reading; None when the window does not carry it."""
        return self.readings.get((family, measure))


def first_day(day: date) -> date:
    """Give the day a board for ``day`` begins on."""
    return day - timedelta(days=LEAD + day.toordinal() % STEP)


def watch(window: Window, calendar: Calendar, memory: Memory | None = None) -> Board:
    """Follow all series of a window and judge its last day.

    Args:
        window: Facts of one shop; read from ``first_day(window.day)`` on.
        calendar: Says which days are normal.
        memory: What the board of an earlier day left; used only where it still holds.
    """
    shop = shop_lines(window, calendar)
    start = max(0, shop.days.index(first_day(window.day)))
    ground = _Ground(shop, start, _basket(shop, start), _slices(window))
    held = memory if memory is not None and ground.holds(memory) else None
    after = start if held is None else shop.days.index(held.day) + 1
    rows = figure_rows(shop, [METRICS[name] for name in HEADLINES], ground.basket)
    blocks = [figure_block(shop, rows, after), *_member_blocks(ground, after, held)]
    labels = tuple(label for block in blocks for label in _labels(block))
    detection = _detect(blocks, ground, after, _recalled(labels, held))
    readings, place = {}, 0
    for block in blocks:
        where = slice(place, place + len(block.keys))
        readings[block.family, block.measure] = Reading(block.keys, detection, where)
        place = where.stop
    left = Memory(window.day, ground.signature(window.day), labels, detection.kept)
    return Board(
        shop=shop,
        start=start,
        rows=rows,
        basket=ground.basket,
        slices=ground.slices,
        readings=readings,
        memory=left,
    )


@dataclass(frozen=True, slots=True)
class _Ground:
    """What a board stands on; ``start`` is the position of its first day."""

    shop: ShopLines
    start: int
    basket: float
    slices: Mapping[Family, Slice]

    def signature(self, day: date) -> str:
        """Stand for all that the state after a day depends on, but for the facts themselves."""
        upto = slice(self.start, self.shop.days.index(day) + 1)
        parts = (
            _VERSION,
            self.shop.days.day(self.start),
            self.basket,
            sorted((family.value, slice_.basis) for family, slice_ in self.slices.items()),
            self.shop.days.weekday[upto].tolist(),
            self.shop.usable[upto].tolist(),
        )
        return hashlib.sha256(repr(parts).encode()).hexdigest()

    def holds(self, memory: Memory) -> bool:
        """Tell whether what was kept is what following the days anew would give."""
        place = self.shop.days.index(memory.day)
        return self.start <= place < self.shop.target and memory.signature == self.signature(
            memory.day
        )


def _basket(shop: ShopLines, start: int) -> float:
    """Amount per buyer over the first normal weeks of the board: the worth of one event."""
    amount, buyers = shop.lines.get(Col.PAID_AMOUNT), shop.lines.get(Col.PAID_BUYERS)
    if amount is None or buyers is None:
        return _PLAIN_BASKET
    both = np.flatnonzero(shop.usable[start:] & ~np.isnan(amount + buyers)[start:]) + start
    both = both[:_BASKET_DAYS]
    return quotient(float(amount[both].sum()), float(buyers[both].sum())) or _PLAIN_BASKET


def _slices(window: Window) -> dict[Family, Slice]:
    """Choose the rows each family is read from, as far as the window has them."""
    found = {}
    for family, (fact, _, keys) in _MEMBERS.items():
        frame = window.tables.get(fact)
        if frame is not None:
            found[family] = one_slice(frame, keys, window)
    ads = one_grain(window)
    if ads is not None and Col.AD_SPEND in ads.rows:
        found[Family.SCENE] = Slice(ads.rows, (("grain", ads.grain), ("window", ads.window)))
    plans = one_grain(window, ("plan",))
    if plans is not None and Col.AD_SPEND in plans.rows:
        found[Family.PLAN] = Slice(plans.rows, (("window", plans.window),))
    return found


def _member_blocks(ground: _Ground, after: int, held: Memory | None) -> list[Block]:
    days = ground.shop.days.since(after)
    blocks: list[Block] = []
    for family, slice_ in ground.slices.items():
        key, columns = _KEYS[family]
        found = panel(slice_.rows, key, columns, days, known=_known(family, held))
        if family in _MEMBERS:
            blocks += member_blocks(family, found, ground.basket)
        else:
            blocks += spend_blocks(family, found)
    return blocks


def _labels(block: Block) -> list[str]:
    return [f"{block.family.value}|{block.measure}|{key}" for key in block.keys]


def _known(family: Family, held: Memory | None) -> tuple[str, ...]:
    """List the members of a family that were there when the state was kept."""
    if held is None:
        return ()
    split = (label.split("|", 2) for label in held.labels)
    return tuple({key for kind, _, key in split if kind == family.value and key != ACCOUNT})


def _recalled(labels: Sequence[str], held: Memory | None) -> Kept:
    """Give each series the state it was left in; a new one begins with nothing."""
    nothing = nothing_kept(len(labels))
    if held is None:
        return nothing
    place = {label: index for index, label in enumerate(held.labels)}
    where = np.array([place.get(label, -1) for label in labels], dtype=np.intp)
    return Kept(nothing.filters.overlaid(held.kept.filters, where), held.kept.histograms)


def _detect(blocks: Sequence[Block], ground: _Ground, after: int, kept: Kept) -> Detection:
    sizes = [len(block.keys) for block in blocks]
    family = [HEADLINE if block.family is Family.SHOP else WATCHED for block in blocks]
    pace = [_STEADY if kind == HEADLINE else NOISE_GAIN for kind in family]
    exposures = [
        np.zeros_like(block.y) if block.exposure is None else block.exposure for block in blocks
    ]
    shop = ground.shop
    return detect(
        Signals(
            y=np.concatenate([block.y for block in blocks]).astype(np.float32),
            noise=np.concatenate([block.noise for block in blocks]).astype(np.float32),
            exposure=np.concatenate(exposures).astype(np.float32),
            pace=np.repeat(pace, sizes).astype(np.float32),
        ),
        Families(np.repeat(family, sizes), np.repeat(np.arange(len(blocks)), sizes)),
        weekdays=shop.days.weekday[after:],
        trains=shop.usable[after:],
        kept=kept,
    )
