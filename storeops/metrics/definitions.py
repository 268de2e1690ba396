"""Every formula of the program, once: what a metric is, where it comes from, how it combines.

The only place where a column is divided by another. Renderers and topics ask here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import assert_never

import numpy as np
import numpy.typing as npt
import pandas as pd

from storeops.fields import FIELDS, Additivity, Col
from storeops.messages import Unit

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Sum:
    """Adds over days and rows. Several columns are parts of one total; an absent part is none.

    A row without any of them has no value: missing is never zero.
    """

    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HeadCount:
    """De-duplicated people of one day: never added over days, items, sources or devices."""

    column: str


@dataclass(frozen=True, slots=True)
class RatioOfSums:
    """Sum over sum, times a constant. Never averaged: that would weight all days alike.

    Several columns of one side are added. Head counts summed over days are day visits of people,
    which is what a rate over days is meant to weigh with.
    """

    numerator: tuple[str, ...]
    denominator: tuple[str, ...]
    times: float = 1.0


@dataclass(frozen=True, slots=True)
class Printed:
    """A mean or score as the platform prints it, for one row; there are no parts to combine."""

    column: str


@dataclass(frozen=True, slots=True)
class DailyMean:
    """Mean over the known days of a daily head count: what may be said of people over days.

    It is no number of distinct people: one who comes on two days is counted on both.
    """

    column: str


Kind = Sum | HeadCount | RatioOfSums | Printed | DailyMean


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric.

    ``facts`` are the tables that can feed it, ``source`` is the definition as the platform gives
    it, with the name it has there, and ``caution`` what a reader gets wrong most easily.
    """

    name: str
    unit: Unit
    kind: Kind
    facts: tuple[str, ...]
    source: str
    caution: str = ""

    @property
    def additivity(self) -> Additivity:
        """Tell what may be done with the values of several days or members."""
        match self.kind:
            case Sum():
                return Additivity.SUM
            case HeadCount():
                return Additivity.PEOPLE
            case RatioOfSums() | Printed() | DailyMean():
                return Additivity.NONE
            case _ as unknown:
                assert_never(unknown)

    @property
    def columns(self) -> tuple[str, ...]:
        """List the columns the formula reads."""
        match self.kind:
            case Sum(columns):
                return columns
            case HeadCount(column) | Printed(column) | DailyMean(column):
                return (column,)
            case RatioOfSums(numerator, denominator):
                return (*numerator, *denominator)
            case _ as unknown:
                assert_never(unknown)


_SHOP = ("shop_daily",)
_BEHAVIOUR = ("shop_daily", "source_daily", "item_daily", "item_source_daily", "search_word_daily")
_ADS = ("ad_daily",)
_PERIOD = ("shop_period",)
SHOP_AD_SPEND = (
    Col.SITE_WIDE_AD_SPEND, Col.KEYWORD_AD_SPEND, Col.AUDIENCE_AD_SPEND, Col.SMART_SCENE_AD_SPEND,
)  # fmt: skip
"""The spend columns of the shop's own report, used when there is no ads export."""


def _sum(column: str, facts: tuple[str, ...], source: str, caution: str = "") -> Metric:
    return Metric(column, FIELDS[column].unit, Sum((column,)), facts, source, caution)


def _people(column: str, facts: tuple[str, ...], source: str) -> Metric:
    return Metric(
        column, Unit.PEOPLE, HeadCount(column), facts, source,
        "distinct people of one day, or of the days of one export; never added over days, items, "
        "sources or devices",
    )  # fmt: skip


def _printed(column: str, facts: tuple[str, ...], source: str) -> Metric:
    return Metric(column, FIELDS[column].unit, Printed(column), facts, source, "shown per day only")


def _per_day(name: str, column: str, source: str) -> Metric:
    return Metric(
        name, Unit.PEOPLE, DailyMean(column), _SHOP, source,
        "a mean of daily counts, for weeks and months; not the distinct people of the period",
    )  # fmt: skip


def _ratio(name: str, unit: Unit, kind: RatioOfSums, facts: tuple[str, ...], source: str) -> Metric:
    return Metric(name, unit, kind, facts, source)


def _over(numerator: str, denominator: str, times: float = 1.0) -> RatioOfSums:
    return RatioOfSums((numerator,), (denominator,), times)


