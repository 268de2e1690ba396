"""A period's answer in one line: normal or not, market or us, which factor, how much."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from storeops.diagnose.finding import Cause, Confidence, Finding, State, Verdict
from storeops.diagnose.period_context import PeriodContext, named, named_before
from storeops.diagnose.topics.shop import PAID
from storeops.diagnose.wording import direction, main_factor, relative, shortened, yuan
from storeops.messages import Change, Message, Quantity, Term, message
from storeops.metrics.period_figures import PeriodFigures

_FEW_STRETCHES = 4
"""Past stretches below which the noise rests on what is supposed of shops."""
_SHOWN_AS = {"visitors": "visitors_per_day"}


def judge_period(context: PeriodContext, findings: Sequence[Finding]) -> Verdict:
    """Choose the state: data, history, size, calendar."""
    return replace(_judged(context, findings), peers=context.market.peers)


def _judged(context: PeriodContext, findings: Sequence[Finding]) -> Verdict:
    figures = context.figures
    paid = figures.figure("paid_amount")
    if paid is None or paid.value is None or 2 * figures.known_days < figures.period.days:
        return Verdict(State.INCOMPLETE_DATA, _text("incomplete", context))
    if not figures.has_normal:
        return Verdict(State.INSUFFICIENT_DATA, _text("insufficient", context))
    abnormal = next((finding for finding in findings if finding.id == PAID), None)
    if abnormal is not None:
        return _abnormal(context, abnormal, findings)
    if figures.promotions:
        return _promotion(context)
    if not figures.judged:
        return Verdict(State.INSUFFICIENT_DATA, _text("no_ordinary_day", context))
    return Verdict(
        State.NORMAL,
        _text("normal", context),
        direction=direction(figures.judged_change),
        impact=figures.judged_change,
        confidence=_confidence(figures),
    )


def _abnormal(context: PeriodContext, finding: Finding, findings: Sequence[Finding]) -> Verdict:
    figures = context.figures
    cause = Cause(context.market.cause)
    factor = main_factor(figures.judged_split) if figures.judged_split else None
    form = "abnormal" if finding.metric == "paid_amount" else "abnormal.figure"
    return Verdict(
        State.ABNORMAL,
        _text(form, context, finding=finding, findings=findings, factor=factor),
        cause=cause,
        direction=finding.direction,
        main_factor=factor,
        impact=finding.impact,
        confidence=Confidence.LIKELY if cause is Cause.UNKNOWN else _confidence(figures),
    )


def _promotion(context: PeriodContext) -> Verdict:
    """Compare with last time's event where all its days are known; else say that none can tell."""
    figures = context.figures
    found = figures.precedent
    if found is None:
        return Verdict(State.PROMOTION, _text("promotion.alone", context))
    change = found.paid - found.paid_before
    form = "promotion" if found.days == found.of else "promotion.partly"
    if found.is_beyond and found.days == found.of:
        return Verdict(
            State.ABNORMAL,
            _text("promotion.beyond", context),
            cause=Cause.UNKNOWN,
            direction=direction(change),
            impact=change,
            confidence=Confidence.UNSURE,
        )
    return Verdict(
        State.PROMOTION,
        _text(form, context),
        direction=direction(change),
        impact=change,
        confidence=Confidence.LIKELY,
    )


def _text(
    form: str,
    context: PeriodContext,
    *,
    finding: Finding | None = None,
    findings: Sequence[Finding] = (),
    factor: str | None = None,
) -> Message:
    figures = context.figures
    paid = figures.figure("paid_amount")
    abnormal = finding is not None
    return message(
        f"verdict.period.{form}",
        period=named(figures.period),
        before=named_before(figures.period),
        paid=yuan(paid.value if paid else None),
        previous=relative(paid.value, paid.previous_day) if paid else Change(None),
        normal=relative(paid.value, paid.baseline) if paid else Change(None),
        ordinary=_ordinary(figures),
        impact=yuan(figures.judged_change),
        known=figures.known_days,
        whole=figures.period.days,
        days=figures.normal_days,
        moved=_moved(figures, finding),
        factor=_factor(figures, factor),
        place=_place(finding, findings),
        market=_market(context, abnormal=abnormal),
        **_event(context),
    )


def _ordinary(figures: PeriodFigures) -> Message:
    """Say how the ordinary days stand, and that it is these where there are others."""
    form = "period.ordinary.none"
    if figures.judged:
        form = "period.ordinary.part" if figures.is_mixed else "period.ordinary.all"
    return message(
        form,
        days=len(figures.judged),
        change=relative(figures.judged_paid, figures.judged_normal),
    )


def _moved(figures: PeriodFigures, finding: Finding | None) -> Message:
    figure = figures.figure(finding.metric) if finding is not None else None
    if figure is None:
        return message("verdict.no_factor")
    return message(
        "period.moved",
        metric=Term("metric", figure.metric),
        value=Quantity(figure.value, figure.unit),
        change=relative(figure.value, figure.baseline),
    )


def _factor(figures: PeriodFigures, factor: str | None) -> Message:
    figure = figures.figure(_SHOWN_AS.get(factor, factor)) if factor else None
    if figure is None or figures.judged_split is None or factor is None:
        return message("verdict.no_factor")
    return message(
        "period.factor",
        metric=Term("factor", factor),
        impact=yuan(dict(figures.judged_split.parts).get(factor)),
    )


def _place(finding: Finding | None, findings: Sequence[Finding]) -> Message:
    origin = next(
        (one for one in findings if finding is not None and one.id == finding.because_of), None
    )
    if origin is None:
        return message("verdict.no_place")
    return message(
        "verdict.place",
        name=shortened(origin.subject.name or origin.subject.id),
        impact=yuan(origin.impact),
    )


def _market(context: PeriodContext, *, abnormal: bool) -> Message:
    market = context.market
    if market.peers is None:
        return message("verdict.no_market")
    form = f"verdict.market.{market.cause}" if abnormal else "verdict.market"
    return message(form, change=Change(market.peers))


def _event(context: PeriodContext) -> dict[str, object]:
    """Name the events of the period, and last time's days."""
    figures = context.figures
    phases = (context.calendar.phase(day) for day in figures.promotions)
    names = tuple(dict.fromkeys(phase.name for phase in phases if phase.name is not None))
    found = figures.precedent
    return {
        "event": names,
        "promoted": len(figures.promotions),
        "compared": found.days if found else 0,
        "event_paid": yuan(found.paid if found else None),
        "event_before": yuan(found.paid_before if found else None),
        "event_change": relative(found.paid, found.paid_before) if found else Change(None),
        "first": found.first_before if found else None,
        "last": found.last_before if found else None,
    }


def _confidence(figures: PeriodFigures) -> Confidence:
    return Confidence.STRONG if figures.stretches >= _FEW_STRETCHES else Confidence.LIKELY
