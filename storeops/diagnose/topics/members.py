"""What items, sources and words have in common: members that moved, and a table of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from storeops.diagnose.finding import (
    Checked,
    Confidence,
    DataTable,
    Direction,
    Evidence,
    Finding,
    Own,
    Owner,
    Section,
    Severity,
    Subject,
    TableColumn,
)
from storeops.diagnose.topic import Context
from storeops.diagnose.wording import direction, factor_evidence, main_factor, shortened, yuan
from storeops.messages import Change, Message, Quantity, Term, Unit, message
from storeops.metrics import change
from storeops.metrics.results import Move, Moves, Role

OF_CHANGE = 0.10
"""A member carrying a tenth of an abnormal day's change is worth a line (DOMAIN J3, J4)."""
TABLE_ROWS = 300
_WORTH_TELLING, _LOST, _FLOOD_Z = 2.0, 0.5, 4.0
"""Empty traffic: its visitors would be worth twice what changed, conversion takes half of that
back, and the flood is beyond any doubt."""


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind of member speaks: its topic, its subject, who owns what of it."""

    topic: str
    subject: str
    table: str
    name_column: str
    owner: Callable[[Move, str], Owner]
    action: Callable[[Move, str], Message]
    columns: tuple[TableColumn, ...] = ()
    """Columns between the name and the figures."""
    cells: Callable[[Move], tuple[object, ...]] = lambda move: ()  # noqa: ARG005 (the shape)


def section(kind: Kind, moves: Moves, context: Context) -> Section:
    """Report the members that moved enough to matter, and table all of them."""
    findings = tuple(
        _finding(kind, move, context) for move in moves.members if _matters(move, context)
    )
    checked: tuple[Checked, ...] = ()
    if moves.members and not findings:
        checked = (
            Checked(
                kind.topic,
                message(
                    "checked.members", kind=Term("subject", kind.subject), n=len(moves.members)
                ),
            ),
        )
    tables = (_table(kind, moves),) if moves.members else ()
    return Section(kind.topic, findings, checked, tables=tables)


def _matters(move: Move, context: Context) -> bool:
    """Size and significance and money; on an abnormal day also its part of the change."""
    if not move.is_significant and not _is_large_newcomer(move, context):
        return False
    if _is_empty_traffic(move, context):
        return True
    if move.is_new and not context.shop_day.has_moved:
        return True
    if abs(move.change) < context.shop_day.money_floor:
        return False
    if context.shop_day.has_moved:
        return move.share is not None and move.share >= OF_CHANGE
    return move.is_lone


def _is_large_newcomer(move: Move, context: Context) -> bool:
    """Tell a member that was not there and at once sells a tenth of the shop's normal day."""
    shop = context.shop_day.before
    return move.is_new and shop is not None and move.change >= OF_CHANGE * shop.amount


def _is_empty_traffic(move: Move, context: Context) -> bool:
    """Tell visitors that came in numbers and did not buy: worth money only if they had."""
    worth, floor = move.split.visitors, context.shop_day.money_floor
    shop = context.shop_day.before
    return (
        worth >= max(floor, _WORTH_TELLING * abs(move.change))
        and move.split.conversion_rate <= -_LOST * worth
        and (move.visitors_z or 0.0) >= _FLOOD_Z
        and shop is not None
        and move.now.visitors - move.before.visitors >= OF_CHANGE * shop.visitors
    )


def _finding(kind: Kind, move: Move, context: Context) -> Finding:
    if _is_empty_traffic(move, context):
        return _empty_traffic(kind, move)
    explains = context.shop_day.has_moved
    return finding_of(
        kind,
        move,
        explains=explains,
        confidence=Confidence.STRONG if explains else Confidence.LIKELY,
        evidence=factor_evidence(move.now, move.before, move.split),
    )


def finding_of(
    kind: Kind,
    move: Move,
    *,
    explains: bool,
    confidence: Confidence,
    evidence: tuple[Evidence, ...],
) -> Finding:
    """Tell of a member that moved; a loss that explains the whole is to be acted on."""
    factor = main_factor(move.split)
    loss = move.change < 0
    return Finding(
        id=f"{kind.subject}:{move.key}",
        topic=kind.topic,
        subject=Subject(kind.subject, move.key, move.name),
        metric="paid_amount",
        direction=direction(move.change),
        severity=Severity.ACT if loss and explains else Severity.WARN if loss else Severity.INFO,
        owner=kind.owner(move, factor),
        text=told(kind, move, factor, explains=explains),
        impact=move.change,
        significance=move.z,
        confidence=confidence,
        action=kind.action(move, factor),
        evidence=evidence,
        own=_own(move),
    )


