"""One cause, one finding: which findings are consequences of which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from storeops.diagnose.finding import Cause, Finding
from storeops.diagnose.topics.shop import PAID

DOMINANT = 0.5
"""A member that carries at least half of the day's change is taken for its place of origin."""
_MEMBERS = ("item", "source", "word", "scene")


def link(findings: Sequence[Finding], cause: Cause) -> tuple[Finding, ...]:
    """Hang every finding on the one it follows from.

    On an abnormal day the paid amount, the sources, the words and the items tell of the same
    yuan. The item that carries most of them is the cause, else the source, else the day as a
    whole (always so when the market moved); all others point at it. Findings in the other
    direction stay by themselves.
    """
    day = next((finding for finding in findings if finding.id == PAID), None)
    if day is None or not day.impact:
        return tuple(_within_topics(findings))
    origin = day if cause is Cause.MARKET else _origin(day, findings)
    return tuple(_linked(finding, origin, day) for finding in findings)


def _origin(day: Finding, findings: Sequence[Finding]) -> Finding:
    for kind in ("item", "source"):
        members = [finding for finding in findings if finding.subject.kind == kind]
        largest = max(members, key=lambda finding: _toward(finding, day), default=None)
        if largest is not None and _toward(largest, day) >= DOMINANT * abs(day.impact or 0):
            return largest
    return day


def _toward(finding: Finding, day: Finding) -> float:
    """Yuan of a finding in the direction of the day."""
    sign = 1 if (day.impact or 0) > 0 else -1
    return (finding.impact or 0) * sign


def _linked(finding: Finding, origin: Finding, day: Finding) -> Finding:
    if finding.id == origin.id:
        return finding
    if finding.id == day.id:
        return replace(finding, because_of=origin.id)
    if finding.subject.kind in _MEMBERS and _toward(finding, day) > 0:
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
