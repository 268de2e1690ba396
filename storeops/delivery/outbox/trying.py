"""One attempt: the sender is called, and whatever it does becomes an outcome."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from storeops.config import RecipientSettings
from storeops.delivery.parcel import Fate, Outcome, Parcel
from storeops.errors import StoreopsError
from storeops.messages import Message


class Send(Protocol):
    """A sender: one attempt to hand a parcel over.

    It calls ``handing_over`` right before the other side can take the message: before the final
    dot of a mail, before the request to a robot is written. When that call raises it must not go
    on. A sender that never calls it may send twice when it is killed.
    """

    def __call__(  # noqa: D102 (said above)
        self,
        parcel: Parcel,
        recipient: RecipientSettings,
        message_id: str,
        /,
        *,
        handing_over: Callable[[], None],
    ) -> Outcome: ...


class Attempt:
    """Remembers whether the message was handed over, on disk before it is."""

    def __init__(self, write_down: Callable[[], None]) -> None:
        self._write_down = write_down
        self.is_handed_over = False
        self.problem: Message | None = None
        """What a person can put right, a password that is not found."""

    def handing_over(self) -> None:
        """Write down that the other side may have the message from here on; once."""
        if not self.is_handed_over:
            self._write_down()
            self.is_handed_over = True

    def outcome(
        self, send: Send, parcel: Parcel, recipient: RecipientSettings, message_id: str
    ) -> Outcome:
        """Try, and turn an exception into an outcome, so that one recipient never stops others."""
        try:
            return send(parcel, recipient, message_id, handing_over=self.handing_over)
        except StoreopsError as error:
            self.problem = error.problem
            return Outcome(self._fate())
        except Exception as error:  # noqa: BLE001 (a fault of ours in one sender stops no other)
            return Outcome(self._fate(), _place(error))

    def _fate(self) -> Fate:
        return Fate.UNKNOWN if self.is_handed_over else Fate.LATER


def _place(error: Exception) -> str:
    """Say where it happened; never its text, which may hold an address with its secret."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} ({Path(frame.filename).name}:{frame.lineno})"
