"""A report with every block, every absence and every hostile text, for all renderers."""

from __future__ import annotations

from datetime import date, timedelta
from math import nan

from storeops.diagnose.finding import (
    Cause,
    Checked,
    Confidence,
    DataTable,
    Diagnosis,
    Direction,
    Evidence,
    Figure,
    Finding,
    Owner,
    Part,
    Severity,
    Split,
    State,
    Subject,
    TableColumn,
    Verdict,
)
from storeops.facts import FileEntry
from storeops.messages import Change, Message, Note, Quantity, Term, Unit, message
from storeops.reporter.blocks import Report
from storeops.reporter.build import build
from storeops.reporter.lang import FOLDER, Catalogue, read

DAY = date(2025, 11, 20)
SHOP = "一叶旗舰店"
TITLES = (
    '=HYPERLINK("http://evil.example","点我")',
    "<script>alert(1)</script>羊毛衫女秋冬",
    "\x1b[31m红色\x1b[0m连衣裙\x1b]0;owned\x07",
    "[red]特价[/red] 针织开衫 [/特价]",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "显瘦加绒加厚高腰直筒百搭小个子九分烟管牛仔裤女秋冬季新款韩版宽松大码胖妹妹遮肉显高" * 2,
    "\u202eexe.gpj\u202c 反转",
    "-1+1 普通商品",
    "换行\n制表\t商品",
)
WORDS = {
    "zh": {
        "test.verdict": "低于周四常态 {change}（约 {impact} 元），主因转化（{item} 断码），大盘 -3%",
        "test.phase": "双11余波 T+6",
        "test.finding": "{item} {metric} {value}，常态 {baseline}（{change}）",
        "test.action": "先补页面预售，关掉 M 码投放；在途 60 件 11-22 到",
        "test.evidence": "{metric} {value}（常态 {baseline}）",
        "test.checked": "{metric}在正常范围（{change}）",
        "test.note": "{what}：{why}",
    },
    "en": {
        "test.verdict": "{change} under a normal Thursday (about CNY {impact}): conversion ({item} out of sizes), market -3%",
        "test.phase": "after 11.11, T+6",
        "test.finding": "{item}: {metric} {value}, norm {baseline} ({change})",
        "test.action": "put up a pre-order page, stop ads on size M; 60 units arrive 11-22",
        "test.evidence": "{metric} {value} (norm {baseline})",
        "test.checked": "{metric} within its range ({change})",
        "test.note": "{what}: {why}",
    },
}


def words(lang: str) -> Catalogue:
    """The real catalogue plus the sentences of this report; unknown ids are errors."""
    templates: dict[str, str] = {}
    for path in sorted((FOLDER / lang).glob("*.yaml")):
        templates.update(read(path))
    return Catalogue(lang, templates | WORDS[lang], strict=True)


def hostile_report() -> Report:
    return build(hostile_diagnosis(), FILES)


def hostile_diagnosis() -> Diagnosis:
    return Diagnosis(
        shop=SHOP,
        day=DAY,
        phase=message("test.phase"),
        verdict=Verdict(
            State.ABNORMAL,
            message("test.verdict", change=Change(-0.18), impact=yuan(-10590), item="A款 M/L"),
            cause=Cause.SHOP,
            direction=Direction.DOWN,
            main_factor="conversion_rate",
            impact=-10590.123,
            confidence=Confidence.STRONG,
        ),
        figures=_figures(),
        split=Split(
            "paid_amount",
            58800.004,
            48210.35,
            (
                Part("visitors", -1640.004),
                Part("conversion_rate", -7900.325),
                Part("amount_per_buyer", -1049.325),
            ),
        ),
        findings=_findings(),
        checked=tuple(
            Checked(
                "shop", message("test.checked", metric=Term("metric", name), change=Change(size))
            )
            for name, size in (
                ("visitors", -0.031),
                ("add_to_cart_visitors", 0.0),
                ("refunded_amount", 0.42),
            )
        ),
        notes=tuple(
            Note(kind, message("test.note", what=what, why=why), file)
            for kind, what, why, file in (
                ("missing_export", "缺 评价、计划", "补下载后重跑", None),
                ("restated", "11-18 支付金额", "已修正 52,310 → 51,870", "日报\x1b[2J.xlsx"),
                ("immature", "推广近 3 天偏低", "转化还在累计", None),
                ("gap", "11-05 没有数据", "当作缺失，不当 0", None),
                ("unknown_column", "[bold]新列[/bold]", TITLES[0], "=cmd.xls"),
            )
        ),
        tables=(_daily(), _sources(), _items(), _words(), _ads(), _plans()),
    )


