"""What the other processes of the record's tests do. Imported by them, not collected."""

from __future__ import annotations

import os
import signal
from datetime import timedelta
from pathlib import Path
from typing import Any

from readings import DAY, NOW, SHOP, opened, reading, table

from storeops.facts import FileReading
from storeops.history import Judgement

DAYS, ITEMS, BATCH = 20, 8, 3
SAID = 4
"""Judgements of one run."""


def amount(number: int, item: int) -> float:
    """What file ``number`` says about an item."""
    return number * 10 + item + 0.25


def download(number: int) -> FileReading:
    """File ``number``: one day of items; every 20th file restates the same day."""
    day = DAY - timedelta(days=number % DAYS)
    rows = [
        {"date": day, "item_id": str(item), "paid_amount": amount(number, item), "visitors": 1.0}
        for item in range(ITEMS)
    ]
    content = table("item_daily", rows)
    return reading(f"{number:06d}.xls", content, modified=float(number), last_day=DAY)


ALIVE = "alive"
"""A file that says the record is open: a busy machine may take long to start a process."""


def import_forever(path: str, receipts: str) -> None:
    """Import batch after batch, closing the record now and then; note what is acknowledged."""
    while True:
        with opened(Path(path)) as history:
            Path(path).with_name(ALIVE).touch()
            for _ in range(6):
                first = len(history.imports())
                files = [download(number) for number in range(first, first + BATCH)]
                done = history.record(files, signature="a")
                with Path(receipts).open("a", encoding="utf-8") as out:
                    out.writelines(f"{each.file}\n" for each in done)


def saying(run: int) -> list[Judgement]:
    """What run ``run`` says: some days, at a moment of its own."""
    moment = NOW + timedelta(seconds=run)
    return [
        Judgement(DAY - timedelta(days=n), moment, "normal", None, None, None, (), {}, "0.1")
        for n in range(SAID)
    ]


def remember_forever(path: str, receipts: str) -> None:
    """Import, keep a state and remember what was said, run after run; note what is done."""
    while True:
        with opened(Path(path)) as history:
            for _ in range(4):
                number = len(history.imports())
                history.record([download(number)], signature="a")
                day = DAY - timedelta(days=DAYS + 1)
                history.keep_state(SHOP, "detector", day, str(number).encode() * 1_000)
                history.remember_judgements(SHOP, saying(number))
                with Path(receipts).open("a", encoding="utf-8") as out:
                    out.write(f"{number}\n")


def import_range(path: str, first: int, count: int) -> None:
    """Import some files one by one, opening the record for each."""
    for number in range(first, first + count):
        with opened(Path(path)) as history:
            history.record([download(number)], signature="a")


def hold(path: str, pipe: Any) -> None:
    """Hold the record until told to go on; then import one file."""
    with opened(Path(path)) as history:
        pipe.send(os.getpid())
        pipe.recv()
        history.record([download(0)], signature="a")


def die_after_commit(path: str) -> None:
    """Import a file and be killed before the record is closed."""
    with opened(Path(path)) as history:
        history.record([download(0), download(1)], signature="a")
        os.kill(os.getpid(), signal.SIGKILL)
