"""Is it us or everyone, who rises, and where is an opportunity?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from storeops.calendars import Phase
from storeops.diagnose.finding import (
    Checked,
    DataTable,
    Finding,
    Owner,
    Section,
    Severity,
    Subject,
    TableColumn,
)
from storeops.diagnose.topic import Context, Topic
from storeops.diagnose.topics.competitors import bounds, shown
from storeops.diagnose.wording import direction
from storeops.facts import MARKET_DAILY, MARKET_RANK, Window
from storeops.fields import Col
from storeops.messages import Change, Message, Quantity, Term, Unit, message
from storeops.metrics.industry import (
    GAP,
    WEEK,
    Demand,
    IndustryLine,
    Riser,
    demands,
    industry_lines,
    risers,
)
from storeops.metrics.market import own_change
from storeops.metrics.results import MarketView

_MOST_ROWS = 200
_TOLD = 3
_SPLIT = (
    TableColumn("column.whose", Unit.TEXT),
    TableColumn("column.moved", Unit.TEXT),
    TableColumn("column.impact", Unit.CNY),
)
_LINES = (
    TableColumn("column.category", Unit.TEXT),
    TableColumn("column.measure", Unit.TEXT),
    TableColumn("column.market_change", Unit.TEXT),
    TableColumn("column.own_change", Unit.TEXT),
    TableColumn("column.gap", Unit.TEXT),
    TableColumn("column.seen", Unit.DATE),
)
_RISERS = (
    TableColumn("column.rank_kind", Unit.TEXT),
    TableColumn("column.name", Unit.TEXT),
    TableColumn("column.rank", Unit.COUNT),
    TableColumn("column.rank_before", Unit.COUNT),
    TableColumn("column.growth", Unit.TEXT),
    TableColumn("column.reason", Unit.TEXT),
    TableColumn("column.category", Unit.TEXT, detail=True),
)
_WORDS = (
    TableColumn("column.word", Unit.TEXT),
    TableColumn("column.now", Unit.TEXT),
    TableColumn("column.bounds", Unit.TEXT),
    TableColumn("column.certainty", Unit.TEXT),
    TableColumn("column.own_visitors", Unit.PEOPLE),
    TableColumn("column.reason", Unit.TEXT),
)


def examine(window: Window, context: Context) -> Section:
    """Lay the shop beside its industry: the day's split, the week's lines, risers and words."""
    asked = context.asked
    lines, words = industry_lines(window, asked), demands(window, asked)
    found = tuple(_of_word(demand) for demand in words if demand.kind is not None)[:_TOLD]
    tables = (
        DataTable("table.market_split", _SPLIT, tuple(_split_rows(context.market))),
        DataTable("table.market", _LINES, tuple(map(_line_row, lines))[:_MOST_ROWS]),
        DataTable("table.risers", _RISERS, tuple(map(_riser_row, risers(window, asked)))),
        DataTable("table.market_words", _WORDS, tuple(map(_word_row, words))[:_MOST_ROWS]),
    )
    return Section(
        TOPIC.name,
        (*(_gap(lines) if _is_calm(window, context) else ()), *found)
        if asked.everything
        else tuple(f for f in found if _is_risk(f)),
        _checked(lines),
        tables=tuple(table for table in tables if table.rows),
    )


def _is_calm(window: Window, context: Context) -> bool:
    """Tell two weeks without promotions: those inflate shop and industry unevenly."""
    days = (window.day - timedelta(days=back) for back in range(2 * WEEK))
    return all(context.calendar.phase(day).phase is Phase.NORMAL for day in days)


def _is_risk(finding: Finding) -> bool:
    return finding.severity is Severity.WARN


def _split_rows(view: MarketView) -> Iterator[tuple[object, ...]]:
    if view.own is None or view.market is None:
        return
    own_yuan, market_yuan = view.own_part, view.market_part
    total = None if own_yuan is None or market_yuan is None else own_yuan + market_yuan
    yield (message("market.whole"), Change(view.own), total)
    assumed = "assumed" if view.beta_assumed else "learned"
    beta = Quantity(view.beta, Unit.FACTOR)
    yield (message(f"market.part.{assumed}", beta=beta), Change(view.market), market_yuan)
    yield (message("market.rest"), Change(own_change(view)), own_yuan)


def _gap(lines: tuple[IndustryLine, ...]) -> Iterator[Finding]:
    """Tell the widest gap of a week, if it is worth a line."""
    wide = [line for line in lines if line.gap is not None and abs(line.gap) >= GAP]
    for line in sorted(wide, key=lambda one: -abs(one.gap or 0))[:1]:
        yield Finding(
            id=f"market:{line.category}:{line.metric}",
            topic=TOPIC.name,
            subject=Subject("market", line.category, line.category or None),
            metric=line.metric,
            direction=direction(line.gap),
            severity=Severity.INFO,
            owner=Owner.OPERATIONS,
            text=_line_text(line),
        )


def _line_text(line: IndustryLine) -> Message:
    return message(
        "finding.market",
        category=line.category,
        metric=Term("metric", line.metric),
        change=Change(line.change),
        own_metric=Term("metric", line.own_metric or line.metric),
        own=Change(line.own),
        gap=Change(line.gap, points=True),
    )


def _checked(lines: tuple[IndustryLine, ...]) -> tuple[Checked, ...]:
    close = [line for line in lines if line.gap is not None and abs(line.gap) < GAP]
    return tuple(Checked(TOPIC.name, _line_text(line)) for line in close[:1])


def _of_word(demand: Demand) -> Finding:
    is_risk = demand.kind == "risk"
    return Finding(
        id=f"market_word:{demand.word}",
        topic=TOPIC.name,
        subject=Subject("word", demand.word, demand.word),
        metric=Col.SEARCH_POPULARITY.value,
        direction=direction(float(demand.change.direction or 0)),
        severity=Severity.WARN if is_risk else Severity.INFO,
        owner=Owner.OPERATIONS,
        text=message(
            f"finding.market_word.{demand.kind}",
            word=demand.word,
            now=shown(demand.popularity, Col.SEARCH_POPULARITY),
            change=bounds(demand.change),
            visitors=Quantity(demand.own_visitors, Unit.PEOPLE),
        ),
        action=message(f"action.market_word.{demand.kind}"),
    )


def _line_row(line: IndustryLine) -> tuple[object, ...]:
    return (
        line.category,
        Term("metric", line.metric),
        Change(line.change),
        None if line.own is None else Change(line.own),
        None if line.gap is None else Change(line.gap, points=True),
        line.day,
    )


def _riser_row(riser: Riser) -> tuple[object, ...]:
    return (
        Term("rank_kind", riser.kind),
        riser.name,
        riser.rank,
        riser.rank_before,
        None if riser.growth is None else Change(riser.growth),
        Term("riser", riser.reason),
        riser.category,
    )


def _word_row(demand: Demand) -> tuple[object, ...]:
    return (
        demand.word,
        shown(demand.popularity, Col.SEARCH_POPULARITY),
        bounds(demand.change),
        Term("certainty", demand.change.certainty.value),
        demand.own_visitors,
        None if demand.kind is None else Term("demand", demand.kind),
    )


TOPIC = Topic(
    "market",
    "Is it us or everyone?",
    (MARKET_DAILY.name, MARKET_RANK.name, "peer_daily"),
    None,
    examine,
)