def yuan(value: float | None) -> Quantity:
    return Quantity(value, Unit.CNY)


def _trend(level: float, *, gap: bool = False) -> tuple[float | None, ...]:
    days = [level * (1 + 0.1 * ((7 * i) % 5) - 0.02 * i) for i in range(28)]
    return tuple(None if gap and i in {9, 10} else value for i, value in enumerate(days))


def _figures() -> tuple[Figure, ...]:
    return (
        Figure("paid_amount", Unit.CNY, 48210.35, 58800.004, 49000.0, 69000.5, 51002.0, 57950.1, 50120.0, abnormal=True, trend=_trend(60000)),
        Figure("visitors", Unit.PEOPLE, 22610.0, 23318.5, 20800, 25900, 22980, 23400, 21000, trend=_trend(23000, gap=True)),
        Figure("conversion_rate", Unit.RATIO, 409 / 22610, 0.0210, 0.0188, 0.0233, 0.0192, 0.0207, 0.0195, abnormal=True, trend=_trend(0.021)),
        Figure("amount_per_buyer", Unit.CNY, 48210.35 / 409, 120.31, None, None, 115.6, None, None, trend=_trend(118)),
        Figure("add_to_cart_visitors", Unit.PEOPLE, 12.0, 18.0, None, None, 0.0, 12.0, None, trend=()),
        Figure("refunded_amount", Unit.CNY, None, 1.0e9, None, None, None, 0.0, None, trend=(None,) * 28),
        Figure("ad_spend", Unit.CNY, 6310.0, 6200.0, None, None, 0.0, 6100.0, None, trend=(6310.0,) * 28),
    )  # fmt: skip


def _finding(
    number: int, owner: Owner, title: str, impact: float | None, **more: object
) -> Finding:
    return Finding(
        id=f"item:{68000000000000 + number}",
        topic="items",
        subject=Subject("item", f"{68000000000000 + number}", title),
        metric="paid_amount",
        direction=Direction.DOWN if (impact or 0) < 0 else Direction.UP if impact else None,
        severity=Severity.ACT if (impact or 0) < -1000 else Severity.WARN,
        owner=owner,
        text=_said(title, impact),
        impact=impact,
        evidence=(
            Evidence(
                message(
                    "test.evidence",
                    metric=Term("metric", "visitors"),
                    value=Quantity(1200, Unit.PEOPLE),
                    baseline=Quantity(1900.5, Unit.PEOPLE),
                ),
                "visitors",
                1200.0,
                1900.5,
            ),
        ),
        **more,  # type: ignore[arg-type]
    )


def _said(title: str, impact: float | None) -> Message:
    return message(
        "test.finding",
        item=title,
        metric=Term("metric", "paid_amount"),
        value=yuan(18200.5),
        baseline=yuan(None if impact is None else 18200.5 - impact),
        change=Change(None if impact is None else impact / 20000),
    )


def _findings() -> tuple[Finding, ...]:
    action = message("test.action")
    return (
        _finding(1, Owner.WAREHOUSE, "A款 M/L 断码", -5600.0, action=action),
        _finding(2, Owner.PROMOTION, TITLES[1], -2350.456, action=action),
        _finding(3, Owner.OPERATIONS, TITLES[2], -1100.0),
        _finding(4, Owner.SERVICE, TITLES[3], 980.0, action=action),
        _finding(5, Owner.ART, TITLES[5], -12345678.9, action=action),
        _finding(6, Owner.BOSS, TITLES[0], None, action=action),
        _finding(7, Owner.OPERATIONS, TITLES[4], -640.0, because_of="item:68000000000001"),
        _finding(8, Owner.OPERATIONS, TITLES[6], -310.0, because_of="item:68000000000007"),
        _finding(9, Owner.OPERATIONS, TITLES[7], -120.0, because_of="item:68000000000001"),
    )


