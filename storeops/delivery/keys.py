"""Passwords, robot addresses and signing secrets: found where the settings say, and never shown."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path

from storeops.errors import StoreopsError
from storeops.messages import message

_LONGEST = 65_536
"""Bytes read of a file: a secret is short, and a device file has no end."""
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class MissingKey(StoreopsError):
    """A secret is not where the settings say; nothing was sent, and a later attempt may find it."""


class Revealed:
    """A secret in memory. Only ``value`` shows it; no repr, format, copy or pickle does."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    @property
    def value(self) -> str:
        """The secret itself, for the one call that needs it."""
        return self._value

    def __repr__(self) -> str:
        return "Revealed(***)"

    def __str__(self) -> str:
        return "***"

    def __reduce__(self) -> str:
        raise TypeError("a secret does not cross a process border")


def reveal(reference: str, environ: Mapping[str, str] | None = None) -> Revealed:
    """Find a secret.

    Args:
        reference: ``env:NAME``, ``file:PATH`` (one secret, its last line break dropped) or
            ``keyring:SERVICE/USER``.
        environ: The environment; this process's by default.

    Raises:
        MissingKey: It is absent or empty, its file can be read by others, or there is no keyring.
            Names the reference, never the value.
    """
    kind, _, name = reference.partition(":")
    if kind == "env":
        value = (os.environ if environ is None else environ).get(name, "").strip()
    elif kind == "file":
        value = _from_file(reference, Path(name).expanduser())
    elif kind == "keyring":
        value = _from_keyring(reference, *name.partition("/")[::2])
    else:
        raise MissingKey(
            message("delivery.key.no_kind"), message("delivery.key.no_kind_hint")
        )  # unlike elsewhere the reference is not named: it may be the secret itself
    if not value:
        raise _absent(reference, kind)
    if any("\ud800" <= mark <= "\udfff" for mark in value):  # bytes that are no UTF-8
        raise _not_text(reference)
    return Revealed(value)


def _absent(reference: str, kind: str) -> MissingKey:
    hints = {
        "env": message("delivery.key.env_hint"),
        "file": message("delivery.key.file_hint"),
        "keyring": message("delivery.key.keyring_hint"),
    }
    return MissingKey(message("delivery.key.absent", reference=reference), hints[kind])


def _not_text(reference: str) -> MissingKey:
    return MissingKey(
        message("delivery.key.not_text", reference=reference),
        message("delivery.key.not_text_hint"),
    )


def _from_file(reference: str, path: Path) -> str:
    try:
        with path.open("rb") as stream:
            is_open = os.name == "posix" and bool(os.fstat(stream.fileno()).st_mode & _OTHERS)
            data = b"" if is_open else stream.read(_LONGEST + 1)
    except OSError as error:
        raise MissingKey(
            message(
                "delivery.key.unreadable",
                reference=reference,
                file=str(path.absolute()),
                problem=error.strerror or type(error).__name__,
            ),
            message("delivery.key.file_hint"),
        ) from None
    if is_open:
        raise MissingKey(
            message("delivery.key.open_to_others", file=str(path)),
            message("delivery.key.open_to_others_hint", file=str(path)),
        )
    text = _text(data)
    if text is None:
        raise _not_text(reference)
    return text


def _text(data: bytes) -> str | None:
    """Decode outside of any handler: a decoding error carries the bytes, and would be chained."""
    try:
        return data.decode("utf-8-sig").rstrip("\r\n") if len(data) <= _LONGEST else None
    except UnicodeDecodeError:
        return None


def _from_keyring(reference: str, service: str, user: str) -> str:
    try:
        import keyring  # noqa: PLC0415 (an extra)
        from keyring.errors import KeyringError  # noqa: PLC0415
    except ImportError:
        raise MissingKey(
            message("delivery.key.no_extra", reference=reference),
            message("delivery.key.no_extra_hint"),
        ) from None
    try:
        return keyring.get_password(service, user) or ""
    except KeyringError as error:
        problem = type(error).__name__
    raise MissingKey(  # outside of the handler: what the keyring says is not chained
        message("delivery.key.no_keyring", reference=reference, problem=problem),
        message("delivery.key.no_keyring_hint"),
    )
