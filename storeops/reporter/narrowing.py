"""A report for some owners: the same day, only their tasks."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from storeops.diagnose.finding import Finding
from storeops.reporter.blocks import Block, Decision, Findings, Report
from storeops.reporter.build import cause_of, most_important


def for_owners(report: Report, owners: Collection[str]) -> Report:
    """Keep the causes that some owners have to see to, each with all that follows from it.

    Verdict, figures, tables and notes stay: everybody reads the same day. What one of them has
    to do and five dearer tasks of others kept off the list is on it then. A decision about
    another's task goes; a report without any task left has no list at all.

    Args:
        report: The report of everything.
        owners: Names of owners (``operations``, ``warehouse``...); none leaves the report alone.
    """
    if not owners:
        return report
    kept = tuple(f for f in report.findings if _cause(f, report.findings).owner.value in owners)
    return replace(report, findings=kept, blocks=tuple(_blocks(report.blocks, kept)))


def _cause(finding: Finding, findings: Sequence[Finding]) -> Finding:
    cause = cause_of(finding, findings)
    return next((other for other in findings if other.id == cause), finding)


def _blocks(blocks: Sequence[Block], kept: Sequence[Finding]) -> Iterator[Block]:
    ids = {finding.id for finding in kept}
    for block in blocks:
        if isinstance(block, Findings):
            if kept:
                yield Findings(most_important(kept))
        elif isinstance(block, Decision):
            if block.finding is None or block.finding.id in ids:
                yield block
        else:
            yield block
