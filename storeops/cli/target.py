"""``storeops target``: what a month is to bring, split by day, and how it stands."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from storeops.cli import options

if TYPE_CHECKING:
    from storeops.pipeline.targets import MonthTarget
    from storeops.reporter.lang import Catalogue

_SET = (
    "\b\n"
    "Examples:\n"
    "  storeops target set 2026-11 1200000\n"
    "  storeops target set 2026-11 120万 --folder D:/downloads\n"
    "  storeops target set 2026-11 1.2M --shop 一叶旗舰店 --net\n"
    "\n"
    "Kept in .storeops/targets.yaml, yours to edit; setting a month again replaces it."
)
_SHOW = (
    "\b\n"
    "Examples:\n"
    "  storeops target show                      the month of the data's last day\n"
    "  storeops target show 2026-11 --lang en    another month, before it begins too\n"
    "  storeops target show --json               for a program\n"
    "\n"
    "A * marks promotion days. Days to come have no paid amount."
)

Month = Annotated[str, typer.Argument(metavar="MONTH", help="月份 / Month, such as 2026-11.")]
Folder = Annotated[
    Path,
    typer.Option(
        "--folder",
        "-f",
        help="下载文件所在文件夹（默认当前）/ Folder of downloads; default: the current one.",
        exists=True,
        file_okay=False,
    ),
]


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    group = typer.Typer(
        rich_markup_mode=None,
        no_args_is_help=True,
        help="月目标：拆到每天、进度、还差多少 / A month's target: its split by day, and the pace.",
    )
    group.command("set", epilog=_SET)(set_)
    group.command("show", epilog=_SHOW)(show)
    group.command("remove")(remove)
    app.add_typer(group, name="target")


def set_(
    month: Month,
    amount: Annotated[
        str, typer.Argument(metavar="AMOUNT", help="金额，元 / Yuan: 1200000, 120万, 1.2M.")
    ],
    *,
    folder: Folder = Path(),
    shop: options.Shop = None,
    net: Annotated[
        bool, typer.Option("--net", help="扣掉退款来算 / Take refunds off what was paid.")
    ] = False,
    lang: options.Lang = None,
) -> None:
    """定一个月的目标 / Set a month's target."""
    from storeops.pipeline import targets
    from storeops.pipeline.workspace import open_workspace

    workspace = open_workspace(folder)
    asked = options.request(shop=shop)
    target = targets.set_target(workspace, asked, _month(month), amount, is_net=net)
    words = options.words(lang, workspace.settings.report.language)
    options.to_stdout(_told("target.set_net" if net else "target.set", target, words))


def show(
    month: Annotated[
        str | None,
        typer.Argument(
            metavar="[MONTH]", help="月份（默认数据所在月）/ Month; default: that of the data."
        ),
    ] = None,
    *,
    folder: Folder = Path(),
    shop: options.Shop = None,
    as_json: options.Json = False,
    lang: options.Lang = None,
) -> None:
    """看目标拆到每天和进度 / Show the split by day and how the month stands."""
    from storeops.pipeline import targets
    from storeops.pipeline.workspace import open_workspace
    from storeops.reporter import target_listing

    workspace = open_workspace(folder)
    found = targets.standings(
        workspace, options.request(shop=shop), None if month is None else _month(month)
    )
    if as_json:
        options.to_stdout(options.document(target_listing.standings_document(found.shops)))
        return
    words = options.words(lang, workspace.settings.report.language)
    lines = [words.say(hint, month=found.month) for hint in found.hints]
    if found.shops:
        columns = shutil.get_terminal_size((80, 24)).columns
        lines.append(target_listing.standings(found.shops, words, columns))
    options.to_stdout("\n".join(lines))


def remove(
    month: Month,
    *,
    folder: Folder = Path(),
    shop: options.Shop = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="只说会删什么 / Only say what would go.")
    ] = False,
    lang: options.Lang = None,
) -> None:
    """删除一个月的目标 / Take a month's target out again."""
    from storeops.pipeline import targets
    from storeops.pipeline.workspace import open_workspace

    workspace = open_workspace(folder)
    gone = targets.remove_target(workspace, shop, _month(month), is_rehearsal=dry_run)
    words = options.words(lang, workspace.settings.report.language)
    said = "target.would_go" if dry_run else "target.removed"
    options.to_stdout("\n".join(_told(said, target, words) for target in gone))


def _told(said: str, target: MonthTarget, words: Catalogue) -> str:
    from storeops.messages import Unit, message

    return words.say(
        said,
        month=target.month,
        amount=words.numbers.cell(target.amount, Unit.CNY),
        shop=target.shop or message("target.any_shop"),
    )


def _month(text: str) -> date:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError as error:
        raise typer.BadParameter("use a month such as 2026-11") from error
