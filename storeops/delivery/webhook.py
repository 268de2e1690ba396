"""A webhook of the user's own: the report as JSON, signed, safe to receive twice.

A receiver computes HMAC-SHA256 with the shared secret over ``X-Storeops-Timestamp``, a dot and the
body as received, compares it with ``X-Storeops-Signature: sha256=<hex>``, refuses old timestamps,
and takes one ``Idempotency-Key`` once.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import datetime
from urllib.parse import quote

from storeops.config import DeliverySettings, RecipientSettings
from storeops.delivery import robot
from storeops.delivery.parcel import Fate, Outcome, Parcel
from storeops.delivery.posting import Request, post
from storeops.delivery.reaching import HandingOver, unnoted
from storeops.messages import message


def send(
    parcel: Parcel,
    recipient: RecipientSettings,
    settings: DeliverySettings,
    message_id: str,
    now: datetime,
    handing_over: HandingOver = unnoted,
) -> Outcome:
    """Post a parcel's document; without one, its subject and text as a JSON object.

    Raises:
        MissingKey: The address or the secret is not where the settings say.
        StoreopsError: The address cannot be used.
        Stopped: ``handing_over`` raised; nothing was posted.
    """
    found = robot.find(recipient, settings, handing_over)
    document = parcel.document
    if document is None:
        document = json.dumps({"subject": parcel.subject, "text": parcel.text}, ensure_ascii=False)
    body = document.encode("utf-8", "replace")
    timestamp = str(int(now.timestamp()))
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "X-Storeops-Timestamp": timestamp,
        "Idempotency-Key": quote(message_id, safe="!#$&'()*+,/:;=?@[]<>"),
    }
    if found.secret:
        key = found.secret.value.encode()
        digest = hmac.new(key, f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
        headers["X-Storeops-Signature"] = f"sha256={digest}"
    answer = post(
        found.where,
        Request(found.where.url.value, body, headers, found.timeout, found.handing_over),
        found.teller,
    )
    if isinstance(answer, Outcome):
        return answer
    if 200 <= answer.status < 300:  # noqa: PLR2004
        meaning = message("delivery.sent", host=found.where.host)
        return found.teller.tell(Fate.SENT, answer.line, meaning)
    return robot.by_status(answer, found.teller)
