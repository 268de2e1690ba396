"""What moved over a period, dearest first: the shop, its sources, its items, its ads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from storeops.diagnose.finding import (
    Cause,
    Checked,
    Confidence,
    Evidence,
    Finding,
    Own,
    Owner,
    Severity,
    Subject,
)
from storeops.diagnose.linking import link
from storeops.diagnose.period_context import PeriodContext
from storeops.diagnose.topics import items, sources
from storeops.diagnose.topics.members import OF_CHANGE, Kind, finding_of
from storeops.diagnose.topics.shop import PAID
from storeops.diagnose.wording import direction, main_factor, relative, yuan
from storeops.messages import Change, Message, Quantity, Term, message
from storeops.metrics.change import ratio
from storeops.metrics.period_figures import PeriodFigures
from storeops.metrics.period_members import PeriodMembers
from storeops.metrics.results import MetricDay, Move, PaidSplit, Totals

_OF_SALES = (
    "paid_amount", "visitors_per_day", "paid_buyers_per_day", "conversion_rate",
    "amount_per_buyer",
)  # fmt: skip
_OWNERS = {"refunded_amount": Owner.SERVICE, "ad_spend": Owner.PROMOTION}
_CHECKED = (
    "paid_amount", "visitors_per_day", "conversion_rate", "amount_per_buyer", "refunded_amount",
    "ad_spend",
)  # fmt: skip
_CALM = 1.0
_MOST = 5


def period_findings(context: PeriodContext) -> tuple[Finding, ...]:
    """Find what is beyond noise and worth its yuan; one cause is one finding.

    Returns:
        Unranked, consequences pointing at their causes.
    """
    figures = context.figures
    abnormal = [figure for figure in figures.figures if figure.is_abnormal]
    of_sales = [figure for figure in abnormal if figure.metric in _OF_SALES]
    found = [
        *((_sales(context, of_sales),) if of_sales else ()),
        *(_single(context, figure) for figure in abnormal if figure.metric not in _OF_SALES),
        *_members(sources.KIND, context.sources, figures),
        *_members(items.KIND, context.items, figures),
    ]
    return link(found, Cause(context.market.cause))


def most_important(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Keep the first five causes of ranked findings, and what follows from them."""
    causes = [finding.id for finding in findings if finding.because_of is None][:_MOST]
    return tuple(
        finding for finding in findings if finding.id in causes or finding.because_of in causes
    )


def period_checked(context: PeriodContext, findings: Sequence[Finding]) -> tuple[Checked, ...]:
    """List what was looked at and is near its norm."""
    figures = context.figures
    if not figures.judged:
        return ()
    calm = (
        Checked("shop", _fine(figure, figures))
        for figure in figures.figures
        if figure.metric in _CHECKED
        and not figure.is_abnormal
        and figure.z is not None
        and abs(figure.z) < _CALM
    )
    kinds = {finding.subject.kind for finding in findings}
    members = (
        Checked(
            kind.topic,
            message("checked.members", kind=Term("subject", kind.subject), n=len(found.members)),
        )
        for kind, found in ((sources.KIND, context.sources), (items.KIND, context.items))
        if found is not None
        and found.has_normal
        and _judges_members(figures)
        and kind.subject not in kinds
    )
    return (*calm, *members)


def _fine(figure: MetricDay, figures: PeriodFigures) -> Message:
    """Say how a figure stands, of the ordinary days where there are others."""
    return message(
        "checked.period.part" if figures.is_mixed else "checked.figure",
        metric=Term("metric", figure.metric),
        value=Quantity(figure.value, figure.unit),
        change=Change(figure.change),
        days=len(figures.judged),
    )


def _sales(context: PeriodContext, moved: Sequence[MetricDay]) -> Finding:
    """Tell sales once, by the paid amount unless it stood still while a factor of it moved."""
    figures = context.figures
    paid = figures.figure("paid_amount")
    lead = paid if paid is not None and (paid in moved or _speaks(figures, moved)) else moved[0]
    split = figures.judged_split
    factor = main_factor(split) if split else "visitors"
    loss = (figures.judged_change or 0.0) < 0
    return Finding(
        id=PAID,
        topic="shop",
        subject=Subject("shop", "shop"),
        metric=lead.metric,
        direction=direction(figures.judged_change if lead is paid else lead.change),
        severity=Severity.ACT if loss else Severity.WARN,
        owner=Owner.OPERATIONS,
        text=_shop_text(figures, lead, factor),
        impact=figures.judged_change,
        significance=lead.z,
        confidence=Confidence.STRONG,
        action=message(f"action.shop.{factor}"),
        evidence=(*_factors(figures.judged_before, figures.judged_now, split), *_market(context)),
        own=_own_of_shop(figures),
    )


