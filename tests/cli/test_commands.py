"""The program as the user runs it: a real process, its two streams, its exit status."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from storeops.demo import write_demo


def run(*words: str | Path, **environ: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "storeops", *map(str, words)]
    settings = {**os.environ, "PYTHONUTF8": "1", "LANG": "C.UTF-8", **environ}
    return subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", env=settings, check=False
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    root = tmp_path_factory.mktemp("cli") / "try"
    write_demo(root, days=75, items=5)
    return root


def test_an_abnormal_day_ends_with_1_and_the_answer_in_the_first_line(folder):
    done = run("diagnose", folder, "--lang", "zh", "--no-workbook")
    assert done.returncode == 1
    assert "异常" in done.stdout.splitlines()[0]
    assert done.stderr == ""


def test_json_is_one_object_on_stdout_and_talk_is_on_stderr(folder):
    done = run("diagnose", folder, "--json")
    document = json.loads(done.stdout)
    assert document["schema"] == "storeops.report/1"
    assert document["verdict"]["state"] == "abnormal"
    assert ".xlsx" in done.stderr


def test_language_follows_the_locale_and_the_option_decides(folder):
    assert "异常" in run("diagnose", folder, "-q", LANG="zh_CN.UTF-8").stdout
    assert "Abnormal" in run("diagnose", folder, "-q", LANG="en_US.UTF-8").stdout
    assert "Abnormal" in run("diagnose", folder, "-q", "--lang", "en", LANG="zh_CN.UTF-8").stdout


def test_no_colour_reaches_a_pipe(folder):
    assert "\x1b" not in run("diagnose", folder, "--no-workbook", FORCE_COLOR="1").stdout


def test_a_normal_day_ends_with_0(folder):
    done = run("diagnose", folder, "--date", "2026-09-03", "--no-workbook", "--lang", "en")
    assert done.returncode == 0, done.stdout
    assert "Normal" in done.stdout.splitlines()[0]


def test_an_empty_folder_says_what_to_download_and_ends_with_2(tmp_path):
    done = run("diagnose", tmp_path, "--lang", "en")
    assert done.returncode == 2
    assert done.stdout.strip() == ""
    assert "daily report" in done.stderr


def test_a_folder_of_bad_files_only_names_each(tmp_path):
    (tmp_path / "a.xls").write_bytes(b"\xd0\xcf\x11\xe0" + bytes(100))
    done = run("diagnose", tmp_path, "--lang", "en")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_wrong_usage_ends_with_2(folder):
    assert run("diagnose", folder, "--date", "gestern").returncode == 2
    assert run("diagnose", folder / "absent").returncode == 2
    assert run("diagnose", folder, "--shop", "nobody").returncode == 2


def test_an_unknown_setting_is_named_with_its_line(tmp_path):
    (tmp_path / "config.yaml").write_text("shop:\n  nmae: x\n", encoding="utf-8")
    done = run("diagnose", tmp_path, "--lang", "en")
    assert done.returncode == 2
    assert "config.yaml line 2: shop.nmae" in done.stderr


@pytest.mark.parametrize("topic", ["shop", "promotion", "sources", "items", "words", "ads"])
def test_every_topic_answers_alone_with_the_same_verdict(folder, topic):
    done = run(topic, folder, "--json")
    document = json.loads(done.stdout)
    assert document["verdict"]["state"] == "abnormal"
    assert {finding["topic"] for finding in document["findings"]} <= {topic}


def test_several_workspaces_are_done_side_by_side(folder, tmp_path):
    other = tmp_path / "other"
    write_demo(other, days=40, items=3, seed=5)
    done = run("diagnose", folder, other, "--jobs", "2", "--json", "--no-workbook")
    assert len(json.loads(done.stdout)["reports"]) == 2


def test_one_bad_workspace_does_not_stop_the_others(folder, tmp_path):
    done = run("diagnose", folder, tmp_path, "--jobs", "2", "--json", "--no-workbook")
    assert json.loads(done.stdout)["schema"] == "storeops.report/1"
    assert done.returncode == 2


def test_history_trace_and_formats_answer(folder):
    assert "■" in run("history", folder, "--lang", "en").stdout
    assert "日报_" in run("trace", "visitors", "--date", "2026-09-17", "--folder", folder).stdout
    assert "sycm_items" in run("formats", "list").stdout
    coverage = json.loads(run("history", folder, "--json").stdout)
    assert coverage[0]["rows"]["shop_daily"]["2026-09-17"] == 1


def test_a_damaged_record_is_named_and_rebuilt_with_one_command(folder):
    record = folder / ".storeops" / "history.duckdb"
    run("import", folder, "-q")
    before = run("diagnose", folder, "--json", "--no-workbook").stdout
    record.write_bytes(b"garbage")
    broken = run("diagnose", folder, "--lang", "en")
    assert broken.returncode == 2
    assert "--rebuild" in broken.stderr
    assert run("history", folder, "--rebuild").returncode == 0
    assert len(list(record.parent.glob("history.damaged-*"))) == 1
    assert run("diagnose", folder, "--json", "--no-workbook").stdout == before


def test_an_unknown_file_is_taught_with_two_commands(tmp_path):
    file = tmp_path / "客服绩效.csv"
    file.write_text(
        "日期,访客数,支付金额,询单人数\n2026-09-16,100,50.00,7\n2026-09-17,110,60.00,8\n",
        encoding="utf-8",
    )
    work = tmp_path / "work"
    work.mkdir()
    drafted = run("formats", "new", file, "--into", work, "--lang", "en")
    assert drafted.returncode == 0, drafted.stderr
    assert len(list((work / "formats").glob("*.yaml"))) == 1
    assert run("formats", "check", work).returncode in {0, 2}
    again = run("formats", "new", file, "--into", work, "--lang", "en")
    assert again.returncode == 2


def test_config_shows_where_every_value_comes_from(folder):
    shown = run("config", folder).stdout
    assert "sources.attribution: last  # config.yaml" in shown
    assert "record.wait_seconds: 60.0  # default" in shown


def test_demo_refuses_to_write_into_a_folder_that_holds_something(folder):
    done = run("demo", folder, "--lang", "en")
    assert done.returncode == 2
    assert "not an empty folder" in done.stderr
