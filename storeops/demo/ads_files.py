"""The ads console's reports as GB18030 text: a row per day and what was advertised."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from storeops.demo.ads_book import AdRow, by_grain
from storeops.demo.catalogue import catalogue, header
from storeops.demo.containers import Row, csv
from storeops.demo.printing import ADS
from storeops.demo.truth import Truth

REPORTS = {
    "scene": "ad_scenes",
    "plan": "ad_plans",
    "item": "ad_items",
    "word": "ad_words",
    "crowd": "ad_crowds",
}
"""Header row of each grain's report."""


def ads_report(
    truth: Truth, rows: tuple[AdRow, ...], grain: str, days: Sequence[date], variant: str = ""
) -> bytes:
    """Write a report split by day, oldest day first; rows without an impression are left out.

    Args:
        truth: The simulated shop.
        rows: Ads at the finest grain.
        grain: Which report.
        days: Which days.
        variant: Another header row than the report's usual one.
    """
    columns = header(variant or REPORTS[grain])
    lines: list[Row] = [[label for label, _ in columns]]
    groups = by_grain(rows, grain)
    for day in sorted(days):
        at = truth.index(day)
        lines += [
            ADS.row(columns, {**_texts(group, grain), "date": day.isoformat()}, group.book, at)
            for group in groups
            if group.book["impressions"][at] > 0
        ]
    return csv(lines)


def _texts(row: AdRow, grain: str) -> dict[str, str]:
    """Name the row; in the item report the subject is the item."""
    if grain != "item":
        return row.names
    item = {"subject_id": row.names["item_id"], "subject": row.names["item_title"]}
    return {**row.names, **item, "subject_kind": catalogue().words["subject_item"]}
