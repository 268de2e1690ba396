"""Rivals and the industry from files to answers, the way a user runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest

from storeops.demo.folder import write_demo

ROOT = Path(__file__).parents[2]
LAST = date(2026, 9, 17)


def storeops(*words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "storeops", *words],
        cwd=folder, capture_output=True, encoding="utf-8", check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "100", "NO_COLOR": "1"},
    )  # fmt: skip


def asked(*words: str, folder: Path) -> dict[str, Any]:
    done = storeops(*words, ".", "--json", "--quiet", "--lang", "zh", folder=folder)
    assert done.returncode in {0, 1}, done.stderr
    return json.loads(done.stdout)


def table(said: dict[str, Any], name: str) -> list[dict[str, Any]]:
    (found,) = (one for one in said["tables"] if one["name"] == name)
    return [dict(zip(found["columns"], row, strict=True)) for row in found["rows"]]


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """Ninety calm days; on the last one shop and industry lose 30 % of their visitors."""
    rng = np.random.default_rng(2)
    own = ["统计日期,店铺名称,访客数,支付买家数,支付金额"]
    market = ["日期,类目名称,访客数,支付金额"]
    for back in range(89, -1, -1):
        day = LAST - timedelta(days=back)
        if day in {date(2026, 9, n) for n in (9, 10)}:
            continue
        fall = 0.7 if back == 0 else 1.0
        level = fall * (1 + 0.03 * rng.standard_normal())
        visitors = round(5000 * level)
        own.append(f"{day},甲店,{visitors},{visitors // 20},{visitors // 20 * 100}")
        level = fall * (1 + 0.02 * rng.standard_normal())
        market.append(f"{day},连衣裙,{round(8e6 * level)},{round(3e7 * level)}")
    (tmp_path / "日报.csv").write_text("\n".join(own), encoding="utf-8")
    (tmp_path / "市场大盘.csv").write_text("\n".join(market), encoding="utf-8")
    return tmp_path


def test_a_fall_of_the_whole_market_reads_market_everywhere(shop: Path) -> None:
    told = asked("diagnose", "--no-workbook", folder=shop)
    assert (told["verdict"]["state"], told["verdict"]["cause"]) == ("abnormal", "market")
    market = asked("market", folder=shop)
    assert market["verdict"] == told["verdict"]
    whole, with_industry, own = table(market, "market_split")
    assert whole["moved"] == pytest.approx(-0.3, abs=0.05)
    assert with_industry["moved"] == pytest.approx(-0.3, abs=0.05)
    assert whole["impact"] == pytest.approx(with_industry["impact"] + own["impact"], abs=0.02)
    (line,) = (row for row in table(market, "market") if row["measure"] == "访客数")
    assert abs(line["gap"]) < 0.1


@pytest.mark.parametrize("power", [1.0, 1 / 1.75])
def test_an_index_of_the_market_tells_it_too(shop: Path, power: float) -> None:
    lines = (shop / "市场大盘.csv").read_text(encoding="utf-8").splitlines()
    rows = ["日期,类目名称,交易指数"]
    for line in lines[1:]:
        day, name, _, paid = line.split(",")
        rows.append(f"{day},{name},{float(paid) ** power:.0f}")
    (shop / "市场大盘.csv").write_text("\n".join(rows), encoding="utf-8")
    assert asked("diagnose", "--no-workbook", folder=shop)["verdict"]["cause"] == "market"


def test_a_rivals_price_cut_is_found_on_its_day_with_old_and_new(shop: Path) -> None:
    rows = ["日期,店铺名称,商品ID,商品名称,价格"]
    for back, price in ((3, 129), (2, 129), (1, 129), (0, 109)):
        rows.append(f"{LAST - timedelta(days=back)},乙店,700100200301,法式连衣裙,{price}")
    (shop / "插件.csv").write_text("\n".join(rows), encoding="utf-8")
    told = asked("competitors", folder=shop)
    (finding,) = (f for f in told["findings"] if f["topic"] == "competitors")
    assert finding["subject"]["kind"] == "rival"
    (evidence,) = finding["evidence"]
    assert (evidence["value"], evidence["baseline"]) == (109, 129)
    (event,) = table(told, "rival_events")
    assert (event["date"], event["rival"]) == (LAST.isoformat(), "乙店")
    assert event["bounds"] == pytest.approx(109 / 129 - 1, abs=1e-4)
    assert asked("competitors", "--rival", "丙店", folder=shop)["findings"] == []
    morning = asked("diagnose", "--no-workbook", folder=shop)
    assert finding["id"] in {f["id"] for f in morning["findings"]}


def test_this_mornings_look_counts_though_the_shop_ends_yesterday(shop: Path) -> None:
    rows = ["日期,店铺名称,商品ID,价格"]
    for back, price in ((1, 129), (0, 129), (-1, 109)):
        rows.append(f"{LAST - timedelta(days=back)},乙店,700100200301,{price}")
    (shop / "插件.csv").write_text("\n".join(rows), encoding="utf-8")
    told = asked("competitors", folder=shop)
    assert told["date"] == LAST.isoformat()
    (event,) = table(told, "rival_events")
    assert event["date"] == (LAST + timedelta(days=1)).isoformat()
    assert [f["topic"] for f in told["findings"]] == ["competitors"]
    earlier = asked("competitors", "--date", LAST.isoformat(), folder=shop)
    assert earlier["findings"] == []


def test_a_bad_file_gets_its_line_under_every_command(shop: Path) -> None:
    (shop / "竞店-坏.csv").write_text(
        "日期,竞店名称,访客数\n2026-09-17,乙店,很多\n", encoding="utf-8"
    )
    for command in ("competitors", "market", "shop"):
        done = storeops(command, ".", "--quiet", "--lang", "zh", folder=shop)
        assert "竞店-坏.csv" in done.stdout, command


def test_no_yuan_is_made_of_an_index_unless_asked_for(shop: Path) -> None:
    rows = ["日期,店铺名称,交易指数", f"{LAST},乙店,10000"]
    (shop / "监控.csv").write_text("\n".join(rows), encoding="utf-8")
    (line,) = table(asked("competitors", folder=shop), "rivals")
    assert line["estimate"] is None
    (line,) = table(asked("competitors", "--index-table", folder=shop), "rivals")
    assert "估算" in line["estimate"]


def test_the_table_kept_by_hand_is_written_once_and_read_back(tmp_path: Path) -> None:
    done = storeops("competitors", "init", ".", "--rival", "乙店", "--item", "700100200301",
                    folder=tmp_path)  # fmt: skip
    assert done.returncode == 0
    (book,) = tmp_path.glob("*.csv")
    assert book.read_bytes().startswith(b"\xef\xbb\xbf")
    again = storeops("competitors", "init", ".", "--rival", "乙店", folder=tmp_path)
    assert again.returncode == 2
    lines = book.read_text(encoding="utf-8-sig").splitlines()
    assert "乙店,700100200301" in lines[1]


def test_rivals_and_industry_have_sheets_of_their_own(tmp_path: Path) -> None:
    write_demo(tmp_path / "shop", days=60, items=5, packed=True)
    done = storeops(
        "diagnose", "shop", "--lang", "zh", "--quiet", "--xlsx", "b.xlsx", folder=tmp_path
    )
    assert done.returncode in {0, 1}, done.stderr
    names = openpyxl.load_workbook(tmp_path / "b.xlsx").sheetnames
    assert {"竞品", "行业"} <= set(names)
