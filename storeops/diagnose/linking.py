"""One cause, one finding: which findings are consequences of which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from storeops.diagnose.finding import Cause, Finding
from storeops.diagnose.topics.shop import PAID

DOMINANT = 0.5
"""A member whose own part is at least half of the day's change is taken for its place of origin."""
_FINER = 0.85
"""An item is named rather than a source when its own part is nearly as large: it says more."""
_MEMBERS = ("item", "source", "word", "scene", "plan")
_PLACES = ("item", "source", "word", "plan")


def link(findings: Sequence[Finding], cause: Cause) -> tuple[Finding, ...]:
    """Hang every finding on the one it follows from.

    On an abnormal day the paid amount, the sources, the words and the items tell of the same
    yuan. The member that moved most of them by itself, beyond what all others did alike, is the
    cause; when everything fell alike, or the market did, it is the day as a whole. All others
    point at it. Findings in the other direction stay by themselves.
    """
    day = next((finding for finding in findings if finding.id == PAID), None)
    if day is None or not day.impact:
        return tuple(_within_topics(findings))
    origin = day if cause is Cause.MARKET else _origin(day, findings)
    return tuple(_linked(finding, origin, day) for finding in findings)


def _origin(day: Finding, findings: Sequence[Finding]) -> Finding:
    """Find the member that moved most of the day's change by itself, else the day."""
    best = {}
    for kind in _PLACES:
        members = [finding for finding in findings if finding.subject.kind == kind]
        largest = max(members, key=lambda finding: (_own(finding, day), finding.id), default=None)
        if largest is not None and _own(largest, day) >= DOMINANT * abs(_change(day, day)):
            best[kind] = largest
    if not best:
        return day
    most = max(_own(finding, day) for finding in best.values())
    return next(finding for finding in best.values() if _own(finding, day) >= _FINER * most)


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
    if finding.id == origin.id:
        return finding
    if finding.id == day.id:
        return replace(finding, because_of=origin.id)
    follows = _toward(finding, day) > 0 or (
        finding.metric == day.metric and finding.direction == day.direction
    )
    if finding.subject.kind in _MEMBERS and follows:
        return replace(finding, because_of=origin.id)
    return finding


def _within_topics(findings: Sequence[Finding]) -> list[Finding]:
    """On a normal day a source or word that moves like a larger item is that item's doing."""
    items = sorted(
        (finding for finding in findings if finding.subject.kind == "item"),
        key=lambda finding: -abs(finding.impact or 0),
    )
    linked = []
    for finding in findings:
        owner = next(
            (
                item
                for item in items
                if finding.subject.kind in {"source", "word"}
                and item.direction == finding.direction
                and abs(item.impact or 0) >= DOMINANT * abs(finding.impact or 0)
            ),
            None,
        )
        linked.append(finding if owner is None else replace(finding, because_of=owner.id))
    return linked
