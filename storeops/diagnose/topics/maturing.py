"""What figures that still grow will come to, in words: for the ads and the shop topic."""

from __future__ import annotations

from storeops.diagnose.finding import DataTable, Evidence, TableColumn
from storeops.diagnose.wording import yuan
from storeops.facts import Window
from storeops.messages import Message, Note, Quantity, Unit, message
from storeops.metrics.growing import Expected, GrowingDay, RefundOutlook, ReturnOutlook
from storeops.metrics.outlook import refund_outlook

_COLUMNS = (
    TableColumn("column.date", Unit.DATE),
    TableColumn("column.days_since", Unit.COUNT),
    TableColumn("column.return_now", Unit.FACTOR),
    TableColumn("column.return_expected", Unit.FACTOR),
    TableColumn("column.expected_low", Unit.FACTOR),
    TableColumn("column.expected_high", Unit.FACTOR),
    TableColumn("column.orders_now", Unit.COUNT, detail=True),
    TableColumn("column.orders_expected", Unit.COUNT, detail=True),
    TableColumn("column.learned_from", Unit.COUNT, detail=True),
)


def return_notes(outlook: ReturnOutlook | None) -> tuple[Note, ...]:
    """Say what the return of the newest day and of the trailing week will come to."""
    if outlook is None:
        return ()
    newest = outlook.days[-1]
    said = [
        message("note.return_not_told", day=newest.day)
        if newest.expected is None
        else message("note.return_expected", day=newest.day, **_told(newest.now, newest.expected))
    ]
    if outlook.week is not None:
        said.append(message("note.return_week", **_told(outlook.week_now, outlook.week)))
    return tuple(Note("immature", text) for text in said)


def return_evidence(outlook: ReturnOutlook | None) -> tuple[Evidence, ...]:
    """List the growing days' returns with what they will come to, newest first."""
    if outlook is None:
        return ()
    return tuple(
        Evidence(
            message(
                "note.return_expected", day=growing.day, **_told(growing.now, growing.expected)
            ),
            "return_on_ad_spend",
            growing.expected.value,
            growing.now,
        )
        for growing in reversed(outlook.days)
        if growing.expected is not None
    )


def return_table(outlook: ReturnOutlook | None) -> tuple[DataTable, ...]:
    """Lay the growing days out, one row each."""
    if outlook is None:
        return ()
    orders = {growing.day: growing for growing in outlook.orders}
    rows = tuple(_row(growing, orders.get(growing.day)) for growing in outlook.days)
    return (DataTable("table.ads_outlook", _COLUMNS, rows),)


def refund_notes(window: Window) -> tuple[Note, ...]:
    """Say what the refunds of the trailing week's orders will come to, where that is known."""
    outlook = refund_outlook(window)
    if outlook is None:
        return ()
    return (Note("immature", _refunds(outlook)),)


def _refunds(outlook: RefundOutlook) -> Message:
    said = {"first": outlook.first, "last": outlook.last, "now": yuan(outlook.now)}
    expected = outlook.expected
    if expected is None:
        return message("note.refunds_not_told", **said)
    return message(
        "note.refunds_expected",
        **said,
        value=yuan(expected.value),
        low=yuan(expected.low),
        high=yuan(expected.high),
        cohorts=expected.cohorts,
        share=Quantity(outlook.share, Unit.RATIO),
        before=Quantity(outlook.share_before, Unit.RATIO),
    )


def _told(now: float, expected: Expected) -> dict[str, object]:
    return {
        "now": Quantity(now, Unit.FACTOR),
        "value": Quantity(expected.value, Unit.FACTOR),
        "low": Quantity(expected.low, Unit.FACTOR),
        "high": Quantity(expected.high, Unit.FACTOR),
        "cohorts": expected.cohorts,
    }


def _row(growing: GrowingDay, orders: GrowingDay | None) -> tuple[object, ...]:
    expected = growing.expected
    later = None if orders is None else orders.expected
    return (
        growing.day,
        growing.age,
        growing.now,
        None if expected is None else expected.value,
        None if expected is None else expected.low,
        None if expected is None else expected.high,
        None if orders is None else orders.now,
        None if later is None else later.value,
        None if expected is None else expected.cohorts,
    )