_TABLE: tuple[Metric, ...] = (
    _sum(Col.PAID_AMOUNT, _BEHAVIOUR, "支付金额: all paid amounts of the day",
         "refunds are not deducted; presale counts on the day the balance is paid"),
    _people(Col.VISITORS, (*_BEHAVIOUR, *_PERIOD),
            "访客数: distinct visitors of the day, all devices; of a week or month those of the "
            "export of just these days"),
    _people(Col.PAID_BUYERS, (*_BEHAVIOUR, *_PERIOD),
            "支付买家数: distinct payers of the day; of a week or month as 访客数"),
    _per_day("visitors_per_day", Col.VISITORS, "日均访客: 访客数 of the known days / their number"),
    _per_day("paid_buyers_per_day", Col.PAID_BUYERS,
             "日均支付买家: 支付买家数 of the known days / their number"),
    _ratio("conversion_rate", Unit.RATIO, _over(Col.PAID_BUYERS, Col.VISITORS), _BEHAVIOUR,
           "支付转化率 = 支付买家数 / 访客数"),
    Metric("distinct_conversion_rate", Unit.RATIO, _over(Col.PAID_BUYERS, Col.VISITORS), _PERIOD,
           "去重转化率 = 支付买家数 / 访客数, both distinct over a week or month",
           "usually above the rate of days, where who comes on two days counts twice"),
    _ratio("amount_per_buyer", Unit.CNY, _over(Col.PAID_AMOUNT, Col.PAID_BUYERS), _BEHAVIOUR,
           "客单价 = 支付金额 / 支付买家数 (per person, not per order)"),
    _ratio("amount_per_visitor", Unit.CNY, _over(Col.PAID_AMOUNT, Col.VISITORS), _BEHAVIOUR,
           "UV价值 = 支付金额 / 访客数"),
    _ratio("average_order_value", Unit.CNY, _over(Col.PAID_AMOUNT, Col.PAID_ORDERS), _SHOP,
           "笔单价 = 支付金额 / 支付父订单数"),
    _ratio("average_selling_price", Unit.CNY, _over(Col.PAID_AMOUNT, Col.PAID_UNITS), _BEHAVIOUR,
           "件单价 = 支付金额 / 支付件数"),
    _ratio("units_per_buyer", Unit.FACTOR, _over(Col.PAID_UNITS, Col.PAID_BUYERS), _BEHAVIOUR,
           "人均件数 = 支付件数 / 支付买家数"),
    _sum(Col.PAID_UNITS, _BEHAVIOUR, "支付件数"),
    _sum(Col.PAID_ORDERS, _SHOP, "支付父订单数"),
    _sum(Col.PAGE_VIEWS, _BEHAVIOUR, "浏览量"),
    _ratio("pages_per_visitor", Unit.FACTOR, _over(Col.PAGE_VIEWS, Col.VISITORS), _BEHAVIOUR,
           "人均浏览量 = 浏览量 / 访客数"),
    _people(Col.ADD_TO_CART_VISITORS, _BEHAVIOUR, "加购人数"),
    _people(Col.WISHLIST_VISITORS, _BEHAVIOUR, "收藏人数: distinct people who saved an item"),
    _ratio("add_to_cart_rate", Unit.RATIO, _over(Col.ADD_TO_CART_VISITORS, Col.VISITORS),
           _BEHAVIOUR, "加购率 = 加购人数 / 访客数"),
    _ratio("wishlist_rate", Unit.RATIO, _over(Col.WISHLIST_VISITORS, Col.VISITORS), _BEHAVIOUR,
           "收藏率 = 收藏人数 / 访客数"),
    Metric("wishlist_and_cart_rate", Unit.RATIO,
           RatioOfSums((Col.WISHLIST_VISITORS, Col.ADD_TO_CART_VISITORS), (Col.VISITORS,)),
           _BEHAVIOUR, "收藏加购率 = (收藏人数 + 加购人数) / 访客数",
           "a person may be in both counts: an index, not a share"),
    _sum(Col.ORDERED_AMOUNT, _BEHAVIOUR, "下单金额: ordered, perhaps unpaid"),
    _ratio("order_conversion_rate", Unit.RATIO, _over(Col.ORDERING_BUYERS, Col.VISITORS),
           _BEHAVIOUR, "下单转化率 = 下单买家数 / 访客数"),
    _ratio("order_to_pay_rate", Unit.RATIO, _over(Col.PAID_BUYERS, Col.ORDERING_BUYERS),
           _BEHAVIOUR, "下单-支付转化率 = 支付买家数 / 下单买家数"),
    _sum(Col.REFUNDED_AMOUNT, ("shop_daily", "item_daily"),
         "成功退款金额: refunds completed on the day",
         "belongs to orders of earlier days, not to the paid amount beside it"),
    Metric("refund_rate", Unit.RATIO, _over(Col.REFUNDED_AMOUNT, Col.PAID_AMOUNT),
           ("shop_daily", "item_daily"), "退款率 (cash view) = 成功退款金额 / 支付金额",
           "numerator and denominator are of different orders; misleading after a promotion"),
    _ratio("returning_buyer_share", Unit.RATIO, _over(Col.RETURNING_BUYERS, Col.PAID_BUYERS),
           _SHOP, "老买家占比 = 支付老买家数 / 支付买家数 (paid in the 365 days before)"),
    _ratio("new_visitor_share", Unit.RATIO, _over(Col.NEW_VISITORS, Col.VISITORS), _SHOP,
           "新访客占比 = 新访客数 / 访客数"),
    _printed(Col.AVERAGE_VISIT_SECONDS, _SHOP, "平均停留时长, seconds"),
    _printed(Col.BOUNCE_RATE, _SHOP, "跳失率"),
    _printed(Col.DESCRIPTION_SCORE, _SHOP, "描述相符评分"),
    _printed(Col.LOGISTICS_SCORE, _SHOP, "物流服务评分"),
    _printed(Col.SERVICE_SCORE, _SHOP, "服务态度评分"),
    _ratio("search_conversion_rate", Unit.RATIO,
           _over(Col.SEARCH_PAID_BUYERS, Col.SEARCH_VISITORS), ("item_daily",),
           "搜索引导支付转化率 = 搜索引导支付买家数 / 搜索引导访客数"),
    Metric(Col.AD_SPEND, Unit.CNY, Sum((Col.AD_SPEND,)), ("ad_daily", "shop_daily"),
           "花费: from the ads export at one grain; without it 全站推广花费 + 关键词推广花费 + "
           "精准人群推广花费 + 智能场景花费 of the shop report",
           "grains (scene, plan, item) show the same spend and are never added; no 淘宝客佣金"),
    Metric("shop_report_ad_spend", Unit.CNY, Sum(SHOP_AD_SPEND), _SHOP,
           "推广花费 of the shop report: 全站推广 + 关键词推广 + 精准人群推广 + 智能场景"),
    Metric("ad_cost_share", Unit.RATIO, _over(Col.AD_SPEND, Col.PAID_AMOUNT),
           ("ad_daily", "shop_daily"), "费比 = 推广花费 / 支付金额 of the whole shop"),
    _sum(Col.IMPRESSIONS, _ADS, "展现量"),
    _sum(Col.CLICKS, _ADS, "点击量"),
    _sum(Col.ATTRIBUTED_AMOUNT, _ADS, "总成交金额 = 直接 + 间接, within the attribution window",
         "not sales of the day; grows until the window is over"),
    _sum(Col.ATTRIBUTED_ORDERS, _ADS, "总成交笔数 within the attribution window"),
    _ratio("click_through_rate", Unit.RATIO, _over(Col.CLICKS, Col.IMPRESSIONS), _ADS,
           "点击率 = 点击量 / 展现量"),
    _ratio("cost_per_click", Unit.CNY, _over(Col.AD_SPEND, Col.CLICKS), _ADS,
           "平均点击花费 = 花费 / 点击量"),
    _ratio("cost_per_mille", Unit.CNY, _over(Col.AD_SPEND, Col.IMPRESSIONS, 1000.0), _ADS,
           "千次展现花费 = 花费 / 展现量 x 1000"),
    _ratio("click_conversion", Unit.RATIO, _over(Col.ATTRIBUTED_ORDERS, Col.CLICKS), _ADS,
           "点击转化率 = 总成交笔数 / 点击量"),
    _ratio("attributed_order_value", Unit.CNY,
           _over(Col.ATTRIBUTED_AMOUNT, Col.ATTRIBUTED_ORDERS), _ADS,
           "总成交金额 / 总成交笔数"),
    _ratio("return_on_ad_spend", Unit.FACTOR, _over(Col.ATTRIBUTED_AMOUNT, Col.AD_SPEND), _ADS,
           "投入产出比 = 总成交金额 / 花费; only within one attribution window"),
    _ratio("cost_per_attributed_order", Unit.CNY, _over(Col.AD_SPEND, Col.ATTRIBUTED_ORDERS), _ADS,
           "总成交成本 = 花费 / 总成交笔数"),
    _ratio("add_to_cart_cost", Unit.CNY, _over(Col.AD_SPEND, Col.AD_CART_UNITS), _ADS,
           "加购成本 = 花费 / 总购物车数"),
    _ratio("ad_cart_rate", Unit.RATIO, _over(Col.AD_CART_UNITS, Col.CLICKS), _ADS,
           "加购率 = 总购物车数 / 点击量"),
)  # fmt: skip

