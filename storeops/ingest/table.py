"""One part of a file while it becomes rows of a fact."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from storeops.facts import FactRows
from storeops.fields import Col
from storeops.ingest.grid import Part
from storeops.ingest.layout import Layout
from storeops.ingest.plan import SHOP, Plan
from storeops.ingest.values import cell_text


@dataclass(frozen=True, slots=True)
class Fault:
    """A cell that cannot be read: its place in Excel, its header and its text."""

    place: str
    column: str
    found: str


@dataclass(slots=True)
class Table:
    """Typed columns of one part.

    ``plan`` says where the columns are; ``values`` holds whole columns, one entry
    per line of the grid; ``body`` are the lines that should be facts, ``kept`` those that are;
    ``faults`` maps a line that cannot be read to the grid column at fault; ``delayed`` counts
    the cells of a column that are not final; ``printed`` holds the vendor's ratios
    in the order of ``plan.ratios``.
    """

    part: Part
    layout: Layout
    plan: Plan
    body: list[int]
    values: dict[str, Any] = field(default_factory=dict)
    kept: list[int] = field(default_factory=list)
    faults: dict[int, int] = field(default_factory=dict)
    delayed: dict[str, int] = field(default_factory=dict)
    printed: list[npt.NDArray[np.float64]] = field(default_factory=list)

    def blame(self, lines: Iterable[int], at: int) -> None:
        """Set lines apart because of the cell in a grid column; lines that are no facts pass."""
        body = set(self.body)
        for line in lines:
            if line in body:
                self.faults.setdefault(line, at)

    def numbers(self, column: str) -> npt.NDArray[np.float64] | None:
        """Give a numeric column over the kept lines, None when the file lacks it."""
        values = self.values.get(column)
        return values[self.kept] if isinstance(values, np.ndarray) else None

    def header(self, column: str) -> str:
        """Give the printed header of a fact column, or its name when it has none."""
        at = self.plan.found.get(column)
        return column if at is None else self.part.grid.header[at]

    def place(self, column: str, line: int) -> str:
        """Name the cell of a fact column in a grid line."""
        return self.part.grid.place(self.plan.found.get(column, 0), line)

    def first_fault(self) -> Fault:
        """Describe the topmost cell that cannot be read."""
        line = min(self.faults)
        at = self.faults[line]
        grid = self.part.grid
        return Fault(grid.place(at, line), grid.header[at], cell_text(grid.columns[at][line]))

    def rows(self) -> FactRows:
        """Give the kept lines, column by column."""
        grid = self.part.grid
        whole = len(self.kept) == len(grid.rows)
        columns = {
            name: values if whole else taken(values, self.kept)
            for name, values in self.values.items()
            if name != SHOP
        }
        columns[Col.SHEET.value] = [grid.sheet] * len(self.kept)
        columns[Col.ROW.value] = np.array([grid.rows[line] for line in self.kept], dtype=np.int64)
        return FactRows(self.part.fact, columns)


def taken(values: Any, lines: Sequence[int]) -> Any:
    """Pick lines of a column, whether list or array."""
    if isinstance(values, np.ndarray):
        return values[list(lines)]
    return [values[line] for line in lines]
