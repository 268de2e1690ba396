# ruff: noqa: ARG002, N802 (the hooks of aiosmtpd have the names and arguments it calls)
"""Servers on this machine that answer as mail servers and robots do, also in their bad moments.

The certificates were made once with openssl, for ``localhost`` and valid to 2120 (``expired.pem``:
to February 2020), by an authority whose key was thrown away; ``key.pem`` opens nothing else.
"""

from __future__ import annotations

import base64
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword

NOW = datetime(2025, 11, 21, 1, 5, tzinfo=UTC)
"""09:05 in Beijing."""
PASSWORD = 'Pa55+w/rd=%&"q'  # noqa: S105
"""With characters that URLs, base64 and JSON write otherwise."""
ACCESS = "a1b2c3d4e5f6a7b8c9d0"
SIGNING = 'SEC+secret/of="the&robot'


def shapes(secret: str) -> list[str]:
    """A secret as it may show up, written out here independently of the code."""
    plain = secret.encode()
    return [
        secret,
        quote(secret, safe=""),
        base64.b64encode(plain).decode().rstrip("="),
        base64.b64encode(b"\0shop@qq.com\0" + plain).decode().rstrip("="),
        repr(secret)[1:-1],
    ]


CERTIFICATES = Path(__file__).parent / "certificates"
AUTHORITY = str(CERTIFICATES / "authority.pem")


def server_context(name: str = "localhost") -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATES / f"{name}.pem", CERTIFICATES / "key.pem")
    return context


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Box:
    """What a mail server took, and how it answers. Replies by address; by default it takes all."""

    accepts: str = ""
    """The password; none: no login is asked for."""
    replies: dict[str, str] = field(default_factory=dict)
    data_reply: str = "250 2.0.0 queued as 4711"
    envelopes: list[Envelope] = field(default_factory=list)
    logins: list[tuple[str, str]] = field(default_factory=list)
    was_encrypted: list[bool] = field(default_factory=list)

    def check(self, server, session, envelope, mechanism, data: LoginPassword) -> AuthResult:
        self.logins.append((data.login.decode(), data.password.decode()))
        is_right = data.password.decode() == self.accepts
        return AuthResult(success=is_right, handled=is_right)

    async def handle_MAIL(self, server, session, envelope, address, options):
        if address in self.replies:
            return self.replies[address]
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.replies:
            return self.replies[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.data_reply.startswith("250"):
            self.envelopes.append(envelope)
            self.was_encrypted.append(server.transport.get_extra_info("ssl_object") is not None)
        return self.data_reply


@contextmanager
def mail_server(box: Box, *, security: str = "tls", certificate: str = "localhost", **options):
    """A real SMTP server; ``security`` as in the settings. Yields its port."""
    context = server_context(certificate)
    tls = {
        "tls": {"ssl_context": context},
        "starttls": {"tls_context": context, "require_starttls": True},
        "none": {},
    }[security]
    login = {"authenticator": box.check, "auth_required": True} if box.accepts else {}
    if security != "starttls":
        login |= {"auth_require_tls": False} if login else {}
    port = free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port, **tls, **login, **options)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


DROP, HANG = "drop", "hang"


class Script:
    """The reply to each command of a mail server; ``.`` stands for the final dot of DATA.

    ``DROP`` closes the connection instead of answering, ``HANG`` never answers.
    """

    def __init__(self, **replies: str) -> None:
        self.replies = {
            "greeting": "220 here", "EHLO": "250 here", "HELO": "250 here", "NOOP": "250 OK",
            "MAIL": "250 OK", "RCPT": "250 OK", "DATA": "354 go on", ".": "250 taken",
            "QUIT": "221 bye",
        } | replies  # fmt: skip
        self.seen: list[str] = []
        self.over = threading.Event()

    def talk(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as lines, suppress(OSError, EOFError):
            self._answer(connection, "greeting")
            for line in lines:
                command = line.decode().strip()
                self.seen.append(command)
                key = command.split(" ")[0].upper()
                self._answer(connection, key)
                if key == "DATA" and self.replies[key].startswith("354"):
                    self._read_message(lines)
                    self._answer(connection, ".")

    def _read_message(self, lines: Iterable[bytes]) -> None:
        for line in lines:
            self.seen.append(line.decode().strip())
            if line == b".\r\n":
                return

    def _answer(self, connection: socket.socket, key: str) -> None:
        reply = self.replies[key]
        if reply == HANG:
            self.over.wait(20)
        if reply in {HANG, DROP}:
            raise EOFError
        connection.sendall(reply.encode() + b"\r\n")


@contextmanager
def scripted_server(replies: dict[str, str]) -> Iterator[tuple[int, list[str]]]:
    """A mail server that follows a script. Yields its port and the lines it received."""
    script = Script(**replies)
    with _listening(script.talk) as port:
        try:
            yield port, script.seen
        finally:
            script.over.set()


@contextmanager
def _listening(talk: Callable[[socket.socket], None]) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = server.accept()
                    threading.Thread(target=talk, args=(connection,), daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        yield int(server.getsockname()[1])
        server.shutdown(socket.SHUT_RDWR)


@contextmanager
def raw_server(behave: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server that does what it likes with each connection."""

    def talk(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            behave(connection)

    with _listening(talk) as port:
        yield port


@dataclass
class Received:
    """A request as it came over the wire."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def document(self) -> dict[str, object]:
        return json.loads(self.body)


@dataclass
class Reply:
    """What a robot answers."""

    status: int = 200
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Robot:
    """A robot's server: its replies in turn (the last for ever), and what it received."""

    replies: list[Reply | Callable[[Received], Reply]]
    received: list[Received] = field(default_factory=list)
    port: int = 0

    def url(self, path: str, *, scheme: str = "http", host: str = "127.0.0.1") -> str:
        return f"{scheme}://{host}:{self.port}{path}"

    def reply(self, request: Received) -> Reply:
        self.received.append(request)
        found = self.replies[min(len(self.received), len(self.replies)) - 1]
        return found(request) if callable(found) else found


@contextmanager
def robot_server(
    *replies: Reply | Callable[[Received], Reply], certificate: str | None = None
) -> Iterator[Robot]:
    robot = Robot(list(replies) or [Reply()])

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            reply = robot.reply(Received(self.command, self.path, headers, body))
            data = reply.body.encode()
            self.send_response(reply.status)
            for name, value in {"Content-Length": str(len(data)), **reply.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(data)

        do_POST = do_HEAD = do_GET = _serve  # noqa: N815

        def log_message(self, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *args: object) -> None:
            pass

    server = Server(("127.0.0.1", 0), Handler)
    robot.port = server.server_address[1]
    if certificate:
        server.socket = server_context(certificate).wrap_socket(server.socket, server_side=True)
    threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
    ).start()
    try:
        yield robot
    finally:
        server.shutdown()
        server.server_close()
