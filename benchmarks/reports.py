"""Reports: how long each medium takes, how large it is, and what the hand-over of a mail costs.

python benchmarks/reports.py                    print
python benchmarks/reports.py --write            also write the tables into docs/benchmarks.md
python benchmarks/reports.py --peer PYTHON      also a notebook, by the Python of a venv that has
                                                papermill, nbconvert, ipykernel and pandas

The bare writer is XlsxWriter alone, writing the same cells without a look; the bare hand-over is
smtplib alone, sending the same bytes.
"""

from __future__ import annotations

import argparse
import json
import shutil
import smtplib
import socket
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from io import BytesIO
from pathlib import Path

from aiosmtpd.controller import Controller
from openpyxl import load_workbook
from page import table, write
from xlsxwriter.workbook import Workbook

from storeops.config import DeliverySettings, MailSettings, RecipientSettings
from storeops.delivery import senders
from storeops.pipeline.morning import morning
from storeops.pipeline.posting import post
from storeops.pipeline.workspace import Request, open_workspace
from storeops.reporter import chat, excel, jsondoc, mail, page, terminal
from storeops.reporter.boss import for_boss
from storeops.reporter.dialects import Dialect
from storeops.reporter.lang import catalogue

RUNS = 7
SAMPLES = Path(__file__).parent.parent / "samples" / "shop"
NOTEBOOK = {
    "cells": [
        {
            "cell_type": "code", "execution_count": None, "metadata": {"tags": ["parameters"]},
            "outputs": [], "source": "path = 'days.csv'",
        },
        {
            "cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [],
            "source": "import pandas as pd\ndays = pd.read_csv(path)\ndays",
        },
        {
            "cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [],
            "source": "days.describe()",
        },
    ],
    "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    "nbformat": 4, "nbformat_minor": 5,
}  # fmt: skip


def timed(work: Callable[[], object], runs: int = RUNS) -> tuple[float, float, object]:
    """First and median of the later runs in milliseconds, and the last result."""
    took, result = [], None
    for _ in range(runs):
        start = time.perf_counter()
        result = work()
        took.append((time.perf_counter() - start) * 1000)
    return took[0], statistics.median(took[1:]), result


def size(result: object) -> int:
    if isinstance(result, bytes):
        return len(result)
    return len(str(result).encode("utf-8"))


def bare_workbook(data: bytes) -> Callable[[], bytes]:
    """Write every cell of a finished workbook again with the writer library alone."""
    cells = [
        (sheet.title, [[cell.value for cell in row] for row in sheet.iter_rows()])
        for sheet in load_workbook(BytesIO(data), data_only=True).worksheets
    ]

    def work() -> bytes:
        out = BytesIO()
        workbook = Workbook(out, {"in_memory": True, "default_date_format": "yyyy-mm-dd"})
        for title, rows in cells:
            sheet = workbook.add_worksheet(title)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
        workbook.close()
        return out.getvalue()

    return work


def media(report) -> list[list[str]]:
    words = catalogue("zh")
    book = excel.render(report, words)
    makers = [
        ("terminal", lambda: terminal.render(report, words, 80, colour=False)),
        ("JSON", lambda: json.dumps(jsondoc.render(report, words), ensure_ascii=False)),
        ("chat text", lambda: chat.render(report, words, Dialect.PLAIN).text),
        ("chat, WeCom", lambda: chat.render(report, words, Dialect.WECOM).text),
        ("page", lambda: page.render(report, words)),
        ("page, boss", lambda: page.render(for_boss(report), words)),
        ("workbook", lambda: excel.render(report, words)),
        ("workbook, bare writer, no look", bare_workbook(book)),
    ]
    lines = []
    for name, work in makers:
        first, later, result = timed(work)
        lines.append([name, f"{first:,.0f} ms", f"{later:,.1f} ms", f"{size(result):,}"])
    first, later, letter = timed(lambda: mail.render(report, words))
    whole = size(letter.html) + size(letter.text) + sum(len(p.data) for p in letter.pictures)
    lines.append(["mail body with pictures", f"{first:,.0f} ms", f"{later:,.1f} ms", f"{whole:,}"])
    return lines


def notebook(python: str) -> list[str]:
    """Run a three-cell notebook over the same days and export it, as a scheduled report would."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "in.ipynb").write_text(json.dumps(NOTEBOOK))
        (place / "days.csv").write_text(
            "date,paid_amount,visitors\n"
            + "".join(f"2026-09-{d:02},{1000.5 + d},{200 + d}\n" for d in range(1, 31))
        )

        def work() -> int:
            subprocess.run(
                [python, "-m", "papermill", "in.ipynb", "out.ipynb"],
                cwd=place, check=True, capture_output=True,
            )  # fmt: skip
            subprocess.run(
                [python, "-m", "nbconvert", "--to", "html", "out.ipynb"],
                cwd=place, check=True, capture_output=True,
            )  # fmt: skip
            return (place / "out.html").stat().st_size

        first, later, written = timed(work, 4)
    return [
        "papermill + nbconvert, 3 cells",
        f"{first:,.0f} ms",
        f"{later:,.0f} ms",
        f"{written:,}",
    ]


class Sink:
    """Takes every mail and forgets it."""

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: ARG002, N802
        self.content = envelope.content
        return "250 OK"


def hand_over(root: Path, report) -> list[list[str]]:
    workspace = open_workspace(root)
    recipient = RecipientSettings(name="boss", to="boss@example.com")
    sink = Sink()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = Controller(sink, hostname="127.0.0.1", port=port)
    server.start()
    settings = DeliverySettings(
        mail=MailSettings(host="127.0.0.1", port=port, security="none", sender="shop@example.com")
    )
    words = catalogue("zh")
    now = datetime.now(UTC).astimezone(timezone(timedelta(hours=8)))
    _, build, made = timed(lambda: post(workspace, report, recipient, words))
    parcel = made.parcel

    def ours() -> object:
        outcome = senders.send(parcel, recipient, settings, "<1@storeops.invalid>", now)
        if outcome.fate.value != "sent":
            raise SystemExit(str(outcome))
        return outcome

    def bare() -> object:
        with smtplib.SMTP("127.0.0.1", port) as server:
            return server.sendmail("shop@example.com", ["boss@example.com"], sink.content)

    _, sent, _ = timed(ours)
    _, alone, _ = timed(bare)
    server.stop()
    return [
        ["mail built: body, pictures, workbook", f"{build:,.0f} ms", ""],
        ["mail handed over", f"{sent:,.1f} ms", f"{sent / alone:.1f} x smtplib alone"],
        ["smtplib alone, as many bytes", f"{alone:,.1f} ms", f"{len(sink.content):,} bytes"],
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--peer")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "shop"
        shutil.copytree(SAMPLES, root)
        now = datetime.now(UTC).astimezone(timezone(timedelta(hours=8)))
        report = morning(root, Request(now=now), workbook=False).reports[0]
        lines = media(report)
        if chosen.peer:
            lines.append(notebook(chosen.peer))
        sending = hand_over(root, report)
    tables = {
        "reports": table(["medium", "first", "next", "bytes"], lines),
        "hand-over": table(["step", "median", "against"], sending),
    }
    for text in tables.values():
        print(text)
    if chosen.write:
        for name, text in tables.items():
            write(name, text)


if __name__ == "__main__":
    main()
