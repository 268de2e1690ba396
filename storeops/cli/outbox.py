"""``storeops outbox``: what waits, what was sent, why something was not."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from storeops.cli import options

_EPILOG = (
    "\b\n"
    "Examples:\n"
    "  storeops outbox D:/downloads               the latest messages and what became of them\n"
    "  storeops outbox . --all --json             every receipt, for a program\n"
    "  storeops outbox . --retry 2026-09-16-day-3fa8c1d2e0\n"
    "\n"
    "--retry puts a message that was refused, given up or left without an answer in line again;\n"
    "the next run that sends tries it. A beginning of the name is enough if only one has it."
)
_LATEST = 20


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("outbox", epilog=_EPILOG)(outbox)


def outbox(
    folder: options.Folder = Path(),
    *,
    everything: Annotated[
        bool, typer.Option("--all", help="列出全部（保留400天）/ All of the last 400 days.")
    ] = False,
    retry: Annotated[
        str | None,
        typer.Option("--retry", metavar="NAME", help="让这一封再发一次 / Try this message again."),
    ] = None,
    shop: options.Shop = None,
    as_json: options.Json = False,
    lang: options.Lang = None,
) -> None:
    """发件箱：等着发的、发了的、没发的原因 / What waits, what was sent, why something was not."""
    from storeops.pipeline import outboxing
    from storeops.pipeline.workspace import open_workspace
    from storeops.reporter import outbox_listing

    workspace = open_workspace(folder)
    words = options.words(lang, workspace.settings.report.language)
    if retry is not None:
        said = outboxing.try_again(workspace, retry, options.request().now)
        options.to_stderr(words.text(said))
        return
    found = outboxing.outbox_listing(workspace, shop, None if everything else _LATEST)
    if as_json:
        options.to_stdout(options.document(outbox_listing.outbox_document(found, words)))
    else:
        options.to_stdout(outbox_listing.outbox(found, words))
