"""A parcel as an e-mail: parts, names and headers that a strict reader accepts, in 7-bit lines."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from hashlib import sha256
from urllib.parse import quote

from storeops.delivery.files import safe_name
from storeops.delivery.parcel import Enclosure, Parcel
from storeops.errors import StoreopsError
from storeops.messages import message

BEIJING = timezone(timedelta(hours=8))

_POLICY = SMTP.clone(cte_type="7bit", max_line_length=76, raise_on_defect=True)
"""CRLF and 7-bit lines, which no old relay breaks or strips; 76 is RFC 2047's limit for a line."""
_SEPARATORS = re.compile(r"[,;\uff0c\uff1b\u3001\n]")
_ADDRESS = re.compile(r"[^\s@<>\"(),:;\\\[\]]+@[^\s@<>\"(),:;\\\[\]]+")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]+")
_NOT_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_LONGEST_ID = 60
"""Characters left of the @: a header line that must be folded breaks an id for some readers."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A message ready for the wire and its envelope; addresses are ASCII."""

    sender: str
    to: tuple[str, ...]
    data: bytes


def compose(parcel: Parcel, sender: str, to: str, *, message_id: str, now: datetime) -> Letter:
    """Write the message.

    multipart/mixed(multipart/alternative(text, multipart/related(html, pictures)), files), less
    the levels that have one part. The same arguments but for ``now`` give the same ``Message-ID``,
    by which a mail program knows a second copy.

    Args:
        parcel: What is sent; an enclosure with ``content_id`` is a picture of ``html``.
        sender: Address, with or without a name.
        to: One or more addresses, separated by commas or semicolons; each sees the others.
        message_id: Unique to this message; ``<...@...>`` or the part before the @.
        now: For ``Date``, which is written in Beijing time.

    Raises:
        StoreopsError: An address is not one.
    """
    author = addresses(sender)[0]
    people = addresses(to)
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = author
    mail["To"] = people
    mail["Subject"] = _UNPRINTABLE.sub(" ", parcel.subject).strip()
    mail["Date"] = format_datetime(now.astimezone(BEIJING))
    mail["Message-ID"] = identity(message_id, author.domain)
    mail["Auto-Submitted"] = "auto-generated"
    _fill(mail, parcel)
    return Letter(author.addr_spec, tuple(person.addr_spec for person in people), mail.as_bytes())


def addresses(text: str) -> tuple[Address, ...]:
    """Read addresses, each once, in their order.

    Raises:
        StoreopsError: There is none, or one cannot be read or written in ASCII.
    """
    pieces = [piece.strip() for piece in _SEPARATORS.split(text) if piece.strip()]
    found = {address.addr_spec: address for address in map(_address, pieces)}
    if not found:
        raise _not_an_address(text)
    return tuple(found.values())


def identity(message_id: str, domain: str) -> str:
    """Make a Message-ID of a name: kept where it is one, else completed with the domain."""
    left, _, right = message_id.strip().strip("<>").partition("@")
    left = quote(left, safe="!#$&'*+=?^_`{|}~-").strip(".")
    if not 0 < len(left) <= _LONGEST_ID:
        left = sha256(message_id.encode("utf-8", "surrogatepass")).hexdigest()[:40]
    return f"<{left}@{quote(right or domain)}>"


def _address(piece: str) -> Address:
    name, spec = parseaddr(piece)
    is_whole = piece == spec or piece.endswith(f"<{spec}>")
    if not is_whole or not _ADDRESS.fullmatch(spec):
        raise _not_an_address(piece)
    user, _, domain = spec.rpartition("@")
    try:
        user.encode("ascii")
        return Address(
            display_name=_UNPRINTABLE.sub(" ", name).strip(),
            username=user,
            domain=domain.encode("idna").decode("ascii"),
        )
    except (UnicodeError, MessageError, ValueError):
        raise _not_an_address(piece) from None


def _not_an_address(piece: str) -> StoreopsError:
    return StoreopsError(
        message("delivery.mail.not_an_address", address=piece),
        message("delivery.mail.not_an_address_hint"),
    )


def _fill(mail: EmailMessage, parcel: Parcel) -> None:
    mail.set_content(_NOT_TEXT.sub("", parcel.text))
    pictures: list[Enclosure] = []
    if parcel.html is not None:
        mail.add_alternative(_NOT_TEXT.sub("", parcel.html), subtype="html")
        pictures = [enclosure for enclosure in parcel.enclosures if enclosure.content_id]
        shown = mail.get_payload()[-1]  # type: ignore[index]  # the alternative just added
        for picture in pictures:
            _relate(shown, picture)  # type: ignore[arg-type]
    _attach(mail, (enclosure for enclosure in parcel.enclosures if enclosure not in pictures))


def _relate(shown: EmailMessage, picture: Enclosure) -> None:
    kind, _, subtype = picture.media_type.partition("/")
    shown.add_related(
        picture.data,
        maintype=kind,
        subtype=subtype,
        cid="<{}>".format((picture.content_id or "").strip("<>")),
        disposition="inline",
        filename=safe_name(picture.name),
    )


def _attach(mail: EmailMessage, files: Iterable[Enclosure]) -> None:
    for file in files:
        kind, _, subtype = file.media_type.partition("/")
        mail.add_attachment(
            file.data, maintype=kind, subtype=subtype, filename=safe_name(file.name)
        )
