"""A report as a mail: subject, plain text, and HTML that a phone's mail program shows as it is.

Styles are set on every element and charts hang on the mail as pictures, because mail programs drop
style sheets, scripts, drawings and everything that would have to be fetched.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import css_inline
import jinja2

from storeops.diagnose.finding import Direction, Finding, PeriodKind, State
from storeops.messages import Message, Term
from storeops.reporter import chat
from storeops.reporter.blocks import Report
from storeops.reporter.brief import Brief, Reading, against, brief
from storeops.reporter.chart_options import SPLIT, Picture, for_report
from storeops.reporter.lang import Catalogue, catalogue
from storeops.reporter.numbers import DOWN, UP
from storeops.reporter.palette import Palette, palette
from storeops.reporter.picture import png
from storeops.reporter.subject import subject

MOST_PICTURES = 2
MOST_BYTES = 400_000
"""Of all pictures together: a morning's mail is read on a phone."""

_WIDTH, _HEIGHT, _SCALE = 460, 276, 2.5
"""Smaller than it is shown on a desk, so that its text can still be read on a phone."""
_TEMPLATES = Path(__file__).parent.joinpath("templates")
_LIGHT, _DARK = ("#c0392b", "#1e8449"), ("#f0776a", "#5cc48a")
_TONES = Palette(up="up", down="down")
"""Classes of the style sheet, which has the colours of the language."""
_LANGUAGES = {"zh": "zh-CN", "en": "en"}


@dataclass(frozen=True, slots=True)
class InlinePicture:
    """A PNG that the HTML shows: ``cid`` is its Content-ID without brackets."""

    cid: str
    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail without addresses; ``text`` says all that ``html`` says, its pictures apart."""

    subject: str
    text: str
    html: str
    pictures: tuple[InlinePicture, ...]


def render(report: Report, lang: str | Catalogue) -> Mail:
    """Write a report as a mail of at most 25 lines and two charts.

    Elements that show a figure carry ``data-metric`` and ``data-value`` (the value of the JSON
    contract, empty when not known), tasks ``data-finding``.

    Args:
        report: The report of a day, a week or a month, for the operator or the boss.
        lang: ``zh``, ``en`` or a loaded catalogue.
    """
    words = catalogue(lang)
    charts = tuple(_charts(report, words))
    line = subject(report, words)
    return Mail(
        subject=line,
        text=chat.whole(report, words) + "\n",
        html=_html(report, words, line, charts),
        pictures=tuple(picture for picture, _ in charts),
    )


def _charts(report: Report, words: Catalogue) -> Iterator[tuple[InlinePicture, str]]:
    """Draw the first charts as far as their bytes allow, each with the text in its place."""
    left = MOST_BYTES
    for chart in for_report(report, words)[:MOST_PICTURES]:
        data = png(_narrow(chart), width=_WIDTH, height=_HEIGHT, scale=_SCALE)
        left -= len(data)
        if left < 0:
            return
        name = chart.id.replace(".", "-")
        cid = f"{name}.{report.day:%Y%m%d}@storeops"
        yield InlinePicture(cid, f"{name}.png", data), chart.title


def _narrow(chart: Picture) -> dict[str, Any]:
    """Fit a chart to the width: its legend under the title, every step of the split named."""
    option = {**chart.option}
    if option["legend"].get("show", True):
        option["legend"] = {**option["legend"], "top": 36, "left": 12}
        option["grid"] = {**option["grid"], "top": 92}
    if chart.id == SPLIT:
        axis = option["xAxis"]
        option["xAxis"] = {**axis, "axisLabel": {**axis["axisLabel"], "interval": 0}}
    return option


def _html(
    report: Report, words: Catalogue, line: str, charts: Sequence[tuple[InlinePicture, str]]
) -> str:
    told = brief(report, words)
    sign, tone = _sign(report)
    page = _template().render(
        lang=_LANGUAGES.get(words.language, words.language),
        subject=line,
        light=palette(words.language, *_LIGHT),
        dark=palette(words.language, *_DARK),
        sign=sign,
        tone=tone,
        heads=_heads(report, words),
        pictures=[{"cid": picture.cid, "alt": title} for picture, title in charts],
        **_parts(told, words),
    )
    return css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False).inline(page)


def _parts(told: Brief, words: Catalogue) -> dict[str, Any]:
    tasks = [_task(number, finding, words) for number, finding in enumerate(told.tasks, 1)]
    also = [_task(number, f, words) for number, f in enumerate(told.also, len(tasks) + 1)]
    notes = _texts(told.notes, words)
    if told.more_notes:
        notes.append(words.say("post.more_notes", n=told.more_notes))
    return {
        "title": words.text(told.title),
        "verdict": words.text(told.verdict),
        "told": _texts(told.told, words),
        "figures": [_row(figure) for figure in told.figures],
        "why": _texts(told.why, words),
        "lists": [
            (words.say("post.head.tasks"), tasks),
            (words.say("post.head.also"), also),
        ],
        "more": words.say("post.more_tasks", n=told.more) if told.more else "",
        "decision": words.text(told.decision) if told.decision else "",
        "decision_id": told.decided,
        "target": _texts(told.target, words),
        "notes": notes,
    }


def _heads(report: Report, words: Catalogue) -> dict[str, Any]:
    kind = PeriodKind.DAY if report.period is None else report.period.kind
    parts = ("figures", "why", "decision", "target", "notes")
    return {
        **{part: words.say(f"post.head.{part}") for part in parts},
        "value": words.say(f"post.value.{kind.value}"),
        "against": [words.say("post.against.norm"), words.say(against(report))],
        "abnormal": words.say("post.abnormal"),
    }


def _row(figure: Reading) -> dict[str, Any]:
    return {
        "metric": figure.metric,
        "label": figure.label,
        "value": figure.value,
        "number": "" if figure.number is None else json.dumps(figure.number),
        "is_abnormal": figure.is_abnormal,
        "cells": [{"text": one.text, "tone": _TONES.sign(one.sign)} for one in figure.compared],
    }


def _task(number: int, finding: Finding, words: Catalogue) -> dict[str, Any]:
    impact = "" if finding.impact is None else words.numbers.about(finding.impact)
    return {
        "number": number,
        "id": finding.id,
        "owner": words.argument(Term("owner", finding.owner.value)),
        "text": words.text(finding.text),
        "impact": impact and words.say("report.about", amount=impact),
        "tone": _TONES.sign(finding.impact),
        "action": words.text(finding.action) if finding.action else "",
    }


def _sign(report: Report) -> tuple[str, str]:
    """Give the arrow of an abnormal day and its class; a judgement is never colour alone."""
    verdict = report.verdict
    if verdict.state is not State.ABNORMAL or verdict.direction is None:
        return "", ""
    return (UP, _TONES.up) if verdict.direction is Direction.UP else (DOWN, _TONES.down)


def _texts(messages: Sequence[Message], words: Catalogue) -> list[str]:
    return [words.text(message) for message in messages]


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("mail.html.j2")