def _speaks(figures: PeriodFigures, moved: Sequence[MetricDay]) -> bool:
    largest = max(abs(figure.impact or 0.0) for figure in moved)
    return 2 * abs(figures.judged_change or 0.0) >= largest


def _shop_text(figures: PeriodFigures, lead: MetricDay, factor: str) -> Message:
    is_paid = lead.metric == "paid_amount"
    value = figures.judged_paid if is_paid else lead.value
    baseline = figures.judged_normal if is_paid else lead.baseline
    form = "finding.period.part" if is_paid and figures.is_mixed else "finding.period.shop"
    return message(
        form,
        metric=Term("metric", lead.metric),
        value=Quantity(value, lead.unit),
        baseline=Quantity(baseline, lead.unit),
        change=relative(value, baseline),
        days=len(figures.judged),
        factor=Term("metric", factor),
    )


def _own_of_shop(figures: PeriodFigures) -> Own | None:
    now, before = figures.judged_now, figures.judged_before
    if now is None or before is None:
        return None
    return Own(paid_amount=now.amount - before.amount, visitors=now.visitors - before.visitors)


def _market(context: PeriodContext) -> tuple[Evidence, ...]:
    market = context.market
    if market.market_part is None or market.peers is None:
        return ()
    text = message(
        "evidence.period.market",
        peers=Change(market.peers),
        market=yuan(market.market_part),
        own=yuan(market.own_part),
    )
    return (Evidence(text, "paid_amount", market.market_part, market.own_part),)


def _factors(
    before: Totals | None, now: Totals | None, split: PaidSplit | None
) -> tuple[Evidence, ...]:
    """List the factors by how much they changed and their yuan: sums of people are not shown."""
    if before is None or now is None or split is None:
        return ()
    pairs = {
        "visitors": (now.visitors, before.visitors),
        "conversion_rate": (ratio(now.buyers, now.visitors), ratio(before.buyers, before.visitors)),
        "amount_per_buyer": (ratio(now.amount, now.buyers), ratio(before.amount, before.buyers)),
    }
    return tuple(
        Evidence(
            message(
                "evidence.period.factor",
                factor=Term("factor", factor),
                change=relative(*pairs[factor]),
                impact=yuan(amount),
            ),
            factor,
        )
        for factor, amount in split.parts
        if factor in pairs
    )


def _single(context: PeriodContext, figure: MetricDay) -> Finding:
    metric = figure.metric
    return Finding(
        id=f"shop.{metric}",
        topic="shop",
        subject=Subject("shop", "shop"),
        metric=metric,
        direction=direction(figure.change),
        severity=Severity.WARN,
        owner=_OWNERS.get(metric, Owner.OPERATIONS),
        text=message(
            "finding.figure",
            metric=Term("metric", metric),
            value=Quantity(figure.value, figure.unit),
            baseline=Quantity(figure.baseline, figure.unit),
            change=relative(figure.value, figure.baseline),
        ),
        impact=figure.impact,
        significance=figure.z,
        action=message(f"action.shop.{metric}"),
        evidence=_of_ads(context) if metric == "ad_spend" else (),
    )


def _of_ads(context: PeriodContext) -> tuple[Evidence, ...]:
    """Name the scene whose spend moved most, and the return."""
    ads = context.ads
    if ads is None:
        return ()
    scenes = sorted(ads.lines[1:], key=lambda line: -abs(line.change or 0.0))
    return tuple(
        Evidence(
            message(
                "evidence.period.scene",
                name=line.name or line.key,
                value=yuan(line.now.spend),
                before=yuan(line.before.spend if line.before else None),
            ),
            "ad_spend",
            line.now.spend,
            line.before.spend if line.before else None,
        )
        for line in scenes[:1]
    )


def _members(kind: Kind, found: PeriodMembers | None, figures: PeriodFigures) -> Iterator[Finding]:
    if found is None or not found.has_normal or not _judges_members(figures):
        return
    for member in found.members:
        if _matters(member.move, figures):
            yield _member(kind, member.move, explains=_carries(member.move, figures))


def _judges_members(figures: PeriodFigures) -> bool:
    """Tell whether members can be held to a norm: a promotion lifts all of them, unevenly."""
    return bool(figures.judged) and not figures.promotions


def _matters(move: Move, figures: PeriodFigures) -> bool:
    if not move.is_significant or abs(move.change) < figures.money_floor:
        return False
    return move.is_lone or _carries(move, figures)


def _carries(move: Move, figures: PeriodFigures) -> bool:
    """Tell a member with a tenth of an abnormal period's change."""
    return figures.is_abnormal and move.share is not None and move.share >= OF_CHANGE


def _member(kind: Kind, move: Move, *, explains: bool) -> Finding:
    return finding_of(
        kind,
        move,
        explains=explains,
        confidence=Confidence.STRONG if move.is_lone else Confidence.LIKELY,
        evidence=_factors(move.before, move.now, move.split),
    )
