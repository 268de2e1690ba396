"""``storeops trace``: which cell of which file a stored number came from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from storeops.cli import options

_EPILOG = (
    "\b\n"
    "Examples:\n"
    "  storeops trace paid_amount --date 2026-09-17\n"
    "  storeops trace 支付金额 --date 2026-09-17 --item 600123456789\n"
    "  storeops trace visitors --date 2026-09-17 --source 手淘搜索 --folder D:/downloads\n"
    "  storeops trace visitors --date 2026-09-13 --days 7"
)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("trace", epilog=_EPILOG)(trace)


def trace(
    metric: Annotated[
        str, typer.Argument(help="指标（中文名或英文名）/ Metric, by label or name.")
    ],
    *,
    day: Annotated[str, typer.Option("--date", metavar="DAY", help="哪一天 / Day.")],
    item: Annotated[str | None, typer.Option("--item", help="商品ID / Item id.")] = None,
    source: Annotated[
        str | None, typer.Option("--source", help="流量来源 / Traffic source.")
    ] = None,
    word: Annotated[str | None, typer.Option("--word", help="搜索词 / Search word.")] = None,
    subject: Annotated[
        str | None, typer.Option("--subject", help="自定义表的对象 / Subject of an own table.")
    ] = None,
    days: Annotated[
        int | None,
        typer.Option("--days", help="该日为止的多天导出 / Of an export of so many days."),
    ] = None,
    folder: Annotated[
        Path, typer.Option("--folder", help="工作文件夹 / Workspace.", exists=True, file_okay=False)
    ] = Path(),
    shop: options.Shop = None,
    as_json: options.Json = False,
    lang: options.Lang = None,
) -> None:
    """一个数从哪来：文件、工作表、行 / Where a number came from: file, sheet, row."""
    from storeops.pipeline import questions
    from storeops.pipeline.workspace import open_workspace
    from storeops.reporter import listing

    workspace = open_workspace(folder)
    words = options.words(lang, workspace.settings.report.language)
    column, keys = listing.column(metric, words, questions.own_measures(workspace))
    keys |= {"item_id": item, "source": source, "word": word, "subject": subject}
    keys["days"] = None if days is None else str(days)
    found = questions.trace(
        workspace,
        options.request(shop=shop),
        column,
        options.required_day(day),
        {name: value for name, value in keys.items() if value is not None},
    )
    if as_json:
        options.to_stdout(options.document(listing.trace_document(found)))
    else:
        options.to_stdout(listing.trace(found, words))
    raise typer.Exit(0 if found else 2)
