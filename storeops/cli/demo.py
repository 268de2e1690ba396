"""``storeops demo``: write a synthetic shop to look at."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from storeops.cli import options


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("demo", epilog="\b\nExample:\n  storeops demo try-it && storeops diagnose try-it")(
        demo
    )


def demo(
    folder: Annotated[Path, typer.Argument(help="写到哪个文件夹 / Folder to write, new or empty.")],
    *,
    days: Annotated[int, typer.Option("--days", min=30, max=800, help="多少天 / Days.")] = 130,
    items: Annotated[int, typer.Option("--items", min=3, max=400, help="多少商品 / Items.")] = 12,
    seed: Annotated[int, typer.Option("--seed", help="随机种子 / Seed.")] = 7,
    lang: options.Lang = None,
) -> None:
    """写出一家合成演示店铺 / Write a synthetic shop with one problem on its last day."""
    from storeops.demo import write_demo
    from storeops.errors import StoreopsError
    from storeops.messages import message

    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise StoreopsError(
            message("demo.not_empty", folder=str(folder)), message("demo.not_empty_hint")
        )
    shop = write_demo(folder, days=days, items=items, seed=seed)
    options.to_stdout(
        options.words(lang).text(message("demo.written", folder=str(folder), day=shop.last_day))
    )
