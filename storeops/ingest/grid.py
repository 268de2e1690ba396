"""A table cut out of a sheet: header, columns, and where every cell stands in Excel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from storeops.ingest.containers import Sheet
from storeops.ingest.problems import cell_name
from storeops.ingest.values import Cell, cell_text
from storeops.ingest.words import fold


@dataclass(frozen=True, slots=True)
class Grid:
    """Columns below a header row.

    ``columns[j][i]`` is the cell of header ``j`` in line ``i``; it stands in Excel column
    ``at[j]`` (0 is A) and row ``rows[i]``.
    """

    sheet: str
    header: tuple[str, ...]
    columns: tuple[Sequence[Cell], ...]
    at: tuple[int, ...]
    rows: Sequence[int]

    def place(self, column: int, line: int) -> str:
        """Name a cell as Excel does."""
        return cell_name(self.sheet, self.at[column], self.rows[line])

    def positions(self) -> dict[str, int]:
        """Map each folded header to its column; of several alike the first one counts."""
        folded = [fold(text) for text in self.header]
        return {name: j for j, name in reversed(list(enumerate(folded))) if name}


@dataclass(frozen=True, slots=True)
class Part:
    """What becomes rows of one fact table.

    ``given`` are text columns a reshaper has made already. ``totals`` maps a line that is a sum
    to the lines it sums; ``apart`` are all lines that are no facts. ``peer`` names the peer group
    whose values the grid holds, None for the shop's own.
    """

    fact: str
    grid: Grid
    given: Mapping[str, Sequence[str]] = field(default_factory=dict)
    totals: Mapping[int, Sequence[int]] = field(default_factory=dict)
    apart: frozenset[int] = frozenset()
    peer: str | None = None


@dataclass(frozen=True, slots=True)
class Ragged:
    """A line that has more or fewer cells than the header."""

    row: int
    cells: int
    expected: int


def cut(sheet: Sheet, header_row: int) -> tuple[Grid, list[Ragged]]:
    """Cut the table below a header row; blank lines go, ragged lines are handed back.

    Args:
        sheet: The sheet.
        header_row: Index of the header in ``sheet.rows``.
    """
    header = [cell_text(cell).strip() for cell in sheet.rows[header_row]]
    while header and not header[-1]:
        header.pop()
    width = len(header)
    lines: list[Sequence[Cell]] = []
    rows: list[int] = []
    ragged: list[Ragged] = []
    for number, line in enumerate(sheet.rows[header_row + 1 :], start=header_row + 2):
        if not any(line) and not any(cell != "" for cell in line):
            continue
        if len(line) == width or (len(line) > width and not any(line[width:])):
            lines.append(line)
            rows.append(number)
        elif "".join(map(cell_text, line)).strip():
            ragged.append(Ragged(number, len(line), width))
    columns = tuple(zip(*lines, strict=False))[:width] if lines else tuple(() for _ in header)
    return Grid(sheet.name, tuple(header), columns, tuple(range(width)), rows), ragged
