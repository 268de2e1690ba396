"""Was the day normal, and which factor moved it?"""

from __future__ import annotations

from collections.abc import Sequence

from storeops.diagnose.finding import (
    Checked,
    Confidence,
    DataTable,
    Evidence,
    Finding,
    Own,
    Owner,
    Section,
    Severity,
    Subject,
    TableColumn,
)
from storeops.diagnose.topic import Context, Topic
from storeops.diagnose.topics.maturing import refund_notes
from storeops.diagnose.topics.members import OF_CHANGE
from storeops.diagnose.wording import (
    direction,
    factor_evidence,
    main_factor,
    phase_told,
    relative,
    shortened,
    weekday,
    yuan,
)
from storeops.facts import Window
from storeops.messages import Change, Message, Quantity, Term, Unit, message
from storeops.metrics import attribution, places, tables
from storeops.metrics.places import Place
from storeops.metrics.results import MetricDay, ShopDay
from storeops.metrics.tables import DayRow

PAID = "shop.paid_amount"
"""Id of the finding that the day as a whole is abnormal; others hang on it or carry it."""
AD_SPEND = "shop.ad_spend"
"""Id of the finding that the ad spend as a whole is abnormal."""

_OWNERS = {
    "visitors": Owner.OPERATIONS,
    "conversion_rate": Owner.OPERATIONS,
    "amount_per_buyer": Owner.OPERATIONS,
    "refunded_amount": Owner.SERVICE,
    "ad_spend": Owner.PROMOTION,
}
_OF_SALES = ("paid_amount", "visitors", "paid_buyers", "conversion_rate", "amount_per_buyer")
_CHECKED = (
    "paid_amount",
    "visitors",
    "conversion_rate",
    "amount_per_buyer",
    "add_to_cart_rate",
    "refunded_amount",
    "ad_spend",
)
_CALM = 1.0
_SURE = 0.01
_SPEAKS = 0.5
_BRIEF = (
    "paid_amount",
    "visitors",
    "conversion_rate",
    "amount_per_buyer",
    "refunded_amount",
    "ad_spend",
)
_DAILY = (
    ("paid_amount", None),
    ("visitors", None),
    ("paid_buyers", None),
    ("conversion_rate", ("metric.paid_buyers", "metric.visitors")),
    ("amount_per_buyer", ("metric.paid_amount", "metric.paid_buyers")),
    ("amount_per_visitor", ("metric.paid_amount", "metric.visitors")),
    ("add_to_cart_visitors", None),
    ("add_to_cart_rate", ("metric.add_to_cart_visitors", "metric.visitors")),
    ("wishlist_visitors", None),
    ("wishlist_rate", ("metric.wishlist_visitors", "metric.visitors")),
    ("refunded_amount", None),
    ("ad_spend", None),
    ("ad_cost_share", ("metric.ad_spend", "metric.paid_amount")),
)

DAILY = tuple(name for name, _ in _DAILY)
"""Metrics of the table of days."""


def examine(window: Window, context: Context) -> Section:
    """Judge the headline figures; sales falling in all of them is one finding."""
    day = context.shop_day
    findings: list[Finding] = []
    abnormal = [figure for figure in day.figures if figure.is_abnormal]
    of_sales = [figure for figure in abnormal if figure.metric in _OF_SALES]
    if of_sales:
        findings.append(_sales(window, context, of_sales))
    findings += [_single(figure) for figure in abnormal if figure.metric not in _OF_SALES]
    checked = tuple(
        Checked("shop", _fine(figure))
        for figure in day.figures
        if figure.metric in _checked(window)
        and _is_calm(figure)
        and not _contributes(figure, context)
    )
    table = daily_table(tables.daily(window, context.calendar, DAILY))
    tables_ = (table,) if table.rows else ()
    return Section("shop", tuple(findings), checked, refund_notes(window), tables_)


