"""The Markdown of each chat platform: what it obeys, and what keeps a text from being obeyed."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


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
class Marks:
    """What a dialect writes around a text; the defaults write nothing.

    ``limit`` is in bytes of UTF-8. ``escape`` makes a text from a file harmless. ``title`` is
    empty where the platform shows the message's own title above it. ``colour`` has the colour and
    the text as its fields, ``hues`` are the platform's names for red and green.
    """

    limit: int
    escape: Callable[[str], str]
    title: str = "{}"
    is_title_first: bool = True
    verdict: str = "{}"
    head: str = "{}"
    bullet: str = "{}"
    number: str = "{}. {}"
    bold: str = "{}"
    colour: str = "{1}"
    hues: tuple[str, str] = ("", "")
    line: str = "\n"
    section: str = "\n\n"


_WIDE = {ord(char): chr(ord(char) + 0xFEE0) for char in "*_~`#<>[]!|\\&@$"}
"""Full-width twins: they look alike, and no platform obeys them."""
_ENTITIES = {ord(char): f"&#{ord(char)};" for char in "*_~`#<>[]()!|\\&@$"}
_LEAD = re.compile(r"^\s*(?:[-+]|\d+[.)])(?=\s)")
"""What begins a list."""
_WIDE_LEAD = {ord(char): chr(ord(char) + 0xFEE0) for char in "-+.)"}
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
    return text.translate({ord(char): _WIDE[ord(char)] for char in "@<"})


MARKS = {
    Dialect.DINGTALK: Marks(
        limit=20_000,
        escape=_wide,
        title="### {}",
        verdict="**{}**",
        head="#### {}",
        bullet="- {}",
        bold="**{}**",
        line="  \n",  # without the blanks two lines become one
    ),
    Dialect.FEISHU: Marks(
        # it counts the whole request as JSON, where a Chinese character may take six bytes
        limit=9_000,
        escape=_entities,
        title="",
        verdict="**{}**",
        head="**{}**",
        bullet="- {}",
        bold="**{}**",
        colour="<font color='{0}'>{1}</font>",
        hues=("red", "green"),
    ),
    Dialect.WECOM: Marks(
        limit=2_048,
        escape=_wide,
        title="### {}",
        verdict=">**{}**",
        head="**{}**",
        bold="**{}**",
        colour='<font color="{0}">{1}</font>',
        hues=("warning", "info"),
    ),
    Dialect.PLAIN: Marks(limit=20_000, escape=_calm, is_title_first=False),
}
