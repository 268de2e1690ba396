"""Does a killed run lose a mail or send one twice? Real processes, a real server, SIGKILL.

    python benchmarks/outbox.py [--kills 1000] [--lines]

Runs put four mails into an outbox and deliver them to an SMTP server on loopback; each is killed
at a random moment, then run again until nothing waits. ``--lines`` kills one run before every
line of Python that the outbox, the mailer and smtplib execute, once each.

What may happen: a second copy of a mail whose run was killed between its final dot and the note
that it was taken. It has the Message-ID of the first, so that a mail program can fold it, and its
ticket counts it. What must not: a mail that never came, another copy, a ticket that is wrong.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
CHILD = ROOT / "tests" / "delivery"
sys.path[:0] = [str(CHILD), str(ROOT)]
os.environ["PYTHONPATH"] = os.pathsep.join([str(CHILD), str(ROOT)])

import outbox_child  # noqa: E402 (found where the tests are)
from mailbox_server import Mailbox, running_mailbox  # noqa: E402

MAILS = 4
RUNS_OF_AN_OUTBOX = 6


def until_quiet(box: Mailbox, folder: Path, mails: int) -> None:
    while True:
        outbox_child.run(str(folder), box.port, mails)
        if outbox_child.outbox(str(folder), mails).next_due() is None:
            return


def judged(box: Mailbox, folder: Path, mails: int) -> Counter[str]:
    """Count what came of the mails of one outbox."""
    found: Counter[str] = Counter(mails=mails)
    copies = box.copies()
    tickets = outbox_child.outbox(str(folder), mails).entries()
    found["tickets lost"] = mails - len(tickets)
    for ticket in tickets:
        came = copies.pop(ticket.message_id, 0)
        found["lost"] += came == 0
        found["unknown"] += ticket.status.value == "unknown"
        found["attempts"] += ticket.attempts
        found["handed over when killed"] += ticket.unanswered
        found["second copies, same Message-ID"] += max(0, came - 1)
        found["copies no ticket accounts for"] += max(0, came - 1 - ticket.unanswered)
    found["copies no ticket accounts for"] += copies.total()
    return found


def timed(processes: Any, box: Mailbox, folder: Path) -> float:
    """Seconds a run on a new outbox takes when nobody kills it."""
    run = processes.Process(target=outbox_child.run, args=(str(folder), box.port, MAILS))
    began = time.monotonic()
    run.start()
    run.join()
    return time.monotonic() - began


def at_random(processes: Any, box: Mailbox, place: Path, kills: int) -> Counter[str]:
    draw = random.Random(1)  # noqa: S311 (moments of kills)
    total: Counter[str] = Counter()
    timed(processes, box, place / "warm")  # starts the server the others are forked from
    while total["kills"] < kills:
        folder = place / f"{total['outboxes']:05d}"
        if total["outboxes"] % 20 == 0:  # the machine may be busier now
            usual = timed(processes, box, place / f"timed{total['outboxes']}")
        box.letters.clear()
        total["outboxes"] += 1
        for _ in range(RUNS_OF_AN_OUTBOX):
            run = processes.Process(target=outbox_child.run, args=(str(folder), box.port, MAILS))
            run.start()
            run.join(draw.uniform(0, 1.1 * usual))
            if run.exitcode is None:
                run.kill()
                total["kills"] += 1
                total["kills before anything was put in"] += not folder.exists()
            run.join()
        until_quiet(box, folder, MAILS)
        total.update(judged(box, folder, MAILS))
    return total


def at_every_line(processes: Any, box: Mailbox, place: Path) -> Counter[str]:
    total: Counter[str] = Counter()
    trail = place / "trail"
    lines: list[str] = []
    doubled: list[str] = []
    while not lines or lines[-1] != "end":
        box.letters.clear()
        folder = place / f"line{total['kills']:05d}"
        task = outbox_child.run_killed_at_line
        run = processes.Process(
            target=task, args=(str(folder), box.port, total["kills"], str(trail))
        )
        run.start()
        run.join()
        lines = trail.read_text(encoding="utf-8").splitlines()
        until_quiet(box, folder, 1)
        found = judged(box, folder, 1)
        if found["second copies, same Message-ID"]:
            doubled.append(f"after {lines[-1]}")
        total.update(found)
        total["kills"] += 1
    print(f"second copies came from kills {doubled[0]} ... {doubled[-1]}")
    return total


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--lines", action="store_true")
    asked = parser.parse_args()
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(["outbox_child"])
    with tempfile.TemporaryDirectory() as place, running_mailbox() as box:
        began = time.monotonic()
        found = (
            at_every_line(processes, box, Path(place))
            if asked.lines
            else at_random(processes, box, Path(place), asked.kills)
        )
    for name, count in found.items():
        print(f"{count:6}  {name}")
    print(f"{time.monotonic() - began:6.0f}  seconds")
    sys.exit(bool(found["lost"] or found["tickets lost"] or found["copies no ticket accounts for"]))


if __name__ == "__main__":
    main()
