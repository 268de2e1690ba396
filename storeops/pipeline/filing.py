"""Reports into the reports folder, as workbook and page: made only when they say something new."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from storeops import __version__
from storeops.delivery.files import file_report, safe_name
from storeops.diagnose.finding import PeriodKind
from storeops.errors import StoreopsError
from storeops.history import History
from storeops.messages import Message, Term, message
from storeops.pipeline.workspace import Workspace, open_record
from storeops.reporter.blocks import Report, View
from storeops.reporter.lang import Catalogue, catalogue, language


class Medium(StrEnum):
    """What a report is filed as; the value is the ending of the file."""

    XLSX = "xlsx"
    HTML = "html"


Wanted = Mapping[Medium, Path | None]
"""The media wanted, each with a place outside the reports folder or None."""


@dataclass(frozen=True, slots=True)
class Filing:
    """One report on its way to a file; ``known`` says that the file holds it already."""

    report: Report
    medium: Medium
    path: Path
    key: str
    digest: str
    known: bool


def words_for(workspace: Workspace, lang: str | None) -> Catalogue:
    """Choose the language of reports: asked for, else of the settings, else the locale's."""
    return catalogue(lang or language(workspace.settings.report.language, os.environ))


def words_for_locale(lang: str | None) -> Catalogue:
    """Choose the language before the settings are read."""
    return catalogue(lang or language("auto", os.environ))


def file_name(report: Report, words: Catalogue, medium: Medium) -> str:
    """Name the file of a report: its kind, shop and day, made safe for every system."""
    kind = PeriodKind.DAY if report.period is None else report.period.kind
    first = report.day if report.period is None else report.period.first
    name = words.say(
        f"filed.name.{kind.value}", shop=report.shop, day=first, month=f"{first:%Y-%m}"
    )
    if report.view is View.BOSS:
        name = words.say("filed.name.boss", name=name)
    return safe_name(f"{name}.{medium.value}")


def plan(
    workspace: Workspace,
    record: History,
    reports: Sequence[Report],
    words: Catalogue,
    wanted: Wanted,
) -> tuple[Filing, ...]:
    """Decide which files to write: those that are absent or whose report changed.

    Args:
        workspace: Whose reports folder they go to.
        record: Remembers what was filed.
        reports: One per shop.
        words: The language.
        wanted: The media; a place of its own is always written, numbered for several shops.
    """
    plans = []
    for medium, elsewhere in wanted.items():
        for number, report in enumerate(reports):
            path = workspace.reports / file_name(report, words, medium)
            if elsewhere is not None:
                stem = elsewhere.stem if number == 0 else f"{elsewhere.stem}-{number + 1}"
                path = elsewhere.with_name(f"{stem}{elsewhere.suffix}")
            key, digest = f"filed:{words.language}:{path.name}", _digest(report)
            known = elsewhere is None and path.is_file() and record.setting(key) == digest
            plans.append(Filing(report, medium, path, key, digest, known))
    return tuple(plans)


def carry_out(
    workspace: Workspace, filings: Sequence[Filing], words: Catalogue, now: datetime
) -> Iterator[Message]:
    """Write the planned files; one that cannot be written does not stop the others.

    Yields:
        What became of each.
    """
    done = []
    for filing in filings:
        if filing.known:
            yield _told("unchanged", filing.medium, filing.path)
            continue
        try:
            yield _write(filing, words)
        except StoreopsError as error:
            yield error.problem
            if error.hint is not None:
                yield error.hint
            continue
        done.append(filing)
    if done:
        with open_record(workspace, now) as record:
            for filing in done:
                record.remember(filing.key, filing.digest)


def _told(status: str, medium: Medium, path: Path) -> Message:
    return message(f"filed.{status}", medium=Term("medium", medium.value), path=str(path))


def _write(filing: Filing, words: Catalogue) -> Message:
    path = filing.path
    receipt = file_report(path.parent, path.name, _RENDERERS[filing.medium](filing, words))
    return _told(receipt.status, filing.medium, receipt.path)


def _workbook(filing: Filing, words: Catalogue) -> bytes:
    from storeops.reporter import excel  # noqa: PLC0415 (a tenth of a second, rarely needed)

    path = filing.path
    previous = path.read_bytes() if path.is_file() else None
    return excel.render(filing.report, words, previous, path.name)


def _page(filing: Filing, words: Catalogue) -> bytes:
    from storeops.reporter import page  # noqa: PLC0415 (templates are rarely needed)

    return page.render(filing.report, words).encode("utf-8")


_RENDERERS: Mapping[Medium, Callable[[Filing, Catalogue], bytes]] = {
    Medium.XLSX: _workbook,
    Medium.HTML: _page,
}


def _digest(report: Report) -> str:
    """Fingerprint what a file shows; whether a download was read now or before does not show."""
    files = tuple(
        replace(entry, status="imported") if entry.status == "unchanged" else entry
        for entry in report.files
    )
    said = repr((__version__, replace(report, files=files)))
    return hashlib.sha256(said.encode("utf-8", "backslashreplace")).hexdigest()
