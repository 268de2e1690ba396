"""``storeops competitors`` and ``storeops market``: rivals, the industry, and us beside them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from storeops.cli import options
from storeops.cli.defaulting import MAIN, DefaultingGroup
from storeops.cli.diagnose import show_json, show_text
from storeops.cli.progress import chosen

if TYPE_CHECKING:
    from storeops.metrics.rivals import Asked

_RIVALS_EPILOG = (
    "\b\n"
    "Examples:\n"
    "  storeops competitors D:/downloads                what rivals did in 30 days, whom to watch\n"
    "  storeops competitors . --rival 某某旗舰店        one rival\n"
    "  storeops competitors . --item 600123456789 --days 7\n"
    "  storeops competitors . --index-table             estimates from indexes by a public table\n"
    "  storeops competitors init . --rival 某某旗舰店   write a table to keep by hand"
)
_INIT_EPILOG = (
    "\b\n"
    "Examples:\n"
    "  storeops competitors init D:/downloads --rival 甲旗舰店 --rival 乙旗舰店\n"
    "  storeops competitors init . --rival 甲旗舰店 --item 600123456789"
)
_MARKET_EPILOG = (
    "\b\n"
    "Examples:\n"
    "  storeops market D:/downloads                     us or everyone, who rises, which words\n"
    "  storeops market . --category 连衣裙 --json"
)
Xlsx = Annotated[
    Path | None,
    typer.Option("--xlsx", metavar="FILE", help="另存工作簿 / Write a workbook here."),
]
Days = Annotated[int, typer.Option("--days", min=2, help="看最近几天 / Days to look back.")]
Table = Annotated[
    bool,
    typer.Option(
        "--index-table",
        help="用 2019 年公开换算表估算指数（仅供参考）/ Estimate from indexes by a public table.",
    ),
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    rivals = typer.Typer(
        cls=DefaultingGroup, help="竞品竞店：做了什么，有多确定，盯谁 / Rivals: what they did."
    )
    rivals.command(MAIN, epilog=_RIVALS_EPILOG)(competitors)
    rivals.command("init", epilog=_INIT_EPILOG)(init)
    app.add_typer(rivals, name="competitors")
    app.command("market", epilog=_MARKET_EPILOG)(market)


def competitors(
    folder: options.Folder = Path(),
    *,
    rival: Annotated[
        str | None, typer.Option("--rival", help="只看一家竞店 / Only this rival.")
    ] = None,
    item: Annotated[
        str | None, typer.Option("--item", help="只看一个竞品ID / Only this rival's item.")
    ] = None,
    days: Days = 30,
    index_table: Table = False,
    day: options.Day = None,
    shop: options.Shop = None,
    file_date: options.FileDay = None,
    as_json: options.Json = False,
    xlsx: Xlsx = None,
    lang: options.Lang = None,
    quiet: options.Quiet = False,
) -> None:
    """竞品竞店做了什么，有多确定，盯谁 / What rivals did, how certain it is, whom to watch."""
    from storeops.metrics.rivals import Asked

    asked = Asked(rival, item, None, days, by_table=index_table, everything=True)
    request = options.request(day=day, shop=shop, file_day=file_date)
    _answer("competitors", folder, request, asked, (as_json, xlsx, lang, quiet))


def market(
    folder: options.Folder = Path(),
    *,
    category: Annotated[
        str | None, typer.Option("--category", help="只看一个类目 / Only this category.")
    ] = None,
    days: Days = 30,
    day: options.Day = None,
    shop: options.Shop = None,
    file_date: options.FileDay = None,
    as_json: options.Json = False,
    xlsx: Xlsx = None,
    lang: options.Lang = None,
    quiet: options.Quiet = False,
) -> None:
    """是行业还是自己，谁在飙升，机会词 / Us or everyone, who rises, which words."""
    from storeops.metrics.rivals import Asked

    asked = Asked(None, None, category, days, everything=True)
    request = options.request(day=day, shop=shop, file_day=file_date)
    _answer("market", folder, request, asked, (as_json, xlsx, lang, quiet))


def _answer(
    topic: str,
    folder: Path,
    request: object,
    asked: Asked,
    how: tuple[bool, Path | None, options.Language | None, bool],
) -> None:
    from storeops.pipeline.morning import Asking, morning

    as_json, xlsx, lang, quiet = how
    answered = morning(
        folder,
        request,  # type: ignore[arg-type]
        topic=Asking(topic, asked),
        language=lang.value if lang else None,
        workbook=xlsx or False,
        progress=chosen(quiet=quiet),
    )
    (show_json if as_json else show_text)(list(answered.reports), lang)
    words = options.words(lang)
    if answered.error is not None:
        options.explain(answered.error, words)
    if not quiet:
        for line in answered.said:
            options.to_stderr(words.text(line))
    raise typer.Exit(answered.status_of_topic)


def init(
    folder: options.Folder = Path(),
    *,
    rival: Annotated[
        list[str] | None, typer.Option("--rival", help="竞店名，可多次 / A rival; repeatable.")
    ] = None,
    item: Annotated[
        list[str] | None,
        typer.Option("--item", help="竞品ID，可多次 / A rival's item id; repeatable."),
    ] = None,
    lang: options.Lang = None,
) -> None:
    """写一张手工竞品记录表 / Write a table of rivals to keep by hand."""
    from storeops.pipeline.rival_book import write_book

    asked = options.request()
    said = write_book(folder, tuple(rival or ()), tuple(item or ()), asked.now.date())
    options.to_stderr(options.words(lang).text(said))
