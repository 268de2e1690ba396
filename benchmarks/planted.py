"""What can happen to a simulated shop, and the answers an operator would accept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from shopsim import (
    AUDIENCE,
    CALENDAR,
    CART,
    FEED,
    KEYWORD,
    MINE,
    SEARCH,
    VIDEO,
    Shop,
    World,
)
from shoptables import SOURCES

from storeops.calendars import Phase

Subjects = Callable[[Shop], set[tuple[str, str]]]
Change = Callable[[World], None]
OK, BAD, EITHER = ("normal",), ("abnormal",), ("normal", "abnormal")
OURS = ("shop",)
VISITORS, RATE, BASKET = ("visitors",), ("conversion_rate",), ("amount_per_buyer",)
BIG = (800.0, 3000.0)
MIDDLE = (150.0, 800.0)
LIVELY = (0.5, 0.75, 1.0)
STEADY = (0.3, 0.4, 0.5)
"""Shares of the everyday noise; the smaller faults are asked of steady shops."""


@dataclass(frozen=True)
class Scenario:
    """What is planted, and the answers that are right; an empty tuple or None asks nothing.

    ``first`` are the subjects the first finding may be about; ``asked_always`` marks what shows
    elsewhere than in the paid amount, so that the size of its effect on it decides nothing;
    ``named`` wants a finding about one of ``first`` in any place; ``said`` part of a finding's id.
    ``strong`` faults are drawn a second time on a calm day to mark the impact.
    """

    name: str
    change: Change | None
    states: tuple[str, ...]
    causes: tuple[str, ...] = ()
    direction: str | None = None
    factors: tuple[str, ...] = ()
    first: Subjects | None = None
    buyers: tuple[float, ...] = MIDDLE
    days: tuple[date, ...] = ()
    history: int | None = None
    strong: bool = False
    asked_always: bool = False
    named: bool = False
    said: str | None = None
    peers: bool = True
    noises: tuple[float, ...] = LIVELY

    @property
    def is_quiet(self) -> bool:
        """Tell whether nothing is planted and a whole history is there."""
        return self.change is None and self.name.startswith("quiet")


def source(*places: int) -> Subjects:
    return lambda _shop: {("source", SOURCES[place]) for place in places}


def item(*places: int) -> Subjects:
    return lambda shop: {("item", shop.items[place]) for place in places}


def words(group: int) -> Subjects:
    return lambda _shop: {("word", f"词{group}{place}") for place in range(6)}


def either(*some: Subjects) -> Subjects:
    return lambda shop: set().union(*(one(shop) for one in some))


def exactly(*pairs: tuple[str, str]) -> Subjects:
    return lambda _shop: set(pairs)


def whole(_shop: Shop) -> set[tuple[str, str]]:
    return {("shop", "shop"), ("market", "market")}


def _days_of(phase: Phase, first: date = date(2025, 3, 20)) -> tuple[date, ...]:
    days = (first + timedelta(days=n) for n in range(280))
    return tuple(day for day in days if CALENDAR.phase(day).phase is phase)


NORMAL = tuple(
    day for day in _days_of(Phase.NORMAL) if CALENDAR.phase(day).event is None and day.month < 11
)


def _after_normal(days: int) -> tuple[date, ...]:
    """List ordinary days that only ordinary ones came before."""
    return tuple(
        day
        for day in NORMAL
        if all(
            CALENDAR.phase(day - timedelta(days=back)).phase is Phase.NORMAL
            for back in range(1, days + 1)
        )
    )


def _unprecedented() -> tuple[date, ...]:
    """List bursts without another promotion in the 45 days of history before."""
    bursts = _days_of(Phase.BURST)
    return tuple(
        day
        for day in bursts
        if not any(
            CALENDAR.phase(day - timedelta(days=back)).phase in {Phase.BURST, Phase.SALE}
            for back in range(1, 46)
        )
    )


def visits(factor: float, *, items: object = slice(None), sources: object = slice(None)) -> Change:
    def change(w: World) -> None:
        w.visits[-1][items, sources] *= factor

    return change


def rate(factor: float, *, items: object = slice(None), sources: object = slice(None)) -> Change:
    def change(w: World) -> None:
        w.rate[-1][items, sources] *= factor

    return change


def both(*changes: Change) -> Change:
    def change(w: World) -> None:
        for one in changes:
            one(w)

    return change


def market(factor: float, own: float = 1.0) -> Change:
    def change(w: World) -> None:
        w.visits[-1] *= factor * own
        w.peers[-1] *= factor

    return change


def _more_visits(share: float, place: int, converts: float) -> Change:
    """Let one source bring that share of the shop's visitors on top, converting by that factor."""

    def change(w: World) -> None:
        before = w.visits[-1, :, place].sum()
        grown = 1 + share * w.visits[-1].sum() / before
        w.visits[-1, :, place] *= grown
        w.rate[-1, :, place] *= (1 + (grown - 1) * converts) / grown

    return change


