"""The findings of a page: causes with what follows from them, each linked to its rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from storeops.diagnose.finding import DataTable, Evidence, Finding, Subject
from storeops.fields import FIELDS
from storeops.messages import Unit
from storeops.reporter.build import cause_of
from storeops.reporter.columns import position
from storeops.reporter.lang import Catalogue
from storeops.reporter.numbers import json_number
from storeops.reporter.page.figures import way
from storeops.reporter.page.tables import row_anchor
from storeops.reporter.text import inert

_NAMED_BY = {
    "item": ("column.item_id", "column.item"),
    "rival": ("column.item_id", "column.rival_item", "column.rival"),
}
"""Columns that name a subject, the surest first; of any other kind the column of its name."""


@dataclass(frozen=True, slots=True)
class Link:
    """The row of a table that tells of a subject."""

    anchor: str
    title: str


@dataclass(frozen=True, slots=True)
class EvidenceView:
    """One checked number behind a finding."""

    text: str
    metric: str
    value: object
    baseline: object
    is_alongside: bool
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class FindingView:
    """One finding, formatted; a cause carries what follows from it."""

    id: str
    number: int
    owner: str
    owner_label: str
    severity: str
    text: str
    impact: object
    impact_text: str
    way: str
    action: str
    evidence: tuple[EvidenceView, ...]
    links: tuple[Link, ...]
    consequences: tuple[FindingView, ...] = ()


class Findings:
    """Findings of one report in one language, with the rows its tables show."""

    def __init__(
        self, tables: Sequence[DataTable], words: Catalogue, shown: frozenset[str]
    ) -> None:
        self._words = words
        self._rows = _rows(tables, words, shown)

    def causes(self, findings: Sequence[Finding]) -> tuple[FindingView, ...]:
        """List the causes in their order, each with its consequences."""
        causes = [finding for finding in findings if cause_of(finding, findings) is None]
        return tuple(
            self.view(
                cause,
                number,
                tuple(
                    self.view(finding)
                    for finding in findings
                    if cause_of(finding, findings) == cause.id
                ),
            )
            for number, cause in enumerate(causes, 1)
        )

    def view(
        self, finding: Finding, number: int = 0, consequences: tuple[FindingView, ...] = ()
    ) -> FindingView:
        """Format one finding."""
        words, impact = self._words, finding.impact
        return FindingView(
            id=inert(finding.id),
            number=number,
            owner=finding.owner.value,
            owner_label=words.term("owner", finding.owner.value),
            severity=finding.severity.value,
            text=words.text(finding.text),
            impact=_number(impact, Unit.CNY),
            impact_text="" if impact is None else words.numbers.about(impact),
            way=way(impact),
            action="" if finding.action is None else words.text(finding.action),
            evidence=tuple(map(self._evidence, finding.evidence)),
            links=self._links(finding.subject),
            consequences=consequences,
        )

    def _evidence(self, evidence: Evidence) -> EvidenceView:
        metric = inert(evidence.metric or "")
        unit = FIELDS[metric].unit if metric in FIELDS else Unit.FACTOR
        kind, _, name = metric.partition(":")
        return EvidenceView(
            text=self._words.text(evidence.text),
            metric=metric,
            value=_number(evidence.value, unit, metric),
            baseline=_number(evidence.baseline, unit, metric),
            is_alongside=evidence.is_alongside,
            links=self._links(Subject(kind, name)) if name else (),
        )

    def _links(self, subject: Subject) -> tuple[Link, ...]:
        names = [subject.id, subject.name, subject.id.rsplit(" > ", 1)[-1]]
        found: dict[str, Link] = {}
        for column in _NAMED_BY.get(subject.kind, (f"column.{subject.kind}",)):
            for name in names:
                for title, link in self._rows.get((column, name or ""), {}).items():
                    found.setdefault(title, link)
        return tuple(found.values())


def _rows(
    tables: Sequence[DataTable], words: Catalogue, shown: frozenset[str]
) -> Mapping[tuple[str, str], dict[str, Link]]:
    """Index the rows on the page by the column that names them and its text."""
    index: dict[tuple[str, str], dict[str, Link]] = {}
    for number, table in enumerate(tables):
        title = words.say(table.name)
        for column in table.columns:
            at = position(table, column.id)
            if column.unit is not Unit.TEXT or at is None:
                continue
            for row_number, row in enumerate(table.rows):
                anchor, name = row_anchor(number, row_number), row[at]
                if isinstance(name, str) and anchor in shown:
                    index.setdefault((column.id, name), {}).setdefault(title, Link(anchor, title))
    return index


def _number(value: float | None, unit: Unit, metric: str | None = None) -> object:
    number = json_number(value, unit, metric)
    return "" if number is None else number
