"""``storeops log``: what was done to the shop, so that a report can lay it beside a change."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from storeops.cli import options

_EPILOG = (
    "\b\n"
    "Examples:\n"
    "  storeops log 换了主图 --item 600123456789 --kind image\n"
    "  storeops log 满减门槛提到200 --date 2026-09-16 --kind offer D:/downloads\n"
    "  storeops log D:/downloads                  list what was noted"
)


class KindChoice(StrEnum):
    """Choices of ``--kind``: what was touched."""

    IMAGE = "image"
    TITLE = "title"
    PRICE = "price"
    ADS = "ads"
    STOCK = "stock"
    OFFER = "offer"
    OTHER = "other"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("log", epilog=_EPILOG)(log)


def log(
    text: Annotated[
        str | None,
        typer.Argument(
            help="做了什么；不写就列出 / What was done; without it the notes are listed."
        ),
    ] = None,
    folder: Annotated[
        Path | None,
        typer.Argument(help="工作文件夹 / Workspace.", exists=True, file_okay=False),
    ] = None,
    *,
    item: Annotated[
        str | None, typer.Option("--item", help="商品ID；不写指全店 / Item id; none: the shop.")
    ] = None,
    day: Annotated[
        str | None,
        typer.Option("--date", metavar="DAY", help="哪天做的（默认今天）/ Day; default: today."),
    ] = None,
    kind: Annotated[KindChoice, typer.Option("--kind", help="动了什么 / What was touched.")] = (
        KindChoice.OTHER
    ),
    as_json: options.Json = False,
    lang: options.Lang = None,
) -> None:
    """记下自己的改动，报告里按日期对照 / Note an own change; reports lay it beside what moved."""
    from storeops.pipeline import telling
    from storeops.pipeline.workspace import open_workspace
    from storeops.reporter import notebook

    if text is not None and (folder, item, day) == (None, None, None) and Path(text).is_dir():
        folder, text = Path(text), None
    workspace = open_workspace(folder or Path())
    noted = workspace.changes
    if text is not None:
        asked = options.request(day=day)
        when = asked.day or asked.now.date()
        noted = (telling.log_change(workspace, text, kind.value, day=when, item=item),)
    if as_json:
        options.to_stdout(options.document(notebook.changes_document(noted)))
    else:
        words = options.words(lang, workspace.settings.report.language)
        options.to_stdout(notebook.changes(noted, words))
