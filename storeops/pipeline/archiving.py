"""The index of past reports: a small file beside the record, and a page in the reports folder."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from filelock import FileLock

from storeops.delivery.files import file_report, safe_name
from storeops.diagnose.finding import PeriodKind
from storeops.messages import Message, Term, message
from storeops.pipeline.filing import Filing, Medium
from storeops.pipeline.workspace import Workspace
from storeops.reporter.archive import Entry, render
from storeops.reporter.blocks import Report, View
from storeops.reporter.lang import Catalogue

FILE_NAME = "archive.json"
_WAIT = 30


def add(workspace: Workspace, filings: Sequence[Filing], words: Catalogue) -> tuple[Message, ...]:
    """Enter filed reports in the index and write its page anew.

    A file whose report was removed from the folder is no longer linked; its line stays.

    Raises:
        StoreopsError: The index or its page cannot be written.
    """
    path = workspace.record.parent / FILE_NAME
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(path.with_suffix(".lock"), timeout=_WAIT):
        index = read(path)
        for each in filings:
            if each.path.parent == workspace.reports and each.path.is_file():
                _enter(index, each, words)
        data = json.dumps(index, ensure_ascii=False, indent=1, sort_keys=True).encode("utf-8")
        file_report(path.parent, path.name, data)
        entries = tuple(_entry(workspace, each) for each in index.values())
        name = safe_name(f"{words.say('filed.name.index')}.html")
        receipt = file_report(workspace.reports, name, render(entries, words).encode("utf-8"))
    told = message(
        f"filed.{receipt.status}", medium=Term("medium", "index"), path=str(receipt.path)
    )
    return (told,)


def read(path: Path) -> dict[str, dict[str, Any]]:
    """Read the index; a damaged one is begun anew, since every report can be made again."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {key: entry for key, entry in found.items() if _is_entry(entry)}


def _is_entry(entry: object) -> bool:
    return isinstance(entry, dict) and {"day", "kind", "shop", "state", "text"} <= entry.keys()


def _enter(index: dict[str, dict[str, Any]], filing: Filing, words: Catalogue) -> None:
    report = filing.report
    kind = _kind(report)
    first = report.day if report.period is None else report.period.first
    entry = index.setdefault(f"{kind.value} {first} {report.shop} {report.view.value}", {})
    entry |= {
        "day": report.day.isoformat(),
        "kind": kind.value,
        "shop": report.shop,
        "state": report.verdict.state.value,
        "text": words.text(report.verdict.text),
        "view": report.view.value,
        _LINKS[filing.medium]: filing.path.name,
    }


_LINKS: Mapping[Medium, str] = {Medium.HTML: "page", Medium.XLSX: "workbook"}


def _entry(workspace: Workspace, found: Mapping[str, Any]) -> Entry:
    def link(name: str) -> str | None:
        file = found.get(name)
        return str(file) if file and (workspace.reports / str(file)).is_file() else None

    return Entry(
        day=date.fromisoformat(found["day"]),
        kind=PeriodKind(found["kind"]),
        shop=str(found["shop"]),
        state=str(found["state"]),
        text=str(found["text"]),
        page=link("page"),
        workbook=link("workbook"),
        is_for_boss=found.get("view") == View.BOSS.value,
    )


def _kind(report: Report) -> PeriodKind:
    return PeriodKind.DAY if report.period is None else report.period.kind
