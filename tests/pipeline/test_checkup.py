"""The check-up: what each check sees, that none ends the others, and that no secret is told."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, date, datetime, time, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfoNotFoundError

import pytest

from storeops.config import FILE_NAME
from storeops.delivery import schedule, senders
from storeops.delivery.outbox import Key, Letter
from storeops.delivery.parcel import Fate, Outcome, Parcel
from storeops.diagnose.finding import PeriodKind
from storeops.messages import message
from storeops.pipeline.checks import CHECKS
from storeops.pipeline.checkup import Checkup, Status, checkup
from storeops.pipeline.morning import morning
from storeops.pipeline.outboxing import open_outbox
from storeops.pipeline.scheduling import Wanted, looks, planned
from storeops.pipeline.workspace import Request, open_workspace
from storeops.reporter import checkup_listing
from storeops.reporter.lang import catalogue

BEIJING = timezone(timedelta(hours=8))
NOW = datetime.now(BEIJING)
SECRET = "hunter2-secret-hunter2"  # noqa: S105 (must never be shown)
DELIVERY = """\
delivery:
  mail: {host: smtp.example.com, user: a@example.com, password: "env:MAIL_KEY"}
  recipients:
    - {name: boss, to: boss@example.com}
    - {name: group, channel: dingtalk, url: "env:GROUP_KEY", secret: "file:/nowhere/key"}
