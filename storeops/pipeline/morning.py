"""The main road: import what is new, look at the last complete day, report on it, file it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path

from storeops.calendars import load_calendar
from storeops.diagnose.day import diagnose
from storeops.diagnose.finding import PeriodKind, Severity, State
from storeops.diagnose.target_table import with_pace
from storeops.diagnose.terms import Terms
from storeops.errors import StoreopsError
from storeops.facts import NOW_AND_THEN, SHOP_DAILY
from storeops.history import History
from storeops.messages import Message, Note, message
from storeops.metrics.budgets import BUDGETS, Sensitivity
from storeops.metrics.rivals import ALL, Asked
from storeops.pipeline import filing
from storeops.pipeline.importing import ATTRIBUTION, Imported, import_folder
from storeops.pipeline.period import period_reports
from storeops.pipeline.recalling import keep, recall
from storeops.pipeline.rejudging import Again, look_again, remember
from storeops.pipeline.targets import goal_of
from storeops.pipeline.windows import read_window, window_of
from storeops.pipeline.workspace import (
    Progress,
    Request,
    Workspace,
    open_record,
    open_workspace,
    shop_names,
    silent,
)
from storeops.reporter.blocks import Report
from storeops.reporter.build import build
from storeops.reporter.lang import Catalogue


@dataclass(frozen=True, slots=True)
class Asking:
    """One topic, None for all; what of rivals and the industry; day, week or month."""

    topic: str | None = None
    of: Asked = ALL
    kind: PeriodKind = PeriodKind.DAY


@dataclass(frozen=True, slots=True)
class Morning:
    """One workspace's morning: its reports, what to say about it, and how it ended."""

    root: Path
    reports: tuple[Report, ...] = ()
    said: tuple[Message, ...] = ()
    faulty: bool = False
    error: StoreopsError | None = None
    asks_attribution: bool = False
    """The source files do not say which tab they are from, and nobody was asked yet."""

    @property
    def status(self) -> int:
        """Exit status: 0 normal, 1 needs attention, 2 data missing or invalid."""
        if self.error is not None or not self.reports:
            return 2
        states = {report.verdict.state for report in self.reports}
        urgent = any(f.severity is Severity.ACT for r in self.reports for f in r.findings)
        if State.ABNORMAL in states or urgent:
            return 1
        unjudged = {State.INSUFFICIENT_DATA, State.INCOMPLETE_DATA}
        return 2 if self.faulty or states & unjudged else 0

    @property
    def status_of_topic(self) -> int:
        """Exit status of one question about others: the state of the own day does not count."""
        if self.error is not None or not self.reports:
            return 2
        found = (f for report in self.reports for f in report.findings)
        if any(finding.severity is not Severity.INFO for finding in found):
            return 1
        return 2 if self.faulty else 0


def morning(
    root: Path,
    request: Request,
    *,
    topic: str | Asking | None = None,
    language: str | None = None,
    workbook: bool | Path = True,
    progress: Progress = silent,
) -> Morning:
    """Answer the question of the morning for every shop of a workspace.

    Args:
        root: The workspace.
        request: What the caller wants.
        topic: Answer one topic only, perhaps of some rivals; None runs all whose facts exist.
        language: zh or en for the workbook; None follows settings and locale.
        workbook: Whether to file a workbook in the reports folder, or where else to write it.
        progress: Shows a bar over the files.

    Raises:
        StoreopsError: No day to report on, an unknown shop, the record cannot be used.
    """
    asking = topic if isinstance(topic, Asking) else Asking(topic)
    workspace = open_workspace(root)
    words = filing.words_for(workspace, language)
    with open_record(workspace, request.now) as record:
        seen = look(workspace, record, request, asking, progress)
        filings = _filings(workspace, record, seen.reports, words, workbook)
    return replace(
        seen, said=(*seen.said, *filing.carry_out(workspace, filings, words, request.now))
    )


def look(
    workspace: Workspace, record: History, request: Request, asking: Asking, progress: Progress
) -> Morning:
    """Import what is new into an open record and report on every shop; nothing is filed."""
    imported = import_folder(workspace, record, request, progress)
    if asking.kind is PeriodKind.DAY:
        reports = tuple(_reports(workspace, record, imported, request, asking))
        problems: tuple[StoreopsError, ...] = ()
    else:
        reports, problems = _periods(workspace, record, imported, request, asking)
    if not reports:
        return _nothing(workspace.root, imported, next(iter(problems), None))
    kinds = {note.kind for report in reports for note in report.notes}
    asks = record.setting(ATTRIBUTION) is None and "attribution_unknown" in kinds
    said = tuple(problem.problem for problem in problems)
    return Morning(workspace.root, reports, said, imported.faulty, asks_attribution=asks)


