"""What does the calendar explain: customers who wait, a fall back after an event, a split day?"""

from __future__ import annotations

from datetime import timedelta

from storeops.calendars import DayPhase, Grade, Phase
from storeops.diagnose.finding import (
    Checked,
    Confidence,
    Evidence,
    Finding,
    Owner,
    Section,
    Severity,
    Subject,
)
from storeops.diagnose.topic import Context, Topic
from storeops.diagnose.wording import direction, yuan
from storeops.facts import Window
from storeops.messages import Change, Message, Note, Quantity, Term, message
from storeops.metrics import tables
from storeops.metrics.promotion import Versus, against_normal

_ONE_DAY = timedelta(days=1)
_FALLEN_Z = -1.5
_LEANS_Z, _APART_Z = 1.0, 3.0
"""Carts up and conversion down are one sign: each must lean its way, and the two lie apart (by
chance on one day in a hundred)."""
_MOVED = 0.05
"""A rate that moved by less than a twentieth tells nothing about waiting."""
_NEAR_BELOW, _NEAR_ABOVE = -0.30, 0.20
"""How far from normal sales may lie after an event and still be the usual fall back: demand was
brought forward, so a dip is part of it (DOMAIN 14)."""
_BELOW_PEAK = 0.9
_TOLD_DAYS = 3
"""Days after an event on which the fall back is news; later it is only checked."""


def examine(window: Window, context: Context) -> Section:
    """Say what of the day the calendar explains, with the numbers."""
    phase = context.shop_day.phase
    findings: list[Finding] = []
    checked: list[Checked] = []
    waits = phase.is_buildup or phase.phase in {Phase.WARMUP, Phase.DEPOSIT}
    if waits and not context.shop_day.is_abnormal:
        findings += _waiting(window, context)
    ended = _ended(context)
    if ended is not None:
        told = _fall_back(window, context, *ended)
        if told is not None and ended[1] <= _TOLD_DAYS:
            findings.append(told)
        elif told is not None:
            checked.append(Checked("promotion", told.text))
    notes = (_split_day(context),) if phase.starts_at_20h else ()
    return Section("promotion", tuple(findings), tuple(checked), notes)


def _waiting(window: Window, context: Context) -> list[Finding]:
    """Tell waiting customers (carts up, conversion down) from customers who stay away."""
    day = context.shop_day
    rate = against_normal(window, day, "conversion_rate")
    share = against_normal(window, day, "add_to_cart_rate")
    carts = against_normal(window, day, "add_to_cart_visitors")
    if rate is None or share is None:
        return []
    if _are_apart(share, rate):
        return [_waits(context, rate, share)]
    if carts is not None and _are_apart(carts, rate) and not _is_down(share):
        return [_waits(context, rate, carts)]
    if _is_down(rate) and _is_down(share):
        return [_stays_away(context, rate, share)]
    return []


def _are_apart(carts: Versus, rate: Versus) -> bool:
    """Tell carts that went up while conversion went down."""
    leans = carts.z >= _LEANS_Z and rate.z <= -_LEANS_Z
    moved = carts.change >= _MOVED and rate.change <= -_MOVED
    return leans and moved and carts.z - rate.z >= _APART_Z


def _is_down(figure: Versus) -> bool:
    return figure.z <= _FALLEN_Z and figure.change <= -_MOVED


def _waits(context: Context, rate: Versus, carts: Versus) -> Finding:
    return Finding(
        id="promotion.waiting",
        topic="promotion",
        subject=Subject("shop", "shop"),
        metric="conversion_rate",
        direction=direction(rate.change),
        severity=Severity.INFO,
        owner=Owner.OPERATIONS,
        text=_both("finding.promotion.waiting", context, rate, carts),
        significance=rate.z,
        evidence=(_evidence(rate), _evidence(carts)),
    )