"""


@pytest.fixture(autouse=True)
def entries(monkeypatch) -> list[schedule.Installed]:
    """No scheduler of this machine is asked; a test fills in what would be installed."""
    found: list[schedule.Installed] = []
    monkeypatch.setattr(schedule, "installed", lambda _machine: tuple(found))
    monkeypatch.setattr(schedule, "is_awake", lambda _system: True)
    return found


@pytest.fixture(autouse=True)
def asked(monkeypatch) -> dict[str, Outcome | Exception]:
    """No network: what probing each recipient comes to."""
    answers: dict[str, Outcome | Exception] = {}

    def probe(recipient, settings, now):
        answer = answers.get(recipient.name, Outcome(Fate.SENT, "250 OK"))
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(senders, "probe", probe)
    return answers


def said(found: Checkup, name: str) -> list[tuple[str, str]]:
    return [(c.status.value, c.message.id) for c in found.checks if c.id == name]


def look(root: Path, *, now: datetime = NOW, offline: bool = False, **environ: str) -> Checkup:
    return checkup(root, now, environ, offline=offline)


def text_of(found: Checkup) -> str:
    pages = [checkup_listing.checkup(found, catalogue(lang)) for lang in ("zh", "en")]
    listing = checkup_listing.document(found, catalogue("zh"))
    return "\n".join([*pages, json.dumps(listing, ensure_ascii=False)])


def test_an_empty_folder_is_no_fault_and_nothing_is_left_in_it(tmp_path):
    found = look(tmp_path)
    assert not found.faulty
    assert said(found, "config") == [("ok", "doctor.config_absent")]
    assert said(found, "record") == [("attention", "record.absent")]
    assert said(found, "schedule") == [("attention", "doctor.unscheduled")]
    assert said(found, "picture") == [("ok", "doctor.picture")]
    assert list(tmp_path.iterdir()) == []


def test_every_check_speaks_and_the_list_is_the_order(tmp_path):
    shown = list(dict.fromkeys(check.id for check in look(tmp_path).checks))
    assert shown == ["config", *(name for name, _ in CHECKS if name != "secrets")]


@pytest.fixture(scope="module")
def read(shop, tmp_path_factory) -> tuple[Path, datetime]:
    """A workspace with a record, and the morning after its last day."""
    root = tmp_path_factory.mktemp("checkup") / "downloads"
    shutil.copytree(shop.folder, root, ignore=shutil.ignore_patterns(".storeops"))
    (report,) = morning(root, Request(now=NOW), workbook=False).reports
    after = datetime(report.day.year, report.day.month, report.day.day, 9, tzinfo=BEIJING)
    return root, after + timedelta(days=1)


def test_a_record_is_counted_its_age_told_and_two_weeks_drawn(read, monkeypatch):
    root, now = read
    monkeypatch.setattr("storeops.pipeline.checks.machine._SLACK", timedelta(days=9999))
    found = look(root, now=now)
    assert said(found, "record") == [("ok", "doctor.record")]
    assert said(found, "data")[0][0] == "ok"
    (calendar,) = found.coverage
    assert (calendar.last - calendar.first).days == 13
    assert "■" in text_of(found)


def test_data_grow_old_and_a_clock_behind_them_is_a_fault(read, monkeypatch):
    root, now = read
    monkeypatch.setattr("storeops.pipeline.checks.machine._SLACK", timedelta(days=9999))
    old = look(root, now=now + timedelta(days=2))
    assert said(old, "data")[0][0] == "attention"
    assert next(c for c in old.checks if c.id == "data").message.args["n"] == 3
    behind = look(root, now=now - timedelta(days=3))
    assert ("fault", "doctor.clock_behind_data") in said(behind, "clock")


def test_a_clock_before_the_program_is_a_fault(tmp_path):
    found = look(tmp_path, now=datetime(2001, 1, 1, tzinfo=BEIJING))
    assert said(found, "clock") == [("fault", "doctor.clock_behind")]


def test_a_damaged_record_is_one_fault_and_the_rest_goes_on(tmp_path):
    record = open_workspace(tmp_path).record
    record.parent.mkdir()
    record.write_bytes(b"not a database" * 999)
    found = look(tmp_path)
    assert [status for status, _ in said(found, "record")] == ["fault"]
    assert found.coverage == ()
    assert said(found, "schedule") != []


def test_settings_that_cannot_be_read_are_a_fault_and_the_rest_goes_by_the_defaults(tmp_path):
    (tmp_path / FILE_NAME).write_text(f"delivery:\n  mail: {{password: {SECRET}}}\n")
    found = look(tmp_path)
    assert said(found, "config") == [("fault", "config.wrong")]
    assert len({check.id for check in found.checks}) == len(CHECKS)
    assert SECRET not in text_of(found)


def test_settings_that_are_no_text_are_a_fault_too(tmp_path):
    (tmp_path / FILE_NAME).write_bytes(b"\xff\xfe\x00shop")
    assert [status for status, _ in said(look(tmp_path), "config")] == ["fault"]


def test_a_check_that_breaks_is_one_line_without_its_words(tmp_path, monkeypatch):
    def broken(visit):
        yield from ()
        raise RuntimeError(SECRET)

    monkeypatch.setattr("storeops.pipeline.checkup.CHECKS", (("disk", broken), *CHECKS[-1:]))
    found = look(tmp_path)
    assert said(found, "disk") == [("fault", "doctor.broken")]
    assert said(found, "schedule") == [("attention", "doctor.unscheduled")]
    assert "RuntimeError" in text_of(found)
    assert SECRET not in text_of(found)


def test_a_file_where_a_folder_should_be_is_a_fault(tmp_path):
    (tmp_path / "reports").write_text("a file")
    states = said(look(tmp_path), "folders")
    assert states == [("ok", "doctor.folder"), ("fault", "doctor.folder_closed")]


def test_a_full_disk_is_told_before_it_hurts(tmp_path, monkeypatch):
    for free, status in ((2e9, "ok"), (0.5e9, "attention"), (1e8, "fault")):
        usage = type("Usage", (), {"free": free})()
        monkeypatch.setattr("shutil.disk_usage", lambda _path, usage=usage: usage)
        assert said(look(tmp_path), "disk") == [(status, "doctor.disk")]


def test_missing_zone_data_are_a_fault(tmp_path, monkeypatch):
    def absent(key):
        raise ZoneInfoNotFoundError(key)

    monkeypatch.setattr("storeops.pipeline.checks.machine.ZoneInfo", absent)
    assert said(look(tmp_path), "zone") == [("fault", "doctor.zone_missing")]


def test_a_font_that_draws_every_character_alike_is_a_fault(tmp_path, monkeypatch):
    monkeypatch.setattr(
        "storeops.reporter.picture.png", lambda *_, **__: b"\x89PNG the same box each time"
    )
    assert said(look(tmp_path), "picture") == [("fault", "doctor.picture_bad")]


# --- the way to people


def test_secrets_are_found_by_name_and_a_way_without_its_secret_is_not_tried(tmp_path, asked):
    (tmp_path / FILE_NAME).write_text(DELIVERY)
    asked["group"] = RuntimeError("tried in spite of it")
    found = look(tmp_path, MAIL_KEY=SECRET, GROUP_KEY=SECRET)
    assert [status for status, _ in said(found, "secrets")] == ["ok", "ok", "fault"]
    assert said(found, "recipients") == [("ok", "doctor.recipient")]
    text = text_of(found)
    assert "env:MAIL_KEY" in text
    assert "/nowhere/key" in text
    assert SECRET not in text


@pytest.mark.parametrize(
    ("fate", "status"),
    [
        (Fate.SENT, Status.OK),
        (Fate.LATER, Status.ATTENTION),
        (Fate.REFUSED, Status.FAULT),
        (Fate.UNKNOWN, Status.FAULT),
    ],
)
def test_what_a_probe_comes_to_is_told_with_the_servers_words(tmp_path, asked, fate, status):
    (tmp_path / FILE_NAME).write_text(DELIVERY)
    advice = message("doctor.disk_hint")
    asked["boss"] = Outcome(fate, "535 no such login", advice=advice)
    found = look(tmp_path, MAIL_KEY=SECRET)
    (check,) = [check for check in found.checks if check.id == "recipients"]
    assert check.status is status
    assert check.message.args["told"] == "535 no such login"
    assert check.hint == (None if status is Status.OK else advice)


def test_a_probe_that_breaks_tells_only_the_kind(tmp_path, asked):
    (tmp_path / FILE_NAME).write_text(DELIVERY)
    asked["boss"] = ConnectionError(f"https://robot/?access_token={SECRET}")
    found = look(tmp_path, MAIL_KEY=SECRET)
    assert said(found, "recipients") == [("fault", "doctor.broken")]
    assert SECRET not in text_of(found)


def test_offline_asks_nobody_but_still_sees_a_mail_recipient_without_a_server(tmp_path, asked):
    (tmp_path / FILE_NAME).write_text("delivery: {recipients: [{name: boss, to: b@example.com}]}")
    asked["boss"] = RuntimeError("asked")
    assert said(look(tmp_path, offline=True), "recipients") == [("fault", "doctor.no_host")]
    (tmp_path / FILE_NAME).write_text(DELIVERY)
    assert said(look(tmp_path, offline=True, MAIL_KEY="k"), "recipients") == []


def test_the_entry_of_this_folder_counts_and_env_secrets_it_cannot_see_are_named(
    tmp_path, entries, monkeypatch
):
    (tmp_path / FILE_NAME).write_text(DELIVERY)
    system = schedule.System.CRON
    slot = schedule.Slot(time(8, 30), schedule.EVERY_DAY)
    other = schedule.Installed("0" * 12, system, "/other", (slot,), schedule.SHANGHAI)
    entries.append(other)
    assert said(look(tmp_path), "schedule") == [("attention", "doctor.unscheduled")]
    mark = schedule.entry_id(str(tmp_path), system)
    entries.append(schedule.Installed(mark, system, str(tmp_path), (slot,), schedule.SHANGHAI))
    found = look(tmp_path, now=datetime(2030, 1, 1, 8, 0, tzinfo=BEIJING))
    ok, unseen = [check for check in found.checks if check.id == "schedule"]
    assert (ok.status, ok.message.args["next"]) == (Status.OK, "2030-01-01 08:30")
    assert unseen.message.args["names"] == ("MAIL_KEY", "GROUP_KEY")
    monkeypatch.setattr(schedule, "is_awake", lambda _system: False)
    assert ("attention", "schedule.asleep") in said(look(tmp_path), "schedule")
    entries[1:] = [schedule.Installed(mark, system, "", (), schedule.SHANGHAI, active=False)]
    assert ("attention", "doctor.schedule_off") in said(look(tmp_path), "schedule")


# --- what is planned for a workspace


def machine() -> schedule.Machine:
    return schedule.Machine("linux", schedule.SHANGHAI, datetime.now(UTC), "/units")


def test_the_second_look_follows_the_time_until_which_reports_are_held(tmp_path):
    (tmp_path / FILE_NAME).write_text('delivery: {hold_until: "11:00"}')
    entry = planned(tmp_path, Wanted(system="cron"), machine(), {})
    assert [f"{at:%H:%M}" for at in entry.job.times] == ["08:30", "11:05"]
    early = open_workspace(tmp_path).settings.delivery.model_copy(update={"hold_until": "08:00"})
    assert [f"{at:%H:%M}" for at in looks(early)] == ["08:30"]


def test_times_are_sorted_each_once_and_the_locale_goes_along(tmp_path):
    wanted = Wanted(("10:00", "8:30", "08:30"), (4, 0), "cron")
    entry = planned(tmp_path, wanted, machine(), {"LC_ALL": "", "LANG": "zh_CN.UTF-8"})
    assert [f"{at:%H:%M}" for at in entry.job.times] == ["08:30", "10:00"]
    assert entry.job.days == (0, 4)
    assert " LANG=zh_CN.UTF-8 " in entry.pages[0].text
    hostile = planned(tmp_path, wanted, machine(), {"LANG": "x\n* * * * * evil"})
    assert "LANG" not in hostile.pages[0].text


def test_secrets_of_the_environment_are_named_before_installing_except_on_windows(tmp_path):
    (tmp_path / FILE_NAME).write_text(DELIVERY)
    for system, told in (("cron", True), ("systemd", True), ("windows", False)):
        entry = planned(tmp_path, Wanted(system=system), machine(), {})
        assert ("schedule.env_unseen" in [note.id for note in entry.notes]) is told


def test_the_folder_is_absolute_however_it_is_named(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    entry = planned(Path(), Wanted(system="cron"), machine(), {})
    assert entry.job.folder == str(tmp_path)
    assert Path(entry.job.python).is_absolute()


def test_what_did_not_go_out_is_named(tmp_path):
    (tmp_path / "config.yaml").write_text(
        "delivery: {recipients: [{name: boss, to: boss@example.com}]}\n"
    )
    box = open_outbox(open_workspace(tmp_path))
    sent = Key("shop", date(2026, 9, 17), PeriodKind.DAY, "boss")
    box.put(sent, Letter(Parcel("s", "t"), "d"), now=NOW)
    box.deliver(lambda *_, **_more: Outcome(Fate.REFUSED, "550 no"), NOW)
    (found,) = (c for c in checkup(tmp_path, NOW, {}, offline=True).checks if c.id == "outbox")
    assert found.status is Status.ATTENTION
    assert found.message.args["n"] == 1
    assert found.hint.id == "doctor.outbox_hint"