def _discount_ended(w: World) -> None:
    w.price[-1, 0] *= 1.18
    w.rate[-1, 0] *= 0.55


def _mix(w: World) -> None:
    """The feed doubles; carts, own pages and search make room, visitors stay what they were."""
    gained = w.visits[-1, :, FEED].sum()
    w.visits[-1, :, FEED] *= 2
    lost = 0.75 * w.visits[-1][:, [CART, MINE]].sum()
    w.visits[-1][:, CART] *= 0.25
    w.visits[-1][:, MINE] *= 0.25
    w.visits[-1, :, SEARCH] *= 1 - max(0.0, gained - lost) / w.visits[-1, :, SEARCH].sum()


def _leak(w: World) -> None:
    for back in range(14):
        w.visits[-1 - back] *= 0.98 ** (14 - back)


def _lasting(w: World) -> None:
    w.visits[-10:] *= 0.8


def _spend(w: World) -> None:
    w.spend[-1, 0] *= 2


def _refunds(w: World) -> None:
    w.refunds[-1] *= 4


def _new_item(w: World) -> None:
    w.visits[:-1, 5] = 0.0
    w.visits[-1, 5] = 0.35 * w.visits[-1, 0]
    w.rate[-1, 5] = w.rate[-1, 0]
    w.price[-1, 5] = w.price[-1, 0]


def _blank(w: World) -> None:
    w.blank.add("visitors")


def _zero(w: World) -> None:
    w.zero.add("visitors")


_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_ALL_SIZES = (30.0, 150.0, 800.0)
_PLAN = either(source(KEYWORD), exactly(("plan", "p0"), ("scene", "371"), ("ads", "account")))
_MIXED = either(source(FEED, CART, MINE, SEARCH), whole)

