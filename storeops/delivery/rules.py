"""Who gets a report, and when: pure, the moment comes in.

Times of day are Beijing's, whatever the machine's zone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from storeops.config import BEIJING, DeliverySettings, RecipientSettings
from storeops.diagnose.finding import PeriodKind, State
from storeops.messages import Message, Term, message


class Course(StrEnum):
    """What to do with a report for one recipient."""

    SEND = "send"
    HOLD = "hold"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class About:
    """What the rules need to know of a report.

    ``day`` is the data's day, of a week or a month its last one. ``is_complete`` is False while a
    file of that day is missing. ``was_sent`` says that the recipient has an earlier edition: then
    it is a correction, which goes to whoever got what it corrects.
    """

    shop: str
    day: date
    kind: PeriodKind
    state: State
    needs_attention: bool
    owners_with_tasks: frozenset[str] = frozenset()
    is_complete: bool = True
    was_sent: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """Send at once, hold until ``not_before``, or skip; a hold and a skip have their reason."""

    course: Course
    not_before: datetime
    reason: Message | None = None


def decide(
    recipient: RecipientSettings, about: About, now: datetime, settings: DeliverySettings
) -> Decision:
    """Decide whether and when a recipient gets a report.

    A day whose files are not all there waits until ``settings.hold_until`` of the next morning;
    then it goes out with its gap, to those too who want abnormal days only: their silence would
    read as "all is well". Quiet hours put everything off.
    """
    unwanted = _unwanted(recipient, about)
    if unwanted is not None:
        return Decision(Course.SKIP, now, unwanted)
    moment, reason = now, None
    is_late = about.state is State.INCOMPLETE_DATA or not about.is_complete
    patience = hold_until(about.day, settings)
    if is_late and now < patience:
        moment, reason = patience, message("outbox.why.late", clock=settings.hold_until)
    loud = after_quiet(recipient.quiet, moment)
    if loud > moment:
        moment, reason = loud, message("outbox.why.quiet", clock=f"{loud:%H:%M}")
    return Decision(Course.HOLD if moment > now else Course.SEND, moment, reason)


def _unwanted(recipient: RecipientSettings, about: About) -> Message | None:
    """Say why a recipient does not get a report at all, None if they do."""
    if recipient.shops and about.shop not in recipient.shops:
        return message("outbox.why.other_shop")
    if about.kind.value not in recipient.reports:
        return message("outbox.why.other_report", kind=Term("outbox.kind", about.kind.value))
    if about.was_sent:
        return None
    if recipient.when == "abnormal" and not _speaks_up(about):
        unjudged = about.state is State.INSUFFICIENT_DATA
        return message("outbox.why.unjudged" if unjudged else "outbox.why.normal")
    if recipient.owners and not about.owners_with_tasks.intersection(recipient.owners):
        owners = tuple(Term("owner", owner) for owner in recipient.owners)
        return message("outbox.why.no_task", owners=owners)
    return None


def _speaks_up(about: About) -> bool:
    return about.needs_attention or about.state is State.INCOMPLETE_DATA


def hold_until(day: date, settings: DeliverySettings) -> datetime:
    """Say until when a report waits for files of its day: a time of the next morning."""
    return datetime.combine(
        day + timedelta(days=1), time.fromisoformat(settings.hold_until), BEIJING
    )


def after_quiet(quiet: tuple[str, str] | None, moment: datetime) -> datetime:
    """Give the moment itself, or the end of the quiet hours it falls into.

    Args:
        quiet: From and to in Beijing, the end not included, over midnight when the end is
            earlier; two equal times, like None, mean no quiet hours.
        moment: With its zone.
    """
    if quiet is None:
        return moment
    local = moment.astimezone(BEIJING)
    start, end = map(time.fromisoformat, quiet)
    clock = local.time()
    if start <= end:
        return datetime.combine(local, end, BEIJING) if start <= clock < end else moment
    if end <= clock < start:
        return moment
    last = local.date() + timedelta(days=1) if clock >= start else local.date()
    return datetime.combine(last, end, BEIJING)
