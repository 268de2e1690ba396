"""What a person sees of the outbox."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta

import pytest
import yaml
from typer.testing import CliRunner

from storeops.cli import app
from storeops.config import BEIJING
from storeops.delivery.outbox import Key, Letter
from storeops.delivery.parcel import Fate, Outcome, Parcel
from storeops.diagnose.finding import PeriodKind
from storeops.errors import StoreopsError
from storeops.messages import Term, message
from storeops.pipeline.outboxing import open_outbox
from storeops.pipeline.workspace import open_workspace

NOW = datetime(2026, 9, 17, 8, 31, tzinfo=BEIJING)
DAY = date(2026, 9, 16)
RECIPIENTS = [
    {"name": "老板", "to": "boss@example.com"},
    {"name": "美工", "to": "art@example.com"},
    {"name": "运营群", "channel": "dingtalk", "url": "env:URL"},
    {"name": "财务", "to": "finance@example.com"},
]


def storeops(*words: object) -> str:
    done = CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


@pytest.fixture
def workspace(tmp_path):
    told = {"delivery": {"recipients": RECIPIENTS}}
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(told, allow_unicode=True), "utf-8")
    return tmp_path


def filled(folder):
    """An outbox with one of each: sent, skipped, unknown, refused, held."""
    box = open_outbox(open_workspace(folder))
    fates = {
        "老板": Outcome(Fate.SENT, "250 ok"),
        "运营群": Outcome(Fate.UNKNOWN),
        "财务": Outcome(Fate.REFUSED, "550 no such\x1b[31m user\u202e"),
    }

    def send(parcel, recipient, message_id, /, *, handing_over):
        handing_over()
        return fates[recipient.name]

    for name in fates:
        box.put(key(name), Letter(Parcel("s", "t"), "a"), now=NOW)
    box.deliver(send, NOW)
    art = message("outbox.why.no_task", owners=(Term("owner", "art"),))
    box.skip(key("美工"), art, now=NOW)
    late = message("outbox.why.late", clock="10:30")
    week = Key("一叶旗舰店", DAY, PeriodKind.WEEK, "老板")
    box.put(
        week, Letter(Parcel("s", "t"), "a"), now=NOW, not_before=NOW + timedelta(hours=2), why=late
    )
    return box


def key(name, day=DAY):
    return Key("一叶旗舰店", day, PeriodKind.DAY, name)


def test_it_says_what_became_of_each_message(workspace):
    filled(workspace)
    shown = storeops("outbox", workspace, "--lang", "zh")
    lines = dict(zip(shown.splitlines(), shown.splitlines()[1:], strict=False))
    head = "2026-09-16 日报  一叶旗舰店 → "
    assert lines[f"{head}老板"] == "    09-17 08:31 已发送"
    assert lines[f"{head}美工"] == "    不发送（没有要美工办的事）"
    assert lines[f"{head}财务"] == (
        "    09-17 08:31 被拒，不再自动重试，对方答复：550 no such user"
    )
    assert lines[f"{head}运营群"].startswith("    09-17 08:31 已交出但没有回音，可能已送达")
    assert lines["2026-09-16 周报  一叶旗舰店 → 老板"] == (
        "    等待，09-17 10:31 起发送（当天的文件还不全，最迟等到 10:30）"
    )
    assert shown.count("storeops outbox --retry") == 2


def test_a_program_gets_one_object(workspace):
    filled(workspace)
    found = json.loads(storeops("outbox", workspace, "--json", "--lang", "en"))
    assert found["schema"] == "storeops.outbox_listing/1"
    by_recipient = {m["recipient"]: m for m in found["messages"] if m["kind"] == "day"}
    assert {name: m["status"] for name, m in by_recipient.items()} == {
        "老板": "sent", "美工": "skipped", "运营群": "unknown", "财务": "refused",
    }  # fmt: skip
    assert by_recipient["美工"]["reason"] == "no task for art"
    assert by_recipient["财务"]["answer"] == "550 no such user"
    assert by_recipient["老板"]["message_id"].endswith(".1@storeops.invalid>")
    assert by_recipient["老板"]["due"] is None
    assert (found["more"], found["aside"]) == (False, [])


def test_another_try_is_asked_for_by_name(workspace):
    filled(workspace)
    storeops("outbox", workspace, "--retry", key("财务").name)
    found = json.loads(storeops("outbox", workspace, "--json"))
    assert {m["status"] for m in found["messages"] if m["recipient"] == "财务"} == {"waiting"}
    with pytest.raises(StoreopsError, match=r"outbox\.no_retry"):
        storeops("outbox", workspace, "--retry", key("老板").name)


def test_the_latest_are_shown_and_all_on_request(workspace):
    box = open_outbox(open_workspace(workspace))
    for back in range(25):
        box.skip(key("美工", DAY - timedelta(days=back)), message("outbox.why.normal"), now=NOW)
    shown = storeops("outbox", workspace, "--lang", "en")
    assert shown.count("daily report") == 20
    assert shown.splitlines()[0].startswith("2026-09-16")
    assert shown.splitlines()[-1] == "--all lists earlier ones"
    everything = storeops("outbox", workspace, "--lang", "en", "--all")
    assert everything.count("daily report") == 25
    assert "--all" not in everything
    assert "empty" in storeops("outbox", workspace, "--lang", "en", "--shop", "other")


def test_an_empty_outbox_says_so_and_makes_nothing(tmp_path):
    assert storeops("outbox", tmp_path, "--lang", "zh") == "发件箱是空的：还没有要发的报告\n"
    assert list(tmp_path.iterdir()) == []


def test_files_kept_aside_are_named(workspace):
    box = filled(workspace)
    (workspace / ".storeops" / "outbox" / "x\u202e.txt").write_text("mine")
    box.deliver(lambda *_, **__: Outcome(Fate.SENT), NOW)
    shown = storeops("outbox", workspace, "--lang", "en")
    assert shown.splitlines()[-1] == "damaged files kept aside: x.txt"
