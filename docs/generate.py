"""Write the pages that are made from the program itself, or check that they are up to date.

    python docs/generate.py            write
    python docs/generate.py --check    name what differs and end with status 1

Pages: docs/commands.md, docs/metrics.md, docs/formats.md, config.example.yaml, and the parts of
README.md between ``<!-- generated: NAME -->`` and ``<!-- end -->``.
"""

from __future__ import annotations

import difflib
import enum
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, get_args, get_type_hints

import typer.main

from storeops import config
from storeops.cli import app
from storeops.facts import FACTS
from storeops.ingest.layout import Layout
from storeops.ingest.shelf import load_layouts
from storeops.metrics.definitions import METRICS, Metric
from storeops.reporter.lang import catalogue

ROOT = Path(__file__).parent.parent
NOTE = "<!-- Written by docs/generate.py; change the program, not this page. -->\n"
ZH, EN = catalogue("zh"), catalogue("en")
CONSOLE = ("diagnose", "samples/shop", "--lang", "en")
"""The command of the README's console block."""


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Draw a Markdown table; a bar inside a cell is escaped."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(
        "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in line) + " |\n"
        for line in lines
    )


# commands


def commands() -> str:
    """Describe every command with its arguments, options, defaults and examples."""
    root = typer.main.get_command(app)
    lines = [
        "# Commands\n\n",
        NOTE,
        "\nResults go to stdout, talk to stderr. `NO_COLOR` is honoured. A folder that is not "
        "given is the current one. Also: `storeops --version`, `storeops --install-completion` "
        "(bash, zsh, fish, PowerShell) and `storeops --show-completion`.\n\n",
        table(
            ("exit status", "means"),
            (
                ("0", "normal"),
                ("1", "something needs attention"),
                ("2", "data missing or invalid, or a wrong command line"),
                ("3", "a fault of storeops: please report it"),
            ),
        ),
    ]
    for path, command in walk(root, ()):
        lines += describe(path, command)
    return "".join(lines)


