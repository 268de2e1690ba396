"""``storeops record``: the day's row into a workbook the operator already keeps."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from storeops.cli import options
from storeops.cli.progress import chosen

_EPILOG = (
    "\b\n"
    "Examples:\n"
    "  storeops record D:/downloads --into D:/日报.xlsx\n"
    "  storeops record . --into 日报.xlsx --sheet 2026 --date 2026-09-16\n"
    "\n"
    "Columns are found by their headers (日期, 支付金额, 访客数, ...); formulas, styles and all\n"
    "other sheets stay. The workbook as it was is kept beside it as NAME.bak.xlsx."
)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("record", epilog=_EPILOG)(record)


def record(
    folder: options.Folder = Path(),
    *,
    into: Annotated[
        Path, typer.Option("--into", metavar="BOOK", help="自己的工作簿 / The workbook you keep.")
    ],
    sheet: Annotated[
        str | None,
        typer.Option("--sheet", help="哪张表（默认自动找）/ Sheet; default: the one that fits."),
    ] = None,
    day: options.Day = None,
    shop: options.Shop = None,
    lang: options.Lang = None,
    quiet: options.Quiet = False,
) -> None:
    """把当天数字记进自己的工作簿 / Enter the day's figures in a workbook you keep."""
    from storeops.errors import StoreopsError
    from storeops.messages import message
    from storeops.pipeline.morning import morning
    from storeops.pipeline.own_book import record_into

    words = options.words(lang)
    asked = options.request(day=day, shop=shop)
    answered = morning(folder, asked, workbook=False, progress=chosen(quiet=quiet))
    if answered.error is not None:
        raise answered.error
    if len(answered.reports) != 1:
        shops = tuple(report.shop for report in answered.reports)
        raise StoreopsError(
            message("own_book.which_shop", shops=shops), message("own_book.which_shop_hint")
        )
    said = record_into(into, answered.reports[0], words, sheet)
    options.to_stderr(words.text(said))
