"""``storeops backtest`` and ``storeops sensitivity``: how often storeops speaks up, and when."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from storeops.cli import options
from storeops.cli.progress import chosen

_BACKTEST = (
    "\b\n"
    "Examples:\n"
    "  storeops backtest                          the last 90 days of the record\n"
    "  storeops backtest D:/downloads --days 180  further back\n"
    "  storeops backtest . --date 2026-09-16      up to an earlier day\n"
    "\n"
    "Nothing is imported: run storeops diagnose or storeops import first."
)
_SENSITIVITY = (
    "\b\n"
    "Examples:\n"
    "  storeops sensitivity                       what is set, and what it notices\n"
    "  storeops sensitivity keen                  speak up earlier\n"
    "  storeops sensitivity quiet D:/downloads    speak up only when it is plain"
)


class SensitivityChoice(StrEnum):
    """How easily storeops speaks up."""

    QUIET = "quiet"
    NORMAL = "normal"
    KEEN = "keen"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("backtest", epilog=_BACKTEST)(backtest)
    app.command("sensitivity", epilog=_SENSITIVITY)(sensitivity)


def backtest(
    folder: options.Folder = Path(),
    *,
    days: Annotated[int, typer.Option("--days", min=7, help="回放多少天 / Days to replay.")] = 90,
    day: options.Day = None,
    shop: options.Shop = None,
    as_json: options.Json = False,
    lang: options.Lang = None,
    quiet: options.Quiet = False,
) -> None:
    """逐日回放：每天早上会怎么说、多久报一次 / Replay the record: what each morning would say."""
    from storeops.pipeline import backtesting
    from storeops.pipeline.workspace import open_workspace
    from storeops.reporter import backtest as page

    workspace = open_workspace(folder)
    words = options.words(lang, workspace.settings.report.language)
    found = backtesting.backtest(
        workspace,
        options.request(day=day, shop=shop),
        span=days,
        progress=chosen(quiet=quiet),
    )
    if as_json:
        options.to_stdout(options.document(page.document(found)))
    else:
        options.to_stdout("\n\n".join(page.text(one, words) for one in found))
    raise typer.Exit(0 if found else 2)


def sensitivity(
    setting: Annotated[
        SensitivityChoice | None,
        typer.Argument(help="quiet、normal、keen；不写就显示 / Without it the setting is shown."),
    ] = None,
    folder: options.Folder = Path(),
    *,
    shop: options.Shop = None,
    lang: options.Lang = None,
) -> None:
    """灵敏度：多大的变化才开口 / How large a change must be before storeops speaks up."""
    from storeops.metrics.budgets import Sensitivity
    from storeops.pipeline import sensitivity as settings
    from storeops.pipeline.workspace import open_workspace
    from storeops.reporter import backtest as page

    if setting is not None:
        settings.set_sensitivity(folder, Sensitivity(setting.value))
    workspace = open_workspace(folder)
    words = options.words(lang, workspace.settings.report.language)
    found = settings.sights(workspace, options.request(shop=shop))
    options.to_stdout(page.sights(found, workspace.settings.shop.sensitivity, words))
