"""``storeops config``: the settings in force and where each came from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from storeops.cli import options


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("config")(config)


def config(
    folder: options.Folder = Path(),
    *,
    example: Annotated[
        bool,
        typer.Option("--example", help="打印带说明的完整示例 / Print the full commented example."),
    ] = False,
) -> None:
    """检查并显示生效的设置 / Check the configuration and show the settings in force."""
    from storeops import config as settings

    if example:
        options.to_stdout(settings.example())
        return
    lines = [
        f"{name}: {value}  # {origin}"
        for name, value, origin in settings.effective(folder / settings.FILE_NAME)
    ]
    options.to_stdout("\n".join(lines))
