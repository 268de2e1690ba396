"""The command that sets, shows and removes a month's target."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from storeops.cli import app
from storeops.errors import StoreopsError


def storeops(*words: object) -> str:
    done = CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def test_a_target_is_set_shown_and_removed(tmp_path):
    told = storeops("target", "set", "2026-11", "120万", "--folder", tmp_path, "--lang", "zh")
    assert told == "已记下：2026-11 目标 1,200,000.00元（本文件夹的店铺）\n"
    shown = storeops("target", "show", "2026-11", "-f", tmp_path, "--lang", "en")
    assert shown.startswith("2026-11 target ¥1.20M: no data of this month on record yet\n")
    lines = shown.splitlines()
    assert sum(line.strip("* ").startswith("2026-11-") for line in lines) == 30
    assert next(line for line in lines if "2026-11-11" in line).startswith("* 2026-11-11  Wed")
    assert "1,200,000.00" in lines[-1]
    would = storeops("target", "remove", "2026-11", "-f", tmp_path, "--dry-run", "--lang", "en")
    assert would.startswith("Would remove: 2026-11 target")
    storeops("target", "remove", "2026-11", "-f", tmp_path)
    gone = storeops("target", "show", "2026-11", "-f", tmp_path, "--lang", "zh")
    assert gone == "没有 2026-11 的目标：storeops target set 2026-11 120万\n"


def test_a_net_target_says_so(tmp_path):
    told = storeops(
        "target", "set", "2026-11", "1,200,000", "-f", tmp_path, "--net", "--lang", "en"
    )
    assert told == "Noted: 2026-11 target ¥1,200,000.00, net of refunds (the shop of this folder)\n"
    shown = storeops("target", "show", "2026-11", "-f", tmp_path, "--lang", "zh")
    assert "扣退款" in shown
    assert "支付减退款" in shown


def test_targets_are_one_document_for_a_program(tmp_path):
    assert json.loads(storeops("target", "show", "2026-11", "-f", tmp_path, "--json")) == []
    storeops("target", "set", "2026-11", "1.2M", "-f", tmp_path, "--shop", "x\u202e[red]")
    (found,) = json.loads(storeops("target", "show", "2026-11", "-f", tmp_path, "--json"))
    assert (found["shop"], found["month"], found["target"]) == ("x[red]", "2026-11", 1_200_000)
    assert len(found["pace"]["days"]) == 30
    assert found["pace"]["through"] == "2026-10-31"


@pytest.mark.parametrize("month", ["2026-13", "november", "2026-1", "2026-11-01"])
def test_what_is_no_month_is_a_usage_error(tmp_path, month):
    done = CliRunner().invoke(app, ["target", "set", month, "5", "-f", str(tmp_path)])
    assert done.exit_code == 2
    assert "2026-11" in done.output
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("amount", ["0", "abc", "50%"])
def test_what_is_no_amount_is_refused(tmp_path, amount):
    with pytest.raises(StoreopsError) as caught:
        storeops("target", "set", "2026-11", amount, "-f", tmp_path)
    assert caught.value.problem.id == "target.bad_amount"


def test_a_month_closed_throughout_is_said_to_have_no_day(tmp_path):
    storeops(
        "events", "add", "move", tmp_path, "--from", "2026-11-01", "--to", "2026-11-30",
        "--phase", "closed",
    )  # fmt: skip
    storeops("target", "set", "2026-11", "5万", "-f", tmp_path)
    shown = storeops("target", "show", "2026-11", "-f", tmp_path, "--lang", "en")
    assert "closed all month" in shown


@pytest.mark.parametrize("command", ["set", "show"])
def test_help_gives_examples(command):
    assert "Examples:" in storeops("target", command, "--help")
