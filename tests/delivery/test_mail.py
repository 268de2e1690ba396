"""Mail against real and scripted servers on loopback: what each situation comes to."""

from __future__ import annotations

import asyncio
import socket
import time

import pytest
from loopback import (
    AUTHORITY,
    CERTIFICATES,
    DROP,
    HANG,
    NOW,
    PASSWORD,
    Box,
    free_port,
    mail_server,
    raw_server,
    scripted_server,
)

from storeops.config import DeliverySettings, MailSettings, RecipientSettings
from storeops.delivery import mail as mail_sender
from storeops.delivery.parcel import Enclosure, Fate, Parcel
from storeops.errors import StoreopsError

PARCEL = Parcel("日报", "一切正常\n.\n..点开头的行\n")
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH:UserWarning")  # on loopback

BOSS = RecipientSettings(name="老板", to="boss@example.com")
THREE = RecipientSettings(name="三人", to="boss@example.com, ops@example.com；art@example.com")


def settings(port: int, security: str = "none", **over: object) -> MailSettings:
    given = {
        "host": "localhost", "port": port, "security": security, "sender": "shop@qq.com",
        "timeout_seconds": 2, "ca_file": AUTHORITY,
    } | over  # fmt: skip
    return MailSettings.model_validate(given)


def with_login(
    port: int, security: str, *, found_at: str = "env:TEST_PASSWORD", **over: object
) -> MailSettings:
    login = {"user": "shop@qq.com", "password": found_at, "sender": None}
    return settings(port, security, **login | over)


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_mail_arrives_over_checked_tls_after_a_login(attempt, security):
    box = Box(accepts=PASSWORD)
    with mail_server(box, security=security) as port:
        outcome = attempt(PARCEL, BOSS, with_login(port, security))
    assert (outcome.fate, outcome.detail) == (Fate.SENT, "250 2.0.0 queued as 4711")
    assert box.logins[-1] == ("shop@qq.com", PASSWORD)
    assert box.was_encrypted == [True]
    (envelope,) = box.envelopes
    assert (envelope.mail_from, envelope.rcpt_tos) == ("shop@qq.com", ["boss@example.com"])


def test_a_server_on_this_machine_needs_no_encryption(attempt):
    box = Box()
    with mail_server(box, security="none") as port:
        assert attempt(PARCEL, BOSS, settings(port)).fate is Fate.SENT
    assert box.was_encrypted == [False]


def test_lines_that_begin_with_a_dot_arrive_as_they_were(attempt):
    box = Box()
    text = ".\n..\n.a\n" * 3
    with mail_server(box, security="none") as port:
        attempt(Parcel("x", text), BOSS, settings(port))
    assert text.replace("\n", "\r\n").encode() in box.envelopes[0].content


@pytest.mark.parametrize(
    "over",
    [
        {"ca_file": None},
        {"ca_file": str(CERTIFICATES / "expired.pem")},
        {"host": "127.0.0.1"},  # the certificate is for localhost
    ],
    ids=["unknown authority", "other authority", "other name"],
)
@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_certificate_that_cannot_be_trusted_stops_everything(attempt, security, over):
    box = Box(accepts=PASSWORD)
    with mail_server(box, security=security) as port:
        outcome = attempt(PARCEL, BOSS, with_login(port, security, **over))
    assert (outcome.fate, outcome.meaning.id) == (Fate.REFUSED, "delivery.untrusted")
    assert "certificate verify failed" in outcome.detail
    assert (box.logins, box.envelopes) == ([], [])


def test_an_expired_certificate_is_not_trusted(attempt):
    with mail_server(Box(), certificate="expired") as port:
        outcome = attempt(PARCEL, BOSS, settings(port, "tls"))
    assert outcome.meaning.id == "delivery.untrusted"
    assert "expired" in outcome.detail


def test_a_wrong_password_is_refused_and_not_repeated_by_us(attempt):
    box = Box(accepts="another")
    with mail_server(box, security="starttls") as port:
        outcome = attempt(PARCEL, BOSS, with_login(port, "starttls"))
    assert (outcome.fate, outcome.meaning.id) == (Fate.REFUSED, "delivery.mail.login_refused")
    assert outcome.detail.startswith("535 ")
    assert box.envelopes == []


