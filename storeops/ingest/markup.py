"""Tables in markup that downloads call ``.xls``: HTML, and Excel-2003 XML.

Parsers load nothing from outside the file, expand no entities and accept no huge trees.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree, html

from storeops.ingest.problems import damaged, too_large

Table = tuple[str, list[list[str]]]

_NAMESPACE = "{urn:schemas-microsoft-com:office:spreadsheet}"
_MAX_CELLS = 5_000_000
_MAX_SPAN = 1_000
_declaration = re.compile(r"^\s*<\?xml[^>]*\?>")


def read_tables(text: str) -> list[Table]:
    """Read every HTML table that holds no other table.

    Raises:
        FileProblem: The markup cannot be parsed.
    """
    parser = html.HTMLParser(no_network=True, huge_tree=False, remove_comments=True)
    try:
        root = html.document_fromstring(_declaration.sub("", text), parser=parser)
    except Exception as error:
        raise damaged(error) from error
    inner = [table for table in root.iter("table") if len(list(table.iter("table"))) == 1]
    named = ((f"table{number}", _html_rows(table)) for number, table in enumerate(inner, start=1))
    return [(name, rows) for name, rows in named if rows]


def _html_rows(table: Any) -> list[list[str]]:
    rows: list[list[str]] = []
    held: dict[int, tuple[int, str]] = {}
    for line in table.iter("tr"):
        row: list[str] = []
        for cell in line.iter("td", "th"):
            _fill_held(row, held)
            text = "".join(cell.itertext()).strip()
            across, down = _span(cell, "colspan"), _span(cell, "rowspan")
            for offset in range(across):
                if down > 1:
                    held[len(row)] = (down - 1, text)
                row.append(text if offset == 0 else "")
        _fill_held(row, held)
        rows.append(row)
    return rows


def _fill_held(row: list[str], held: dict[int, tuple[int, str]]) -> None:
    """Repeat cells that reach down from rows above."""
    while len(row) in held:
        left, text = held.pop(len(row))
        if left > 1:
            held[len(row)] = (left - 1, text)
        row.append(text)


def _span(cell: Any, name: str) -> int:
    value = cell.get(name, "1").strip()
    return min(max(int(value), 1), _MAX_SPAN) if value.isascii() and value.isdigit() else 1


def read_workbook(data: bytes) -> list[Table]:
    """Read every sheet of an Excel-2003 XML workbook.

    Raises:
        FileProblem: Not well-formed, or cells set absurdly far apart.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False
    )
    try:
        root = etree.fromstring(data.lstrip(), parser=parser)
    except Exception as error:
        raise damaged(error) from error
    sheets = root.iter(f"{_NAMESPACE}Worksheet")
    return [(sheet.get(f"{_NAMESPACE}Name", ""), _sheet_rows(sheet)) for sheet in sheets]


def _sheet_rows(sheet: Any) -> list[list[str]]:
    rows: list[list[str]] = []
    budget = _MAX_CELLS
    for line in sheet.iter(f"{_NAMESPACE}Row"):
        rows.extend([] for _ in range(_skipped(line, len(rows), budget)))
        row: list[str] = []
        for text, gap, across in _cells(line, budget):
            row.extend([""] * gap)
            row.append(text)
            row.extend([""] * across)
        rows.append(row)
        budget -= len(row) + 1
        if budget < 0:
            raise too_large()
    width = max(map(len, rows), default=0)
    if width * len(rows) > _MAX_CELLS:
        raise too_large()
    return [row + [""] * (width - len(row)) for row in rows]


def _cells(line: Any, budget: int) -> Iterator[tuple[str, int, int]]:
    """Yield each cell's text, how many columns were skipped before it, and merged ones after."""
    at = 0
    for cell in line.iter(f"{_NAMESPACE}Cell"):
        gap = _skipped(cell, at, budget)
        data = cell.find(f"{_NAMESPACE}Data")
        text = "" if data is None else "".join(data.itertext())
        across = min(_number(cell, "MergeAcross"), _MAX_SPAN)
        at += gap + 1 + across
        yield text, gap, across


def _skipped(element: Any, at: int, budget: int) -> int:
    index = _number(element, "Index")
    if index - at > budget:
        raise too_large()
    return max(index - 1 - at, 0) if index else 0


def _number(element: Any, name: str) -> int:
    value = element.get(f"{_NAMESPACE}{name}", "0")
    return int(value) if value.isascii() and value.isdigit() else 0
