"""What is noticed while one file is read: counts, and notes for the report."""

from __future__ import annotations

from dataclasses import dataclass, field

from storeops.messages import Message, Note, message


@dataclass(slots=True)
class Log:
    """Collects the notes and the row counts of one file."""

    file: str
    notes: list[Note] = field(default_factory=list)
    layout: str | None = None
    shop: str | None = None
    rows_in: int = 0

    def note(self, kind: str, message_id: str, /, **args: object) -> None:
        """Add a note about the file."""
        self.notes.append(Note(kind, message(message_id, **args), self.file))

    def problem(self, kind: str, problem: Message, hint: Message | None, place: str | None) -> None:
        """Note the problem that ended the reading; what was noticed before is of no use now."""
        args: dict[str, object] = {"problem": problem}
        if hint is not None:
            args["hint"] = hint
        if place is not None:
            args["place"] = place
        ending = "".join(f"_{name}" for name in ("place", "hint") if name in args)
        self.notes = [Note(kind, message(f"ingest.problem{ending}", **args), self.file)]
