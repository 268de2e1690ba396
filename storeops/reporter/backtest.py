"""The replay of the record as a page of text and as a JSON document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Protocol

from storeops.messages import Change, Message, Quantity, Term, Unit, message
from storeops.reporter.lang import Catalogue
from storeops.reporter.text import inert

SCHEMA = "storeops.backtest/1"
_WEEK = 7
_MARKS = {"normal": "·", "promotion": "~", "insufficient_data": " ", "incomplete_data": "?"}


class _Answer(Protocol):
    """What ``pipeline.backtesting`` hands over for a day."""

    @property
    def day(self) -> date: ...
    @property
    def state(self) -> str: ...
    @property
    def cause(self) -> str | None: ...
    @property
    def direction(self) -> str | None: ...
    @property
    def factor(self) -> str | None: ...
    @property
    def impact(self) -> float | None: ...
    @property
    def first(self) -> str | None: ...
    @property
    def notices(self) -> int: ...


class _Rate(Protocol):
    @property
    def alarms(self) -> int: ...
    @property
    def judged(self) -> int: ...
    @property
    def a_month(self) -> float: ...
    @property
    def notices_a_week(self) -> float: ...
    @property
    def worth(self) -> float: ...


class _Backtest(Protocol):
    """What ``pipeline.backtesting`` hands over for a shop."""

    @property
    def shop(self) -> str: ...
    @property
    def first(self) -> date: ...
    @property
    def last(self) -> date: ...
    @property
    def present(self) -> str: ...
    @property
    def suggested(self) -> str: ...
    @property
    def answers(self) -> Mapping[Any, Sequence[_Answer]]: ...
    @property
    def rates(self) -> Mapping[Any, _Rate]: ...


class _Sight(Protocol):
    """What ``pipeline.sensitivity`` hands over for a shop."""

    @property
    def shop(self) -> str: ...
    @property
    def day(self) -> date: ...
    @property
    def visible(self) -> Mapping[Any, Sequence[float | None]]: ...


def text(found: _Backtest, words: Catalogue) -> str:
    """Show a shop's replay: a picture of the days, every alarm, and the settings side by side."""
    lines = [words.say("backtest.title", shop=found.shop, first=found.first, last=found.last)]
    lines += ["", *_picture(found.answers[found.present]), words.say("backtest.legend"), ""]
    alarms = [one for one in found.answers[found.present] if one.state == "abnormal"]
    lines += [words.text(_alarm(one)) for one in alarms]
    lines += [] if alarms else [words.say("backtest.no_alarm")]
    lines += ["", *(words.text(line) for line in _rates(found))]
    lines += [words.text(_advice(found)), words.say("backtest.caution")]
    return "\n".join(lines)


def _picture(answers: Sequence[_Answer]) -> Iterator[str]:
    """Draw a line per week, a mark per day."""
    marks = {one.day: _mark(one) for one in answers}
    if not marks:
        return
    day = min(marks) - timedelta(days=min(marks).weekday())
    while day <= max(marks):
        week = (marks.get(day + timedelta(days=n), " ") for n in range(_WEEK))
        yield f"  {day.isoformat()}  {' '.join(week)}"
        day += timedelta(days=_WEEK)


def _mark(answer: _Answer) -> str:
    if answer.state == "abnormal":
        return "▲" if answer.direction == "up" else "▼"
    if answer.notices:
        return "!"
    return _MARKS.get(answer.state, " ")


def _alarm(one: _Answer) -> Message:
    return message(
        "backtest.alarm",
        day=one.day,
        weekday=Term("weekday", str(one.day.weekday())),
        impact=Quantity(one.impact, Unit.CNY),
        cause=Term("cause", one.cause or "unknown"),
        factor=Term("metric", one.factor) if one.factor else message("verdict.no_factor"),
        first=message("backtest.first", name=inert(one.first)) if one.first else "",
    )


def _rates(found: _Backtest) -> Iterator[Message]:
    for each, rate in found.rates.items():
        mark = message("backtest.in_force" if each == found.present else "verdict.no_place")
        yield message(
            "backtest.rate",
            setting=Term("sensitivity", str(each)),
            mark=mark,
            alarms=rate.alarms,
            judged=rate.judged,
            month=f"{rate.a_month:.1f}",
            week=f"{rate.notices_a_week:.1f}",
            worth=Quantity(rate.worth, Unit.CNY),
        )


def _advice(found: _Backtest) -> Message:
    if found.suggested == found.present:
        return message("backtest.keep", setting=Term("sensitivity", str(found.present)))
    return message("backtest.change", setting=Term("sensitivity", str(found.suggested)),
                   value=str(found.suggested))  # fmt: skip


def document(found: Sequence[_Backtest]) -> dict[str, object]:
    """Write the replays as one JSON object; the fields are on the page of commands."""
    return {"schema": SCHEMA, "shops": [_shop(one) for one in found]}


def _shop(found: _Backtest) -> dict[str, object]:
    return {
        "shop": found.shop,
        "from": found.first.isoformat(),
        "to": found.last.isoformat(),
        "sensitivity": str(found.present),
        "suggested": str(found.suggested),
        "rates": {
            str(each): {
                "alarms": rate.alarms,
                "days_judged": rate.judged,
                "alarms_a_month": rate.a_month,
                "notices_a_week": rate.notices_a_week,
                "worth": rate.worth,
            }
            for each, rate in found.rates.items()
        },
        "days": {str(each): [_day(one) for one in days] for each, days in found.answers.items()},
    }


def _day(one: _Answer) -> dict[str, object]:
    return {
        "date": one.day.isoformat(),
        "state": str(one.state),
        "cause": one.cause,
        "direction": one.direction,
        "main_factor": one.factor,
        "impact": one.impact,
        "first": one.first,
        "notices": one.notices,
    }


def sights(found: Sequence[_Sight], present: str, words: Catalogue) -> str:
    """Say in words what every sensitivity promises, and what it would notice in this shop."""
    lines = [words.say("sensitivity.present", setting=Term("sensitivity", present))]
    for setting in ("quiet", "normal", "keen"):
        lines.append(words.say(f"sensitivity.means.{setting}"))
        for sight in found:
            seen = next((v for each, v in sight.visible.items() if str(each) == setting), ())
            lines.append(words.text(_seen(sight, seen)))
    return "\n".join([*lines, words.say("sensitivity.hint")])


def _seen(sight: _Sight, seen: Sequence[float | None]) -> Message:
    paid, visitors, rate = (Change(None if one is None else -one) for one in seen)
    return message("sensitivity.seen", shop=sight.shop, day=sight.day, paid=paid,
                   visitors=visitors, rate=rate)  # fmt: skip
