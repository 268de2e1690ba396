"""The unattended morning: import, diagnose, report, send; one line a step, safe under cron."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

from filelock import FileLock, Timeout

from storeops import __version__
from storeops.diagnose.finding import PeriodKind
from storeops.errors import StoreopsError
from storeops.messages import Message, Term, message
from storeops.pipeline import archiving, filing, sending
from storeops.pipeline.filing import Medium
from storeops.pipeline.morning import Asking, Morning, look
from storeops.pipeline.workspace import Request, Workspace, open_record, open_workspace, silent
from storeops.reporter.blocks import Report
from storeops.reporter.boss import causes_to_handle
from storeops.reporter.lang import Catalogue

LOG = "run.log"
_OF_FILES = frozenset({"unreadable_file", "unknown_layout", "mixed_shops"})
LOCK = "run.lock"
_LARGEST_LOG = 1_000_000
_MEDIA = {Medium.HTML: None, Medium.XLSX: None}
_STILL_NEWS = 3
"""Days after its end on which a week or a month is still reported."""


@dataclass(frozen=True, slots=True)
class Ran:
    """How one workspace's run ended, and its log."""

    root: Path
    status: int
    log: tuple[str, ...] = ()


def run_one(root: Path, *, request: Request, language: str | None = None, send: bool = True) -> Ran:
    """Do the whole morning of one workspace.

    A second run of the same workspace does nothing while one is under way. What went wrong is a
    line of the log and an exit status, never an exception of a kind the user can solve.
    """
    started = time.monotonic()
    folder = root.resolve() / ".storeops"
    folder.mkdir(exist_ok=True)
    diary = _Diary(folder / LOG, request.now, filing.words_for_locale(language))
    lock = FileLock(folder / LOCK)
    try:
        with lock.acquire(timeout=0):
            status = _steps(root.resolve(), request, language, diary, send=send)
    except Timeout:
        diary.add(message("run.busy"))
        return Ran(root, 0, tuple(diary.lines))
    seconds = round(time.monotonic() - started, 1)
    diary.add(message("run.end", status=status, seconds=seconds))
    return Ran(root, status, tuple(diary.lines))


@dataclass
class _Diary:
    """The log of a run: in memory for the screen, in a file for later."""

    path: Path
    now: datetime
    words: Catalogue
    lines: list[str] = field(default_factory=list)

    def add(self, told: Message) -> None:
        """Write one line, with the moment the run began and one that never spans lines."""
        text = " ".join(self.words.text(told).split())
        line = f"{self.now:%Y-%m-%d %H:%M:%S} {text}"
        self.lines.append(line)
        if self.path.is_file() and self.path.stat().st_size > _LARGEST_LOG:
            self.path.replace(self.path.with_suffix(".log.1"))
        with self.path.open("a", encoding="utf-8") as stream:
            stream.write(f"{line}\n")
        self.path.chmod(0o600)

    def problem(self, error: StoreopsError) -> None:
        """Write what went wrong and what to do about it."""
        self.add(message("run.problem", problem=error.problem))
        if error.hint is not None:
            self.add(message("run.problem", problem=error.hint))


def _steps(root: Path, request: Request, language: str | None, diary: _Diary, *, send: bool) -> int:
    diary.add(message("run.start", version=__version__))
    try:
        workspace = open_workspace(root)
        words = filing.words_for(workspace, language)
        diary.words = words
        seen, reports, filings = _look(workspace, request, words)
    except StoreopsError as error:
        diary.problem(error)
        return 2
    diary.add(_imported(seen))
    for problem in _of_files(seen):
        diary.add(problem)
    for report in reports:
        diary.add(_judged(report))
    if seen.error is not None:
        diary.problem(seen.error)
    _file(workspace, filings, words, request, diary)
    unsent = _send(workspace, reports, words, request, diary) if send else False
    return 2 if unsent else seen.status


def _look(
    workspace: Workspace, request: Request, words: Catalogue
) -> tuple[Morning, tuple[Report, ...], tuple[filing.Filing, ...]]:
    """Import and report on the day, and on a week or a month that has just ended."""
    with open_record(workspace, request.now) as record:
        seen = look(workspace, record, request, Asking(), silent)
        reports = list(seen.reports)
        for kind, day in _ended(seen.reports):
            asked = Request(now=request.now, day=day, shop=request.shop)
            reports += look(workspace, record, asked, Asking(kind=kind), silent).reports
        filings = filing.plan(workspace, record, reports, words, _MEDIA)
    return seen, tuple(reports), filings


def _ended(reports: Sequence[Report]) -> Iterator[tuple[PeriodKind, date]]:
    """Name the week and the month that ended on the last day or shortly before."""
    if not reports:
        return
    day = max(report.day for report in reports)
    for kind, last in (
        (PeriodKind.WEEK, day - timedelta(days=(day.weekday() + 1) % 7)),
        (PeriodKind.MONTH, _end_of_month(day)),
    ):
        if (day - last).days < _STILL_NEWS:
            yield kind, last


def _end_of_month(day: date) -> date:
    """Give the last day of a month that is not after ``day``."""
    if (day + timedelta(days=1)).day == 1:
        return day
    return day.replace(day=1) - timedelta(days=1)


def _imported(seen: Morning) -> Message:
    files = {entry.file: entry for report in seen.reports for entry in report.files}.values()
    statuses = [entry.status for entry in files]
    bad = sum(status in {"unreadable", "refused", "unknown"} for status in statuses)
    return message("run.import", files=len(statuses), new=statuses.count("imported"), bad=bad)


def _of_files(seen: Morning) -> Iterator[Message]:
    """Name every file that could not be used, once, with what to do about it."""
    notes = [note for report in seen.reports for note in report.notes]
    told = {note.file: note for note in notes if note.file and note.kind in _OF_FILES}
    for file, note in sorted(told.items()):
        said = message("note.of_file", file=file, note=note.message)
        yield message("run.problem", problem=said)


def _judged(report: Report) -> Message:
    return message(
        "run.diagnose",
        shop=report.shop,
        day=report.day if report.period is None else report.period.first,
        state=Term("state", report.verdict.state.value),
        n=len(causes_to_handle(report)),
    )


def _file(
    workspace: Workspace,
    filings: tuple[filing.Filing, ...],
    words: Catalogue,
    request: Request,
    diary: _Diary,
) -> None:
    for told in filing.carry_out(workspace, filings, words, request.now):
        diary.add(message("run.report", what=told))
    if not filings:
        return
    try:
        archiving.add(workspace, filings, words)
    except StoreopsError as error:
        diary.problem(error)


def _send(
    workspace: Workspace,
    reports: Sequence[Report],
    words: Catalogue,
    request: Request,
    diary: _Diary,
) -> bool:
    """Send; tell whether something that should have gone did not."""
    if not workspace.settings.delivery.recipients:
        diary.add(message("run.send_nobody"))
        return False
    try:
        sent = sending.send(workspace, reports, words, request.now)
    except StoreopsError as error:
        diary.problem(error)
        return True
    for told in sent.said:
        diary.add(told)
    return sent.failed