def _stays_away(context: Context, rate: Versus, carts: Versus) -> Finding:
    return Finding(
        id="promotion.not_waiting",
        topic="promotion",
        subject=Subject("shop", "shop"),
        metric="conversion_rate",
        direction=direction(rate.change),
        severity=Severity.WARN,
        owner=Owner.OPERATIONS,
        text=_both("finding.promotion.not_waiting", context, rate, carts),
        significance=rate.z,
        action=message("action.promotion.not_waiting"),
        evidence=(_evidence(rate), _evidence(carts)),
    )


def _both(message_id: str, context: Context, rate: Versus, carts: Versus) -> Message:
    return message(
        message_id,
        event=context.shop_day.phase.name,
        rate=_quantity(rate),
        rate_change=Change(rate.change),
        carts=Term("metric", carts.metric),
        value=_quantity(carts),
        change=Change(carts.change),
    )


def _quantity(figure: Versus) -> Quantity:
    return Quantity(figure.value, tables.unit(figure.metric))


def _evidence(figure: Versus) -> Evidence:
    text = message(
        "evidence.figure",
        metric=Term("metric", figure.metric),
        value=_quantity(figure),
        baseline=Quantity(figure.normal, tables.unit(figure.metric)),
        change=Change(figure.change),
    )
    return Evidence(text, figure.metric, figure.value, figure.normal)


def _ended(context: Context) -> tuple[DayPhase, int] | None:
    """Name the event that is over and for how many days; None when none is."""
    day, phase = context.shop_day.day, context.shop_day.phase
    if phase.grade is Grade.FADING:
        return phase, phase.days_after
    yesterday = context.calendar.phase(day - _ONE_DAY)
    is_over = phase.phase is Phase.NORMAL and yesterday.event != phase.event
    was_sale = yesterday.phase.is_promotion and yesterday.grade is not Grade.WAITING
    return (yesterday, 1) if is_over and was_sale else None


def _fall_back(window: Window, context: Context, event: DayPhase, days: int) -> Finding | None:
    """Call sales normal that are below the event's best day and near an ordinary day."""
    day = context.shop_day
    paid, peak = against_normal(window, day, "paid_amount"), _peak(context, event)
    if paid is None or peak is None or day.is_abnormal:
        return None
    is_near = _NEAR_BELOW <= paid.change <= _NEAR_ABOVE
    if not is_near or paid.value > _BELOW_PEAK * peak:
        return None
    return Finding(
        id="promotion.fall_back",
        topic="promotion",
        subject=Subject("shop", "shop"),
        metric="paid_amount",
        direction=direction(paid.change),
        severity=Severity.INFO,
        owner=Owner.OPERATIONS,
        text=message(
            "finding.promotion.fall_back",
            event=event.name,
            days=days,
            value=yuan(paid.value),
            peak=yuan(peak),
            baseline=yuan(paid.normal),
            change=Change(paid.change),
        ),
        significance=paid.z,
        confidence=Confidence.LIKELY,
        evidence=(_evidence(paid),),
    )


def _peak(context: Context, event: DayPhase) -> float | None:
    """Find the best day of the event among the last four weeks."""
    figure = context.shop_day.figure("paid_amount")
    values = [] if figure is None else figure.trend[::-1]
    known = [
        value
        for back, value in enumerate(values)
        if value is not None and back and _is_of(context, back, event)
    ]
    return max(known, default=None)


def _is_of(context: Context, back: int, event: DayPhase) -> bool:
    phase = context.calendar.phase(context.shop_day.day - back * _ONE_DAY)
    is_sale = phase.phase.is_promotion and phase.grade not in {Grade.WAITING, Grade.FADING}
    return is_sale and (phase.event, phase.year) == (event.event, event.year)


def _split_day(context: Context) -> Note:
    phase = context.shop_day.phase
    return Note(
        "split_day",
        message(
            "note.split_day",
            day=context.shop_day.day,
            what=message("phase.of_event", event=phase.name, phase=phase.label),
            before=Term("phase", phase.mostly.value),
        ),
    )


TOPIC = Topic("promotion", "What does the calendar explain?", ("shop_daily",), None, examine)
