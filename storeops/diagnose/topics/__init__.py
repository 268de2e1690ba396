"""The topics, in the order in which a day is looked at. Code is listed, not discovered."""

from __future__ import annotations

from storeops.diagnose.topic import Topic
from storeops.diagnose.topics import (
    ads,
    competitors,
    data,
    industry,
    items,
    mapped,
    promotion,
    shop,
    sources,
    trend,
    words,
)

TOPICS: tuple[Topic, ...] = (
    data.TOPIC,
    shop.TOPIC,
    trend.TOPIC,
    promotion.TOPIC,
    sources.TOPIC,
    items.TOPIC,
    words.TOPIC,
    ads.TOPIC,
    competitors.TOPIC,
    industry.TOPIC,
    mapped.TOPIC,
)
