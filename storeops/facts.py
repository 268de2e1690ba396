"""The fact tables as types: what a normalised row is, and what identifies it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from storeops.fields import DEVICE_COLUMNS, DEVICES, Col, device_column
from storeops.messages import Note

if TYPE_CHECKING:
    import pandas as pd


UNKNOWN_WINDOW = "unknown"
UNKNOWN_ATTRIBUTION = "unspecified"
UNSTATED = frozenset({UNKNOWN_WINDOW, UNKNOWN_ATTRIBUTION})
"""Outside values that nobody has told yet; told later, they replace these."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact table.

    ``keys`` identify a row within one shop (``shop`` itself is added by the record); ``columns``
    are all further columns a layout may fill, in storage order. Every stored row also carries
    the file, sheet and row it came from.
    """

    name: str
    keys: tuple[str, ...]
    columns: tuple[str, ...]


_ITEM = (
    Col.ITEM_TITLE, Col.ITEM_STATUS, Col.ITEM_TAGS, Col.PARENT_ITEM_ID, Col.ITEM_KIND,
    Col.ITEM_CODE,
)  # fmt: skip
_BEHAVIOUR = (
    Col.VISITORS, Col.NEW_VISITORS, Col.RETURNING_VISITORS, Col.PAGE_VIEWS,
    Col.AVERAGE_VISIT_SECONDS, Col.BOUNCE_RATE, Col.WISHLIST_VISITORS, Col.WISHLIST_EVENTS,
    Col.ADD_TO_CART_VISITORS, Col.ADD_TO_CART_UNITS, Col.FOLLOWERS_GAINED,
    Col.ORDERED_AMOUNT, Col.ORDERING_BUYERS, Col.ORDERED_UNITS,
    Col.PAID_AMOUNT, Col.PAID_BUYERS, Col.PAID_ORDERS, Col.PAID_ORDER_LINES, Col.PAID_UNITS,
    Col.NEW_BUYERS, Col.RETURNING_BUYERS, Col.RETURNING_PAID_AMOUNT, Col.REFUNDED_AMOUNT,
)  # fmt: skip
_SHOP_ONLY = (
    Col.NET_PAID_AMOUNT, Col.REFUNDED_AMOUNT_BY_PAYMENT, Col.PAID_ITEMS, Col.LIVE_VISITORS,
    Col.SHORT_VIDEO_VISITORS, Col.POST_VISITORS, Col.STORE_PAGE_VISITORS, Col.THREE_D_VISITORS,
    Col.ITEM_VISITORS, Col.ITEM_PAGE_VIEWS, Col.SITE_WIDE_AD_SPEND, Col.KEYWORD_AD_SPEND,
    Col.AUDIENCE_AD_SPEND, Col.SMART_SCENE_AD_SPEND, Col.AFFILIATE_COMMISSION, Col.REVIEWS,
    Col.PICTURE_REVIEWS, Col.POSITIVE_REVIEWS, Col.NEGATIVE_REVIEWS,
    Col.RETURNING_POSITIVE_REVIEWS, Col.RETURNING_NEGATIVE_REVIEWS, Col.PARCELS_COLLECTED,
    Col.PARCELS_SHIPPED, Col.PARCELS_DELIVERING, Col.PARCELS_SIGNED, Col.AVERAGE_DELIVERY_SECONDS,
    Col.DESCRIPTION_SCORE, Col.LOGISTICS_SCORE, Col.SERVICE_SCORE, Col.MEMBERS, Col.NEW_MEMBERS,
    Col.ACTIVE_MEMBERS, Col.MEMBER_PAID_AMOUNT, Col.MEMBER_PAID_BUYERS,
)  # fmt: skip
_ADS = (
    Col.SCENE, Col.PLAN, Col.UNIT, Col.SUBJECT, Col.SUBJECT_KIND, Col.ITEM_ID,
    Col.IMPRESSIONS, Col.CLICKS, Col.AD_SPEND, Col.ATTRIBUTED_AMOUNT, Col.ATTRIBUTED_ORDERS,
    Col.DIRECT_ATTRIBUTED_AMOUNT, Col.INDIRECT_ATTRIBUTED_AMOUNT, Col.DIRECT_ATTRIBUTED_ORDERS,
    Col.INDIRECT_ATTRIBUTED_ORDERS, Col.PRESALE_AMOUNT, Col.PRESALE_ORDERS, Col.AD_CART_UNITS,
    Col.AD_WISHLIST_EVENTS, Col.AD_SHOP_FOLLOWS, Col.AD_GUIDED_VISITS, Col.AD_GUIDED_VISITORS,
    Col.AD_BUYERS, Col.AD_NEW_BUYERS,
)  # fmt: skip
_PER_DEVICE = tuple(
    device_column(device, column) for column in DEVICE_COLUMNS for device in DEVICES
)

SHOP_DAILY = Fact("shop_daily", (Col.DATE,), (*_BEHAVIOUR, *_SHOP_ONLY, *_PER_DEVICE))
SHOP_PERIOD = Fact(
    "shop_period",
    (Col.DATE, Col.DAYS),
    (
        Col.VISITORS, Col.NEW_VISITORS, Col.RETURNING_VISITORS, Col.ITEM_VISITORS,
        Col.WISHLIST_VISITORS, Col.ADD_TO_CART_VISITORS, Col.ORDERING_BUYERS, Col.PAID_AMOUNT,
        Col.PAID_BUYERS, Col.NEW_BUYERS, Col.RETURNING_BUYERS,
    ),
)  # fmt: skip
"""Distinct people of several days as the platform counted them, under the last of the days."""
PEER_DAILY = Fact("peer_daily", (Col.DATE, Col.METRIC, Col.PEER), (Col.VALUE,))
SOURCE_DAILY = Fact(
    "source_daily",
    (Col.DATE, Col.CARRIER, Col.SOURCE, Col.ATTRIBUTION, Col.DEVICE),
    (*_BEHAVIOUR, Col.ENGAGED_VISITORS, Col.ITEM_CLICK_VISITORS),
)
ITEM_DAILY = Fact(
    "item_daily",
    (Col.DATE, Col.ITEM_ID),
    (
        *_ITEM, *_BEHAVIOUR, Col.TOTAL_PAID_AMOUNT, Col.TOTAL_PAID_UNITS, Col.GROUP_BUY_PAID_AMOUNT,
        Col.YEAR_TO_DATE_PAID_AMOUNT, Col.MONTH_TO_DATE_PAID_AMOUNT, Col.MONTH_TO_DATE_PAID_UNITS,
        Col.SEARCH_VISITORS, Col.SEARCH_PAID_BUYERS, Col.COMPETITIVENESS_SCORE,
    ),
)  # fmt: skip
ITEM_SOURCE_DAILY = Fact(
    "item_source_daily", (Col.DATE, Col.ITEM_ID, Col.SOURCE, Col.ATTRIBUTION), _BEHAVIOUR
)
SEARCH_WORD_DAILY = Fact(
    "search_word_daily", (Col.DATE, Col.WORD, Col.WORD_SCOPE, Col.DEVICE), _BEHAVIOUR
)
AD_DAILY = Fact(
    "ad_daily",
    (Col.DATE, Col.GRAIN, Col.WINDOW, Col.SCENE_ID, Col.PLAN_ID, Col.UNIT_ID, Col.SUBJECT_ID),
    _ADS,
)

MAPPED_DAILY = Fact("mapped_daily", (Col.DATE, Col.DATASET, Col.SUBJECT, Col.METRIC), (Col.VALUE,))
"""Measures of tables only the user knows, kept apart from the shop's own figures."""

