"""One message for a group chat, in the Markdown of each platform, within its limit.

A message that is too long loses whole sentences, the least important first, and says that there
is more: it is never cut inside a sentence, a number or a mark. Text from files cannot become a
mark, a link or a call to everybody, because every mark in it is replaced before it is set.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from storeops.diagnose.finding import Finding
from storeops.messages import Message, Term
from storeops.reporter.blocks import Report
from storeops.reporter.brief import Brief, Reading, brief
from storeops.reporter.dialects import MARKS, Dialect
from storeops.reporter.lang import Catalogue, catalogue
from storeops.reporter.numbers import NONE
from storeops.reporter.palette import Palette, palette
from storeops.reporter.subject import subject

LEAST_BYTES = 120
"""Room for the state of the day and the hint that there is more, in either language."""
PLAIN_CHARACTERS = 800
_STOPS = tuple("\u3002\uff01\uff1f.!?\u2026")
_FIRST_FIGURES, _FIRST_REASONS = 4, 2


@dataclass(frozen=True, slots=True)
class ChatText:
    """A message: ``title`` for a card's head or a notification, and what is read below it."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of a section; of two lines the one with the lower ``rank`` survives a cut."""

    section: str
    text: str
    rank: int


def render(
    report: Report, lang: str | Catalogue, dialect: Dialect, limit_bytes: int | None = None
) -> ChatText:
    """Write a report as one message.

    Args:
        report: The report, for an operator or the boss, of a day, a week or a month.
        lang: ``zh``, ``en`` or a loaded catalogue.
        dialect: The platform.
        limit_bytes: Most bytes of UTF-8, at least 120; None takes the platform's own limit. A
            plain text has at most 800 characters besides.

    Raises:
        ValueError: A limit under 120 bytes.
    """
    words = catalogue(lang)
    limit = MARKS[dialect].limit if limit_bytes is None else limit_bytes
    if limit < LEAST_BYTES:
        raise ValueError(f"a message of {limit} bytes says nothing, {LEAST_BYTES} are the least")
    setter = _Setter(dialect, words)
    characters = PLAIN_CHARACTERS if dialect is Dialect.PLAIN else limit

    def fits(text: str) -> bool:
        return len(text) <= characters and len(text.encode()) <= limit

    return ChatText(subject(report, words), setter.message(report, fits))


def whole(report: Report, lang: str | Catalogue) -> str:
    """Write all of a report's brief as plain text, for the text part of a mail."""
    return _Setter(Dialect.PLAIN, catalogue(lang)).message(report, lambda _: True)


