"""The layers, walls and ceilings of the package, checked on its syntax trees.

The same rules stand as contracts in ``pyproject.toml``; this test holds them where the linter is
not installed, and those a linter of imports cannot see. Every rule is tried on a planted
violation first: a rule that cannot fail guards nothing.
"""

from __future__ import annotations

import ast
import os
import pkgutil
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "storeops"
CEILING = 400

LAYERS: tuple[tuple[str, ...], ...] = (
    ("messages",),
    ("errors",),
    ("yamlfile",),
    ("fields", "config"),
    ("facts",),
    ("calendars",),
    ("metrics", "history", "ingest"),
    ("diagnose",),
    ("reporter", "delivery"),
    ("demo",),
    ("pipeline",),
    ("fleet",),
    ("cli",),
)
"""Low to high: imports point down, and names of one row never meet."""
HEIGHT = {name: height for height, row in enumerate(LAYERS) for name in row}
DATA_FOLDERS = {"formats", "lang"}
"""YAML only; no layer, because no Python may stand there."""

ONLY_IN = {
    "typer": {"cli"},
    "click": set[str](),
    "python_calamine": {"ingest"},
    "lxml": {"ingest"},
    "zipfile": {"ingest", "demo"},
    "openpyxl": {"reporter"},
    "xlsxwriter": {"reporter", "demo"},
    "xlwt": {"demo"},
    "duckdb": {"history"},
    "concurrent": {"fleet"},
    "jinja2": {"reporter"},
    "quickjs": {"reporter"},
    "resvg_py": {"reporter"},
    "css_inline": {"reporter"},
    "requests": {"delivery"},
    "stamina": {"delivery"},
    "smtplib": {"delivery"},
    "keyring": {"delivery"},
    "crontab": set[str](),
    "subprocess": {"delivery"},
    "sqlite3": set[str](),
    "multiprocessing": set[str](),
    "dask": set[str](),
    "distributed": set[str](),
}
"""A library stands behind one wall, or nowhere. ``demo`` writes files shaped like the vendors'."""
EXCUSED_IMPORTS = {("reporter/excel/kept.py", "zipfile"), ("reporter/own_book.py", "zipfile")}
"""openpyxl lets BadZipFile through for a damaged workbook: one names the exception only, the other
also counts the parts of the user's own workbook, so that a rewrite loses none unseen."""

WITHOUT_PANDAS = {"cli", "config", "diagnose", "reporter"}
PURE = {"metrics", "diagnose"}
"""No clock, file, network or environment: the day comes in. Tables that ship inside the package
(metrics/*.yaml, calendars/*.yaml) are read through importlib.resources, which is part of the
program, not of the machine it runs on."""
IMPURE_MODULES = {
    "time", "os", "io", "pathlib", "shutil", "tempfile", "glob", "socket", "ssl", "http", "urllib",
    "requests", "subprocess", "random", "secrets", "getpass", "platform", "locale", "sys",
}  # fmt: skip
CLOCK_CALLS = {"now", "utcnow", "today", "monotonic", "perf_counter", "time_ns"}

NO_DIVISION = ("reporter/", "diagnose/topics/")
DIVISION_ALLOWED = {
    "reporter/lang.py": "joins paths",
    "reporter/excel/tables.py": "width of a text cell in characters",
}
"""Geometry and paths; a figure is divided in metrics.definitions only."""

CHINESE = re.compile(r"[\u3400-\u9fff]")
CHINESE_ALLOWED = {
    "cli/": "help is written before a language is chosen, so it stands in both",
    "metrics/definitions.py": "the platform's own words for its formulas, the source of each",
    "config.py": "examples and the platform's term in the descriptions of settings",
}
CHINESE_NAMES = {"微软雅黑"}
"""A font, by the name Excel knows it under on a Chinese system."""
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "common", "base", "manager", "misc"}


@dataclass(frozen=True)
class Module:
    """One source file of the package."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def layer(self) -> str:
        return self.path.split("/")[0].removesuffix(".py")


def modules() -> list[Module]:
    return [
        Module(path.relative_to(PACKAGE).as_posix(), path.read_text(encoding="utf-8"))
        for path in sorted(PACKAGE.rglob("*.py"))
    ]


def imported(module: Module) -> Iterator[str]:
    """Every name an import statement reaches, wherever it stands, ``from a import b`` as a.b too."""
    package = ["storeops", *module.path.split("/")[:-1]]
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            upward = package[: len(package) + 1 - node.level] if node.level else []
            origin = ".".join([*upward, *filter(None, [node.module])])
            yield origin
            yield from (f"{origin}.{alias.name}" for alias in node.names)


def roots(module: Module) -> set[str]:
    """Top-level packages a module imports."""
    return {name.split(".")[0] for name in imported(module)}


def calls(module: Module) -> Iterator[tuple[ast.Call, str]]:
    """Every call with the last part of what is called."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name):
                yield node, node.func.id
            elif isinstance(node.func, ast.Attribute):
                yield node, f".{node.func.attr}"


