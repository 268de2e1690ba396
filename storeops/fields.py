"""The vocabulary: every column name, its unit, and whether it may be summed.

The only place where a column name is spelled out. Chinese headers live in ``formats/``, labels in
``lang/``; definitions of ratios live in ``metrics.definitions``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from storeops.messages import Unit


class Additivity(StrEnum):
    """What may be done with the values of a column."""

    SUM = "sum"
    """Adds over days, items and devices (paid amount, page views)."""
    PEOPLE = "people"
    """De-duplicated head count: never added over days, items, sources or devices."""
    NONE = "none"
    """A printed mean, score or index: neither added nor averaged."""
    KEY = "key"
    """Identifies a row."""


class Col(StrEnum):
    """Canonical column names."""

    # keys
    SHOP = "shop"
    DATE = "date"
    ITEM_ID = "item_id"
    CARRIER = "carrier"
    SOURCE = "source"
    ATTRIBUTION = "attribution"
    WORD = "word"
    DEVICE = "device"
    WORD_SCOPE = "word_scope"
    METRIC = "metric"
    PEER = "peer"
    GRAIN = "grain"
    WINDOW = "window"
    SCENE_ID = "scene_id"
    PLAN_ID = "plan_id"
    UNIT_ID = "unit_id"
    SUBJECT_ID = "subject_id"
    DATASET = "dataset"
    RIVAL = "rival"
    PART = "part"
    MEMBER = "member"
    CATEGORY = "category"
    RANK_KIND = "rank_kind"
    DAYS = "days"
    # descriptions
    ITEM_TITLE = "item_title"
    ITEM_STATUS = "item_status"
    ITEM_TAGS = "item_tags"
    PARENT_ITEM_ID = "parent_item_id"
    ITEM_KIND = "item_kind"
    ITEM_CODE = "item_code"
    SCENE = "scene"
    PLAN = "plan"
    UNIT = "unit"
    SUBJECT = "subject"
    SUBJECT_KIND = "subject_kind"
    # visitors and their behaviour
    VISITORS = "visitors"
    NEW_VISITORS = "new_visitors"
    RETURNING_VISITORS = "returning_visitors"
    LIVE_VISITORS = "live_visitors"
    SHORT_VIDEO_VISITORS = "short_video_visitors"
    POST_VISITORS = "post_visitors"
    STORE_PAGE_VISITORS = "store_page_visitors"
    THREE_D_VISITORS = "three_d_visitors"
    ITEM_VISITORS = "item_visitors"
    ITEM_CLICK_VISITORS = "item_click_visitors"
    ENGAGED_VISITORS = "engaged_visitors"
    SEARCH_VISITORS = "search_visitors"
    SEARCH_PAID_BUYERS = "search_paid_buyers"
    PAGE_VIEWS = "page_views"
    ITEM_PAGE_VIEWS = "item_page_views"
    AVERAGE_VISIT_SECONDS = "average_visit_seconds"
    BOUNCE_RATE = "bounce_rate"
    WISHLIST_VISITORS = "wishlist_visitors"
    WISHLIST_EVENTS = "wishlist_events"
    ADD_TO_CART_VISITORS = "add_to_cart_visitors"
    ADD_TO_CART_UNITS = "add_to_cart_units"
    FOLLOWERS_GAINED = "followers_gained"
    # orders and payment
    ORDERED_AMOUNT = "ordered_amount"
    ORDERING_BUYERS = "ordering_buyers"
    ORDERED_UNITS = "ordered_units"
    PAID_AMOUNT = "paid_amount"
    NET_PAID_AMOUNT = "net_paid_amount"
    PAID_BUYERS = "paid_buyers"
    PAID_ORDERS = "paid_orders"
    PAID_ORDER_LINES = "paid_order_lines"
    PAID_UNITS = "paid_units"
    PAID_ITEMS = "paid_items"
    TOTAL_PAID_AMOUNT = "total_paid_amount"
    TOTAL_PAID_UNITS = "total_paid_units"
    GROUP_BUY_PAID_AMOUNT = "group_buy_paid_amount"
    YEAR_TO_DATE_PAID_AMOUNT = "year_to_date_paid_amount"
    MONTH_TO_DATE_PAID_AMOUNT = "month_to_date_paid_amount"
    MONTH_TO_DATE_PAID_UNITS = "month_to_date_paid_units"
    NEW_BUYERS = "new_buyers"
    RETURNING_BUYERS = "returning_buyers"
    RETURNING_PAID_AMOUNT = "returning_paid_amount"
    REFUNDED_AMOUNT = "refunded_amount"
    REFUNDED_AMOUNT_BY_PAYMENT = "refunded_amount_by_payment"
    COMPETITIVENESS_SCORE = "competitiveness_score"
    # shop health
    REVIEWS = "reviews"
    PICTURE_REVIEWS = "picture_reviews"
    POSITIVE_REVIEWS = "positive_reviews"
    NEGATIVE_REVIEWS = "negative_reviews"
    RETURNING_POSITIVE_REVIEWS = "returning_positive_reviews"
    RETURNING_NEGATIVE_REVIEWS = "returning_negative_reviews"
    PARCELS_COLLECTED = "parcels_collected"
    PARCELS_SHIPPED = "parcels_shipped"
    PARCELS_DELIVERING = "parcels_delivering"
    PARCELS_SIGNED = "parcels_signed"
    AVERAGE_DELIVERY_SECONDS = "average_delivery_seconds"
    DESCRIPTION_SCORE = "description_score"
    LOGISTICS_SCORE = "logistics_score"
    SERVICE_SCORE = "service_score"
    MEMBERS = "members"
    NEW_MEMBERS = "new_members"
    ACTIVE_MEMBERS = "active_members"
    MEMBER_PAID_AMOUNT = "member_paid_amount"
    MEMBER_PAID_BUYERS = "member_paid_buyers"
    # spend reported in the shop's daily report
    SITE_WIDE_AD_SPEND = "site_wide_ad_spend"
    KEYWORD_AD_SPEND = "keyword_ad_spend"
    AUDIENCE_AD_SPEND = "audience_ad_spend"
    SMART_SCENE_AD_SPEND = "smart_scene_ad_spend"
    AFFILIATE_COMMISSION = "affiliate_commission"
    # ads
    IMPRESSIONS = "impressions"
    CLICKS = "clicks"
    AD_SPEND = "ad_spend"
    ATTRIBUTED_AMOUNT = "attributed_amount"
    DIRECT_ATTRIBUTED_AMOUNT = "direct_attributed_amount"
    INDIRECT_ATTRIBUTED_AMOUNT = "indirect_attributed_amount"
    ATTRIBUTED_ORDERS = "attributed_orders"
    DIRECT_ATTRIBUTED_ORDERS = "direct_attributed_orders"
    INDIRECT_ATTRIBUTED_ORDERS = "indirect_attributed_orders"
    PRESALE_AMOUNT = "presale_amount"
    PRESALE_ORDERS = "presale_orders"
    AD_CART_UNITS = "ad_cart_units"
    AD_WISHLIST_EVENTS = "ad_wishlist_events"
    AD_SHOP_FOLLOWS = "ad_shop_follows"
    AD_GUIDED_VISITS = "ad_guided_visits"
    AD_GUIDED_VISITORS = "ad_guided_visitors"
    AD_BUYERS = "ad_buyers"
    AD_NEW_BUYERS = "ad_new_buyers"
    # rivals and the industry
    TRADE_INDEX = "trade_index"
    TRAFFIC_INDEX = "traffic_index"
    AUDIENCE_INDEX = "audience_index"
    CONVERSION_INDEX = "conversion_index"
    SEARCH_POPULARITY = "search_popularity"
    CART_POPULARITY = "cart_popularity"
    WISHLIST_POPULARITY = "wishlist_popularity"
    CONVERSION_RATE = "conversion_rate"
    CLICK_RATE = "click_rate"
    TRADE_GROWTH = "trade_growth"
    PRICE = "price"
    SOLD_UNITS = "sold_units"
    REVIEW_COUNT = "review_count"
    SKU_COUNT = "sku_count"
    LIST_SIZE = "list_size"
    RANK = "rank"
    LOST_AMOUNT = "lost_amount"
    LOST_BUYERS = "lost_buyers"
    OFFER = "offer"
    OWN_ITEM = "own_item"
    NOTE = "note"
    IS_NEW = "is_new"
    # long tables
    VALUE = "value"
    LOW = "low"
    HIGH = "high"
    WORDS = "words"
    # bookkeeping of the record, on every fact row
    SHEET = "sheet"
    ROW = "row"


@dataclass(frozen=True, slots=True)
class Field:
    """One row of the glossary.

    ``unit`` decides parsing and storage; ``additivity`` what may be done with the values;
    ``meaning`` is the definition as the platform gives it (English; labels are in ``lang/``).
    """

    unit: Unit
    additivity: Additivity
    meaning: str = ""


def _text(meaning: str = "") -> Field:
    return Field(Unit.TEXT, Additivity.KEY, meaning)


def _people(meaning: str) -> Field:
    return Field(Unit.PEOPLE, Additivity.PEOPLE, meaning)


def _count(meaning: str) -> Field:
    return Field(Unit.COUNT, Additivity.SUM, meaning)


def _money(meaning: str) -> Field:
    return Field(Unit.CNY, Additivity.SUM, meaning)


def _fixed(unit: Unit, meaning: str) -> Field:
    return Field(unit, Additivity.NONE, meaning)


FIELDS: dict[str, Field] = {
    Col.SHOP: _text("The merchant's shop"),
    Col.DATE: Field(Unit.DATE, Additivity.KEY, "Beijing natural day the figures belong to"),
    Col.ITEM_ID: _text("Item id as text, 9 to 19 digits"),
    Col.CARRIER: _text("Traffic carrier: item page, live, short video, store page, whole shop"),
    Col.SOURCE: _text("Traffic source path, levels joined by ' > '"),
    Col.ATTRIBUTION: _text("Attribution basis of sources: every, first, last or unspecified"),
    Col.WORD: _text("Search word"),
    Col.DEVICE: _text("mobile, pc or all"),
    Col.WORD_SCOPE: _text("outside or inside: search in the mall or inside the shop"),
    Col.METRIC: _text("Metric name of a long table"),
    Col.PEER: _text("average or excellent peers of the same tier"),
    Col.GRAIN: _text("Ads report grain: scene, plan, item, word, crowd; never added together"),
    Col.WINDOW: _text("Ads attribution window in days, or unknown"),
    Col.DATASET: _text("Layout of a user's own table"),
    Col.RIVAL: _text("A rival shop's name; blank for the own side of a comparison"),
    Col.PART: _text("What a rival's figure is a part of: source, word or lost; blank: the whole"),
    Col.MEMBER: _text("The traffic source, the word, or the own item that buyers were lost from"),
    Col.CATEGORY: _text("Category of the industry figures"),
    Col.RANK_KIND: _text("What is ranked: shop, item, brand or word"),
    Col.DAYS: _text("Length of a period in days, as text; its date is the last of them"),
    Col.SCENE_ID: _text(),
    Col.PLAN_ID: _text(),
    Col.UNIT_ID: _text(),
    Col.SUBJECT_ID: _text("Promoted item, word or crowd"),
    Col.ITEM_TITLE: _text(),
    Col.ITEM_STATUS: _text(),
    Col.ITEM_TAGS: _text(),
    Col.PARENT_ITEM_ID: _text("Main item of a variant group"),
    Col.ITEM_KIND: _text(),
    Col.ITEM_CODE: _text(),
    Col.SCENE: _text("Ads product, today's name"),
    Col.PLAN: _text(),
    Col.UNIT: _text(),
    Col.SUBJECT: _text(),
    Col.SUBJECT_KIND: _text(),
    Col.VISITORS: _people("Distinct visitors of the period, PC and mobile de-duplicated"),
    Col.NEW_VISITORS: _people("Visitors who had not visited before"),
    Col.RETURNING_VISITORS: _people("Visitors who had visited before"),
    Col.LIVE_VISITORS: _people("Visitors of the own live room"),
    Col.SHORT_VIDEO_VISITORS: _people("Visitors of own short videos, 3 s or more"),
    Col.POST_VISITORS: _people("Visitors of own posts, 3 s or more"),
    Col.STORE_PAGE_VISITORS: _people("Visitors of store pages"),
    Col.THREE_D_VISITORS: _people("Visitors of 3D applications"),
    Col.ITEM_VISITORS: _people("Visitors of item pages"),
    Col.ITEM_CLICK_VISITORS: _people("Visitors who clicked an item"),
    Col.ENGAGED_VISITORS: _people("Visitors who looked for 3 s or more"),
    Col.SEARCH_VISITORS: _people("Visitors led by search"),
    Col.SEARCH_PAID_BUYERS: _people("Paid buyers led by search"),
    Col.PAGE_VIEWS: _count("Page views"),
    Col.ITEM_PAGE_VIEWS: _count("Views of item pages"),
    Col.AVERAGE_VISIT_SECONDS: _fixed(Unit.SECONDS, "Mean time of a visit as printed"),
    Col.BOUNCE_RATE: _fixed(Unit.RATIO, "Share of one-page visits as printed"),
    Col.WISHLIST_VISITORS: _people("People who put an item on their wishlist"),
    Col.WISHLIST_EVENTS: _count("Wishlist events"),
    Col.ADD_TO_CART_VISITORS: _people("People who put an item into the cart"),
    Col.ADD_TO_CART_UNITS: _count("Units put into the cart"),
    Col.FOLLOWERS_GAINED: _people("People who began to follow the shop"),
    Col.ORDERED_AMOUNT: _money("Ordered, perhaps unpaid"),
    Col.ORDERING_BUYERS: _people("People who placed an order"),
    Col.ORDERED_UNITS: _count("Ordered units"),
    Col.PAID_AMOUNT: _money("Paid amount; refunds not deducted, presale counts when fully paid"),
    Col.NET_PAID_AMOUNT: _money("Paid amount less refunds as the home page prints it"),
    Col.PAID_BUYERS: _people("Distinct payers"),
    Col.PAID_ORDERS: _count("Paid parent orders"),
    Col.PAID_ORDER_LINES: _count("Paid order lines (one per SKU of an order)"),
    Col.PAID_UNITS: _count("Paid units"),
    Col.PAID_ITEMS: _people("Distinct items with a payment"),
    Col.TOTAL_PAID_AMOUNT: _money("Paid amount including other channels"),
    Col.TOTAL_PAID_UNITS: _count("Paid units including other channels"),
    Col.GROUP_BUY_PAID_AMOUNT: _money("Paid amount through Juhuasuan"),
    Col.YEAR_TO_DATE_PAID_AMOUNT: _fixed(Unit.CNY, "Paid amount since 1 January"),
    Col.MONTH_TO_DATE_PAID_AMOUNT: _fixed(Unit.CNY, "Paid amount since the first of the month"),
    Col.MONTH_TO_DATE_PAID_UNITS: _fixed(Unit.COUNT, "Paid units since the first of the month"),
    Col.NEW_BUYERS: _people("Payers who had not paid in the 365 days before"),
    Col.RETURNING_BUYERS: _people("Payers who had paid in the 365 days before"),
    Col.RETURNING_PAID_AMOUNT: _money("Paid amount of returning buyers"),
    Col.REFUNDED_AMOUNT: _money("Refunds completed in the period, whatever the order date"),
    Col.REFUNDED_AMOUNT_BY_PAYMENT: _money("Refunds of orders paid in the period; grows for weeks"),
    Col.COMPETITIVENESS_SCORE: _fixed(Unit.SCORE, "Platform score of an item"),
    Col.REVIEWS: _count("Reviews"),
    Col.PICTURE_REVIEWS: _count("Reviews with pictures"),
    Col.POSITIVE_REVIEWS: _count("Positive reviews"),
    Col.NEGATIVE_REVIEWS: _count("Negative reviews"),
    Col.RETURNING_POSITIVE_REVIEWS: _count("Positive reviews of returning buyers"),
    Col.RETURNING_NEGATIVE_REVIEWS: _count("Negative reviews of returning buyers"),
    Col.PARCELS_COLLECTED: _count("Parcels collected by the carrier"),
    Col.PARCELS_SHIPPED: _count("Parcels shipped"),
    Col.PARCELS_DELIVERING: _count("Parcels out for delivery"),
    Col.PARCELS_SIGNED: _count("Parcels signed for"),
    Col.AVERAGE_DELIVERY_SECONDS: _fixed(Unit.SECONDS, "Mean time from payment to signature"),
    Col.DESCRIPTION_SCORE: _fixed(Unit.SCORE, "DSR description score"),
    Col.LOGISTICS_SCORE: _fixed(Unit.SCORE, "DSR logistics score"),
    Col.SERVICE_SCORE: _fixed(Unit.SCORE, "DSR service score"),
    Col.MEMBERS: _fixed(Unit.PEOPLE, "Members of the shop to date"),
    Col.NEW_MEMBERS: _people("New members"),
    Col.ACTIVE_MEMBERS: _people("Active members"),
    Col.MEMBER_PAID_AMOUNT: _money("Paid amount of members"),
    Col.MEMBER_PAID_BUYERS: _people("Members who paid"),
    Col.SITE_WIDE_AD_SPEND: _money("Spend on whole-site promotion, from the shop report"),
    Col.KEYWORD_AD_SPEND: _money("Spend on keyword promotion, from the shop report"),
    Col.AUDIENCE_AD_SPEND: _money("Spend on audience promotion, from the shop report"),
    Col.SMART_SCENE_AD_SPEND: _money("Spend on smart scenes, from the shop report"),
    Col.AFFILIATE_COMMISSION: _money("Commission of the affiliate programme, from the shop report"),
    Col.IMPRESSIONS: _count("Ad impressions"),
    Col.CLICKS: _count("Ad clicks"),
    Col.AD_SPEND: _money("Ad spend"),
    Col.ATTRIBUTED_AMOUNT: _money("Sales attributed to ads within the window, direct and indirect"),
    Col.DIRECT_ATTRIBUTED_AMOUNT: _money("Attributed sales of the promoted item"),
    Col.INDIRECT_ATTRIBUTED_AMOUNT: _money("Attributed sales of other items of the shop"),
    Col.ATTRIBUTED_ORDERS: _count("Attributed orders"),
    Col.DIRECT_ATTRIBUTED_ORDERS: _count("Attributed orders of the promoted item"),
    Col.INDIRECT_ATTRIBUTED_ORDERS: _count("Attributed orders of other items"),
    Col.PRESALE_AMOUNT: _money("Attributed presale amount"),
    Col.PRESALE_ORDERS: _count("Attributed presale orders"),
    Col.AD_CART_UNITS: _count("Cart events attributed to ads"),
    Col.AD_WISHLIST_EVENTS: _count("Wishlist events attributed to ads"),
    Col.AD_SHOP_FOLLOWS: _count("Shop wishlist events attributed to ads"),
    Col.AD_GUIDED_VISITS: _count("Visits led by ads"),
    Col.AD_GUIDED_VISITORS: _people("Visitors led by ads"),
    Col.AD_BUYERS: _people("Buyers attributed to ads"),
    Col.AD_NEW_BUYERS: _people("New buyers attributed to ads"),
    Col.TRADE_INDEX: _fixed(Unit.INDEX, "Index of the paid amount; not additive, not yuan"),
    Col.TRAFFIC_INDEX: _fixed(Unit.INDEX, "Index of visitors; not additive"),
    Col.AUDIENCE_INDEX: _fixed(Unit.INDEX, "Index of paid buyers; not additive"),
    Col.CONVERSION_INDEX: _fixed(Unit.INDEX, "Index of the conversion rate"),
    Col.SEARCH_POPULARITY: _fixed(Unit.INDEX, "Index of people who search; not additive"),
    Col.CART_POPULARITY: _fixed(Unit.INDEX, "Index of people who add to the cart"),
    Col.WISHLIST_POPULARITY: _fixed(Unit.INDEX, "Index of people who add to the wishlist"),
    Col.CONVERSION_RATE: _fixed(Unit.RATIO, "Conversion rate of a rival as printed"),
    Col.CLICK_RATE: _fixed(Unit.RATIO, "Click rate of a search word; may exceed 1"),
    Col.TRADE_GROWTH: _fixed(Unit.RATIO, "Growth of the trade as printed"),
    Col.PRICE: _fixed(Unit.CNY, "Price to pay as shown"),
    Col.SOLD_UNITS: _fixed(Unit.COUNT, "Units sold as shown, often a floor"),
    Col.REVIEW_COUNT: _fixed(Unit.COUNT, "Reviews to date as shown"),
    Col.SKU_COUNT: _fixed(Unit.COUNT, "SKUs of an item as shown"),
    Col.LIST_SIZE: _fixed(Unit.COUNT, "Items the whole list has, by which it is known complete"),
    Col.RANK: _fixed(Unit.COUNT, "Place in a ranking, 1 is the first"),
    Col.LOST_AMOUNT: _money("Paid to a rival by visitors who left"),
    Col.LOST_BUYERS: _people("Visitors who left and paid a rival"),
    Col.OFFER: _text("Offer tag as shown; blank when there is none"),
    Col.OWN_ITEM: _text("Own item that a rival's item is matched with"),
    Col.NOTE: _text("Remark of the person who keeps the table"),
    Col.IS_NEW: _text("Whether the ranking marks it as new"),
    Col.VALUE: _fixed(Unit.INDEX, "Value of a long table, in the unit of its metric"),
    Col.LOW: _fixed(Unit.INDEX, "Lower end where only a range is shown"),
    Col.HIGH: _fixed(Unit.INDEX, "Upper end where only a range is shown; infinite above a floor"),
    Col.WORDS: _text("Text of a long table: a title, an offer"),
    Col.SHEET: _text("Sheet the row was read from"),
    Col.ROW: Field(Unit.COUNT, Additivity.NONE, "Row in that sheet as Excel numbers it"),
}

DEVICES = ("mobile", "pc")
DEVICE_COLUMNS = (
    Col.VISITORS, Col.PAGE_VIEWS, Col.ITEM_VISITORS, Col.ITEM_PAGE_VIEWS,
    Col.AVERAGE_VISIT_SECONDS, Col.BOUNCE_RATE, Col.WISHLIST_VISITORS, Col.WISHLIST_EVENTS,
    Col.ADD_TO_CART_VISITORS, Col.ADD_TO_CART_UNITS, Col.PAID_AMOUNT, Col.PAID_BUYERS,
    Col.PAID_ORDER_LINES, Col.PAID_UNITS, Col.ORDERED_AMOUNT, Col.ORDERING_BUYERS,
    Col.ORDERED_UNITS, Col.RETURNING_VISITORS, Col.NEW_VISITORS, Col.RETURNING_BUYERS,
    Col.PAID_ITEMS, Col.FOLLOWERS_GAINED,
)  # fmt: skip


def device_column(device: str, column: Col) -> str:
    """Name the column that holds one device's part: ``mobile_visitors``."""
    return f"{device}_{column.value}"


FIELDS.update(
    {
        device_column(device, column): FIELDS[column]
        for device in DEVICES
        for column in DEVICE_COLUMNS
    }
)
