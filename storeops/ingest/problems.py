"""Why a file cannot be used: the refusals that several readers share."""

from __future__ import annotations

from storeops.errors import FileProblem
from storeops.messages import message


def unreadable(problem_id: str, **args: object) -> FileProblem:
    """Build the problem of a file that is not a readable table; its hint is ``<id>.hint``."""
    return FileProblem("unreadable", message(problem_id, **args), message(f"{problem_id}.hint"))


def refused(
    problem_id: str, *, place: str | None = None, kind: str = "refused_file", **args: object
) -> FileProblem:
    """Build the problem of a readable file whose content must not be used."""
    return FileProblem(
        "refused",
        message(problem_id, **args),
        message(f"{problem_id}.hint"),
        place=place,
        note_kind=kind,
    )


def damaged(error: BaseException) -> FileProblem:
    """Build the problem of a container its library cannot read."""
    return unreadable("ingest.damaged", found=str(error))


def encrypted() -> FileProblem:
    """Build the problem of a file that asks for a password."""
    return unreadable("ingest.encrypted")


def too_large() -> FileProblem:
    """Build the refusal of a file that unpacks to more than any export holds."""
    return refused("ingest.explodes")


def letters(column: int) -> str:
    """Name a column (0 is A) as Excel does."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def cell_name(sheet: str, column: int, row: int) -> str:
    """Name a cell as Excel does: ``sheet!B7``; text files have no sheet."""
    place = f"{letters(column)}{row}"
    return f"{sheet}!{place}" if sheet else place
