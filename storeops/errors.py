"""Errors a user can act on.

Everything else that is raised is a bug of ours and leaves with exit status 3.
"""

from __future__ import annotations

from storeops.messages import Message


class StoreopsError(Exception):
    """A problem the user can solve; shown as one message and one hint, never as a traceback."""

    def __init__(self, problem: Message, hint: Message | None = None) -> None:
        """Keep the problem and the remedy as messages; ``str()`` gives the ids for logs."""
        super().__init__(problem.id)
        self.problem = problem
        self.hint = hint

    def __reduce__(self) -> tuple[type[StoreopsError], tuple[Message, Message | None]]:
        """Cross a process border with the two messages, which is all a reader needs."""
        return StoreopsError, (self.problem, self.hint)


class FileProblem(StoreopsError):
    """One file cannot be used; the batch goes on without it.

    ``status`` is the file status of the JSON contract: unknown, unreadable or refused.
    ``place`` is the position as seen in Excel (``sheet!B7``), or None for the file as a whole.
    """

    def __init__(
        self,
        status: str,
        problem: Message,
        hint: Message | None = None,
        *,
        place: str | None = None,
        note_kind: str = "unreadable_file",
    ) -> None:
        super().__init__(problem, hint)
        self.status = status
        self.place = place
        self.note_kind = note_kind


class ConfigError(StoreopsError):
    """The configuration cannot be used; the message names file, line and key."""


class RecordError(StoreopsError):
    """The record cannot be used now (held by another process, damaged, or from a newer version)."""
