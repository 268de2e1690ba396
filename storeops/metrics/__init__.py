"""Metrics: pure functions from a window of facts to small records. No clock, file or network.

What a topic calls (all results are in ``metrics.results`` and never hold a frame)::

    figures.last_complete_day(shop_daily) -> date | None
    figures.headline(window, calendar, stage="auto") -> ShopDay
    attribution.source_moves(window, shop_day) -> Moves
    attribution.item_moves(window, shop_day) -> Moves
    attribution.word_moves(window, shop_day) -> Moves
    attribution.item_source_moves(window, shop_day, item_id) -> Moves
    ads.ad_report(window, shop_day, calendar) -> AdReport | None
    market.market_view(window, shop_day, calendar) -> MarketView
    changes.item_changes(window) -> tuple[ItemChange, ...]
    price_effect.price_effect(window, change) -> PriceEffect | None
    decomposition.split_paid_amount(before, now) -> PaidSplit
    definitions.METRICS, definitions.value(metric, frame), definitions.daily(metric, frame)
"""
