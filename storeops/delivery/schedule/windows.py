"""The Windows Task Scheduler: a task as XML, which alone can say "run a missed start later"."""

from __future__ import annotations

import locale
import os
import re
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import datetime, time
from pathlib import Path
from xml.etree import ElementTree

from storeops.delivery.schedule import programs
from storeops.delivery.schedule.clock import Slot, by_clock, machine_clock, next_change
from storeops.delivery.schedule.job import (
    EVERY_DAY,
    ID,
    Entry,
    Installed,
    Job,
    Machine,
    Page,
    System,
    entry_id,
)
from storeops.delivery.schedule.wording import clock_notes
from storeops.messages import message

_SPACE = "http://schemas.microsoft.com/windows/2004/02/mit/task"
_FOLDER = "storeops"
_FILE = "task.xml"
_DECLARATION = '<?xml version="1.0" encoding="UTF-16"?>'
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SETTINGS = {
    "MultipleInstancesPolicy": "IgnoreNew",
    "DisallowStartIfOnBatteries": "false",
    "StopIfGoingOnBatteries": "false",
    "AllowHardTerminate": "true",
    "StartWhenAvailable": "true",
    "ExecutionTimeLimit": "PT2H",
    "Enabled": "true",
}


def plan(job: Job, machine: Machine) -> Entry:
    """Write the task of an entry; its times are the machine's own."""
    mark = entry_id(job.folder, System.WINDOWS)
    slots = tuple(by_clock(at, job.days, machine.clock, machine.now) for at in job.times)
    text = _document(job, slots, mark, machine.clock.read(machine.now))
    name = f"{_FOLDER}\\{mark}"
    notes = (
        *clock_notes(job, machine.clock, slots, next_change(machine.clock, machine.now)),
        message("schedule.windows_logged_on"),
    )
    commands = (("schtasks", "/Create", "/TN", name, "/XML", _FILE, "/F"),)
    return Entry(mark, System.WINDOWS, job, slots, (Page(_FILE, text),), commands, notes)


def _document(job: Job, slots: tuple[Slot, ...], mark: str, today: datetime) -> str:
    task = ElementTree.Element("Task", {"version": "1.2", "xmlns": _SPACE})
    about = ElementTree.SubElement(task, "RegistrationInfo")
    _add(about, "Description", "storeops morning report")
    _add(about, "URI", f"\\{_FOLDER}\\{mark}")
    triggers = ElementTree.SubElement(task, "Triggers")
    for slot in slots:
        _trigger(triggers, slot, today)
    principal = ElementTree.SubElement(
        ElementTree.SubElement(task, "Principals"), "Principal", {"id": "Author"}
    )
    _add(principal, "LogonType", "InteractiveToken")
    _add(principal, "RunLevel", "LeastPrivilege")
    settings = ElementTree.SubElement(task, "Settings")
    for name, value in _SETTINGS.items():
        _add(settings, name, value)
    run = ElementTree.SubElement(
        ElementTree.SubElement(task, "Actions", {"Context": "Author"}), "Exec"
    )
    _add(run, "Command", job.python)
    # a task has no environment of its own: these are PYTHONUTF8=1 and PYTHONSAFEPATH=1
    _add(run, "Arguments", subprocess.list2cmdline(("-X", "utf8", "-P", *job.arguments)))
    _add(run, "WorkingDirectory", job.folder)
    ElementTree.indent(task)
    return (
        '<?xml version="1.0" encoding="UTF-16"?>\n' + ElementTree.tostring(task, "unicode") + "\n"
    )


def _trigger(parent: ElementTree.Element, slot: Slot, today: datetime) -> None:
    trigger = ElementTree.SubElement(parent, "CalendarTrigger")
    _add(trigger, "StartBoundary", f"{today:%Y-%m-%d}T{slot.at:%H:%M}:00")
    _add(trigger, "Enabled", "true")
    if slot.days == EVERY_DAY:
        _add(ElementTree.SubElement(trigger, "ScheduleByDay"), "DaysInterval", "1")
        return
    week = ElementTree.SubElement(trigger, "ScheduleByWeek")
    days = ElementTree.SubElement(week, "DaysOfWeek")
    for day in slot.days:
        ElementTree.SubElement(days, _DAYS[day])
    _add(week, "WeeksInterval", "1")


