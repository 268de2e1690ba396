"""What happened at the same time as a finding: own changes, changes seen, events.

Lined up by date and nothing else, so it is worded "at the same time", never "because". Only a
price step whose timing and size the item's own conversion answers (``metrics.price_effect``) is
said to fit, and that is still no proof.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from storeops.calendars import DayPhase, Phase
from storeops.config import LoggedChange
from storeops.diagnose.finding import Direction, Evidence, Finding
from storeops.diagnose.topic import Context
from storeops.diagnose.topics import promotion
from storeops.diagnose.topics.competitors import rival_line
from storeops.diagnose.wording import relative, shortened
from storeops.facts import Window
from storeops.messages import Change, Message, Quantity, Term, Unit, message
from storeops.metrics.changes import LOOK_BACK, ItemChange, Kind, item_changes
from storeops.metrics.price_effect import PriceEffect, price_effect
from storeops.metrics.rival_events import EventKind, rival_events
from storeops.metrics.rival_watch import lost
from storeops.metrics.rivals import Asked

MOST = 3
"""Lines a finding gets; the nearest days first."""
_NOTE_LENGTH = 40
_OF_ITSELF = frozenset({promotion.TOPIC.name, "competitors", "market"})
_ONE_DAY = timedelta(days=1)
_RIVAL_KINDS = frozenset(
    {
        EventKind.PRICE_CUT, EventKind.PRICE_RISE, EventKind.OFFER_STARTED,
        EventKind.OFFER_ENDED, EventKind.DELISTED,
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Line:
    """Something that happened on a day, to one item or (None) to the whole shop.

    ``fits`` is the direction that a price step's effect has, where timing and size fit.
    """

    day: date
    item_id: str | None
    text: Message
    fitting: Message | None = None
    fits: Direction | None = None
    only: Direction | None = None
    """The direction of the findings it may stand beside; None: either."""


def lined_up(findings: Sequence[Finding], window: Window, context: Context) -> tuple[Finding, ...]:
    """Add to every finding what happened at the same time.

    An item's finding gets what happened to that item; a cause also gets what concerns the whole
    shop.
    """
    if not findings:
        return ()
    day = window.day
    changes = item_changes(window)
    lines = [
        *(_logged(change) for change in context.changes if _is_near(change.day, day)),
        *(_seen(change, price_effect(window, change)) for change in changes),
        *_events(context, day),
        *_rivals(window),
    ]
    lines.sort(key=lambda line: (line.item_id is None, -line.day.toordinal()))
    return tuple(_with_lines(finding, lines) for finding in findings)


def _is_near(day: date, of: date) -> bool:
    return 0 <= (of - day).days <= LOOK_BACK


def _with_lines(finding: Finding, lines: Sequence[_Line]) -> Finding:
    mine = [line for line in lines if _concerns(line, finding)]
    told = tuple(Evidence(_worded(line, finding), is_alongside=True) for line in mine[:MOST])
    return replace(finding, evidence=(*finding.evidence, *told)) if told else finding


def _concerns(line: _Line, finding: Finding) -> bool:
    if finding.topic in _OF_ITSELF:
        return False  # it speaks of the calendar, of rivals or of the industry itself
    if line.only is not None and line.only is not finding.direction:
        return False
    if line.item_id is None:
        return finding.because_of is None
    return finding.subject.kind == "item" and finding.subject.id == line.item_id


def _worded(line: _Line, finding: Finding) -> Message:
    fits = line.fits is not None and line.fits is finding.direction
    return line.fitting if fits and line.fitting is not None else line.text


def _logged(change: LoggedChange) -> _Line:
    text = message(
        "evidence.alongside.logged",
        day=change.day,
        kind=Term("change", change.kind),
        text=shortened(change.text, _NOTE_LENGTH),
    )
    return _Line(change.day, change.item, text)


def _seen(change: ItemChange, effect: PriceEffect | None) -> _Line:
    if change.kind is not Kind.PRICE:
        text = message(
            f"evidence.alongside.{change.kind.value}",
            day=change.day,
            old=_told(change.old),
            new=_told(change.new),
        )
        return _Line(change.day, change.item_id, text)
    old, new = _number(change.old), _number(change.new)
    words: dict[str, object] = {
        "day": change.day,
        "old": Quantity(old, Unit.CNY),
        "new": Quantity(new, Unit.CNY),
        "change": relative(new, old),
    }
    step = _Line(change.day, change.item_id, message("evidence.alongside.price", **words))
    if effect is None:
        return step
    fitting = message(
        "evidence.alongside.fits",
        **words,
        conversion=Change(effect.conversion),
        units=Change(effect.units),
    )
    fits = Direction.DOWN if effect.conversion < 0 else Direction.UP
    return replace(step, fitting=fitting, fits=fits)


def _told(value: float | str | None) -> str | None:
    return shortened(value) if isinstance(value, str) else None


def _number(value: float | str | None) -> float | None:
    return value if isinstance(value, float) else None


def _rivals(window: Window) -> Iterator[_Line]:
    """Name what rivals did: beside the matched own item, else beside what concerns the shop."""
    for event in rival_events(window, Asked(days=LOOK_BACK + 1)):
        if event.kind in _RIVAL_KINDS and event.day <= window.day:
            yield _Line(event.day, event.own_item, rival_line(event))
    for went in lost(window, LOOK_BACK + 1):
        text = message(
            "evidence.alongside.lost",
            day=went.since,
            rival=went.rival,
            item=shortened(went.title or went.item),
            amount=Quantity(went.amount, Unit.CNY),
        )
        yield _Line(window.day, went.own_item, text, only=Direction.DOWN)


def _events(context: Context, last: date) -> Iterator[_Line]:
    """Name the events and phases that began or ended on the day or shortly before it."""
    for back in range(LOOK_BACK + 1):
        day = last - back * _ONE_DAY
        here, before = context.calendar.phase(day), context.calendar.phase(day - _ONE_DAY)
        if _begins(here) and (here.event, here.phase) != (before.event, before.phase):
            form = "evening" if here.starts_at_20h else "starts"
            yield _Line(day, None, _event(form, here, day))
        elif _is_inside(before) and not (_is_inside(here) and here.event == before.event):
            yield _Line(day, None, _event("ends", before, day - _ONE_DAY))


def _begins(phase: DayPhase) -> bool:
    """Tell a phase whose begin is worth a line; what follows an event is told by its end."""
    return phase.phase not in {Phase.NORMAL, Phase.ENCORE, Phase.AFTERMATH}


def _is_inside(phase: DayPhase) -> bool:
    """Tell the event's own days from those around it."""
    return phase.phase is not Phase.NORMAL and phase.days_before == phase.days_after == 0


def _event(form: str, phase: DayPhase, day: date) -> Message:
    what = message("phase.of_event", event=phase.name, phase=phase.label)
    return message(f"evidence.alongside.{form}", day=day, what=what)
