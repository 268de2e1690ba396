"""The unattended morning against a real mail server: once, by the rules, and with its log."""

from __future__ import annotations

import csv
import json
import stat
from dataclasses import replace
from datetime import date, datetime, timedelta
from email.policy import strict
from io import BytesIO

import pytest
from filelock import FileLock
from mailroom import configure, mailroom, text_of
from openpyxl import load_workbook

from storeops import fleet
from storeops.config import BEIJING, RecipientSettings
from storeops.delivery.outbox import Status
from storeops.messages import Term
from storeops.pipeline.morning import morning
from storeops.pipeline.outboxing import open_outbox as outbox_of
from storeops.pipeline.posting import post
from storeops.pipeline.running import LOCK, LOG, run_one
from storeops.pipeline.workspace import open_workspace
from storeops.reporter import jsondoc
from storeops.reporter.lang import catalogue

BOSS = "name: boss, to: boss@example.com, view: boss, reports: [day, week, month], language: en"
OPERATOR = "name: op, to: op@example.com, language: en"
QUIET = "name: calm, to: calm@example.com, when: abnormal"
EARLY = datetime(2026, 9, 18, 8, 30, tzinfo=BEIJING)
LATE = datetime(2026, 9, 18, 10, 35, tzinfo=BEIJING)
HEADS = ("统计日期", "访客数", "支付金额", "支付买家数")


@pytest.fixture
def room():
    with mailroom() as found:
        yield found


def small(root, days, name="日报.csv", **changed):
    """Write a folder with one plain export: quiet days, and those that are not."""
    root.mkdir(exist_ok=True)
    with (root / name).open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(HEADS)
        for number in range(days):
            day = date(2026, 9, 17) - timedelta(days=days - 1 - number)
            visitors, paid = changed.get(f"d{number}", (1000, 5000 + 10 * (number % 5)))
            writer.writerow([f"{day:%Y-%m-%d}", visitors, f"{paid:.2f}", 50])


def statuses(root) -> dict[str, Status]:
    found = outbox_of(open_workspace(root)).entries()
    return {f"{each.key.recipient} {each.key.kind.value}": each.status for each in found}


def test_a_morning_sends_each_recipient_their_view_once(copied, room, asked):
    root = copied()
    configure(root, room.port, BOSS, OPERATOR)
    request = replace(asked, now=EARLY)
    first = run_one(root, request=request, language="en")
    again = run_one(root, request=replace(asked, now=LATE), language="en")
    assert first.status == again.status == 1
    assert len(room.of("boss@")) == len(room.of("op@")) == 1
    assert statuses(root)["boss day"] is statuses(root)["op day"] is Status.SENT
    boss, operator = text_of(room.of("boss@")[0]), text_of(room.of("op@")[0])
    assert "Decision" in boss
    assert "Decision" not in operator
    assert len(boss.splitlines()) <= 25


def test_the_mail_has_pictures_and_the_workbook_for_a_strict_reader(copied, room, asked):
    root = copied()
    configure(root, room.port, OPERATOR)
    run_one(root, request=replace(asked, now=EARLY))
    (letter,) = room.letters
    assert letter.as_bytes(policy=strict.clone(max_line_length=998))
    kinds = {part.get_content_type() for part in letter.walk()}
    assert {"text/plain", "text/html", "image/png"} <= kinds
    (book,) = [part for part in letter.iter_attachments() if part.get_filename()]
    assert book.get_filename().endswith("_2026-09-17.xlsx")
    sheets = load_workbook(BytesIO(book.get_content())).sheetnames
    assert len(sheets) > 5
    html = letter.get_body(("html",)).get_content()
    for part in letter.walk():
        if part["Content-ID"]:
            assert f"cid:{part['Content-ID'].strip('<>')}" in html


def test_whoever_wants_abnormal_days_only_is_told_why_nothing_came(tmp_path, room, asked):
    small(tmp_path / "a", 60)
    configure(tmp_path / "a", room.port, QUIET)
    done = run_one(tmp_path / "a", request=replace(asked, now=EARLY), language="en")
    assert done.status == 0
    assert room.letters == []
    (ticket,) = outbox_of(open_workspace(tmp_path / "a")).entries()
    assert (ticket.status, ticket.why.id) == (Status.SKIPPED, "outbox.why.normal")
    assert any("nothing needs attention" in line for line in done.log)


