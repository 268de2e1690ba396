"""What a check is given, and what it answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from storeops import __version__
from storeops.config import Settings
from storeops.history import History
from storeops.messages import Message
from storeops.pipeline.workspace import Workspace

_PATIENCE = 2.0
"""Seconds to wait for a record in use: that it is in use is an answer too."""


class Status(StrEnum):
    """What a check came to."""

    OK = "ok"
    ATTENTION = "attention"
    """Runs, but somebody should look."""
    FAULT = "fault"
    """A run would fail, or reach nobody."""


@dataclass(frozen=True, slots=True)
class Check:
    """One line: what was looked at, what it came to, and what to do."""

    id: str
    status: Status
    message: Message
    hint: Message | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """What the checks look at; ``now`` is the clock in Beijing time."""

    root: Path
    now: datetime
    settings: Settings
    environ: Mapping[str, str]
    offline: bool = False

    @property
    def workspace(self) -> Workspace:
        """The workspace with its settings; events and notes do not matter here."""
        return Workspace(self.root, self.settings)

    def record(self) -> History:
        """Open the record for reading; it is not made, and not waited for long."""
        return History.open(
            self.workspace.record,
            wait_seconds=_PATIENCE,
            tool_version=__version__,
            now=self.now,
            read_only=True,
        )


Look = Callable[[Visit], Iterable[Check]]
