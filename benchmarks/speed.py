"""Measure what storeops promises about time and memory, as ratios within one run.

    python benchmarks/speed.py [--runs N] [--write]

Whole processes are timed from outside, the two sides of a ratio by turns, and the median is
taken; memory is the peak resident size of the child. ``--write`` puts the table into
docs/benchmarks.md. Numbers of a shared machine differ by the hour: the ratios are what counts.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "benchmarks.md"
STOREOPS = (sys.executable, "-m", "storeops")
LIBRARIES = ("typer", "pandas", "duckdb", "python-calamine", "xlsxwriter")
MEGABYTE = 2**20
ANSWERED = {0, 1}
EXPORTS = {".xls", ".xlsx", ".csv", ".zip"}


@dataclass(frozen=True)
class Run:
    """One process: how long it took, its peak memory in bytes (None where unknown), its end."""

    seconds: float
    peak: int | None
    status: int


@dataclass(frozen=True)
class Line:
    """One line of the table; a value of None is said to be absent, with the reason."""

    what: str
    measured: str
    against: str
    value: float | None
    limit: float | None
    unit: str = "×"
    absent: str = ""

    @property
    def cells(self) -> tuple[str, str, str, str, str, str]:
        """Give the texts of the table's line."""
        value = f"{self.value:.2f} {self.unit}" if self.value is not None else self.absent
        limit = f"≤ {self.limit:g} {self.unit}" if self.limit is not None else "shown"
        verdict = ""
        if self.limit is not None:
            met = self.value is not None and self.value <= self.limit
            verdict = "yes" if met else ("absent" if self.value is None else "**no**")
        return (self.what, self.measured, self.against, value, limit, verdict)


def run(command: Sequence[str], *, end: set[int] | None = None) -> Run:
    """Run a process to its end and look at what it used.

    Linux counts the parent's memory at the fork as the child's, so this process stays small: all
    data are written by children.

    Raises:
        RuntimeError: It ended with a status that is not among those expected.
    """
    env = {**os.environ, "PYTHONPATH": str(HERE.parent), "COLUMNS": "80"}
    with tempfile.TemporaryFile() as said:
        start = time.perf_counter()
        child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=said, env=env)
        peak = None
        if hasattr(os, "wait4"):
            _, waited, usage = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(waited)
            peak = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
        seconds, status = time.perf_counter() - start, child.wait()
        if status not in (end or {0}):
            said.seek(0)
            tail = said.read().decode(errors="replace").strip().splitlines()[-1:]
            raise RuntimeError(f"{' '.join(command[1:4])} ended with {status}: {' '.join(tail)}")
    return Run(seconds, peak, status)


def middle(runs: Sequence[Run]) -> float:
    """Median seconds."""
    return median(one.seconds for one in runs)


def peak(runs: Sequence[Run]) -> float | None:
    """Largest peak in MB; None where the system does not tell."""
    known = [one.peak for one in runs if one.peak is not None]
    return max(known) / MEGABYTE if known else None


def by_turns(count: int, *sides: Callable[[], Run]) -> list[list[Run]]:
    """Run every side once to warm up, then by turns."""
    for side in sides:
        side()
    rounds = [[side() for side in sides] for _ in range(count)]
    return [list(column) for column in zip(*rounds, strict=True)]


def python(code: str) -> Callable[[], Run]:
    """Run a line of Python in a fresh process."""
    return lambda: run((sys.executable, "-c", code))


def ratio(what: str, ours: list[Run], against: str, theirs: list[Run], limit: float | None) -> Line:
    """Compare two medians."""
    mine, other = middle(ours), middle(theirs)
    said = f"{against}: {other * 1000:.0f} ms"
    return Line(what, f"{mine * 1000:.0f} ms", said, mine / other, limit)


def megabytes(what: str, measured: str, value: float | None, limit: float | None) -> Line:
    """Report a size."""
    return Line(what, measured, "", value, limit, "MB", "this system does not tell")


def starting(count: int) -> Iterator[Line]:
    """Time the help against its libraries alone."""
    ours, theirs = by_turns(count, lambda: run((*STOREOPS, "--help")), python("import typer, rich"))
    yield ratio("`storeops --help`", ours, "import typer and rich", theirs, 1.5)