def walk(command: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Give every command that does something, with the words that call it."""
    for name, child in command.commands.items():
        if hasattr(child, "commands"):
            yield from walk(child, (*path, name))
        else:
            yield (*path, name), child


def describe(path: tuple[str, ...], command: Any) -> Iterator[str]:
    """Describe one command."""
    arguments = [p for p in command.params if p.param_type_name == "argument"]
    options = [p for p in command.params if p.param_type_name == "option"]
    usage = " ".join(["storeops", *path, *(_placeholder(p) for p in arguments)])
    yield f"\n## {' '.join(path)}\n\n{command.help}\n\n```text\n{usage} [OPTIONS]\n```\n\n"
    hints = get_type_hints(command.callback)
    rows = [(_spelling(p, hints), _default(p), p.help or "") for p in (*arguments, *options)]
    yield table(("argument or option", "default", "meaning"), rows)
    if command.epilog:
        yield f"\n```text\n{command.epilog.replace(chr(8), '').strip()}\n```\n"


def _placeholder(param: Any) -> str:
    name = param.name.upper() + ("..." if param.nargs == -1 else "")
    return name if param.required else f"[{name}]"


def _spelling(param: Any, hints: dict[str, Any]) -> str:
    if param.param_type_name == "argument":
        return f"`{param.name.upper()}`"
    choices = _choices(hints.get(param.name))
    value = "" if param.is_flag else " " + (choices or param.metavar or param.name.upper())
    return ", ".join(f"`{spelling}{value}`" for spelling in param.opts)


def _choices(hint: Any) -> str:
    for kind in (hint, *get_args(hint)):
        if isinstance(kind, type) and issubclass(kind, enum.Enum):
            return "|".join(str(member.value) for member in kind)
    return ""


def _default(param: Any) -> str:
    if param.required:
        return "required"
    is_said = param.default not in (None, False, ())
    return f"`{param.default}`" if is_said else ""


# metrics


def metrics() -> str:
    """Describe every metric: names, formula, unit, what may be added, source and caution."""
    lines = [
        "# Metrics\n\n",
        NOTE,
        "\nEvery formula of the program, once (`storeops/metrics/definitions.py`). A ratio is the "
        "ratio of sums, never a mean of ratios; missing is never zero; a count of people is never "
        "added over days, items, sources or devices. Rates are fractions, money is yuan.\n\n",
        table(
            ("metric", "中文", "English", "unit", "may be added", "from"),
            (
                (
                    f"`{name}`",
                    ZH.term("metric", name),
                    EN.term("metric", name),
                    metric.unit.value,
                    {"sum": "yes", "people": "no: people"}.get(metric.additivity, "no: recompute"),
                    ", ".join(f"`{fact}`" for fact in metric.facts),
                )
                for name, metric in METRICS.items()
            ),
        ),
        "\n## Formulas and sources\n\n",
        table(
            ("metric", "formula", "as the platform defines it", "caution"),
            (
                (f"`{name}`", f"`{formula(metric)}`", metric.source, metric.caution)
                for name, metric in METRICS.items()
            ),
        ),
    ]
    return "".join(lines)


def formula(metric: Metric) -> str:
    """Write the formula of a metric with column names."""
    kind: Any = metric.kind
    if not hasattr(kind, "numerator"):
        return " + ".join(metric.columns)
    above, below = (" + ".join(side) for side in (kind.numerator, kind.denominator))
    factor = "" if kind.times == 1 else f" × {kind.times:g}"
    return f"sum({above}) / sum({below}){factor}"


# formats


def formats() -> str:
    """Describe every export that is understood, and what to do about one that is not."""
    known = load_layouts(None)
    lines = [
        "# Exports that are understood\n\n",
        NOTE,
        "\nA file is recognised by its headers, never by its name or extension: .xls (binary, "
        "HTML or XML inside), .xlsx, .csv and .tsv (UTF-8 or GB18030), and zip files of these. "
        "Columns may stand in any order.\n\n",
        "**No public description of the headers is known** for reports that sellers do not "
        "publish or that differ by tool: customer-service performance (赤兔), ERP stock, coupons, "
        "reviews, violations. They are not guessed here. A *mapped table* serves "
        "them: `storeops formats new FILE` drafts a layout from the file itself, you correct it, "
        "`storeops formats check` proves it ([tutorial](adding-a-format.md)).\n\n",
        "**Rivals and the industry** have no download of the platform's own that is publicly "
        "known: the layouts below follow the tables that collectors and plugins write, and the "
        "table kept by hand (`storeops competitors init`). Figures are kept as shown, exact or as "
        "a range. A table with other headers is taught like any other: with `fact: rival_daily`, "
        "`market_daily` or `market_rank` and its headers under `entries` it answers the same "
        "questions, as a mapped table it is shown as it is.\n\n",
        layout_table(known, ""),
    ]
    for layout in known:
        lines += layout_section(layout)
    return "".join(lines)


def layout_table(known: Iterable[Layout], page: str) -> str:
    """List the layouts with a link to the section of each."""
    return table(
        ("export", "中文", "feeds", "where to download it"),
        (
            (
                f"[{EN.term('layout', layout.name)}]({page}#{layout.name})",
                ZH.term("layout", layout.name),
                EN.term("fact", layout.fact),
                layout.how_to_get,
            )
            for layout in known
        ),
    )


def layout_section(layout: Layout) -> Iterator[str]:
    """Describe one layout: columns, what comes from outside, checks, limits, what is ignored."""
    yield f"\n## {layout.name}\n\n{layout.title}\n\n"
    yield f"- feeds: `{layout.fact}` ({ZH.term('fact', layout.fact)})\n"
    if layout.longer:
        fact = ZH.term("fact", layout.longer)
        yield f"- rows of more than one day feed: `{layout.longer}` ({fact})\n"
    yield f"- download: {layout.how_to_get}\n"
    yield f"- recognised by: {_list(layout.match)}\n"
    if layout.match_any:
        yield f"- and any of: {_list(layout.match_any)}\n"
    if outside := _outside(layout):
        yield f"- not in the file, from its name, a setting or an option: {outside}\n"
    for limit in layout.limits:
        yield f"- warned of: a download cut off at {limit.at} {limit.of}\n"
    keys = FACTS[layout.fact].keys
    rows = [
        (
            f"`{name}`" + (" (key)" if name in keys else ""),
            "、".join(column.header),
            "yes" if column.required else "",
        )
        for name, column in layout.columns.items()
    ]
    yield "\n" + table(("column", "headers, newest first", "required"), rows)
    yield from _checks(layout)
    if layout.ignore:
        yield f"\nKnown and left out: {_list(layout.ignore)}\n"


def _checks(layout: Layout) -> Iterator[str]:
    checks = layout.checks
    said = [f"{_list(r.header)} = {r.numerator} / {r.denominator}" for r in checks.ratios]
    said += [f"max({', '.join(c.parts)}) ≤ {c.total} ≤ their sum" for c in checks.people]
    said += [f"{c.total} = {' + '.join(c.parts)}" for c in checks.sums]
    if said:
        yield "\nThe vendor's own numbers must agree:\n\n"
        yield from (f"- {line}\n" for line in said)


def _outside(layout: Layout) -> str:
    outside = layout.outside
    named = [name for name in ("item_id", "window", "attribution") if getattr(outside, name)]
    return ", ".join([*(["date"] if outside.date != "column" else []), *named])


def _list(headers: Iterable[str]) -> str:
    return "、".join(headers)


# the README


def console() -> str:
    """Run the console block's command on a copy of the samples and show what it prints."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(
            ROOT / "samples",
            Path(folder, "samples"),
            ignore=shutil.ignore_patterns(".storeops", "reports"),
        )
        done = subprocess.run(
            [sys.executable, "-m", "storeops", *CONSOLE],
            cwd=folder,
            env={**os.environ, "COLUMNS": "80", "PYTHONPATH": str(ROOT), "NO_COLOR": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
            check=False,
        )
    if done.returncode not in {0, 1}:
        raise SystemExit(f"storeops {' '.join(CONSOLE)} ended with {done.returncode}")
    lines = [line.rstrip() for line in done.stdout.strip("\n").splitlines()]
    return "\n".join(["```console", f"$ storeops {' '.join(CONSOLE)}", *lines, "```\n"])


def readme_layouts() -> str:
    """List the layouts for the README."""
    return layout_table(load_layouts(None), "docs/formats.md")


PARTS: dict[str, Callable[[], str]] = {"console": console, "formats": readme_layouts}


def readme() -> str:
    """Fill the generated parts of the README and keep the rest."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for name, make in PARTS.items():
        mark = re.escape(f"<!-- generated: {name} -->")
        found = re.compile(f"({mark}\n).*?(<!-- end -->)", re.DOTALL)
        if not found.search(text):
            raise SystemExit(f"README.md lacks the part {name}")
        made = make()
        text = found.sub(lambda match, made=made: match[1] + made + match[2], text)  # type: ignore[misc]
    return text


PAGES: dict[str, Callable[[], str]] = {
    "docs/commands.md": commands,
    "docs/metrics.md": metrics,
    "docs/formats.md": formats,
    "config.example.yaml": config.example,
    "README.md": readme,
}


def differences() -> Iterator[str]:
    """Show for every page how it differs from what the program says now."""
    for name, make in PAGES.items():
        path = ROOT / name
        there = path.read_text(encoding="utf-8") if path.is_file() else ""
        yield from difflib.unified_diff(
            there.splitlines(), make().splitlines(), name, f"{name} (generated)", lineterm="", n=1
        )


def main(arguments: Sequence[str]) -> int:
    """Write the pages, or with ``--check`` compare them."""
    if "--check" not in arguments:
        for name, make in PAGES.items():
            (ROOT / name).write_text(make(), encoding="utf-8", newline="\n")
        return 0
    found = list(differences())
    if found:
        sys.stderr.write("\n".join([*found, "run: python docs/generate.py"]) + "\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
