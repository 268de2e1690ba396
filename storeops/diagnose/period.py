"""One shop's week or month from window to diagnosis."""

from __future__ import annotations

from collections.abc import Sequence

from storeops.calendars import Calendar
from storeops.config import LoggedChange
from storeops.diagnose.day import figure_told, ranked
from storeops.diagnose.finding import Diagnosis, Part, Split, State
from storeops.diagnose.period_context import PeriodContext, Said
from storeops.diagnose.period_findings import most_important, period_checked, period_findings
from storeops.diagnose.period_notes import period_notes
from storeops.diagnose.period_tables import period_tables
from storeops.diagnose.period_verdict import judge_period
from storeops.diagnose.terms import USUAL, Terms
from storeops.facts import Window
from storeops.messages import Message, Note, message
from storeops.metrics.blocks import Family
from storeops.metrics.period_ads import period_ads
from storeops.metrics.period_against import against
from storeops.metrics.period_figures import PeriodFigures, period_figures
from storeops.metrics.period_ground import ground_of
from storeops.metrics.period_market import period_market
from storeops.metrics.period_members import period_members
from storeops.metrics.periods import Period


def diagnose_period(  # noqa: PLR0913 (what a day's diagnosis takes, the period, and the days')
    window: Window,
    calendar: Calendar,
    period: Period,
    *,
    terms: Terms = USUAL,
    notes: tuple[Note, ...] = (),
    changes: tuple[LoggedChange, ...] = (),
    judgements: Sequence[Said] = (),
) -> Diagnosis:
    """Answer what a weekly or monthly meeting asks.

    Args:
        window: Facts of one shop up to the last day there is (attributed sales are as old as
            that), back to a year and more before the period.
        calendar: Promotions and holidays.
        period: Which days.
        terms: What the user has a say in.
        notes: What the import had to say.
        changes: What the user did to the shop and noted.
        judgements: What was said of single days, the last word on a day last.
    """
    ground = ground_of(window, calendar)
    figures = period_figures(window, calendar, period, stage=terms.stage, budgets=terms.budgets)
    context = PeriodContext(
        window=window,
        calendar=calendar,
        figures=figures,
        market=period_market(window, ground, figures),
        sources=period_members(window, ground, figures, Family.SOURCE),
        items=period_members(window, ground, figures, Family.ITEM),
        ads=period_ads(window, period, figures.before),
        changes=changes,
        judgements=judgements,
    )
    found = most_important(ranked(period_findings(context)))
    verdict = judge_period(context, found)
    promoted = ground.of(figures.before)
    promoted = promoted[ground.promoted[promoted]]
    is_known = verdict.state is not State.INCOMPLETE_DATA
    return Diagnosis(
        shop=window.shop,
        day=period.last,
        phase=_phase(context),
        verdict=verdict,
        figures=tuple(figure_told(figure) for figure in figures.figures),
        split=_split(figures) if is_known else None,
        findings=found if is_known else (),
        checked=period_checked(context, found) if is_known else (),
        notes=(*period_notes(context, ground.dates(promoted)), *notes),
        tables=period_tables(context, against(ground, calendar, figures)),
        period=period,
    )


def _phase(context: PeriodContext) -> Message | None:
    """Name the events of the period and how many of its days they take."""
    days = context.figures.promotions
    phases = (context.calendar.phase(day) for day in days)
    names = tuple(dict.fromkeys(phase.name for phase in phases if phase.name is not None))
    return message("period.phase", event=names, days=len(days)) if names else None


def _split(figures: PeriodFigures) -> Split | None:
    """Split the change against normal days, else that against the period before."""
    found = figures.split or figures.split_previous
    if found is None:
        return None
    parts = tuple(Part(factor, amount) for factor, amount in found.parts)
    return Split("paid_amount", found.start, found.end, parts)
