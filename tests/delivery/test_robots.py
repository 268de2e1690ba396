"""Group robots on loopback: signatures checked by the vendors' rules, and what each answer means."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
import ssl
import time
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from loopback import (
    ACCESS,
    AUTHORITY,
    NOW,
    SIGNING,
    Received,
    Reply,
    free_port,
    raw_server,
    robot_server,
)

from storeops.config import MailSettings, RecipientSettings
from storeops.delivery.parcel import Enclosure, Fate, Parcel

PARCEL = Parcel("一叶旗舰店 日报", "### 昨天正常\n- 访客数 1,234\n- “引号”与\\反斜杠")
PATHS = {
    "dingtalk": f"/robot/send?access_token={ACCESS}",
    "feishu": f"/open-apis/bot/v2/hook/{ACCESS}",
    "wecom": f"/cgi-bin/webhook/send?key={ACCESS}",
}
ROBOTS = sorted(PATHS)
OK = {
    "dingtalk": '{"errcode":0,"errmsg":"ok"}',
    "feishu": '{"code":0,"msg":"success","data":{}}',
    "wecom": '{"errcode":0,"errmsg":"ok"}',
}
SILENT = MailSettings(timeout_seconds=0.3)
each_robot = pytest.mark.parametrize("channel", ROBOTS)


@pytest.fixture
def group(monkeypatch):
    """A recipient whose robot is at an address."""

    def make(channel: str, url: str, *, signed: bool = True) -> RecipientSettings:
        monkeypatch.setenv("TEST_URL", url)
        return RecipientSettings(
            name="群", channel=channel, url="env:TEST_URL", secret="env:TEST_SIGNING" if signed else None
        )  # fmt: skip

    return make


def dingtalk_rule(request: Received) -> Reply:
    """Sign = base64(HMAC-SHA256(secret, timestamp LF secret)), URL-encoded once; within an hour."""
    query = parse_qs(urlsplit(request.path).query)
    timestamp, sign = query["timestamp"][0], query["sign"][0]
    wanted = hmac.digest(SIGNING.encode(), f"{timestamp}\n{SIGNING}".encode(), "sha256")
    if abs(int(timestamp) - NOW.timestamp() * 1000) > 3_600_000:
        return Reply(body='{"errcode":310000,"errmsg":"invalid timestamp"}')
    if query["access_token"] != [ACCESS] or base64.b64decode(sign, validate=True) != wanted:
        return Reply(body='{"errcode":310000,"errmsg":"sign not match"}')
    assert request.headers["content-type"].startswith("application/json")
    assert request.document["msgtype"] == "markdown"
    assert set(request.document["markdown"]) == {"title", "text"}
    return Reply(body=OK["dingtalk"])


def feishu_rule(request: Received) -> Reply:
    """Sign = base64(HMAC-SHA256(key = timestamp LF secret, nothing)), in the body; within an hour."""
    given = request.document
    key = f"{given['timestamp']}\n{SIGNING}".encode()
    wanted = base64.b64encode(hmac.new(key, digestmod=hashlib.sha256).digest()).decode()
    if given["sign"] != wanted or abs(int(given["timestamp"]) - NOW.timestamp()) > 3600:
        return Reply(
            body='{"code":19021,"msg":"sign match fail or timestamp is not within one hour"}'
        )
    assert given["msg_type"] == "interactive"
    assert "sign" not in request.path
    return Reply(body=OK["feishu"])


def wecom_rule(request: Received) -> Reply:
    """The key stands in the address, nothing is signed, at most 2,048 bytes."""
    if parse_qs(urlsplit(request.path).query) != {"key": [ACCESS]}:
        return Reply(body='{"errcode":93000,"errmsg":"invalid webhook url"}')
    assert set(request.document) == {"msgtype", "markdown"}
    assert len(request.document["markdown"]["content"].encode()) <= 2048
    return Reply(body=OK["wecom"])


RULES = {"dingtalk": dingtalk_rule, "feishu": feishu_rule, "wecom": wecom_rule}


@each_robot
def test_the_vendors_rule_accepts_the_message(attempt, group, channel):
    with robot_server(RULES[channel]) as robot:
        outcome = attempt(PARCEL, group(channel, robot.url(PATHS[channel])))
    assert (outcome.fate, outcome.meaning.id) == (Fate.SENT, "delivery.sent")
    (request,) = robot.received
    assert request.method == "POST"
    shown = json.dumps(request.document, ensure_ascii=False)
    assert "访客数 1,234" in shown
    assert json.dumps(PARCEL.text, ensure_ascii=False)[1:-1] in shown


def test_the_dingtalk_signature_is_encoded_once(attempt, group):
    with robot_server(dingtalk_rule) as robot:
        attempt(PARCEL, group("dingtalk", robot.url(PATHS["dingtalk"])))
    sign = robot.received[0].path.rpartition("sign=")[2]
    assert sign.endswith("%3D")
    assert "%25" not in sign
    assert not set("+/=") & set(sign)


@pytest.mark.parametrize("channel", ["dingtalk", "feishu"])
def test_a_robot_without_a_secret_is_not_signed(attempt, group, channel):
    with robot_server(Reply(body=OK[channel])) as robot:
        assert (
            attempt(PARCEL, group(channel, robot.url(PATHS[channel]), signed=False)).fate
            is Fate.SENT
        )
    assert robot.received[0].path == PATHS[channel]
    assert "sign" not in robot.received[0].document


@pytest.mark.parametrize(
    ("channel", "answer", "fate", "meaning"),
    [
        ("dingtalk", '{"errcode":310000,"errmsg":"sign not match"}', Fate.REFUSED, "robot.not_secure"),
        ("dingtalk", '{"errcode":310000,"errmsg":"keywords not in content"}', Fate.REFUSED, "robot.not_secure"),
        ("dingtalk", '{"errcode":130101,"errmsg":"send too fast, exceed 20 times per minute"}', Fate.LATER, "busy"),
        ("dingtalk", '{"errcode":410100,"errmsg":"限流"}', Fate.LATER, "busy"),
        ("dingtalk", '{"errcode":-1,"errmsg":"系统繁忙"}', Fate.LATER, "busy"),
        ("dingtalk", '{"errcode":300001,"errmsg":"token is not exist"}', Fate.REFUSED, "robot.no_such_key"),
        ("dingtalk", '{"errcode":400102,"errmsg":"机器人已停用"}', Fate.REFUSED, "robot.gone"),
        ("dingtalk", '{"errcode":430102,"errmsg":"含有不合适的文本"}', Fate.REFUSED, "robot.refused"),
        ("feishu", '{"code":19021,"msg":"sign match fail"}', Fate.REFUSED, "robot.not_secure"),
        ("feishu", '{"code":19024,"msg":"Key Words Not Found"}', Fate.REFUSED, "robot.not_secure"),
        ("feishu", '{"code":11232,"msg":"frequency limited psm"}', Fate.LATER, "busy"),
        ("feishu", '{"code":9499,"msg":"too many request","data":{}}', Fate.LATER, "busy"),
        ("feishu", '{"code":9499,"msg":"Bad Request","data":{}}', Fate.REFUSED, "robot.refused"),
        ("feishu", '{"Extra":null,"StatusCode":0,"StatusMessage":"success"}', Fate.SENT, "sent"),
        ("wecom", '{"errcode":45009,"errmsg":"api freq out of limit"}', Fate.LATER, "busy"),
        ("wecom", '{"errcode":93000,"errmsg":"invalid webhook url, hint: [1]"}', Fate.REFUSED, "robot.no_such_key"),
        ("wecom", '{"errcode":40058,"errmsg":"markdown.content exceed max length"}', Fate.REFUSED, "robot.refused"),
    ],
)  # fmt: skip
def test_each_code_has_its_fate_though_http_says_200(
    attempt, group, channel, answer, fate, meaning
):
    with robot_server(Reply(body=answer)) as robot:
        outcome = attempt(PARCEL, group(channel, robot.url(PATHS[channel])))
    assert (outcome.fate, outcome.meaning.id) == (fate, f"delivery.{meaning}")
    assert len(robot.received) == 1


@each_robot
@pytest.mark.parametrize(
    ("reply", "fate"),
    [
        (Reply(200, "<html>log in</html>"), Fate.UNKNOWN),
        (Reply(200, ""), Fate.UNKNOWN),
        (Reply(200, '{"errmsg":"ok"}'), Fate.UNKNOWN),
        (Reply(200, '["errcode", 0]'), Fate.UNKNOWN),
        (Reply(200, '{"errcode":"0","code":"0"}'), Fate.UNKNOWN),
        (Reply(200, '{"errcode":false,"code":false}'), Fate.UNKNOWN),
        (Reply(200, "[" * 100_000), Fate.UNKNOWN),
        (Reply(200, " " * 300_000 + '{"errcode":0,"code":0}'), Fate.UNKNOWN),
        (Reply(504, "gateway time-out"), Fate.UNKNOWN),
        (Reply(500, "oops"), Fate.LATER),
        (Reply(502, "bad gateway"), Fate.LATER),
        (Reply(503, "", {"Retry-After": "120"}), Fate.LATER),
        (Reply(429, '{"errcode":1,"code":1}', {"Retry-After": "60"}), Fate.LATER),
        (Reply(403, "barred"), Fate.REFUSED),
        (Reply(404, ""), Fate.REFUSED),
        (Reply(403, '{"errcode":0,"code":0}'), Fate.REFUSED),
    ],
    ids=lambda value: str(value)[:40],
)
def test_an_answer_that_is_no_verdict_is_never_a_success(attempt, group, channel, reply, fate):
    with robot_server(reply) as robot:
        outcome = attempt(PARCEL, group(channel, robot.url(PATHS[channel])))
    assert outcome.fate is fate
    if again := reply.headers.get("Retry-After"):
        assert f"Retry-After: {again}" in outcome.detail


@each_robot
def test_a_redirect_is_not_followed(attempt, group, channel):
    with robot_server(Reply(body=OK[channel])) as elsewhere:
        to = {"Location": elsewhere.url(PATHS[channel])}
        with robot_server(Reply(307, "", to)) as robot:
            outcome = attempt(PARCEL, group(channel, robot.url(PATHS[channel])))
    assert (outcome.fate, outcome.meaning.id) == (Fate.REFUSED, "delivery.robot.redirected")
    assert elsewhere.received == []


@each_robot
def test_silence_after_the_request_leaves_open_whether_it_was_posted(attempt, group, channel):
    def slow(request: Received) -> Reply:
        time.sleep(1)
        return Reply(body=OK[channel])

    with robot_server(slow) as robot:
        outcome = attempt(PARCEL, group(channel, robot.url(PATHS[channel])), SILENT)
    assert (outcome.fate, outcome.meaning.id) == (Fate.UNKNOWN, "delivery.unsure")
    assert len(robot.received) == 1


@each_robot
@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 200 OK\r\nContent-Le", b"what?\r\n\r\n"])
def test_a_connection_lost_after_the_request_leaves_it_open(attempt, group, channel, answer):
    seen = []

    def drop(connection: socket.socket) -> None:
        while b"msg" not in (part := connection.recv(65_536)):
            assert part
        seen.append(part)
        connection.sendall(answer)

    with raw_server(drop) as port:
        outcome = attempt(PARCEL, group(channel, f"http://127.0.0.1:{port}{PATHS[channel]}"))
    assert (outcome.fate, outcome.meaning.id) == (Fate.UNKNOWN, "delivery.unsure")
    assert len(seen) == 1


def test_an_answer_that_drips_is_not_waited_for_for_ever(attempt, group):
    def drip(connection: socket.socket) -> None:
        connection.recv(65_536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(100):
            time.sleep(0.1)
            connection.sendall(b" ")

    with raw_server(drip) as port:
        began = time.monotonic()
        outcome = attempt(
            PARCEL, group("wecom", f"http://127.0.0.1:{port}{PATHS['wecom']}"), SILENT
        )
    assert outcome.fate is Fate.UNKNOWN
    assert time.monotonic() - began < 2


@each_robot
def test_nobody_listening_is_tried_later(attempt, group, channel):
    outcome = attempt(PARCEL, group(channel, f"http://127.0.0.1:{free_port()}{PATHS[channel]}"))
    assert (outcome.fate, outcome.meaning.id) == (Fate.LATER, "delivery.unreachable")
    assert "refused" in outcome.detail


def test_a_robot_that_comes_up_between_two_tries_gets_it_once(attempt, group, monkeypatch):
    real = socket.socket.connect
    refusals = iter([ConnectionRefusedError(111, "Connection refused")])

    def connect(self, address):
        for refusal in refusals:
            raise refusal
        return real(self, address)

    with robot_server(wecom_rule) as robot:
        monkeypatch.setattr(socket.socket, "connect", connect)
        assert attempt(PARCEL, group("wecom", robot.url(PATHS["wecom"]))).fate is Fate.SENT
    assert len(robot.received) == 1


def test_a_connection_lost_before_the_body_was_sent_has_posted_nothing(attempt, group):
    def close_at_once(connection: socket.socket) -> None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")

    with raw_server(close_at_once) as port:
        url = f"https://127.0.0.1:{port}{PATHS['dingtalk']}"
        outcome = attempt(PARCEL, group("dingtalk", url))
    assert outcome.fate is Fate.LATER


@each_robot
def test_the_certificate_is_checked(attempt, group, channel, monkeypatch):
    with robot_server(RULES[channel], certificate="localhost") as robot:
        at_home = robot.url(PATHS[channel], scheme="https", host="localhost")
        unknown = attempt(PARCEL, group(channel, at_home))
        assert (unknown.fate, unknown.meaning.id) == (Fate.REFUSED, "delivery.untrusted")
        assert robot.received == []
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", AUTHORITY)
        other_name = attempt(PARCEL, group(channel, robot.url(PATHS[channel], scheme="https")))
        assert (other_name.fate, other_name.meaning.id) == (Fate.REFUSED, "delivery.untrusted")
        assert attempt(PARCEL, group(channel, at_home)).fate is Fate.SENT


def test_tls_to_a_plain_port_is_refused(attempt, group):
    with robot_server() as robot:
        url = robot.url(PATHS["wecom"], scheme="https")
        outcome = attempt(PARCEL, group("wecom", url))
    assert (outcome.fate, outcome.meaning.id) == (Fate.REFUSED, "delivery.not_tls")


@pytest.mark.parametrize(
    ("url", "meaning"),
    [
        (f"http://oapi.dingtalk.com{PATHS['dingtalk']}", "plain"),
        (f"http://127.0.0.1.evil.example{PATHS['dingtalk']}", "plain"),
        (f"http://localhost@evil.example{PATHS['dingtalk']}", "plain"),
        (f"ftp://127.0.0.1{PATHS['dingtalk']}", "not_an_address"),
        (f"https://{PATHS['dingtalk']}", "not_an_address"),
        (f"https://127.0.0.1:notaport{PATHS['dingtalk']}", "not_an_address"),
        (f"https://[::1{PATHS['dingtalk']}", "not_an_address"),
        (f"https://127.0.0.1 {PATHS['dingtalk']}", "not_an_address"),
        (ACCESS, "not_an_address"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused_and_not_quoted(
    attempt, tried, group, url, meaning
):
    for outcome in (attempt(PARCEL, group("dingtalk", url)), tried(group("dingtalk", url))):
        assert (outcome.fate, outcome.meaning.id) == (Fate.REFUSED, f"delivery.robot.{meaning}")


@each_robot
def test_a_proxy_of_the_environment_is_not_asked_for_this_machine(
    attempt, group, channel, monkeypatch
):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port()}")
    with robot_server(RULES[channel]) as robot:
        assert attempt(PARCEL, group(channel, robot.url(PATHS[channel]))).fate is Fate.SENT


def test_no_login_of_this_machine_is_sent_along(attempt, group, tmp_path, monkeypatch):
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password mine\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with robot_server(wecom_rule) as robot:
        attempt(PARCEL, group("wecom", robot.url(PATHS["wecom"])))
    assert "authorization" not in robot.received[0].headers


@pytest.mark.parametrize(
    ("text", "is_sent"), [("长" * 682 + "xy", True), ("长" * 682 + "xyz", False)]
)
def test_wecom_takes_2048_bytes_and_not_one_more(attempt, group, text, is_sent):
    assert len(text.encode()) == (2048 if is_sent else 2049)
    with robot_server(wecom_rule) as robot:
        outcome = attempt(Parcel("x", text), group("wecom", robot.url(PATHS["wecom"])))
    assert outcome.meaning.id == ("delivery.sent" if is_sent else "delivery.robot.too_long")
    assert len(robot.received) == is_sent


@pytest.mark.parametrize("channel", ["dingtalk", "feishu"])
def test_a_body_over_20000_bytes_is_refused_before_it_is_posted(attempt, group, channel):
    with robot_server(RULES[channel]) as robot:
        outcome = attempt(Parcel("x", "长" * 7000), group(channel, robot.url(PATHS[channel])))
    assert (outcome.fate, robot.received) == (Fate.REFUSED, [])
    assert outcome.meaning.id == "delivery.robot.too_long"


@each_robot
def test_a_robot_that_repeats_its_address_is_not_quoted(attempt, group, channel):
    def gossip(request: Received) -> Reply:
        return Reply(
            404, f"no such page: {request.path} {request.body.decode()} {ACCESS} {SIGNING}"
        )

    with robot_server(gossip) as robot:
        outcome = attempt(PARCEL, group(channel, robot.url(PATHS[channel])))
    assert outcome.fate is Fate.REFUSED
    assert "no such page: " in outcome.detail


def test_an_answer_is_kept_short_and_visible(attempt, group):
    said = json.dumps({"errcode": 1, "errmsg": "\x1b[31m红\u202e\n\ud800" + "x" * 2000})
    with robot_server(Reply(body=said)) as robot:
        outcome = attempt(PARCEL, group("wecom", robot.url(PATHS["wecom"])))
    assert outcome.detail.startswith("1 [31m红 xxx")
    assert len(outcome.detail) == 500


@each_robot
def test_a_missing_address_waits_for_the_operator(attempt, group, channel, monkeypatch):
    recipient = group(channel, "")
    outcome = attempt(PARCEL, recipient)
    assert (outcome.fate, outcome.meaning.id) == (Fate.LATER, "delivery.key.absent")
    assert "env:TEST_URL" in outcome.detail


@each_robot
def test_a_probe_reaches_the_host_and_posts_nothing(tried, group, channel, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", AUTHORITY)
    with robot_server(Reply(404), certificate="localhost") as robot:
        outcome = tried(group(channel, robot.url(PATHS[channel], scheme="https", host="localhost")))
    assert (outcome.fate, outcome.meaning.id) == (Fate.SENT, "delivery.robot.probed")
    (request,) = robot.received
    assert (request.method, request.path, request.body) == ("HEAD", "/", b"")


@each_robot
def test_a_probe_tells_what_is_wrong(tried, group, channel):
    assert (
        tried(group(channel, f"http://127.0.0.1:{free_port()}{PATHS[channel]}")).fate is Fate.LATER
    )
    with robot_server(certificate="localhost") as robot:
        url = robot.url(PATHS[channel], scheme="https", host="localhost")
        assert tried(group(channel, url)).meaning.id == "delivery.untrusted"


def test_the_test_authority_is_not_trusted_by_default():
    assert not any(
        "storeops" in str(found) for found in ssl.create_default_context().get_ca_certs()
    )


def test_wecom_gets_the_picture_as_a_message_of_its_own(attempt, group):
    picture = Enclosure("trend.png", "image/png", b"\x89PNG bytes", "trend")
    with robot_server(wecom_rule_of_any) as robot:
        sent = attempt(
            replace(PARCEL, enclosures=(picture,)), group("wecom", robot.url(PATHS["wecom"]))
        )
        text, image = [json.loads(each.body) for each in robot.received]
    assert sent.fate is Fate.SENT
    assert (text["msgtype"], image["msgtype"]) == ("markdown", "image")
    assert base64.b64decode(image["image"]["base64"]) == picture.data
    assert image["image"]["md5"] == hashlib.md5(picture.data, usedforsecurity=False).hexdigest()


def test_a_picture_that_is_not_taken_repeats_no_text(attempt, group):
    picture = Enclosure("trend.png", "image/png", b"\x89PNG bytes", "trend")

    def no_pictures(request: Received) -> Reply:
        is_text = json.loads(request.body)["msgtype"] == "markdown"
        return Reply(body=OK["wecom"] if is_text else '{"errcode":40009,"errmsg":"image size"}')

    with robot_server(no_pictures) as robot:
        sent = attempt(
            replace(PARCEL, enclosures=(picture,)), group("wecom", robot.url(PATHS["wecom"]))
        )
    assert sent.fate is Fate.SENT
    assert sent.meaning.id == "delivery.robot.no_picture"


def wecom_rule_of_any(request: Received) -> Reply:
    """As the rule of texts, for any kind of message."""
    is_known = parse_qs(urlsplit(request.path).query).get("key") == [ACCESS]
    return Reply(body=OK["wecom"] if is_known else '{"errcode":93000,"errmsg":"invalid"}')
