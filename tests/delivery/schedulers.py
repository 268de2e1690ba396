"""Stand-ins for crontab, systemctl and schtasks: small programs that keep what they are given."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

_CRONTAB = """#!/bin/sh
case "$1" in
  -l) [ -f "{home}/tab" ] && exec cat "{home}/tab"
      echo "no crontab for someone" >&2; exit 1;;
  -) cat > "{home}/tab";;
  *) exit 2;;
esac
"""
_SYSTEMCTL = """#!/bin/sh
echo "$@" >> "{home}/systemctl.log"
case "$2" in
  enable) touch "{home}/enabled-$3";;
  disable) rm -f "{home}/enabled-$4";;
  is-active) [ -f "{home}/enabled-$3" ];;
esac
"""
_SCHTASKS = """#!{python}
import sys
from pathlib import Path
home, given = Path("{home}"), dict(zip(sys.argv[2::2], sys.argv[3::2]))
name = given.get("/TN", "").rpartition("\\\\")[2]
file = home / (name + ".task")
match sys.argv[1]:
    case "/Create":
        file.write_text(Path(given["/XML"]).read_text(encoding="utf-16"), encoding="utf-8")
    case "/Delete":
        file.unlink()
    case "/Query" if name:
        if not file.exists():
            sys.exit("ERROR: The system cannot find the file specified.")
        sys.stdout.buffer.write(file.read_bytes())
    case "/Query":
        names = [task.stem for task in home.glob("*.task")]
        if not names:
            sys.exit("ERROR: The system cannot find the path specified.")
        for name in names:
            print('"\\\\storeops\\\\' + name + '","2026/11/29 8:30:00","Ready"')
"""
_PROGRAMS = {"crontab": _CRONTAB, "systemctl": _SYSTEMCTL, "schtasks": _SCHTASKS}


def stand_in(home: Path, monkeypatch: pytest.MonkeyPatch, *names: str) -> Path:
    """Put stand-ins of some programs before everything else in PATH; the others are hidden.

    Returns:
        The folder they keep their things in.
    """
    programs = home / "programs"
    programs.mkdir()
    for tool in ("cat", "rm", "touch", "sh"):
        (programs / tool).symlink_to(f"/bin/{tool}")
    for name in names:
        text = _PROGRAMS[name].replace("{home}", str(home)).replace("{python}", sys.executable)
        (programs / name).write_text(text, encoding="utf-8")
        (programs / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(programs))
    return home


def refuse(home: Path, name: str, complaint: str) -> None:
    """Let a stand-in refuse everything with some words."""
    path = home / "programs" / name
    path.write_text(f'#!/bin/sh\necho "{complaint}" >&2\nexit 1\n', encoding="utf-8")


POSIX = pytest.mark.skipif(os.name == "nt", reason="the stand-ins are scripts")