def _add(parent: ElementTree.Element, name: str, text: str) -> None:
    ElementTree.SubElement(parent, name).text = text


def install(entry: Entry) -> None:
    """Hand the task to the Task Scheduler, in place of an earlier one of the same folder."""
    with tempfile.TemporaryDirectory(prefix="storeops-") as folder:
        file = Path(folder, _FILE)
        file.write_bytes(entry.pages[0].text.encode("utf-16", "surrogatepass"))
        for command in entry.commands:
            programs.order(tuple(str(file) if word == _FILE else word for word in command))


def remove(mark: str) -> bool:
    """Delete one task; tell whether there was one."""
    name = f"{_FOLDER}\\{mark}"
    if programs.ask(("schtasks", "/Query", "/TN", name)).status:
        return False
    programs.order(("schtasks", "/Delete", "/TN", name, "/F"))
    return True


def installed() -> tuple[Installed, ...]:
    """List the tasks in our folder of the Task Scheduler."""
    answer = programs.ask(("schtasks", "/Query", "/TN", f"\\{_FOLDER}\\", "/FO", "CSV", "/NH"))
    if answer.status:  # there is no such folder before the first task
        return ()
    marks = dict.fromkeys(re.findall(rf"\\{_FOLDER}\\({ID.pattern})\b", answer.out))
    return tuple(_entry(mark) for mark in marks)


def _entry(mark: str) -> Installed:
    shown = programs.order(("schtasks", "/Query", "/TN", f"{_FOLDER}\\{mark}", "/XML"))
    clock = machine_clock()
    try:
        task = ElementTree.fromstring(_body(shown))  # noqa: S314 (the system's own answer)
    except ElementTree.ParseError:
        return Installed(mark, System.WINDOWS, "", (), clock)
    folder = task.findtext(f".//{{{_SPACE}}}WorkingDirectory") or ""
    enabled = task.findtext(f"{{{_SPACE}}}Settings/{{{_SPACE}}}Enabled") != "false"
    return Installed(mark, System.WINDOWS, folder, tuple(_slots(task)), clock, active=enabled)


def _body(shown: str) -> str:
    """Decode what schtasks wrote, in the console's own coding, and drop the declaration.

    The declaration says UTF-16 whatever the bytes are.
    """
    raw = shown.encode("utf-8", "surrogateescape")
    for encoding in ("utf-8", locale.getencoding(), f"cp{_console()}"):
        try:
            text = raw.decode(encoding)
            break
        except (UnicodeDecodeError, LookupError):
            continue
    else:
        text = raw.decode("utf-8", "replace")
    return re.sub(r"^\ufeff?\s*<\?xml[^>]*\?>", "", text)


def _console() -> int:
    if os.name != "nt":
        return 0
    import ctypes  # noqa: PLC0415 (exists for Windows only)

    return int(ctypes.windll.kernel32.GetOEMCP())  # type: ignore[attr-defined,unused-ignore]


def _slots(task: ElementTree.Element) -> Iterator[Slot]:
    for trigger in task.iter(f"{{{_SPACE}}}CalendarTrigger"):
        at = re.search(r"T(\d\d):(\d\d)", trigger.findtext(f"{{{_SPACE}}}StartBoundary") or "")
        if at is None:
            continue
        week = trigger.find(f".//{{{_SPACE}}}DaysOfWeek")
        marked = [] if week is None else [each.tag.rpartition("}")[2] for each in week]
        days = tuple(_DAYS.index(name) for name in marked) or EVERY_DAY
        yield Slot(time(int(at[1]), int(at[2])), days)
