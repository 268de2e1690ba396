"""The tables of a week or a month: beside others, by day, source, item and scene, and deeds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta

from storeops.config import LoggedChange
from storeops.diagnose.finding import DataTable, TableColumn
from storeops.diagnose.period_context import PeriodContext
from storeops.diagnose.topics.shop import DAILY, daily_table
from storeops.diagnose.wording import shortened
from storeops.messages import Message, Term, Unit, message
from storeops.metrics import tables
from storeops.metrics.changes import ItemChange, Kind, item_changes
from storeops.metrics.period_ads import AdStretch, PeriodAdLine
from storeops.metrics.period_against import COMPARED, Line
from storeops.metrics.period_members import PeriodMember
from storeops.metrics.period_names import last_name, member_names
from storeops.metrics.periods import days_of

AHEAD_DAYS = 14
_TOP = 5
_ROWS = 300
_REPEATED = 2
_TITLE = 16
_NAMED = frozenset({"item", "source", "word", "scene", "plan", "silent"})


def period_tables(context: PeriodContext, lines: Sequence[Line]) -> tuple[DataTable, ...]:
    """List the tables that have rows, in the order of a meeting."""
    found = (
        _against(context, lines),
        _daily(context),
        _sources(context),
        _items(context, "table.items_down"),
        _items(context, "table.items_up"),
        _ads(context),
        _causes(context),
        _done(context),
        _ahead(context),
    )
    return tuple(table for table in found if table.rows)


def _against(context: PeriodContext, lines: Sequence[Line]) -> DataTable:
    columns = (
        TableColumn("column.period", Unit.TEXT),
        TableColumn("column.first", Unit.DATE),
        TableColumn("column.last", Unit.DATE),
        *(TableColumn(f"metric.{name}", tables.unit(name)) for name in COMPARED),
    )
    rows = ((_line_name(context, line), line.first, line.last, *line.values) for line in lines)
    return DataTable("table.period", columns, tuple(rows))


def _line_name(context: PeriodContext, line: Line) -> Message:
    if line.name == "average":
        return message(f"period.average.{context.figures.period.kind.value}", n=line.days)
    return message(f"period.line.{line.name}", n=line.days)


def _daily(context: PeriodContext) -> DataTable:
    inside = set(days_of(context.figures.period))
    rows = tables.daily(context.window, context.calendar, DAILY)
    return daily_table([row for row in rows if row.day in inside])


def _sources(context: PeriodContext) -> DataTable:
    columns = (
        TableColumn("column.source", Unit.TEXT),
        TableColumn("column.group", Unit.TEXT),
        *_MEMBER_COLUMNS,
    )
    members = _by_change(context.sources.members) if context.sources else ()
    rows = tuple(
        (member.move.name, Term("source_group", member.move.group or "other"), *_cells(member))
        for member in members[:_ROWS]
    )
    return DataTable("table.sources", columns, rows)


def _items(context: PeriodContext, name: str) -> DataTable:
    """List the five items that lost, or won, most yuan against the period before."""
    columns = (
        TableColumn("column.item", Unit.TEXT),
        TableColumn("column.item_id", Unit.TEXT, detail=True),
        *_MEMBER_COLUMNS,
    )
    sign = 1 if name == "table.items_up" else -1
    members = _by_change(context.items.members) if context.items else ()
    moved = [member for member in members if sign * (member.change or 0.0) > 0][:_TOP]
    rows = tuple(
        (member.move.name or member.move.key, member.move.key, *_cells(member)) for member in moved
    )
    return DataTable(name, columns, rows)


_MEMBER_COLUMNS = (
    TableColumn("metric.visitors_per_day", Unit.PEOPLE),
    TableColumn("column.visitors_previous", Unit.PEOPLE),
    TableColumn("metric.paid_amount", Unit.CNY),
    TableColumn("column.paid_previous", Unit.CNY),
    TableColumn("column.change_previous", Unit.CNY),
    TableColumn("column.period_paid_before", Unit.CNY, detail=True),
    TableColumn("column.change_normal", Unit.CNY),
)


def _cells(member: PeriodMember) -> tuple[object, ...]:
    has_normal = member.visitors_normal is not None
    return (
        member.visitors,
        member.visitors_before,
        member.move.now.amount,
        member.previous_amount,
        member.change,
        member.move.before.amount if has_normal else None,
        member.move.change if has_normal else None,
    )


def _by_change(members: Sequence[PeriodMember]) -> list[PeriodMember]:
    """Sort by the change against the period before, as far as it is known."""
    return sorted(members, key=lambda one: (-abs(one.change or 0.0), one.move.key))


def _ads(context: PeriodContext) -> DataTable:
    columns = (
        TableColumn("column.scene", Unit.TEXT),
        TableColumn("metric.ad_spend", Unit.CNY),
        TableColumn("column.spend_previous", Unit.CNY),
        TableColumn("metric.cost_per_click", Unit.CNY),
        TableColumn("metric.attributed_amount", Unit.CNY),
        TableColumn(
            "metric.return_on_ad_spend",
            Unit.FACTOR,
            ("metric.attributed_amount", "metric.ad_spend"),
        ),
        TableColumn("column.return_previous", Unit.FACTOR),
        TableColumn("column.window", Unit.TEXT),
    )
    ads = context.ads
    rows = () if ads is None else tuple(_ad_row(line, ads.window) for line in ads.lines)
    return DataTable("table.ads", columns, rows)


def _ad_row(line: PeriodAdLine, window: str) -> tuple[object, ...]:
    now: AdStretch = line.now
    return (
        (line.name or line.key) if line.key else message("ads.account"),
        now.spend,
        line.before.spend if line.before else None,
        now.cost_per_click,
        now.attributed_amount,
        now.return_on_ad_spend,
        line.before.return_on_ad_spend if line.before else None,
        Term("window", window),
    )


def _causes(context: PeriodContext) -> DataTable:
    """Count on how many days of the period the same thing was told."""
    days: dict[str, set[date]] = defaultdict(set)
    inside = set(days_of(context.figures.period))
    newest = {said.day: said for said in context.judgements}  # the last word on a day counts
    for said in newest.values():
        if said.day in inside:
            for one in said.findings:
                days[one].add(said.day)
    names = member_names(context.window)
    repeated = [(one, sorted(on)) for one, on in days.items() if len(on) >= _REPEATED]
    repeated.sort(key=lambda pair: (-len(pair[1]), pair[0]))
    columns = (
        TableColumn("column.what", Unit.TEXT),
        TableColumn("column.times", Unit.COUNT),
        TableColumn("column.days", Unit.TEXT),
    )
    rows = tuple(
        (_cause(one, names), float(len(on)), message("period.days", days=_short(on)))
        for one, on in repeated[:_ROWS]
    )
    return DataTable("table.causes", columns, rows)


def _short(days: Sequence[date]) -> tuple[str, ...]:
    return tuple(f"{day:%m-%d}" for day in days)


def _cause(one: str, names: dict[tuple[str, str], str]) -> Message:
    """Name what a finding was about by its id."""
    topic, has_key, key = one.partition(":")
    kind = topic.removeprefix("trend.")
    if has_key and kind in _NAMED:
        form = "silent" if kind == "silent" else "member" if kind == topic else "trend.member"
        subject = "item" if kind == "silent" else kind
        name = last_name(key) if kind == "source" else names.get((subject, key), key)
        return message(
            f"period.cause.{form}", kind=Term("subject", subject), name=shortened(name, _TITLE)
        )
    if has_key:
        form = "rival" if kind == "rival" else "market"
        return message(f"period.cause.{form}", name=shortened(key.partition(":")[0], _TITLE))
    topic, _, metric = one.partition(".")
    if topic in {"ads", "promotion"}:
        return message(f"period.cause.{topic}")
    form = "trend" if topic == "trend" else "shop"
    return message(f"period.cause.{form}", metric=Term("metric", metric))


def _done(context: PeriodContext) -> DataTable:
    """List what was noted and what the downloads show was changed, oldest first."""
    period = context.figures.period
    seen = item_changes(context.window, back=(context.window.day - period.first).days)
    names = member_names(context.window)
    rows = [
        *(_noted(change, names) for change in context.changes),
        *(_seen(change, names) for change in seen),
    ]
    inside = [row for row in rows if period.first <= row[0] <= period.last]
    columns = (
        TableColumn("column.date", Unit.DATE),
        TableColumn("column.kind", Unit.TEXT),
        TableColumn("column.what", Unit.TEXT),
        TableColumn("column.told_by", Unit.TEXT),
    )
    return DataTable("table.done", columns, tuple(sorted(inside, key=lambda row: row[0])[:_ROWS]))


_Deed = tuple[date, Term, Message, Message]


def _noted(change: LoggedChange, names: dict[tuple[str, str], str]) -> _Deed:
    form = "period.noted" if change.item is None else "period.noted.item"
    name = shortened(names.get(("item", change.item or ""), change.item or ""), _TITLE)
    text = message(form, text=change.text, name=name)
    return change.day, Term("change", change.kind), text, message("period.told.noted")


def _seen(change: ItemChange, names: dict[tuple[str, str], str]) -> _Deed:
    name = shortened(names.get(("item", change.item_id), change.item_id), _TITLE)
    kind = change.kind.value if change.kind in {Kind.PRICE, Kind.TITLE} else "other"
    text = message(f"period.seen.{change.kind.value}", name=name, old=change.old, new=change.new)
    return change.day, Term("change", kind), text, message("period.told.seen")


def _ahead(context: PeriodContext) -> DataTable:
    """List the promotions and holidays of the next fortnight."""
    first = context.window.day + timedelta(days=1)
    found = context.calendar.stretches(first, first + timedelta(days=AHEAD_DAYS - 1))
    columns = (
        TableColumn("column.first", Unit.DATE),
        TableColumn("column.last", Unit.DATE),
        TableColumn("column.what", Unit.TEXT),
    )
    rows = tuple(
        (
            stretch.first,
            stretch.last,
            message("phase.of_event", event=stretch.what.name, phase=stretch.what.label),
        )
        for stretch in found
        if stretch.what.name is not None
    )
    return DataTable("table.ahead", columns, rows)
