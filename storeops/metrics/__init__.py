"""Metrics: pure functions from a window of facts to small records. No clock, file or network.

From the bottom up: ``filters`` follow series day by day, ``tails`` say how rare a score is,
``detector`` joins the two, ``blocks`` lays a shop out as series, and ``board`` follows them all.

What a topic calls (all results are in ``metrics.results`` and never hold a frame)::

    board.watch(window, calendar, memory=None) -> Board
    figures.last_complete_day(shop_daily) -> date | None
    figures.headline(window, calendar, stage="auto", board=board, budgets=budgets) -> ShopDay
    market.market_view(window, shop_day, calendar, board) -> MarketView
    attribution.source_moves(shop_day, board) -> Moves
    attribution.item_moves(window, shop_day, board) -> Moves
    attribution.word_moves(shop_day, board) -> Moves
    attribution.item_source_moves(window, shop_day, board, item_id) -> Moves
    places.places(window, shop_day, board) -> tuple[Place, ...]
    silence.silences(shop_day, board) -> tuple[Silence, ...]
    periods.period_of(kind, day, through=None) -> Period
    period_figures.period_figures(window, calendar, period, budgets=budgets) -> PeriodFigures
    period_members.period_members(window, ground, figures, family) -> PeriodMembers | None
    ads.ad_report(window, shop_day, board) -> AdReport | None
    changes.item_changes(window) -> tuple[ItemChange, ...]
    price_effect.price_effect(window, change) -> PriceEffect | None
    decomposition.split_paid_amount(before, now) -> PaidSplit
    definitions.METRICS, definitions.value(metric, frame), definitions.daily(metric, frame)
"""
