"""What the documents say is what the program does: generated, executed, or compared here."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import generate
import pytest
import typer.main

from storeops.cli import app
from storeops.config import Settings, load_settings
from storeops.fields import FIELDS
from storeops.ingest.shelf import load_layouts
from storeops.metrics.definitions import METRICS

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
COMMANDS = dict(generate.walk(typer.main.get_command(app), ()))
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def blocks(name: str) -> list[tuple[str, str]]:
    """Language and content of every fenced block of a page."""
    return FENCE.findall(text(name))


def run(line: str, folder: Path) -> str:
    """Run a ``$ storeops ...`` line of a page and give what it prints."""
    words = line.removeprefix("$ storeops ").split()
    done = subprocess.run(
        [sys.executable, "-m", "storeops", *words],
        cwd=folder, capture_output=True, encoding="utf-8", check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "80", "NO_COLOR": "1"},
    )  # fmt: skip
    assert done.returncode in {0, 1}, done.stderr
    return done.stdout


@pytest.mark.parametrize("name", generate.PAGES)
def test_generated_page_is_what_the_program_says_now(name: str) -> None:
    assert text(name) == generate.PAGES[name](), "run: python docs/generate.py"


def test_every_command_and_option_is_documented() -> None:
    page = text("docs/commands.md")
    assert len(COMMANDS) > 10
    for path, command in COMMANDS.items():
        section = page.split(f"\n## {' '.join(path)}\n")[1].split("\n## ")[0]
        spellings = [spelling for param in command.params for spelling in param.opts]
        assert [s for s in spellings if s.startswith("-") and f"`{s}" not in section] == []


def test_every_option_has_a_help_text() -> None:
    silent = [
        (*path, param.name)
        for path, command in COMMANDS.items()
        for param in command.params
        if not (param.help or "").strip()
    ]
    assert silent == []


def test_every_metric_is_documented_with_source_and_formula() -> None:
    page = text("docs/metrics.md")
    for name, metric in METRICS.items():
        assert page.count(f"\n| `{name}` |") == 2
        assert metric.source.replace("|", "\\|") in page
        assert set(metric.columns) <= set(FIELDS)


def test_every_layout_is_documented_with_every_header() -> None:
    page, readme = text("docs/formats.md"), text("README.md")
    for layout in load_layouts(None):
        section = page.split(f"\n## {layout.name}\n")[1].split("\n## ")[0]
        assert layout.how_to_get in section
        assert f"(docs/formats.md#{layout.name})" in readme
        headers = [name for column in layout.columns.values() for name in column.header]
        assert [name for name in (*headers, *layout.ignore) if name not in section] == []


def test_commands_named_in_a_page_exist() -> None:
    known = {path[0] for path in COMMANDS}
    for page in PAGES:
        said = re.findall(r"(?:^\$? ?|`)storeops ([a-z]+)", page.read_text("utf-8"), re.MULTILINE)
        assert set(said) <= known, page.name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for target, anchor in re.findall(
        r"\]\((?!https?:)([^)#\s]*)#?([^)]*)\)", page.read_text("utf-8")
    ):
        there = (page.parent / target).resolve() if target else page
        assert there.exists(), target
        if anchor:
            assert f"\n## {anchor}\n" in there.read_text("utf-8"), anchor


def test_the_readme_opens_with_a_sentence_the_answer_and_two_commands() -> None:
    page = text("README.md")
    order = [
        page.index(part)
        for part in (
            "# storeops",
            "$ storeops diagnose",
            "sh dev samples",
            "sh dev test",
            "## Install",
        )
    ]
    assert order == sorted(order)
    both = text(".ci/run")
    assert "sh dev samples" in both
    assert "sh dev test" in both


def test_the_format_tutorial_holds_word_for_word(tmp_path: Path) -> None:
    found = blocks("docs/adding-a-format.md")
    service, daily = [body for kind, body in found if kind == "csv"]
    draft, finished, shop = [body for kind, body in found if kind == "yaml"]
    new, check, read, read_again = [body for kind, body in found if kind == "console"]
    layouts = tmp_path / "formats"

    def holds(said: str) -> None:
        command, answer = said.split("\n", 1)
        assert run(command, tmp_path).replace(os.sep, "/") == answer

    (tmp_path / "lighthouse_2026-09.csv").write_text(service, encoding="utf-8")
    holds(new)
    assert (layouts / "lighthouse_2026_09.yaml").read_text(encoding="utf-8") == draft
    (layouts / "lighthouse_2026_09.yaml").write_text(finished, encoding="utf-8")
    holds(check)
    holds(read)
    (tmp_path / "daily_2026-09.csv").write_text(daily, encoding="utf-8")
    (layouts / "lighthouse_shop.yaml").write_text(shop, encoding="utf-8")
    holds(read_again)


def test_the_format_tutorial_tells_the_truth_about_its_checks(tmp_path: Path) -> None:
    found = blocks("docs/adding-a-format.md")
    daily = [body for kind, body in found if kind == "csv"][1]
    shop = [body for kind, body in found if kind == "yaml"][2]
    (tmp_path / "formats").mkdir()
    (tmp_path / "formats" / "lighthouse_shop.yaml").write_text(shop, encoding="utf-8")
    wrong = daily.replace("10533.60", "1053.60")
    assert wrong != daily
    (tmp_path / "daily_2026-09.csv").write_text(wrong, encoding="utf-8")
    said = run("$ storeops import --lang en", tmp_path)
    assert "F4" in said
    assert "159.60" in said
    assert "15.96" in said


def test_the_design_page_draws_the_layers_that_are_enforced() -> None:
    drawn = blocks("docs/design.md")[1][1]
    rows = [row.strip() for row in drawn.replace("\n", " ").split(">")]
    contract = re.search(
        r"^layers = \[\n(.*?)^\]", text("pyproject.toml"), re.DOTALL | re.MULTILINE
    )
    assert contract is not None
    assert rows == re.findall(r'"([^"]+)"', contract[1])


def test_every_dependency_is_justified_on_the_design_page() -> None:
    listed = re.search(
        r"^dependencies = \[\n(.*?)^\]", text("pyproject.toml"), re.DOTALL | re.MULTILINE
    )
    assert listed is not None
    names = re.findall(r'"([a-z-]+)[><=]', listed[1])
    assert len(names) > 8
    assert [name for name in names if f"\n| {name} |" not in text("docs/design.md")] == []


def test_the_example_configuration_loads_and_changes_nothing() -> None:
    assert load_settings(ROOT / "config.example.yaml") == Settings()


def test_every_promise_of_speed_and_memory_is_measured_on_the_page() -> None:
    page = text("docs/benchmarks.md")
    rows = page.split("<!-- measured -->")[1].split("<!-- end -->")[0]
    promised = ("`storeops --help`", "first import of", "memory of that import", "`storeops diagnose`",
                "diagnosis, 200 items, 400 days", "memory, 3 years against 400 days")  # fmt: skip
    assert [line for line in promised if f"\n| {line}" not in rows] == []
