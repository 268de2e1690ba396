"""Reports to the people set up for them: offered to the outbox by their rules, then delivered."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from storeops.config import BEIJING, RecipientSettings
from storeops.delivery.offering import Offer, offer
from storeops.delivery.outbox import Letter, Receipt, Send, Status
from storeops.delivery.parcel import Outcome, Parcel
from storeops.delivery.rules import About, hold_until
from storeops.delivery.senders import send as hand_over
from storeops.diagnose.finding import PeriodKind, Severity, State
from storeops.messages import Message, message
from storeops.pipeline.outboxing import open_outbox
from storeops.pipeline.posting import narrowed, post, words_of
from storeops.pipeline.workspace import Workspace
from storeops.reporter import correction
from storeops.reporter.blocks import Report
from storeops.reporter.boss import causes_to_handle
from storeops.reporter.correction import Said
from storeops.reporter.lang import Catalogue

_LATE = "late"
"""Digest of the word that a day's files are not there yet."""
_UNSENT = frozenset({Status.REFUSED, Status.EXPIRED, Status.UNKNOWN})
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Sent:
    """What happened, a line each; ``failed`` says that something did not go for good."""

    said: tuple[Message, ...] = ()
    failed: bool = False


def send(workspace: Workspace, reports: Sequence[Report], words: Catalogue, now: datetime) -> Sent:
    """Offer every report to every recipient, then try what is due, earlier messages too.

    Args:
        workspace: Whose recipients and outbox.
        reports: Whole reports; each recipient gets their own view of them.
        words: The language of recipients without one of their own.
        now: The moment, in Beijing.

    Raises:
        StoreopsError: The outbox cannot be used.
    """
    settings = workspace.settings.delivery
    outbox = open_outbox(workspace)
    said: list[Message] = []
    for recipient in settings.recipients:
        for report in reports:
            offered = _Offered(workspace, report, recipient, words)
            said += _told(offer(outbox, offered.offer(), recipient, settings=settings, now=now))
            if _is_overdue(report, now, workspace):
                late = offered.late(now)
                said += _told(offer(outbox, late, recipient, settings=settings, now=now))
    receipts = outbox.deliver(_sender(workspace, now), now)
    failed = any(r.ticket is not None and r.ticket.status in _UNSENT for r in receipts)
    return Sent((*said, *(receipt.said for receipt in receipts)), failed)


def _told(receipt: Receipt | None) -> tuple[Message, ...]:
    return () if receipt is None else (receipt.said,)


def _sender(workspace: Workspace, now: datetime) -> Send:
    def attempt(
        parcel: Parcel,
        recipient: RecipientSettings,
        message_id: str,
        /,
        *,
        handing_over: Callable[[], None],
    ) -> Outcome:
        settings = workspace.settings.delivery
        return hand_over(parcel, recipient, settings, message_id, now, handing_over)

    return attempt


@dataclass(frozen=True, slots=True)
class _Offered:
    """One report for one recipient, made only when the outbox wants it."""

    workspace: Workspace
    report: Report
    recipient: RecipientSettings
    words: Catalogue

    def offer(self) -> Offer:
        """Offer the report itself."""
        said = correction.said(narrowed(self.report, self.recipient))
        return Offer(_about(self.report), said.dumped(), self._letter)

    def _letter(self, told: str | None) -> Letter:
        """Make the letter; ``told`` is the digest of what the recipient has already."""
        mine = post(self.workspace, self.report, self.recipient, self.words)
        digest = correction.said(mine.report).dumped()
        return Letter(mine.parcel, digest, self._correction(mine.report, mine.parcel, told))

    def _correction(self, report: Report, whole: Parcel, told: str | None) -> Parcel | None:
        before = None if told is None else Said.loaded(told)
        if before is None:  # all they have is the word that the figures are late
            return whole
        words = words_of(self.recipient, self.words)
        text = correction.text(report, before, words)
        if text is None:
            return None
        return Parcel(correction.subject(report, words), text, document=whole.document)

    def late(self, now: datetime) -> Offer:
        """Say that yesterday's figures are still missing."""
        day = _yesterday(now)
        state = State.INCOMPLETE_DATA
        about = About(self.report.shop, day, PeriodKind.DAY, state, needs_attention=True)
        return Offer(about, _LATE, lambda _: self._late_letter(day))

    def _late_letter(self, day: date) -> Letter:
        words = words_of(self.recipient, self.words)
        shop, last = self.report.shop, self.report.day
        lines = (
            message("late.text", shop=shop, day=day, last=last),
            message("late.hint"),
        )
        text = "\n".join(words.text(line) for line in lines)
        return Letter(Parcel(words.say("late.subject", shop=shop, day=day), text), _LATE)


def _about(report: Report) -> About:
    causes = causes_to_handle(report)
    urgent = any(cause.severity is Severity.ACT for cause in causes)
    return About(
        shop=report.shop,
        day=report.day,
        kind=PeriodKind.DAY if report.period is None else report.period.kind,
        state=report.verdict.state,
        needs_attention=report.verdict.state is State.ABNORMAL or urgent,
        owners_with_tasks=frozenset(cause.owner.value for cause in causes),
        is_complete=correction.is_complete(report),
    )


def _yesterday(now: datetime) -> date:
    return now.astimezone(BEIJING).date() - timedelta(days=1)


def _is_overdue(report: Report, now: datetime, workspace: Workspace) -> bool:
    """Tell whether yesterday's figures should have been there by now.

    Nobody is reminded at the weekend, when many shops are not looked after.
    """
    if report.period is not None and report.period.kind is not PeriodKind.DAY:
        return False
    expected = _yesterday(now)
    if report.day >= expected or now.astimezone(BEIJING).weekday() >= _SATURDAY:
        return False
    return now >= hold_until(expected, workspace.settings.delivery)


def previews(
    workspace: Workspace, reports: Sequence[Report], words: Catalogue
) -> Iterator[tuple[RecipientSettings, Parcel]]:
    """Make what every recipient would get, without their rules; nothing is kept."""
    for recipient in workspace.settings.delivery.recipients:
        for report in reports:
            yield recipient, post(workspace, report, recipient, words).parcel
