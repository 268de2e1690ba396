"""Renderers compute nothing, and the screen does not wait for the workbook's libraries."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import storeops.reporter

REPORTER = Path(storeops.reporter.__file__).parent


def test_renderers_never_divide():
    divisions = [
        f"{path.name}:{node.lineno}"
        for path in REPORTER.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.BinOp | ast.AugAssign)
        and isinstance(node.op, ast.Div)
        and not (isinstance(node.right, ast.Constant) and isinstance(node.right.value, str))
        and "path" not in ast.unparse(node).casefold()
        and "FOLDER" not in ast.unparse(node)
    ]
    assert divisions == []


@pytest.mark.parametrize(
    ("module", "absent"),
    [
        ("storeops.reporter.terminal", {"xlsxwriter", "openpyxl", "pandas", "numpy"}),
        ("storeops.reporter.jsondoc", {"xlsxwriter", "openpyxl", "pandas", "numpy", "rich"}),
        ("storeops.reporter.excel", {"openpyxl", "pandas", "numpy", "rich"}),
        ("storeops.reporter.chat", {"quickjs", "resvg_py", "jinja2", "pandas", "numpy", "rich"}),
        ("storeops.reporter.mail", {"xlsxwriter", "openpyxl", "pandas", "numpy", "rich"}),
        ("storeops.delivery.files", {"xlsxwriter", "openpyxl", "pandas", "rich", "yaml"}),
    ],
)
def test_importing_a_renderer_loads_only_what_it_needs(module, absent):
    code = f"import sys, {module}; print(*sorted({sorted(absent)!r} & sys.modules.keys()))"
    code = code.replace(f"{sorted(absent)!r}", f"set({sorted(absent)!r})")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
