"""Ads downloads of every morning: the report says what the fresh return will come to."""

import shutil
from dataclasses import replace
from datetime import date, timedelta

import pytest

from storeops.pipeline.morning import morning
from storeops.reporter import jsondoc

FIRST = date(2026, 3, 2)
DAYS = 40
SEEN = 20
"""Days of one download."""
SHARE = (0.5, 0.7, 0.8, 0.86, 0.9, 0.93, 0.95, 0.96, 0.97, 0.98, 0.985, 0.99, 0.994, 0.997, 0.999)


def final(day):
    return 3000 + 100 * (day % 6)


def seen(day, age):
    return final(day) * (SHARE[age - 1] if age <= len(SHARE) else 1)


def download(folder, last):
    """What the console shows on the morning after day ``last``: every day at its age."""
    lines = ["日期,场景ID,场景名字,展现量,点击量,花费,总成交金额,总成交笔数"]
    for day in range(max(0, last - SEEN + 1), last + 1):
        amount = seen(day, last + 1 - day)
        lines.append(
            f"{FIRST + timedelta(days=day)},371,关键词推广,9000,400,1000.00,{amount:.2f},{amount / 60:.0f}"
        )
    stamp = FIRST + timedelta(days=last + 1)
    path = folder / f"营销场景报表_{stamp:%Y%m%d}_090000.csv"
    path.write_text("\n".join(lines), encoding="gb18030")


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ads")
    lines = ["统计日期,店铺名称,访客数,支付买家数,支付金额"]
    lines += [f"{FIRST + timedelta(days=n)},甲店,{1000 + n % 7},50,5000.00" for n in range(DAYS)]
    (folder / "日报.csv").write_text("\n".join(lines), encoding="gb18030")
    for last in range(DAYS):
        download(folder, last)
    return folder


@pytest.fixture(scope="module")
def asked_15(asked):
    return replace(asked, window_days=15)


def immature(root, asked):
    report = morning(root, asked, workbook=False).reports[0]
    notes = jsondoc.render(report, "en")["notes"]
    return [note["text"] for note in notes if note["kind"] == "immature"]


def test_the_fresh_return_comes_with_its_expected_final_value(root, asked_15):
    _, newest, week = immature(root, asked_15)
    value = final(DAYS - 1) / 1000
    assert newest.startswith(
        f"return of 2026-04-10 is {value / 2:.2f} so far, expected final {value:.2f} ("
    )
    assert newest.endswith(f"learned from {DAYS - 15} past days")
    finals = sum(final(day) for day in range(DAYS - 7, DAYS)) / 7000
    assert f"expected final {finals:.2f}" in week


def test_a_second_run_says_the_same(root, asked_15):
    assert immature(root, asked_15) == immature(root, asked_15)


def test_mornings_one_by_one_say_what_one_import_says(root, asked_15, tmp_path):
    folder = tmp_path / "ads"
    folder.mkdir()
    files = sorted(root.glob("*.csv"))
    for count, some in enumerate((files[:9], files[9:25], files[25:])):
        for path in some:
            shutil.copy2(path, folder)
        said = immature(folder, replace(asked_15, now=asked_15.now + timedelta(days=count)))
    assert said == immature(root, asked_15)


def test_a_single_download_tells_of_no_final_value(root, asked_15, tmp_path):
    for path in (root / "日报.csv", max(root.glob("营销*.csv"))):
        shutil.copy2(path, tmp_path)
    assert len(immature(tmp_path, asked_15)) == 1
