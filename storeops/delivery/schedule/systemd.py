"""A timer of the user's systemd: knows Beijing time itself and catches up after a night off."""

from __future__ import annotations

import re
from datetime import time
from pathlib import Path

from storeops.delivery.files import file_report
from storeops.delivery.schedule import programs
from storeops.delivery.schedule.clock import SHANGHAI, Slot
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
from storeops.errors import StoreopsError
from storeops.messages import message

_MANAGER = ("systemctl", "--user")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_CALENDAR = re.compile(r"^OnCalendar=(?:([\w,]+) )?\*-\*-\* (\d\d):(\d\d):00 Asia/Shanghai$", re.M)
_PLAIN = re.compile(r"[A-Za-z0-9_./+-]+")
_FOLDER = re.compile(r"^WorkingDirectory=(.*)$", re.M)
_SERVICE = """\
[Unit]
Description=storeops morning report ({id})

[Service]
Type=oneshot
WorkingDirectory={folder}
{environment}
ExecStart={command}
# 1 means that the shop needs attention: the run itself went well
SuccessExitStatus=1
"""
_TIMER = """\
[Unit]
Description=storeops morning report ({id})

[Timer]
{moments}
Persistent=true

[Install]
WantedBy=timers.target
"""


def plan(job: Job, machine: Machine) -> Entry:
    """Write the two units of an entry: what is run, and the timer."""
    mark = entry_id(job.folder, System.SYSTEMD)
    slots = tuple(Slot(at, job.days) for at in job.times)
    command = (job.python, *job.arguments)
    service = _SERVICE.format(
        id=mark,
        folder=job.folder.replace("%", "%%"),
        environment="\n".join(
            f"Environment={name}={value}" for name, value in job.environment.items()
        ),
        command=" ".join(_quoted(word) for word in command),
    )
    timer = _TIMER.format(id=mark, moments="\n".join(_moment(slot) for slot in slots))
    unit = f"storeops-{mark}"
    pages = (
        Page(f"{machine.units}/{unit}.service", service),
        Page(f"{machine.units}/{unit}.timer", timer),
    )
    commands = (
        (*_MANAGER, "daemon-reload"),
        (*_MANAGER, "enable", f"{unit}.timer"),
        (*_MANAGER, "restart", f"{unit}.timer"),
    )
    notes = (message("schedule.linger"),)
    return Entry(mark, System.SYSTEMD, job, slots, pages, commands, notes)


def _moment(slot: Slot) -> str:
    days = "" if slot.days == EVERY_DAY else ",".join(_DAYS[day] for day in slot.days) + " "
    return f"OnCalendar={days}*-*-* {slot.at:%H:%M}:00 Asia/Shanghai"


def _quoted(word: str) -> str:
    """Quote a word of a command line; % and $ have a meaning inside quotation marks too."""
    if _PLAIN.fullmatch(word):
        return word
    escaped = word.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + escaped.replace("%", "%%").replace("$", "$$") + '"'


def install(entry: Entry) -> None:
    """Write the units, have them read and start the timer; what was there returns on a failure."""
    paths = [Path(page.where) for page in entry.pages]
    before = {path: path.read_bytes() if path.exists() else None for path in paths}
    for path, page in zip(paths, entry.pages, strict=True):
        file_report(path.parent, path.name, page.text.encode("utf-8", "surrogateescape"))
    try:
        for command in entry.commands:
            programs.order(command)
    except StoreopsError:
        for path, data in before.items():
            path.unlink() if data is None else path.write_bytes(data)
        raise


def remove(mark: str, units: str) -> bool:
    """Stop the timer and delete both units of one entry; tell whether there were any."""
    unit = f"storeops-{mark}"
    wanted = (Path(units, f"{unit}.{ending}") for ending in ("timer", "service"))
    paths = [path for path in wanted if path.exists()]
    if not paths:
        return False
    # stopping a timer that systemd does not know fails, and is no reason to keep its files
    programs.ask((*_MANAGER, "disable", "--now", f"{unit}.timer"))
    for path in paths:
        path.unlink()
    programs.ask((*_MANAGER, "daemon-reload"))
    return True


def installed(units: str) -> tuple[Installed, ...]:
    """List the timers of ours among the user's units."""
    return tuple(_entry(path) for path in sorted(Path(units).glob("storeops-*.timer")))


def _entry(path: Path) -> Installed:
    text = path.read_text(encoding="utf-8", errors="surrogateescape")
    service = path.with_suffix(".service")
    match = None
    if service.exists():
        match = _FOLDER.search(service.read_text(encoding="utf-8", errors="surrogateescape"))
    slots = tuple(
        Slot(time(int(hour), int(minute)), _weekdays(days))
        for days, hour, minute in _CALENDAR.findall(text)
    )
    active = programs.ask((*_MANAGER, "is-active", path.name)).status == 0
    return Installed(
        path.stem.removeprefix("storeops-"), System.SYSTEMD,
        match[1].replace("%%", "%") if match else "", slots, SHANGHAI, active=active,
    )  # fmt: skip


def _weekdays(days: str) -> tuple[int, ...]:
    return tuple(_DAYS.index(day) for day in days.split(",")) if days else EVERY_DAY


def works() -> bool:
    """Tell whether this user has a systemd of their own that answers."""
    try:
        return programs.ask((*_MANAGER, "show-environment")).status == 0
    except StoreopsError:
        return False