def reading(count: int, place: Path, items: int, limit: float | None) -> Iterator[Line]:
    """Time the first import against the container libraries alone, with and without start-up."""
    folder = place / f"shop{items}"
    run((*STOREOPS, "demo", str(folder), "--days", "150", "--items", str(items)))
    files = sum(path.suffix in EXPORTS for path in folder.rglob("*"))
    record = folder / ".storeops"

    def fresh() -> Run:
        shutil.rmtree(record, ignore_errors=True)
        return run((*STOREOPS, "import", str(folder), "--quiet"))

    ours, theirs, our_start, their_start = by_turns(
        count,
        fresh,
        lambda: run((sys.executable, str(HERE / "floor.py"), str(folder))),
        python("import storeops.cli, storeops.pipeline.questions"),
        python("import csv, io, zipfile, python_calamine"),
    )
    what = f"first import of {files} files, {items} items"
    yield ratio(what, ours, "calamine, csv and zipfile alone", theirs, limit)
    mine, other = middle(ours) - middle(our_start), middle(theirs) - middle(their_start)
    said = f"the libraries' own: {other * 1000:.0f} ms"
    start = "the same without the start of either process"
    yield Line(start, f"{mine * 1000:.0f} ms", said, mine / other, None)
    yield megabytes("memory of that import", "peak of the process", peak(ours), 500)


def answering(count: int, place: Path) -> Iterator[Line]:
    """Time the diagnosis of a shop on record against importing pandas."""
    folder = place / "shop12"
    command = (*STOREOPS, "diagnose", str(folder), "--quiet")

    def anew() -> Run:
        shutil.rmtree(folder / "reports", ignore_errors=True)
        return run(command, end=ANSWERED)

    pandas, written, settled = by_turns(
        count, python("import pandas"), anew, lambda: run(command, end=ANSWERED)
    )
    yield ratio("`storeops diagnose`, all on record", settled, "import pandas", pandas, 4)
    yield ratio("the same, writing its workbook", written, "import pandas", pandas, 4)
    yield megabytes("memory of that diagnosis", "peak of the process", peak(written), None)


def growing(count: int, place: Path) -> Iterator[Line]:
    """Time and weigh the diagnosis of a large shop with 400 days and with three years."""
    peaks: dict[int, float | None] = {}
    for days in (400, 1095):
        folder = place / f"large{days}"
        run((sys.executable, str(HERE / "long_record.py"), str(folder), str(days), "200"))
        command = (*STOREOPS, "diagnose", str(folder), "--quiet")
        (runs,) = by_turns(count, lambda command=command: run(command, end=ANSWERED))  # type: ignore[misc]
        peaks[days] = peak(runs)
        limit = 2 if days == 400 else None
        yield Line(f"diagnosis, 200 items, {days} days", "seconds", "", middle(runs), limit, "s")
        yield megabytes(f"memory, 200 items, {days} days", "peak of the process", peaks[days], None)
    small, large = peaks[400], peaks[1095]
    grown = large / small if small and large else None
    yield Line(
        "memory, 3 years against 400 days", "", "", grown, 1.1, absent="this system does not tell"
    )


def lines(count: int) -> Iterator[Line]:
    """Measure everything; what fails is said to be absent, with the reason."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        parts = (
            ("start", lambda: starting(count)),
            ("reading", lambda: reading(count, place, 12, 2)),
            ("answering", lambda: answering(count, place)),
            ("reading more items", lambda: reading(count, place, 200, None)),
            ("large shop", lambda: growing(count, place)),
        )
        for name, part in parts:
            try:
                yield from part()
            except (RuntimeError, OSError) as error:
                yield Line(name, "", "", None, 0, absent=f"absent: {error}")


def table(found: Sequence[Line], count: int) -> str:
    """Draw the table and say where it was measured."""
    head = ("what", "measured", "against", "result", "limit", "met")
    rows = [head, ("---",) * len(head), *(line.cells for line in found)]
    drawn = "\n".join("| " + " | ".join(row) + " |" for row in rows)
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in LIBRARIES)
    return (
        f"Medians of {count} runs after one to warm up. {platform.system()}, "
        f"{os.cpu_count()} cores, Python {platform.python_version()}, {versions}.\n\n{drawn}\n"
    )


def main() -> None:
    """Measure, print, and write when told to."""
    parser = argparse.ArgumentParser(description="Measure time and memory of storeops.")
    parser.add_argument("--runs", type=int, default=7, help="measured runs of each side")
    parser.add_argument(
        "--write", action="store_true", help="put the table into docs/benchmarks.md"
    )
    asked = parser.parse_args()
    found = []
    for line in lines(asked.runs):
        found.append(line)
        print(" | ".join(line.cells), flush=True)
    drawn = table(found, asked.runs)
    print("\n" + drawn)
    if asked.write:
        text = PAGE.read_text(encoding="utf-8")
        marks = re.compile(r"(<!-- measured -->\n).*?(<!-- end -->)", re.DOTALL)
        PAGE.write_text(marks.sub(lambda m: m[1] + drawn + m[2], text), encoding="utf-8")


if __name__ == "__main__":
    main()
