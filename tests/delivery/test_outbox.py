"""The outbox: once per key, tried until it expires, corrected once, and whole after damage."""

from __future__ import annotations

import json
import stat
from datetime import UTC, timedelta

import pytest
from filelock import FileLock
from mailbox_server import running_mailbox
from outbox_child import DAY, NOW, SHOP, Mailer, key, letter, mail, robot, settings

from storeops.config import BEIJING
from storeops.delivery.offering import Offer, offer
from storeops.delivery.outbox import Key, Letter, Outbox, Status
from storeops.delivery.outbox.transitions import UNANSWERED, pause
from storeops.delivery.parcel import Fate, Outcome, Parcel
from storeops.delivery.rules import About
from storeops.diagnose.finding import PeriodKind, State
from storeops.errors import StoreopsError
from storeops.messages import Term, message
from storeops.reporter.lang import catalogue

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
NORMAL = message("outbox.why.normal")
PEOPLE = settings(mail("boss"), mail("art", quiet=["22:00", "08:00"]), robot("group"))


class Sender:
    """Notes what it is given; answers what it is told to, by recipient, then that it was sent."""

    def __init__(self, **answers):
        self.sent = []
        self.answers = {name: list(fates) for name, fates in answers.items()}

    def __call__(self, parcel, recipient, message_id, /, *, handing_over):
        queue = self.answers.get(recipient.name)
        answer = queue.pop(0) if queue else Fate.SENT
        if isinstance(answer, Exception):
            raise answer
        handing_over()
        handing_over()
        self.sent.append((recipient.name, parcel.subject, message_id))
        return Outcome(answer, f"said {answer}")

    @property
    def subjects(self):
        return [subject for _, subject, _ in self.sent]


@pytest.fixture
def folder(tmp_path):
    return tmp_path / ".storeops" / "outbox"


@pytest.fixture
def box(folder):
    return Outbox(folder, PEOPLE, wait_seconds=0.2)


@pytest.fixture
def mailbox():
    with running_mailbox() as running:
        yield running


def put(box, digest="a", name="boss", **more):
    more = {"now": NOW, **more}
    return box.put(key(name), letter(digest, correction=more.pop("correction", True)), **more)


def only(box):
    (ticket,) = box.entries()
    return ticket


# once


def test_a_letter_is_sent_once_whatever_is_put_again(box):
    send = Sender()
    assert put(box).ticket.status is Status.WAITING
    for _ in range(3):
        assert put(box) is None
        box.deliver(send, NOW)
    assert send.subjects == ["日报 a"]
    ticket = only(box)
    assert (ticket.status, ticket.attempts, ticket.content) == (Status.SENT, 1, None)


def test_what_is_read_back_is_what_was_sent(box):
    def send(parcel, recipient, message_id, /, *, handing_over):
        got.append(parcel)
        return Outcome(Fate.SENT)

    got = []
    put(box)
    box.deliver(send, NOW)
    assert got == [letter("a").parcel]


def test_unsent_content_is_replaced(box, folder):
    put(box, "a")
    assert put(box, "b").ticket.digest == "b"
    assert len(list(folder.glob("*.parcel"))) == 1
    send = Sender()
    box.deliver(send, NOW)
    assert send.subjects == ["日报 b"]


def test_sent_content_is_corrected_once_per_content(box):
    send = Sender()
    for digest in "abbabacca":
        put(box, digest)
        box.deliver(send, NOW)
    assert send.subjects == ["日报 a", "更正 b", "更正 a", "更正 c"]
    assert len({message_id for _, _, message_id in send.sent}) == 4
    ticket = only(box)
    assert [(past.edition, past.status) for past in ticket.past] == [
        (number, Status.SENT) for number in (1, 2, 3)
    ]


def test_without_a_correction_nothing_follows(box):
    send = Sender()
    for digest in "ab":
        put(box, digest, correction=False)
        box.deliver(send, NOW)
    assert send.subjects == ["日报 a"]


def test_a_pending_correction_gives_way_to_a_newer_one(box):
    send = Sender(boss=[Fate.SENT, Fate.LATER])
    put(box, "a")
    box.deliver(send, NOW)
    put(box, "b")
    box.deliver(send, NOW)
    assert put(box, "c").ticket.is_correction
    box.deliver(send, NOW)
    assert send.subjects == ["日报 a", "更正 b", "更正 c"]


