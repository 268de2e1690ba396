"""Making a connection: tried again at once when it was not made at all, never after that."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable
from typing import TypeVar

import stamina

Made = TypeVar("Made")

UNMADE = (ConnectionRefusedError, socket.gaierror)
"""No connection was made, and saying so took no time; a time-out was waited for long enough."""


class Unreachable(Exception):
    """No connection was made, so nothing can have been sent. Carries the reason, no address."""


class Stopped(Exception):
    """The caller could not note that the message is being handed over, so it was not."""


HandingOver = Callable[[], None]
"""Called once, right before the other side can take the message; if it raises, nothing is sent."""


def unnoted() -> None:
    """Note nothing: for a caller that keeps no book."""


def announce(handing_over: HandingOver) -> None:
    """Call it, and let its failure not pass for one of the network or of the settings.

    Raises:
        Stopped: It raised.
    """
    try:
        handing_over()
    except Exception as error:
        raise Stopped from error


def reach(connect: Callable[[], Made]) -> Made:
    """Call until it does not raise ``Unreachable``: three times within about two seconds.

    Nothing is passed as an argument, because retries are logged with their arguments.

    Raises:
        Unreachable: The last reason.
    """
    return stamina.RetryingCaller(attempts=3, wait_initial=0.2, wait_max=1.0, wait_jitter=0.3)(
        Unreachable, connect
    )


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, by its name alone; nothing is looked up."""
    if host.rstrip(".").casefold() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
