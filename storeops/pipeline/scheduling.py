"""The daily run of a workspace: when, by which scheduler, and what its settings mean for it."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from pathlib import Path

from storeops.config import FILE_NAME, DeliverySettings, load_settings
from storeops.delivery import schedule
from storeops.delivery.schedule import Entry, Job, Machine, System
from storeops.messages import Message, message

FIRST_LOOK = time(8, 30)
_AFTER_HOLDING = timedelta(minutes=5)
_LOCALE = re.compile(r"[A-Za-z0-9_.@-]+")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the user asks for; nothing given means the usual."""

    times: tuple[str, ...] = ()
    days: tuple[int, ...] = ()
    system: str = "auto"


def planned(root: Path, wanted: Wanted, machine: Machine, environ: Mapping[str, str]) -> Entry:
    """Write the entry of a workspace, touching nothing.

    Args:
        root: The workspace.
        wanted: Times of Beijing, weekdays, scheduler.
        machine: Where it would be installed.
        environ: The environment, for the language.

    Raises:
        ConfigError: The settings cannot be read: the run would stop at once.
        StoreopsError: Not a time, or a path no entry can hold.
    """
    delivery = load_settings(root / FILE_NAME).delivery
    times = tuple(sorted({schedule.parse_time(text) for text in wanted.times}))
    system = schedule.choose(machine.platform) if wanted.system == "auto" else System(wanted.system)
    job = Job(
        folder=os.path.abspath(root),  # noqa: PTH100 (keeps a link or a drive letter as it is)
        times=times or looks(delivery),
        python=sys.executable,
        days=tuple(sorted(set(wanted.days))) or schedule.EVERY_DAY,
        locale=None if system is System.WINDOWS else _locale(environ),
    )
    entry = schedule.plan(job, system, machine)
    return replace(entry, notes=(*_notes(job, system, delivery), *entry.notes))


def looks(delivery: DeliverySettings) -> tuple[time, ...]:
    """Give the usual times: half past eight, and again when held reports have to go out."""
    held = datetime.strptime(delivery.hold_until, "%H:%M")  # noqa: DTZ007 (a time of day)
    second = (held + _AFTER_HOLDING).time()
    return (FIRST_LOOK, second) if second > FIRST_LOOK else (FIRST_LOOK,)


def secret_places(delivery: DeliverySettings) -> tuple[str, ...]:
    """List the places secrets are read from, each once; a mail server without host has none."""
    places = [delivery.mail.password if delivery.mail.host else None]
    for recipient in delivery.recipients:
        places += [recipient.url, recipient.secret]
    return tuple(dict.fromkeys(place for place in places if place))


def env_names(delivery: DeliverySettings) -> tuple[str, ...]:
    """List the environment variables secrets are read from."""
    places = secret_places(delivery)
    return tuple(place.removeprefix("env:") for place in places if place.startswith("env:"))


def _notes(job: Job, system: System, delivery: DeliverySettings) -> Iterator[Message]:
    if len(job.times) > 1:
        yield message("schedule.second_look", at=f"{job.times[1]:%H:%M}", held=delivery.hold_until)
    names = env_names(delivery)
    if names and system is not System.WINDOWS:
        yield message("schedule.env_unseen", names=names)


def _locale(environ: Mapping[str, str]) -> str | None:
    """Take the locale along: a scheduler starts without one, and reports would turn English."""
    given = (environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    value = next(filter(None, given), None)
    return value if value and _LOCALE.fullmatch(value) else None