def test_a_pending_correction_is_taken_back_when_the_first_figures_return(box):
    send = Sender(boss=[Fate.SENT, Fate.LATER])
    put(box, "a")
    box.deliver(send, NOW)
    before = only(box)
    put(box, "b")
    box.deliver(send, NOW)
    assert put(box, "a").ticket.why.id == "outbox.why.withdrawn"
    box.deliver(send, NOW + HOUR)
    assert send.subjects == ["日报 a", "更正 b"]
    after = only(box)
    assert (after.status, after.changed, after.digest, after.edition) == (
        before.status, before.changed, before.digest, before.edition,
    )  # fmt: skip
    put(box, "c")
    box.deliver(send, NOW + HOUR)
    assert send.subjects[-1] == "更正 c"


def test_a_correction_that_may_have_arrived_is_corrected_not_taken_back(box):
    send = Sender(boss=[Fate.SENT, Fate.UNKNOWN])
    put(box, "a")
    box.deliver(send, NOW)
    put(box, "b")
    box.deliver(send, NOW)
    put(box, "a")
    box.deliver(send, NOW)
    assert send.subjects == ["日报 a", "更正 b", "更正 a"]
    assert only(box).status is Status.SENT


def test_keys_differ_in_shop_day_kind_and_recipient(box):
    keys = [
        key("boss"),
        key("art"),
        Key("other", DAY, PeriodKind.DAY, "boss"),
        Key(SHOP, DAY - timedelta(days=1), PeriodKind.DAY, "boss"),
        Key(SHOP, DAY, PeriodKind.WEEK, "boss"),
    ]
    for each in keys:
        box.put(each, letter(), now=NOW)
    send = Sender()
    box.deliver(send, NOW)
    assert len(send.sent) == len(keys) == len({message_id for _, _, message_id in send.sent})
    assert {ticket.key for ticket in box.entries("other")} == {keys[2]}


def test_names_are_stable():
    told = Key("店\ud800", DAY, PeriodKind.DAY, "老板")
    assert told.name == "2026-09-16-day-f5eeeceb3b"
    assert told.message_id("a", 2) == "<b8cc7ef9854af4e718934ff4c2bd9b6b.2@storeops.invalid>"
    assert told.message_id("b", 2) != told.message_id("a", 2)


def test_a_letter_needs_a_digest():
    with pytest.raises(ValueError, match="digest"):
        Letter(Parcel("s", "t"), "")


# not sent, on purpose


def test_a_reason_is_kept_and_told(box):
    why = message("outbox.why.no_task", owners=(Term("owner", "art"), Term("owner", "service")))
    receipt = box.skip(key("art"), why, now=NOW)
    assert only(box) == receipt.ticket
    assert catalogue("en").text(receipt.said) == (
        f"2026-09-16 daily report  {SHOP} → art: not sent (no task for art, service)"
    )
    assert box.skip(key("art"), why, now=NOW + HOUR) is None
    assert box.deliver(Sender(), NOW) == ()
    assert box.skip(key("art"), NORMAL, now=NOW).ticket.why == NORMAL


def test_what_was_skipped_is_sent_when_there_is_something_to_say(box):
    box.skip(key("boss"), NORMAL, now=NOW)
    put(box)
    box.deliver(send := Sender(), NOW)
    assert send.subjects == ["日报 a"]
    assert box.skip(key("boss"), NORMAL, now=NOW) is None
    assert only(box).status is Status.SENT


def test_a_held_letter_is_taken_back(box, folder):
    put(box, not_before=NOW + HOUR)
    assert box.skip(key("boss"), NORMAL, now=NOW).ticket.status is Status.SKIPPED
    assert list(folder.glob("*.parcel")) == []
    assert box.deliver(Sender(), NOW + 2 * HOUR) == ()


def test_a_report_meets_the_rules(box):
    def offered(state, digest, **more):
        about = About(SHOP, DAY, PeriodKind.DAY, state, **{"needs_attention": False, **more})
        made = Offer(about, digest, lambda _: letter(digest))
        return offer(box, made, recipient, settings=PEOPLE, now=NOW)

    recipient = mail("boss", when="abnormal")
    send = Sender()
    assert offered(State.INCOMPLETE_DATA, "a").ticket.why.id == "outbox.why.late"
    box.deliver(send, NOW)
    assert send.sent == []
    assert offered(State.NORMAL, "b").ticket.status is Status.SKIPPED
    assert offered(State.ABNORMAL, "c", needs_attention=True).ticket.status is Status.WAITING
    box.deliver(send, NOW)
    assert offered(State.NORMAL, "d").ticket.is_correction
    box.deliver(send, NOW)
    assert send.subjects == ["日报 c", "更正 d"]


