"""A real cron daemon runs what we install, in a mount namespace of its own.

The daemon sees an empty spool and an empty /etc/cron.d, so no entry of this machine runs or
changes, several of these tests may run at once, and nothing is left behind.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import storeops

_SETUP = """
set -e
mount -t tmpfs tmpfs /var/spool/cron
mkdir -m 1730 /var/spool/cron/crontabs
chgrp crontab /var/spool/cron/crontabs
mount -t tmpfs tmpfs /run
mount -t tmpfs tmpfs /etc/cron.d
mount --bind /dev/null /etc/crontab
"$0" -c "$INSTALL"
crontab -l > "$LISTING"
exec cron -f
"""
_INSTALL = """
import os
from datetime import UTC, datetime, timedelta
from storeops.delivery import schedule
soon = datetime.now(UTC) + timedelta(seconds=70)
at = soon.astimezone(schedule.BEIJING).time().replace(second=0, microsecond=0, tzinfo=None)
job = schedule.Job(os.environ["FOLDER"], (at,), os.environ["FAKE_PYTHON"], locale="zh_CN.UTF-8")
machine = schedule.this_machine()
schedule.install(schedule.plan(job, schedule.System.CRON, machine), machine)
"""
_FAKE_PYTHON = """#!/bin/sh
printf '%s\\n' "$#" "$@" "$PYTHONUTF8" "$PYTHONSAFEPATH" "$LANG" > "{marker}.part"
mv "{marker}.part" "{marker}"
"""
_PATIENCE = 72
UNSHARE = shutil.which("unshare") or "unshare"


def _reason_not_to() -> str | None:
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return "only root may start a cron daemon"
    if not all(map(shutil.which, ("cron", "crontab", UNSHARE, "mount"))):
        return "no Debian cron here"
    tried = subprocess.run([UNSHARE, "--mount", "true"], capture_output=True, check=False)
    return "no mount namespace of its own for the daemon" if tried.returncode else None


def test_the_daemon_runs_the_entry_with_every_character_of_the_path(tmp_path: Path) -> None:
    if reason := _reason_not_to():
        pytest.skip(reason)
    folder = tmp_path / "店铺 100% 'a' $HOME \"b\" \\c #d"
    folder.mkdir()
    marker = tmp_path / "ran"
    python = tmp_path / "解释器 5%" / "python"
    python.parent.mkdir()
    python.write_text(_FAKE_PYTHON.format(marker=marker), encoding="utf-8")
    python.chmod(0o755)
    listing = tmp_path / "listing"
    daemon = subprocess.Popen(
        [UNSHARE, "--mount", "--propagation", "private", "sh", "-c", _SETUP, sys.executable],
        env={
            **os.environ, "INSTALL": _INSTALL, "LISTING": str(listing), "FOLDER": str(folder),
            "FAKE_PYTHON": str(python), "PYTHONPATH": str(Path(storeops.__file__).parent.parent),
        },
        stderr=subprocess.PIPE,
        start_new_session=True,
    )  # fmt: skip
    try:
        _wait_for(marker, daemon)
    finally:
        if daemon.poll() is None:
            os.killpg(daemon.pid, signal.SIGTERM)  # the daemon and a job it may be running
        _, complaint = daemon.communicate(timeout=10)
    assert marker.exists(), (listing.read_text() if listing.exists() else "", complaint)
    got = marker.read_text(encoding="utf-8").splitlines()
    assert got == ["4", "-m", "storeops", "run", str(folder), "1", "1", "zh_CN.UTF-8"]


def _wait_for(marker: Path, daemon: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end and not marker.exists() and daemon.poll() is None:
        time.sleep(0.2)