def test_a_restated_day_sends_a_short_correction_and_only_one(tmp_path, room, asked):
    root = tmp_path / "a"
    small(root, 60)
    configure(root, room.port, OPERATOR)
    run_one(root, request=replace(asked, now=EARLY))
    small(root, 60, "later.csv", d59=(1000, 5600))
    for minutes in (0, 5):
        run_one(root, request=replace(asked, now=LATE + timedelta(minutes=minutes)))
    whole, short = room.letters
    assert "Correction" in short["Subject"]
    assert "5,040.00 → 5,600" in text_of(short).replace("5,040 ", "5,040.00 ")
    assert len(text_of(short)) < len(text_of(whole))
    assert whole["Message-ID"] != short["Message-ID"]


def test_what_changes_nothing_that_was_said_sends_nothing(tmp_path, room, asked):
    root = tmp_path / "a"
    small(root, 60)
    configure(root, room.port, OPERATOR)
    run_one(root, request=replace(asked, now=EARLY))
    small(root, 60, "later.csv", d3=(1000, 5031))
    run_one(root, request=replace(asked, now=LATE))
    assert len(room.letters) == 1


def test_missing_figures_are_waited_for_then_said_then_sent_whole(tmp_path, room, asked):
    root = tmp_path / "a"
    small(root, 59)
    (root / "日报.csv").rename(root / "old.csv")
    text = (root / "old.csv").read_text(encoding="utf-8-sig").splitlines()
    (root / "old.csv").write_text("\n".join(text[:-1]) + "\n", encoding="utf-8-sig")
    configure(root, room.port, OPERATOR)
    run_one(root, request=replace(asked, now=EARLY))
    subjects = [str(letter["Subject"]) for letter in room.letters]
    assert len(subjects) == 1  # the last day there is, which nobody had got yet
    run_one(root, request=replace(asked, now=LATE))
    assert "not downloaded yet" in room.letters[1]["Subject"]
    assert "2026-09-17" in room.letters[1]["Subject"]
    small(root, 59, "today.csv")
    run_one(root, request=replace(asked, now=LATE + timedelta(hours=1)))
    run_one(root, request=replace(asked, now=LATE + timedelta(hours=2)))
    assert len(room.letters) == 3
    assert "09-17" in room.letters[2]["Subject"].replace("17 Sep", "09-17")
    assert room.letters[2].get_body(("html",)) is not None


def test_late_files_hold_the_report_until_the_stated_hour(copied, room, asked):
    root = copied()
    late = [path for path in root.rglob("*") if "来源" in path.name and "09-17" in path.name]
    assert late
    for path in late:
        path.unlink()
    configure(root, room.port, OPERATOR, extra='  hold_until: "10:30"')
    early = run_one(root, request=replace(asked, now=EARLY), language="en")
    assert room.letters == []
    assert statuses(root)["op day"] is Status.WAITING
    assert any("10:30" in line for line in early.log)
    run_one(root, request=replace(asked, now=LATE))
    assert len(room.letters) == 1


def test_a_file_that_cannot_be_used_has_its_line_in_the_log(tmp_path, asked):
    root = tmp_path / "a"
    small(root, 60)
    (root / "broken.xlsx").write_bytes(b"PK\x03\x04broken")
    done = run_one(root, request=replace(asked, now=EARLY), language="en", send=False)
    assert sum("broken.xlsx" in line for line in done.log) == 1


def test_a_week_is_sent_when_it_has_ended(tmp_path, room, asked):
    root = tmp_path / "a"
    small(root, 60)
    text = (root / "日报.csv").read_text(encoding="utf-8-sig").splitlines()
    (root / "日报.csv").write_text("\n".join(text[:-4]) + "\n", encoding="utf-8-sig")
    configure(root, room.port, BOSS)
    monday = datetime(2026, 9, 14, 9, 0, tzinfo=BEIJING)
    run_one(root, request=replace(asked, now=monday))
    run_one(root, request=replace(asked, now=monday + timedelta(hours=1)))
    assert statuses(root) == {"boss day": Status.SENT, "boss week": Status.SENT}
    assert len(room.letters) == 2


def test_a_server_that_is_busy_gets_it_later(tmp_path, room, asked):
    root = tmp_path / "a"
    small(root, 60)
    configure(root, room.port, OPERATOR)
    room.answer = "451 try again later"
    assert run_one(root, request=replace(asked, now=EARLY)).status == 0
    assert statuses(root)["op day"] is Status.WAITING
    room.answer = "250 taken"
    run_one(root, request=replace(asked, now=LATE))
    assert len(room.letters) == 1


