"""What did the rivals do, how certain is it, and whom to watch?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from storeops.diagnose.finding import (
    Checked,
    Confidence,
    DataTable,
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
from storeops.diagnose.wording import shortened
from storeops.facts import RIVAL_DAILY, Window
from storeops.fields import FIELDS, Col
from storeops.messages import Change, Message, Quantity, Term, Unit, message
from storeops.metrics.calibration import (
    TRUE_VALUE,
    Calibration,
    Estimate,
    by_published_table,
    calibrations,
)
from storeops.metrics.intervals import Certainty, Difference, Interval
from storeops.metrics.rival_effect import RivalEffect, rival_effect
from storeops.metrics.rival_events import (
    EventKind,
    RivalEvent,
    is_strong_offer,
    rival_events,
)
from storeops.metrics.rival_watch import Watched, watch_list
from storeops.metrics.rivals import (
    Asked,
    Look,
    RivalLine,
    by_item,
    latest_words,
    lines,
    rival_frame,
)

CUT = 0.05
"""A rival's price cut worth a line of its own (DOMAIN J9)."""
INDEX_RISE = 0.30
FRESH_DAYS = 1
"""A look on the day before, the day itself, or later is news of the morning."""
_MOST_ROWS = 300
_DOWN = frozenset({EventKind.PRICE_CUT, EventKind.OFFER_ENDED, EventKind.DELISTED})
_NOTES = frozenset({Col.ITEM_TITLE, Col.OWN_ITEM, Col.NOTE, Col.ITEM_STATUS})
_LINES = (
    TableColumn("column.rival", Unit.TEXT),
    TableColumn("column.rival_item", Unit.TEXT),
    TableColumn("column.measure", Unit.TEXT),
    TableColumn("column.now", Unit.TEXT),
    TableColumn("column.look_before", Unit.TEXT),
    TableColumn("column.bounds", Unit.TEXT),
    TableColumn("column.certainty", Unit.TEXT),
    TableColumn("column.seen", Unit.DATE, detail=True),
    TableColumn("column.seen_before", Unit.DATE, detail=True),
    TableColumn("column.estimate", Unit.TEXT),
    TableColumn("column.item_id", Unit.TEXT, detail=True),
)
_EVENTS = (
    TableColumn("column.date", Unit.DATE),
    TableColumn("column.rival", Unit.TEXT),
    TableColumn("column.rival_item", Unit.TEXT),
    TableColumn("column.happened", Unit.TEXT),
    TableColumn("column.old", Unit.TEXT),
    TableColumn("column.new", Unit.TEXT),
    TableColumn("column.bounds", Unit.TEXT),
    TableColumn("column.confirmed", Unit.TEXT),
    TableColumn("column.beside", Unit.TEXT),
    TableColumn("column.seen_before", Unit.DATE, detail=True),
    TableColumn("column.item_id", Unit.TEXT, detail=True),
)
_WATCHED = (
    TableColumn("column.rival", Unit.TEXT),
    TableColumn("column.rival_item", Unit.TEXT),
    TableColumn("column.reason", Unit.TEXT),
    TableColumn("column.item_id", Unit.TEXT, detail=True),
)


def examine(window: Window, context: Context) -> Section:
    """Tell the news of rivals, and table what was seen, what happened and whom to watch."""
    asked = context.asked
    events = [(event, rival_effect(window, event)) for event in rival_events(window, asked)]
    found = lines(rival_frame(window, asked))
    told = [(e, effect) for e, effect in events if _is_fresh(e, window.day)]
    if not asked.everything:
        told = [(event, effect) for event, effect in told if _is_news(event)]
    findings = tuple(_finding(event, effect, window) for event, effect in told)
    tables = [
        _table("table.rival_events", _EVENTS, (_event_row(e, x) for e, x in events)),
        _table("table.rivals", _LINES, _line_rows(window, found, asked)),
        _table("table.rival_watch", _WATCHED, map(_watch_row, watch_list(window, asked))),
    ]
    checked: tuple[Checked, ...] = ()
    rivals = {line.rival for line in found}
    if rivals and not findings:
        checked = (Checked(TOPIC.name, message("checked.rivals", n=len(rivals))),)
    kept = tuple(table for table in tables if table.rows)
    return Section(TOPIC.name, findings, checked, tables=kept)


def _table(name: str, columns: tuple[TableColumn, ...], rows: Iterator[object]) -> DataTable:
    listed = list(rows)[:_MOST_ROWS]
    return DataTable(name, columns, tuple(listed))  # type: ignore[arg-type]


def _is_fresh(event: RivalEvent, day: date) -> bool:
    return (day - event.day).days <= FRESH_DAYS


