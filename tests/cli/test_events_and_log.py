"""The commands by which the user tells of events and changes."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from typing import get_args

import pytest
from typer.testing import CliRunner

from storeops.cli import app
from storeops.cli.events import PhaseChoice
from storeops.cli.log import KindChoice
from storeops.config import EventSettings, LoggedChange
from storeops.errors import StoreopsError


def storeops(*words: object) -> str:
    done = CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def test_an_event_is_entered_listed_and_removed(tmp_path):
    storeops("events", "add", "店庆", tmp_path, "--from", "2026-11-20", "--to", "2026-11-22")
    shown = storeops("events", "list", tmp_path, "--date", "2026-11-01", "--lang", "zh")
    assert "2026-11-20 至 2026-11-22  店庆·爆发（.storeops/events.yaml）" in shown
    assert "2026-11-20 至 2026-11-22  店庆·爆发（自己的）" in shown
    assert "2026-10-15 20:00 至 2026-10-19  双11·定金期（日期为估计）" in shown
    storeops("events", "remove", "店庆", tmp_path, "--dry-run")
    assert "店庆" in storeops("events", "list", tmp_path, "--lang", "zh")
    storeops("events", "remove", "店庆", tmp_path)
    after = storeops("events", "list", tmp_path, "--date", "2026-11-01", "--lang", "zh")
    assert "店庆" not in after
    assert "余波" in after


def test_confirmed_dates_carry_no_mark(tmp_path):
    shown = storeops("events", "list", tmp_path, "--date", "2025-11-01", "--lang", "en")
    line = next(line for line in shown.splitlines() if "Double 11, deposits" in line)
    assert line.endswith("Double 11, deposits")


def test_events_are_one_object_for_a_program(tmp_path):
    storeops("events", "add", "x\u202e[red]", tmp_path, "--from", "2026-11-20", "--phase", "sale")
    found = json.loads(storeops("events", "list", tmp_path, "--date", "2026-11-19", "--json"))
    assert found["own"] == [
        {"name": "x[red]", "start": "2026-11-20", "end": "2026-11-20", "phase": "sale",
         "file": ".storeops/events.yaml"}
    ]  # fmt: skip
    assert {"double_11", "x[red]"} <= {stretch["event"] for stretch in found["calendar"]}


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("add", "x", "--from", "2026-11-20", "--to", "2026-11-19"), "events.backwards"),
        (("add", " ", "--from", "2026-11-20"), "notebook.no_text"),
        (("remove", "x"), "events.unknown"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_written(tmp_path, words, problem):
    command, name, *options = words
    asked = ["events", command, name, str(tmp_path), *options]
    with pytest.raises(StoreopsError) as caught:
        CliRunner().invoke(app, asked, catch_exceptions=False)
    assert caught.value.problem.id == problem
    assert list(tmp_path.iterdir()) == []


def test_a_change_is_noted_with_todays_beijing_date_and_listed_newest_first(tmp_path):
    today = datetime.now(timezone(timedelta(hours=8))).date()
    told = storeops(
        "log", "换了主图", tmp_path, "--item", "600123456789", "--kind", "image", "--lang", "zh"
    )
    assert told in {
        f"{day}  商品 600123456789  主图  换了主图\n" for day in (today, today + timedelta(days=1))
    }
    storeops("log", "提高满减", tmp_path, "--date", "2026-09-16", "--kind", "offer")
    listed = storeops("log", tmp_path, "--lang", "zh").splitlines()
    assert listed[1] == "2026-09-16  全店  优惠  提高满减"
    assert json.loads(storeops("log", tmp_path, "--json"))[1] == {
        "date": "2026-09-16", "kind": "offer", "item": None, "text": "提高满减",
    }  # fmt: skip


def test_the_same_note_twice_is_one(tmp_path):
    for _ in range(2):
        storeops("log", "x", tmp_path, "--date", "2026-09-16")
    assert len(json.loads(storeops("log", tmp_path, "--json"))) == 1


def test_an_empty_log_says_how_to_begin(tmp_path):
    assert "storeops log" in storeops("log", tmp_path, "--lang", "en")
    assert list(tmp_path.iterdir()) == []


def test_noted_text_is_printed_as_text(tmp_path):
    evil = "=1+1 [red]x\x1b[31m\u202e{day}"
    storeops("log", evil, tmp_path, "--date", "2026-09-16")
    shown = storeops("log", tmp_path, "--lang", "en")
    assert "=1+1 [red]x{day}" in shown
    assert "\x1b" not in shown
    assert "\u202e" not in shown


def test_an_item_that_is_no_number_is_refused(tmp_path):
    with pytest.raises(StoreopsError) as caught:
        CliRunner().invoke(app, ["log", "x", str(tmp_path), "--item", "A1"], catch_exceptions=False)
    assert caught.value.problem.id == "log.bad_item"


def test_the_choices_of_the_options_are_those_of_the_files():
    assert {choice.value for choice in PhaseChoice} == set(
        get_args(EventSettings.model_fields["phase"].annotation)
    )
    assert {choice.value for choice in KindChoice} == set(
        get_args(LoggedChange.model_fields["kind"].annotation)
    )
