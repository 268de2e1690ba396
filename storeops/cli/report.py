"""``storeops report``: a day, a week or a month, for the boss or for the operator."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from storeops.cli import options
from storeops.cli.diagnose import show_json, show_text
from storeops.cli.progress import chosen

if TYPE_CHECKING:
    from storeops.messages import Message
    from storeops.pipeline.reporting import Order, Reported
    from storeops.pipeline.workspace import Request

_EPILOG = (
    "\b\n"
    "Examples:\n"
    "  storeops report day                        yesterday: page and workbook into reports/\n"
    "  storeops report day D:/downloads --open    and open the page\n"
    "  storeops report week --for boss --text     the week in a text for a group chat\n"
    "  storeops report month --date 2026-10-31    October\n"
    "  storeops report day --preview              what each recipient would get; sends nothing\n"
    "\n"
    "Exit status: 0 normal, 1 needs attention, 2 data missing or invalid."
)


class Kind(StrEnum):
    """What a report is about."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class Reader(StrEnum):
    """Whom a report is for."""

    BOSS = "boss"
    OPERATOR = "operator"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("report", epilog=_EPILOG)(report)


def report(
    kind: Annotated[Kind, typer.Argument(help="日报、周报或月报 / Day, week or month.")],
    folder: options.Folder = Path(),
    *,
    reader: Annotated[
        Reader, typer.Option("--for", help="给谁看 / For whom: boss is one minute, operator all.")
    ] = Reader.OPERATOR,
    xlsx: Annotated[
        bool, typer.Option("--xlsx", help="只写工作簿 / The workbook (default: both files).")
    ] = False,
    html: Annotated[
        bool, typer.Option("--html", help="只写网页 / The page (default: both files).")
    ] = False,
    text: Annotated[
        bool,
        typer.Option("--text", help="输出可发到群里的文字 / Print a text for a group chat."),
    ] = False,
    preview: Annotated[
        bool,
        typer.Option(
            "--preview", help="看各收件人会收到什么，不发 / Show what would be sent; send nothing."
        ),
    ] = False,
    send: Annotated[
        bool, typer.Option("--send", help="发给配置里的收件人 / Send to the recipients set up.")
    ] = False,
    open_it: Annotated[
        bool, typer.Option("--open", help="写完后打开 / Open the file when it is written.")
    ] = False,
    day: options.Day = None,
    shop: options.Shop = None,
    as_json: options.Json = False,
    lang: options.Lang = None,
    quiet: options.Quiet = False,
) -> None:
    """日报、周报、月报：写成网页、工作簿或文字 / A report as page, workbook, text or mail."""
    from storeops.pipeline.reporting import report as made

    asked = options.request(day=day, shop=shop)
    is_talk = text or preview or as_json
    order = _order(kind, reader, (xlsx, html), lang, files=not is_talk)
    done = made(folder, asked, order, progress=chosen(quiet=quiet))
    if done.morning.error is not None:
        options.explain(done.morning.error, done.words)
        raise typer.Exit(2)
    if as_json:
        show_json(list(done.reports), lang)
    elif text:
        _show_chat(done)
    elif preview:
        _show_posts(folder, done)
    else:
        show_text(list(done.reports), lang)
    said = [*done.said, *(_send(folder, done, asked) if send else ())]
    for line in () if quiet else said:
        options.to_stderr(done.words.text(line))
    if open_it and done.files:
        typer.launch(str(done.files[0].resolve()))
    raise typer.Exit(done.morning.status)


def _order(
    kind: Kind,
    reader: Reader,
    chosen_media: tuple[bool, bool],
    lang: options.Language | None,
    *,
    files: bool,
) -> Order:
    from storeops.diagnose.finding import PeriodKind
    from storeops.pipeline.filing import Medium
    from storeops.pipeline.reporting import Order
    from storeops.reporter.blocks import View

    media = [
        m for m, wanted in zip((Medium.XLSX, Medium.HTML), chosen_media, strict=True) if wanted
    ]
    if not media and files:
        media = [Medium.HTML, Medium.XLSX]
    return Order(
        kind=PeriodKind(kind.value),
        view=View(reader.value),
        wanted=dict.fromkeys(media),
        language=None if lang is None else lang.value,
    )


def _show_chat(done: Reported) -> None:
    from storeops.reporter import chat
    from storeops.reporter.dialects import Dialect

    texts = [chat.render(each, done.words, Dialect.PLAIN).text for each in done.reports]
    options.to_stdout("\n\n".join(texts))


def _show_posts(folder: Path, done: Reported) -> None:
    """Print what every recipient would get, text and all, as it would go out."""
    from storeops.pipeline.sending import previews
    from storeops.pipeline.workspace import open_workspace

    shown = []
    for recipient, parcel in previews(open_workspace(folder), done.morning.reports, done.words):
        head = done.words.say("post.preview", recipient=recipient.name, channel=recipient.channel)
        names = ", ".join(each.name for each in parcel.enclosures)
        shown.append("\n".join(filter(None, (head, parcel.subject, "", parcel.text, names))))
    if not shown:
        shown = [done.words.say("post.nobody"), done.words.say("post.nobody_hint")]
    options.to_stdout("\n\n".join(shown))


def _send(folder: Path, done: Reported, asked: Request) -> tuple[Message, ...]:
    from storeops.errors import StoreopsError
    from storeops.messages import message
    from storeops.pipeline.sending import send
    from storeops.pipeline.workspace import open_workspace

    workspace = open_workspace(folder)
    if not workspace.settings.delivery.recipients:
        raise StoreopsError(message("post.nobody"), message("post.nobody_hint"))
    return send(workspace, done.morning.reports, done.words, asked.now).said
