"""Which items moved, and what moved in them?"""

from __future__ import annotations

from dataclasses import replace

from storeops.diagnose.finding import (
    Confidence,
    Direction,
    Evidence,
    Finding,
    Owner,
    Section,
    Severity,
    Subject,
    TableColumn,
)
from storeops.diagnose.topic import Context, Topic
from storeops.diagnose.topics.breakdown import by_item
from storeops.diagnose.topics.members import Kind, section
from storeops.diagnose.wording import shortened, yuan
from storeops.facts import Window
from storeops.messages import Change, Message, Quantity, Term, Unit, message
from storeops.metrics import attribution, change
from storeops.metrics.results import Move, Moves
from storeops.metrics.silence import Silence, silences

_SHARE_OF_MOVE = 0.5
_MANY = 5
_NEWS, _STANDING = 3, 14
"""A silence is news for three days and a standing line for a fortnight."""


def _owner(move: Move, factor: str) -> Owner:  # noqa: ARG001 (the shape of an owner rule)
    """Items are the operator's; a paid source that leads makes it the advertiser's."""
    return Owner.OPERATIONS


def _action(move: Move, factor: str) -> Message:
    if move.is_vanished:
        return message("action.item.vanished")
    way = "up" if move.change > 0 else "down"
    return message(f"action.item.{factor}.{way}")


def _cells(move: Move) -> tuple[object, ...]:
    return (move.key, Term("role", move.role.value) if move.role else None)


KIND = Kind(
    topic="items",
    subject="item",
    table="table.items",
    name_column="column.item",
    owner=_owner,
    action=_action,
    columns=(
        TableColumn("column.item_id", Unit.TEXT, detail=True),
        TableColumn("column.role", Unit.TEXT),
    ),
    cells=_cells,
)


def examine(window: Window, context: Context) -> Section:
    """Judge every item; where the item's own sources are on file, say which one moved."""
    moves = attribution.item_moves(window, context.shop_day, context.board)
    found = section(KIND, moves, context)
    found = replace(found, tables=(*found.tables, *by_item(moves)))
    found = replace(found, findings=(*found.findings, *_silent(found, moves, context)))
    if not window.has("item_source_daily"):
        return found
    detailed = tuple(
        _with_sources(finding, window, context) if index < _MANY else finding
        for index, finding in enumerate(found.findings)
    )
    return replace(found, findings=detailed)


def _silent(found: Section, moves: Moves, context: Context) -> tuple[Finding, ...]:
    """Tell items that fell silent, unless the day's own change is told already."""
    told = {finding.subject.id for finding in found.findings}
    names = {move.key: move.name for move in moves.members}
    return tuple(
        _silence(one, names.get(one.key))
        for one in silences(context.shop_day, context.board)
        if one.key not in told and one.days - one.needed < _STANDING
    )


def _silence(one: Silence, name: str | None) -> Finding:
    return Finding(
        id=f"silent:{one.key}",
        topic="items",
        subject=Subject("item", one.key, name),
        metric=one.measure,
        direction=Direction.DOWN,
        severity=Severity.WARN if one.days - one.needed < _NEWS else Severity.INFO,
        owner=Owner.OPERATIONS,
        text=message(
            f"finding.silent.{one.measure}",
            name=shortened(name or one.key),
            since=one.since,
            days=one.days,
            usual=Quantity(round(one.usual, 1), Unit.FACTOR),
            needed=one.needed,
            worth=yuan(one.worth),
        ),
        impact=-one.worth,
        confidence=Confidence.STRONG,
        action=message("action.item.vanished"),
    )


def _with_sources(finding: Finding, window: Window, context: Context) -> Finding:
    moves = attribution.item_source_moves(
        window, context.shop_day, context.board, finding.subject.id
    )
    lead = next(
        (
            move
            for move in moves.members
            if _leads(move.now.visitors - move.before.visitors, finding, moves.members)
        ),
        None,
    )
    if lead is None:
        return finding
    text = message(
        "evidence.item_source",
        source=lead.name or lead.key,
        value=Quantity(lead.now.visitors, Unit.PEOPLE),
        baseline=Quantity(lead.before.visitors, Unit.PEOPLE),
        change=Change(change.relative(lead.now.visitors, lead.before.visitors)),
        impact=yuan(lead.change),
    )
    told = Evidence(text, f"source:{lead.key}", lead.now.visitors, lead.before.visitors)
    owner = Owner.PROMOTION if lead.group == "paid" else finding.owner
    return replace(finding, owner=owner, evidence=(*finding.evidence, told))


def _leads(moved: float, finding: Finding, members: tuple[Move, ...]) -> bool:
    """Tell whether one source carries at least half of the visitors that came or went."""
    sign = 1 if (finding.impact or 0) > 0 else -1
    same_way = sum(
        abs(move.now.visitors - move.before.visitors)
        for move in members
        if (move.now.visitors - move.before.visitors) * sign > 0
    )
    return moved * sign > 0 and abs(moved) >= _SHARE_OF_MOVE * same_way


TOPIC = Topic("items", "Which items moved?", ("item_daily",), "sycm_items", examine)
