"""Text from files made harmless, and measured as a screen or a sheet shows it."""

from __future__ import annotations

import re
import unicodedata

_ESCAPE_SEQUENCE = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # colours, cursor, screen
    r"|\x1b[\]PX^_].*?(?:\x07|\x1b\\|\x9c|$)"  # titles, links, device strings
    r"|\x9b[0-?]*[ -/]*[@-~]"
    r"|\x1b[ -/]*[0-~]?",
    re.DOTALL,
)
_BREAK = re.compile(r"[\t\n\r\v\f\x85\u2028\u2029]+")
_TOKEN = re.compile(r"\s+|[^\s\u2e80-\uffef]*[0-9%][\u4e00-\u9fff]|[^\s\u2e80-\uffef]+|.")
"""A blank, a number with its Chinese unit, a word, or one Chinese character."""
_OPENING = frozenset("（(“‘「『【《〈[")
_UNSAFE = re.compile(
    r"[\x00-\x1f\x7f-\x9f"
    r"\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff"  # direction, zero width
    r"\ud800-\udfff\ufffe\uffff]"  # not text at all
)


def inert(text: str) -> str:
    """Strip what a terminal, a mail or a sheet could obey: escapes, controls, bidi overrides.

    Line breaks and tabs become one space; visible characters stay as they are.
    """
    if text.isascii() and text.isprintable():
        return text
    return _UNSAFE.sub("", _BREAK.sub(" ", _ESCAPE_SEQUENCE.sub("", text)))


def width(text: str) -> int:
    """Count the columns a text takes; a Chinese character takes two."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in text
    )


def clip(text: str, columns: int) -> str:
    """Cut a text to a number of columns, ending in an ellipsis when something was cut."""
    if width(text) <= columns:
        return text
    kept: list[str] = []
    used = 0
    for char in text:
        used += width(char)
        if used > columns - 1:
            break
        kept.append(char)
    return "".join(kept).rstrip() + "…"


def wrap(text: str, columns: int, *, first: int | None = None, lines: int = 99) -> list[str]:
    """Break a text into lines, between Chinese characters too, never before a closing mark.

    Args:
        text: One paragraph.
        columns: Width of a line.
        first: Width of the first line where it differs.
        lines: Most lines wanted; what is left over ends in an ellipsis.
    """
    done: list[str] = []
    line = ""
    narrowest = columns if first is None else min(columns, first)
    pieces = [part for piece in _pieces(text) for part in _broken(piece, narrowest)]
    for index, piece in enumerate(pieces):
        room = columns if done or first is None else first
        if not line or width(line + piece.rstrip()) <= room:
            line += piece
            continue
        if len(done) + 1 == lines:
            return [*done, clip(line + "".join(pieces[index:]), room)]
        done.append(line.rstrip())
        line = piece.lstrip()
    return [*done, clip(line.rstrip(), columns if done or first is None else first)]


def _pieces(text: str) -> list[str]:
    """Split a text where a line may break: marks stay with the word they belong to."""
    pieces: list[str] = []
    glue = False
    for token in _TOKEN.findall(text):
        stays = glue or token.isspace() or _closes(token)
        if pieces and stays:
            pieces[-1] += token
        else:
            pieces.append(token)
        glue = token in _OPENING
    return pieces


def _broken(piece: str, columns: int) -> list[str]:
    """Break what is wider than a whole line, a long address say, into its characters."""
    return [piece] if width(piece.rstrip()) <= columns else list(piece)


def _closes(token: str) -> bool:
    return len(token) == 1 and token not in _OPENING and unicodedata.category(token)[0] == "P"
