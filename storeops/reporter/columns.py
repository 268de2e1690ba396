"""What a column or a table is, for every medium that lays one out."""

from __future__ import annotations

from storeops.diagnose.finding import DataTable, PeriodKind, TableColumn

_SIGNED = ("column.impact", "column.change", "column.part_")
_BY_KIND = frozenset({"value", "vs_previous", "vs_weekday"})


def is_signed(column: TableColumn) -> bool:
    """Tell a column of changes, which is shown with arrows and colours."""
    return column.id.startswith(_SIGNED)


def position(table: DataTable, column_id: str) -> int | None:
    """Find a column of a table by its id; None when the table has none of that id."""
    return next((at for at, column in enumerate(table.columns) if column.id == column_id), None)


def head_id(column: str, kind: PeriodKind) -> str:
    """Name the head of a column: the day, week or month itself, and what it is compared with."""
    return f"figures.{column}.{kind.value}" if column in _BY_KIND else f"figures.{column}"
