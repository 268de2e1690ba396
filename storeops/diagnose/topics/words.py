"""Which search words moved?"""

from __future__ import annotations

from storeops.diagnose.finding import Owner, Section
from storeops.diagnose.topic import Context, Topic
from storeops.diagnose.topics.members import Kind, section
from storeops.facts import Window
from storeops.messages import Message, message
from storeops.metrics import attribution
from storeops.metrics.results import Move


def _owner(move: Move, factor: str) -> Owner:  # noqa: ARG001 (the shape of an owner rule)
    return Owner.OPERATIONS


def _action(move: Move, factor: str) -> Message:
    way = "up" if move.change > 0 else "down"
    return message(f"action.word.{'visitors' if factor == 'visitors' else 'other'}.{way}")


KIND = Kind(
    topic="words",
    subject="word",
    table="table.words",
    name_column="column.word",
    owner=_owner,
    action=_action,
)


def examine(window: Window, context: Context) -> Section:  # noqa: ARG001 (the shape of a topic)
    """Judge every search word of one scope."""
    return section(KIND, attribution.word_moves(context.shop_day, context.board), context)


TOPIC = Topic(
    "words", "Which search words moved?", ("search_word_daily",), "sycm_search_words", examine
)
