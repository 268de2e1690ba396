"""``storeops formats``: what is understood, and how to teach it a file it does not know."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from storeops.cli import options

_NEW = (
    "\b\n"
    "Example:\n"
    "  storeops formats new 客服绩效.xlsx --into D:/downloads\n"
    "then correct D:/downloads/formats/*.yaml and run\n"
    "  storeops formats check D:/downloads"
)


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    group = typer.Typer(
        rich_markup_mode=None,
        no_args_is_help=True,
        help="认识哪些文件、怎样教它新文件 / Layouts: list, draft a new one, prove it.",
    )
    group.command("list")(list_)
    group.command("new", epilog=_NEW)(new)
    group.command("check")(check)
    app.add_typer(group, name="formats")


def list_(folder: options.Folder = Path(), *, lang: options.Lang = None) -> None:
    """列出认识的文件及下载路径 / What is understood and where to download it."""
    from storeops.pipeline import questions
    from storeops.pipeline.workspace import open_workspace
    from storeops.reporter import listing

    workspace = open_workspace(folder)
    words = options.words(lang, workspace.settings.report.language)
    options.to_stdout(listing.layouts(questions.layouts(workspace), words))


def new(
    file: Annotated[
        Path, typer.Argument(help="不认识的文件 / A file that is not understood.", exists=True)
    ],
    *,
    into: Annotated[
        Path,
        typer.Option("--into", help="工作文件夹 / Workspace that gets the draft.", file_okay=False),
    ] = Path(),
    lang: options.Lang = None,
) -> None:
    """为不认识的文件起草一个格式 / Draft a layout for an unknown file."""
    from storeops.messages import message
    from storeops.pipeline import questions
    from storeops.pipeline.workspace import open_workspace

    draft = questions.draft_format(open_workspace(into), file)
    options.to_stdout(options.words(lang).text(message("formats.drafted", file=str(draft))))


def check(folder: options.Folder = Path(), *, lang: options.Lang = None) -> None:
    """用样例证明自定义格式 / Prove the layouts of a workspace against their examples."""
    from storeops.pipeline import questions
    from storeops.pipeline.workspace import open_workspace

    words = options.words(lang)
    lines, failed = questions.check_formats(open_workspace(folder))
    options.to_stdout("\n".join(words.text(line) for line in lines))
    raise typer.Exit(2 if failed else 0)
