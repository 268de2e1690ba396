"""Mail: one attempt, and what it came to."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable
from datetime import datetime

from storeops.config import DeliverySettings, MailSettings, RecipientSettings
from storeops.delivery.keys import Revealed, reveal
from storeops.delivery.letter import addresses, compose
from storeops.delivery.parcel import Fate, Outcome, Parcel
from storeops.delivery.reaching import UNMADE, HandingOver, Unreachable, is_loopback, reach, unnoted
from storeops.delivery.scrub import quiet
from storeops.delivery.telling import Teller, reason
from storeops.delivery.transaction import by_code, hand_over, said
from storeops.errors import StoreopsError
from storeops.messages import message

_OWN_NAME = "[127.0.0.1]"
"""What we call ourselves: a machine's own name may be Chinese, which EHLO cannot carry, and asking
for its full name can take a minute."""
_FAREWELL_SECONDS = 5.0

_Task = Callable[[smtplib.SMTP, Teller], Outcome]


def send(
    parcel: Parcel,
    recipient: RecipientSettings,
    settings: DeliverySettings,
    message_id: str,
    now: datetime,
    handing_over: HandingOver = unnoted,
) -> Outcome:
    """Mail a parcel to all addresses of a recipient in one transaction.

    When the server puts one address off (4xx, greylisting), nothing is sent to anybody and all are
    tried later, so that nobody gets it twice. When it refuses one for good and takes others, the
    outcome is SENT and its meaning names those left out. People who should not wait for each other
    are recipients of their own.

    Raises:
        MissingKey: The password is not where the settings say.
        StoreopsError: The settings cannot be used; nothing was sent.
        Stopped: ``handing_over`` raised; nothing was sent.
    """
    letter = compose(
        parcel, _sender(settings.mail), recipient.to or "", message_id=message_id, now=now
    )
    return _converse(
        settings.mail, lambda server, teller: hand_over(server, letter, teller, handing_over)
    )


def probe(recipient: RecipientSettings, settings: DeliverySettings) -> Outcome:
    """Connect, check the certificate, log in and leave without a message; SENT when that worked.

    Raises:
        StoreopsError: As ``send``; the recipient's addresses are read too.
    """
    addresses(_sender(settings.mail))
    addresses(recipient.to or "")
    return _converse(settings.mail, _greet)


def _greet(server: smtplib.SMTP, teller: Teller) -> Outcome:
    code, answer = server.noop()
    if code != 250:  # noqa: PLR2004 (RFC 5321, 4.2.3)
        return by_code(teller, code, answer, message("delivery.refused", host=teller.host))
    return teller.tell(
        Fate.SENT, said(code, answer), message("delivery.mail.probed", host=teller.host)
    )


def _sender(mail: MailSettings) -> str:
    if not (mail.sender or mail.user):
        raise _unusable("no_sender")
    return mail.sender or mail.user or ""


def _unusable(what: str, **args: object) -> StoreopsError:
    return StoreopsError(
        message(f"delivery.mail.{what}", **args), message(f"delivery.mail.{what}_hint")
    )


def _context(mail: MailSettings) -> ssl.SSLContext | None:
    """The rules for TLS: a known authority, the host's own name, a current date."""
    if mail.security == "none":
        if not is_loopback(mail.host or ""):
            raise _unusable("plain", host=mail.host)
        return None
    try:
        return ssl.create_default_context(cafile=mail.ca_file)
    except OSError as error:
        raise _unusable("no_authority", file=mail.ca_file, problem=reason(error)) from None


def _converse(mail: MailSettings, task: _Task) -> Outcome:
    """Connect, secure, log in, do the task and leave; every way it can fail is an outcome."""
    if not mail.host:
        raise _unusable("no_host")
    if bool(mail.user) != bool(mail.password):
        raise _unusable("half_login")
    context = _context(mail)
    password = reveal(mail.password) if mail.password else None
    teller = Teller(mail.host, (password,) if password else ())
    server = None
    with quiet():
        try:
            server = reach(lambda: _connect(mail, context))
            _enter(server, mail, context, password)
            return task(server, teller)
        except UnicodeError:  # its arguments hold the password
            return teller.tell(Fate.REFUSED, "", message("delivery.mail.not_ascii"))
        except (Unreachable, OSError) as error:  # smtplib's errors, TLS and time-outs among them
            return _failure(teller, error)
        finally:
            _leave(server)


def _connect(mail: MailSettings, context: ssl.SSLContext | None) -> smtplib.SMTP:
    """Open the connection and read the greeting, TLS first where it is implicit."""
    host, wait = mail.host or "", mail.timeout_seconds
    try:
        if mail.security == "tls":
            return smtplib.SMTP_SSL(host, mail.port, _OWN_NAME, timeout=wait, context=context)
        return smtplib.SMTP(host, mail.port, _OWN_NAME, timeout=wait)
    except UNMADE as error:
        raise Unreachable(reason(error)) from error


def _enter(
    server: smtplib.SMTP,
    mail: MailSettings,
    context: ssl.SSLContext | None,
    password: Revealed | None,
) -> None:
    server.ehlo_or_helo_if_needed()
    if mail.security == "starttls":
        server.starttls(context=context)
        server.ehlo_or_helo_if_needed()
    if mail.user and password:
        server.login(mail.user, password.value)


def _leave(server: smtplib.SMTP | None) -> None:
    """Say goodbye and wait for no answer: until the outcome is noted, a kill would send twice."""
    if server is None or server.sock is None:
        return
    try:
        server.sock.settimeout(min(server.timeout, _FAREWELL_SECONDS))
        server.putcmd("quit")
    except (OSError, ValueError):
        pass
    server.close()


def _failure(teller: Teller, error: Exception) -> Outcome:
    """Explain what ended an attempt before the message was handed over."""
    match error:
        case smtplib.SMTPAuthenticationError():
            meaning = message("delivery.mail.login_refused", host=teller.host)
            return by_code(teller, error.smtp_code, _bytes(error.smtp_error), meaning)
        case smtplib.SMTPResponseException():
            meaning = message("delivery.refused", host=teller.host)
            return by_code(teller, error.smtp_code, _bytes(error.smtp_error), meaning)
        case smtplib.SMTPNotSupportedError():
            meaning = message("delivery.mail.not_offered", host=teller.host)
            return teller.tell(Fate.REFUSED, str(error), meaning)
        case smtplib.SMTPServerDisconnected():
            return teller.tell(
                Fate.LATER, str(error), message("delivery.dropped", host=teller.host)
            )
        case smtplib.SMTPException():  # no way to log in that both sides know
            meaning = message("delivery.mail.not_offered", host=teller.host)
            return teller.tell(Fate.REFUSED, str(error), meaning)
        case _:
            return teller.failed(error)


def _bytes(answer: bytes | str) -> bytes:
    return answer if isinstance(answer, bytes) else answer.encode()
