"""``storeops import``: read the downloads into the record and say what each file was."""

from __future__ import annotations

from pathlib import Path

import typer

from storeops.cli import options
from storeops.cli.progress import chosen

_EPILOG = (
    "\b\n"
    "Examples:\n"
    "  storeops import D:/downloads\n"
    "  storeops import . --attribution last       the tab of the source files\n"
    "  storeops import 600123456789 --item-id 600123456789 --file-date 2026-09-17"
)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("import", epilog=_EPILOG)(import_)


def import_(
    folder: options.Folder = Path(),
    *,
    shop: options.Shop = None,
    ad_window: options.AdWindow = None,
    attribution: options.Attribution = None,
    file_date: options.FileDay = None,
    item_id: options.ItemId = None,
    lang: options.Lang = None,
    quiet: options.Quiet = False,
) -> None:
    """读入下载文件并逐个说明 / Read the downloads into the record; one line per file."""
    from storeops.pipeline.questions import import_downloads
    from storeops.pipeline.workspace import open_workspace
    from storeops.reporter import listing

    workspace = open_workspace(folder)
    imported = import_downloads(
        workspace,
        options.request(
            shop=shop, window=ad_window, attribution=attribution,
            file_day=file_date, item_id=item_id,
        ),
        chosen(quiet=quiet),
    )  # fmt: skip
    words = options.words(lang, workspace.settings.report.language)
    options.to_stdout(listing.files(imported.readings, words))
    raise typer.Exit(2 if imported.faulty else 0)
