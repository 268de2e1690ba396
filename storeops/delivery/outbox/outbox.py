"""The outbox itself: put in, decide against, deliver, try again, list."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from filelock import FileLock, Timeout

from storeops.config import DeliverySettings
from storeops.delivery.outbox import telling, transitions
from storeops.delivery.outbox.shelf import DamagedError, Shelf
from storeops.delivery.outbox.ticket import (
    GONE,
    Key,
    Letter,
    Receipt,
    Status,
    Ticket,
    portable,
)
from storeops.delivery.outbox.trying import Attempt, Send
from storeops.delivery.parcel import Parcel
from storeops.delivery.rules import after_quiet
from storeops.errors import StoreopsError
from storeops.messages import Message, message

_KEPT = timedelta(days=400)
"""How long receipts are kept."""
_UNSENT_KEPT = timedelta(days=30)
"""How long the content of what was refused or given up is kept for another try."""


class BusyError(StoreopsError):
    """Another run holds the outbox."""


class Outbox:
    """One workspace's outbox; the package's docstring says what it promises."""

    def __init__(
        self, folder: Path, settings: DeliverySettings, *, wait_seconds: float = 120
    ) -> None:
        """Take a folder, made when something is put in, and the recipients by their names.

        ``wait_seconds`` is how long to wait for another run, which holds the outbox for one
        message at a time.
        """
        self._shelf = Shelf(folder)
        self._settings = settings
        self._recipients = {recipient.name: recipient for recipient in settings.recipients}
        self._lock = FileLock(folder / ".lock", wait_seconds, mode=0o600, poll_interval=0.02)

    def put(
        self,
        key: Key,
        letter: Letter,
        *,
        now: datetime,
        not_before: datetime | None = None,
        why: Message | None = None,
    ) -> Receipt | None:
        """Take a letter on; the same digest again changes nothing.

        Before anything was sent another digest takes the letter's place; afterwards its
        correction goes out, each digest once.

        Args:
            key: What is sent once.
            letter: What to send, and what to send instead to one who has an earlier edition.
            now: The moment.
            not_before: From when on it may go; None: at once. It is tried until
                ``settings.expire_hours`` after.
            why: Why it is held.

        Returns:
            What was decided, None when nothing changed.

        Raises:
            StoreopsError: The outbox is held by another run or cannot be written.
        """
        with self._held():
            ticket = self._read(key, now)
            if not (transitions.is_news(ticket, letter) or self._is_lost(ticket, letter)):
                return None
            fresh = transitions.renewed(ticket or _blank(key, now), letter, now)
            if fresh.status is Status.WAITING:
                correction = letter.correction if fresh.is_correction else None
                due = max(now, not_before or now)
                fresh = replace(
                    fresh,
                    content=self._shelf.store(key, correction or letter.parcel),
                    due=due,
                    expires=self._expiry(due),
                    why=portable(why) if why else None,
                )
            return self._replace(ticket, fresh)

    def skip(self, key: Key, reason: Message, *, now: datetime) -> Receipt | None:
        """Note why nothing is sent, and take back what was not sent yet.

        Returns:
            What was decided, None when something was sent already or the same reason is noted.
        """
        with self._held():
            ticket = self._read(key, now)
            told = portable(reason)
            if ticket is not None and (ticket.status, ticket.why) == (Status.SKIPPED, told):
                return None
            fresh = transitions.skipped(ticket or _blank(key, now), told, now)
            return None if fresh == ticket else self._replace(ticket, fresh)

    def was_sent(self, key: Key) -> bool:
        """Tell whether the recipient has an edition, or may have one."""
        found = self._readable(key.name)
        if found is None:
            return False
        ticket = transitions.recovered(found, found.changed)
        return ticket.status in GONE or ticket.is_correction

    def told(self, key: Key) -> str | None:
        """Give the digest of what the recipient has, or may have; None for nothing."""
        found = self._readable(key.name)
        if found is None:
            return None
        ticket = transitions.recovered(found, found.changed)
        if ticket.status in GONE:
            return ticket.digest
        return ticket.past[-1].digest if ticket.past else None

    def holds(self, key: Key, digest: str) -> bool:
        """Tell whether putting this digest in would change nothing."""
        ticket = self._readable(key.name)
        return (
            ticket is not None
            and ticket.digest == digest
            and (ticket.content is None or self._shelf.parcel(ticket) is not None)
            and not (ticket.status is Status.REFUSED and ticket.content is None)
        )

    def deliver(self, send: Send, now: datetime) -> tuple[Receipt, ...]:
        """Try everything that is due, oldest first; one recipient never stops the others.

        Args:
            send: One attempt.
            now: The moment; what is due, expired or in quiet hours is judged by it.

        Returns:
            A line for every message that changed, for every damaged file, and one when another
            run holds the outbox.

        Raises:
            StoreopsError: The outbox cannot be written.
        """
        if not self._shelf.folder.is_dir():
            return ()
        receipts: list[Receipt] = []
        try:
            with self._held():
                receipts += self._tidied(now)
            for name in self._oldest_first():
                with self._held():
                    receipts += self._delivered(name, send, now)
        except BusyError as error:
            receipts.append(Receipt(error.problem))
        return tuple(receipts)

    def retry(self, name: str, now: datetime) -> Receipt:
        """Put what was refused, given up or left unknown in line again.

        Args:
            name: Its name in the listing, or a beginning that only it has.
            now: The moment.

        Raises:
            StoreopsError: No such message, several, one that is not to be retried, or its content
                is no longer kept.
        """
        with self._held():
            ticket = self._found(name)
            if ticket.is_pending or ticket.status in {Status.SENT, Status.SKIPPED}:
                raise StoreopsError(
                    message("outbox.no_retry", said=telling.receipt(ticket).said),
                    message("outbox.no_retry_hint"),
                )
            if self._shelf.parcel(ticket) is None:
                raise StoreopsError(
                    message("outbox.no_content", name=ticket.key.name),
                    message("outbox.no_content_hint"),
                )
            return self._replace(ticket, transitions.revived(ticket, now, self._expiry(now)))

    def entries(self, shop: str | None = None, limit: int | None = None) -> tuple[Ticket, ...]:
        """List messages and receipts, newest day first; damaged files are left out.

        Args:
            shop: Only of this shop.
            limit: At most so many; what is not settled counts but is always listed.
        """
        names = sorted({*self._shelf.open_names(), *self._shelf.settled_names()}, reverse=True)
        unsettled = set(self._shelf.open_names())
        found: list[Ticket] = []
        for name in names:
            if limit is not None and len(found) >= limit and name not in unsettled:
                continue
            ticket = self._readable(name)
            if ticket is not None and shop in {None, ticket.key.shop}:
                found.append(ticket)
        return tuple(found)

    def aside(self) -> tuple[str, ...]:
        """Name the files that could not be used and were kept aside."""
        return self._shelf.aside()

    def next_due(self) -> datetime | None:
        """Say when something is to be tried next, None when nothing waits."""
        open_tickets = (self._readable(name) for name in self._shelf.open_names())
        return min(
            (
                ticket.due or ticket.changed
                for ticket in open_tickets
                if ticket is not None and ticket.is_pending
            ),
            default=None,
        )

    def _expiry(self, due: datetime) -> datetime:
        return due + timedelta(hours=self._settings.expire_hours)

    @contextmanager
    def _held(self) -> Iterator[None]:
        """Hold the outbox; other runs wait.

        Raises:
            StoreopsError: Another run holds it for too long, or its files cannot be written.
        """
        folder = str(self._shelf.folder)
        try:
            self._shelf.make()
            self._lock.acquire()
        except Timeout as error:
            raise BusyError(
                message("outbox.busy", folder=folder), message("outbox.busy_hint")
            ) from error
        except OSError as error:
            raise _not_written(folder, error) from error
        try:
            yield
        except OSError as error:
            raise _not_written(folder, error) from error
        finally:
            self._lock.release()

    def _read(self, key: Key, now: datetime) -> Ticket | None:
        """Read a key's ticket; the attempt of a killed run is decided about first.

        Where a damaged ticket stood nobody knows what was sent: mail goes on under the same
        Message-ID, a robot's message is taken as possibly sent.
        """
        try:
            ticket = self._shelf.read(key.name)
        except DamagedError:
            self._shelf.set_aside(f"{key.name}.json")
            ticket = None
        if ticket is not None:
            return transitions.recovered(ticket, now)
        recipient = self._recipients.get(key.recipient)
        if recipient is None or recipient.channel == "mail" or not self._shelf.was_aside(key.name):
            return None
        why = message("outbox.why.damaged")
        return Ticket(key, Status.UNKNOWN, now, now, unanswered=1, why=why)

    def _is_lost(self, ticket: Ticket | None, letter: Letter) -> bool:
        """Tell whether a message is unsent because its content was lost, and here it is again."""
        return (
            ticket is not None
            and ticket.status is Status.REFUSED
            and ticket.digest == letter.digest
            and self._shelf.parcel(ticket) is None
        )

    def _replace(self, old: Ticket | None, new: Ticket) -> Receipt:
        """Put the new state on disk, then drop the content it no longer names."""
        self._shelf.write(new)
        if old is not None and old.content != new.content:
            self._shelf.drop(old)
        return telling.receipt(new)

    def _readable(self, name: str) -> Ticket | None:
        try:
            return self._shelf.read(name)
        except (DamagedError, OSError):
            return None

    def _oldest_first(self) -> list[str]:
        tickets = (self._readable(name) for name in self._shelf.open_names())
        line = [(ticket.since, ticket.key.name) for ticket in tickets if ticket is not None]
        return [name for _, name in sorted(line)]

    def _delivered(self, name: str, send: Send, now: datetime) -> Iterator[Receipt]:
        """Take one message a step further, if it is its time."""
        found = self._readable(name)
        if found is None:
            return
        ticket = transitions.recovered(found, now)
        if ticket.status is Status.WAITING:
            ticket = self._sent(ticket, send, now)
        if ticket != found:
            yield self._replace(found, ticket)

    def _sent(self, ticket: Ticket, send: Send, now: datetime) -> Ticket:
        """Send what is due; give the ticket as it is to stand afterwards."""
        if ticket.expires is not None and now >= ticket.expires:
            return transitions.expired(ticket, now)
        recipient = self._recipients.get(ticket.key.recipient)
        if recipient is None:
            return replace(ticket, why=message("outbox.why.no_recipient"))
        due = after_quiet(recipient.quiet, max(now, ticket.due or now))
        if due > now:
            return ticket if due == ticket.due else replace(ticket, due=due)
        parcel = self._shelf.parcel(ticket)
        if parcel is None:
            return transitions.lost(ticket, now)
        return self._tried(ticket, parcel, send, now)

    def _tried(self, ticket: Ticket, parcel: Parcel, send: Send, now: datetime) -> Ticket:
        """Make an attempt, written down before and at the hand-over."""
        recipient = self._recipients[ticket.key.recipient]
        trying = replace(
            ticket, status=Status.TRYING, changed=now, attempts=ticket.attempts + 1,
            channel=recipient.channel, is_handed_over=False,
        )  # fmt: skip
        self._shelf.write(trying)
        attempt = Attempt(lambda: self._shelf.write(replace(trying, is_handed_over=True)))
        outcome = attempt.outcome(send, parcel, recipient, trying.message_id)
        later = now + transitions.pause(trying.message_id, trying.attempts)
        done = transitions.answered(trying, outcome, now, after_quiet(recipient.quiet, later))
        return replace(done, why=portable(attempt.problem)) if attempt.problem else done

    def _tidied(self, now: datetime) -> Iterator[Receipt]:
        """Put the folder in order and forget what is old."""
        tidied = self._shelf.tidy()
        for file in tidied.aside:
            yield Receipt(message("outbox.set_aside", file=file))
        for file in tidied.unreadable:
            yield Receipt(message("outbox.unreadable", file=file))
        for name in self._shelf.open_names():
            ticket = self._readable(name)
            if ticket is not None and _is_over(ticket, now - _UNSENT_KEPT):
                self._replace(ticket, replace(ticket, content=None))
        for name in self._shelf.receipts_before((now - _KEPT).date()):
            ticket = self._readable(name)
            if ticket is not None and ticket.changed < now - _KEPT:
                self._shelf.forget(name)

    def _found(self, name: str) -> Ticket:
        known = [*self._shelf.open_names(), *self._shelf.settled_names()]
        matching = [each for each in known if each.startswith(name)]
        ticket = self._readable(matching[0]) if len(matching) == 1 else None
        if ticket is not None:
            return ticket
        raise StoreopsError(
            message("outbox.several" if matching else "outbox.no_such", name=name),
            message("outbox.no_such_hint"),
        )


def _blank(key: Key, now: datetime) -> Ticket:
    return Ticket(key, Status.WAITING, now, now)


def _is_over(ticket: Ticket, then: datetime) -> bool:
    return ticket.can_retry and ticket.changed < then


def _not_written(folder: str, error: OSError) -> StoreopsError:
    return StoreopsError(
        message("outbox.not_written", folder=folder, problem=error.strerror or str(error)),
        message("outbox.not_written_hint"),
    )
