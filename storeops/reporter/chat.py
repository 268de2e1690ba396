"""One message for a group chat, in the Markdown of each platform, within its limit.

A message that is too long loses whole sentences, the least important first, and says that there
is more: it is never cut inside a sentence, a number or a mark. Text from files cannot become a
mark, a link or a call to everybody, because every mark in it is replaced before it is set.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from storeops.diagnose.finding import Finding
from storeops.messages import Message, Term
from storeops.reporter.blocks import Report
from storeops.reporter.brief import Brief, Reading, brief
from storeops.reporter.lang import Catalogue, catalogue
from storeops.reporter.numbers import NONE
from storeops.reporter.palette import Palette, palette
from storeops.reporter.subject import subject

LEAST_BYTES = 120
"""Room for the state of the day and the hint that there is more, in either language."""
PLAIN_CHARACTERS = 800
_FIRST_FIGURES, _FIRST_REASONS = 4, 2


class Dialect(StrEnum):
    """How a platform wants its text."""

    DINGTALK = "dingtalk"
    """Markdown of headings, quotes, bold, links and lists; no tables, no colours."""
    FEISHU = "feishu"
    """Markdown of a card: bold, lists, colours; no headings, its title stands above."""
    WECOM = "wecom"
    """Markdown of headings, quotes, bold and three colours; lists are plain lines."""
    PLAIN = "plain"
    """No marks at all: any group, and the body of a text mail."""


@dataclass(frozen=True, slots=True)
class ChatText:
    """A message: ``title`` for the platform's own title line, ``text`` complete without it."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class _Marks:
    """What a dialect writes around a text."""

    limit: int
    """Bytes of UTF-8."""
    escape: Callable[[str], str]
    title: str
    """Empty where the platform shows the message's own title above it."""
    verdict: str
    head: str
    bullet: str
    number: str
    bold: str
    colour: str
    hues: tuple[str, str]
    """The platform's names for red and green."""
    section: str
    """What stands between two sections, and between a heading and its lines."""
    line: str
    title_first: bool = True


_WIDE = {ord(char): chr(ord(char) + 0xFEE0) for char in "*_~`#<>[]!|\\&@$"}
"""Full-width twins: they look alike, and no platform obeys them."""
_ENTITIES = {ord(char): f"&#{ord(char)};" for char in "*_~`#<>[]()!|\\&@$"}
_WIDE_LEAD = {ord(char): chr(ord(char) + 0xFEE0) for char in "-+.)"}
_LEAD = re.compile(r"^\s*(?:[-+]|\d+[.)])(?=\s)")
"""What begins a list."""
_SCHEME = re.compile(r":(?=//)")
_WIDE_COLON = "\uff1a"


def _bare(text: str) -> str:
    """Leave no address that a client would make a link of, and no beginning of a list."""
    text = _SCHEME.sub(_WIDE_COLON, text)
    return _LEAD.sub(lambda lead: lead[0].translate(_WIDE_LEAD), text)


def _wide(text: str) -> str:
    return _bare(text).translate(_WIDE)


def _entities(text: str) -> str:
    return _bare(text).translate(_ENTITIES)


def _calm(text: str) -> str:
    """Keep a plain text from calling everybody, should a robot post it."""
    return text.translate({ord("@"): "\uff20", ord("<"): "\uff1c"})


_DIALECTS = {
    Dialect.DINGTALK: _Marks(
        20_000, _wide, "### {}", "**{}**", "#### {}", "- {}", "{}. {}", "**{}**", "{1}",
        ("", ""), "\n\n", "\n",
    ),
    # the platform counts the whole request as JSON, where a Chinese character may take six bytes
    Dialect.FEISHU: _Marks(
        9_000, _entities, "", "**{}**", "**{}**", "- {}", "{}. {}", "**{}**",
        "<font color='{0}'>{1}</font>", ("red", "green"), "\n\n", "\n",
    ),
    Dialect.WECOM: _Marks(
        2_048, _wide, "### {}", ">**{}**", "**{}**", "{}", "{}. {}", "**{}**",
        '<font color="{0}">{1}</font>', ("warning", "info"), "\n\n", "\n",
    ),
    Dialect.PLAIN: _Marks(
        20_000, _calm, "{}", "{}", "{}", "{}", "{}. {}", "{}", "{1}", ("", ""), "\n\n", "\n",
        title_first=False,
    ),
}  # fmt: skip


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
    limit = _DIALECTS[dialect].limit if limit_bytes is None else limit_bytes
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
        self.marks = _DIALECTS[dialect]
        self.words = words
        self.safe = words.escaping(self.marks.escape)
        self.colours: Palette = palette(words.language, *self.marks.hues)
        self.stops = tuple("\u3002\uff01\uff1f.!?\u2026")

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

        Verdict and title come first, then the four figures that explain each other, why, and the
        dearest task; what only completes the picture goes before these.
        """
        marks = self.marks
        yield from self._opening(told)
        for text in told.told:
            yield _Line("told", self._said(text), 2)
        for place, figure in enumerate(told.figures):
            rank = 3 if place < _FIRST_FIGURES else 7
            yield _Line("figures", marks.bullet.format(self._figure(figure)), rank)
        for place, text in enumerate(told.why):
            rank = 4 if place < _FIRST_REASONS else 8
            yield _Line("why", marks.bullet.format(self._said(text)), rank)
        yield from self._tasks(told)
        if told.decision is not None:
            yield _Line("decision", self._said(told.decision), 5)
        for text in told.target:
            yield _Line("target", marks.bullet.format(self._said(text)), 10)
        yield from self._notes(told)

    def _opening(self, told: Brief) -> Iterator[_Line]:
        marks = self.marks
        title = _Line("title", marks.title.format(self.safe.text(told.title)), 1)
        verdict = _Line("verdict", marks.verdict.format(self._said(told.verdict)), 0)
        if not marks.title:
            yield verdict
        elif marks.title_first:
            yield from (title, verdict)
        else:
            yield from (verdict, replace(title, section="verdict"))

    def _tasks(self, told: Brief) -> Iterator[_Line]:
        numbered = enumerate((*told.tasks, *told.also), 1)
        for number, finding in numbered:
            is_task = number <= len(told.tasks)
            text = self.marks.number.format(number, self._task(finding))
            rank = 5 if number == 1 else 6 + min(number, 3)
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
        return text if text.endswith(self.stops) else text + self.words.say("post.stop")

    def _ended(self, text: str) -> str:
        """End the whole with a stop; one before a closing mark of bold counts."""
        return text if text.rstrip("*").endswith(self.stops) else self._sentence(text)
