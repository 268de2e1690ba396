"""``storeops events``: own promotions, holidays and closures beside the calendar's."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from storeops.cli import options

_ADD = (
    "\b\n"
    "Examples:\n"
    "  storeops events add 店庆 --from 2026-11-20 --to 2026-11-22\n"
    "  storeops events add 店庆 --from 2026-11-15 --to 2026-11-19 --phase warmup D:/downloads"
)


class PhaseChoice(StrEnum):
    """Choices of ``--phase``, as in the configuration."""

    BUILDUP = "buildup"
    WARMUP = "warmup"
    DEPOSIT = "deposit"
    BALANCE = "balance"
    BURST = "burst"
    SALE = "sale"
    ENCORE = "encore"
    AFTERMATH = "aftermath"
    HOLIDAY = "holiday"
    CLOSED = "closed"


Name = Annotated[str, typer.Argument(help="活动名称 / Name, as reports show it.")]


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    group = typer.Typer(
        rich_markup_mode=None,
        no_args_is_help=True,
        help="自己的活动与停业，和内置日历合并 / Own events, merged with the built-in calendar.",
    )
    group.command("add", epilog=_ADD)(add)
    group.command("list")(list_)
    group.command("remove")(remove)
    app.add_typer(group, name="events")


def add(
    name: Name,
    folder: options.Folder = Path(),
    *,
    start: Annotated[str, typer.Option("--from", metavar="DAY", help="第一天 / First day.")],
    end: Annotated[
        str | None,
        typer.Option(
            "--to", metavar="DAY", help="最后一天（默认同一天）/ Last day; default: the first."
        ),
    ] = None,
    phase: Annotated[
        PhaseChoice, typer.Option("--phase", help="阶段 / Phase of these days.")
    ] = PhaseChoice.BURST,
    lang: options.Lang = None,
) -> None:
    """记一个自己的活动 / Enter an own promotion, holiday or closure."""
    from storeops.messages import message
    from storeops.pipeline import telling
    from storeops.pipeline.notebook import EVENTS_FILE
    from storeops.pipeline.workspace import open_workspace

    workspace = open_workspace(folder)
    first = options.required_day(start)
    last = options.parse_day(end) or first
    is_new = telling.add_event(workspace, name, phase.value, (first, last))
    words = options.words(lang, workspace.settings.report.language)
    told = message("events.added" if is_new else "events.known", name=name, file=EVENTS_FILE)
    options.to_stdout(words.text(told))


def list_(
    folder: options.Folder = Path(),
    *,
    day: options.Day = None,
    as_json: options.Json = False,
    lang: options.Lang = None,
) -> None:
    """列出自己的活动和前后的大促、假期 / Own events, and the calendar around a day."""
    from storeops.pipeline import telling
    from storeops.pipeline.workspace import open_workspace
    from storeops.reporter import notebook

    workspace = open_workspace(folder)
    found = telling.events_around(workspace, options.request(day=day))
    if as_json:
        options.to_stdout(options.document(notebook.events_document(found)))
    else:
        words = options.words(lang, workspace.settings.report.language)
        options.to_stdout(notebook.events(found, words))


def remove(
    name: Name,
    folder: options.Folder = Path(),
    *,
    start: Annotated[
        str | None,
        typer.Option(
            "--from", metavar="DAY", help="同名有多个时指明第一天 / First day, if several."
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="只说会删什么 / Only say what would go.")
    ] = False,
    lang: options.Lang = None,
) -> None:
    """删除自己的活动 / Take an own event out again."""
    from storeops.messages import message
    from storeops.pipeline import telling
    from storeops.pipeline.workspace import open_workspace

    workspace = open_workspace(folder)
    gone = telling.remove_event(workspace, name, options.parse_day(start), is_rehearsal=dry_run)
    words = options.words(lang, workspace.settings.report.language)
    said = "events.would_go" if dry_run else "events.removed"
    options.to_stdout(
        "\n".join(
            words.text(message(said, name=event.name, first=event.start, last=event.end))
            for event in gone
        )
    )
