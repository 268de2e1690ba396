"""Taking secrets out of what others answer, before anybody reads or keeps it."""

from __future__ import annotations

import base64
import html
import json
import logging
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from urllib.parse import parse_qsl, quote, quote_plus, unquote, urlsplit

from storeops.delivery.keys import Revealed

_MASK = "***"
_LONGEST = 500
"""Characters of an answer that are kept: enough for a reason, too few for a page."""
_SHORTEST_CORE = 6
"""Characters of base64 that are telling; fewer would hit ordinary words."""
_TELLING = 8
"""Characters from which on a part of an address is taken for a key."""
_NAMED = re.compile(
    r"(?i)(?:\b|(?<=%3f)|(?<=%26))(access_token|token|key|sign|signature|secret|password)(=|%3d)[^&\s\"'<>,;)]+"
)
_HOOK = re.compile(r"(?i)(/hook/)[^/?#\s\"'<>,;)]+")
_UNSEEN = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]+"
)
_CHATTY = ("urllib3.connectionpool", "urllib3.util.retry", "urllib3.connection", "stamina")
"""Loggers that write addresses, and with them keys, or a warning about what we report ourselves."""


def scrub(text: str, secrets: Iterable[Revealed]) -> str:
    """Blank out secrets in a foreign text, and make it one short line of visible characters.

    Besides the secret as it is: URL-encoded, base64 at any offset, as JSON, HTML and Python write
    it, the parts of an address that hold a key, and whatever is named ``access_token=`` or alike.
    """
    shapes = {shape for secret in secrets for shape in _shapes(secret.value)}
    for shape in sorted(shapes, key=len, reverse=True):
        text = text.replace(shape, _MASK)
    text = _HOOK.sub(rf"\g<1>{_MASK}", _NAMED.sub(rf"\g<1>\g<2>{_MASK}", text))
    line = " ".join(_UNSEEN.sub(" ", text).split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


@contextmanager
def quiet() -> Iterator[None]:
    """Keep libraries from logging addresses that hold keys, at whatever level, for this while."""

    def nothing(_record: logging.LogRecord) -> bool:
        return False  # a filter of its own for each while: attempts overlap in threads

    loggers = [logging.getLogger(name) for name in _CHATTY]
    for logger in loggers:
        logger.addFilter(nothing)
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeFilter(nothing)


def _shapes(secret: str) -> Iterator[str]:
    for part in {secret, *_keys_of_an_address(secret)}:
        quoted = quote(part, safe="")
        yield from (part, quoted, quote(part), quote_plus(part), quoted.lower())
        yield from (html.escape(part), repr(part)[1:-1])
        yield from (json.dumps(part)[1:-1], json.dumps(part, ensure_ascii=False)[1:-1])
        yield from _cores(part.encode("utf-8", "surrogatepass"))


def _keys_of_an_address(secret: str) -> Iterator[str]:
    """The parts of a robot's address that an answer may repeat alone."""
    if "://" not in secret:
        return
    parts = urlsplit(secret)
    yield from (parts.path + "?" + parts.query, parts.query) if parts.query else ()
    segments = parts.path.split("/")
    values = [value for _, value in parse_qsl(parts.query)]
    for part in (parts.password or "", *segments, *values):
        if len(part) >= _TELLING:
            yield from (part, unquote(part))


def _cores(data: bytes) -> Iterator[str]:
    """What base64 makes of the secret inside a longer text, at each of three offsets."""
    for before in range(3):
        bits_before, bits = before * 8, (before + len(data)) * 8
        first, last = -(-bits_before // 6), bits // 6
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            core = encode(b"\0" * before + data).decode()[first:last]
            if len(core) >= _SHORTEST_CORE:
                yield core
