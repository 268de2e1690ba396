"""Targets of months: entered, listed, taken out, and laid beside what the record holds.

They stand in a plain file beside the record, one entry a month and shop, yours to edit.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from storeops.calendars import load_calendar
from storeops.diagnose.finding import DataTable
from storeops.diagnose.target_table import target_table
from storeops.errors import StoreopsError
from storeops.facts import Window
from storeops.history import History
from storeops.ingest.values import parse_number
from storeops.ingest.words import narrow
from storeops.messages import message
from storeops.metrics.pacing import pace
from storeops.metrics.target import Goal, Pace
from storeops.pipeline import notebook
from storeops.pipeline.windows import read_window, window_of
from storeops.pipeline.workspace import Request, Workspace, open_record, shop_names

_MOST = 1e12
_TIMES = {"k": 1e3, "m": 1e6}
"""English magnitudes; the Chinese ones are those of the exports."""


def amount_of(text: str) -> float | None:
    """Read an amount of yuan as people write it: 1200000, 1,200,000, 1.2M, 120 ten thousands.

    Returns:
        Yuan, rounded to the fen; None when it is no single amount above zero.
    """
    plain = narrow(text).strip()
    times = _TIMES.get(plain[-1:].casefold(), 1.0)
    number = parse_number(plain if times == 1.0 else plain[:-1])
    if not isinstance(number, float) or "%" in plain:
        return None
    yuan = round(number * times, 2)
    return yuan if math.isfinite(yuan) and 0 < yuan <= _MOST else None


def _amount(told: object) -> float:
    yuan = None if isinstance(told, bool) else amount_of(str(told))
    if yuan is None:
        raise ValueError("an amount of yuan above zero is wanted")
    return yuan


class MonthTarget(BaseModel):
    """What one shop is to bring in one month."""

    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)

    month: str = Field(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")
    amount: Annotated[float, BeforeValidator(_amount)]
    net: bool = False
    shop: str | None = None

    @property
    def first(self) -> date:
        """The first day of the month."""
        return date.fromisoformat(f"{self.month}-01")

    @property
    def goal(self) -> Goal:
        """The target as metrics know it."""
        return Goal(self.first, self.amount, self.net)


class TargetsFile(BaseModel):
    """The file ``storeops target`` keeps."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    targets: tuple[MonthTarget, ...] = ()

    @model_validator(mode="after")
    def _one_a_month(self) -> TargetsFile:
        told = [(target.month, target.shop) for target in self.targets]
        if len(set(told)) < len(told):
            raise ValueError("a month has two targets for the same shop")
        return self


_BOOK = notebook.Book(
    "targets.yaml",
    "targets",
    TargetsFile,
    "# Targets of months, in yuan; written by `storeops target`, yours to edit.",
)
TARGETS_FILE = _BOOK.shown


@dataclass(frozen=True, slots=True)
class Standing:
    """A shop's target of a month and how it stands; closed all month it has no ``pace``."""

    shop: str | None
    target: MonthTarget
    pace: Pace | None

    @property
    def table(self) -> DataTable | None:
        """The split by day."""
        return None if self.pace is None else target_table(self.pace)


@dataclass(frozen=True, slots=True)
class Standings:
    """How the shops stand in a month, and the ids of what else is to be said of it."""

    month: str
    shops: tuple[Standing, ...]
    hints: tuple[str, ...] = ()


def targets(root: Path) -> tuple[MonthTarget, ...]:
    """Read the targets of a workspace.

    Raises:
        ConfigError: Not YAML, an unknown key or a bad value; names file, line and key.
    """
    return notebook.entries(root, _BOOK)


def goal_of(root: Path, record: History, shop: str, day: date) -> Goal | None:
    """Give a shop's target of a day's month.

    One that names no shop is for the only shop of the workspace: it is not given to each of
    several.
    """
    told = _of_month(targets(root), day)
    chosen = _chosen(told, shop, is_only=len(record.shops()) == 1) if told else None
    return None if chosen is None else chosen.goal


def _of_month(told: Sequence[MonthTarget], day: date) -> tuple[MonthTarget, ...]:
    return tuple(target for target in told if target.month == f"{day:%Y-%m}")


def _chosen(told: Sequence[MonthTarget], shop: str, *, is_only: bool) -> MonthTarget | None:
    mine = {target.shop: target for target in told}
    return mine.get(shop) or (mine.get(None) if is_only else None)


