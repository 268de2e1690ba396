"""A check-up as text and JSON: a line per check, what to do below it, the calendar at the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from storeops.messages import Message
from storeops.reporter import listing
from storeops.reporter.lang import Catalogue
from storeops.reporter.text import width

_STATES = ("ok", "attention", "fault")


class _Check(Protocol):
    """One line of ``pipeline.checkup``."""

    @property
    def id(self) -> str: ...

    @property
    def status(self) -> str: ...

    @property
    def message(self) -> Message: ...

    @property
    def hint(self) -> Message | None: ...


class _Checkup(Protocol):
    """What ``pipeline.checkup`` hands over."""

    @property
    def checks(self) -> Sequence[_Check]: ...

    @property
    def coverage(self) -> Sequence[Any]: ...


def checkup(found: _Checkup, words: Catalogue) -> str:
    """List the checks, the calendar of the last days, and how many came to what."""
    lines = list(_lines(found.checks, words))
    if found.coverage:
        lines += ["", listing.coverage(found.coverage, words)]
    counts = Counter(str(check.status) for check in found.checks)
    numbers = {state: counts[state] for state in _STATES}
    return "\n".join([*lines, "", words.say("doctor.total", **numbers)])


def _lines(checks: Sequence[_Check], words: Catalogue) -> Iterator[str]:
    labels = {state: words.term("check", state) for state in _STATES}
    room = max(map(width, labels.values()))
    for check in checks:
        label = labels[str(check.status)]
        yield f"{label}{' ' * (room - width(label) + 2)}{words.text(check.message)}"
        if check.hint is not None:
            yield f"{' ' * (room + 2)}→ {words.text(check.hint)}"


def document(found: _Checkup, words: Catalogue) -> dict[str, Any]:
    """Give the check-up as JSON; ``id`` and ``status`` are stable, the texts are for people."""
    return {
        "schema": "storeops.checkup/1",
        "checks": [
            {
                "id": check.id,
                "status": str(check.status),
                "text": words.text(check.message),
                "hint": None if check.hint is None else words.text(check.hint),
            }
            for check in found.checks
        ],
        "coverage": listing.coverage_document(found.coverage),
    }