def _is_news(event: RivalEvent) -> bool:
    """Tell what is worth a line in the morning; the rest stands in the table of events."""
    match event.kind:
        case EventKind.PRICE_CUT:
            return event.size is not None and event.size <= -CUT
        case EventKind.OFFER_STARTED | EventKind.OFFER_CHANGED:
            return is_strong_offer(event.new)
        case EventKind.INDEX_STEP:
            return event.size is not None and event.size >= INDEX_RISE
        case _:
            return False


def _finding(event: RivalEvent, effect: RivalEffect | None, window: Window) -> Finding:
    is_price = event.kind in {EventKind.PRICE_CUT, EventKind.PRICE_RISE}
    evidence: tuple[Evidence, ...] = ()
    if is_price and isinstance(event.new, float) and isinstance(event.old, float):
        evidence = (Evidence(_happened(event), Col.PRICE, event.new, event.old),)
    if effect is not None:
        evidence += (Evidence(_beside(effect, window), is_alongside=True),)
    is_urgent = event.kind is EventKind.PRICE_CUT and _is_news(event)
    subject = event.item or event.rival
    return Finding(
        id=f"rival:{event.rival}:{event.item}:{event.kind.value}:{event.metric}",
        topic=TOPIC.name,
        subject=Subject("rival", subject, _named(event.rival, event.title)),
        metric=event.metric,
        direction=Direction.DOWN
        if event.kind in _DOWN or (event.size or 0) < 0
        else Direction.UP
        if event.size
        else None,
        severity=Severity.WARN if is_urgent else Severity.INFO,
        owner=Owner.OPERATIONS,
        text=_sentence(event),
        confidence=Confidence.STRONG if event.is_confirmed else Confidence.LIKELY,
        action=message("action.rival.price") if is_urgent else None,
        evidence=evidence,
    )


def _named(rival: str, title: str | None) -> str:
    return rival if title is None else f"{rival} {title}"


def _sentence(event: RivalEvent) -> Message:
    form = f"finding.rival.{'item' if event.item else 'shop'}"
    return message(
        form if event.is_confirmed else f"{form}.once",
        rival=event.rival,
        item=shortened(event.title or event.item) if event.item else "",
        day=event.day,
        what=_happened(event),
    )


def _happened(event: RivalEvent) -> Message:
    """Say what happened with old and new, as a table has it in three columns."""
    form = "size" if event.size is not None else "words"
    if event.old is None and event.new is None:
        form = "plain"
    elif event.old is None or event.new is None:
        form = "one"
    return message(
        f"rival.happened.{form}",
        what=Term("rival_event", event.kind.value),
        metric=Term("metric", event.metric),
        old=_told(event.old, event.metric),
        new=_told(event.new, event.metric),
        one=_told(event.new if event.new is not None else event.old, event.metric),
        change=Change(event.size),
    )


def _told(value: float | str | None, metric: str) -> object:
    if isinstance(value, float):
        return Quantity(value, FIELDS[metric].unit)
    return shortened(value, 30) if value else None


def rival_line(event: RivalEvent) -> Message:
    """Say an event as a line beside a finding of our own."""
    return message("evidence.alongside.rival", day=event.day, what=_sentence(event))


def _beside(effect: RivalEffect, window: Window) -> Message:
    return message(
        "rival.fits" if effect.fits else "rival.beside",
        item=shortened(_own_title(window, effect.own_item)),
        change=Change(effect.conversion),
    )


def _own_title(window: Window, item: str) -> str:
    frame = window.tables.get("item_daily")
    if frame is None or Col.ITEM_TITLE not in frame.columns:
        return item
    titles = frame.loc[frame[Col.ITEM_ID] == item, Col.ITEM_TITLE].dropna()
    return str(titles.iloc[-1]) if len(titles) else item


def _event_row(event: RivalEvent, effect: RivalEffect | None) -> tuple[object, ...]:
    sure = "confirmed" if event.is_confirmed else "once"
    beside = None
    if effect is not None:
        form = "fits_short" if effect.fits else "beside_short"
        beside = message(f"rival.{form}", change=Change(effect.conversion))
    return (
        event.day,
        event.rival,
        event.title or event.item,
        message(
            "rival.kind",
            what=Term("rival_event", event.kind.value),
            metric=Term("metric", event.metric),
        )
        if event.kind is EventKind.INDEX_STEP
        else Term("rival_event", event.kind.value),
        _told(event.old, event.metric),
        _told(event.new, event.metric),
        None if event.size is None else Change(event.size),
        Term("rival_sure", sure),
        beside,
        event.since,
        event.item,
    )


