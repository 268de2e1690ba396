"""A hundred kills of a whole unattended run: how many mails come, how many twice, how many never?

python benchmarks/run_kills.py [--kills 100] [--write]

Each shop's run (import, diagnose, report, send by SMTP on loopback) is killed up to ten times at
random moments, then run until nothing waits.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / "tests" / "pipeline"), str(ROOT)]
os.environ["PYTHONPATH"] = os.pathsep.join(sys.path[:2])

from mailroom import configure, mailroom  # noqa: E402 (found where the tests are)
from page import table, write  # noqa: E402
from run_child import killed_after, until_settled  # noqa: E402
from test_running import OPERATOR, small  # noqa: E402

KILLS_OF_A_SHOP = 10


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--write", action="store_true")
    chosen = parser.parse_args()
    draw = random.Random(chosen.seed)  # noqa: S311 (moments of a kill)
    found: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as place, mailroom() as room:
        whole = _length_of_a_run(Path(place), room.port)
        room.letters.clear()
        while found["kills"] < chosen.kills:
            root = Path(place) / f"shop{found['shops']}"
            small(root, 60)
            configure(root, room.port, OPERATOR)
            room.letters.clear()
            for number in range(KILLS_OF_A_SHOP):
                found["kills"] += killed_after(root, draw.uniform(0, 1.05 * whole), number)
            until_settled(root)
            names = Counter(str(letter["Message-ID"]) for letter in room.letters)
            found["shops"] += 1
            found["exactly one mail"] += len(room.letters) == 1
            found["no mail"] += not names
            found["a second copy, same Message-ID"] += len(names) == 1 and len(room.letters) > 1
            found["a second mail of another name"] += len(names) > 1
    rows = [[name, str(found[name])] for name in (
        "kills", "shops", "exactly one mail", "a second copy, same Message-ID",
        "a second mail of another name", "no mail",
    )]  # fmt: skip
    text = table(["whole runs killed", "count"], rows)
    print(text)
    if chosen.write:
        write("run-kills", text)
    raise SystemExit(bool(found["no mail"] or found["a second mail of another name"]))


def _length_of_a_run(place: Path, port: int) -> float:
    took = 0.0
    for name in ("warm", "timed"):
        root = place / name
        small(root, 60)
        configure(root, port, OPERATOR)
        start = time.monotonic()
        killed_after(root, None, 0)
        took = time.monotonic() - start
    return took


if __name__ == "__main__":
    main()
