"""Other processes on the same record: waiting, naming the holder, and being killed."""

import multiprocessing
import os
import random
import signal
import socket
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest
import record_child
from readings import DAY, NOW, SHOP, opened
from record_child import DAYS, ITEMS, SAID, amount, download

import storeops
from storeops.errors import RecordError
from storeops.history import set_aside

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL and fork")

KILLS = int(os.environ.get("STOREOPS_TEST_KILLS", "100"))
KILLS_PER_RECORD = 10


@pytest.fixture(scope="module")
def processes():
    """Real processes, forked from a server that has the libraries loaded already."""
    here = str(Path(__file__).parent)
    root = str(Path(storeops.__file__).parents[1])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join([here, root]))
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["record_child", "pandas"])
        yield context


def started(processes, task, *args):
    child = processes.Process(target=task, args=args, daemon=True)
    child.start()
    return child


def finish(child):
    child.join(60)
    assert child.exitcode == 0


def test_a_second_process_names_the_holder_and_nothing_is_lost(tmp_path, processes):
    path = tmp_path / "history.duckdb"
    ours, theirs = processes.Pipe()
    child = started(processes, record_child.hold, str(path), theirs)
    pid = ours.recv()
    for read_only in (False, True):
        begun = time.monotonic()
        with pytest.raises(RecordError) as caught:
            opened(path, wait_seconds=0.3, read_only=read_only)
        assert time.monotonic() - begun >= 0.3
        assert caught.value.problem.id == "record.held"
        assert caught.value.problem.args == {
            "path": str(path),
            "pid": str(pid),
            "host": socket.gethostname(),
            "since": "2026-06-10 01:30:00",
        }
    with pytest.raises(RecordError, match=r"record\.held"):
        set_aside(path, now=NOW, wait_seconds=0)
    ours.send("go on")
    with opened(path, wait_seconds=30) as history:
        assert [entry.reading.file for entry in history.imports()] == ["000000.xls"]
    finish(child)
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        "history.duckdb",
        "history.duckdb.lock",
    ]


def test_a_killed_holder_is_not_in_the_way(tmp_path, processes):
    path = tmp_path / "history.duckdb"
    ours, theirs = processes.Pipe()
    child = started(processes, record_child.hold, str(path), theirs)
    ours.recv()
    child.kill()
    child.join()
    assert (tmp_path / "history.duckdb.holder").exists()
    with opened(path, wait_seconds=5) as history:
        assert history.imports() == ()
    assert not (tmp_path / "history.duckdb.holder").exists()


def test_two_writers_at_once_both_finish(tmp_path, processes):
    path = str(tmp_path / "history.duckdb")
    children = [started(processes, record_child.import_range, path, n, 8) for n in (0, 8)]
    for child in children:
        finish(child)
    with opened(Path(path)) as history:
        assert {e.reading.file for e in history.imports()} == {download(n).file for n in range(16)}
        assert len(history.window(SHOP, DAY).tables["item_daily"]) == 16 * ITEMS


def test_another_program_that_has_the_file_open_is_told_from_damage(tmp_path, processes):
    path = tmp_path / "history.duckdb"
    opened(path).close()
    child = started(processes, duckdb_shell, str(path), ready := processes.Event())
    assert ready.wait(30)
    with pytest.raises(RecordError) as caught:
        opened(path)
    assert caught.value.problem.id == "record.held_elsewhere"
    child.kill()
    child.join()
    opened(path).close()


def duckdb_shell(path, ready):
    with duckdb.connect(path):
        ready.set()
        time.sleep(60)


@pytest.mark.parametrize("read_only", [False, True])
def test_the_log_of_a_killed_process_is_replayed(tmp_path, processes, read_only):
    path = tmp_path / "history.duckdb"
    child = started(processes, record_child.die_after_commit, str(path))
    child.join()
    assert child.exitcode == -signal.SIGKILL
    assert (tmp_path / "history.duckdb.wal").exists()
    with opened(path, read_only=read_only) as history:
        assert_whole(history, 2)