# again


def test_a_busy_server_is_tried_again_after_longer_and_longer_pauses(box):
    send = Sender(boss=[Fate.LATER] * 6)
    put(box)
    waits, now = [], NOW
    while only(box).status is Status.WAITING:
        box.deliver(send, now)
        due = box.next_due()
        if due is None:
            break
        assert box.deliver(send, due - timedelta(seconds=1)) == ()
        waits.append((due - now) / MINUTE)
        now = due
    assert len(send.sent) == 7
    for wait, least in zip(waits, (1, 5, 15, 60, 60, 60), strict=True):
        assert least <= wait <= 1.2 * least
    assert waits[3] != waits[4]
    assert len({message_id for _, _, message_id in send.sent}) == 1


def test_pauses_are_the_same_in_every_run_and_differ_between_messages():
    assert pause("<a>", 3) == pause("<a>", 3)
    assert len({pause(f"<{n}>", 1) for n in range(20)}) > 5


def test_a_refusal_is_final_until_somebody_asks(box):
    send = Sender(boss=[Fate.REFUSED])
    put(box)
    (receipt,) = box.deliver(send, NOW)
    assert (
        catalogue("en")
        .text(receipt.said)
        .endswith(
            "refused 09-17 09:00, not tried again by itself; the other side said: said refused"
        )
    )
    assert put(box) is None
    assert box.deliver(send, NOW + HOUR) == ()
    name = only(box).key.name
    assert box.retry(name[:12], NOW + HOUR).ticket.status is Status.WAITING
    box.deliver(send, NOW + HOUR)
    assert len(send.sent) == 2
    assert only(box).status is Status.SENT


def test_new_content_after_a_refusal_is_tried(box):
    send = Sender(boss=[Fate.REFUSED])
    put(box)
    box.deliver(send, NOW)
    put(box, "b")
    box.deliver(send, NOW)
    assert send.subjects == ["日报 a", "日报 b"]


def test_a_letter_is_given_up_when_its_time_is_over(box):
    put(box, not_before=NOW + HOUR)
    ends = NOW + HOUR + timedelta(hours=PEOPLE.expire_hours)
    assert box.entries()[0].expires == ends
    send = Sender(boss=[Fate.LATER] * 99)
    now = NOW
    while (now := max(now + 30 * MINUTE, box.next_due() or now)) < ends:
        box.deliver(send, now)
    assert len(send.sent) > 10
    (receipt,) = box.deliver(send, ends)
    assert receipt.ticket.status is Status.EXPIRED
    assert box.next_due() is None
    assert box.retry(receipt.ticket.key.name, ends).ticket.expires > ends


def test_retry_says_what_cannot_be_retried(box):
    put(box)
    put(box, name="art")
    for name, problem in (("2026", "outbox.several"), ("1999", "outbox.no_such")):
        with pytest.raises(StoreopsError, match=problem):
            box.retry(name, NOW)
    with pytest.raises(StoreopsError, match=r"outbox\.no_retry"):
        box.retry(key("boss").name, NOW)


def test_quiet_hours_put_off_what_is_due(box):
    night = NOW.replace(hour=23)
    put(box, name="art", now=night)
    put(box, now=night)
    send = Sender()
    assert len(box.deliver(send, night)) == 2
    assert box.deliver(send, night + HOUR) == ()
    assert [name for name, *_ in send.sent] == ["boss"]
    assert box.next_due() == NOW.replace(day=18, hour=8)
    box.deliver(send, NOW.replace(day=18, hour=8))
    assert [name for name, *_ in send.sent] == ["boss", "art"]


def test_a_retry_waits_for_the_end_of_quiet_hours(box):
    late = NOW.replace(hour=21, minute=59, second=30)
    put(box, name="art", now=late)
    box.deliver(Sender(art=[Fate.LATER]), late)
    assert box.next_due() == NOW.replace(day=18, hour=8)