def _sales(window: Window, context: Context, moved: list[MetricDay]) -> Finding:
    day = context.shop_day
    lead = _lead(day.figure("paid_amount"), moved)
    factor = main_factor(day.split) if day.split else lead.metric
    mix = _mix(context)
    return Finding(
        id=PAID,
        topic="shop",
        subject=Subject("shop", "shop"),
        metric=lead.metric,
        direction=direction(lead.change),
        severity=Severity.ACT if (lead.impact or 0) < 0 else Severity.WARN,
        owner=_OWNERS.get(factor, Owner.OPERATIONS),
        text=message(
            "finding.shop",
            metric=Term("metric", lead.metric),
            value=Quantity(lead.value, lead.unit),
            baseline=Quantity(lead.baseline, lead.unit),
            change=relative(lead.value, lead.baseline),
            impact=yuan(lead.impact),
            factor=Term("metric", factor),
        ),
        impact=_net(day, lead),
        significance=lead.z,
        confidence=Confidence.STRONG,
        action=_action(factor, mix) if day.split else message("action.shop.visitors"),
        evidence=(
            *_factors(day, moved),
            *(() if mix is None else (_mix_told(mix),)),
            *_market(context),
            *_places(window, context),
        ),
        own=_own(day),
    )


def _mix(context: Context) -> tuple[float, float] | None:
    """Split the conversion's yuan into sources that convert otherwise and other sources.

    Returns:
        Within and mix; None where conversion plays no part or sources do not tell.
    """
    tree = attribution.source_moves(context.shop_day, context.board).tree
    if tree is None:
        return None
    total = abs(tree.split.end - tree.split.start)
    if abs(tree.split.conversion_rate) < OF_CHANGE * total:
        return None
    within = sum(member.conversion_within for member in tree.members)
    return within, sum(member.conversion_mix for member in tree.members)


def _mix_told(mix: tuple[float, float]) -> Evidence:
    within, shift = (yuan(part) for part in mix)
    return Evidence(message("evidence.mix", within=within, mix=shift), "conversion_rate")


def _action(factor: str, mix: tuple[float, float] | None) -> Message:
    """Look at the traffic first when its mix explains at least half of the conversion."""
    if factor == "conversion_rate" and mix is not None and abs(mix[1]) >= abs(mix[0]):
        return message("action.shop.mix")
    return message(f"action.shop.{factor}")


def _net(day: ShopDay, lead: MetricDay) -> float | None:
    """Give what the day is worth: the change of the paid amount, whichever figure is told."""
    paid = day.figure("paid_amount")
    return lead.impact if paid is None or paid.impact is None else paid.impact


def _factors(day: ShopDay, moved: list[MetricDay]) -> tuple[Evidence, ...]:
    if day.now and day.before and day.split:
        return factor_evidence(day.now, day.before, day.split)
    return tuple(_evidence(figure) for figure in moved)


def _market(context: Context) -> tuple[Evidence, ...]:
    """Share the change out to the market and to the shop, and say what that rests on."""
    market = context.market
    if market.market_part is None or market.peers is None:
        return ()
    told = message(
        "evidence.market.assumed" if market.beta_assumed else "evidence.market.learned",
        peers=Change(market.peers),
        market=yuan(market.market_part),
        own=yuan(market.own_part),
        beta=f"{market.beta:.2f}",
        days=market.joint_days,
    )
    return (Evidence(told, "paid_amount", market.market_part, market.own_part),)


def _places(window: Window, context: Context) -> tuple[Evidence, ...]:
    """Say where the change sits, and how easily chance would show as much."""
    return tuple(
        Evidence(
            message(
                "evidence.place",
                place=_place(place),
                change=Change(place.ratio - 1),
                impact=yuan(place.amount),
                chance=message("chance.rare" if place.p < _SURE else "chance.possible"),
            ),
            "paid_amount",
            place.amount,
        )
        for place in places.places(window, context.shop_day, context.board)
    )


def _place(place: Place) -> Message:
    if place.kind is not None:
        return message(f"place.kind.{place.kind}")
    name = shortened(place.item_name or place.item or "")
    if place.item is None:
        return message("place.source", source=place.source or "")
    if place.source is None:
        return message("place.item", name=name)
    return message("place.item_source", name=name, source=place.source)


