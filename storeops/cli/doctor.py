"""``storeops doctor``: whether tomorrow's run will work."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from storeops.cli import options

_EPILOG = (
    "\b\n"
    "Examples:\n"
    "  storeops doctor D:/downloads               settings, record, data, mail, schedule\n"
    "  storeops doctor . --offline                the same without the network\n"
    "\n"
    "Nothing is sent and no data is changed. Exit status: 0, or 2 when there is a fault."
)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("doctor", epilog=_EPILOG)(doctor)


def doctor(
    folder: options.Folder = Path(),
    *,
    offline: Annotated[
        bool, typer.Option("--offline", help="不联网检查 / Leave out what needs the network.")
    ] = False,
    as_json: options.Json = False,
    lang: options.Lang = None,
) -> None:
    """体检：设置、数据、邮件、定时是否正常 / Check settings, data, mail and schedule."""
    from storeops.pipeline.checkup import checkup
    from storeops.reporter import checkup_listing

    found = checkup(folder, options.request().now, os.environ, offline=offline)
    words = options.words(lang, found.language)
    if as_json:
        options.to_stdout(options.document(checkup_listing.document(found, words)))
    else:
        options.to_stdout(checkup_listing.checkup(found, words))
    raise typer.Exit(2 if found.faulty else 0)
