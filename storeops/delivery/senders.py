"""Which sender a channel has, and the two things a sender does: send, and try the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from storeops.config import DeliverySettings, RecipientSettings
from storeops.delivery import dingtalk, feishu, mail, robot, webhook, wecom
from storeops.delivery.keys import MissingKey
from storeops.delivery.parcel import Fate, Outcome, Parcel
from storeops.delivery.reaching import HandingOver, unnoted
from storeops.errors import StoreopsError

_Send = Callable[[Parcel, RecipientSettings, DeliverySettings, str, datetime, HandingOver], Outcome]
_Probe = Callable[[RecipientSettings, DeliverySettings], Outcome]


@dataclass(frozen=True, slots=True)
class Sender:
    """The two functions of a channel; both raise StoreopsError for settings they cannot use."""

    send: _Send
    probe: _Probe


_SENDERS = {
    "mail": Sender(mail.send, mail.probe),
    "dingtalk": Sender(dingtalk.send, robot.probe),
    "feishu": Sender(feishu.send, robot.probe),
    "wecom": Sender(wecom.send, robot.probe),
    "webhook": Sender(webhook.send, robot.probe),
}


def sender_of(channel: str) -> Sender:
    """Look a channel up; the settings allow no other."""
    return _SENDERS[channel]


def send(
    parcel: Parcel,
    recipient: RecipientSettings,
    settings: DeliverySettings,
    message_id: str,
    now: datetime,
    handing_over: HandingOver = unnoted,
) -> Outcome:
    """Make one attempt to send, and tell what it came to; no failure of the way raises.

    A secret that is not found makes it LATER: nothing was shown to anybody, and it goes out once
    the operator has put the secret in place. Settings that cannot be used make it REFUSED.

    Args:
        parcel: What is sent.
        recipient: To whom, by which channel.
        settings: The mail server, and the timeout for every channel.
        message_id: The same for every attempt at the same message.
        now: The moment of this attempt, with its zone; robots refuse one that is an hour off.
        handing_over: Called right before the other side can take the message: before the final dot
            of a mail, before the body of a request. Not called when it does not come to that.

    Raises:
        Stopped: ``handing_over`` raised; nothing was sent.
    """
    try:
        return sender_of(recipient.channel).send(
            parcel, recipient, settings, message_id, now, handing_over
        )
    except StoreopsError as error:
        return _unusable(error)


def probe(
    recipient: RecipientSettings,
    settings: DeliverySettings,
    now: datetime,  # noqa: ARG001 (called as send is; a way that is signed would need it)
) -> Outcome:
    """Try the way to a recipient without sending; SENT when it is open as far as that shows.

    Mail: connection, certificate and login. Robots and webhooks: the host and its certificate; a
    key cannot be tried without posting.
    """
    try:
        return sender_of(recipient.channel).probe(recipient, settings)
    except StoreopsError as error:
        return _unusable(error)


def _unusable(error: StoreopsError) -> Outcome:
    fate = Fate.LATER if isinstance(error, MissingKey) else Fate.REFUSED
    named = ", ".join(str(value) for value in error.problem.args.values())
    return Outcome(fate, f"{error.problem.id}: {named}", error.problem, error.hint)
