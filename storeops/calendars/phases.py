"""What a day can be: its phase, how strong a promotion day it is, its place in the event."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from storeops.messages import Term


class Phase(StrEnum):
    """What kind of day it is; only ``NORMAL`` days train a baseline."""

    NORMAL = "normal"
    WARMUP = "warmup"
    DEPOSIT = "deposit"
    BALANCE = "balance"
    BURST = "burst"
    SALE = "sale"
    ENCORE = "encore"
    AFTERMATH = "aftermath"
    HOLIDAY = "holiday"
    CLOSED = "closed"

    @property
    def is_promotion(self) -> bool:
        """Tell whether customers meet a promotion on such a day (warm-up and encore included)."""
        return self in _PROMOTION


_PROMOTION = frozenset(
    {Phase.WARMUP, Phase.DEPOSIT, Phase.BALANCE, Phase.BURST, Phase.SALE, Phase.ENCORE}
)
BUILDUP = "buildup"
"""Word for the ordinary days two weeks before a major event; see ``DayPhase.is_buildup``."""


class Level(StrEnum):
    """How far an event reaches beyond its own days."""

    MAJOR = "major"
    MIDDLE = "middle"
    MINOR = "minor"
    OWN = "own"
    """From the user: exactly the days given."""


class Grade(StrEnum):
    """How strong a promotion day is: a burst is not one of 26 days of a long sale."""

    NONE = "none"
    """Ordinary days, holidays, closures."""
    WAITING = "waiting"
    """Warm-up: customers fill their carts and wait."""
    DEPOSIT = "deposit"
    LONG_SALE = "long_sale"
    """Sale and balance days between the bursts."""
    EVENING = "evening"
    """The burst begins at 20:00; most of the day still belongs to the phase before."""
    BURST = "burst"
    """A full day of a burst: the first one, or the event's main day."""
    LAST_DAY = "last_day"
    """Last day of a long sale."""
    FADING = "fading"
    """Encore and aftermath."""

    @property
    def is_peak(self) -> bool:
        """Tell the days that carry an event from those it is only stretched over."""
        return self in {Grade.EVENING, Grade.BURST, Grade.LAST_DAY}


_GRADES = {
    Phase.WARMUP: Grade.WAITING,
    Phase.DEPOSIT: Grade.DEPOSIT,
    Phase.BALANCE: Grade.LONG_SALE,
    Phase.SALE: Grade.LONG_SALE,
    Phase.BURST: Grade.BURST,
    Phase.ENCORE: Grade.FADING,
    Phase.AFTERMATH: Grade.FADING,
}


@dataclass(frozen=True, slots=True)
class DayPhase:
    """The phase of one day.

    ``event`` is the event's key (``double_11``) or the name the user gave it (``is_own``);
    ``year`` tells one edition from another. ``wave`` (0 is the last stretch of this phase in the
    edition, 1 the one before it) and ``offset`` (days from the first day of the stretch) place
    the day in its edition. ``starts_at_20h``: the phase begins at 20:00 on this day, and
    ``until_20h`` is the phase that most of the day still belongs to; ``is_first_full_day`` marks
    the first day of a stretch that belongs to it from 00:00.
    ``days_before`` and ``days_after`` count from the event's own days, 0 during them.
    ``is_estimated``: the date is not confirmed by a public source.
    """

    phase: Phase = Phase.NORMAL
    event: str | None = None
    year: int = 0
    level: Level | None = None
    wave: int = 0
    offset: int = 0
    starts_at_20h: bool = False
    is_estimated: bool = False
    is_buildup: bool = False
    """An ordinary day (``NORMAL``: it trains and is judged as one) two weeks before a major event,
    when shops begin to collect carts and members for it."""
    until_20h: Phase | None = None
    is_first_full_day: bool = False
    days_before: int = 0
    days_after: int = 0
    is_last_day: bool = False

    @property
    def is_own(self) -> bool:
        """Tell whether the event comes from the user."""
        return self.level is Level.OWN

    @property
    def name(self) -> Term | str | None:
        """Give the event's name as a message argument: a term, or the user's own words."""
        if self.event is None or self.is_own:
            return self.event
        return Term("holiday" if self.level is None else "promotion", self.event)

    @property
    def label(self) -> Term:
        """Give the word for the phase as a message argument."""
        return Term("phase", BUILDUP if self.is_buildup else self.phase.value)

    @property
    def mostly(self) -> Phase:
        """Give the phase most of the day belongs to: a 20:00 start leaves four hours of it."""
        return self.until_20h or self.phase

    @property
    def grade(self) -> Grade:
        """Tell how strong a promotion day this is."""
        if self.phase is Phase.BURST and self.starts_at_20h:
            return Grade.EVENING
        if self.is_last_day and self.phase in {Phase.SALE, Phase.BALANCE}:
            return Grade.LAST_DAY
        return _GRADES.get(self.phase, Grade.NONE)