METRICS: dict[str, Metric] = {str(metric.name): metric for metric in _TABLE}


def used_columns() -> frozenset[str]:
    """List the columns that formulas and names of members are made of.

    Nothing in this package reads another column besides the keys of a fact.
    """
    names = (
        Col.ITEM_TITLE, Col.ITEM_STATUS, Col.SCENE, Col.PLAN, Col.SUBJECT, Col.VALUE, Col.LOW,
        Col.HIGH, Col.WORDS,
    )  # fmt: skip
    formulas = (column for metric in METRICS.values() for column in metric.columns)
    return frozenset(str(column) for column in (*names, *formulas))


def value(metric: Metric, frame: pd.DataFrame) -> float | None:
    """Compute a metric over the rows of a frame.

    Args:
        metric: What to compute.
        frame: Rows of one fact at one grain, (n_rows, any columns); NaN where the export had no
            value.

    Returns:
        The number in the metric's unit; None when no row is complete, when the denominator is
        zero, or when more than one row would have to be combined and the kind forbids it.
    """
    match metric.kind:
        case Sum(columns):
            known = _added(frame, columns)
            known = known[~np.isnan(known)]
            return float(known.sum()) if len(known) else None
        case HeadCount(column) | Printed(column):
            known = _added(frame, (column,))
            known = known[~np.isnan(known)]
            return float(known[0]) if len(known) == 1 else None
        case DailyMean(column):
            known = _added(frame, (column,))
            known = known[~np.isnan(known)]
            return quotient(float(known.sum()), float(len(known)))
        case RatioOfSums(numerator, denominator, times):
            above, below = _complete(frame, numerator), _complete(frame, denominator)
            both = ~(np.isnan(above) | np.isnan(below))
            return quotient(float(above[both].sum()), float(below[both].sum()), times)
        case _ as unknown:
            assert_never(unknown)


