"""A DingTalk group robot.

Source: open.dingtalk.com, "Custom robots send group messages" and "Custom robot security
settings", as quoted in public code; not tried against the vendor's servers. The signature is
HMAC-SHA256 of "timestamp, line feed, secret" keyed with the secret, base64, URL-encoded once; the
timestamp is in milliseconds and may be an hour off. Errors come with HTTP 200: 310000 is any of
sign, keyword, address range and timestamp; 130101 and 410100 are more than 20 messages a minute,
which is punished for ten minutes; -1 is a busy system. 90030 (a daily quota used up) is read as
haste too. A body has at most 20,000 bytes.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime
from urllib.parse import quote

from storeops.config import DeliverySettings, RecipientSettings
from storeops.delivery import robot
from storeops.delivery.parcel import Outcome, Parcel
from storeops.delivery.reaching import HandingOver, unnoted

_LIMIT = 20_000
_CODES = robot.Codes(
    code=("errcode",),
    text=("errmsg",),
    later=frozenset({-1, 130101, 410100, 90030}),
    later_words=("too fast",),
    meanings={
        310000: "delivery.robot.not_secure",
        300001: "delivery.robot.no_such_key",
        300005: "delivery.robot.no_such_key",
        400101: "delivery.robot.no_such_key",
        400013: "delivery.robot.gone",
        400102: "delivery.robot.gone",
        400106: "delivery.robot.gone",
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
    """Post a parcel's text as Markdown; the subject is what the list of chats shows.

    Raises:
        MissingKey: The address or the secret is not where the settings say.
        StoreopsError: The address cannot be used.
        Stopped: ``handing_over`` raised; nothing was posted.
    """
    found = robot.find(recipient, settings, handing_over)
    document = {
        "msgtype": "markdown",
        "markdown": {"title": parcel.subject, "text": parcel.text},
    }
    url = found.where.url.value
    if found.secret:
        url += ("&" if "?" in url else "?") + _signature(found.secret.value, now)
    return robot.judge(found.post(url, document, _LIMIT), _CODES, found.teller)


def _signature(secret: str, now: datetime) -> str:
    timestamp = str(int(now.timestamp() * 1000))
    digest = hmac.new(secret.encode(), f"{timestamp}\n{secret}".encode(), hashlib.sha256).digest()
    return f"timestamp={timestamp}&sign={quote(base64.b64encode(digest), safe='')}"
