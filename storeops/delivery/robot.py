"""What the three group robots have in common: a keyed address, a JSON body, a code in the answer.

All three answer HTTP 200 to a message they refuse; only the code in the JSON tells.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from storeops.config import DeliverySettings, RecipientSettings
from storeops.delivery.keys import Revealed, reveal
from storeops.delivery.parcel import Fate, Outcome
from storeops.delivery.posting import Address, Answer, Request, address, knock, post
from storeops.delivery.reaching import HandingOver, unnoted
from storeops.delivery.telling import Teller
from storeops.messages import message

_TOO_MANY = 429
_GATEWAY_TIMEOUT = 504


@dataclass(frozen=True, slots=True)
class Robot:
    """A robot found: where it is, the secret it signs with, and who tells of it."""

    where: Address
    secret: Revealed | None
    teller: Teller
    timeout: float
    handing_over: HandingOver = unnoted

    def post(
        self, url: str, document: Mapping[str, object], limit: int | None = None
    ) -> Answer | Outcome:
        """Post a JSON document of at most so many bytes."""
        body = json.dumps(document, ensure_ascii=False).encode("utf-8", "replace")
        if limit is not None and len(body) > limit:
            return self.too_long(len(body), limit)
        headers = {"Content-Type": "application/json; charset=utf-8"}
        return post(
            self.where, Request(url, body, headers, self.timeout, self.handing_over), self.teller
        )

    def too_long(self, size: int, limit: int) -> Outcome:
        """Tell that the robot does not take so much; nothing was posted."""
        meaning = message("delivery.robot.too_long", size=size, limit=limit)
        return self.teller.tell(Fate.REFUSED, f"{size} > {limit}", meaning)


@dataclass(frozen=True, slots=True)
class Codes:
    """How a vendor says what became of a message."""

    code: tuple[str, ...]
    """Keys of the code, the first present counts; 0 is success."""
    text: tuple[str, ...]
    later: frozenset[int]
    """Codes of haste and of a busy system."""
    later_words: tuple[str, ...] = ()
    """Words, in lower case, that make a code of several meanings one of haste."""
    meanings: Mapping[int, str] = field(default_factory=dict)
    """Codes we can explain: the message id."""


def find(
    recipient: RecipientSettings, settings: DeliverySettings, handing_over: HandingOver = unnoted
) -> Robot:
    """Find a recipient's address and secret.

    Raises:
        MissingKey: One is not where the settings say.
        StoreopsError: The address cannot be used.
    """
    url = reveal(recipient.url or "")
    secret = reveal(recipient.secret) if recipient.secret else None
    where = address(url)
    teller = Teller(where.host, (url, secret) if secret else (url,))
    return Robot(where, secret, teller, settings.mail.timeout_seconds, handing_over)


def probe(recipient: RecipientSettings, settings: DeliverySettings) -> Outcome:
    """Reach the host over TLS without posting; the key is not tried, and the meaning says so.

    Raises:
        StoreopsError: As ``find``.
    """
    robot = find(recipient, settings)
    answer = knock(robot.where, robot.timeout, robot.teller)
    if isinstance(answer, Outcome):
        return answer
    meaning = message("delivery.robot.probed", host=robot.where.host)
    return robot.teller.tell(Fate.SENT, f"{answer.status} {answer.reason}", meaning)


def judge(answer: Answer | Outcome, codes: Codes, teller: Teller) -> Outcome:
    """Read a robot's answer: its own code first, the HTTP status only where there is none."""
    if isinstance(answer, Outcome):
        return answer
    document = answer.document()
    code = next((document[key] for key in codes.code if key in document), None)
    if not isinstance(code, int) or isinstance(code, bool):
        return _by_status(answer, teller)
    said = str(next((document[key] for key in codes.text if key in document), ""))
    detail = f"{code} {said}"
    if answer.retry_after:
        detail += f"; Retry-After: {answer.retry_after}"
    if code == 0 and answer.status < 300:  # noqa: PLR2004
        return teller.tell(Fate.SENT, detail, message("delivery.sent", host=teller.host))
    hasty = any(word in said.casefold() for word in codes.later_words)
    if code in codes.later or hasty or answer.status == _TOO_MANY:
        return teller.busy(detail)
    known = codes.meanings.get(code, "delivery.robot.refused")
    return teller.tell(Fate.REFUSED, detail, message(known, host=teller.host))


def _by_status(answer: Answer, teller: Teller) -> Outcome:
    """Judge an answer without a code: a page of a proxy, a gateway, or another address's.

    A 2xx may be a success in words we do not know, and a gateway that lost patience (504) does not
    know what the robot did: both may have posted.
    """
    status = answer.status
    if status < 300 or status == _GATEWAY_TIMEOUT:  # noqa: PLR2004
        return teller.unsure(answer.line)
    return by_status(answer, teller)


def by_status(answer: Answer, teller: Teller) -> Outcome:
    """Judge a status that is no success: 408, 429 and 5xx later, redirects and 4xx never."""
    status = answer.status
    if status in {408, _TOO_MANY} or status >= 500:  # noqa: PLR2004
        return teller.busy(answer.line)
    if 300 <= status < 400:  # noqa: PLR2004
        meaning = message("delivery.robot.redirected", host=teller.host)
        return teller.tell(Fate.REFUSED, f"{status} {answer.reason}", meaning)
    meaning = message("delivery.robot.refused", host=teller.host)
    return teller.tell(Fate.REFUSED, answer.line, meaning)
