"""One cause, one finding: which findings are consequences of which."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from storeops.diagnose.finding import Cause, Finding, Owner
from storeops.diagnose.topics.shop import AD_SPEND, PAID

DOMINANT = 0.5
"""A member whose own part is at least half of the day's change is taken for its place of origin."""
_FINER = 0.85
"""An item is named rather than a source when its own part is nearly as large: it says more."""
_STEADY = frozenset({"trend", "competitors", "market"})
_MEMBERS = ("item", "source", "word")


def link(findings: Sequence[Finding], cause: Cause) -> tuple[Finding, ...]:
    """Hang every finding on the one it follows from.

    On an abnormal day the paid amount, the sources, the words and the items tell of the same
    yuan. The member that moved most of them by itself, beyond what all others did alike, is the
    cause; when everything fell alike, or the market did, it is the day as a whole. All others
    point at it. Findings in the other direction stay by themselves, and so do lasting changes: they
    are part of what the day is compared with, and what rivals did.
    """
    steady = tuple(finding for finding in findings if finding.topic in _STEADY)
    of_day = [finding for finding in findings if finding.topic not in _STEADY]
    return (*_of_the_day(of_day, cause), *steady)


def _of_the_day(findings: Sequence[Finding], cause: Cause) -> tuple[Finding, ...]:
    told = _ads_as_one(findings)
    day = next((finding for finding in told if finding.id == PAID), None)
    if day is None or not day.impact:
        return tuple(_on_a_normal_day(told))
    origin = day if cause is Cause.MARKET else _origin(day, told)
    return tuple(_linked(finding, origin, day) for finding in told)


def _ads_as_one(findings: Sequence[Finding]) -> list[Finding]:
    """Let the account and the scene follow from the plan: the same spend is in all of them."""
    ads = [finding for finding in findings if _ads_place(finding) is not None]
    finest: dict[object, Finding] = {}
    for finding in sorted(ads, key=lambda one: (_ads_place(one) or 0, one.id)):
        finest.setdefault(finding.direction, finding)
    return [
        replace(finding, because_of=finest[finding.direction].id)
        if finding in ads and finest[finding.direction].id != finding.id
        else finding
        for finding in findings
    ]


def _ads_place(finding: Finding) -> int | None:
    """Tell how fine an ads finding is, the finest first; None for all others."""
    kinds = {"plan": 0, "scene": 1, "ads": 2}
    return 3 if finding.id == AD_SPEND else kinds.get(finding.subject.kind)


def _origin(day: Finding, findings: Sequence[Finding]) -> Finding:
    """Find the member that moved most of the day's change by itself, else the day."""
    enough = DOMINANT * abs(_change(day, day))
    found = _leading(findings, lambda finding: _own(finding, day))
    return found if found is not None and _own(found, day) >= enough else day


def _leading(findings: Iterable[Finding], size: Callable[[Finding], float]) -> Finding | None:
    """Find the member with the largest size, or a finer kind whose size is nearly as large."""
    members = sorted(
        (finding for finding in findings if finding.subject.kind in _MEMBERS),
        key=lambda finding: (_MEMBERS.index(finding.subject.kind), -size(finding), finding.id),
    )
    most = max((size(finding) for finding in members), default=0.0)
    return next((finding for finding in members if size(finding) >= _FINER * most), None)


def _change(finding: Finding, day: Finding) -> float:
    """Give a finding's own part in the measure the day is told in."""
    if finding.own is None:
        return finding.impact or 0.0
    return finding.own.visitors if day.metric == "visitors" else finding.own.paid_amount


def _own(finding: Finding, day: Finding) -> float:
    sign = 1 if _change(day, day) > 0 else -1
    return _change(finding, day) * sign


def _toward(finding: Finding, day: Finding) -> float:
    """Yuan of a finding in the direction of the day."""
    sign = 1 if (day.impact or 0) > 0 else -1
    return (finding.impact or 0) * sign


def _linked(finding: Finding, origin: Finding, day: Finding) -> Finding:
    if finding.because_of is not None or finding.id == origin.id:
        return finding
    if finding.id == day.id:
        return replace(finding, because_of=origin.id)
    follows = _toward(finding, day) > 0 or (
        finding.metric in {day.metric, "ad_spend"} and finding.direction == day.direction
    )
    is_part = finding.subject.kind in _MEMBERS or _ads_place(finding) is not None
    return replace(finding, because_of=origin.id) if is_part and follows else finding


def _on_a_normal_day(findings: Sequence[Finding]) -> list[Finding]:
    """Hang what moves one way on the member that moved most by itself, if that is another kind.

    The same yuan are in the item, its source and its word; two items are two matters.
    """
    leading = {
        way: _leading(
            (finding for finding in findings if finding.direction == way),
            lambda finding: abs(_own_yuan(finding)),
        )
        for way in {finding.direction for finding in findings}
    }
    return _paid_source_and_plan(
        [_under(finding, leading[finding.direction]) for finding in findings]
    )


def _under(finding: Finding, top: Finding | None) -> Finding:
    is_member = finding.subject.kind in _MEMBERS
    if top is None or not is_member or top.subject.kind == finding.subject.kind:
        return finding
    return replace(finding, because_of=top.id)


def _paid_source_and_plan(findings: list[Finding]) -> list[Finding]:
    """Let a paid source and its ads be one finding: the ads say what happened to the source."""
    ads = next((f for f in findings if _ads_place(f) is not None and f.because_of is None), None)
    if ads is None:
        return findings
    paid = next(
        (
            f
            for f in findings
            if f.subject.kind == "source"
            and f.owner is Owner.PROMOTION
            and f.because_of is None
            and f.direction == ads.direction
        ),
        None,
    )
    if paid is None:
        return findings
    return [replace(f, because_of=paid.id) if f is ads else f for f in findings]


def _own_yuan(finding: Finding) -> float:
    return finding.own.paid_amount if finding.own is not None else finding.impact or 0.0