def _filings(
    workspace: Workspace,
    record: History,
    reports: tuple[Report, ...],
    words: Catalogue,
    workbook: bool | Path,  # noqa: FBT001 (whether, or where)
) -> tuple[filing.Filing, ...]:
    elsewhere = workbook if isinstance(workbook, Path) else None
    if elsewhere is None and not (workbook and workspace.settings.report.workbook):
        return ()
    return filing.plan(workspace, record, reports, words, {filing.Medium.XLSX: elsewhere})


def _nothing(root: Path, imported: Imported, error: StoreopsError | None = None) -> Morning:
    """Say that no file of the folder could be used, and what is wrong with each."""
    problem = error or StoreopsError(
        message("nothing.read", folder=str(root), files=len(imported.readings)),
        message("nothing.read.hint"),
    )
    said = tuple(note.message for note in imported.notes)
    return Morning(root, said=said, faulty=imported.faulty, error=problem)


def _reports(
    workspace: Workspace,
    record: History,
    imported: Imported,
    request: Request,
    asking: Asking,
) -> Iterator[Report]:
    topic = asking.topic
    calendar = load_calendar(workspace.settings.events)
    for shop in shop_names(record, request):
        window = read_window(record, shop, request.day)
        terms = Terms(
            stage=workspace.settings.shop.stage,
            budgets=BUDGETS[Sensitivity(workspace.settings.shop.sensitivity)],
            memory=recall(record, window),
            asked=asking.of,
        )
        judge = partial(diagnose, calendar=calendar, terms=terms, changes=workspace.changes)
        files = imported.of_shop(shop)
        later = () if request.day else tuple(_later(record, shop, window.day))
        again = look_again(record, window, judge) if topic is None else Again()
        diagnosis = judge(window, notes=(*later, *again.notes, *files.notes), only=topic)
        if topic is None:
            remember(record, window, (*again.diagnoses, diagnosis))
        if diagnosis.memory is not None:
            keep(record, window, diagnosis.memory)
        goal = goal_of(workspace.root, record, shop, window.day) if topic is None else None
        if goal is not None:
            diagnosis = with_pace(diagnosis, window, calendar, goal)
        yield build(diagnosis, files.files)


def _periods(
    workspace: Workspace,
    record: History,
    imported: Imported,
    request: Request,
    asking: Asking,
) -> tuple[tuple[Report, ...], tuple[StoreopsError, ...]]:
    """Report on a week or a month of every shop; one that has no such days stops no other."""
    calendar = load_calendar(workspace.settings.events)
    terms = Terms(
        stage=workspace.settings.shop.stage,
        budgets=BUDGETS[Sensitivity(workspace.settings.shop.sensitivity)],
    )
    reports, problems = [], []
    for shop in shop_names(record, request):
        files = imported.of_shop(shop)
        try:
            diagnosis = period_reports(
                record, shop, request.day, asking.kind, calendar,
                terms=terms, notes=files.notes, changes=workspace.changes,
            )  # fmt: skip
        except StoreopsError as error:
            problems.append(error)
            continue
        goal = goal_of(workspace.root, record, shop, diagnosis.day)
        if goal is not None:
            window = window_of(record, shop, diagnosis.day)
            diagnosis = with_pace(diagnosis, window, calendar, goal)
        reports.append(build(diagnosis, files.files))
    return tuple(reports), tuple(problems)


def _later(record: History, shop: str, day: date) -> Iterator[Note]:
    """Say why the report is not about the last day there is anything of."""
    last = {f: d for f, d in record.last_days(shop).items() if f not in NOW_AND_THEN}
    shop_last = last.get(SHOP_DAILY.name)
    if shop_last is None:
        return
    if shop_last > day:
        yield Note("incomplete_day", message("note.later_incomplete", last=shop_last, day=day))
    elif max(last.values()) > day:
        yield Note("stale", message("note.later_missing", last=max(last.values()), day=day))
