"""Checks of the machine: program, folders, disk, time and the pictures it draws."""

from __future__ import annotations

import platform
import shutil
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import storeops
from storeops.errors import StoreopsError
from storeops.fields import Col
from storeops.messages import message
from storeops.pipeline.checks.visit import Check, Status, Visit
from storeops.reporter.lang import catalogue

_GB = 1e9
_TIGHT_GB = 1.0
_FULL_GB = 0.2
_BEIJING_OFFSET = timedelta(hours=8)
_SLACK = timedelta(days=1)
_WIDTH, _HEIGHT = 240, 80


def version(visit: Visit) -> Iterator[Check]:  # noqa: ARG001 (the shape of a check)
    """Name the program, the interpreter and the system, for whoever is asked for help."""
    said = message(
        "doctor.version",
        storeops=storeops.__version__,
        python=platform.python_version(),
        system=platform.platform(terse=True),
    )
    yield Check("version", Status.OK, said)


def folders(visit: Visit) -> Iterator[Check]:
    """Write and delete a file where runs write: permissions alone do not tell."""
    workspace = visit.workspace
    for folder in dict.fromkeys((workspace.record.parent, workspace.reports)):
        problem = _unwritable(folder)
        if problem is None:
            said = message("doctor.folder", folder=str(folder))
            yield Check("folders", Status.OK, said)
        else:
            said = message("doctor.folder_closed", folder=str(folder), problem=problem)
            yield Check("folders", Status.FAULT, said, message("doctor.folder_closed_hint"))


def _unwritable(folder: Path) -> str | None:
    """Try the folder, or the nearest one above it that is there."""
    there = next(each for each in (folder, *folder.absolute().parents) if each.exists())
    try:
        with tempfile.TemporaryFile(dir=there):
            return None
    except OSError as error:
        return error.strerror or type(error).__name__


def disk(visit: Visit) -> Iterator[Check]:
    """Look at the room left where the workspace is."""
    free = shutil.disk_usage(visit.root).free / _GB
    said = message("doctor.disk", free=round(free, 1))
    if free >= _TIGHT_GB:
        yield Check("disk", Status.OK, said)
        return
    status = Status.FAULT if free < _FULL_GB else Status.ATTENTION
    yield Check("disk", status, said, message("doctor.disk_hint"))


def zone(visit: Visit) -> Iterator[Check]:
    """Look Beijing up in the time zone data."""
    try:
        offset = visit.now.astimezone(ZoneInfo("Asia/Shanghai")).utcoffset()
    except ZoneInfoNotFoundError:
        offset = None
    if offset == _BEIJING_OFFSET:
        yield Check("zone", Status.OK, message("doctor.zone"))
    else:
        said, hint = message("doctor.zone_missing"), message("doctor.zone_missing_hint")
        yield Check("zone", Status.FAULT, said, hint)


def clock(visit: Visit) -> Iterator[Check]:
    """Compare the clock with the files of the program, which cannot be from tomorrow."""
    made = Path(storeops.__file__).stat().st_mtime
    shown = f"{visit.now:%Y-%m-%d %H:%M}"
    if visit.now < datetime.fromtimestamp(made, visit.now.tzinfo) - _SLACK:
        yield Check(
            "clock",
            Status.FAULT,
            message("doctor.clock_behind", now=shown),
            message("doctor.clock_hint"),
        )
        return
    yield Check("clock", Status.OK, message("doctor.clock", now=shown))


def picture(visit: Visit) -> Iterator[Check]:  # noqa: ARG001 (the shape of a check)
    """Draw two different characters: a missing font draws the same box for both."""
    from storeops.reporter.picture import png  # noqa: PLC0415 (starts an engine)

    word = catalogue("zh").term("metric", Col.VISITORS)
    images = [
        png({"title": {"text": mark}}, width=_WIDTH, height=_HEIGHT, scale=1) for mark in word[:2]
    ]
    if images[0] == images[1] or not images[0].startswith(b"\x89PNG"):
        raise StoreopsError(message("doctor.picture_bad"), message("doctor.picture_bad_hint"))
    yield Check("picture", Status.OK, message("doctor.picture"))
