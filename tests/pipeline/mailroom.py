"""A mail server of one test: takes mail on loopback and keeps what it took."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from aiosmtpd.controller import Controller

ROBOTS = "storeops.invalid"


@dataclass
class Mailroom:
    """What came, and an answer other than yes when one is set."""

    port: int = 0
    answer: str = "250 taken"
    letters: list[EmailMessage] = field(default_factory=list)

    async def handle_DATA(self, server, session, envelope):  # noqa: ARG002, N802 (the library's name)
        if self.answer.startswith("250"):
            self.letters.append(message_from_bytes(envelope.content, policy=default))
        return self.answer

    def of(self, address: str) -> list[EmailMessage]:
        return [letter for letter in self.letters if address in str(letter["To"])]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def mailroom() -> Iterator[Mailroom]:
    room = Mailroom()
    room.port = free_port()
    server = Controller(room, hostname="127.0.0.1", port=room.port)
    server.start()
    try:
        yield room
    finally:
        server.stop()


def configure(root: Path, port: int, *recipients: str, extra: str = "") -> None:
    """Write the configuration of a workspace that mails by this server."""
    lines = [
        "delivery:",
        f"  mail: {{host: 127.0.0.1, port: {port}, security: none, sender: shop@example.com}}",
        *([extra] if extra else []),
        "  recipients:",
        *(f"    - {{{recipient}}}" for recipient in recipients),
    ]
    (root / "config.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def text_of(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    assert body is not None
    return body.get_content()
