"""``storeops diagnose``: read the downloads, answer the question of the morning."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from storeops.cli import options
from storeops.cli.progress import chosen

if TYPE_CHECKING:
    from storeops.pipeline.morning import Morning
    from storeops.pipeline.workspace import Request
    from storeops.reporter.blocks import Report

_EPILOG = (
    "\b\n"
    "Examples:\n"
    "  storeops diagnose                          the current folder\n"
    "  storeops diagnose D:/downloads             any folder, any depth\n"
    "  storeops diagnose . --date 2026-09-16      an earlier day\n"
    "  storeops diagnose . --ad-window 15         say which window the ads files have\n"
    "  storeops diagnose shop-a shop-b --jobs 2   several workspaces side by side\n"
    "  storeops diagnose . --json > day.json      for a program\n"
    "\n"
    "Exit status: 0 normal, 1 needs attention, 2 data missing or invalid."
)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("diagnose", epilog=_EPILOG)(diagnose)


def diagnose(
    folders: options.Folders = None,
    *,
    day: options.Day = None,
    shop: options.Shop = None,
    ad_window: options.AdWindow = None,
    attribution: options.Attribution = None,
    file_date: options.FileDay = None,
    item_id: options.ItemId = None,
    as_json: options.Json = False,
    xlsx: Annotated[
        Path | None,
        typer.Option("--xlsx", metavar="FILE", help="工作簿另存为 / Write the workbook here."),
    ] = None,
    no_workbook: Annotated[
        bool, typer.Option("--no-workbook", help="不写工作簿 / Write no workbook.")
    ] = False,
    jobs: options.Jobs = 1,
    lang: options.Lang = None,
    quiet: options.Quiet = False,
) -> None:
    """昨天正常吗，为什么，值多少钱，谁处理 / Was the day normal; if not, why, how much, who."""
    from storeops import fleet

    def look() -> tuple[Morning, ...]:
        return fleet.diagnose(
            tuple(folders or [Path()]),
            asked,
            language=lang.value if lang else None,
            workbook=xlsx or not no_workbook,
            jobs=jobs,
            progress=chosen(quiet=quiet),
        )

    asked = options.request(
        day=day, shop=shop, window=ad_window, attribution=attribution,
        file_day=file_date, item_id=item_id,
    )  # fmt: skip
    mornings = look()
    if not quiet and _ask_attribution(mornings, asked, lang):
        mornings = look()
    reports = [report for morning in mornings for report in morning.reports]
    if as_json:
        show_json(reports, lang)
    else:
        show_text(reports, lang)
    for morning in mornings:
        _talk(morning, lang, quiet=quiet)
    raise typer.Exit(max((morning.status for morning in mornings), default=2))


def _ask_attribution(
    mornings: tuple[Morning, ...], asked: Request, lang: options.Language | None
) -> bool:
    """Ask a person, once per workspace, which tab the source files are from."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    from storeops.pipeline.questions import answer_attribution
    from storeops.pipeline.workspace import open_workspace

    answered = False
    for morning in mornings:
        if morning.asks_attribution:
            question = options.words(lang).say("ask.attribution")
            choices = [*options.AttributionChoice, "unspecified"]
            answer = typer.prompt(question, default=choices[-1], err=True)
            if answer in choices:
                workspace = open_workspace(morning.root)
                answer_attribution(workspace, asked.now, str(answer))
                answered = answered or answer != choices[-1]
    return answered


def show_json(reports: list[Report], lang: options.Language | None) -> None:
    """Print the reports as one JSON object."""
    from storeops.reporter import jsondoc

    options.to_stdout(options.document(jsondoc.document(reports, options.words(lang))))


def show_text(reports: list[Report], lang: options.Language | None) -> None:
    """Print the reports for a person."""
    from storeops.reporter import terminal

    colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    width = shutil.get_terminal_size((80, 24)).columns
    screens = [
        terminal.render(report, options.words(lang), width=width, colour=colour)
        for report in reports
    ]
    if screens:
        options.to_stdout("\n".join(screens))


def _talk(morning: Morning, lang: options.Language | None, *, quiet: bool) -> None:
    words = options.words(lang)
    if morning.error is not None:
        options.explain(morning.error, words)
    if not quiet:
        for line in morning.said:
            options.to_stderr(words.text(line))
