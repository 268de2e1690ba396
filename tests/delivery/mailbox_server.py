"""A mail server on loopback that keeps what it took, and can be made to misbehave."""

from __future__ import annotations

import asyncio
import email
import email.policy
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aiosmtpd.controller import Controller


class Mailbox:
    """What arrived, and how the server behaves for the next messages."""

    def __init__(self) -> None:
        self.letters: list[tuple[str, str]] = []
        """Message-ID and subject of every copy taken, in order."""
        self.answers: list[str] = []
        """Answers after the final dot, one message each; then 250. ``drop`` takes and hangs up."""
        self.port = 0
        self.delay = 0.0
        self.refused = ""

    async def handle_RCPT(  # noqa: N802 (the server's name for it)
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        if self.refused:
            return self.refused
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        await asyncio.sleep(self.delay)
        said = self.answers.pop(0) if self.answers else "250 ok"
        if said.startswith(("250", "drop")):
            told = email.message_from_bytes(envelope.content, policy=email.policy.default)
            self.letters.append((told["Message-ID"], told["Subject"]))
        if said == "drop":
            server.transport.abort()
        return said

    def copies(self) -> Counter[str]:
        """Copies by Message-ID."""
        return Counter(message_id for message_id, _ in self.letters)


class MailServer(Controller):
    """The server in a thread of its own, on a free port."""

    def __init__(self, box: Mailbox) -> None:
        super().__init__(box, hostname="127.0.0.1", port=0, ready_timeout=10)
        self.box = box

    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def running_mailbox() -> Iterator[Mailbox]:
    """Run a server; ``port`` of the mailbox is where to send."""
    box = Mailbox()
    server = MailServer(box)
    server.start()
    box.port = server.port
    try:
        yield box
    finally:
        server.stop()