def test_a_refusal_is_an_exit_status_and_a_line(tmp_path, room, asked):
    root = tmp_path / "a"
    small(root, 60)
    configure(root, room.port, OPERATOR)
    room.answer = "550 no such user"
    done = run_one(root, request=replace(asked, now=EARLY))
    assert done.status == 2
    assert any("550 no such user" in line for line in done.log)


def test_every_step_is_one_line_and_the_log_is_for_this_user_only(tmp_path, room, asked):
    root = tmp_path / "a"
    small(root, 60)
    configure(root, room.port, OPERATOR)
    done = run_one(root, request=replace(asked, now=EARLY), language="en")
    path = root / ".storeops" / LOG
    lines = path.read_text(encoding="utf-8").splitlines()
    assert tuple(lines) == done.log
    assert all(line.startswith("2026-09-18 08:30:00 ") for line in lines)
    steps = [line[20:].split()[0].rstrip(":") for line in lines]
    assert [s for s in steps if s in {"start", "import", "diagnose", "report", "end"}] == [
        "start", "import", "diagnose", "report", "report", "end",
    ]  # fmt: skip
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_second_run_does_nothing_while_one_is_under_way(tmp_path, asked, room):
    root = tmp_path / "a"
    small(root, 60)
    configure(root, room.port, OPERATOR)
    (root / ".storeops").mkdir()
    with FileLock(root / ".storeops" / LOCK):
        done = run_one(root, request=replace(asked, now=EARLY), language="en")
    assert done.status == 0
    assert "under way" in done.log[0]
    assert room.letters == []


def test_nobody_set_up_is_said_and_no_fault(tmp_path, asked):
    small(tmp_path / "a", 60)
    done = run_one(tmp_path / "a", request=replace(asked, now=EARLY), language="en")
    assert done.status == 0
    assert any("nobody is set up" in line for line in done.log)


def test_one_broken_workspace_stops_no_other(tmp_path, asked, room):
    small(tmp_path / "good", 60)
    configure(tmp_path / "good", room.port, OPERATOR)
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "config.yaml").write_text("delivery: {mail: {password: hunter2}}")
    runs = fleet.run((tmp_path / "bad", tmp_path / "good"), replace(asked, now=EARLY), jobs=2)
    assert [each.status for each in runs] == [2, 0]
    assert len(room.letters) == 1
    assert "hunter2" not in "\n".join(runs[0].log)
    assert "hunter2" not in (tmp_path / "bad" / ".storeops" / LOG).read_text()


def test_a_secret_reaches_no_file_of_the_workspace(tmp_path, asked, room, monkeypatch):
    root = tmp_path / "a"
    small(root, 60)
    monkeypatch.setenv("STOREOPS_TEST_PASSWORD", "pa55-w0rd-secret")
    configure(root, room.port, OPERATOR)
    text = (root / "config.yaml").read_text()
    login = "sender: shop@example.com, user: shop, password: 'env:STOREOPS_TEST_PASSWORD'"
    (root / "config.yaml").write_text(text.replace("sender: shop@example.com", login))
    done = run_one(root, request=replace(asked, now=EARLY), language="en")
    assert room.letters == []  # this server knows no login
    kept = [p.read_bytes() for p in root.rglob("*") if p.is_file() and p.name != "config.yaml"]
    assert kept
    assert not any(b"pa55-w0rd-secret" in data for data in kept)
    assert "pa55-w0rd-secret" not in "\n".join(done.log)


def test_a_webhook_document_is_the_json_of_the_report(copied, asked):
    root = copied()
    report = morning(root, asked, workbook=False).reports[0]
    recipient = RecipientSettings(name="hook", channel="webhook", url="env:HOOK")
    made = post(open_workspace(root), report, recipient, catalogue("zh"))
    assert json.loads(made.parcel.document) == jsondoc.render(report, "zh")


def test_a_reason_kept_in_the_outbox_still_speaks(tmp_path, room, asked):
    small(tmp_path / "a", 60)
    configure(tmp_path / "a", room.port, "name: art, to: art@example.com, owners: [art]")
    run_one(tmp_path / "a", request=replace(asked, now=EARLY))
    (ticket,) = outbox_of(open_workspace(tmp_path / "a")).entries()
    assert ticket.why.args["owners"] == (Term("owner", "art"),)
