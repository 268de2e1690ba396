"""Checks of the way to people: secrets, mail server, robots, and the entry that starts it all."""

from __future__ import annotations

import os
from collections.abc import Iterator

from storeops.config import RecipientSettings
from storeops.delivery import schedule
from storeops.delivery.keys import reveal
from storeops.delivery.parcel import Fate, Outcome
from storeops.delivery.schedule import Installed, System
from storeops.errors import StoreopsError
from storeops.messages import Message, Term, message
from storeops.pipeline.checks.visit import Check, Status, Visit
from storeops.pipeline.scheduling import env_names, secret_places

_CAME_TO = {Fate.SENT: Status.OK, Fate.LATER: Status.ATTENTION}


def secrets(visit: Visit) -> Iterator[Check]:
    """Find every secret; its place is named, itself never."""
    for place in secret_places(visit.settings.delivery):
        error = _missing(place, visit)
        if error is None:
            yield Check("secrets", Status.OK, message("doctor.secret", place=place))
        else:
            yield Check("secrets", Status.FAULT, error.problem, error.hint)


def _missing(place: str, visit: Visit) -> StoreopsError | None:
    try:
        reveal(place, visit.environ)
    except StoreopsError as error:
        return error
    return None


def recipients(visit: Visit) -> Iterator[Check]:
    """Try the way to each recipient without sending anything."""
    delivery = visit.settings.delivery
    if not delivery.recipients:
        yield Check("recipients", Status.OK, message("doctor.nobody"))
    for recipient in delivery.recipients:
        if recipient.channel == "mail" and delivery.mail.host is None:
            said = message("doctor.no_host", name=recipient.name)
            yield Check("recipients", Status.FAULT, said, message("doctor.no_host_hint"))
        elif not (visit.offline or _lacks_a_secret(recipient, visit)):
            yield _probed(recipient, visit)


def _lacks_a_secret(recipient: RecipientSettings, visit: Visit) -> bool:
    """Leave out a way that cannot be tried: what is missing was told already."""
    is_mail = recipient.channel == "mail"
    password = visit.settings.delivery.mail.password
    places = [password] if is_mail else [recipient.url, recipient.secret]
    return any(place and _missing(place, visit) for place in places)


def _probed(recipient: RecipientSettings, visit: Visit) -> Check:
    from storeops.delivery.senders import probe  # noqa: PLC0415 (loads the network)

    outcome = probe(recipient, visit.settings.delivery, visit.now)
    status = _CAME_TO.get(outcome.fate, Status.FAULT)
    said = message(
        "doctor.recipient",
        name=recipient.name,
        told=outcome.meaning or outcome.detail or outcome.fate.value,
    )
    return Check("recipients", status, said, None if status is Status.OK else _advice(outcome))


def _advice(outcome: Outcome) -> Message:
    return outcome.advice or message("doctor.recipient_hint")


def scheduled(visit: Visit) -> Iterator[Check]:
    """Look for the workspace's entry and tell when it runs next."""
    folder = os.path.abspath(visit.root)  # noqa: PTH100 (as it was installed, links kept)
    entries = [
        found
        for found in schedule.installed(schedule.this_machine())
        if found.id == schedule.entry_id(folder, found.system)
    ]
    if not entries:
        said = message("doctor.unscheduled")
        yield Check("schedule", Status.ATTENTION, said, message("doctor.unscheduled_hint"))
    for entry in entries:
        yield _entry(entry, visit)
        if not schedule.is_awake(entry.system):
            said, hint = message("schedule.asleep"), message("schedule.asleep_hint")
            yield Check("schedule", Status.ATTENTION, said, hint)
        names = env_names(visit.settings.delivery)
        if names and entry.system is not System.WINDOWS:
            said = message("schedule.env_unseen", names=names)
            yield Check("schedule", Status.ATTENTION, said)


def _entry(entry: Installed, visit: Visit) -> Check:
    system = Term("scheduler", entry.system.value)
    upcoming = entry.next_run(visit.now)
    if upcoming is None:
        said = message("doctor.schedule_off", system=system)
        return Check("schedule", Status.ATTENTION, said, message("doctor.unscheduled_hint"))
    shown = f"{upcoming.astimezone(visit.now.tzinfo):%Y-%m-%d %H:%M}"
    return Check("schedule", Status.OK, message("doctor.schedule", system=system, next=shown))
