"""What has changed for good, and since when?

The day's alarms look at one day and get used to a new level; this topic tells of the level itself:
once as new, afterwards as a line that stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from storeops.diagnose.finding import (
    Confidence,
    Evidence,
    Finding,
    Owner,
    Section,
    Severity,
    Subject,
)
from storeops.diagnose.topic import Context, Topic
from storeops.diagnose.wording import direction, shortened, yuan
from storeops.facts import Window
from storeops.messages import Change, Message, Term, message
from storeops.metrics.blocks import Family
from storeops.metrics.trending import (
    FACTORS,
    PAID,
    Trend,
    figure_trends,
    member_trends,
    part_of,
)

_HALF = 0.5
_NEAR_DAYS = 21
"""Two figures that began to change within three weeks of each other tell of one matter."""


def examine(window: Window, context: Context) -> Section:
    """Tell of lasting changes of the headline figures, then of items and sources beside them."""
    figures = _leading(figure_trends(window, context.board))
    members = [trend for trend in member_trends(context.board) if _is_worth(trend, context)]
    placed = {
        figure.metric: [trend for trend in members if _carries(trend, figure, context)]
        for figure in figures
    }
    carrying = [trend.key for trends in placed.values() for trend in trends]
    findings = [_of_figure(figure, placed[figure.metric]) for figure in figures]
    findings += [_of_member(trend) for trend in _one_each(members) if trend.key not in carrying]
    return Section("trend", tuple(findings))


def _is_worth(trend: Trend, context: Context) -> bool:
    """Tell whether an item or source lost as much so far as one day's change must be worth."""
    return trend.lost is None or abs(trend.lost) >= context.shop_day.money_floor


def _leading(figures: Sequence[Trend]) -> list[Trend]:
    """Leave out factors whose change is what the paid amount tells of."""
    paid = next((trend for trend in figures if trend.metric == PAID), None)
    return [trend for trend in figures if paid is None or not _follows(trend, paid)]


def _follows(trend: Trend, paid: Trend) -> bool:
    is_near = abs((trend.begin - paid.begin).days) <= _NEAR_DAYS
    return trend is not paid and trend.change * paid.change > 0 and is_near


def _carries(trend: Trend, figure: Trend, context: Context) -> bool:
    """Tell whether an item or source made at least half of a figure's change."""
    part = part_of(trend, figure, context.board)
    return trend.change * figure.change > 0 and part is not None and part >= _HALF


def _one_each(members: Sequence[Trend]) -> list[Trend]:
    """Tell of an item once: by what it sells if that has changed, else by its visitors."""
    by_key = {(trend.family, trend.key): trend for trend in members}
    by_key |= {(trend.family, trend.key): trend for trend in members if trend.metric == PAID}
    return list(by_key.values())


def _of_figure(trend: Trend, places: Sequence[Trend]) -> Finding:
    """Tell of one headline figure; the paid amount names the factor that carries it."""
    factor = _factor(trend)
    evidence = [_part(name, change) for name, change in trend.parts]
    evidence += [Evidence(_text(place), place.metric) for place in _one_each(places)]
    if trend.is_beside_peers:
        evidence.append(Evidence(message("evidence.trend.peers")))
    action = message(f"action.trend.{factor}.{_way(trend)}")
    return replace(_finding(trend, Subject("shop", "shop"), action), evidence=tuple(evidence))


def _of_member(trend: Trend) -> Finding:
    kind = trend.family.value
    action = message(f"action.trend.{kind}.{_way(trend)}")
    return _finding(trend, Subject(kind, trend.key, trend.name), action)


def _finding(trend: Trend, subject: Subject, action: Message) -> Finding:
    """Build the finding: new and downward wants attention, all else is for information.

    Its impact is the yuan a day, so that it ranks beside what moved on the day alone.
    """
    wants = trend.is_new and trend.change < 0
    return Finding(
        id=f"trend.{trend.metric}"
        if subject.kind == "shop"
        else f"trend.{subject.kind}:{trend.key}",
        topic="trend",
        subject=subject,
        metric=trend.metric,
        direction=direction(trend.change),
        severity=Severity.WARN if wants else Severity.INFO,
        owner=Owner.OPERATIONS,
        text=_text(trend),
        impact=trend.daily,
        significance=trend.z,
        confidence=Confidence.LIKELY,
        action=action,
    )


def _text(trend: Trend) -> Message:
    form = "step" if trend.is_step else "slide"
    return message(
        f"finding.trend.{form}.{_way(trend)}",
        who=_who(trend),
        begin=trend.begin,
        now=message("trend.now" if trend.is_new else "trend.still"),
        change=Change(trend.change),
        lost=_lost(trend),
        factor=message("trend.factor", factor=Term("metric", _factor(trend)))
        if trend.parts
        else message("trend.no_factor"),
    )


def _who(trend: Trend) -> Message:
    metric = Term("metric", trend.metric)
    if trend.family is Family.SHOP:
        return message("trend.of_shop", metric=metric)
    return message(
        "trend.of_member",
        kind=Term("subject", trend.family.value),
        name=shortened(trend.name or trend.key),
        metric=metric,
    )


def _lost(trend: Trend) -> Message:
    if trend.lost is None or trend.lost * trend.change < 0:
        return message("trend.no_lost")
    return message(f"trend.lost.{_way(trend)}", yuan=yuan(abs(trend.lost)))


def _part(name: str, change: float) -> Evidence:
    text = message("evidence.trend.part", metric=Term("metric", name), change=Change(change))
    return Evidence(text, name)


def _factor(trend: Trend) -> str:
    """Name the factor that moved most in the direction of the whole; else the figure itself."""
    if not trend.parts:
        return trend.metric if trend.metric in FACTORS else FACTORS[0]
    return max(trend.parts, key=lambda part: part[1] * (1 if trend.change > 0 else -1))[0]


def _way(trend: Trend) -> str:
    return "down" if trend.change < 0 else "up"


TOPIC = Topic("trend", "What has changed for good?", ("shop_daily",), None, examine)