def test_one_failing_recipient_stops_no_other(box):
    send = Sender(
        boss=[ValueError("https://robot/?access_token=SECRET")], group=[StoreopsError(NORMAL)]
    )
    for name in ("boss", "group", "art"):
        put(box, name=name)
    receipts = box.deliver(send, NOW)
    assert [name for name, *_ in send.sent] == ["art"]
    assert len(receipts) == 3
    by_name = {ticket.key.recipient: ticket for ticket in box.entries()}
    assert by_name["boss"].status is Status.WAITING
    assert by_name["boss"].detail.startswith("ValueError (test_outbox.py:")
    assert (by_name["group"].status, by_name["group"].why) == (Status.WAITING, NORMAL)
    assert "SECRET" not in repr(by_name)


def test_the_oldest_goes_first(box):
    for minutes, name in ((2, "boss"), (1, "group"), (3, "art")):
        put(box, name=name, now=NOW + minutes * MINUTE)
    box.deliver(send := Sender(), NOW + HOUR)
    assert [name for name, *_ in send.sent] == ["group", "boss", "art"]


def test_who_left_the_configuration_gets_nothing_and_stops_nobody(box, folder):
    put(box, name="boss")
    put(box, name="group")
    fewer = Outbox(folder, settings(robot("group")))
    receipts = fewer.deliver(send := Sender(), NOW)
    assert [name for name, *_ in send.sent] == ["group"]
    assert {receipt.ticket.key.recipient for receipt in receipts} == {"boss", "group"}
    assert fewer.deliver(send, NOW) == ()
    box.deliver(send, NOW)
    assert [name for name, *_ in send.sent] == ["group", "boss"]


# handed over without an answer


def test_mail_without_an_answer_is_sent_again_under_its_name_a_few_times(box):
    send = Sender(boss=[Fate.UNKNOWN] * 99)
    put(box)
    now = NOW
    while (due := box.next_due()) is not None:
        now = max(now, due)
        box.deliver(send, now)
    assert len(send.sent) == UNANSWERED
    assert len({message_id for _, _, message_id in send.sent}) == 1
    assert only(box).status is Status.UNKNOWN
    assert put(box) is None
    assert put(box, "b").ticket.is_correction


def test_a_robot_without_an_answer_is_left_alone(box):
    send = Sender(group=[Fate.UNKNOWN])
    put(box, name="group")
    box.deliver(send, NOW)
    assert box.deliver(send, NOW + HOUR) == ()
    assert only(box).status is Status.UNKNOWN
    box.retry(key("group").name, NOW + HOUR)
    box.deliver(send, NOW + HOUR)
    assert len(send.sent) == 2


def test_mail_that_may_have_arrived_is_not_called_given_up(box):
    send = Sender(boss=[Fate.UNKNOWN])
    put(box)
    box.deliver(send, NOW)
    box.deliver(send, NOW + timedelta(days=2))
    assert only(box).status is Status.UNKNOWN


def test_an_exception_after_the_hand_over_counts_as_handed_over(box):
    def send(parcel, recipient, message_id, /, *, handing_over):
        handing_over()
        raise ConnectionResetError

    put(box, name="group")
    box.deliver(send, NOW)
    assert only(box).status is Status.UNKNOWN


@pytest.mark.parametrize(("name", "subject"), [("group", "更正 b"), ("boss", "日报 b")])
def test_new_content_after_a_kill_behind_the_hand_over(box, name, subject):
    """A robot's group may have the first and gets a correction; mail starts anew, whole."""

    class Killed(BaseException):
        pass

    def send(parcel, recipient, message_id, /, *, handing_over):
        handing_over()
        raise Killed

    put(box, name=name)
    with pytest.raises(Killed):
        box.deliver(send, NOW)
    assert box.was_sent(key(name)) == (name == "group")
    put(box, "b", name=name)
    box.deliver(again := Sender(), NOW)
    assert again.subjects == [subject]


def test_the_hand_over_is_on_disk_before_it_happens(box, folder):
    def send(parcel, recipient, message_id, /, *, handing_over):
        seen.append(on_disk(folder))
        handing_over()
        seen.append(on_disk(folder))
        return Outcome(Fate.SENT)

    seen = []
    put(box)
    box.deliver(send, NOW)
    assert seen == [("trying", 1, False), ("trying", 1, True)]


def on_disk(folder):
    (path,) = folder.glob("*.json")
    ticket = json.loads(path.read_text(encoding="utf-8"))["ticket"]
    return ticket["status"], ticket["attempts"], ticket["is_handed_over"]


# a real server