def _own(day: ShopDay) -> Own | None:
    """The day as a whole: all of its change."""
    if day.now is None or day.before is None:
        return None
    return Own(
        paid_amount=day.now.amount - day.before.amount,
        visitors=day.now.visitors - day.before.visitors,
    )


def _lead(paid: MetricDay | None, moved: list[MetricDay]) -> MetricDay:
    """Speak of the paid amount, unless it stood still while a factor of it moved.

    Visitors come before conversion: a flood that does not buy lowers the rate, not the reverse.
    """
    largest = max(moved, key=lambda figure: abs(figure.impact or 0))
    largest = next((figure for figure in moved if figure.metric == "visitors"), largest)
    if paid is None or paid.impact is None:
        return largest
    same_way = paid.impact * (largest.impact or 0) > 0
    speaks = same_way and abs(paid.impact) >= _SPEAKS * abs(largest.impact or 0)
    return paid if speaks or paid in moved else largest


def _evidence(figure: MetricDay) -> Evidence:
    return Evidence(
        message(
            "evidence.figure",
            metric=Term("metric", figure.metric),
            value=Quantity(figure.value, figure.unit),
            baseline=Quantity(figure.baseline, figure.unit),
            change=relative(figure.value, figure.baseline),
        ),
        figure.metric,
        figure.value,
        figure.baseline,
    )


def _single(figure: MetricDay) -> Finding:
    return Finding(
        id=f"shop.{figure.metric}",
        topic="shop",
        subject=Subject("shop", "shop"),
        metric=figure.metric,
        direction=direction(figure.change),
        severity=Severity.WARN,
        owner=_OWNERS.get(figure.metric, Owner.OPERATIONS),
        text=message(
            "finding.figure",
            metric=Term("metric", figure.metric),
            value=Quantity(figure.value, figure.unit),
            baseline=Quantity(figure.baseline, figure.unit),
            change=relative(figure.value, figure.baseline),
        ),
        impact=figure.impact,
        significance=figure.z,
        action=message(f"action.shop.{figure.metric}"),
        evidence=(_evidence(figure),),
    )


def _checked(window: Window) -> tuple[str, ...]:
    """List the figures to call fine; with an ads export the ads topic speaks of the spend."""
    if window.has("ad_daily"):
        return tuple(metric for metric in _CHECKED if metric != "ad_spend")
    return _CHECKED


def _is_calm(figure: MetricDay) -> bool:
    """Tell a figure that may be called fine: near its norm, not merely short of an alarm."""
    return not figure.is_abnormal and figure.z is not None and abs(figure.z) < _CALM


def _contributes(figure: MetricDay, context: Context) -> bool:
    """Tell a factor that carries a part of an abnormal day's change: it is not ruled out."""
    day = context.shop_day
    if day.split is None or not day.is_abnormal:
        return False
    total = day.split.end - day.split.start
    part = dict(day.split.parts).get(figure.metric, 0.0)
    return part * total > 0 and abs(part) >= OF_CHANGE * abs(total)


def _fine(figure: MetricDay) -> Message:
    return message(
        "checked.figure" if figure.visible is None else "checked.figure.seen",
        metric=Term("metric", figure.metric),
        value=Quantity(figure.value, figure.unit),
        change=relative(figure.value, figure.baseline),
        visible=Change(None if figure.visible is None else -figure.visible),
    )


def daily_table(rows: Sequence[DayRow]) -> DataTable:
    """Lay days out, one row each; ``rows`` hold the metrics of ``DAILY``."""
    columns = (
        TableColumn("column.date", Unit.DATE),
        TableColumn("column.weekday", Unit.TEXT),
        TableColumn("column.phase", Unit.TEXT),
        *(
            TableColumn(f"metric.{name}", tables.unit(name), formula, detail=name not in _BRIEF)
            for name, formula in _DAILY
        ),
    )
    return DataTable(
        "table.daily",
        columns,
        tuple((row.day, weekday(row.day), phase_told(row.phase), *row.values) for row in rows),
        frozenset(index for index, row in enumerate(rows) if row.phase.phase.is_promotion),
    )


TOPIC = Topic("shop", "Was the day normal?", ("shop_daily",), "sycm_shop_report", examine)
