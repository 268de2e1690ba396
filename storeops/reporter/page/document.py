"""One HTML file that holds all it needs, under a content policy that names exactly that."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from storeops.reporter.lang import Catalogue

_HERE = Path(__file__).parent
_ASSETS = _HERE.parent.joinpath("assets")
_LANGUAGES = {"zh": "zh-CN", "en": "en"}
_IN_A_SCRIPT = {ord(char): f"\\u{ord(char):04x}" for char in ("<", ">", "&", "\u2028", "\u2029")}
"""What could end a script element, or a line of an old reader of JSON."""


@dataclass(frozen=True, slots=True)
class Document:
    """A template with the styles, scripts and data it takes in.

    Styles and scripts are names of files of ours, ``engine`` text of such a file; none of them
    ever holds text from a report, so each is allowed by its digest and nothing else is.
    """

    template: str
    styles: tuple[str, ...]
    scripts: tuple[str, ...]
    engine: str = ""
    data: Mapping[str, object] = field(default_factory=dict)

    def render(self, words: Catalogue, **values: object) -> str:
        """Fill the template: every value is escaped, but for style, scripts and data."""
        style = "\n".join(_static(name) for name in self.styles)
        scripts = [*filter(None, (self.engine,)), "\n".join(_static(name) for name in self.scripts)]
        return _environment().get_template(self.template).render(
            say=words.say,
            lang=_LANGUAGES.get(words.language, words.language),
            policy=policy(scripts, style),
            style=style,
            scripts=scripts,
            data=in_script(self.data),
            **values,
        )  # fmt: skip


def policy(scripts: list[str], style: str) -> str:
    """Write the content policy: these scripts, this style, drawn images, and nothing else."""
    allowed = " ".join(map(_digest, scripts))
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {allowed}",
            f"style-src {_digest(style)}",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def in_script(data: object) -> str:
    """Write JSON that no text in it can break out of, wherever a script element holds it."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.translate(_IN_A_SCRIPT)


@cache
def asset(name: str) -> str:
    """Read a file that ships with the reporter: the chart engine."""
    return _ASSETS.joinpath(name).read_text(encoding="utf-8")


@cache
def _static(name: str) -> str:
    return _HERE.joinpath("static", name).read_text(encoding="utf-8").strip()


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_HERE.joinpath("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _digest(text: str) -> str:
    raw = hashlib.sha256(text.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(raw).decode('ascii')}'"
