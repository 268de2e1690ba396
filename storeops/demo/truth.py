"""The one coherent truth behind all files of the demo shop: who came, from where, and paid what.

Everything else is added up from the cells of this simulation, so that files agree to the fen.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from storeops.calendars import Phase, days_between, load_calendar
from storeops.demo.catalogue import Item, catalogue

Ints = NDArray[np.int64]
Reals = NDArray[np.float64]

LEAD_DAYS = 45
"""Days simulated before the first one written: refunds in flight and the month to date."""
HERO = 0
_VISITS = 2_640.0
_HERO_SHARE = 0.57
_WEEKDAYS = np.array([0.98, 0.97, 0.96, 0.98, 1.00, 1.06, 1.05])
_DAY_NOISE, _SOURCE_NOISE, _ITEM_NOISE, _RATE_NOISE = 0.030, 0.035, 0.025, 0.025
_COLLAPSE = 0.54
"""What the hero's search traffic keeps on the last day: the one planted problem."""
_CART_RATE, _WISH_RATE, _MORE_UNITS, _UNPAID = 0.085, 0.04, 0.11, 0.06
_COUPON = 700


@dataclass(frozen=True, slots=True)
class _Effect:
    visitors: float = 1.0
    conversion: float = 1.0
    carts: float = 1.0
    price: float = 1.0


_EFFECTS = {
    Phase.WARMUP: _Effect(1.06, 0.86, 1.5),
    Phase.DEPOSIT: _Effect(1.08, 0.80, 1.6),
    Phase.BALANCE: _Effect(1.50, 1.35, 1.1, 0.88),
    Phase.BURST: _Effect(1.90, 1.50, 1.0, 0.85),
    Phase.SALE: _Effect(1.20, 1.12, 1.0, 0.90),
    Phase.ENCORE: _Effect(1.10, 1.05, 1.0, 0.92),
    Phase.AFTERMATH: _Effect(0.90, 0.93, 0.9),
    Phase.HOLIDAY: _Effect(0.86, 0.95),
    Phase.CLOSED: _Effect(0.40, 0.60),
}


@dataclass(frozen=True, slots=True)
class Scope:
    """How much of the shop to simulate."""

    days: int
    items: int
    seed: int
    last_day: date

    @property
    def first_day(self) -> date:
        """The first day that is written."""
        return self.last_day - timedelta(days=self.days - 1)


@dataclass(frozen=True, slots=True)
class Cells:
    """Counts of every (day, item, source), shape (T, I, S); amounts in fen.

    A buyer is counted under the source of the last visit only, so amounts and buyers of sources
    add up; visitors of sources overlap.
    """

    visitors: Ints
    carts: Ints
    wishes: Ints
    ordering: Ints
    ordered_amount: Ints
    buyers: Ints
    units: Ints
    amount: Ints


@dataclass(frozen=True, slots=True)
class Truth:
    """The simulated shop: its days (lead days first), items, sources and cells.

    ``curve`` is what calendar and weekday do to every shop of the market, shape (T,).
    """

    scope: Scope
    days: tuple[date, ...]
    items: tuple[Item, ...]
    item_ids: tuple[str, ...]
    sources: tuple[str, ...]
    cells: Cells
    curve: Reals

    def rng(self, stream: int) -> np.random.Generator:
        """Give a random stream of its own to one part of the shop."""
        return np.random.default_rng([self.scope.seed, stream])

    def index(self, day: date) -> int:
        """Position of a day on the time axis."""
        return (day - self.days[0]).days


def simulate(scope: Scope) -> Truth:
    """Simulate the shop from before the first day to the last, with the problem planted there."""
    days = days_between(scope.first_day - timedelta(days=LEAD_DAYS), scope.last_day)
    items = _items(scope.items)
    sources = tuple(catalogue().sources)
    calendar = load_calendar()
    effects = [_EFFECTS.get(calendar.phase(day).phase, _Effect()) for day in days]
    curve = np.array([effect.visitors for effect in effects])
    curve *= _WEEKDAYS[[calendar.effective_weekday(day) for day in days]]
    rng = np.random.default_rng([scope.seed, 0])
    visitors = _visitors(rng, curve, items, sources)
    cells = _sales(rng, visitors, effects, items)
    ids = tuple(str(681_204_377_105 + 7_919_041 * n) for n in range(len(items)))
    return Truth(scope, days, items, ids, sources, cells, curve)


