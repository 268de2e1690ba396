"""One shop's headline columns day by day, and which of its days are normal and complete."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from storeops.calendars import Calendar
from storeops.facts import Window
from storeops.fields import Col
from storeops.metrics.completeness import USUAL, complete_days
from storeops.metrics.definitions import METRICS, Metric, by_line
from storeops.metrics.panel import Bools, Days, Floats, by_day, calendar_days
from storeops.metrics.spend import ad_spend_line

HEADLINES = (
    "paid_amount", "visitors", "conversion_rate", "amount_per_buyer", "paid_buyers",
    "amount_per_visitor", "add_to_cart_rate", "wishlist_rate", "order_to_pay_rate",
    "returning_buyer_share", "average_order_value", "refunded_amount", "refund_rate", "ad_spend",
    "ad_cost_share",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ShopLines:
    """Columns over the days of the window, (n_days,) each; the last day is the one in question.

    ``usable``: the day is normal and all its key figures are there.
    """

    lines: dict[str, Floats]
    days: Days
    usable: Bools

    @property
    def target(self) -> int:
        """Position of the day in question."""
        return len(self.days) - 1

    def has(self, metric: Metric) -> bool:
        """Tell whether all columns of a metric are there."""
        return all(column in self.lines for column in metric.columns)

    def metric(self, metric: Metric) -> Floats:
        """Compute a metric day by day."""
        return by_line(metric, {column: self.lines[column] for column in metric.columns})

    def at(self, column: str, index: int) -> float | None:
        """Give one value of a column, None where it is not known."""
        line = self.lines.get(column)
        if line is None or index < 0 or np.isnan(line[index]):
            return None
        return float(line[index])


def shop_lines(window: Window, calendar: Calendar) -> ShopLines:
    """Lay the shop's headline columns over the days of a window.

    Ad spend comes from the ads export where there is one, else from the shop's own report.
    """
    days = calendar_days(calendar, window.first_day, window.day)
    frame = window.tables.get("shop_daily")
    columns = {column for name in HEADLINES for column in METRICS[name].columns} | set(USUAL)
    lines = {}
    if frame is not None:
        lines = {str(c): by_day(frame, c, days) for c in sorted(columns) if c in frame}
    spend = ad_spend_line(window, days)
    if spend is not None:
        lines[Col.AD_SPEND] = spend
    return ShopLines(lines, days, days.is_normal & complete_days(lines, len(days)))
