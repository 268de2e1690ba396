"""The user's crontab.

Lines that are not ours pass through as they are, byte for byte: a crontab holds settings and
spellings that no reader of crontabs gives back whole (measured: python-crontab drops a variable
after the last job and comments out what it does not understand). A line of ours ends with the
comment ``# storeops:ID``.
"""

from __future__ import annotations

import re
import shlex
from datetime import time
from pathlib import Path

from storeops.delivery.schedule import programs
from storeops.delivery.schedule.clock import LocalClock, Slot, by_clock, machine_clock, next_change
from storeops.delivery.schedule.job import (
    EVERY_DAY,
    Entry,
    Installed,
    Job,
    Machine,
    Page,
    System,
    entry_id,
)
from storeops.delivery.schedule.wording import clock_notes
from storeops.errors import StoreopsError
from storeops.messages import message

_READ = ("crontab", "-l")
_WRITE = ("crontab", "-")
_MARK = re.compile(r" # storeops:([0-9a-f]{12})\s*$")
_TIMED = re.compile(r"(\d{1,2}) (\d{1,2}) \* \* (\*|[0-7](?:,[0-7])*) (.*)")
_PROCESSES = Path("/proc")
_DAEMONS = frozenset({"cron", "crond", "fcron"})
_NONE = ("no crontab for", "no such file")
"""What crontab says (Vixie and its heirs; busybox) when the user has none yet."""


def plan(job: Job, machine: Machine) -> Entry:
    """Write the lines of an entry: one per time of day, by the machine's clock."""
    mark = entry_id(job.folder, System.CRON)
    slots = tuple(by_clock(at, job.days, machine.clock, machine.now) for at in job.times)
    text = "".join(f"{_line(slot, job, mark)}\n" for slot in slots)
    change = next_change(machine.clock, machine.now)
    notes = [*clock_notes(job, machine.clock, slots, change)]
    if change is not None and machine.platform == "linux":
        notes.append(message("schedule.exact_hour"))
    notes.append(message("schedule.cron_no_catching_up"))
    if machine.platform == "darwin":
        notes.append(message("schedule.macos_access"))
    return Entry(mark, System.CRON, job, slots, (Page("crontab", text),), (_WRITE,), tuple(notes))


def _line(slot: Slot, job: Job, mark: str) -> str:
    given = (f"{name}={value}" for name, value in job.environment.items())
    command = shlex.join(("/usr/bin/env", *given, job.python, *job.arguments))
    from_sunday = sorted((day + 1) % 7 for day in slot.days)
    days = "*" if slot.days == EVERY_DAY else ",".join(map(str, from_sunday))
    # cron turns a bare % into a line break, inside quotation marks too
    escaped = command.replace("%", r"\%")
    return f"{slot.at.minute} {slot.at.hour} * * {days} {escaped} # storeops:{mark}"


def install(entry: Entry) -> None:
    """Put the lines into the crontab in place of earlier ones of the same folder."""
    _rewrite(entry.id, entry.pages[0].text)


def remove(mark: str) -> bool:
    """Take the lines of one entry out; tell whether there were any."""
    if mark not in {found.id for found in installed()}:
        return False
    _rewrite(mark, "")
    return True


def installed() -> tuple[Installed, ...]:
    """List the entries of ours in the user's crontab."""
    clock = machine_clock()
    lines: dict[str, list[str]] = {}
    for line in _current().split("\n"):
        if mark := _mark(line):
            lines.setdefault(mark, []).append(line)
    return tuple(_entry(mark, of_it, clock) for mark, of_it in lines.items())


def is_awake() -> bool:
    """Tell whether a cron daemon runs; where processes cannot be listed it is taken to."""
    if not _PROCESSES.is_dir():
        return True
    return any(_name(process) in _DAEMONS for process in _PROCESSES.glob("[0-9]*/comm"))


def _name(process: Path) -> str:
    try:
        return process.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:  # it ended meanwhile
        return ""


def _entry(mark: str, lines: list[str], clock: LocalClock) -> Installed:
    """Read one entry back; what somebody put before its lines (a # above all) stops them."""
    timed = [match for line in lines if (match := _TIMED.match(line))]
    slots = tuple(_slot(match[1], match[2], match[3]) for match in timed)
    folder = next((_folder(match[4]) for match in timed), "")
    return Installed(mark, System.CRON, folder, slots, clock, active=bool(timed))


def _slot(minute: str, hour: str, days: str) -> Slot:
    marked = EVERY_DAY if days == "*" else {(int(day) + 6) % 7 for day in days.split(",")}
    return Slot(time(int(hour), int(minute)), tuple(sorted(marked)))


def _folder(command: str) -> str:
    try:
        return shlex.split(_MARK.sub("", command).replace(r"\%", "%"))[-1]
    except (ValueError, IndexError):
        return ""


def _mark(line: str) -> str | None:
    match = _MARK.search(line)
    return match[1] if match else None


def _current() -> str:
    """Read the crontab; a user without one has an empty one.

    Any other failure is an error: taken for an empty crontab it would cost the user the real one.
    """
    answer = programs.ask(_READ)
    if answer.status == 0:
        return answer.out
    if any(words in answer.complaint.lower() for words in _NONE):
        return ""
    raise programs.refusal(_READ, answer)


def _rewrite(mark: str, lines: str) -> None:
    before = _current()
    kept = "\n".join(line for line in before.split("\n") if _mark(line) != mark)
    if kept and lines and not kept.endswith("\n"):
        kept += "\n"
    wanted = kept + lines
    if wanted == before:
        return
    programs.order(_WRITE, wanted)
    if _current() != wanted:
        raise StoreopsError(message("schedule.not_kept"), message("schedule.not_kept_hint"))