def _own(move: Move) -> Own | None:
    if move.specific is None:
        return None
    return Own(paid_amount=move.specific.amount, visitors=move.specific.visitors)


def _empty_traffic(kind: Kind, move: Move) -> Finding:
    return Finding(
        id=f"{kind.subject}:{move.key}",
        topic=kind.topic,
        subject=Subject(kind.subject, move.key, move.name),
        metric="visitors",
        direction=Direction.UP,
        severity=Severity.WARN,
        owner=Owner.PROMOTION,
        text=message(
            "finding.member.empty_traffic",
            kind=Term("subject", kind.subject),
            name=shortened(move.name or move.key),
            value=Quantity(move.now.visitors, Unit.PEOPLE),
            baseline=Quantity(move.before.visitors, Unit.PEOPLE),
            change=Change(change.relative(move.now.visitors, move.before.visitors)),
            buyers=Quantity(move.now.buyers - move.before.buyers, Unit.PEOPLE),
        ),
        impact=move.change,
        significance=move.visitors_z,
        confidence=Confidence.STRONG,
        action=message("action.member.empty_traffic"),
        evidence=factor_evidence(move.now, move.before, move.split),
        own=_own(move),
    )


def told(kind: Kind, move: Move, factor: str, *, explains: bool) -> Message:
    """Say what a member paid and what it normally pays; ``explains`` adds its part of the whole."""
    form = "new" if move.is_new else "vanished" if move.is_vanished else "moved"
    shared = explains and move.share is not None and move.share <= 1
    return message(
        f"finding.member.{form}" + (".share" if shared else ""),
        kind=Term("role", move.role.value)
        if move.role in {Role.HERO, Role.SECOND}
        else Term("subject", kind.subject),
        name=shortened(move.name or move.key),
        value=yuan(move.now.amount),
        baseline=yuan(move.before.amount),
        change=Change(change.relative(move.now.amount, move.before.amount)),
        impact=yuan(move.change),
        share=None if move.share is None else round(move.share * 100),
        factor=Term("metric", factor),
        factor_change=Change(_factor_change(move, factor)),
    )


def _factor_change(move: Move, factor: str) -> float | None:
    now, before = move.now, move.before
    if factor == "visitors":
        return change.relative(now.visitors, before.visitors)
    if factor == "conversion_rate":
        return change.relative(
            change.ratio(now.buyers, now.visitors), change.ratio(before.buyers, before.visitors)
        )
    return change.relative(
        change.ratio(now.amount, now.buyers), change.ratio(before.amount, before.buyers)
    )


def _table(kind: Kind, moves: Moves) -> DataTable:
    columns = (
        TableColumn(kind.name_column, Unit.TEXT),
        *kind.columns,
        TableColumn("metric.visitors", Unit.PEOPLE),
        TableColumn("column.visitors_before", Unit.PEOPLE),
        TableColumn("metric.paid_buyers", Unit.PEOPLE, detail=True),
        TableColumn(
            "metric.conversion_rate",
            Unit.RATIO,
            ("metric.paid_buyers", "metric.visitors"),
            detail=True,
        ),
        TableColumn("metric.paid_amount", Unit.CNY),
        TableColumn("column.paid_before", Unit.CNY),
        TableColumn("column.impact", Unit.CNY),
        TableColumn("column.part_visitors", Unit.CNY, detail=True),
        TableColumn("column.part_conversion", Unit.CNY, detail=True),
        TableColumn("column.part_amount", Unit.CNY, detail=True),
    )
    return DataTable(
        kind.table, columns, tuple(_row(kind, move) for move in moves.members[:TABLE_ROWS])
    )


def _row(kind: Kind, move: Move) -> tuple[object, ...]:
    return (
        move.name or move.key,
        *kind.cells(move),
        move.now.visitors,
        move.before.visitors,
        move.now.buyers,
        change.ratio(move.now.buyers, move.now.visitors),
        move.now.amount,
        move.before.amount,
        move.change,
        move.split.visitors,
        move.split.conversion_rate,
        move.split.amount_per_buyer,
    )
