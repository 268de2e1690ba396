"""Which traffic sources moved?"""

from __future__ import annotations

from dataclasses import replace

from storeops.diagnose.finding import Owner, Section, TableColumn
from storeops.diagnose.topic import Context, Topic
from storeops.diagnose.topics.breakdown import by_source
from storeops.diagnose.topics.members import Kind, section
from storeops.facts import UNKNOWN_ATTRIBUTION, Window
from storeops.fields import Col
from storeops.messages import Message, Note, Term, Unit, message
from storeops.metrics import attribution
from storeops.metrics.results import Move

_OWNERS = {"paid": Owner.PROMOTION, "self": Owner.SERVICE, "outside": Owner.PROMOTION}


def _owner(move: Move, factor: str) -> Owner:
    if factor != "visitors":
        return Owner.OPERATIONS
    return _OWNERS.get(move.group or "", Owner.OPERATIONS)


def _action(move: Move, factor: str) -> Message:
    way = "up" if move.change > 0 else "down"
    if factor != "visitors":
        return message(f"action.source.{factor}.{way}")
    return message(f"action.source.{move.group or 'other'}.{way}")


KIND = Kind(
    topic="sources",
    subject="source",
    table="table.sources",
    name_column="column.source",
    owner=_owner,
    action=_action,
    columns=(TableColumn("column.group", Unit.TEXT),),
    cells=lambda move: (Term("source_group", move.group or "other"),),
)


def examine(window: Window, context: Context) -> Section:  # noqa: ARG001 (the shape of a topic)
    """Judge every source of the slice that covers the whole shop."""
    moves = attribution.source_moves(context.shop_day, context.board)
    found = section(KIND, moves, context)
    found = replace(found, tables=(*found.tables, *by_source(moves)))
    if dict(moves.basis).get(Col.ATTRIBUTION) != UNKNOWN_ATTRIBUTION:
        return found
    note = Note("attribution_unknown", message("note.attribution_unknown"))
    return replace(found, notes=(*found.notes, note))


TOPIC = Topic(
    "sources", "Which traffic sources moved?", ("source_daily",), "sycm_shop_sources", examine
)