def test_a_login_that_is_put_off_is_tried_later(attempt):
    with scripted_server({"EHLO": "250-here\r\n250 AUTH PLAIN", "AUTH": "454 try later"}) as (
        port,
        _,
    ):
        outcome = attempt(PARCEL, BOSS, with_login(port, "none"))
    assert (outcome.fate, outcome.detail) == (Fate.LATER, "454 try later")


def test_a_server_that_repeats_the_password_is_not_quoted(attempt):
    answer = f"535 no login for {PASSWORD} at all"
    with scripted_server({"EHLO": "250-here\r\n250 AUTH PLAIN", "AUTH": answer}) as (port, seen):
        outcome = attempt(PARCEL, BOSS, with_login(port, "none"))
        repeated = next(line.split()[-1] for line in seen if line.startswith("AUTH"))
    assert outcome.detail == "535 no login for *** at all"
    with scripted_server(
        {"EHLO": "250-here\r\n250 AUTH PLAIN", "AUTH": f"535 cannot decode {repeated}"}
    ) as (port, _):
        outcome = attempt(PARCEL, BOSS, with_login(port, "none"))
    assert repeated not in outcome.detail
    assert outcome.detail.startswith("535 cannot decode ")


@pytest.mark.parametrize("lang_of_password", ["密码", "Ｐａ５５"])
def test_a_password_typed_by_an_input_method_is_explained(attempt, monkeypatch, lang_of_password):
    box = Box(accepts=PASSWORD)
    with mail_server(box, security="starttls") as port:
        monkeypatch.setenv("TEST_FULL_WIDTH", lang_of_password)
        outcome = attempt(
            PARCEL, BOSS, with_login(port, "starttls", found_at="env:TEST_FULL_WIDTH")
        )
    assert (outcome.fate, outcome.meaning.id) == (Fate.REFUSED, "delivery.mail.not_ascii")
    assert lang_of_password not in repr(outcome)


def test_a_server_without_the_login_or_encryption_set_is_refused(attempt):
    with scripted_server({}) as (port, _):
        no_login = attempt(PARCEL, BOSS, with_login(port, "none"))
        no_tls = attempt(PARCEL, BOSS, with_login(port, "starttls"))
    assert (no_login.fate, no_login.meaning.id) == (Fate.REFUSED, "delivery.mail.not_offered")
    assert (no_tls.fate, no_tls.meaning.id) == (Fate.REFUSED, "delivery.mail.not_offered")


def test_tls_to_a_plain_port_is_refused_with_advice(attempt):
    with mail_server(Box(), security="none") as port:
        outcome = attempt(PARCEL, BOSS, settings(port, "tls"))
    assert (outcome.fate, outcome.meaning.id) == (Fate.REFUSED, "delivery.not_tls")


