"""A report as what each recipient gets: in their view, language and channel, with its files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from storeops.config import RecipientSettings
from storeops.delivery.parcel import Enclosure, Parcel
from storeops.pipeline import filing
from storeops.pipeline.filing import Medium
from storeops.pipeline.workspace import Workspace
from storeops.reporter import chat, jsondoc, mail
from storeops.reporter.blocks import Report, View
from storeops.reporter.boss import for_boss
from storeops.reporter.dialects import Dialect
from storeops.reporter.lang import Catalogue, catalogue
from storeops.reporter.narrowing import for_owners

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_PNG = "image/png"
_SHOW_PICTURES = frozenset({"wecom"})


@dataclass(frozen=True, slots=True)
class Post:
    """One report for one recipient."""

    recipient: RecipientSettings
    report: Report
    parcel: Parcel


def words_of(recipient: RecipientSettings, words: Catalogue) -> Catalogue:
    """Choose the recipient's language, the workspace's unless they have one of their own."""
    return words if recipient.language == "auto" else catalogue(recipient.language)


def narrowed(report: Report, recipient: RecipientSettings) -> Report:
    """Give the report as this recipient wants it: their tasks, their view."""
    mine = for_owners(report, recipient.owners) if recipient.owners else report
    return for_boss(mine) if recipient.view == View.BOSS.value else mine


def post(
    workspace: Workspace, report: Report, recipient: RecipientSettings, words: Catalogue
) -> Post:
    """Make what a recipient gets of a report."""
    mine = narrowed(report, recipient)
    own_words = words_of(recipient, words)
    return Post(recipient, mine, _parcel(workspace, mine, recipient, own_words))


def _parcel(
    workspace: Workspace, report: Report, recipient: RecipientSettings, words: Catalogue
) -> Parcel:
    if recipient.channel == "mail":
        letter = mail.render(report, words)
        enclosures = (*_pictures(letter), _workbook(workspace, report, words))
        return Parcel(letter.subject, letter.text, letter.html, enclosures)
    if recipient.channel == "webhook":
        document = json.dumps(jsondoc.render(report, words), ensure_ascii=False)
        told = chat.render(report, words, Dialect.PLAIN)
        return Parcel(told.title, told.text, document=document)
    told = chat.render(report, words, Dialect(recipient.channel))
    return Parcel(told.title, told.text, enclosures=_for_a_group(report, recipient, words))


def _for_a_group(
    report: Report, recipient: RecipientSettings, words: Catalogue
) -> tuple[Enclosure, ...]:
    """Give the trend as a picture where a robot takes one; the others want an address for it."""
    if recipient.channel not in _SHOW_PICTURES:
        return ()
    return tuple(_pictures(mail.render(report, words)))[:1]


def _pictures(letter: mail.Mail) -> Iterator[Enclosure]:
    for picture in letter.pictures:
        yield Enclosure(picture.name, _PNG, picture.data, picture.cid)


def _workbook(workspace: Workspace, report: Report, words: Catalogue) -> Enclosure:
    """Render the workbook, with the entries kept in the one that is filed."""
    from storeops.reporter import excel  # noqa: PLC0415 (a tenth of a second, rarely needed)

    name = filing.file_name(report, words, Medium.XLSX)
    filed = workspace.reports / name
    previous = filed.read_bytes() if filed.is_file() else None
    return Enclosure(name, _XLSX, excel.render(report, words, previous, name))
