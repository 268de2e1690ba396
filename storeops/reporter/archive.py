"""The archive: a page that lists past reports, newest first, and is searched offline."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from urllib.parse import quote

from storeops.diagnose.finding import PeriodKind
from storeops.reporter.lang import Catalogue, catalogue
from storeops.reporter.page.document import Document
from storeops.reporter.text import inert

_LONGEST_FIRST = (PeriodKind.MONTH, PeriodKind.WEEK, PeriodKind.DAY)


@dataclass(frozen=True, slots=True)
class Entry:
    """One report that was filed.

    ``day`` is its last day, ``state`` the name of its verdict's state and ``text`` the verdict.
    ``page`` and ``workbook`` are paths relative to the archive, None where there is no such file.
    """

    day: date
    kind: PeriodKind
    shop: str
    state: str
    text: str
    page: str | None
    workbook: str | None
    is_for_boss: bool = False


@dataclass(frozen=True, slots=True)
class EntryView:
    """One line of the list, formatted."""

    day: str
    iso: str
    kind: str
    shop: str
    state: str
    state_label: str
    text: str
    page: str
    workbook: str


@dataclass(frozen=True, slots=True)
class Month:
    """The reports whose last day is in one month."""

    id: str
    entries: tuple[EntryView, ...]


def render(entries: Iterable[Entry], lang: str | Catalogue) -> str:
    """Write the archive page.

    Args:
        entries: The reports that were filed, in any order.
        lang: ``zh``, ``en`` or a loaded catalogue.

    Returns:
        One HTML document under the same content policy as a report's page.
    """
    words = catalogue(lang)
    ordered = _newest_first(entries)
    months = [
        Month(month, tuple(_view(entry, words) for entry in group))
        for month, group in groupby(ordered, lambda entry: f"{entry.day:%Y-%m}")
    ]
    shown = [entry for month in months for entry in month.entries]
    document = Document(
        template="archive.html.j2",
        styles=("base.css", "archive.css"),
        scripts=("theme.js", "archive.js"),
    )
    return document.render(
        words,
        title=words.say("archive.title"),
        months=months,
        count=len(shown),
        shops=sorted({entry.shop for entry in shown}),
        states=sorted({(entry.state, entry.state_label) for entry in shown}),
    )


def address(path: str) -> str:
    """Write a relative path as a link: every byte that is not plain is percent-encoded.

    A colon is encoded too, so that no path reads as a scheme.
    """
    return quote(path.replace("\\", "/"), safe="/", errors="surrogateescape")


def _newest_first(entries: Iterable[Entry]) -> Sequence[Entry]:
    by_shop = sorted(entries, key=lambda entry: (_LONGEST_FIRST.index(entry.kind), entry.shop))
    return sorted(by_shop, key=lambda entry: entry.day, reverse=True)


def _view(entry: Entry, words: Catalogue) -> EntryView:
    label = f"archive.state.{entry.state}"
    kind = words.say(f"archive.kind.{entry.kind.value}")
    return EntryView(
        day=words.day(entry.day),
        iso=entry.day.isoformat(),
        kind=words.say("archive.for_boss", kind=kind) if entry.is_for_boss else kind,
        shop=inert(entry.shop),
        state=inert(entry.state),
        state_label=words.say(label) if label in words else inert(entry.state),
        text=inert(entry.text),
        page="" if entry.page is None else address(entry.page),
        workbook="" if entry.workbook is None else address(entry.workbook),
    )