def _daily() -> DataTable:
    columns = (
        TableColumn("column.date", Unit.DATE),
        TableColumn("column.weekday", Unit.TEXT),
        TableColumn("column.phase", Unit.TEXT),
        TableColumn("metric.paid_amount", Unit.CNY),
        TableColumn("metric.visitors", Unit.PEOPLE),
        TableColumn("metric.paid_buyers", Unit.PEOPLE),
        TableColumn(
            "metric.conversion_rate", Unit.RATIO, ("metric.paid_buyers", "metric.visitors")
        ),
        TableColumn(
            "metric.amount_per_buyer", Unit.CNY, ("metric.paid_amount", "metric.paid_buyers")
        ),
        TableColumn("metric.ad_spend", Unit.CNY),
        TableColumn("metric.ad_cost_share", Unit.RATIO, ("metric.ad_spend", "metric.paid_amount")),
    )
    rows = []
    for index in range(60):
        day = DAY - timedelta(days=59 - index)
        visitors = None if index == 20 else float(22000 + (index * 937) % 5000)
        buyers = 0.0 if index == 21 else float(400 + (index * 31) % 120)
        paid = 0.0 if index == 21 else buyers * 118.37 + index
        burst = day.isoformat() in {"2025-11-10", "2025-11-11"}
        paid *= 9 if burst else 1
        spend = None if index < 10 else 6000.0 + index
        rows.append(
            (
                day, Term("weekday", str(day.weekday())), "双11" if burst else None, paid, visitors,
                buyers, None if visitors is None else buyers / visitors,
                paid / buyers if buyers else None, spend,
                spend / paid if spend is not None and paid else None,
            )
        )  # fmt: skip
    tinted = frozenset(i for i, row in enumerate(rows) if row[2])
    return DataTable("table.daily", columns, tuple(rows), tinted)


def _members(
    name: str, first: tuple[TableColumn, ...], heads: list[tuple[object, ...]]
) -> DataTable:
    columns = (
        *first,
        TableColumn("metric.visitors", Unit.PEOPLE),
        TableColumn("metric.paid_buyers", Unit.PEOPLE),
        TableColumn(
            "metric.conversion_rate", Unit.RATIO, ("metric.paid_buyers", "metric.visitors")
        ),
        TableColumn("metric.paid_amount", Unit.CNY),
        TableColumn("column.change", Unit.RATIO),
        TableColumn("column.impact", Unit.CNY),
    )
    rows = []
    for index, head in enumerate(heads):
        visitors = float(9000 - 800 * index)
        buyers = float(max(0, 300 - 40 * index))
        rows.append(
            (*head, visitors, buyers, buyers / visitors if visitors else nan, buyers * 120.55,
             None if index == 3 else 0.3 - 0.1 * index, 0.0 if index == 3 else 900.0 - 350 * index)
        )  # fmt: skip
    return DataTable(name, columns, tuple(rows))


def _sources() -> DataTable:
    names = (
        "手淘搜索",
        "手淘推荐",
        "关键词推广",
        "购物车",
        "我的淘宝",
        "淘宝客",
        "=1+1",
        "直接访问",
    )
    return _members(
        "table.sources", (TableColumn("column.source", Unit.TEXT),), [(n,) for n in names]
    )


def _items() -> DataTable:
    first = (TableColumn("column.item", Unit.TEXT), TableColumn("column.item_id", Unit.TEXT))
    heads: list[tuple[object, ...]] = [
        (title, f"{682345678901234567 + index}") for index, title in enumerate(TITLES)
    ]
    return _members("table.items", first, heads)


def _words() -> DataTable:
    return _members(
        "table.words", (TableColumn("column.word", Unit.TEXT),), [("牛仔裤女",), ("=2+5",)]
    )


def _ads() -> DataTable:
    columns = (
        TableColumn("column.scene", Unit.TEXT),
        TableColumn("metric.ad_spend", Unit.CNY),
        TableColumn("metric.clicks", Unit.COUNT),
        TableColumn("metric.cost_per_click", Unit.CNY, ("metric.ad_spend", "metric.clicks")),
    )
    return DataTable(
        "table.ads",
        columns,
        (
            ("关键词推广", 4210.5, 2105.0, 4210.5 / 2105),
            ("人群推广", 1800.0, 0.0, None),
            ("货品全站推广", 299.5, 100.0, 2.995),
        ),
    )


def _plans() -> DataTable:
    columns = (
        TableColumn("column.plan", Unit.TEXT),
        TableColumn("metric.ad_spend", Unit.CNY),
        TableColumn("metric.attributed_amount", Unit.CNY),
        TableColumn(
            "metric.return_on_ad_spend",
            Unit.FACTOR,
            ("metric.attributed_amount", "metric.ad_spend"),
        ),
    )
    rows = tuple(
        (f"计划 {i}", 600.0 + i, 1800.0 - 90 * i, (1800.0 - 90 * i) / (600.0 + i)) for i in range(7)
    )
    return DataTable("table.plans", columns, rows)


FILES = (
    FileEntry("店铺日报_2025-11-20.xlsx", "sycm_shop_report", "imported", 30, 30, 0),
    FileEntry("sources.xls", "sycm_shop_sources", "unchanged", 64, 60, 4),
    FileEntry("=cmd.xls", None, "unknown", 0, 0, 0),
    FileEntry("坏\x1b[31m文件.zip", None, "unreadable", 0, 0, 0),
)
