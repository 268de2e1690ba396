"""Did the ads change: spend, clicks, price per click, return?"""

from __future__ import annotations

from storeops.diagnose.finding import (
    Checked,
    Confidence,
    DataTable,
    Evidence,
    Finding,
    Owner,
    Section,
    Severity,
    Subject,
    TableColumn,
)
from storeops.diagnose.topic import Context, Topic
from storeops.diagnose.topics import maturing
from storeops.diagnose.wording import direction, relative, yuan
from storeops.facts import Window
from storeops.messages import Message, Note, Quantity, Term, Unit, message
from storeops.metrics import ads
from storeops.metrics.results import AdFigures, AdLine, AdReport

_COLUMNS = (
    TableColumn("column.scene", Unit.TEXT),
    TableColumn("metric.ad_spend", Unit.CNY),
    TableColumn("column.spend_before", Unit.CNY),
    TableColumn("metric.impressions", Unit.COUNT, detail=True),
    TableColumn("metric.clicks", Unit.COUNT, detail=True),
    TableColumn("metric.click_through_rate", Unit.RATIO, ("metric.clicks", "metric.impressions")),
    TableColumn("metric.cost_per_click", Unit.CNY, ("metric.ad_spend", "metric.clicks")),
    TableColumn("metric.attributed_amount", Unit.CNY, detail=True),
    TableColumn(
        "metric.return_on_ad_spend", Unit.FACTOR, ("metric.attributed_amount", "metric.ad_spend")
    ),
    TableColumn("column.week_spend", Unit.CNY, detail=True),
    TableColumn("column.week_return", Unit.FACTOR),
    TableColumn("column.week_return_before", Unit.FACTOR),
)


def examine(window: Window, context: Context) -> Section:
    """Judge the account and every scene; the return is read over the trailing days only."""
    report = ads.ad_report(window, context.shop_day, context.board)
    if report is None:
        return Section("ads")
    findings = (
        *_findings("ads", (report.account,), report),
        *_findings("scene", report.scenes, report),
        *_findings("plan", report.plans, report),
    )
    return Section(
        "ads",
        findings,
        () if findings else (Checked("ads", _summary(report)),),
        _notes(report),
        (_table(report), *maturing.return_table(report.outlook)),
    )


def _summary(report: AdReport) -> Message:
    day = report.account.day or report.account.week
    return message(
        "checked.ads",
        spend=yuan(day.spend),
        ppc=Quantity(day.cost_per_click, Unit.CNY),
        roi=Quantity(report.account.week.return_on_ad_spend, Unit.FACTOR),
        window=Term("window", report.window),
    )


def _findings(kind: str, lines: tuple[AdLine, ...], report: AdReport) -> tuple[Finding, ...]:
    return tuple(_finding(kind, line, report) for line in lines if line.is_abnormal)


def _finding(kind: str, line: AdLine, report: AdReport) -> Finding:
    now, before = line.day, line.day_before
    is_account = kind == "ads"
    return Finding(
        id="ads.account" if is_account else f"{kind}:{line.key}",
        topic="ads",
        subject=Subject("ads", "account") if is_account else Subject(kind, line.key, line.name),
        metric="ad_spend",
        direction=direction(_difference(now, before)),
        severity=Severity.WARN,
        owner=Owner.PROMOTION,
        text=message(
            "finding.ads" if is_account else f"finding.ads.{kind}",
            name=line.name or line.key,
            value=yuan(now.spend if now else None),
            baseline=yuan(before.spend if before else None),
            change=relative(now.spend if now else None, before.spend if before else None),
        ),
        significance=line.z,
        confidence=Confidence.LIKELY,
        action=message(
            "action.ads.up" if (_difference(now, before) or 0) > 0 else "action.ads.down"
        ),
        evidence=_evidence(line, report),
    )


def _difference(now: AdFigures | None, before: AdFigures | None) -> float | None:
    return None if now is None or before is None else now.spend - before.spend


def _evidence(line: AdLine, report: AdReport) -> tuple[Evidence, ...]:
    now, before = line.day, line.day_before
    lines = []
    for metric, unit in (
        ("impressions", Unit.COUNT),
        ("click_through_rate", Unit.RATIO),
        ("cost_per_click", Unit.CNY),
    ):
        value, baseline = getattr(now, metric, None), getattr(before, metric, None)
        text = message(
            "evidence.figure",
            metric=Term("metric", metric),
            value=Quantity(value, unit),
            baseline=Quantity(baseline, unit),
            change=relative(value, baseline),
        )
        lines.append(Evidence(text, metric, value, baseline))
    roi = line.week.return_on_ad_spend
    was = line.week_before.return_on_ad_spend if line.week_before else None
    told = message(
        "evidence.return",
        days=len(report.week_days),
        value=Quantity(roi, Unit.FACTOR),
        baseline=Quantity(was, Unit.FACTOR),
        window=Term("window", report.window),
    )
    account = not line.key
    return (
        *lines,
        Evidence(told, "return_on_ad_spend", roi, was),
        *(maturing.return_evidence(report.outlook) if account else ()),
    )


def _notes(report: AdReport) -> tuple[Note, ...]:
    notes = []
    if report.window == "unknown":
        notes.append(Note("window_unknown", message("note.ad_window_unknown")))
    if report.immature_days:
        notes.append(
            Note(
                "immature",
                message(
                    "note.ads_immature",
                    first=min(report.immature_days),
                    last=max(report.immature_days),
                    window=Term("window", report.window),
                ),
            )
        )
    notes += maturing.return_notes(report.outlook)
    if report.other_windows:
        others = tuple(Term("window", name) for name in report.other_windows)
        notes.append(
            Note(
                "other_window",
                message("note.ad_windows", used=Term("window", report.window), others=others),
            )
        )
    return tuple(notes)


def _table(report: AdReport) -> DataTable:
    rows = tuple(_row(line) for line in (report.account, *report.scenes))
    return DataTable("table.ads", _COLUMNS, rows)


def _row(line: AdLine) -> tuple[object, ...]:
    day = line.day
    return (
        (line.name or line.key) if line.key else message("ads.account"),
        day.spend if day else None,
        line.day_before.spend if line.day_before else None,
        day.impressions if day else None,
        day.clicks if day else None,
        day.click_through_rate if day else None,
        day.cost_per_click if day else None,
        day.attributed_amount if day else None,
        day.return_on_ad_spend if day else None,
        line.week.spend,
        line.week.return_on_ad_spend,
        line.week_before.return_on_ad_spend if line.week_before else None,
    )


TOPIC = Topic("ads", "Did the ads change?", ("ad_daily",), "alimama_scenes", examine)
