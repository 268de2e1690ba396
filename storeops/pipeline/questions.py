"""What else people ask of a workspace: what is there, where a number came from, which layouts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from storeops.errors import StoreopsError
from storeops.facts import Restatement
from storeops.history import ImportEntry, TraceRow, set_aside
from storeops.ingest.draft import check_layout, draft_layout
from storeops.ingest.layout import Layout
from storeops.ingest.reader import load_layouts, open_sources
from storeops.messages import Message, message
from storeops.pipeline.importing import ATTRIBUTION, Imported, import_folder
from storeops.pipeline.windows import newest_day
from storeops.pipeline.workspace import (
    Progress,
    Request,
    Workspace,
    open_record,
    shop_names,
    silent,
)


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the record holds of one shop: per fact the rows of every day, and what was restated."""

    shop: str
    first: date
    last: date
    rows: Mapping[str, Mapping[date, int]]
    restated: tuple[Restatement, ...]


def import_downloads(
    workspace: Workspace, request: Request, progress: Progress = silent
) -> Imported:
    """Read the downloads into the record; what is there already is left alone."""
    with open_record(workspace, request.now) as record:
        return import_folder(workspace, record, request, progress)


def coverage(workspace: Workspace, request: Request, *, span: timedelta) -> tuple[Coverage, ...]:
    """Show what is there for the last days of every shop."""
    with open_record(workspace, request.now) as record:
        found = []
        for shop in shop_names(record, request):
            last = request.day or newest_day(record, shop)
            first = last - span + timedelta(days=1)
            found.append(
                Coverage(
                    shop,
                    first,
                    last,
                    record.coverage(shop, first=first, last=last),
                    record.restatements(shop, first=first, last=last),
                )
            )
        return tuple(found)


def imports(workspace: Workspace, now: datetime) -> tuple[ImportEntry, ...]:
    """List the import log."""
    with open_record(workspace, now) as record:
        return record.imports()


def answer_attribution(workspace: Workspace, now: datetime, answer: str) -> None:
    """Remember which tab the source files are downloaded from."""
    with open_record(workspace, now) as record:
        record.remember(ATTRIBUTION, answer)


def rebuild(workspace: Workspace, request: Request, progress: Progress = silent) -> Path | None:
    """Set the record aside and read all downloads again.

    Returns:
        Where the old record lies now, None when there was none.
    """
    aside = set_aside(workspace.record, now=request.now) if workspace.record.exists() else None
    import_downloads(workspace, request, progress)
    return aside


def trace(
    workspace: Workspace, request: Request, column: str, day: date, keys: Mapping[str, str]
) -> tuple[TraceRow, ...]:
    """Tell which cell of which file a stored number came from."""
    with open_record(workspace, request.now) as record:
        return tuple(
            row
            for shop in shop_names(record, request)
            for row in record.trace(shop, column, day, **keys)
        )


def layouts(workspace: Workspace) -> tuple[Layout, ...]:
    """List the layouts that ship and those of the workspace."""
    return load_layouts(workspace.formats)


def own_measures(workspace: Workspace) -> tuple[str, ...]:
    """List the measures of the user's own tables."""
    return tuple(name for layout in layouts(workspace) for name in layout.measures)


def draft_format(workspace: Workspace, file: Path) -> Path:
    """Write a draft layout for an unknown file into the workspace and copy the file beside it."""
    source = next(open_sources(file, file.parent))
    text = draft_layout(source)
    target = workspace.formats / f"{_stem(file)}.yaml"
    if target.exists():
        raise StoreopsError(message("formats.exists", file=str(target)))
    workspace.formats.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")
    (workspace.formats / file.name).write_bytes(file.read_bytes())
    return target


def _stem(file: Path) -> str:
    return "".join(mark if mark.isalnum() else "_" for mark in file.stem).strip("_")


def check_formats(workspace: Workspace) -> tuple[tuple[Message, ...], bool]:
    """Prove every layout of the workspace against its example.

    Returns:
        One line per layout or problem, and whether any failed.
    """
    own = [
        layout
        for layout in layouts(workspace)
        if (workspace.formats / f"{layout.name}.yaml").is_file()
    ]
    lines: list[Message] = []
    failed = False
    for layout in own:
        problems = check_layout(layout, workspace.formats)
        failed = failed or bool(problems)
        lines += problems or [message("formats.proved", layout=layout.name)]
    if not own:
        lines.append(message("formats.none", folder=str(workspace.formats)))
    return tuple(lines), failed
