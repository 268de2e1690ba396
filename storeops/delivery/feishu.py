"""A Feishu (Lark) group robot.

Source: open.feishu.cn, "Custom bot usage guide", as quoted in public code; not tried against the
vendor's servers. The signature stands in the body: HMAC-SHA256 of nothing, keyed with "timestamp,
line feed, secret", base64; the timestamp is in seconds and may be an hour off. Code 0 is success,
older addresses say StatusCode. 19021 is the sign, 19022 the address range, 19024 a missing keyword;
11232 is haste, and 9499 is both a bad body ("Bad Request") and haste ("too many request"), which
only the words tell apart. A body has at most 20 KB.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime

from storeops.config import DeliverySettings, RecipientSettings
from storeops.delivery import robot
from storeops.delivery.parcel import Outcome, Parcel
from storeops.delivery.reaching import HandingOver, unnoted

_LIMIT = 20_000
_CODES = robot.Codes(
    code=("code", "StatusCode"),
    text=("msg", "StatusMessage"),
    later=frozenset({11232}),
    later_words=("too many", "frequency", "too fast", "rate limit"),
    meanings={
        19021: "delivery.robot.not_secure",
        19022: "delivery.robot.not_secure",
        19024: "delivery.robot.not_secure",
        19001: "delivery.robot.no_such_key",
    },
)


def send(
    parcel: Parcel,
    recipient: RecipientSettings,
    settings: DeliverySettings,
    message_id: str,  # noqa: ARG001 (a robot knows none)
    now: datetime,
    handing_over: HandingOver = unnoted,
) -> Outcome:
    """Post a parcel as a card: the subject is its head, the text its body.

    The body is the Markdown element of a card, which knows all that ``lark_md`` does, and lists.

    Raises:
        MissingKey: The address or the secret is not where the settings say.
        StoreopsError: The address cannot be used.
        Stopped: ``handing_over`` raised; nothing was posted.
    """
    found = robot.find(recipient, settings, handing_over)
    document = {
        **(_signature(found.secret.value, now) if found.secret else {}),
        "msg_type": "interactive",
        "card": {
            "config": {"wide_screen_mode": True},
            "header": {"title": {"tag": "plain_text", "content": parcel.subject}},
            "elements": [{"tag": "markdown", "content": parcel.text}],
        },
    }
    answer = found.post(found.where.url.value, document, _LIMIT)
    return robot.judge(answer, _CODES, found.teller)


def _signature(secret: str, now: datetime) -> dict[str, object]:
    timestamp = str(int(now.timestamp()))
    digest = hmac.new(f"{timestamp}\n{secret}".encode(), b"", hashlib.sha256).digest()
    return {"timestamp": timestamp, "sign": base64.b64encode(digest).decode()}
