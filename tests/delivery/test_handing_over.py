"""The moment before the other side can take a message: told once, in time, or nothing is sent."""

from __future__ import annotations

import base64
import time

import pytest
from loopback import NOW, SIGNING, Box, Reply, free_port, mail_server, robot_server, scripted_server

from storeops.config import DeliverySettings, MailSettings, RecipientSettings
from storeops.delivery import senders
from storeops.delivery.parcel import Fate, Outcome, Parcel
from storeops.delivery.reaching import HandingOver, Stopped
from storeops.errors import StoreopsError
from storeops.messages import message

PARCEL = Parcel("日报", "一切正常")
FAILURES = [OSError(28, "No space left on device"), StoreopsError(message("x")), ValueError("x")]
CHANNELS = ["dingtalk", "feishu", "wecom", "webhook"]


def mail(port: int, handing_over: HandingOver) -> Outcome:
    server = MailSettings(
        host="localhost", port=port, security="none", sender="shop@qq.com", timeout_seconds=2
    )
    boss = RecipientSettings(name="老板", to="boss@example.com")
    return senders.send(PARCEL, boss, DeliverySettings(mail=server), "id", NOW, handing_over)


@pytest.fixture
def post(monkeypatch):
    def run(channel: str, url: str, handing_over: HandingOver) -> Outcome:
        monkeypatch.setenv("TEST_URL", url)
        monkeypatch.setenv("TEST_SIGNING", SIGNING)
        places = {"url": "env:TEST_URL", "secret": "env:TEST_SIGNING"}
        group = RecipientSettings.model_validate({"name": "群", "channel": channel} | places)
        settings = DeliverySettings(mail=MailSettings(timeout_seconds=2))
        return senders.send(PARCEL, group, settings, "id", NOW, handing_over)

    return run


def failing(error: Exception) -> HandingOver:
    def raise_it() -> None:
        raise error

    return raise_it


def test_a_mail_is_told_of_once_when_all_but_the_final_dot_was_sent():
    told = []
    last = base64.b64encode("一切正常\r\n".encode()).decode()
    with scripted_server({}) as (port, seen):

        def note() -> None:
            until = time.monotonic() + 2
            while last not in seen and time.monotonic() < until:
                time.sleep(0.01)
            time.sleep(0.1)  # a dot that was sent already would be seen by now
            told.append((last in seen, "." in seen))

        outcome = mail(port, note)
    assert (outcome.fate, told) == (Fate.SENT, [(True, False)])
    assert "." in seen


@pytest.mark.parametrize(
    "script", [{"greeting": "421 no"}, {"MAIL": "550 no"}, {"RCPT": "451 no"}, {"DATA": "554 no"}], ids=str
)  # fmt: skip
def test_a_mail_that_does_not_come_to_the_dot_is_not_told_of(script):
    told = []
    with scripted_server(script) as (port, _):
        assert mail(port, lambda: told.append(1)).fate is not Fate.SENT
    assert told == []


@pytest.mark.parametrize("error", FAILURES, ids=repr)
def test_a_mail_that_cannot_be_noted_is_not_sent(error):
    box = Box()
    with mail_server(box, security="none") as port, pytest.raises(Stopped) as caught:
        mail(port, failing(error))
    assert caught.value.__cause__ is error
    assert box.envelopes == []


def test_after_that_nothing_more_is_sent_which_the_server_would_take_for_text():
    with scripted_server({}) as (port, seen), pytest.raises(Stopped):
        mail(port, failing(ValueError("x")))
    assert "DATA" in seen
    assert not {".", "quit"} & set(seen)


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_post_is_told_of_once_before_it_is_received(post, channel):
    told = []
    with robot_server(Reply(200, '{"errcode":0,"code":0}')) as robot:
        outcome = post(channel, robot.url("/hook/x"), lambda: told.append(len(robot.received)))
    assert (outcome.fate, told) == (Fate.SENT, [0])


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("error", FAILURES, ids=repr)
def test_a_post_that_cannot_be_noted_is_not_posted(post, channel, error):
    with robot_server(Reply(200, '{"errcode":0,"code":0}')) as robot:
        with pytest.raises(Stopped) as caught:
            post(channel, robot.url("/hook/x"), failing(error))
        assert caught.value.__cause__ is error
    assert [request.body for request in robot.received if request.body] == []


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_post_that_reaches_nobody_is_not_told_of(post, channel):
    told = []
    assert (
        post(channel, f"http://127.0.0.1:{free_port()}/x", lambda: told.append(1)).fate
        is Fate.LATER
    )
    assert told == []
