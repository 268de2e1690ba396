"""Put a measured table into docs/benchmarks.md, between its markers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

PAGE = Path(__file__).parent.parent / "docs" / "benchmarks.md"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Lay out a table of the page."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def write(name: str, text: str) -> None:
    """Replace what stands between the markers of a part.

    Raises:
        SystemExit: The page has no such part.
    """
    page = PAGE.read_text(encoding="utf-8")
    pattern = re.compile(rf"(<!-- measured: {re.escape(name)} -->\n).*?(<!-- end -->)", re.DOTALL)
    if not pattern.search(page):
        raise SystemExit(f"docs/benchmarks.md has no part named {name}")
    page = pattern.sub(lambda found: found[1] + text.rstrip() + "\n" + found[2], page)
    PAGE.write_text(page, encoding="utf-8")


def write_table(
    name: str, heads: Sequence[str], rows: Iterable[Sequence[str]], told: str = ""
) -> None:
    """Write one table, with a sentence above it."""
    write(name, (f"{told}\n\n" if told else "") + table(heads, rows))
