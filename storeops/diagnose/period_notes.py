"""What a reader of a week or a month must know about its numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from storeops.diagnose.period_context import PeriodContext, named_before
from storeops.messages import Change, Note, Quantity, Term, Unit, message
from storeops.metrics.period_figures import PeriodFigures

_MOST = 5
_NEEDED = (
    ("sources", "source_daily", "sycm_shop_sources"),
    ("items", "item_daily", "sycm_items"),
    ("ads", "ad_daily", "alimama_scenes"),
)


def period_notes(context: PeriodContext, promoted_before: Sequence[date]) -> tuple[Note, ...]:
    """Say what is missing, what is compared with what, and what still grows.

    Args:
        context: The period.
        promoted_before: Promotion days of the period before.
    """
    return (
        *_data(context.figures),
        *_comparison(context.figures, promoted_before),
        *_coverage(context),
        *_growing(context),
        *_people(context.figures),
        *_missing(context),
    )


def _data(figures: PeriodFigures) -> Iterator[Note]:
    if figures.missing:
        days = tuple(f"{day:%m-%d}" for day in figures.missing[:_MOST])
        text = message(
            "note.period.missing", n=len(figures.missing), days=days, known=figures.known_days
        )
        yield Note("gap", text)
    if not figures.has_normal:
        yield Note("short_history", message("note.period.no_normal", days=figures.normal_days))
    else:
        text = message(
            "note.period.normal" if figures.stretches else "note.period.normal.assumed",
            days=len(figures.days_used),
            stretches=figures.stretches,
        )
        yield Note("period", text)


def _comparison(figures: PeriodFigures, promoted_before: Sequence[date]) -> Iterator[Note]:
    period, other = figures.period, figures.before
    if period.is_partial:
        text = message("note.period.partial", days=period.days, whole=period.whole_days)
        yield Note("period", text)
    if period.days != other.days:
        text = message("note.period.lengths", days=period.days, before=other.days)
        yield Note("period", text)
    if promoted_before or figures.promotions:
        text = message(
            "note.period.promoted",
            before=named_before(period),
            n=len(figures.promotions),
            n_before=len(promoted_before),
        )
        yield Note("period", text)


def _coverage(context: PeriodContext) -> Iterator[Note]:
    known = context.figures.known_days
    for fact, found in (
        ("source_daily", context.sources),
        ("item_daily", context.items),
        ("ad_daily", context.ads),
    ):
        if found is not None and found.days < known:
            text = message(
                "note.period.coverage", fact=Term("fact", fact), days=found.days, known=known
            )
            yield Note("gap", text)


def _growing(context: PeriodContext) -> Iterator[Note]:
    ads = context.ads
    if ads is not None and ads.immature:
        text = message(
            "note.ads_immature",
            first=min(ads.immature),
            last=max(ads.immature),
            window=Term("window", ads.window),
        )
        yield Note("immature", text)


def _people(figures: PeriodFigures) -> Iterator[Note]:
    """Say what the numbers of people are, and where an export is at odds with the days."""
    people, days = figures.people, figures.period.days
    if not people.figures:
        yield Note("period", message("note.period.people"))
        return
    told = tuple(Term("metric", figure.metric) for figure in people.figures)
    yield Note("period", message("note.period.distinct", metrics=told, days=days))
    paid = figures.figure("paid_amount")
    of_days = None if paid is None or figures.missing else paid.value
    off = people.amount_off(of_days)
    if off is not None:
        text = message(
            "note.period.distinct.amount",
            days=days,
            whole=Quantity(people.paid_amount, Unit.CNY),
            of_days=Quantity(of_days, Unit.CNY),
            change=Change(off),
        )
        yield Note("inconsistent", text)


def _missing(context: PeriodContext) -> Iterator[Note]:
    for topic, fact, layout in _NEEDED:
        if not context.window.has(fact):
            text = message(
                "note.missing", topic=Term("topic", topic), layout=Term("layout", layout)
            )
            yield Note("missing_export", text)
