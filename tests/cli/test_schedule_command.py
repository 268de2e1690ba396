"""``storeops schedule`` and ``storeops doctor`` as the user runs them, with a crontab of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the stand-in for crontab is a script")
_CRONTAB = """#!/bin/sh
case "$1" in
  -l) [ -f "$TAB" ] && exec cat "$TAB"; echo "no crontab for you" >&2; exit 1;;
  -) exec cat > "$TAB";;
esac
"""
OTHERS = "MAILTO=me@example.com\n5 5 * * *\t/bin/true  # mine\n"


class Runner:
    """Runs the program beside a stand-in for crontab."""

    def __init__(self, home: Path) -> None:
        self.tab = home / "tab"
        self.folder = home / "店铺 100%"
        self.folder.mkdir()
        programs = home / "programs"
        programs.mkdir()
        (programs / "cat").symlink_to("/bin/cat")
        (programs / "crontab").write_text(_CRONTAB)
        (programs / "crontab").chmod(0o755)
        self.environ = {
            **os.environ, "PATH": str(programs), "TAB": str(self.tab), "PYTHONUTF8": "1",
            "LANG": "zh_CN.UTF-8", "LC_ALL": "", "XDG_CONFIG_HOME": str(home / "config"),
        }  # fmt: skip

    def __call__(self, *words: str | Path) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "storeops", *map(str, words)]
        return subprocess.run(
            command, capture_output=True, text=True, encoding="utf-8", env=self.environ,
            stdin=subprocess.DEVNULL, check=False,
        )  # fmt: skip


@pytest.fixture
def run(tmp_path):
    return Runner(tmp_path)


def test_without_a_terminal_the_entry_is_shown_and_nothing_is_changed(run):
    done = run("schedule", "install", run.folder)
    assert done.returncode == 2
    assert "-m storeops run" in done.stdout
    assert "--yes" in done.stderr
    assert not run.tab.exists()


def test_install_show_and_remove_leave_the_crontab_as_it_was(run):
    run.tab.write_text(OTHERS)
    done = run("schedule", "install", run.folder, "--yes")
    assert done.returncode == 0, done.stderr
    shown = [line.strip() for line in done.stdout.splitlines() if "-m storeops run" in line]
    assert run.tab.read_text() == OTHERS + "".join(f"{line}\n" for line in shown)
    assert "北京时间" in done.stderr
    listing = json.loads(run("schedule", "show", "--json").stdout)
    (entry,) = listing["entries"]
    assert (entry["folder"], entry["system"]) == (str(run.folder), "cron")
    assert entry["next_run"].endswith(("T08:30:00+08:00", "T10:35:00+08:00"))
    assert run("schedule", "remove", run.folder).returncode == 0
    assert run.tab.read_text() == OTHERS
    assert run("schedule", "show").returncode == 1


def test_a_folder_that_is_gone_can_still_be_taken_out(run):
    run("schedule", "install", run.folder, "--yes")
    run.folder.rmdir()
    assert run("schedule", "remove", run.folder).returncode == 0
    assert run.tab.read_text() == ""


def test_what_cannot_be_done_ends_with_2_and_advice(run):
    for words in (("--at", "25:00"), ("--system", "windows")):
        done = run("schedule", "install", run.folder, "--yes", *words)
        assert done.returncode == 2
        assert "→" in done.stderr
        assert "Traceback" not in done.stderr
    assert not run.tab.exists()


def test_settings_that_would_stop_every_run_stop_the_installation(run):
    (run.folder / "config.yaml").write_text("nonsense: 1\n")
    done = run("schedule", "install", run.folder, "--yes")
    assert done.returncode == 2
    assert "nonsense" in done.stderr
    assert not run.tab.exists()


def test_the_doctor_ends_with_0_or_2_and_speaks_both_languages(run):
    done = run("doctor", run.folder, "--offline")
    assert done.returncode == 0, done.stdout
    assert "正常" in done.stdout
    (run.folder / "config.yaml").write_text("nonsense: 1\n")
    done = run("doctor", run.folder, "--offline", "--json", "--lang", "en")
    document = json.loads(done.stdout)
    assert done.returncode == 2
    assert document["schema"] == "storeops.checkup/1"
    assert document["checks"][0]["status"] == "fault"
    assert {check["status"] for check in document["checks"]} == {"ok", "attention", "fault"}


def test_the_language_asked_for_is_that_of_the_scheduled_reports(run):
    shown = run("schedule", "install", run.folder, "--lang", "zh", "--system", "cron")
    assert "LANG=zh_CN.UTF-8" in shown.stdout