def assert_whole(history, count):
    """Every key holds what the newest of the first ``count`` files says, and nothing else."""
    table = history.window(SHOP, DAY).tables["item_daily"]
    stored = {
        (day.date(), item): value
        for day, item, value in table[["date", "item_id", "paid_amount"]].itertuples(
            index=False, name=None
        )
    }
    newest = {number % DAYS: number for number in range(count)}
    assert stored == {
        (DAY - timedelta(days=behind), str(item)): amount(number, item)
        for behind, number in newest.items()
        for item in range(ITEMS)
    }
    old = history.restatements(SHOP, first=DAY - timedelta(days=DAYS), last=DAY)
    assert len(old) == (count - len(newest)) * ITEMS


def test_killed_at_any_moment_the_record_keeps_whole_files_only(tmp_path, processes):
    draw = random.Random(20260610)
    logs = acknowledged = 0
    for kill in range(KILLS):
        path = tmp_path / f"{kill // KILLS_PER_RECORD}" / "history.duckdb"
        receipts = path.parent / "receipts.txt"
        path.parent.mkdir(exist_ok=True)
        alive = path.with_name(record_child.ALIVE)
        alive.unlink(missing_ok=True)
        child = started(processes, record_child.import_forever, str(path), str(receipts))
        if kill % 5:  # the others are killed while they start and open the record
            wait_for(alive)
        time.sleep(draw.uniform(0.01, 0.3))
        child.kill()
        child.join()
        assert child.exitcode == -signal.SIGKILL
        logs += path.with_name("history.duckdb.wal").exists()
        promised = receipts.read_text().split() if receipts.exists() else []
        acknowledged = check_after_kill(path, promised)
        if kill % KILLS_PER_RECORD == KILLS_PER_RECORD - 1:
            complete(path, acknowledged)
    assert logs >= KILLS // 10, f"{logs} kills left a log: the others came between imports"


def test_killed_at_any_moment_the_memory_is_whole(tmp_path, processes):
    draw = random.Random(20260611)
    path, receipts = tmp_path / "history.duckdb", tmp_path / "receipts.txt"
    for _ in range(max(1, KILLS // 10)):
        child = started(processes, record_child.remember_forever, str(path), str(receipts))
        time.sleep(draw.uniform(0.05, 0.4))
        child.kill()
        child.join()
        done = [int(line) for line in receipts.read_text().split()] if receipts.exists() else []
        with opened(path) as history:
            runs = len(history.imports())
            assert runs >= len(done)
            said = history.judgements(SHOP, DAY - timedelta(days=DAYS), DAY)
            moments = Counter(each.said_at for each in said)
            assert set(moments.values()) <= {SAID}
            assert {NOW + timedelta(seconds=run) for run in done} <= set(moments)
            kept = history.state(SHOP, "detector", DAY)
            assert kept is not None or not done
            if kept is not None:
                number = int(kept[1][: len(kept[1]) // 1_000])
                assert kept[1] == str(number).encode() * 1_000
                assert max(done, default=0) <= number < runs


def wait_for(path):
    for _ in range(3_000):
        if path.exists():
            return
        time.sleep(0.01)
    raise AssertionError("the process never opened the record")


def check_after_kill(path, promised):
    """Reopen, and find every acknowledged file, each file whole; return how many there are."""
    with opened(path) as history:
        files = [entry.reading.file for entry in history.imports()]
        assert files == [download(number).file for number in range(len(files))]
        assert set(promised) <= set(files)
        if files:
            assert_whole(history, len(files))
    return len(files)


def complete(path, count):
    """A last run finishes what the killed ones began."""
    with opened(path) as history:
        wanted = [download(number) for number in range(count + 2 * DAYS)]
        done = [each.status for each in history.record(wanted, signature="a")]
        assert done == ["unchanged"] * count + ["imported"] * (2 * DAYS)
        assert_whole(history, count + 2 * DAYS)