def texts(module: Module) -> Iterator[tuple[ast.Constant, str]]:
    """Every string constant, docstrings too."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node, node.value


def layers(module: Module) -> Iterator[str]:
    """Imports point down, siblings do not meet, every module has a place."""
    if module.path in {"__init__.py", "__main__.py"}:
        return
    if module.layer not in HEIGHT:
        yield f"{module.layer} stands in no layer"
        return
    for name in imported(module):
        parts = name.split(".")
        if parts[0] != "storeops" or len(parts) == 1 or parts[1] == module.layer:
            continue
        there = HEIGHT.get(parts[1])
        if there is not None and there >= HEIGHT[module.layer]:
            yield f"imports {name}"


def walls(module: Module) -> Iterator[str]:
    """A library is imported behind its wall only."""
    for root in roots(module) & ONLY_IN.keys():
        if module.layer not in ONLY_IN[root] and (module.path, root) not in EXCUSED_IMPORTS:
            yield f"imports {root}"


def frames(module: Module) -> Iterator[str]:
    """Commands, settings, findings and renderers see no frame."""
    if module.layer in WITHOUT_PANDAS and "pandas" in roots(module):
        yield "imports pandas"


def purity(module: Module) -> Iterator[str]:
    """Metrics and diagnosis reach no clock, file, network or environment."""
    if module.layer not in PURE:
        return
    yield from (f"imports {root}" for root in roots(module) & IMPURE_MODULES)
    for node, name in calls(module):
        if name in {"open", "input"} or name.removeprefix(".") in CLOCK_CALLS:
            yield f"line {node.lineno}: calls {name}"


def ceiling(module: Module) -> Iterator[str]:
    """A file that grows beyond the ceiling is two files."""
    if (lines := module.text.count("\n")) > CEILING:
        yield f"{lines} lines"


def printing(module: Module) -> Iterator[str]:
    """The command line alone writes to the streams."""
    yield from (f"line {node.lineno}: prints" for node, name in calls(module) if name == "print")


def missing_is_not_zero(module: Module) -> Iterator[str]:
    """No absent value becomes a zero, neither in frames nor in SQL."""
    for node, name in calls(module):
        given = [*node.args, *(word.value for word in node.keywords)]
        zero = any(isinstance(arg, ast.Constant) and arg.value == 0 for arg in given)
        if name == ".fillna" and zero:
            yield f"line {node.lineno}: fillna(0)"
    for node, text in texts(module):
        if re.search(r"(?i)\b(coalesce|ifnull)\s*\([^()]*,\s*0(\.0*)?\s*\)", text):
            yield f"line {node.lineno}: COALESCE(..., 0)"


def row_loops(module: Module) -> Iterator[str]:
    """Frames are worked on column by column."""
    for node, name in calls(module):
        rowwise = name == ".apply" and any(
            word.arg == "axis"
            and isinstance(word.value, ast.Constant)
            and word.value.value in {1, "columns"}
            for word in node.keywords
        )
        if name == ".iterrows" or rowwise:
            yield f"line {node.lineno}: {name}"


def division(module: Module) -> Iterator[str]:
    """Topics and renderers ask metrics; they never divide."""
    if not module.path.startswith(NO_DIVISION) or module.path in DIVISION_ALLOWED:
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(
            node.op, ast.Div | ast.FloorDiv
        ):
            yield f"line {node.lineno}: divides"
    yield from (
        f"imports {name}"
        for name in imported(module)
        if name in {"operator.truediv", "operator.floordiv"}
    )


def chinese(module: Module) -> Iterator[str]:
    """Labels, headers and sentences are data; code holds none, docstrings may quote them."""
    if module.path.startswith(tuple(CHINESE_ALLOWED)):
        return
    prose = {id(node.value) for node in ast.walk(module.tree) if isinstance(node, ast.Expr)}
    for node, text in texts(module):
        if id(node) not in prose and CHINESE.search(text) and text not in CHINESE_NAMES:
            yield f"line {node.lineno}: {text[:20]!r}"


def names(module: Module) -> Iterator[str]:
    """A name says what is inside."""
    parts = module.path.removesuffix(".py").split("/")
    yield from (f"is named {part}" for part in parts if part.strip("_") in VAGUE_NAMES)


Rule = Callable[[Module], Iterator[str]]
RULES: tuple[Rule, ...] = (
    layers, walls, frames, purity, ceiling, printing, missing_is_not_zero, row_loops, division,
    chinese, names,
)  # fmt: skip

PLANTED: tuple[tuple[Rule, str, str], ...] = (
    (layers, "metrics/x.py", "from storeops.reporter import blocks"),
    (layers, "metrics/x.py", "from storeops import history"),
    (layers, "ingest/x.py", "def f():\n    import storeops.metrics.figures"),
    (layers, "errors.py", "from storeops.facts import FACTS"),
    (layers, "metrics/x.py", "from ..cli import options"),
    (layers, "demo/x.py", "from storeops.pipeline import morning"),
    (layers, "newcomer/x.py", ""),
    (walls, "pipeline/x.py", "import typer"),
    (walls, "cli/x.py", "import click"),
    (walls, "reporter/x.py", "from python_calamine import CalamineWorkbook"),
    (walls, "demo/x.py", "from lxml import etree"),
    (walls, "history/x.py", "import zipfile"),
    (walls, "pipeline/x.py", "import openpyxl"),
    (walls, "delivery/x.py", "from xlsxwriter.workbook import Workbook"),
    (walls, "reporter/x.py", "import xlwt"),
    (walls, "pipeline/x.py", "def f():\n    import duckdb"),
    (walls, "delivery/x.py", "import sqlite3"),
    (walls, "delivery/x.py", "import jinja2"),
    (walls, "pipeline/x.py", "import requests"),
    (walls, "pipeline/x.py", "from concurrent.futures import ThreadPoolExecutor"),
    (frames, "cli/x.py", "import pandas as pd"),
    (frames, "config.py", "import pandas"),
    (frames, "diagnose/topics/x.py", "from pandas import DataFrame"),
    (frames, "reporter/excel/x.py", "if TYPE_CHECKING:\n    import pandas as pd"),
    (purity, "metrics/x.py", "import time"),
    (purity, "metrics/x.py", "today = date.today()"),
    (purity, "diagnose/x.py", "moment = datetime.now(UTC)"),
    (purity, "diagnose/x.py", "from pathlib import Path"),
    (purity, "metrics/x.py", "rows = open('a.csv').read()"),
    (purity, "diagnose/topics/x.py", "from os import environ"),
    (purity, "metrics/x.py", "import socket"),
    (ceiling, "metrics/x.py", "x = 1\n" * (CEILING + 1)),
    (printing, "ingest/x.py", "print('done')"),
    (missing_is_not_zero, "metrics/x.py", "frame.fillna(0)"),
    (missing_is_not_zero, "metrics/x.py", "frame.fillna(value=0.0)"),
    (missing_is_not_zero, "history/x.py", "SQL = 'SELECT sum(coalesce(visitors, 0)) FROM t'"),
    (row_loops, "history/x.py", "for _, row in frame.iterrows():\n    pass"),
    (row_loops, "metrics/x.py", "frame.apply(f, axis=1)"),
    (division, "reporter/x.py", "share = part / total"),
    (division, "diagnose/topics/x.py", "total //= 2"),
    (division, "reporter/x.py", "from operator import truediv"),
    (chinese, "ingest/x.py", "HEADER = '支付金额'"),
    (chinese, "reporter/x.py", "def f(n):\n    return f'共{n}个'"),
    (names, "ingest/utils.py", ""),
    (names, "reporter/base/x.py", ""),
)  # fmt: skip


@pytest.mark.parametrize(("rule", "path", "text"), PLANTED)
def test_a_planted_violation_is_caught(rule: Rule, path: str, text: str) -> None:
    assert list(rule(Module(path, text)))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_every_module_keeps_the_rule(rule: Rule) -> None:
    assert [f"{module.path}: {fault}" for module in modules() for fault in rule(module)] == []


def test_every_rule_is_tried_on_a_violation() -> None:
    assert {rule for rule, _, _ in PLANTED} == set(RULES)


def test_excuses_are_still_needed() -> None:
    known = {module.path: module for module in modules()}
    assert all(root in roots(known[path]) for path, root in EXCUSED_IMPORTS)
    assert all(
        any(path.startswith(prefix) for path in known)
        for prefix in (*DIVISION_ALLOWED, *CHINESE_ALLOWED)
    )


def test_data_folders_hold_no_code() -> None:
    assert [path for folder in DATA_FOLDERS for path in (PACKAGE / folder).rglob("*.py")] == []


def test_the_linter_knows_the_same_layers_and_walls() -> None:
    project = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = {c["name"]: c for c in project["tool"]["importlinter"]["contracts"]}
    told = tuple(frozenset(row.split(" | ")) for row in reversed(contracts["layers"]["layers"]))
    assert told == tuple(frozenset(row) for row in LAYERS)
    protected = {
        library: {name.removeprefix("storeops.") for name in contract["allowed_importers"]}
        for contract in contracts.values()
        if contract["type"] == "protected"
        for library in contract["protected_modules"]
    }
    assert protected == {library: where for library, where in ONLY_IN.items() if where}
    unused = contracts["not used at all: one database, one engine, typer's own click"]
    assert set(unused["forbidden_modules"]) == {
        name for name, where in ONLY_IN.items() if not where
    }


def test_importing_any_module_does_nothing_one_can_see(tmp_path: Path) -> None:
    names = [
        info.name
        for info in pkgutil.walk_packages([str(PACKAGE)], "storeops.")
        if not info.name.endswith("__main__")
    ]
    assert len(names) > 50
    code = "import importlib, sys\nfor name in sys.argv[1:]: importlib.import_module(name)"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, *names],
        cwd=tmp_path, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(PACKAGE.parent)},
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert list(tmp_path.iterdir()) == []