def daily(metric: Metric, frame: pd.DataFrame) -> pd.Series[float]:
    """Compute a metric row by row, for a fact with one row per day.

    Returns:
        A series on the frame's index, NaN where a row has no value or no denominator.
    """
    match metric.kind:
        case Sum(columns):
            values = _added(frame, columns)
        case HeadCount(column) | Printed(column) | DailyMean(column):
            values = _added(frame, (column,))
        case RatioOfSums(numerator, denominator, times):
            values = quotients(_complete(frame, numerator), _complete(frame, denominator), times)
        case _ as unknown:
            assert_never(unknown)
    return pd.Series(values, index=frame.index, name=str(metric.name))


def by_line(metric: Metric, columns: Mapping[str, Floats]) -> Floats:
    """Compute a metric element by element from its columns, all of which must be given."""
    kind = metric.kind
    if isinstance(kind, RatioOfSums):
        above = [columns[column] for column in kind.numerator]
        below = [columns[column] for column in kind.denominator]
        return quotients(_row_sums(above), _row_sums(below), kind.times)
    return _row_sums([columns[column] for column in metric.columns])


def _row_sums(parts: Sequence[Floats]) -> Floats:
    stacked: Floats = np.stack(parts)
    total: Floats = stacked.sum(axis=0)
    return total


def from_sums(metric: Metric, sums: Mapping[str, float | None]) -> float | None:
    """Compute a ratio from sums that were taken already; a sum that is absent gives None."""
    kind = metric.kind
    if not isinstance(kind, RatioOfSums):
        return sums.get(metric.columns[0])
    parts = [sums.get(column) for column in metric.columns]
    if any(part is None or np.isnan(part) for part in parts):
        return None
    known = [float(part) for part in parts if part is not None]
    above = sum(known[: len(kind.numerator)])
    return quotient(above, sum(known[len(kind.numerator) :]), kind.times)


def quotient(above: float, below: float, times: float = 1.0) -> float | None:
    """Divide two sums; None when there is nothing to divide by."""
    return above / below * times if below else None


def quotients(above: Floats, below: Floats, times: float = 1.0) -> Floats:
    """Divide element by element; NaN where there is nothing to divide by."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(below != 0, above / below * times, np.nan)


def _column(frame: pd.DataFrame, column: str) -> Floats:
    if column not in frame:
        return np.full(len(frame), np.nan)
    return frame[column].to_numpy(dtype=np.float64)


def _complete(frame: pd.DataFrame, columns: tuple[str, ...]) -> Floats:
    """Add columns row by row; a row that lacks any of them has no value."""
    return _row_sums([_column(frame, column) for column in columns])


def _added(frame: pd.DataFrame, columns: tuple[str, ...]) -> Floats:
    """Add columns row by row; a row has a value when it has any of them."""
    parts = np.stack([_column(frame, column) for column in columns])
    return np.where(np.isnan(parts).all(axis=0), np.nan, np.nansum(parts, axis=0))