@pytest.mark.parametrize(
    ("script", "fate", "meaning"),
    [
        ({"greeting": "421 too many connections"}, Fate.LATER, "delivery.busy"),
        ({"greeting": "554 your address is barred"}, Fate.REFUSED, "delivery.refused"),
        ({"greeting": "SSH-2.0-OpenSSH_9.6"}, Fate.LATER, "delivery.not_understood"),
        ({"greeting": DROP}, Fate.LATER, "delivery.dropped"),
        ({"EHLO": DROP}, Fate.LATER, "delivery.dropped"),
        ({"MAIL": "550 not your address"}, Fate.REFUSED, "delivery.mail.sender_refused"),
        ({"MAIL": "451 later"}, Fate.LATER, "delivery.busy"),
        ({"MAIL": "421 closing\r\n"}, Fate.LATER, "delivery.busy"),
        ({"MAIL": DROP}, Fate.LATER, "delivery.dropped"),
        ({"RCPT": "450 4.2.0 greylisted"}, Fate.LATER, "delivery.busy"),
        ({"RCPT": "550 5.1.1 no such user"}, Fate.REFUSED, "delivery.mail.address_refused"),
        ({"RCPT": "251 will forward"}, Fate.SENT, "delivery.sent"),
        ({"RCPT": DROP}, Fate.LATER, "delivery.dropped"),
        ({"DATA": "451 no room"}, Fate.LATER, "delivery.busy"),
        ({"DATA": "554 no"}, Fate.REFUSED, "delivery.mail.content_refused"),
        ({"DATA": DROP}, Fate.LATER, "delivery.dropped"),
        ({".": "451 4.3.0 try again"}, Fate.LATER, "delivery.busy"),
        ({".": "554 5.7.1 spam"}, Fate.REFUSED, "delivery.mail.content_refused"),
        ({".": DROP}, Fate.UNKNOWN, "delivery.unsure"),
        ({".": "what?"}, Fate.UNKNOWN, "delivery.unsure"),
        ({".": "250 x" + "y" * 9000}, Fate.UNKNOWN, "delivery.unsure"),
        ({"QUIT": DROP}, Fate.SENT, "delivery.sent"),
        ({"QUIT": "500 what?"}, Fate.SENT, "delivery.sent"),
        ({"EHLO": "500 what?"}, Fate.SENT, "delivery.sent"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_each_answer_has_its_fate(attempt, script, fate, meaning):
    with scripted_server(script) as (port, _):
        outcome = attempt(PARCEL, BOSS, settings(port))
    assert (outcome.fate, outcome.meaning.id) == (fate, meaning)


@pytest.mark.parametrize(
    ("when", "fate"),
    [("greeting", Fate.LATER), ("EHLO", Fate.LATER), ("MAIL", Fate.LATER), ("RCPT", Fate.LATER),
     ("DATA", Fate.LATER), (".", Fate.UNKNOWN), ("QUIT", Fate.SENT)],
)  # fmt: skip
def test_silence_ends_in_time(attempt, when, fate):
    with scripted_server({when: HANG}) as (port, _):
        began = time.monotonic()
        outcome = attempt(PARCEL, BOSS, settings(port, timeout_seconds=0.3))
    assert outcome.fate is fate
    assert time.monotonic() - began < 4


def test_the_answer_to_the_final_dot_is_waited_for_longer(attempt):
    class Slow(Box):
        async def handle_DATA(self, *given):  # noqa: N802
            await asyncio.sleep(0.8)
            return await super().handle_DATA(*given)

    with mail_server(Slow(data_reply="250 scanned"), security="none") as port:
        outcome = attempt(PARCEL, BOSS, settings(port, timeout_seconds=0.4))
    assert (outcome.fate, outcome.detail) == (Fate.SENT, "250 scanned")


def test_a_connection_lost_before_the_final_dot_has_sent_nothing(attempt):
    book = Enclosure("日报.xlsx", "application/octet-stream", b"x" * 12_000_000)
    large = Parcel("日报", "见附件", enclosures=(book,))

    def half(connection: socket.socket) -> None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.sendall(b"220 here\r\n")
        for reply in (b"250 here\r\n", b"250 OK\r\n", b"250 OK\r\n", b"354 go on\r\n"):
            connection.recv(1024)
            connection.sendall(reply)
        connection.recv(10_000)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")

    with raw_server(half) as port:
        outcome = attempt(large, BOSS, settings(port))
    assert outcome.fate is Fate.LATER


def test_nobody_listening_is_tried_thrice_and_then_later(attempt, monkeypatch):
    tries = []
    real = socket.create_connection
    monkeypatch.setattr(
        socket, "create_connection", lambda *args, **kw: tries.append(1) or real(*args, **kw)
    )
    outcome = attempt(PARCEL, BOSS, settings(free_port()))
    assert (outcome.fate, outcome.meaning.id) == (Fate.LATER, "delivery.unreachable")
    assert "refused" in outcome.detail
    assert len(tries) == 3


def test_a_server_that_comes_up_between_two_tries_gets_it_once(attempt, monkeypatch):
    box = Box()
    real = socket.create_connection
    refusals = iter([ConnectionRefusedError(111, "Connection refused")])

    def connect(*args, **kw):
        for refusal in refusals:
            raise refusal
        return real(*args, **kw)

    with mail_server(box, security="none") as port:
        monkeypatch.setattr(socket, "create_connection", connect)
        assert attempt(PARCEL, BOSS, settings(port)).fate is Fate.SENT
    assert len(box.envelopes) == 1


def test_an_unknown_host_is_tried_later(attempt, monkeypatch):
    def nowhere(*args, **kw):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "create_connection", nowhere)
    outcome = attempt(PARCEL, BOSS, settings(25, "tls", host="smtp.no.such.example"))
    assert (outcome.fate, outcome.detail) == (Fate.LATER, "Name or service not known")


def test_several_addresses_get_one_message(attempt):
    box = Box()
    with mail_server(box, security="none") as port:
        assert attempt(PARCEL, THREE, settings(port)).fate is Fate.SENT
    assert [envelope.rcpt_tos for envelope in box.envelopes] == [
        ["boss@example.com", "ops@example.com", "art@example.com"]
    ]


def test_one_wrong_address_does_not_keep_the_others_waiting(attempt):
    box = Box(replies={"ops@example.com": "550 5.1.1 no such user"})
    with mail_server(box, security="none") as port:
        outcome = attempt(PARCEL, THREE, settings(port))
    assert (outcome.fate, outcome.meaning.id) == (Fate.SENT, "delivery.mail.partly")
    assert outcome.meaning.args["addresses"] == ("ops@example.com",)
    assert "550 5.1.1 no such user" in outcome.detail
    assert box.envelopes[0].rcpt_tos == ["boss@example.com", "art@example.com"]


def test_one_address_put_off_sends_to_nobody_so_that_nobody_gets_it_twice(attempt):
    box = Box(replies={"art@example.com": "451 4.7.1 greylisted"})
    with mail_server(box, security="none") as port:
        outcome = attempt(PARCEL, THREE, settings(port))
        assert (outcome.fate, box.envelopes) == (Fate.LATER, [])
        assert outcome.detail == "art@example.com: 451 4.7.1 greylisted"
        box.replies.clear()
        assert attempt(PARCEL, THREE, settings(port)).fate is Fate.SENT
    assert len(box.envelopes) == 1


def test_a_message_over_the_servers_limit_is_not_sent(attempt):
    box = Box()
    with mail_server(box, security="none", data_size_limit=1000) as port:
        outcome = attempt(Parcel("x", "长" * 1000), BOSS, settings(port))
    assert (outcome.fate, outcome.meaning.id) == (Fate.REFUSED, "delivery.mail.too_large")
    assert (outcome.meaning.args["limit"], box.envelopes) == (1000, [])


@pytest.mark.parametrize(
    ("over", "problem"),
    [
        ({"host": None}, "no_host"),
        ({"host": "smtp.qq.com", "security": "none"}, "plain"),
        ({"sender": None}, "no_sender"),
        ({"user": "shop@qq.com"}, "half_login"),
        ({"password": "env:TEST_PASSWORD"}, "half_login"),
        ({"sender": "店铺"}, "not_an_address"),
        ({"security": "tls", "ca_file": "/no/such/file.pem"}, "no_authority"),
        ({"security": "tls", "ca_file": str(CERTIFICATES / "key.pem")}, "no_authority"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_settings_that_cannot_be_used_are_refused_before_anything_is_sent(
    attempt, tried, over, problem
):
    bad = settings(free_port(), **over)
    for outcome in (attempt(PARCEL, BOSS, bad), tried(BOSS, bad)):
        assert (outcome.fate, outcome.meaning.id) == (Fate.REFUSED, f"delivery.mail.{problem}")


def test_the_sender_alone_raises_what_the_operator_can_fix():
    with pytest.raises(StoreopsError) as caught:
        mail_sender.send(PARCEL, BOSS, DeliverySettings(), "id", NOW)
    assert caught.value.problem.id == "delivery.mail.no_sender"


def test_a_missing_password_waits_for_the_operator(attempt):
    outcome = attempt(PARCEL, BOSS, with_login(free_port(), "tls", found_at="env:TEST_NO_SUCH"))
    assert (outcome.fate, outcome.meaning.id) == (Fate.LATER, "delivery.key.absent")
    assert "env:TEST_NO_SUCH" in outcome.detail


def test_a_probe_logs_in_and_sends_nothing(tried):
    box = Box(accepts=PASSWORD)
    with mail_server(box, security="tls") as port:
        outcome = tried(BOSS, with_login(port, "tls"))
    assert (outcome.fate, outcome.meaning.id) == (Fate.SENT, "delivery.mail.probed")
    assert (len(box.logins), box.envelopes) == (1, [])


@pytest.mark.parametrize(
    ("script", "fate"),
    [({"NOOP": "421 closing"}, Fate.LATER), ({"NOOP": "502 what?"}, Fate.REFUSED), ({"EHLO": DROP}, Fate.LATER)],
    ids=str,
)  # fmt: skip
def test_a_probe_tells_what_is_wrong(tried, script, fate):
    with scripted_server(script) as (port, seen):
        assert tried(BOSS, settings(port)).fate is fate
    assert not any(line.startswith(("MAIL", "RCPT", "DATA")) for line in seen)


def test_a_probe_of_a_wrong_password_says_so(tried):
    with mail_server(Box(accepts="another"), security="tls") as port:
        assert tried(BOSS, with_login(port, "tls")).meaning.id == "delivery.mail.login_refused"