SCENARIOS: tuple[Scenario, ...] = (
    *(
        Scenario(
            f"quiet {name}", None, OK, buyers=_ALL_SIZES,
            days=tuple(day for day in NORMAL if CALENDAR.effective_weekday(day) == number),
        )
        for number, name in enumerate(_WEEKDAYS)
    ),
    Scenario("quiet, 9 buyers", None, OK, buyers=(9.0,)),
    Scenario("quiet, 5,000 buyers", None, OK, buyers=(5000.0,)),
    Scenario("hero conversion -55 %, steady", rate(0.45, items=0), BAD, OURS, "down", RATE, item(0), noises=STEADY, buyers=BIG),
    Scenario("shop alone -30 % visitors, steady", visits(0.7), BAD, OURS, "down", VISITORS, whole, noises=STEADY, buyers=BIG),
    Scenario("market -30 %, steady", market(0.7), BAD, ("market",), "down", VISITORS, whole, noises=STEADY, buyers=BIG),
    Scenario("market -30 %, shop -50 %, steady", market(0.7, 0.71), BAD, ("both",), "down", VISITORS, whole, noises=STEADY, buyers=BIG),
    Scenario("plan exhausted (-50 %), steady", visits(0.5, items=0, sources=KEYWORD), EITHER, first=_PLAN, named=True, asked_always=True, noises=STEADY, buyers=BIG),
    Scenario("hero conversion -55 %", rate(0.45, items=0), BAD, OURS, "down", RATE, item(0), strong=True),
    Scenario("hero search -40 %", visits(0.6, items=0, sources=SEARCH), EITHER, OURS, "down", VISITORS, either(item(0), source(SEARCH), words(0)), named=True, noises=STEADY, buyers=BIG),
    Scenario("hero search -80 %", visits(0.2, items=0, sources=SEARCH), EITHER, OURS, "down", VISITORS, either(item(0), source(SEARCH), words(0)), named=True, noises=STEADY, buyers=BIG),
    Scenario("all search -40 %", visits(0.6, sources=SEARCH), EITHER, OURS, "down", VISITORS, source(SEARCH), named=True, noises=STEADY, buyers=BIG),
    Scenario("all search -75 %", visits(0.25, sources=SEARCH), BAD, OURS, "down", VISITORS, source(SEARCH), strong=True),
    Scenario("market -30 % with the shop", market(0.7), BAD, ("market",), "down", VISITORS, whole, strong=True),
    Scenario("market +40 % with the shop", market(1.4), BAD, ("market",), "up", VISITORS, whole),
    Scenario("shop alone -30 % visitors", visits(0.7), BAD, OURS, "down", VISITORS, whole, strong=True),
    Scenario("shop alone -30 %, no peers", visits(0.7), BAD, ("unknown",), "down", VISITORS, whole, peers=False),
    Scenario("shop alone -30 % conversion", rate(0.7), BAD, OURS, "down", RATE, whole, strong=True),
    Scenario("shop alone -50 % visitors", visits(0.5), BAD, OURS, "down", VISITORS, whole, strong=True),
    Scenario("market +25 %, shop -20 %", market(1.25, 0.64), BAD, ("against_market",), "down", VISITORS, whole, noises=STEADY, buyers=BIG),
    Scenario("market +25 %, shop -40 %", market(1.25, 0.48), BAD, ("against_market",), "down", VISITORS, whole),
    Scenario("market -30 %, shop -50 %", market(0.7, 0.71), BAD, ("both",), "down", VISITORS, whole),
    Scenario("market -30 %, shop flat", market(0.7, 1 / 0.7), EITHER, ("against_market",), noises=STEADY, buyers=BIG),
    Scenario("plan exhausted (-50 %)", visits(0.5, items=0, sources=KEYWORD), EITHER, first=_PLAN, named=True, asked_always=True),
    Scenario("ad spend x2 of a plan", _spend, EITHER, first=_PLAN, named=True, asked_always=True),
    Scenario("discount ended", _discount_ended, EITHER, OURS, "down", RATE, item(0), named=True, noises=STEADY, buyers=BIG),
    Scenario("hero delisted", visits(0.0, items=0), BAD, OURS, "down", VISITORS, item(0), strong=True),
    Scenario("second item delisted", visits(0.0, items=1), EITHER, OURS, "down", VISITORS, item(1), named=True, asked_always=True),
    Scenario("junk traffic +60 %", _more_visits(0.6, FEED, 0.03), EITHER, first=source(FEED), factors=(*VISITORS, *RATE), named=True, asked_always=True),
    Scenario("junk traffic +60 %, audience ads", _more_visits(0.6, AUDIENCE, 0.03), EITHER, first=either(source(AUDIENCE), exactly(("scene", "372"), ("plan", "p2"), ("plan", "p3"), ("ads", "account"))), factors=(*VISITORS, *RATE), named=True, asked_always=True),
    Scenario("mix shift", _mix, EITHER, OURS, "down", RATE, _MIXED, named=True, noises=STEADY, buyers=BIG),
    Scenario("spike +60 % of one source", _more_visits(0.6, VIDEO, 1.6), BAD, OURS, "up", VISITORS, source(VIDEO), strong=True),
    Scenario("slow leak -2 % x 14", _leak, EITHER, OURS, "down", VISITORS, said="trend", asked_always=True),
    Scenario("lasting -20 %, 10 days", _lasting, EITHER, OURS, "down", VISITORS, said="trend", asked_always=True),
    Scenario("refund wave x4", _refunds, EITHER, said="refund", asked_always=True),
    Scenario("new item sells", _new_item, EITHER, OURS, "up", first=item(5), named=True, asked_always=True),
    Scenario("visitors blank", _blank, ("incomplete_data",), asked_always=True),
    Scenario("visitors 0 with buyers", _zero, ("incomplete_data",), asked_always=True),
    Scenario("nine days, quiet", None, ("normal", "insufficient_data"), history=9),
    Scenario("nine days, -50 %", visits(0.5), ("abnormal", "insufficient_data"), direction="down", history=9),
    Scenario("sixteen days, quiet", None, OK, history=16, days=_after_normal(15)),
    Scenario("five days", None, ("insufficient_data",), history=5),
    Scenario("9 buyers, -60 %", visits(0.4), EITHER, direction="down", buyers=(9.0,)),
    Scenario("warm-up", None, ("promotion",), days=_days_of(Phase.WARMUP)),
    Scenario("day after a promotion", None, OK, days=_days_of(Phase.AFTERMATH)),
    Scenario("day after, hero conversion -70 %", rate(0.3, items=0), EITHER, OURS, "down", RATE, item(0), days=_days_of(Phase.AFTERMATH), noises=STEADY, buyers=BIG),
    Scenario("holiday", None, OK, days=_days_of(Phase.HOLIDAY)),
    Scenario("promotion, no precedent", None, ("promotion",), days=_unprecedented(), history=60),
)  # fmt: skip
