"""A whole unattended run as a process of its own, to be killed at any moment."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from datetime import datetime, timedelta
from pathlib import Path

from storeops.config import BEIJING
from storeops.delivery.outbox import Status
from storeops.pipeline.outboxing import open_outbox
from storeops.pipeline.running import run_one
from storeops.pipeline.workspace import Request, open_workspace

NOW = datetime(2026, 9, 18, 8, 30, tzinfo=BEIJING)
_WARM = ["storeops.pipeline.running", "storeops.reporter.excel", "storeops.reporter.page", __name__]


def run(root: str, minutes: int) -> None:
    """Do one run; it believes that it is so many minutes after half past eight."""
    run_one(Path(root), request=Request(now=NOW + timedelta(minutes=minutes)), language="en")


def killed_after(root: Path, seconds: float | None, minutes: int) -> bool:
    """Start a run in a process and kill it after some seconds; None lets it end.

    Returns:
        Whether it was still running when it was killed.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_WARM)
    child = context.Process(target=run, args=(str(root), minutes))
    child.start()
    if seconds is None:
        child.join()
        return False
    time.sleep(seconds)
    alive = child.is_alive()
    if alive and child.pid is not None:
        os.kill(child.pid, signal.SIGKILL)
    child.join()
    return alive


def settled(root: Path) -> bool:
    """Tell whether nothing waits in the outbox."""
    tickets = open_outbox(open_workspace(root)).entries()
    return bool(tickets) and all(t.status in {Status.SENT, Status.SKIPPED} for t in tickets)


def until_settled(root: Path) -> int:
    """Run to the end, again while something waits; give the number of runs."""
    for count in range(1, 20):
        killed_after(root, None, 60 * count)
        if settled(root):
            return count
    raise AssertionError("still not sent after twenty runs")