def _line_rows(
    window: Window, found: tuple[RivalLine, ...], asked: Asked
) -> Iterator[tuple[object, ...]]:
    titles = {key: latest_words(of, Col.ITEM_TITLE) for key, of in by_item(found).items()}
    scales = calibrations(window)
    for line in sorted(found, key=_telling):
        if line.metric in {*_NOTES, Col.LIST_SIZE}:
            continue
        before = line.before
        yield (
            line.rival,
            titles.get((line.rival, line.item)) or line.item,
            _figure(line),
            _look(line.last, line.metric),
            _look(before, line.metric) if before else None,
            None if line.metric == Col.OFFER else bounds(line.change),
            Term("certainty", _certainty(line).value),
            line.last.day,
            before.day if before else None,
            _estimate(line, scales.get(line.metric), asked),
            line.item,
        )


def _telling(line: RivalLine) -> tuple[bool, bool, bool, float, str, str, str, str]:
    """Order figures: what certainly changed first, wholes before parts, the larger first."""
    change, sure = line.change, _certainty(line) is Certainty.CERTAIN
    is_same = change.direction == 0
    if line.metric == Col.OFFER:
        is_same = line.before is None or line.before.words == line.last.words
    size = abs(change.least or 0.0) if sure else 0.0
    return (
        not sure or is_same,
        bool(line.part),
        line.metric not in {Col.PRICE, Col.OFFER},
        -size,
        line.rival,
        line.item,
        line.member,
        line.metric,
    )


def _figure(line: RivalLine) -> object:
    metric = Term("metric", line.metric)
    if not line.part:
        return metric
    return message("rival.part", part=Term("rival_part", line.part), name=line.member, what=metric)


def _look(look: Look, metric: str) -> object:
    if metric == Col.OFFER:
        return look.words or message("rival.no_offer")
    return shown(look.shown, metric)


def _certainty(line: RivalLine) -> Certainty:
    """Words can be compared as they are; figures by their intervals."""
    if line.metric != Col.OFFER:
        return line.change.certainty
    return Certainty.CERTAIN if line.before else Certainty.UNKNOWABLE


def shown(value: Interval | None, metric: str) -> Message | None:
    """Say a figure as it is shown: exact, a range, or a floor."""
    if value is None:
        return None
    unit = FIELDS[metric].unit if metric in FIELDS else Unit.FACTOR
    low, high = Quantity(value.low, unit), Quantity(value.high, unit)
    if value.is_exact:
        return message("rival.exact", value=low)
    if value.high == float("inf"):
        return message("rival.floor", low=low)
    return message("rival.range", low=low, high=high)


def bounds(change: Difference) -> object:
    """Say a change: one number where it is certain and exact, else its two bounds."""
    if change.certainty is Certainty.UNKNOWABLE:
        return None
    if change.direction == 0:
        return message("rival.unchanged")
    if change.least is None or change.most is None:
        return (
            None if change.least is None else message("rival.at_least", least=Change(change.least))
        )
    if change.least == change.most:
        return Change(change.least)
    return message("rival.between", least=Change(change.least), most=Change(change.most))


def _estimate(line: RivalLine, scale: Calibration | None, asked: Asked) -> Message | None:
    """Turn an index into a value by the own scale, or by the table when it is asked for."""
    if line.last.shown is None or not line.last.shown.is_exact or line.part:
        return None
    index = line.last.shown.low
    estimate: Estimate | None = None
    if scale is not None:
        if scale.is_refused:
            return message("rival.refused", residual=Quantity(scale.residual, Unit.RATIO))
        estimate = scale.value(index)
    if estimate is None and asked.by_table:
        estimate = by_published_table(line.metric, index)
    if estimate is None:
        return None
    unit = FIELDS[TRUE_VALUE[Col(line.metric)]].unit
    residual = None if scale is None else scale.residual
    return message(
        "rival.by_table" if estimate.by_table else "rival.estimated",
        value=Quantity(estimate.value, unit),
        low=Quantity(estimate.low, unit),
        high=Quantity(estimate.high, unit),
        residual=Quantity(residual, Unit.RATIO),
    )


def _watch_row(watched: Watched) -> tuple[object, ...]:
    unit = Unit.CNY if watched.reason == "lost_to" else Unit.RATIO
    reason = message(
        f"rival.reason.{watched.reason}",
        value=Quantity(watched.value, unit) if unit is Unit.CNY else Change(watched.value),
        own=watched.own_item or "",
    )
    return (watched.rival, watched.title or watched.item, reason, watched.item)


TOPIC = Topic(
    "competitors", "What did the rivals do?", (RIVAL_DAILY.name,), "sycm_rival_items", examine
)
