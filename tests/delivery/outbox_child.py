"""What the other processes of the outbox's tests do: put in, deliver, and be killed.

Imported by them, not collected. A run can be killed at any of its steps: what it writes, moves,
deletes and says to the server.
"""

from __future__ import annotations

import functools
import os
import signal
import smtplib
import socket
import sys
import tempfile
from collections.abc import Callable
from datetime import date, datetime
from email.message import EmailMessage
from pathlib import Path
from types import FrameType
from typing import Any

from storeops.config import BEIJING, DeliverySettings, RecipientSettings
from storeops.delivery.outbox import Key, Letter, Outbox
from storeops.delivery.parcel import Enclosure, Fate, Outcome, Parcel
from storeops.diagnose.finding import PeriodKind

NOW = datetime(2026, 9, 17, 9, 0, tzinfo=BEIJING)
DAY = date(2026, 9, 16)
SHOP = "一叶旗舰店"


def mail(name: str, **more: Any) -> RecipientSettings:
    return RecipientSettings(name=name, to=f"{len(name)}@example.com", **more)


def robot(name: str, **more: Any) -> RecipientSettings:
    return RecipientSettings(name=name, channel="dingtalk", url="env:URL", **more)


def settings(*recipients: RecipientSettings) -> DeliverySettings:
    return DeliverySettings(recipients=recipients)


def names(count: int) -> list[str]:
    return [f"收件人{number}" for number in range(count)]


def key(recipient: str) -> Key:
    return Key(SHOP, DAY, PeriodKind.DAY, recipient)


def letter(digest: str = "a", *, correction: bool = True) -> Letter:
    """A letter that carries its digest in every form."""
    book = Enclosure("日报.xlsx", "application/octet-stream", digest.encode() * 50)
    return Letter(
        Parcel(f"日报 {digest}", f"text {digest}", f"<p>{digest}</p>", (book,)),
        digest,
        Parcel(f"更正 {digest}", f"correction {digest}") if correction else None,
    )


class Mailer:
    """The least that mails: one attempt, the answer of the server as an outcome."""

    def __init__(self, port: int) -> None:
        self.port = port

    def __call__(
        self,
        parcel: Parcel,
        recipient: RecipientSettings,
        message_id: str,
        /,
        *,
        handing_over: Callable[[], None],
    ) -> Outcome:
        smtp = smtplib.SMTP(timeout=3)
        handed = False
        try:
            smtp.connect("127.0.0.1", self.port)
            assert smtp.sock is not None
            smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # the dot at once
            refused = self._envelope(smtp, str(recipient.to))
            if refused is not None:
                return refused
            smtp.send(_bytes(parcel, message_id))
            handing_over()
            handed = True
            smtp.send(b".\r\n")
            return _outcome(*smtp.getreply())
        except (OSError, smtplib.SMTPException) as error:
            return Outcome(Fate.UNKNOWN if handed else Fate.LATER, type(error).__name__)
        finally:
            smtp.close()

    def _envelope(self, smtp: smtplib.SMTP, to: str) -> Outcome | None:
        smtp.ehlo("localhost")
        for code, text in (smtp.mail("shop@example.com"), smtp.rcpt(to), smtp.docmd("DATA")):
            if code >= 400:
                return _outcome(code, text)
        return None


def _bytes(parcel: Parcel, message_id: str) -> bytes:
    told = EmailMessage()
    told["Subject"], told["Message-ID"] = parcel.subject, message_id
    told.set_content(parcel.text)
    return told.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def _outcome(code: int, text: bytes) -> Outcome:
    fate = Fate.SENT if code < 400 else Fate.LATER if code < 500 else Fate.REFUSED
    return Outcome(fate, f"{code} {text.decode()}")


def outbox(folder: str, count: int = 1) -> Outbox:
    return Outbox(Path(folder), settings(*map(mail, names(count))), wait_seconds=30)


def run(folder: str, port: int, count: int = 1) -> None:
    """What a morning does: put in, then deliver."""
    box = outbox(folder, count)
    for name in names(count):
        box.put(key(name), letter(), now=NOW)
    box.deliver(Mailer(port), NOW)


def run_killed(folder: str, port: int, at: int, trail: str) -> None:
    """The same, killed before step ``at``; the steps taken are written to ``trail``."""
    steps = Steps(at, trail)
    steps.watch(os, "fsync", "replace", "unlink", "mkdir", "open", "close")
    steps.watch(tempfile, "mkstemp")
    steps.watch(smtplib.SMTP, "connect", "send", "getreply", "close")
    run(folder, port)
    steps.take("end")


class Steps:
    """Counts what a process does, and kills it at a given number."""

    def __init__(self, at: int, trail: str) -> None:
        self._at = at
        self._taken = 0
        self._trail = os.open(trail, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)

    def take(self, label: str) -> None:
        if self._taken == self._at:
            os.kill(os.getpid(), signal.SIGKILL)
        os.write(self._trail, f"{label}\n".encode())
        self._taken += 1

    def watch(self, owner: Any, *functions: str) -> None:
        for name in functions:
            setattr(owner, name, self._watched(name, getattr(owner, name)))

    def _watched(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def watched(*args: Any, **kwargs: Any) -> Any:
            self.take(f"{name} dot" if args[-1:] == (b".\r\n",) else name)
            return function(*args, **kwargs)

        return watched


def run_killed_at_line(folder: str, port: int, at: int, trail: str) -> None:
    """The same, killed before the line of Python number ``at`` of the outbox and the mailer."""
    steps = Steps(at, trail)
    watched = (str(Path("storeops", "delivery")), "smtplib.py", Path(__file__).name)

    def line(frame: FrameType, event: str, arg: object) -> Any:
        if event == "line":
            steps.take(f"{Path(frame.f_code.co_filename).name}:{frame.f_lineno}")
        return line

    def call(frame: FrameType, event: str, arg: object) -> Any:
        return line if any(part in frame.f_code.co_filename for part in watched) else None

    sys.settrace(call)
    run(folder, port)
    sys.settrace(None)
    steps.take("end")


def deliver_only(folder: str, port: int, count: int, start: Any) -> None:
    """Deliver what is there as soon as all are ready."""
    box = outbox(folder, count)
    start.wait(30)
    box.deliver(Mailer(port), NOW)


def robot_outbox(folder: str) -> Outbox:
    return Outbox(Path(folder), settings(robot("group")), wait_seconds=30)


def run_robot_killed(folder: str, calls: str, early: bool = False) -> None:  # noqa: FBT001, FBT002
    """Deliver to a robot and be killed right after the hand-over, or right before it."""

    def send(
        parcel: Parcel,
        recipient: RecipientSettings,
        message_id: str,
        /,
        *,
        handing_over: Callable[[], None],
    ) -> Outcome:
        if not early:
            handing_over()
            with Path(calls).open("a", encoding="utf-8") as out:
                out.write("handed over\n")
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError

    box = robot_outbox(folder)
    box.put(key("group"), letter(), now=NOW)
    box.deliver(send, NOW)
