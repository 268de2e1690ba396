"""The webhook: what a receiver of the user's own can rely on."""

from __future__ import annotations

import hashlib
import hmac
import time

import pytest
from loopback import AUTHORITY, NOW, SIGNING, Received, Reply, robot_server

from storeops.config import MailSettings, RecipientSettings
from storeops.delivery.parcel import Fate, Parcel

PATH = "/hooks/a1b2c3d4e5f6a7b8c9d0"
DOCUMENT = '{"schema":"storeops.report/1","shop":"一叶旗舰店"}'
PARCEL = Parcel("日报", "正常", document=DOCUMENT)


@pytest.fixture
def receiver(monkeypatch):
    def make(url: str, *, signed: bool = True) -> RecipientSettings:
        monkeypatch.setenv("TEST_URL", url)
        return RecipientSettings(
            name="erp",
            channel="webhook",
            url="env:TEST_URL",
            secret="env:TEST_SIGNING" if signed else None,
        )

    return make


def verify(request: Received) -> Reply:
    """A receiver after the documentation: signature over timestamp, dot, body; five minutes."""
    timestamp = request.headers["x-storeops-timestamp"]
    kind, _, given = request.headers["x-storeops-signature"].partition("=")
    wanted = hmac.new(SIGNING.encode(), timestamp.encode() + b"." + request.body, hashlib.sha256)
    is_right = kind == "sha256" and hmac.compare_digest(wanted.hexdigest(), given)
    is_fresh = abs(int(timestamp) - NOW.timestamp()) < 300
    return Reply(204) if is_right and is_fresh else Reply(401, "bad signature")


def test_the_document_arrives_as_it_is_and_signed(attempt, receiver):
    with robot_server(verify) as server:
        outcome = attempt(PARCEL, receiver(server.url(PATH)))
    assert outcome.fate is Fate.SENT
    (request,) = server.received
    assert (request.path, request.body.decode()) == (PATH, DOCUMENT)
    assert request.headers["content-type"] == "application/json; charset=utf-8"


def test_every_attempt_at_a_message_has_the_same_key(attempt, receiver):
    with robot_server(Reply(503), Reply(200)) as server:
        fates = [attempt(PARCEL, receiver(server.url(PATH))).fate for _ in range(2)]
    assert fates == [Fate.LATER, Fate.SENT]
    keys = {request.headers["idempotency-key"] for request in server.received}
    assert keys == {"day/2025-11-20/boss"}


def test_without_a_secret_nothing_is_signed(attempt, receiver):
    with robot_server(Reply(200)) as server:
        assert attempt(PARCEL, receiver(server.url(PATH), signed=False)).fate is Fate.SENT
    assert "x-storeops-signature" not in server.received[0].headers
    assert server.received[0].headers["x-storeops-timestamp"] == str(int(NOW.timestamp()))


def test_a_parcel_without_a_document_is_posted_as_subject_and_text(attempt, receiver):
    with robot_server(verify) as server:
        attempt(Parcel("日报", "正常"), receiver(server.url(PATH)))
    assert server.received[0].document == {"subject": "日报", "text": "正常"}


@pytest.mark.parametrize(
    ("status", "fate", "meaning"),
    [
        (200, Fate.SENT, "sent"),
        (202, Fate.SENT, "sent"),
        (204, Fate.SENT, "sent"),
        (301, Fate.REFUSED, "robot.redirected"),
        (304, Fate.REFUSED, "robot.redirected"),
        (400, Fate.REFUSED, "robot.refused"),
        (401, Fate.REFUSED, "robot.refused"),
        (404, Fate.REFUSED, "robot.refused"),
        (408, Fate.LATER, "busy"),
        (410, Fate.REFUSED, "robot.refused"),
        (429, Fate.LATER, "busy"),
        (500, Fate.LATER, "busy"),
        (503, Fate.LATER, "busy"),
        (504, Fate.LATER, "busy"),
    ],
)
def test_the_status_alone_decides(attempt, receiver, status, fate, meaning):
    headers = {"Retry-After": "90"} if status in {429, 503} else {}
    with robot_server(Reply(status, "" if status in {204, 304} else "why", headers)) as server:
        outcome = attempt(PARCEL, receiver(server.url(PATH)))
    assert (outcome.fate, outcome.meaning.id) == (fate, f"delivery.{meaning}")
    assert outcome.detail.startswith(str(status))
    assert ("Retry-After: 90" in outcome.detail) == bool(headers)


def test_silence_leaves_open_whether_it_was_taken(attempt, receiver):
    def slow(request: Received) -> Reply:
        time.sleep(1)
        return Reply(200)

    with robot_server(slow) as server:
        outcome = attempt(PARCEL, receiver(server.url(PATH)), MailSettings(timeout_seconds=0.3))
    assert outcome.fate is Fate.UNKNOWN


def test_a_large_document_arrives_whole(attempt, receiver):
    large = '{"rows":"' + "长" * 700_000 + '"}'
    with robot_server(verify) as server:
        assert (
            attempt(Parcel("x", "", document=large), receiver(server.url(PATH))).fate is Fate.SENT
        )
    assert server.received[0].body.decode() == large


def test_a_checked_certificate_is_needed(attempt, receiver, monkeypatch):
    with robot_server(verify, certificate="localhost") as server:
        recipient = receiver(server.url(PATH, scheme="https", host="localhost"))
        assert attempt(PARCEL, recipient).meaning.id == "delivery.untrusted"
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", AUTHORITY)
        assert attempt(PARCEL, recipient).fate is Fate.SENT