class _Setter:
    """Sets a brief in one dialect and language."""

    def __init__(self, dialect: Dialect, words: Catalogue) -> None:
        self.marks = MARKS[dialect]
        self.words = words
        self.safe = words.escaping(self.marks.escape)
        self.colours: Palette = palette(words.language, *self.marks.hues)

    def message(self, report: Report, fits: Callable[[str], bool]) -> str:
        lines = tuple(self._lines(brief(report, self.words)))
        text = self._ended(self._set(lines))
        if fits(text):
            return text
        more = self.words.say("post.more")
        kept: list[_Line] = []
        for line in sorted(lines, key=lambda line: line.rank):
            tried = [other for other in lines if other in [*kept, line]]
            if not fits(self._joined(self._set(tried), more)):
                break
            kept.append(line)
        if kept:
            return self._joined(self._set([line for line in lines if line in kept]), more)
        state = self.words.term("state", report.verdict.state.value)
        return self._joined(self._sentence(state), more)

    def _joined(self, text: str, more: str) -> str:
        return f"{text}{self.marks.section}{more}"

    def _set(self, lines: Sequence[_Line]) -> str:
        parts: list[str] = []
        section = None
        for line in lines:
            if line.section != section:
                section = line.section
                parts.append(f"{self.marks.section if parts else ''}{self._head(section)}")
            else:
                parts.append(self.marks.line)
            parts.append(line.text)
        return "".join(parts)

    def _head(self, section: str) -> str:
        head = f"post.head.{section}"
        if head not in self.words or section == "figures":
            return ""
        return self.marks.head.format(self.words.say(head)) + self.marks.line

    def _lines(self, told: Brief) -> Iterator[_Line]:
        """Give the lines in the order they are read, each with its rank in a cut.

        Verdict and title come first, then the four figures that explain each other, the dearest
        task, and why; what only completes the picture goes before these.
        """
        marks = self.marks
        yield from self._opening(told)
        for text in told.told:
            yield _Line("told", self._said(text), 2)
        for place, figure in enumerate(told.figures):
            rank = 3 if place < _FIRST_FIGURES else 7
            yield _Line("figures", marks.bullet.format(self._figure(figure)), rank)
        for place, text in enumerate(told.why):
            rank = 5 if place < _FIRST_REASONS else 8
            yield _Line("why", marks.bullet.format(self._said(text)), rank)
        yield from self._tasks(told)
        if told.decision is not None:
            yield _Line("decision", self._said(told.decision), 4)
        for text in told.target:
            yield _Line("target", marks.bullet.format(self._said(text)), 10)
        yield from self._notes(told)

    def _opening(self, told: Brief) -> Iterator[_Line]:
        marks = self.marks
        title = _Line("title", marks.title.format(self.safe.text(told.title)), 1)
        verdict = _Line("verdict", marks.verdict.format(self._said(told.verdict)), 0)
        if not marks.title:
            yield verdict
        elif marks.is_title_first:
            yield from (title, verdict)
        else:
            yield from (verdict, replace(title, section="verdict"))

    def _tasks(self, told: Brief) -> Iterator[_Line]:
        numbered = enumerate((*told.tasks, *told.also), 1)
        for number, finding in numbered:
            is_task = number <= len(told.tasks)
            text = self.marks.number.format(number, self._task(finding))
            rank = 4 if number == 1 else 6 + min(number, 3)
            yield _Line("tasks" if is_task else "also", text, rank if is_task else 11)
        if told.more:
            rest = self._sentence(self.words.say("post.more_tasks", n=told.more))
            yield _Line("also" if told.also else "tasks", self.marks.bullet.format(rest), 12)

    def _notes(self, told: Brief) -> Iterator[_Line]:
        for text in told.notes:
            yield _Line("notes", self.marks.bullet.format(self._said(text)), 13)
        if told.more_notes:
            rest = self._sentence(self.words.say("post.more_notes", n=told.more_notes))
            yield _Line("notes", self.marks.bullet.format(rest), 14)

    def _figure(self, figure: Reading) -> str:
        compared = [
            self.words.say(
                "post.versus", against=one.against, change=self._coloured(one.text, one.sign)
            )
            for one in figure.compared
            if one.text != NONE
        ]
        if figure.is_abnormal:
            compared.insert(0, self.words.say("post.abnormal"))
        value = self.marks.bold.format(figure.value)
        if not compared:
            return self.words.say("post.figure", label=figure.label, value=value)
        return self.words.say(
            "post.figure.compared", label=figure.label, value=value, compared=tuple(compared)
        )

    def _coloured(self, text: str, sign: float | None) -> str:
        colour = self.colours.sign(sign)
        return self.marks.colour.format(colour, text) if colour else text

    def _task(self, finding: Finding) -> str:
        owner = self.marks.bold.format(self.words.argument(Term("owner", finding.owner.value)))
        text = self.safe.text(finding.text)
        if finding.impact is None:
            task = self.words.say("post.task", owner=owner, text=text)
        else:
            impact = self.words.numbers.about(finding.impact)
            task = self.words.say("post.task.worth", owner=owner, text=text, impact=impact)
        if finding.action is not None:
            action = self.safe.text(finding.action)
            task = self.words.say("post.task.action", task=task, action=action)
        return self._sentence(task)

    def _said(self, text: Message) -> str:
        return self._sentence(self.safe.text(text))

    def _sentence(self, text: str) -> str:
        return text if text.endswith(_STOPS) else text + self.words.say("post.stop")

    def _ended(self, text: str) -> str:
        """End the whole with a stop; one before a closing mark of bold counts."""
        return text if text.rstrip("*").endswith(_STOPS) else self._sentence(text)
