"""One SMTP transaction, driven command by command.

What a lost connection means depends on the last byte sent: before the final dot of DATA a server
must not deliver, after it the message may have been taken.

Source: RFC 5321, 3.3, 4.2.1 (classes of replies) and 4.2.5 (when a message is the server's).
"""

from __future__ import annotations

import re
import smtplib
import socket

from storeops.delivery.letter import Letter
from storeops.delivery.parcel import Fate, Outcome
from storeops.delivery.reaching import HandingOver, Stopped, announce
from storeops.delivery.telling import Teller
from storeops.messages import Message, message

_PATIENCE = 4
"""Times the timeout to wait after the final dot: the server scans the message before it answers."""
_GO_ON = 354


def hand_over(
    server: smtplib.SMTP, letter: Letter, teller: Teller, handing_over: HandingOver
) -> Outcome:
    """Send one message to all its addresses: MAIL, RCPT for each, DATA, the answer to the dot.

    Raises:
        OSError: The connection was lost before the final dot; nothing was sent.
        Stopped: ``handing_over``, which is called before the final dot, raised; nothing was sent.
    """
    room = _room(server)
    if room and len(letter.data) > room:
        size = len(letter.data)
        meaning = message("delivery.mail.too_large", size=size, limit=room)
        return teller.tell(Fate.REFUSED, f"SIZE {room}", meaning)
    code, answer = server.mail(letter.sender)
    if not _is_yes(code):
        meaning = message("delivery.mail.sender_refused", sender=letter.sender)
        return by_code(teller, code, answer, meaning)
    refused: dict[str, str] = {}
    for address in letter.to:
        code, answer = server.rcpt(address)
        if _is_no(code):
            refused[address] = said(code, answer)
        elif not _is_yes(code):
            return teller.busy(f"{address}: {said(code, answer)}")
    if len(refused) == len(letter.to):
        meaning = message("delivery.mail.address_refused", addresses=tuple(refused))
        return teller.tell(Fate.REFUSED, _listed(refused), meaning)
    return _content(server, letter, teller, refused, handing_over)


def _content(
    server: smtplib.SMTP,
    letter: Letter,
    teller: Teller,
    refused: dict[str, str],
    handing_over: HandingOver,
) -> Outcome:
    """Send the message, all but the final dot; tell; send the dot, held back by nothing."""
    if isinstance(server.sock, socket.socket):
        server.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    code, answer = server.docmd("DATA")
    if code != _GO_ON:
        return by_code(teller, code, answer, message("delivery.mail.content_refused"))
    server.send(re.sub(rb"(?m)^\.", b"..", letter.data))
    try:
        announce(handing_over)
    except Stopped:
        server.close()  # a farewell would be taken for a line of the message
        raise
    return _dot(server, teller, refused)


def _dot(server: smtplib.SMTP, teller: Teller, refused: dict[str, str]) -> Outcome:
    """Send the final dot and read the answer to it."""
    server.send(b".\r\n")
    try:
        if server.sock is not None:
            server.sock.settimeout(server.timeout * _PATIENCE)
        code, answer = server.getreply()
    except OSError as error:
        return teller.unsure(error)
    if not _is_yes(code):
        if not (_is_later(code) or _is_no(code)):
            return teller.unsure(said(code, answer))
        return by_code(teller, code, answer, message("delivery.mail.content_refused"))
    if refused:
        meaning = message("delivery.mail.partly", addresses=tuple(refused))
        return teller.tell(Fate.SENT, f"{said(code, answer)}; {_listed(refused)}", meaning)
    return teller.tell(Fate.SENT, said(code, answer), message("delivery.sent", host=teller.host))


def by_code(teller: Teller, code: int, answer: bytes, meaning: Message) -> Outcome:
    """Read a reply that is not yes: 5xx is no, 4xx is not now, all else is not SMTP."""
    if _is_no(code):
        return teller.tell(Fate.REFUSED, said(code, answer), meaning)
    return (
        teller.busy(said(code, answer)) if _is_later(code) else teller.puzzled(said(code, answer))
    )


def said(code: int, answer: bytes | str) -> str:
    """A reply as the server gave it."""
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return f"{code} {text}" if code > 0 else text


def _is_yes(code: int) -> bool:
    return 200 <= code <= 299  # noqa: PLR2004 (RFC 5321, 4.2.1)


def _is_no(code: int) -> bool:
    return 500 <= code <= 599  # noqa: PLR2004 (RFC 5321, 4.2.1)


def _is_later(code: int) -> bool:
    return 400 <= code <= 499  # noqa: PLR2004 (RFC 5321, 4.2.1)


def _room(server: smtplib.SMTP) -> int:
    """Bytes the server takes (RFC 1870); 0 when it does not say."""
    size = server.esmtp_features.get("size", "")
    return int(size) if size.isascii() and size.isdigit() else 0


def _listed(refused: dict[str, str]) -> str:
    return "; ".join(f"{address}: {answer}" for address, answer in refused.items())
