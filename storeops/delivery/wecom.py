"""A WeCom (work Weixin) group robot.

Source: developer.work.weixin.qq.com, document 91770, as quoted in public code; not tried against
the vendor's servers. The key in the address is the only secret. errcode 0 is success; 45009 and
45033 are haste (20 messages a minute), -1 a busy system, 93000 a key that does not exist. The
vendor takes 2,048 bytes of text and, by its page, 4,096 of Markdown; the smaller is kept here,
because clients that cannot show Markdown show it as text.
"""

from __future__ import annotations

from datetime import datetime

from storeops.config import DeliverySettings, RecipientSettings
from storeops.delivery import robot
from storeops.delivery.parcel import Outcome, Parcel
from storeops.delivery.reaching import HandingOver, unnoted

LIMIT = 2_048
"""Bytes of a message in UTF-8, in which a Chinese character has three."""
_CODES = robot.Codes(
    code=("errcode",),
    text=("errmsg",),
    later=frozenset({-1, 45009, 45033}),
    meanings={93000: "delivery.robot.no_such_key", 93008: "delivery.robot.gone"},
)


def send(
    parcel: Parcel,
    recipient: RecipientSettings,
    settings: DeliverySettings,
    message_id: str,  # noqa: ARG001 (a robot knows none)
    now: datetime,  # noqa: ARG001 (nothing is signed)
    handing_over: HandingOver = unnoted,
) -> Outcome:
    """Post a parcel's text as Markdown; a text over the limit is refused, for it would be cut.

    Raises:
        MissingKey: The address is not where the settings say.
        StoreopsError: The address cannot be used.
        Stopped: ``handing_over`` raised; nothing was posted.
    """
    found = robot.find(recipient, settings, handing_over)
    size = len(parcel.text.encode("utf-8", "replace"))
    if size > LIMIT:
        return found.too_long(size, LIMIT)
    document = {"msgtype": "markdown", "markdown": {"content": parcel.text}}
    return robot.judge(found.post(found.where.url.value, document), _CODES, found.teller)
