"""The least that reading a folder can cost: every file into text cells, by its library alone.

    python benchmarks/floor.py FOLDER

No recognition, no types, no checks, no record. The import is measured against this.
"""

from __future__ import annotations

import csv
import io
import sys
import zipfile
from pathlib import Path

from python_calamine import CalamineWorkbook


def cells(name: str, data: bytes) -> int:
    """Turn one file into text cells and count them."""
    if name.endswith(".zip"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return sum(cells(member, archive.read(member)) for member in archive.namelist())
    if name.endswith((".xls", ".xlsx")):
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = [book.get_sheet_by_name(sheet).to_python() for sheet in book.sheet_names]
        return sum(len([str(cell) for cell in row]) for rows in sheets for row in rows)
    if name.endswith(".csv"):
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("gb18030")
        return sum(len(row) for row in csv.reader(io.StringIO(text)))
    return 0


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    total = sum(cells(path.name, path.read_bytes()) for path in paths)
    print(f"{total} cells of {len(paths)} files")
