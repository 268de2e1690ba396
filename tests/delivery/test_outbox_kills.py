"""Killed at every step, at random moments, and two at once: one mail each, none lost.

A second copy may come from a kill between the final dot and the note that it was taken; it has
the Message-ID of the first.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import stat
import time
from pathlib import Path

import outbox_child
import pytest
from mailbox_server import running_mailbox
from outbox_child import NOW, key, names, outbox

import storeops
from storeops.delivery.outbox import Status

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL and fork")

KILLS = int(os.environ.get("STOREOPS_TEST_KILLS", "100"))
MAILS = 4


@pytest.fixture(scope="module")
def processes():
    """Real processes, forked from a server that has the libraries loaded already."""
    here = str(Path(__file__).parent)
    root = str(Path(storeops.__file__).parents[1])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join([here, root]))
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["outbox_child"])
        yield context


@pytest.fixture
def mailbox():
    with running_mailbox() as box:
        yield box


def finished(processes, task, *args):
    """Run a task in a process of its own; tell how it ended."""
    child = processes.Process(target=task, args=tuple(map(str_of_path, args)), daemon=True)
    child.start()
    child.join(60)
    return child.exitcode


def str_of_path(value):
    return str(value) if isinstance(value, Path) else value


def until_quiet(mailbox, folder, count=1):
    """Run as every later morning does, until nothing waits."""
    for _ in range(10):
        outbox_child.run(str(folder), mailbox.port, count)
        if outbox(str(folder), count).next_due() is None:
            return
    raise AssertionError("something waits forever")


def test_killed_at_every_step_one_mail_arrives(tmp_path, processes, mailbox):
    trail = tmp_path / "trail"
    task = outbox_child.run_killed
    assert finished(processes, task, tmp_path / "whole", mailbox.port, -1, trail) == 0
    steps = trail.read_text().splitlines()
    assert steps[-1] == "end"
    assert len(steps) > 40
    dot = steps.index("send dot")
    twice = []
    for at, step in enumerate(steps):
        mailbox.letters.clear()
        folder = tmp_path / f"{at:03d}"
        assert finished(processes, task, folder, mailbox.port, at, trail) == -signal.SIGKILL
        assert trail.read_text().splitlines() == steps[:at], "a run that is not repeatable"
        until_quiet(mailbox, folder)
        (message_id,), (copies,) = zip(*mailbox.copies().items(), strict=True)
        (ticket,) = outbox(str(folder)).entries()
        assert (ticket.status, ticket.message_id) == (Status.SENT, message_id)
        assert copies == 1 or (copies == 2 and ticket.unanswered), step
        if copies > 1:
            twice.append(at)
        assert_only_receipts(folder)
    noted = steps.index("replace", dot)
    assert twice, "no kill met the window: the test looks elsewhere"
    assert dot < min(twice) <= max(twice) <= noted


def assert_only_receipts(folder):
    """What is left is one receipt, for this user only."""
    files = {str(path.relative_to(folder)): path.stat().st_mode for path in folder.rglob("*")}
    name = f"receipts/{key(names(1)[0]).name}.json"
    assert {path for path in files if path != ".lock"} == {"aside", "receipts", name}
    assert all(not mode & (stat.S_IRWXG | stat.S_IRWXO) for mode in files.values())


def test_killed_at_random_moments_nothing_is_lost(tmp_path, processes, mailbox):
    draw = random.Random(20260917)
    for name in ("warm", "whole"):  # the first starts the server the others are forked from
        began = time.monotonic()
        finished(processes, outbox_child.run, tmp_path / name, mailbox.port, MAILS)
        usual = time.monotonic() - began
    kills = began_sending = copies_too_many = rounds = 0
    while kills < KILLS:
        rounds += 1
        mailbox.letters.clear()
        folder = tmp_path / f"{rounds:04d}"
        for _ in range(6):
            run = processes.Process(
                target=outbox_child.run, args=(str(folder), mailbox.port, MAILS), daemon=True
            )
            run.start()
            run.join(draw.uniform(0, 1.1 * usual))
            if run.exitcode is None:
                run.kill()
                kills += 1
            run.join()
        until_quiet(mailbox, folder, MAILS)
        copies_too_many += checked(mailbox, folder)
        attempts = sum(ticket.attempts for ticket in outbox(str(folder), MAILS).entries())
        began_sending += attempts - MAILS
    assert began_sending, "no kill met an attempt: the test looks elsewhere"
    assert copies_too_many <= kills // 4


def checked(mailbox, folder):
    """Every mail arrived; copies beyond the first are those the tickets know they risked."""
    tickets = outbox(str(folder), MAILS).entries()
    copies = mailbox.copies()
    assert {ticket.message_id for ticket in tickets} == set(copies)
    assert len(tickets) == MAILS
    for ticket in tickets:
        assert ticket.status is Status.SENT
        assert 1 <= copies[ticket.message_id] <= 1 + ticket.unanswered
    return copies.total() - MAILS


def test_two_runs_at_once_send_one_of_each(tmp_path, processes, mailbox):
    count = 8
    mailbox.delay = 0.02
    box = outbox(str(tmp_path), count)
    for name in names(count):
        box.put(key(name), outbox_child.letter(), now=NOW)
    start = processes.Event()
    runs = [
        processes.Process(
            target=outbox_child.deliver_only, args=(str(tmp_path), mailbox.port, count, start)
        )
        for _ in range(3)
    ]
    for run in runs:
        run.start()
    time.sleep(0.3)
    start.set()
    for run in runs:
        run.join(60)
        assert run.exitcode == 0
    assert sorted(mailbox.copies().values()) == [1] * count
    assert all(ticket.attempts == 1 for ticket in box.entries())


def test_a_robot_killed_after_the_hand_over_is_not_sent_again(tmp_path, processes):
    folder, calls = tmp_path / "outbox", tmp_path / "calls"
    for _ in range(3):
        finished(processes, outbox_child.run_robot_killed, folder, calls)
    assert calls.read_text() == "handed over\n"
    (ticket,) = outbox_child.robot_outbox(str(folder)).entries()
    assert (ticket.status, ticket.why.id) == (Status.UNKNOWN, "outbox.why.killed")


def test_a_robot_killed_before_the_hand_over_is_sent_once(tmp_path, processes):
    folder, calls = tmp_path / "outbox", tmp_path / "calls"
    for early in (True, True, False, False):
        finished(processes, outbox_child.run_robot_killed, folder, calls, early)
    assert calls.read_text() == "handed over\n"
