"""The page: the same report as one HTML file that needs no network and asks for nothing."""

from __future__ import annotations

from storeops.diagnose.finding import PeriodKind
from storeops.messages import Message, message
from storeops.reporter.blocks import Report, View
from storeops.reporter.lang import Catalogue, catalogue
from storeops.reporter.page.document import Document, asset
from storeops.reporter.page.plots import plots
from storeops.reporter.page.sections import sections
from storeops.reporter.palette import palette
from storeops.reporter.text import inert

MOST_BYTES = 1_500_000
_ROWS = (200, 100, 50, 20, 10)
"""Rows of a table that are shown: the most with which the page stays small enough to send."""


def render(report: Report, lang: str | Catalogue) -> str:
    """Write the page of a report.

    Args:
        report: The report of a day, a week or a month, for the operator or the boss.
        lang: ``zh``, ``en`` or a loaded catalogue.

    Returns:
        One HTML document with its styles, scripts, chart engine and data inside. Its content
        policy allows exactly these and no request at all.
    """
    words = catalogue(lang)
    drawn = plots(report, words)
    document = Document(
        template="page.html.j2",
        styles=("base.css", "page.css"),
        scripts=("theme.js", "tables.js", "page.js", *(("charts.js",) if drawn else ())),
        engine=asset("echarts.min.js") if drawn else "",
        data={"charts": [plot.payload for plot in drawn]},
    )
    charts = frozenset(plot.id for plot in drawn)
    for most_rows in _ROWS:
        page = document.render(
            words,
            title=words.text(_title(report)),
            shop=inert(report.shop),
            subtitle=_subtitle(report, words),
            sections=sections(report, words, charts, most_rows),
            is_boss=report.view is View.BOSS,
            up=palette(words.language).up,
        )
        if len(page.encode()) <= MOST_BYTES:
            break
    return page


def _title(report: Report) -> Message:
    kind = PeriodKind.DAY if report.period is None else report.period.kind
    first = report.day if report.period is None else report.period.first
    return message(f"page.title.{kind.value}", shop=report.shop, first=first, last=report.day)


def _subtitle(report: Report, words: Catalogue) -> list[str]:
    """Say which days, which phase, and how many files were read."""
    period = report.period
    if period is None or period.kind is PeriodKind.DAY:
        said = [f"{report.day:%Y}-{words.day(report.day)}"]
    else:
        said = [words.say("page.days", first=period.first, last=period.last)]
        if period.is_partial:
            said.append(words.say("page.partial", days=period.days, whole=period.whole_days))
    if report.phase is not None:
        said.append(words.text(report.phase))
    if report.files:
        said.append(words.say("report.files_read", n=len(report.files)))
    return said