_SHOWN = (Col.VALUE, Col.LOW, Col.HIGH, Col.WORDS)
"""One figure as a page shows it: exact, a range, or text; exactly one of the three is there."""
RIVAL_DAILY = Fact(
    "rival_daily", (Col.DATE, Col.RIVAL, Col.ITEM_ID, Col.PART, Col.MEMBER, Col.METRIC), _SHOWN
)
MARKET_DAILY = Fact("market_daily", (Col.DATE, Col.CATEGORY, Col.METRIC), _SHOWN)
MARKET_RANK = Fact(
    "market_rank", (Col.DATE, Col.CATEGORY, Col.RANK_KIND, Col.MEMBER, Col.METRIC), _SHOWN
)

FACTS: dict[str, Fact] = {
    fact.name: fact
    for fact in (
        SHOP_DAILY, PEER_DAILY, SOURCE_DAILY, ITEM_DAILY, ITEM_SOURCE_DAILY, SEARCH_WORD_DAILY,
        AD_DAILY, MAPPED_DAILY, RIVAL_DAILY, MARKET_DAILY, MARKET_RANK, SHOP_PERIOD,
    )
}  # fmt: skip


OF_OTHERS = frozenset({RIVAL_DAILY.name, MARKET_DAILY.name, MARKET_RANK.name})
"""Facts about rivals and the industry: looked at now and then, never the shop's own figures."""
NOW_AND_THEN = OF_OTHERS | {SHOP_PERIOD.name}
"""Facts that no day needs to have: they tell neither the newest day nor that one is late."""


