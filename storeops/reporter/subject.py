"""The subject line: shop, day, what was paid, how that is, the target, and what is to be done."""

from __future__ import annotations

from collections.abc import Iterator

from storeops.diagnose.finding import Figure, PeriodKind, State
from storeops.messages import Message, Quantity, Term, message
from storeops.metrics.change import ratio
from storeops.reporter.blocks import Report, View
from storeops.reporter.brief import decision, said_day, to_do
from storeops.reporter.lang import Catalogue, catalogue
from storeops.reporter.numbers import NONE, is_known
from storeops.reporter.text import clip

_SHOP_COLUMNS = 40
_UNJUDGED = {State.INSUFFICIENT_DATA, State.INCOMPLETE_DATA}
_UNLIKE_WEEKDAYS = {"versus.event", "versus.peers"}


def subject(report: Report, lang: str | Catalogue) -> str:
    """Say the day in one line for a list of mails; an item's title never stands in it.

    A day that is not complete shows no amount: it would be read as a bad day.
    """
    words = catalogue(lang)
    first, *rest = tuple(_parts(report, words)) or (Term("state", report.verdict.state.value),)
    return words.say(
        "post.subject",
        shop=clip(words.argument(report.shop), _SHOP_COLUMNS),
        when=_when(report),
        first=first,
        rest="".join(words.say("post.subject.also", part=part) for part in rest),
    )


def _when(report: Report) -> Message:
    period = report.period
    if period is None or period.kind is PeriodKind.DAY:
        day = message(f"post.when.{report.day.weekday()}", date=said_day(report.day))
        if report.verdict.state is State.PROMOTION and report.phase is not None:
            return message("post.when.event", when=day, phase=report.phase)
        return day
    if period.kind is PeriodKind.WEEK:
        return message("post.when.week", first=said_day(period.first), last=said_day(period.last))
    month = f"{period.first:%Y-%m}"
    if period.is_partial:
        return message("post.when.month.partial", month=month, last=said_day(period.last))
    return message("post.when.month", month=month)


def _parts(report: Report, words: Catalogue) -> Iterator[Message | Term]:
    state = report.verdict.state
    paid = next((figure for figure in report.figures if figure.metric == "paid_amount"), None)
    if state is not State.INCOMPLETE_DATA and paid is not None and is_known(paid.value):
        yield _paid(report, paid, words)
        yield from _targets(report, words)
    if state in _UNJUDGED:
        yield Term("state", state.value)
    if report.view is View.BOSS and decision(report) is not None:
        yield message("post.subject.decision")
    elif n := to_do(report):
        yield message("post.subject.to_do", n=n)
    elif _is_fine(report):
        yield message("post.subject.normal")


def _is_fine(report: Report) -> bool:
    """Tell a day that was judged and found normal; on a promotion only an impact says so."""
    verdict = report.verdict
    judged = verdict.state is State.PROMOTION and verdict.impact is not None
    return judged or verdict.state is State.NORMAL


def _paid(report: Report, paid: Figure, words: Catalogue) -> Message:
    amount = words.numbers.short(paid.value)
    change = paid.change_from(paid.baseline)
    if isinstance(change, Quantity) or words.numbers.change(change) == NONE:
        return message("post.subject.paid", paid=amount)
    return message("post.subject.compared", paid=amount, change=change, norm=_norm(report))


def _norm(report: Report) -> Message:
    """Name what the day is compared with, in the verdict's words where it is no weekday."""
    if report.period is not None and report.period.kind is not PeriodKind.DAY:
        return message("post.norm.period")
    versus = report.verdict.text.args.get("versus")
    if isinstance(versus, Message) and versus.id in _UNLIKE_WEEKDAYS:
        return versus
    return message("post.norm.day", weekday=Term("weekday", str(report.day.weekday())))


def _targets(report: Report, words: Catalogue) -> Iterator[Message]:
    pace = report.pace
    if pace is None:
        return
    is_event = report.kind is PeriodKind.DAY and report.verdict.state is State.PROMOTION
    if is_event and pace.through == report.day:
        paid = next(f.value for f in report.figures if f.metric == "paid_amount")
        share = words.numbers.share(ratio(paid, pace.day_target))
        if share != NONE:
            yield message("post.subject.day_target", attainment=share)
    yield message("post.subject.month_target", attainment=words.numbers.share(pace.attainment))
