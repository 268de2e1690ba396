"""``storeops history``: what the record holds."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from storeops.cli import options
from storeops.cli.progress import chosen

_EPILOG = (
    "\b\n"
    "Examples:\n"
    "  storeops history D:/downloads              a calendar of what is there\n"
    "  storeops history . --restated              values a later download changed\n"
    "  storeops history . --rebuild               make the record anew from the downloads"
)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("history", epilog=_EPILOG)(history)


def history(
    folder: options.Folder = Path(),
    *,
    days: Annotated[int, typer.Option("--days", min=7, help="多少天 / Days of the calendar.")] = 35,
    restated: Annotated[
        bool, typer.Option("--restated", help="列出被后来下载修正的数值 / List restated values.")
    ] = False,
    rebuild: Annotated[
        bool,
        typer.Option(
            "--rebuild",
            help="搁置旧库，从下载文件重建 / Set the record aside and read all files again.",
        ),
    ] = False,
    shop: options.Shop = None,
    as_json: options.Json = False,
    lang: options.Lang = None,
    quiet: options.Quiet = False,
) -> None:
    """数据覆盖日历、修正记录、重建 / Coverage calendar, restatements, rebuild."""
    from storeops.messages import message
    from storeops.pipeline import questions
    from storeops.pipeline.workspace import open_workspace
    from storeops.reporter import listing

    workspace = open_workspace(folder)
    words = options.words(lang, workspace.settings.report.language)
    asked = options.request(shop=shop)
    if rebuild:
        aside = questions.rebuild(workspace, asked, chosen(quiet=quiet))
        if aside is not None:
            options.to_stderr(words.text(message("record.set_aside", path=str(aside))))
    found = questions.coverage(workspace, asked, span=timedelta(days=days))
    if as_json:
        options.to_stdout(options.document(listing.coverage_document(found)))
    elif restated:
        options.to_stdout(listing.restatements(found, words))
    else:
        options.to_stdout(listing.coverage(found, words))
    raise typer.Exit(0 if found else 2)
