"""The daily run, kept by the system's own scheduler: planned, shown, installed, removed.

``plan`` writes the entry and touches nothing; ``install``, ``installed`` and ``remove`` act on
entries of ours only. One folder has one entry: whatever scheduler held an earlier one lets it go.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import TypeVar

from storeops.delivery.schedule import crontab, programs, systemd, windows
from storeops.delivery.schedule.clock import BEIJING, SHANGHAI, LocalClock, Slot, machine_clock
from storeops.delivery.schedule.job import (
    EVERY_DAY,
    Entry,
    Installed,
    Job,
    Machine,
    Page,
    System,
    entry_id,
    parse_time,
)
from storeops.errors import StoreopsError
from storeops.messages import message

__all__ = [
    "BEIJING", "EVERY_DAY", "SHANGHAI", "Entry", "Installed", "Job", "LocalClock", "Machine",
    "Page", "Slot", "System", "choose", "entry_id", "install", "installed", "is_awake",
    "parse_time", "plan", "rehearse", "remove", "this_machine",
]  # fmt: skip

T = TypeVar("T")
_NEEDED = (
    "HOME", "LOGNAME", "USER", "SYSTEMROOT", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "TEMP",
)  # fmt: skip
"""What every scheduler passes on; nothing else of this shell is there at half past eight."""


def this_machine() -> Machine:
    """Read what an entry depends on: platform, clock, moment and the folder of user units."""
    home = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return Machine(sys.platform, machine_clock(), datetime.now(UTC), f"{home}/systemd/user")


def choose(platform: str) -> System:
    """Pick the scheduler: the Task Scheduler on Windows, a systemd of the user's, else cron."""
    if platform == "win32":
        return System.WINDOWS
    if platform != "darwin" and systemd.works():
        return System.SYSTEMD
    return System.CRON


def plan(job: Job, system: System, machine: Machine) -> Entry:
    """Write an entry without touching anything.

    Args:
        job: What is run, and when by Beijing's clock.
        system: The scheduler.
        machine: Where.

    Returns:
        The exact texts, the commands that put them in force, and what to know before.
    """
    match system:
        case System.CRON:
            return crontab.plan(job, machine)
        case System.SYSTEMD:
            return systemd.plan(job, machine)
        case System.WINDOWS:
            return windows.plan(job, machine)


def rehearse(entry: Entry) -> None:
    """Start the interpreter of an entry as the scheduler will: bare environment, another folder.

    Raises:
        StoreopsError: It would not start; carries its last words.
    """
    bare = {name: os.environ[name] for name in _NEEDED if name in os.environ}
    command = (entry.job.python, "-m", "storeops", "--version")
    answer = programs.ask(command, environ={**bare, **entry.job.environment}, folder=os.sep)
    if answer.status:
        last = (answer.complaint.splitlines() or [str(answer.status)])[-1]
        raise StoreopsError(
            message("schedule.would_not_start", python=entry.job.python, detail=last),
            message("schedule.would_not_start_hint"),
        )


def install(entry: Entry, machine: Machine) -> Installed:
    """Put an entry in force, read it back, and only then drop one another scheduler has.

    Raises:
        StoreopsError: The scheduler refuses, or does not hold what it was given.
    """
    match entry.system:
        case System.CRON:
            crontab.install(entry)
        case System.SYSTEMD:
            systemd.install(entry)
        case System.WINDOWS:
            windows.install(entry)
    found = _read_back(entry, machine)
    for other in _here(machine):
        if other is not entry.system:
            with suppress(StoreopsError):  # who may not use it has no entry in it
                _remove(entry_id(entry.job.folder, other), other, machine)
    return found


def _read_back(entry: Entry, machine: Machine) -> Installed:
    for found in _installed(entry.system, machine):
        same = (found.folder, found.slots) == (entry.job.folder, entry.slots)
        if found.id == entry.id and same and found.active:
            return found
    raise StoreopsError(message("schedule.not_kept"), message("schedule.not_kept_hint"))


def installed(machine: Machine) -> tuple[Installed, ...]:
    """List the entries of ours that the schedulers of this machine hold for this user.

    Raises:
        StoreopsError: No scheduler can be asked; one that refuses beside another holds nothing.
    """
    return tuple(chain.from_iterable(_asked(machine, lambda system: _installed(system, machine))))


def remove(folder: str, machine: Machine) -> tuple[System, ...]:
    """Take the entry of one folder out, of every scheduler; nothing else is touched.

    Returns:
        The schedulers that held one.

    Raises:
        StoreopsError: As :func:`installed`.
    """

    def taken_out(system: System) -> tuple[System, ...]:
        held = _remove(entry_id(folder, system), system, machine)
        return (system,) if held else ()

    return tuple(chain.from_iterable(_asked(machine, taken_out)))


def is_awake(system: System) -> bool:
    """Tell whether something will run the entries; only cron can be asleep unnoticed."""
    return system is not System.CRON or crontab.is_awake()


def _asked(machine: Machine, ask: Callable[[System], T]) -> list[T]:
    answers: list[T] = []
    refusals: list[StoreopsError] = []
    for system in _here(machine):
        try:
            answers.append(ask(system))
        except StoreopsError as error:
            refusals.append(error)
    if refusals and not answers:
        raise refusals[0]
    return answers


def _here(machine: Machine) -> tuple[System, ...]:
    """List the schedulers to look at: those of the platform whose program is there."""
    if machine.platform == "win32":
        return (System.WINDOWS,)
    needs = {System.CRON: "crontab", System.SYSTEMD: "systemctl"}
    return tuple(system for system, program in needs.items() if programs.is_there(program))


def _installed(system: System, machine: Machine) -> tuple[Installed, ...]:
    match system:
        case System.CRON:
            return crontab.installed()
        case System.SYSTEMD:
            return systemd.installed(machine.units)
        case System.WINDOWS:
            return windows.installed()


def _remove(mark: str, system: System, machine: Machine) -> bool:
    match system:
        case System.CRON:
            return crontab.remove(mark)
        case System.SYSTEMD:
            return systemd.remove(mark, machine.units)
        case System.WINDOWS:
            return windows.remove(mark)