def test_a_server_that_is_down_comes_back(box, mailbox):
    put(box)
    box.deliver(Mailer(1), NOW)
    assert only(box).detail == "ConnectionRefusedError"
    box.deliver(Mailer(mailbox.port), NOW + HOUR)
    assert list(mailbox.copies().values()) == [1]


@pytest.mark.parametrize(
    ("answers", "copies"),
    [(["451 later"], 1), (["drop"], 2), (["451 a", "drop", "451 b"], 2), (["drop", "drop"], 3)],
)
def test_a_server_in_a_bad_way_gets_the_mail_in_the_end(box, mailbox, answers, copies):
    mailbox.answers = list(answers)
    put(box)
    now = NOW
    while (due := box.next_due()) is not None:
        now = max(now, due)
        box.deliver(Mailer(mailbox.port), now)
    assert only(box).status is Status.SENT
    assert list(mailbox.copies().values()) == [copies]


def test_a_server_that_refuses_is_quoted(box, mailbox):
    mailbox.refused = "550 no such user"
    put(box)
    box.deliver(Mailer(mailbox.port), NOW)
    assert (only(box).status, only(box).detail) == (Status.REFUSED, "550 no such user")


def test_a_slow_server_is_waited_for(box, mailbox):
    mailbox.delay = 0.5
    put(box)
    put(box, name="art")
    box.deliver(Mailer(mailbox.port), NOW)
    assert sorted(mailbox.copies().values()) == [1, 1]


# damage, and the files


