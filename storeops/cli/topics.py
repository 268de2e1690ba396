"""One command per topic: one question of the day, answered alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import typer

from storeops.cli import options
from storeops.cli.diagnose import show_json, show_text
from storeops.cli.progress import chosen

COMMANDS = {
    "shop": "全店：一天的数字和拆解 / The shop's day: figures and exact split.",
    "trend": "走势：哪些变化持续存在 / Trends: which changes have come to stay.",
    "promotion": "活动：日历能解释什么 / Promotion: what the calendar explains.",
    "sources": "流量来源：哪个来源动了 / Traffic sources: which one moved.",
    "items": "单品：哪个商品动了 / Items: which one moved.",
    "words": "搜索词：哪个词动了 / Search words: which one moved.",
    "mapped": "自定义表：当天的数字 / Own tables: the day's numbers.",
    "ads": "推广：花费、点击、投产 / Ads: spend, clicks, return.",
}
"""Name and help of every topic; listed here so that ``--help`` loads no topic (a test compares)."""


def register(app: typer.Typer) -> None:
    """Add a command for every topic."""
    for name, text in COMMANDS.items():
        app.command(name, help=text)(_command(name))


def _command(name: str) -> Callable[..., None]:
    def answer(
        folder: options.Folder = Path(),
        *,
        day: options.Day = None,
        shop: options.Shop = None,
        as_json: options.Json = False,
        lang: options.Lang = None,
        quiet: options.Quiet = False,
    ) -> None:
        from storeops.pipeline.morning import morning

        answered = morning(
            folder,
            options.request(day=day, shop=shop),
            topic=name,
            workbook=False,
            progress=chosen(quiet=quiet),
        )
        (show_json if as_json else show_text)(list(answered.reports), lang)
        raise typer.Exit(answered.status)

    return answer
