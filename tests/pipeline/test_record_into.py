"""``storeops record``: from downloads into the operator's workbook, with a backup, once a day."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from openpyxl import Workbook, load_workbook

from storeops.demo.folder import write_demo

ROOT = Path(__file__).parents[2]


def record(folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "storeops", "record", "shop", "--into", "日报.xlsx", "--lang", "zh",
         "--quiet", *more],
        cwd=folder, capture_output=True, encoding="utf-8", check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip


def test_the_days_row_equals_the_export_and_is_entered_once(tmp_path: Path) -> None:
    shop = write_demo(tmp_path / "shop", days=45, items=5, packed=True)
    absent = record(tmp_path)
    assert (absent.returncode, (tmp_path / "日报.xlsx").exists()) == (2, False)
    made = Workbook()
    page = made.active
    assert page is not None
    page.append(["日期", "星期", "支付金额", "访客数", "支付转化率"])
    made.save(tmp_path / "日报.xlsx")
    original = (tmp_path / "日报.xlsx").read_bytes()
    done = record(tmp_path)
    assert done.returncode == 0, done.stderr
    row = [cell.value for cell in load_workbook(tmp_path / "日报.xlsx").worksheets[0][2]]
    assert row[0].date() == shop.last_day
    assert row[2:4] == [shop.figures["paid_amount"], shop.figures["visitors"]]
    assert (tmp_path / "日报.bak.xlsx").read_bytes() == original
    entered = (tmp_path / "日报.xlsx").read_bytes()
    again = record(tmp_path)
    assert again.returncode == 0, again.stderr
    assert (tmp_path / "日报.xlsx").read_bytes() == entered
    (tmp_path / "~$日报.xlsx").write_bytes(b"")
    assert record(tmp_path).returncode == 2
