"""One POST to a robot or webhook: TLS checked, no redirect followed, a short answer read.

Whether a lost connection may have posted something is known from the body: the library asks it for
more only after what it gave has been sent, so that a body read to its end was handed over whole.
"""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit

import requests

from storeops.delivery.keys import Revealed
from storeops.delivery.parcel import Outcome
from storeops.delivery.reaching import (
    UNMADE,
    HandingOver,
    Unreachable,
    announce,
    is_loopback,
    reach,
    unnoted,
)
from storeops.delivery.scrub import quiet
from storeops.delivery.telling import Teller, causes, reason
from storeops.errors import StoreopsError
from storeops.messages import message

_LONGEST_ANSWER = 16_384
"""Bytes of an answer that are read; a verdict takes a hundred."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where to post, checked; the address itself is a secret, its host is not."""

    url: Revealed
    host: str
    root: str
    """Scheme, host and port, which hold no key."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the status, the text as far as it was read, and when to come again."""

    status: int
    reason: str = ""
    text: str = ""
    retry_after: str | None = None

    @property
    def line(self) -> str:
        """The answer in a line for the operator."""
        again = f"; Retry-After: {self.retry_after}" if self.retry_after else ""
        return f"{self.status} {self.reason}{again}; {self.text}"

    def document(self) -> Mapping[str, object]:
        """The JSON object in the answer; empty when there is none."""
        try:
            found = json.loads(self.text)
        except (ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}


def address(url: Revealed) -> Address:
    """Check an address: https, or http to this machine, and nothing that could lead elsewhere.

    Raises:
        StoreopsError: It cannot be used. Never quotes it.
    """
    parts = _parts(url.value)
    if parts is None or not parts.hostname or parts.scheme not in {"http", "https"}:
        raise StoreopsError(
            message("delivery.robot.not_an_address"), message("delivery.robot.not_an_address_hint")
        )
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise StoreopsError(
            message("delivery.robot.plain", host=parts.hostname),
            message("delivery.robot.plain_hint"),
        )
    host_and_port = parts.netloc.rpartition("@")[2]
    return Address(url, parts.hostname, f"{parts.scheme}://{host_and_port}/")


def _parts(url: str) -> SplitResult | None:
    """Split in a function of its own: the error quotes the address, and would be chained."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return None if any(mark.isspace() or not mark.isprintable() for mark in url) else parts


class _Body(io.BytesIO):
    """A request's body that tells before any of it is sent, and knows when it was sent whole."""

    def __init__(self, data: bytes, handing_over: HandingOver) -> None:
        super().__init__(data)
        self._handing_over = handing_over
        self.is_sent = False

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell() == 0:
            announce(self._handing_over)
        given = super().read(size)
        self.is_sent = self.is_sent or not given
        return given


@dataclass(frozen=True, slots=True)
class Request:
    """What is posted, and how long to wait for each answer."""

    url: str = field(repr=False)
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    timeout: float
    handing_over: HandingOver = unnoted


def post(where: Address, request: Request, teller: Teller) -> Answer | Outcome:
    """Post once. Tried again only while no connection is made at all.

    Args:
        where: The address, checked.
        request: ``url`` is the address with what the robot wants added.
        teller: Knows the secrets.

    Returns:
        The answer whatever it says, or the outcome when none came.

    Raises:
        Stopped: ``handing_over``, called when connected and before the body is sent, raised.
    """
    bodies: list[_Body] = []

    def once() -> Answer:
        bodies.append(_Body(request.body, request.handing_over))
        return _exchange(where, request, bodies[-1])

    return _attempt(once, bodies, teller)


def knock(where: Address, timeout: float, teller: Teller) -> Answer | Outcome:
    """Ask the host's root for its headers: name, network, proxy and certificate are tried.

    Nothing is posted and no key is shown, so an answer of any kind is enough.
    """

    def once() -> Answer:
        return _exchange(where, Request(where.root, b"", {}, timeout), None)

    return _attempt(once, [], teller)


def _attempt(once: Callable[[], Answer], bodies: list[_Body], teller: Teller) -> Answer | Outcome:
    with quiet():
        try:
            return reach(once)
        except Unreachable as error:
            return teller.failed(error)
        except (requests.RequestException, OSError, ValueError) as error:
            if bodies and bodies[-1].is_sent:
                return teller.unsure(error)
            return teller.failed(error)


def _exchange(where: Address, request: Request, body: _Body | None) -> Answer:
    headers = {"User-Agent": "storeops", "Accept-Encoding": "identity", **request.headers}
    with requests.Session() as session:
        try:
            response = session.request(
                "HEAD" if body is None else "POST",
                request.url,
                data=body,
                headers=headers,
                timeout=request.timeout,
                allow_redirects=False,
                stream=True,
                auth=_no_login,
                proxies={"no_proxy": where.host} if is_loopback(where.host) else None,
            )
        except requests.ConnectionError as error:
            if any(isinstance(cause, UNMADE) for cause in causes(error)):
                raise Unreachable(reason(error)) from error
            raise
        with response:
            return Answer(
                response.status_code,
                response.reason or "",
                _read(response, request.timeout),
                response.headers.get("Retry-After"),
            )


def _no_login(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Stand in for a login, so that none is taken from a .netrc of this machine."""
    return request


def _read(response: requests.Response, timeout: float) -> str:
    """Read the answer's beginning; what cannot be read in time is left, for the status stands."""
    end = time.monotonic() + timeout
    data = bytearray()
    try:
        for byte in response.iter_content(1):  # one: a larger piece is waited for until it is full
            data += byte
            if len(data) >= _LONGEST_ANSWER or time.monotonic() > end:
                break
    except (requests.RequestException, OSError):
        pass
    return data.decode("utf-8", "replace")