def whole(rng: np.random.Generator, expected: Any) -> Ints:
    """Round each expectation up or down at random, so that sums keep their expectation."""
    drawn = rng.random(np.shape(expected))
    return np.asarray(np.floor(expected + drawn), dtype=np.int64)


def _items(count: int) -> tuple[Item, ...]:
    known = catalogue().items
    return tuple(_edition(known[n % len(known)], n // len(known)) for n in range(count))


def _edition(item: Item, number: int) -> Item:
    """Give an item of its own when the catalogue's names are used up."""
    if number == 0:
        return item
    return Item(
        title=f"{item.title} {number + 1}",
        code=f"{item.code}-{number + 1}",
        price=item.price + 10 * number,
        rate=item.rate * 0.8,
        words=(),
    )


def _visitors(
    rng: np.random.Generator, curve: Reals, items: tuple[Item, ...], sources: tuple[str, ...]
) -> Ints:
    """Draw visitors of every cell; the last day is quiet but for the collapse."""
    t, i, s = len(curve), len(items), len(sources)
    noise = (
        np.exp(rng.normal(0, _DAY_NOISE, (t, 1, 1)))
        * np.exp(rng.normal(0, _SOURCE_NOISE, (t, 1, s)))
        * np.exp(rng.normal(0, _ITEM_NOISE, (t, i, 1)))
    )
    noise[-1] = 1.0
    expected = _VISITS * curve[:, None, None] * noise * _mix(i, sources)
    expected[-1, HERO, sources.index("search")] *= _COLLAPSE
    return whole(rng, expected)


def _mix(items: int, sources: tuple[str, ...]) -> Reals:
    """Share of all visits by item and source, shape (I, S), summing to 1."""
    others = 1.0 / np.arange(2, items + 1) ** 0.9
    by_item = np.array([_HERO_SHARE, *((1 - _HERO_SHARE) * others / others.sum())])
    known = catalogue().sources
    shares = np.array([[known[name].other for name in sources]] * items)
    shares[HERO] = [known[name].hero for name in sources]
    for scene in catalogue().scenes:
        promoted = {item for plan in scene.plans for item in plan.items}
        shares[[n for n in range(items) if n not in promoted], sources.index(scene.source)] = 0.0
    shares /= shares.sum(axis=1, keepdims=True)
    return np.asarray(by_item[:, None] * shares)


def _sales(
    rng: np.random.Generator, visitors: Ints, effects: list[_Effect], items: tuple[Item, ...]
) -> Cells:
    """Let visitors save, order and pay."""

    def per_day(name: str) -> Reals:
        return np.array([getattr(effect, name) for effect in effects])[:, None, None]

    rates = np.array([item.rate for item in items])[:, None]
    converts = np.array([source.converts for source in catalogue().sources.values()])
    luck = np.exp(rng.normal(0, _RATE_NOISE, (len(effects), 1, 1)))
    luck[-1] = 1.0
    buyers: Ints = np.minimum(
        visitors, whole(rng, visitors * rates * converts * per_day("conversion") * luck)
    )
    units: Ints = buyers + whole(rng, buyers * _MORE_UNITS)
    fen = np.array([round(item.price * 100) for item in items])[:, None]
    price: Ints = np.asarray(np.rint(fen * per_day("price")), dtype=np.int64)
    coupon: Ints = rng.integers(0, _COUPON, visitors.shape, dtype=np.int64)
    amount: Ints = units * price - buyers * coupon
    unpaid: Ints = np.minimum(visitors - buyers, whole(rng, buyers * _UNPAID))
    return Cells(
        visitors=visitors,
        carts=np.minimum(
            visitors, whole(rng, visitors * _CART_RATE * per_day("carts")) + buyers // 2
        ),
        wishes=np.minimum(visitors, whole(rng, visitors * _WISH_RATE)),
        ordering=buyers + unpaid,
        ordered_amount=amount + unpaid * price,
        buyers=buyers,
        units=units,
        amount=amount,
    )