def set_target(
    workspace: Workspace, request: Request, month: date, amount: str, *, is_net: bool = False
) -> MonthTarget:
    """Enter a month's target in place of the one there was.

    Args:
        workspace: Where it is kept.
        request: ``shop`` says for which shop; it may be left out where there is only one.
        month: Any day of the month.
        amount: Yuan as a person writes them.
        is_net: Whether refunds are to be taken off what was paid.

    Raises:
        StoreopsError: No amount above zero, an unknown shop, or several shops and none named.
    """
    yuan = amount_of(amount)
    if yuan is None:
        raise StoreopsError(
            message("target.bad_amount", text=amount), message("target.bad_amount_hint")
        )
    shop = _shop(workspace, request)
    target = MonthTarget(month=f"{month:%Y-%m}", amount=yuan, net=is_net, shop=shop)

    owners = {other.shop for other in targets(workspace.root) if other.month == target.month}
    replaced = shop if shop in owners else None

    def is_replaced(other: MonthTarget) -> bool:
        return other.month == target.month and other.shop == replaced

    notebook.enter(workspace.root, _BOOK, target, is_replaced)
    return target


def _shop(workspace: Workspace, request: Request) -> str | None:
    """Name the shop a target is for; None while nothing is on record that could tell."""
    names = _names(workspace, request)
    if len(names) > 1:
        raise StoreopsError(
            message("target.which_shop", shops=names), message("target.which_shop_hint")
        )
    return names[0] if names else request.shop


def _names(workspace: Workspace, request: Request) -> tuple[str, ...]:
    if not workspace.record.is_file():
        return ()
    with open_record(workspace, request.now) as record:
        return shop_names(record, request)


def remove_target(
    workspace: Workspace, shop: str | None, month: date, *, is_rehearsal: bool = False
) -> tuple[MonthTarget, ...]:
    """Take the targets of a month out again, of one shop where it is named.

    Args:
        workspace: Where they are kept.
        shop: Whose; None takes out all of the month.
        month: Any day of the month.
        is_rehearsal: Only say what would go.

    Raises:
        StoreopsError: There is none.
    """
    held = targets(workspace.root)
    gone = [target for target in _of_month(held, month) if shop in {None, target.shop}]
    if not gone:
        months = tuple(sorted({target.month for target in held}))
        raise StoreopsError(
            message("target.unknown", month=f"{month:%Y-%m}", months=months or None)
        )
    if not is_rehearsal:
        notebook.take_out(workspace.root, _BOOK, gone)
    return tuple(gone)


def standings(workspace: Workspace, request: Request, month: date | None) -> Standings:
    """Tell how a month stands for every shop that has a target for it.

    Args:
        workspace: Where targets and record are kept.
        request: Which shop, and which day to stop at.
        month: Any day of the month; None takes that of the data's last complete day, without data
            that of the clock.
    """
    if not workspace.record.is_file():
        return _without_record(workspace, request, month or request.now.date())
    with open_record(workspace, request.now) as record:
        windows = [read_window(record, shop, request.day) for shop in shop_names(record, request)]
        day = month or max((window.day for window in windows), default=request.now.date())
        return _with_record(workspace, record, windows, day)


def _without_record(workspace: Workspace, request: Request, day: date) -> Standings:
    """Split a target by the calendar alone: nothing is on record yet."""
    calendar = load_calendar(workspace.settings.events)
    found = []
    for target in _of_month(targets(workspace.root), day):
        if request.shop in {None, target.shop}:
            nothing = Window(target.shop or "", target.first, target.first, {})
            found.append(Standing(target.shop, target, pace(nothing, calendar, target.goal)))
    return Standings(f"{day:%Y-%m}", tuple(found), () if found else ("target.none",))


def _with_record(
    workspace: Workspace, record: History, windows: Sequence[Window], day: date
) -> Standings:
    told = _of_month(targets(workspace.root), day)
    calendar = load_calendar(workspace.settings.events)
    is_only = len(record.shops()) == 1
    found = []
    for window in windows:
        target = _chosen(told, window.shop, is_only=is_only)
        if target is not None:
            # The weights of a month gone by stand on what lay before it, not on what came after.
            is_past = window.day > target.goal.last
            seen = window_of(record, window.shop, target.goal.last) if is_past else window
            found.append(Standing(window.shop, target, pace(seen, calendar, target.goal)))
    hints = [] if found else ["target.none"]
    if not is_only and any(target.shop is None for target in told):
        hints = ["target.no_owner"]
    return Standings(f"{day:%Y-%m}", tuple(found), tuple(hints))
