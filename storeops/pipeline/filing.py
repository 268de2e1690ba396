"""Workbooks into the reports folder: rendered only when the report says something new."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from storeops import __version__
from storeops.delivery.files import file_report, safe_name
from storeops.errors import StoreopsError
from storeops.history import History
from storeops.messages import Message, message
from storeops.pipeline.workspace import Workspace, open_record
from storeops.reporter.blocks import Report
from storeops.reporter.lang import Catalogue, catalogue, language


@dataclass(frozen=True, slots=True)
class Filing:
    """One report on its way to a file; ``known`` says that the file holds it already."""

    report: Report
    path: Path
    key: str
    digest: str
    known: bool


def words_for(workspace: Workspace, lang: str | None) -> Catalogue:
    """Choose the language of workbooks: asked for, else of the settings, else the locale's."""
    return catalogue(lang or language(workspace.settings.report.language, os.environ))


def plan(
    workspace: Workspace,
    record: History,
    reports: Sequence[Report],
    words: Catalogue,
    elsewhere: Path | None,
) -> tuple[Filing, ...]:
    """Decide which workbooks to write: those that are absent or whose report changed.

    Args:
        workspace: Whose reports folder they go to.
        record: Remembers what was filed.
        reports: One per shop.
        words: The language.
        elsewhere: A file to write instead; always written, numbered when there are several shops.
    """
    plans = []
    for number, report in enumerate(reports):
        name = words.say("filed.name", shop=report.shop, day=report.day)
        path = workspace.reports / safe_name(name)
        if elsewhere is not None:
            stem = elsewhere.stem if number == 0 else f"{elsewhere.stem}-{number + 1}"
            path = elsewhere.with_name(f"{stem}{elsewhere.suffix}")
        key, digest = f"filed:{words.language}:{path.name}", _digest(report)
        known = elsewhere is None and path.is_file() and record.setting(key) == digest
        plans.append(Filing(report, path, key, digest, known))
    return tuple(plans)


def carry_out(
    workspace: Workspace, filings: Sequence[Filing], words: Catalogue, now: datetime
) -> Iterator[Message]:
    """Write the planned workbooks; one that cannot be written does not stop the others.

    Yields:
        What became of each.
    """
    done = []
    for filing in filings:
        if filing.known:
            yield message("filed.unchanged", path=str(filing.path))
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


def _write(filing: Filing, words: Catalogue) -> Message:
    from storeops.reporter import excel  # noqa: PLC0415 (a tenth of a second, rarely needed)

    path = filing.path
    previous = path.read_bytes() if path.is_file() else None
    receipt = file_report(
        path.parent, path.name, excel.render(filing.report, words, previous, path.name)
    )
    return message(f"filed.{receipt.status}", path=str(receipt.path))


def _digest(report: Report) -> str:
    """Fingerprint what a workbook shows; whether a file was read now or before does not show."""
    files = tuple(
        replace(entry, status="imported") if entry.status == "unchanged" else entry
        for entry in report.files
    )
    said = repr((__version__, replace(report, files=files)))
    return hashlib.sha256(said.encode("utf-8", "backslashreplace")).hexdigest()
