"""What a topic is: one question of the day, asked of the window and answered with a section."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from storeops.calendars import Calendar
from storeops.config import LoggedChange
from storeops.diagnose.finding import Section
from storeops.facts import Window
from storeops.messages import Note
from storeops.metrics.board import Board
from storeops.metrics.results import MarketView, ShopDay
from storeops.metrics.rivals import ALL, Asked


@dataclass(frozen=True, slots=True)
class Context:
    """What all topics share: the series, the day's figures, the market's, the import's notes.

    ``changes`` is what the user did to the shop and noted.
    """

    calendar: Calendar
    board: Board
    shop_day: ShopDay
    market: MarketView
    notes: tuple[Note, ...] = ()
    changes: tuple[LoggedChange, ...] = ()
    asked: Asked = ALL


@dataclass(frozen=True, slots=True)
class Topic:
    """One question.

    ``needs`` names the facts without any of which the topic has nothing to say; ``hint`` is the
    layout whose download would let it answer, None when only the user can tell.
    """

    name: str
    question: str
    needs: tuple[str, ...]
    hint: str | None
    examine: Callable[[Window, Context], Section]
