"""The command line from outside: it starts light, explains itself, and ends with the right status."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer.main
from typer.testing import CliRunner

from storeops import __version__
from storeops.cli import app
from storeops.cli.topics import COMMANDS
from storeops.diagnose.topics import TOPICS

ROOT = Path(__file__).parent.parent
HEAVY = (
    "pandas", "numpy", "duckdb", "openpyxl", "xlsxwriter", "xlwt", "python_calamine", "lxml",
    "yaml", "filelock", "storeops.config", "storeops.pipeline", "storeops.metrics",
)  # fmt: skip
"""typer itself brings pydantic in when it reads the options of a command."""
LOADED = """
import sys
from storeops.cli import main
sys.argv[1:] = sys.argv[2:]
try:
    main()
except SystemExit as end:
    assert end.code in (0, None), end.code
sys.stderr.write(" ".join(sys.modules))
"""
each_command = pytest.mark.parametrize(
    "words",
    [
        (name, *inner)
        for name, command in typer.main.get_command(app).commands.items()  # type: ignore[attr-defined]
        for inner in [(), *((child,) for child in getattr(command, "commands", {}))]
    ],
    ids=" ".join,
)


def storeops(*words: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "storeops", *words],
        cwd=cwd, capture_output=True, encoding="utf-8", check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip


@pytest.mark.parametrize(
    "words", [("--help",), ("--version",), ("diagnose", "--help")], ids=" ".join
)
def test_help_loads_nothing_heavy(words: tuple[str, ...]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOADED, "storeops", *words],
        cwd=ROOT, capture_output=True, encoding="utf-8", check=True,
    )  # fmt: skip
    loaded = done.stderr.split()
    assert "storeops.cli.diagnose" in loaded
    assert [name for name in HEAVY if name in loaded] == []


def test_the_list_of_commands_needs_no_models() -> None:
    code = "import sys; from storeops.cli import app; sys.exit('pydantic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_version_is_the_package_s() -> None:
    done = storeops("--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"storeops {__version__}\n", "")


@each_command
def test_every_command_explains_itself_in_both_languages(words: tuple[str, ...]) -> None:
    shown = CliRunner().invoke(app, [*words, "--help"])
    assert shown.exit_code == 0
    assert " / " in shown.output
    assert any("\u4e00" <= mark <= "\u9fff" for mark in shown.output)


def test_no_command_shows_the_help() -> None:
    done = storeops()
    assert "diagnose" in done.stdout + done.stderr
    assert done.returncode in {0, 2}


@pytest.mark.parametrize(
    "words",
    [("diagnoze",), ("diagnose", "--no-such"), ("diagnose", "no-such-folder"), ("trace", "visitors"),
     ("diagnose", ".", "--date", "yesterday"), ("diagnose", ".", "--ad-window", "14")],
    ids=" ".join,
)  # fmt: skip
def test_a_wrong_command_line_ends_with_two_and_writes_nothing(
    words: tuple[str, ...], tmp_path: Path
) -> None:
    done = storeops(*words, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.strip()
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_every_topic_has_its_command_and_the_reverse() -> None:
    asked = {topic.name for topic in TOPICS} - {"data"}
    assert asked == set(COMMANDS) | {"competitors", "market"}


def test_the_example_configuration_is_printed_as_it_ships() -> None:
    done = storeops("config", "--example")
    assert done.returncode == 0
    assert done.stdout == (ROOT / "config.example.yaml").read_text(encoding="utf-8")
