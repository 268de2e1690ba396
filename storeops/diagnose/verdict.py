"""The answer in one line: normal or not, market or us, which factor, where, how much."""

from __future__ import annotations

from collections.abc import Sequence

from storeops.diagnose.finding import Cause, Confidence, Finding, State, Verdict
from storeops.diagnose.topic import Context
from storeops.diagnose.topics.shop import PAID
from storeops.diagnose.wording import direction, main_factor, relative, shortened, weekday, yuan
from storeops.messages import Change, Message, Quantity, Term, message
from storeops.metrics.results import BaselineKind, MetricDay, ShopDay


def judge(context: Context, findings: Sequence[Finding]) -> Verdict:
    """Choose the state by the order of the trade: data, calendar, size, market, factor, place."""
    day = context.shop_day
    paid = day.figure("paid_amount")
    if day.normal_days == 0 and any(gap.kind == "absent" for gap in day.gaps):
        return Verdict(State.INSUFFICIENT_DATA, message("verdict.no_shop", **_basics(day, paid)))
    if not day.is_complete:
        return Verdict(State.INCOMPLETE_DATA, message("verdict.incomplete", **_basics(day, paid)))
    abnormal = next((finding for finding in findings if finding.id == PAID), None)
    if paid is not None and abnormal is not None:
        return _abnormal(day, paid, context, abnormal, findings)
    if day.phase.phase.is_promotion and not day.kind.is_precedent:
        return Verdict(
            State.PROMOTION,
            message("verdict.promotion", **_basics(day, paid), phase=_phase(day)),
            peers=context.market.peers,
        )
    if day.kind is BaselineKind.NONE or paid is None or paid.baseline is None:
        return Verdict(
            State.INSUFFICIENT_DATA,
            message("verdict.insufficient", **_basics(day, paid), days=day.normal_days),
        )
    return _normal(day, paid, context)


def _basics(day: ShopDay, paid: MetricDay | None) -> dict[str, object]:
    return {
        "day": day.day,
        "versus": message(f"versus.{day.kind.value}", weekday=weekday(day.day)),
        "paid": yuan(paid.value if paid else None),
        "baseline": yuan(paid.baseline if paid else None),
        "change": relative(paid.value, paid.baseline) if paid else Change(None),
        "impact": yuan(paid.impact if paid else None),
    }


def _phase(day: ShopDay) -> Message:
    return message(
        "phase.of_event",
        event=day.phase.name or Term("phase", day.phase.phase.value),
        phase=Term("phase", day.phase.phase.value),
    )


def _normal(day: ShopDay, paid: MetricDay, context: Context) -> Verdict:
    return Verdict(
        State.PROMOTION if day.phase.phase.is_promotion else State.NORMAL,
        message("verdict.normal", **_basics(day, paid), market=_market(context)),
        direction=direction(paid.change),
        impact=paid.impact,
        peers=context.market.peers,
        confidence=Confidence.LIKELY if day.kind is BaselineKind.SHORT else Confidence.STRONG,
    )


def _abnormal(
    day: ShopDay,
    paid: MetricDay,
    context: Context,
    finding: Finding,
    findings: Sequence[Finding],
) -> Verdict:
    cause = Cause(context.market.cause)
    factor = main_factor(day.split) if day.split else None
    if finding.metric in {"visitors", "conversion_rate", "amount_per_buyer"}:
        factor = finding.metric
    way = "down" if (finding.impact or 0) < 0 else "up"
    moved = day.figure(finding.metric) or paid
    text = message(
        f"verdict.abnormal.{way}" if finding.metric == "paid_amount" else "verdict.abnormal.figure",
        **_basics(day, paid),
        metric=Term("metric", moved.metric),
        value=Quantity(moved.value, moved.unit),
        moved=relative(moved.value, moved.baseline),
        factor=_factor(day, factor),
        place=_place(finding, findings),
        market=_market(context, cause),
    )
    return Verdict(
        State.ABNORMAL,
        text,
        cause=cause,
        direction=finding.direction,
        main_factor=factor,
        impact=finding.impact if paid.impact is None else paid.impact,
        confidence=_confidence(day, cause),
        peers=context.market.peers,
    )


def _factor(day: ShopDay, factor: str | None) -> Message:
    figure = day.figure(factor) if factor else None
    if figure is None or day.split is None:
        return message("verdict.no_factor")
    return message(
        "verdict.factor",
        metric=Term("metric", figure.metric),
        change=relative(figure.value, figure.baseline),
        value=Quantity(figure.value, figure.unit),
        impact=yuan(dict(day.split.parts).get(figure.metric)),
    )


def _place(finding: Finding, findings: Sequence[Finding]) -> Message:
    origin = next((other for other in findings if other.id == finding.because_of), None)
    if origin is None:
        return message("verdict.no_place")
    name = shortened(origin.subject.name or origin.subject.id)
    if finding.metric != "paid_amount":
        return message("verdict.place_of_figure", name=name)
    source = next(
        (
            other
            for other in findings
            if other.subject.kind == "source" and other.because_of == origin.id
        ),
        None,
    )
    if source is None:
        return message("verdict.place", name=name, impact=yuan(origin.impact))
    return message(
        "verdict.place_and_source",
        name=name,
        source=shortened(source.subject.name or source.subject.id),
        impact=yuan(origin.impact),
    )


def _market(context: Context, cause: Cause | None = None) -> Message:
    """Say what the peers did, and on an abnormal day whose the change is."""
    market = context.market
    if market.peers is None:
        return message("verdict.no_market")
    kind = "verdict.market" if cause is None else f"verdict.market.{cause.value}"
    return message(kind, change=Change(market.peers))


def _confidence(day: ShopDay, cause: Cause) -> Confidence:
    if day.kind is BaselineKind.SHORT:
        return Confidence.UNSURE
    return Confidence.LIKELY if cause is Cause.UNKNOWN else Confidence.STRONG
