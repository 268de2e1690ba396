"""A report of a day, a week or a month for one reader: shown, and filed as workbook and page."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from storeops.diagnose.finding import PeriodKind
from storeops.errors import StoreopsError
from storeops.messages import Message
from storeops.pipeline import archiving, filing
from storeops.pipeline.morning import Asking, Morning, look
from storeops.pipeline.workspace import (
    Progress,
    Request,
    Workspace,
    open_record,
    open_workspace,
    silent,
)
from storeops.reporter.blocks import Report, View
from storeops.reporter.boss import for_boss
from storeops.reporter.lang import Catalogue


@dataclass(frozen=True, slots=True)
class Order:
    """Which report, for whom, and as what it is filed."""

    kind: PeriodKind = PeriodKind.DAY
    view: View = View.OPERATOR
    wanted: filing.Wanted = field(default_factory=dict)
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Reported:
    """What was made: the reports as their reader gets them, and where they lie."""

    morning: Morning
    reports: tuple[Report, ...]
    files: tuple[Path, ...]
    said: tuple[Message, ...]
    words: Catalogue


def report(root: Path, request: Request, order: Order, *, progress: Progress = silent) -> Reported:
    """Import what is new, look at the period, and file the report.

    Raises:
        StoreopsError: No day to report on, an unknown shop, the record cannot be used.
    """
    workspace = open_workspace(root)
    words = filing.words_for(workspace, order.language)
    with open_record(workspace, request.now) as record:
        seen = look(workspace, record, request, Asking(kind=order.kind), progress)
        shown = tuple(view_of(each, order.view) for each in seen.reports)
        filings = filing.plan(workspace, record, shown, words, order.wanted)
    said = [*seen.said, *filing.carry_out(workspace, filings, words, request.now)]
    if any(each.path.parent == workspace.reports for each in filings):
        said += _archive(workspace, filings, words)
    files = tuple(each.path for each in filings)
    return Reported(seen, shown, files, tuple(said), words)


def view_of(report: Report, view: View) -> Report:
    """Give a report as its reader gets it."""
    return for_boss(report) if view is View.BOSS else report


def _archive(
    workspace: Workspace, filings: tuple[filing.Filing, ...], words: Catalogue
) -> tuple[Message, ...]:
    """Add the reports to the index of past ones; a failure there loses no report."""
    try:
        return archiving.add(workspace, filings, words)
    except StoreopsError as error:
        return (error.problem,) if error.hint is None else (error.problem, error.hint)
