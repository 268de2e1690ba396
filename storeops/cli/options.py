"""Options that several commands share, declared once."""

from __future__ import annotations

import os
import sys
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from storeops.errors import StoreopsError
    from storeops.pipeline.workspace import Request
    from storeops.reporter.lang import Catalogue

BEIJING = timezone(timedelta(hours=8))


class Language(StrEnum):
    """Choices of ``--lang``."""

    ZH = "zh"
    EN = "en"


class AttributionChoice(StrEnum):
    """Choices of ``--attribution``: the tab the source export was downloaded from."""

    EVERY = "every"
    FIRST = "first"
    LAST = "last"


class WindowChoice(StrEnum):
    """Choices of ``--ad-window``, in days."""

    ONE = "1"
    THREE = "3"
    SEVEN = "7"
    FIFTEEN = "15"
    THIRTY = "30"


def parse_day(text: str | None) -> date | None:
    """Read a day of the command line, ``2026-09-17`` or ``20260917``."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter("use a day such as 2026-09-17") from error


def required_day(text: str) -> date:
    """Read a day that must be given."""
    day = parse_day(text)
    if day is None:
        raise typer.BadParameter("use a day such as 2026-09-17")
    return day


Folder = Annotated[
    Path,
    typer.Argument(
        help="下载文件所在文件夹 / Folder of downloads, any depth.", exists=True, file_okay=False
    ),
]
Folders = Annotated[
    list[Path] | None,
    typer.Argument(
        help="下载文件所在文件夹（默认当前）/ Folders of downloads; default: the current one.",
        exists=True,
        file_okay=False,
    ),
]
Jobs = Annotated[
    int,
    typer.Option("--jobs", "-j", min=1, help="同时处理几个文件夹 / Workspaces side by side."),
]
Day = Annotated[
    str | None,
    typer.Option(
        "--date",
        metavar="DAY",
        help="哪一天（默认：数据最后一个完整日）/ Day; default: the data's last complete day.",
    ),
]
Shop = Annotated[
    str | None, typer.Option("--shop", help="只看一家店 / Only this shop (several share a folder).")
]
Lang = Annotated[
    Language | None, typer.Option("--lang", help="语言 / Language; default: the locale's.")
]
AdWindow = Annotated[
    WindowChoice | None,
    typer.Option(
        "--ad-window",
        help="推广报表的转化统计周期（天）/ Attribution window of the ads files, days.",
    ),
]
Attribution = Annotated[
    AttributionChoice | None,
    typer.Option(
        "--attribution", help="流量来源归属口径 / Tab the source files were downloaded from."
    ),
]
FileDay = Annotated[
    str | None,
    typer.Option(
        "--file-date", metavar="DAY", help="文件里没有日期时用它 / Day of files that carry none."
    ),
]
ItemId = Annotated[
    str | None,
    typer.Option("--item-id", help="商品360 文件所属商品 / Item of files that carry no item id."),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="不显示进度 / No progress on stderr.")]
Json = Annotated[bool, typer.Option("--json", help="输出 JSON / One JSON object on stdout.")]


def request(
    *,
    day: str | None = None,
    shop: str | None = None,
    window: WindowChoice | None = None,
    attribution: AttributionChoice | None = None,
    file_day: str | None = None,
    item_id: str | None = None,
) -> Request:
    """Gather the options of a command into what the pipeline asks for."""
    from storeops.pipeline.workspace import Request

    return Request(
        now=datetime.now(UTC).astimezone(BEIJING),
        day=parse_day(day),
        shop=shop,
        file_day=parse_day(file_day),
        item_id=item_id,
        window_days=None if window is None else int(window.value),
        attribution=None if attribution is None else attribution.value,
    )


def words(lang: Language | None, setting: str = "auto") -> Catalogue:
    """Choose the language: the option, else the configuration, else the locale."""
    from storeops.reporter.lang import catalogue, language

    return catalogue(lang.value if lang else language(setting, os.environ))


def to_stdout(text: str) -> None:
    """Write a result; in a pipe always UTF-8, on a console whatever it can show."""
    if not sys.stdout.isatty() and hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8")
    sys.stdout.write(text if text.endswith("\n") else text + "\n")


def document(data: object) -> str:
    """Write a JSON document the same way everywhere."""
    import json

    return json.dumps(data, ensure_ascii=False, indent=2)


def to_stderr(text: str) -> None:
    """Say something about the run; never a result."""
    sys.stderr.write(text + "\n")


def explain(error: StoreopsError, words: Catalogue) -> None:
    """Say what is wrong and what to do about it."""
    to_stderr(words.text(error.problem))
    if error.hint is not None:
        to_stderr(f"  → {words.text(error.hint)}")