@dataclass(frozen=True, slots=True)
class FactRows:
    """Normalised rows of one fact table from one file, column by column.

    ``columns`` maps a column name to a sequence of equal length: ``datetime.date`` for dates,
    ``str`` or None for text, ``float`` for numbers with NaN where the export had no value.
    It holds the fact's keys, those of its columns that the file carries, and ``sheet`` and
    ``row``, the place of each row as Excel shows it.
    """

    fact: str
    columns: Mapping[str, Any]

    def __len__(self) -> int:
        """Count the rows."""
        return len(next(iter(self.columns.values()), ()))


@dataclass(frozen=True, slots=True)
class FileReading:
    """One file as read: what it was recognised as, its rows, and what to say about it.

    ``file`` is the name shown to the user (a member of an archive is ``a.zip/b.csv``).
    ``status`` is imported (rows are here), unknown, unreadable or refused; the record turns it
    into unchanged when it holds the identical file already. ``outside`` are the values that came
    from outside the file (date or item id from a name, attribution window from the
    configuration): with the bytes they identify the import. Rows in = kept + reported.
    """

    file: str
    sha256: str
    modified: float
    status: str
    layout: str | None = None
    shop: str | None = None
    tables: tuple[FactRows, ...] = ()
    outside: Mapping[str, str] = field(default_factory=dict)
    rows_in: int = 0
    rows_kept: int = 0
    rows_reported: int = 0
    first_day: date | None = None
    last_day: date | None = None
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class FileEntry:
    """One line of a report's list of files (the ``files`` of the JSON contract)."""

    file: str
    layout: str | None
    status: str
    rows_in: int
    rows_kept: int
    rows_reported: int


@dataclass(frozen=True, slots=True)
class Restatement:
    """A stored value that a newer download changed."""

    fact: str
    day: date
    subject: str
    column: str
    old: float | None
    new: float | None
    old_file: str
    new_file: str


@dataclass(frozen=True, slots=True)
class Window:
    """The last days of one shop across facts: all that metrics and topics may look at.

    ``tables`` maps a fact name to a frame with that fact's keys and the columns that hold any
    value; one row per key, rows ordered by key, dates as datetime64, numbers as float64 with NaN
    for missing. A fact without rows in the window is absent from the mapping.

    ``versions`` holds, for facts whose values grow after their day, what each day read like at
    each age it was downloaded at: one row per ``date`` and ``age`` (1 on the next morning), the
    values summed over all keys but those given as columns.
    """

    shop: str
    first_day: date
    day: date
    tables: Mapping[str, pd.DataFrame]
    restated: tuple[Restatement, ...] = ()
    versions: Mapping[str, pd.DataFrame] = field(default_factory=dict)

    def has(self, fact: str) -> bool:
        """Tell whether the fact has any row in the window."""
        return fact in self.tables
