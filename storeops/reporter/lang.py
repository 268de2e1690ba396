"""Words: the catalogues of ``storeops/lang`` and how a message becomes a sentence."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from storeops.messages import Change, Message, Quantity, Term
from storeops.reporter.numbers import NONE, Numbers
from storeops.reporter.text import inert

LANGUAGES = ("zh", "en")
FOLDER = Path(__file__).parent.parent / "lang"

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_CHINESE = 0x04  # primary language id of Windows


class UnknownMessageError(LookupError):
    """A message id that the catalogue lacks; raised by a strict catalogue only."""


class Catalogue:
    """One language: templates by message id, and the numbers of that language.

    A message without a template is a fault of ours, yet never stops a report: it is printed as
    its id with its arguments. A ``strict`` catalogue (tests) raises instead.
    """

    def __init__(
        self,
        lang: str,
        templates: Mapping[str, str],
        *,
        strict: bool = False,
        escape: Callable[[str], str] = inert,
    ) -> None:
        self.language = lang
        self.templates = templates
        self.numbers = Numbers(templates)
        self._strict = strict
        self._escape = escape

    def escaping(self, escape: Callable[[str], str]) -> Catalogue:
        """Speak the same words, with ``escape`` applied to every text from a file.

        ``escape`` gets text without control characters; our own sentences stay as they are.
        """
        return Catalogue(
            self.language,
            self.templates,
            strict=self._strict,
            escape=lambda text: escape(inert(text)),
        )

    def __contains__(self, message_id: str) -> bool:
        return message_id in self.templates

    def text(self, message: Message) -> str:
        """Render a message; text from files comes out without control characters or escapes."""
        template = self.templates.get(message.id)
        args = {name: self.argument(value) for name, value in message.args.items()}
        if template is None:
            if self._strict:
                raise UnknownMessageError(message.id)
            return inert(f"[{': '.join(filter(None, (message.id, ', '.join(args.values()))))}]")
        try:
            return template.format_map(args)
        except (KeyError, IndexError, ValueError, AttributeError):
            if self._strict:
                raise
            return f"{template} [{', '.join(args.values())}]"

    def say(self, message_id: str, /, **args: object) -> str:
        """Render a message named by its id."""
        return self.text(Message(message_id, args))

    def term(self, kind: str, name: str) -> str:
        """Look up a word; a factor or a short label falls back to the metric of that name."""
        for word_id in (f"{kind}.{name}", f"metric.{name}"):
            if word_id in self.templates:
                return self.templates[word_id]
        if self._strict:
            raise UnknownMessageError(f"{kind}.{name}")
        return self._escape(name)

    def subject(self, kind: str, name: str | None) -> str:
        """Name what a finding is about: its own name, else the word for its kind."""
        return self._escape(name) if name else self.term("subject", kind)

    def column(self, label: str) -> str:
        """Turn a metric as a person names it (``访客数``, ``visitors``) into its column name."""
        for name, text in self.templates.items():
            if text == label and name.startswith("metric."):
                return name.removeprefix("metric.")
        return label

    def weekday(self, day: date) -> str:
        """Name the weekday of a day."""
        return self.term("weekday", str(day.weekday()))

    def day(self, day: date) -> str:
        """Print a day with its weekday."""
        return self.numbers.day(day, self.weekday(day))

    def argument(self, value: object) -> str:
        """Print one typed argument of a message."""
        match value:
            case None:
                return NONE
            case str():
                return self._escape(value)
            case int() | float():
                return self.numbers.plain(value)
            case date():
                return f"{value:%Y-%m-%d}"
            case tuple() | list():
                joiner = self.templates.get("list.separator", ", ")
                return joiner.join(self.argument(part) for part in value)
            case _:
                return self._typed(value)

    def _typed(self, value: object) -> str:
        match value:
            case Quantity():
                return self.numbers.quantity(value.value, value.unit)
            case Change():
                return self.numbers.change(value)
            case Term():
                return self.term(value.kind, value.name)
            case Message():
                return self.text(value)
            case _:
                return self._escape(str(value))


def files(lang: str) -> tuple[Path, ...]:
    """List the catalogue files of a language in order of name."""
    return tuple(sorted((FOLDER / lang).glob("*.yaml")))


def catalogue(lang: str | Catalogue) -> Catalogue:
    """Load the words of a language (``zh`` or ``en``) once; a catalogue is passed through."""
    return lang if isinstance(lang, Catalogue) else _catalogue(lang)


@cache
def _catalogue(lang: str) -> Catalogue:
    templates: dict[str, str] = {}
    for path in files(lang):
        templates.update(read(path))
    return Catalogue(lang, templates)


def read(path: Path) -> dict[str, str]:
    """Read one catalogue file: message id -> template."""
    with path.open(encoding="utf-8") as stream:
        return yaml.load(stream, _LOADER) or {}  # noqa: S506 (a safe loader either way)


def language(setting: str, environ: Mapping[str, str]) -> str:
    """Choose ``zh`` or ``en``: the setting, else the locale variables, else the Windows language.

    The first of LC_ALL, LC_MESSAGES and LANG that is set decides; Chinese only for a Chinese
    locale.
    """
    if setting in LANGUAGES:
        return setting
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        locale = environ.get(variable)
        if locale:
            return "zh" if locale.lower().startswith(("zh", "chinese")) else "en"
    return "zh" if _windows_is_chinese() else "en"


def _windows_is_chinese() -> bool:
    if sys.platform != "win32":
        return False
    import ctypes  # noqa: PLC0415 (exists for Windows only)

    return bool(ctypes.windll.kernel32.GetUserDefaultUILanguage() & 0x3FF == _CHINESE)
