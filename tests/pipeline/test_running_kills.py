"""Runs killed at any moment, then one that may end: one mail a recipient, nothing lost."""

from __future__ import annotations

import random
import time

import pytest
from mailroom import configure, mailroom
from run_child import killed_after, until_settled
from test_running import BOSS, OPERATOR, small

KILLS = 8


@pytest.fixture
def room():
    with mailroom() as found:
        yield found


def test_a_run_killed_again_and_again_sends_one_mail_in_the_end(tmp_path, room):
    rehearsal = tmp_path / "rehearsal"
    small(rehearsal, 60)
    configure(rehearsal, room.port, BOSS, OPERATOR)
    killed_after(rehearsal, None, 0)  # warms the process the others are forked from
    small(tmp_path / "timed", 60)
    configure(tmp_path / "timed", room.port, BOSS, OPERATOR)
    start = time.monotonic()
    killed_after(tmp_path / "timed", None, 0)
    whole = time.monotonic() - start
    room.letters.clear()

    draw = random.Random(17)
    root = tmp_path / "shop"
    small(root, 60)
    configure(root, room.port, BOSS, OPERATOR)
    killed = [killed_after(root, draw.uniform(0, 1.1 * whole), n) for n in range(KILLS)]
    assert any(killed)
    until_settled(root)
    names = {str(letter["Message-ID"]) for letter in room.letters}
    assert len(names) == 2
    assert {str(letter["To"]) for letter in room.letters} == {"boss@example.com", "op@example.com"}
    assert (root / ".storeops" / "history.duckdb").is_file()
