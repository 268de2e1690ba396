"""What the parts of a period's diagnosis share, and how a period is named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from storeops.calendars import Calendar
from storeops.config import LoggedChange
from storeops.facts import Window
from storeops.messages import Message, message
from storeops.metrics.period_ads import PeriodAds
from storeops.metrics.period_figures import PeriodFigures
from storeops.metrics.period_members import PeriodMembers
from storeops.metrics.periods import Period
from storeops.metrics.results import MarketView


class Said(Protocol):
    """What a report of one day said: the ids of what wanted attention."""

    @property
    def day(self) -> date:
        """The day."""

    @property
    def findings(self) -> tuple[str, ...]:
        """Ids of its findings that asked for attention."""


@dataclass(frozen=True, slots=True)
class PeriodContext:
    """One shop's period, computed once; None where the data are not there."""

    window: Window
    calendar: Calendar
    figures: PeriodFigures
    market: MarketView
    sources: PeriodMembers | None
    items: PeriodMembers | None
    ads: PeriodAds | None
    changes: tuple[LoggedChange, ...] = ()
    judgements: Sequence[Said] = ()


def named(period: Period) -> Message:
    """Name a period by its days; one that is not over says how far it is."""
    form = f"period.{period.kind.value}" + (".partial" if period.is_partial else "")
    return message(
        form,
        first=f"{period.first:%m-%d}",
        last=f"{period.last:%m-%d}",
        month=f"{period.first:%Y-%m}",
        days=period.days,
        whole=period.whole_days,
    )


def named_before(period: Period) -> Message:
    """Name the period before for a comparison."""
    form = f"period.before.{period.kind.value}" + (".partial" if period.is_partial else "")
    return message(form, days=period.days)
