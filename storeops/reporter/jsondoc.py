"""The JSON document: schema ``storeops.report/1``, stable, for other programs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from storeops.diagnose.finding import Evidence, Figure, Finding, Split, Verdict
from storeops.facts import FileEntry
from storeops.fields import FIELDS
from storeops.messages import Change, Note, Unit
from storeops.reporter.blocks import Report, Table
from storeops.reporter.lang import Catalogue, catalogue
from storeops.reporter.numbers import json_number, rounded_parts
from storeops.reporter.target_listing import pace_document
from storeops.reporter.text import inert

SCHEMA = "storeops.report/1"
SCHEMA_OF_SEVERAL = "storeops.reports/1"
_FEN = 2


def render(report: Report, lang: str | Catalogue) -> dict[str, Any]:
    """Build the document of one shop; keys in the order of the contract.

    Money is yuan rounded to the fen, counts are integers, rates are unrounded fractions, and what
    is not known is null.
    """
    words = catalogue(lang)
    return {
        "schema": SCHEMA,
        "shop": inert(report.shop),
        "date": report.day.isoformat(),
        "verdict": _verdict(report.verdict, words),
        "figures": [_figure(figure) for figure in report.figures],
        "decomposition": None if report.split is None else _split(report.split),
        "pace": pace_document(report.pace),
        "findings": [_finding(finding, words) for finding in report.findings],
        "checked": [
            {"topic": checked.topic, "text": words.text(checked.text)} for checked in report.checked
        ],
        "notes": [_note(note, words) for note in report.notes],
        "files": [_file(entry) for entry in report.files],
        **_tables(report, words),
    }


def document(reports: Sequence[Report], lang: str | Catalogue) -> dict[str, Any]:
    """Build the document of a folder: one report itself, several shops as a list of them."""
    documents = [render(report, lang) for report in reports]
    if len(documents) == 1:
        return documents[0]
    return {"schema": SCHEMA_OF_SEVERAL, "reports": documents}


def _tables(report: Report, words: Catalogue) -> dict[str, Any]:
    """Give the tables of the one question that was asked; the whole morning has none."""
    tables = [
        block.table for block in report.blocks if isinstance(block, Table) and not block.detail
    ]
    if not tables:
        return {}
    return {
        "tables": [
            {
                "name": table.name.removeprefix("table."),
                "columns": [column.id.rpartition(".")[2] for column in table.columns],
                "rows": [[_cell(cell, words) for cell in row] for row in table.rows],
            }
            for table in tables
        ]
    }


def _cell(cell: object, words: Catalogue) -> object:
    """Write a cell: a number as a number, a change as a fraction, all else as text."""
    match cell:
        case None | bool():
            return None
        case int() | float():
            return json_number(float(cell), Unit.FACTOR)
        case Change(value):
            return json_number(value, Unit.FACTOR)
        case date():
            return cell.isoformat()
        case _:
            return words.argument(cell)


def _verdict(verdict: Verdict, words: Catalogue) -> dict[str, Any]:
    return {
        "state": verdict.state.value,
        "cause": verdict.cause.value if verdict.cause else None,
        "direction": verdict.direction.value if verdict.direction else None,
        "main_factor": verdict.main_factor,
        "impact": json_number(verdict.impact, Unit.CNY),
        "confidence": verdict.confidence.value,
        "text": words.text(verdict.text),
    }


def _figure(figure: Figure) -> dict[str, Any]:
    def number(value: float | None) -> float | int | None:
        return json_number(value, figure.unit, figure.metric)

    return {
        "metric": figure.metric,
        "unit": figure.unit.value,
        "value": number(figure.value),
        "baseline": number(figure.baseline),
        "expected_low": number(figure.expected_low),
        "expected_high": number(figure.expected_high),
        "previous_day": number(figure.previous_day),
        "same_weekday": number(figure.same_weekday),
        "peer": number(figure.peer),
        "abnormal": figure.abnormal,
    }


def _split(split: Split) -> dict[str, Any]:
    amounts = rounded_parts(split.start, split.end, [part.amount for part in split.parts], _FEN)
    return {
        "metric": split.metric,
        "from": json_number(split.start, Unit.CNY),
        "to": json_number(split.end, Unit.CNY),
        "parts": [
            {"factor": part.factor, "amount": amount}
            for part, amount in zip(split.parts, amounts, strict=True)
        ],
    }


def _finding(finding: Finding, words: Catalogue) -> dict[str, Any]:
    return {
        "id": inert(finding.id),
        "topic": finding.topic,
        "metric": finding.metric,
        "subject": {
            "kind": finding.subject.kind,
            "id": inert(finding.subject.id),
            "name": words.subject(finding.subject.kind, finding.subject.name),
        },
        "direction": finding.direction.value if finding.direction else None,
        "impact": json_number(finding.impact, Unit.CNY),
        "severity": finding.severity.value,
        "owner": finding.owner.value,
        "text": words.text(finding.text),
        "action": words.text(finding.action) if finding.action else None,
        "because_of": inert(finding.because_of) if finding.because_of else None,
        "evidence": [_evidence(evidence, words) for evidence in finding.evidence],
    }


def _evidence(evidence: Evidence, words: Catalogue) -> dict[str, Any]:
    field = FIELDS.get(evidence.metric or "")
    unit = field.unit if field else Unit.FACTOR
    return {
        "text": words.text(evidence.text),
        "metric": evidence.metric,
        "value": json_number(evidence.value, unit, evidence.metric),
        "baseline": json_number(evidence.baseline, unit, evidence.metric),
    }


def _note(note: Note, words: Catalogue) -> dict[str, Any]:
    return {
        "kind": note.kind,
        "text": words.text(note.message),
        "file": inert(note.file) if note.file else None,
    }


def _file(entry: FileEntry) -> dict[str, Any]:
    return {
        "file": inert(entry.file),
        "layout": entry.layout,
        "status": entry.status,
        "rows_in": entry.rows_in,
        "rows_kept": entry.rows_kept,
        "rows_reported": entry.rows_reported,
    }
