"""What an attempt came to, told to the operator without the secrets it was made with."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from dataclasses import dataclass

from storeops.delivery.keys import Revealed
from storeops.delivery.parcel import Fate, Outcome
from storeops.delivery.scrub import scrub
from storeops.messages import Message, message


@dataclass(frozen=True, slots=True)
class Teller:
    """The other side's name, and the secrets its words must not repeat."""

    host: str
    secrets: tuple[Revealed, ...] = ()

    def tell(self, fate: Fate, detail: str | bytes | BaseException, meaning: Message) -> Outcome:
        """Make an outcome; the advice is the message whose id is the meaning's with ``_hint``."""
        if isinstance(detail, bytes):
            detail = detail.decode("utf-8", "replace")
        elif isinstance(detail, BaseException):
            detail = reason(detail)
        return Outcome(fate, scrub(detail, self.secrets), meaning, message(f"{meaning.id}_hint"))

    def failed(self, error: BaseException) -> Outcome:
        """Explain a connection that was not made, or was lost before all was handed over."""
        tls = next((cause for cause in causes(error) if isinstance(cause, ssl.SSLError)), None)
        if isinstance(tls, ssl.SSLCertVerificationError):
            return self.tell(Fate.REFUSED, tls, message("delivery.untrusted", host=self.host))
        if tls is not None and not isinstance(tls, ssl.SSLEOFError | ssl.SSLZeroReturnError):
            return self.tell(Fate.REFUSED, tls, message("delivery.not_tls", host=self.host))
        return self.tell(Fate.LATER, error, message("delivery.unreachable", host=self.host))

    def busy(self, detail: str | bytes) -> Outcome:
        """Tell that the other side asked to be tried later."""
        return self.tell(Fate.LATER, detail, message("delivery.busy", host=self.host))

    def puzzled(self, detail: str | bytes) -> Outcome:
        """Tell that the answer is of another protocol; nothing was sent."""
        return self.tell(Fate.LATER, detail, message("delivery.not_understood", host=self.host))

    def unsure(self, detail: str | bytes | BaseException) -> Outcome:
        """Tell that all was handed over and what became of it is not known."""
        return self.tell(Fate.UNKNOWN, detail, message("delivery.unsure", host=self.host))


def causes(error: BaseException) -> Iterator[BaseException]:
    """An error and those inside it; libraries keep them as arguments and reasons."""
    seen: list[BaseException] = []
    waiting: list[object] = [error]
    while waiting:
        found = waiting.pop(0)
        if not isinstance(found, BaseException) or found in seen:
            continue
        seen.append(found)
        yield found
        waiting += [*found.args, getattr(found, "reason", None), found.__cause__]


def reason(error: BaseException) -> str:
    """The innermost reason in the system's words; the outer errors quote addresses with keys."""
    inner = [cause for cause in causes(error) if isinstance(cause, OSError) and cause.strerror]
    if inner:
        return str(inner[-1].strerror)
    last = list(causes(error))[-1]
    said = str(last) if isinstance(last, OSError) else ""
    return said or type(last).__name__