def test_files_are_for_this_user_and_hold_no_address(box, folder):
    put(box)
    put(box, name="group")
    box.deliver(Sender(boss=[Fate.LATER]), NOW)
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert len(files) >= 4
    for path in [folder, *folder.rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path
    assert not any(b"example.com" in path.read_bytes() for path in files)
    assert not any(b"env:" in path.read_bytes() for path in files)


def test_damaged_and_foreign_files_are_kept_aside_and_stop_nothing(box, folder):
    put(box)
    put(box, name="art")
    torn = folder / f"{key('art').name}.json"
    torn.write_bytes(torn.read_bytes()[:100])
    (folder / "note.txt").write_text("mine")
    (folder / "copy (1).json").write_text("{}")
    (folder / ".DS_Store").write_text("")
    (folder / ".tmp-left").write_text("half")
    receipts = box.deliver(send := Sender(), NOW)
    assert [name for name, *_ in send.sent] == ["boss"]
    said = [catalogue("en").text(receipt.said) for receipt in receipts]
    assert len([line for line in said if "moved to the folder aside" in line]) == 4
    assert {name.split(".")[0] for name in box.aside()} == {
        "note", "copy (1)", key("art").name,
    }  # fmt: skip
    assert box.deliver(send, NOW) == ()
    assert sorted(path.name for path in folder.glob("*")) == sorted(
        [".DS_Store", ".lock", "aside", "receipts"]
    )
    put(box, name="art")
    box.deliver(send, NOW)
    assert [name for name, *_ in send.sent] == ["boss", "art"]


@pytest.mark.parametrize(
    "garbage",
    [b"", b"\xff\xfe", b"[]", b"{}", b"null", b"[" * 100_000, b'{"schema": "storeops.outbox/9"}'],
)
def test_any_bytes_in_place_of_a_ticket_are_survived(box, folder, garbage):
    put(box)
    path = folder / f"{key('art').name}.json"
    path.write_bytes(garbage)
    assert len(box.entries()) == 1
    assert box.next_due() == NOW
    box.deliver(send := Sender(), NOW)
    assert len(send.sent) == 1
    assert box.aside() == (path.name,)


def test_a_ticket_under_another_name_is_not_believed(box, folder):
    put(box)
    path = folder / f"{key('boss').name}.json"
    (folder / f"{key('art').name}.json").write_bytes(path.read_bytes())
    box.deliver(send := Sender(), NOW)
    assert len(send.sent) == 1


def test_a_robot_whose_receipt_is_damaged_is_not_sent_the_same_again(box, folder):
    for name in ("group", "boss"):
        put(box, name=name)
    box.deliver(Sender(), NOW)
    for path in (folder / "receipts").glob("*.json"):
        path.write_text("torn")
    send = Sender()
    for name in ("group", "boss"):
        put(box, name=name, correction=False)
    box.deliver(send, NOW)
    assert [name for name, *_ in send.sent] == ["boss"]


def test_lost_content_is_said_and_taken_on_again(box, folder):
    put(box)
    (content,) = folder.glob("*.parcel")
    content.write_bytes(content.read_bytes()[:-5])
    box.deliver(send := Sender(), NOW)
    assert (only(box).status, only(box).why.id) == (Status.REFUSED, "outbox.why.lost")
    assert put(box).ticket.status is Status.WAITING
    box.deliver(send, NOW)
    assert send.subjects == ["日报 a"]


def test_a_ticket_that_cannot_be_opened_is_said_and_left(box, folder, monkeypatch):
    put(box)
    put(box, name="art")
    bad = folder / f"{key('art').name}.json"
    read = type(bad).read_bytes

    def refuse(path):
        if path == bad:
            raise PermissionError(13, "denied")
        return read(path)

    monkeypatch.setattr(type(bad), "read_bytes", refuse)
    receipts = box.deliver(send := Sender(), NOW)
    assert [name for name, *_ in send.sent] == ["boss"]
    assert receipts[0].said.id == "outbox.unreadable"
    with pytest.raises(StoreopsError, match=r"outbox\.not_written"):
        put(box, name="art")
    monkeypatch.undo()
    box.deliver(send, NOW)
    assert [name for name, *_ in send.sent] == ["boss", "art"]


def test_a_full_disk_sends_nothing_it_cannot_note(box, monkeypatch):
    put(box)

    def full(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    send = Sender()
    with pytest.raises(StoreopsError, match=r"outbox\.not_written"):
        box.deliver(send, NOW)
    assert send.sent == []
    monkeypatch.undo()
    box.deliver(send, NOW)
    assert len(send.sent) == 1


def test_a_mark_that_cannot_be_written_stops_the_hand_over(box, monkeypatch):
    def send(parcel, recipient, message_id, /, *, handing_over):
        with monkeypatch.context() as patch:
            patch.setattr("os.replace", full)
            handing_over()
        raise AssertionError("went on")

    def full(source, target):
        raise OSError(28, "No space left on device")

    put(box, name="group")
    box.deliver(send, NOW)
    assert only(box).status is Status.WAITING
    assert only(box).detail.startswith("OSError")


def test_another_run_that_holds_the_outbox_is_named_and_nothing_is_lost(box, folder):
    put(box)
    with FileLock(folder / ".lock"):
        (receipt,) = box.deliver(Sender(), NOW)
        assert receipt.said.id == "outbox.busy"
        with pytest.raises(StoreopsError, match=r"outbox\.busy"):
            put(box, name="art")
    box.deliver(send := Sender(), NOW)
    assert len(send.sent) == 1


def test_nothing_is_made_where_nothing_is_sent(box, folder):
    assert box.deliver(Sender(), NOW) == ()
    assert (box.entries(), box.aside(), box.next_due()) == ((), (), None)
    assert not folder.exists()


# history


def test_receipts_are_listed_newest_first_and_forgotten_after_400_days(box):
    send = Sender(boss=[Fate.REFUSED])
    put(box)
    for back in range(40):
        each = Key(SHOP, DAY - timedelta(days=10 * back), PeriodKind.DAY, "art")
        box.put(each, letter(), now=NOW - timedelta(days=10 * back))
        box.deliver(send, NOW.replace(hour=12) - timedelta(days=10 * back))
    days = [ticket.key.day for ticket in box.entries()]
    assert days == sorted(days, reverse=True)
    assert len(days) == 41
    assert len(box.entries(limit=5)) in {5, 6}
    box.deliver(send, NOW + timedelta(days=405))
    assert {ticket.key.recipient for ticket in box.entries()} == set()


def test_content_of_what_was_refused_is_kept_for_a_month(box, folder):
    put(box)
    box.deliver(Sender(boss=[Fate.REFUSED]), NOW)
    box.deliver(Sender(), NOW + timedelta(days=29))
    assert len(list(folder.glob("*.parcel"))) == 1
    box.deliver(Sender(), NOW + timedelta(days=31))
    assert list(folder.glob("*.parcel")) == []
    with pytest.raises(StoreopsError, match=r"outbox\.no_content"):
        box.retry(key("boss").name, NOW)


def test_a_clock_of_another_zone_is_the_same_moment(box):
    put(box, now=NOW.astimezone(UTC), not_before=NOW + HOUR)
    assert box.deliver(Sender(), NOW.astimezone(UTC)) == ()
    assert only(box).due == (NOW + HOUR).astimezone(BEIJING)
