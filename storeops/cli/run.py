"""``storeops run``: the whole morning without anyone at the screen."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from storeops.cli import options

_EPILOG = (
    "\b\n"
    "Examples:\n"
    "  storeops run D:/downloads                  import, diagnose, report, send\n"
    "  storeops run D:/downloads --no-send        the same, nothing is sent\n"
    "  storeops run shop-a shop-b --jobs 2        several workspaces side by side\n"
    "  storeops schedule install D:/downloads     let the system run it every morning\n"
    "\n"
    "Every step is one line, on stderr and in FOLDER/.storeops/run.log. A second run of the same\n"
    "folder does nothing while the first is under way. What was sent is not sent again.\n"
    "Exit status: 0 normal, 1 needs attention, 2 data missing or invalid, or not sent."
)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("run", epilog=_EPILOG)(run)


def run(
    folders: options.Folders = None,
    *,
    send: Annotated[
        bool, typer.Option("--send/--no-send", help="是否发送 / Whether reports are sent.")
    ] = True,
    jobs: options.Jobs = 1,
    day: options.Day = None,
    shop: options.Shop = None,
    lang: options.Lang = None,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="只写日志文件 / Only write the log file.")
    ] = False,
) -> None:
    """无人值守：导入、诊断、出报告、发送 / Import, diagnose, report and send, unattended."""
    from storeops import fleet

    runs = fleet.run(
        tuple(folders or [Path()]),
        options.request(day=day, shop=shop),
        language=lang.value if lang else None,
        send=send,
        jobs=jobs,
    )
    for each in runs:
        for line in () if quiet else each.log:
            sys.stderr.write(f"{line}\n")
    raise typer.Exit(max((each.status for each in runs), default=2))
