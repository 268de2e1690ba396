"""A WeCom (work Weixin) group robot.

Source: developer.work.weixin.qq.com, document 91770, as quoted in public code; not tried against
the vendor's servers. The key in the address is the only secret. errcode 0 is success; 45009 and
45033 are haste (20 messages a minute), -1 a busy system, 93000 a key that does not exist. The
vendor takes 2,048 bytes of text and, by its page, 4,096 of Markdown; the smaller is kept here,
because clients that cannot show Markdown show it as text. A picture is a message of its own, as
base64 with the MD5 of its bytes, of at most 2 MB.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from storeops.config import DeliverySettings, RecipientSettings
from storeops.delivery import robot
from storeops.delivery.parcel import Enclosure, Fate, Outcome, Parcel
from storeops.delivery.reaching import HandingOver, unnoted
from storeops.messages import message

LIMIT = 2_048
"""Bytes of a message in UTF-8, in which a Chinese character has three."""
_LARGEST_PICTURE = 2_000_000
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
    """Post a parcel's text as Markdown, then its first picture.

    A text over the limit is refused, for it would be cut. Once the text stands in the group the
    message counts as sent whatever becomes of the picture: a second try would repeat the text.

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
    outcome = robot.judge(found.post(found.where.url.value, document), _CODES, found.teller)
    picture = next((each for each in parcel.enclosures if each.media_type == "image/png"), None)
    if outcome.fate is not Fate.SENT or picture is None or len(picture.data) > _LARGEST_PICTURE:
        return outcome
    shown = found.post(found.where.url.value, _as_image(picture))
    if robot.judge(shown, _CODES, found.teller).fate is Fate.SENT:
        return outcome
    return replace(outcome, meaning=message("delivery.robot.no_picture", host=found.teller.host))


def _as_image(picture: Enclosure) -> Mapping[str, object]:
    mark = hashlib.md5(picture.data, usedforsecurity=False).hexdigest()
    data = base64.b64encode(picture.data).decode("ascii")
    return {"msgtype": "image", "image": {"base64": data, "md5": mark}}
