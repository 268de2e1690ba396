"""Which of two downloads is the newer one."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta, timezone

from storeops.facts import FileReading
from storeops.history.serialise import dump_outside

_BEIJING = timezone(timedelta(hours=8))
_STAMP = re.compile(r"(?<!\d)(20\d{6})[-_ ]?(\d{6})(?!\d)")


def download_time(name: str, modified: float) -> float:
    """Tell when a file was downloaded, in seconds since 1970.

    The ads console writes the moment of the export into the name (``_20260917_080428``, Beijing
    time), which survives copying; other files have only their modification time.

    Args:
        name: File name; of a member of an archive the innermost stamp counts.
        modified: Modification time in seconds since 1970.
    """
    stamp = _stamp(name)
    return modified if stamp is None else stamp.timestamp()


def export_day(name: str) -> date | None:
    """Give the Beijing day of the export that a file name tells; None when it tells none."""
    stamp = _stamp(name)
    return None if stamp is None else stamp.date()


def _stamp(name: str) -> datetime | None:
    for day, time in reversed(_STAMP.findall(name)):
        try:
            return datetime.strptime(day + time, "%Y%m%d%H%M%S").replace(tzinfo=_BEIJING)
        except ValueError:
            continue
    return None


def rank(reading: FileReading) -> str:
    """Place a file in the order of downloads: of two files the greater one is newer.

    A file whose data reach a later day is newer; then the download time decides. Hash and
    outside values only make the order total, so that no result depends on the order of imports.
    """
    last = reading.last_day.isoformat() if reading.last_day else "0000-00-00"
    moment = download_time(reading.file, reading.modified)
    return f"{last} {moment:017.3f} {reading.sha256} {dump_outside(reading.outside)}"


def view_of(layout: str | None, columns: Iterable[str]) -> str:
    """Name the view of a file: its layout and the set of value columns it carries.

    Rows are replaced within a view only, so that a download with fewer columns leaves the other
    columns of an earlier one standing.
    """
    return hashlib.sha256("|".join((layout or "", *sorted(columns))).encode()).hexdigest()[:10]
