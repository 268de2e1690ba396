"""``storeops schedule``: the daily run, kept by the system's own scheduler."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from storeops.cli import options

if TYPE_CHECKING:
    from storeops.delivery.schedule import Entry, Machine
    from storeops.reporter.lang import Catalogue

_EPILOG = (
    "\b\n"
    "Examples:\n"
    "  storeops schedule install D:/downloads              08:30, and 10:35 for held reports\n"
    "  storeops schedule install . --at 08:30 --at 14:00 --on mon --on tue\n"
    "  storeops schedule show                              what is installed, next run\n"
    "  storeops schedule remove D:/downloads\n"
    "\n"
    "Times are Beijing time on every machine. The entry is shown and asked about before it is\n"
    "made; entries of others are never touched."
)


class SystemChoice(StrEnum):
    """Choices of ``--system``."""

    AUTO = "auto"
    CRON = "cron"
    SYSTEMD = "systemd"
    WINDOWS = "windows"


class WeekdayChoice(StrEnum):
    """Choices of ``--on``."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    group = typer.Typer(
        no_args_is_help=True, rich_markup_mode=None, help="每天自动运行 / The daily run."
    )
    group.command("install", epilog=_EPILOG)(install)
    group.command("show")(show)
    group.command("remove")(remove)
    app.add_typer(group, name="schedule")


def install(
    folder: options.Folder = Path(),
    *,
    at: Annotated[
        list[str] | None,
        typer.Option(
            "--at",
            metavar="HH:MM",
            help="北京时间，可多次（默认 08:30，另加 10:35 补发暂缓的报告）/ "
            "Beijing time, repeatable; default 08:30, and 10:35 for reports that were held.",
        ),
    ] = None,
    on: Annotated[
        list[WeekdayChoice] | None,
        typer.Option("--on", help="周几，可多次（默认每天）/ Weekday, repeatable; default: all."),
    ] = None,
    system: Annotated[
        SystemChoice, typer.Option("--system", help="用哪个调度程序 / Which scheduler.")
    ] = SystemChoice.AUTO,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="不再询问 / Do not ask.")] = False,
    lang: options.Lang = None,
) -> None:
    """安装每天的定时运行（先看后装）/ Install the daily run: shown first, then asked about."""
    from storeops.config import FILE_NAME, load_settings
    from storeops.delivery import schedule
    from storeops.pipeline.scheduling import Wanted, planned
    from storeops.reporter import schedule_listing

    words = options.words(lang, load_settings(folder / FILE_NAME).report.language)
    machine = schedule.this_machine()
    weekdays = tuple(list(WeekdayChoice).index(day) for day in on or ())
    wanted = Wanted(tuple(at or ()), weekdays, system.value)
    entry = planned(folder, wanted, machine, _environ(lang))
    options.to_stdout(schedule_listing.entry(entry, words))
    _agree(words, yes=yes)
    _carry_out(entry, machine, words)


def _agree(words: Catalogue, *, yes: bool) -> None:
    """Ask before anything is changed; where nobody can be asked, nothing is."""
    from storeops.errors import StoreopsError
    from storeops.messages import message

    if yes:
        return
    if not sys.stdin.isatty():
        raise StoreopsError(message("schedule.nobody_asked"), message("schedule.nobody_asked_hint"))
    if not typer.confirm(words.say("schedule.ask"), default=False, err=True):
        options.to_stderr(words.say("schedule.declined"))
        raise typer.Exit(1)


def _carry_out(entry: Entry, machine: Machine, words: Catalogue) -> None:
    from storeops.delivery import schedule
    from storeops.reporter import schedule_listing

    schedule.rehearse(entry)
    found = schedule.install(entry, machine)
    options.to_stderr(words.say("schedule.done"))
    options.to_stderr(schedule_listing.installed((found,), machine.now, schedule.BEIJING, words))
    if not schedule.is_awake(found.system):
        options.to_stderr(words.say("schedule.asleep"))
        options.to_stderr(f"  → {words.say('schedule.asleep_hint')}")


def show(*, as_json: options.Json = False, lang: options.Lang = None) -> None:
    """已装的定时运行和下次运行时间 / What is installed, and when it runs next."""
    from storeops.delivery import schedule
    from storeops.reporter import schedule_listing

    machine = schedule.this_machine()
    found = schedule.installed(machine)
    if as_json:
        listing = schedule_listing.document(found, machine.now, schedule.BEIJING)
        options.to_stdout(options.document(listing))
    else:
        options.to_stdout(
            schedule_listing.installed(found, machine.now, schedule.BEIJING, options.words(lang))
        )
    raise typer.Exit(0 if found and all(each.active for each in found) else 1)


def remove(
    folder: Annotated[
        Path, typer.Argument(help="工作文件夹 / Workspace; it may be gone.")
    ] = Path(),
    *,
    lang: options.Lang = None,
) -> None:
    """取消这个文件夹的定时运行 / Remove this folder's entry, and nothing else."""
    from storeops.delivery import schedule
    from storeops.messages import Term

    words = options.words(lang)
    path = os.path.abspath(folder)  # noqa: PTH100 (as it was installed, links kept)
    held = schedule.remove(path, schedule.this_machine())
    for system in held:
        term = Term("scheduler", system.value)
        options.to_stderr(words.say("schedule.removed", folder=path, system=term))
    if not held:
        options.to_stderr(words.say("schedule.not_there", folder=path))


def _environ(lang: options.Language | None) -> Mapping[str, str]:
    """Give the environment, with the language asked for in place of the terminal's."""
    if lang is None:
        return os.environ
    return {**os.environ, "LC_ALL": {"zh": "zh_CN.UTF-8", "en": "en_US.UTF-8"}[lang.value]}
