"""Secrets: found where the settings say, refused where others could read them, never shown."""

from __future__ import annotations

import base64
import copy
import json
import logging
import os
import pickle
import sys
import traceback
from types import ModuleType
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storeops.config import parse_settings
from storeops.delivery.keys import MissingKey, Revealed, reveal
from storeops.delivery.scrub import quiet, scrub
from storeops.errors import StoreopsError

VALUE = "Tr0ub4dor&3/+=%密"


def written(error: BaseException) -> str:
    """All an error shows: its traceback with the chain, its repr and what it carries."""
    return (
        "".join(traceback.format_exception(error))
        + repr(error)
        + repr(vars(error))
        + repr(error.__context__)
    )


def refused(reference: str) -> MissingKey:
    with pytest.raises(MissingKey) as caught:
        reveal(reference)
    assert VALUE not in written(caught.value)
    return caught.value


def test_an_environment_variable(monkeypatch):
    monkeypatch.setenv("STOREOPS_TEST", f" {VALUE}\n")
    assert reveal("env:STOREOPS_TEST").value == VALUE


@pytest.mark.parametrize("content", ["", "  \n"])
def test_an_absent_or_empty_variable_is_named(monkeypatch, content):
    monkeypatch.setenv("STOREOPS_TEST", content)
    error = refused("env:STOREOPS_TEST")
    assert (error.problem.id, error.hint.id) == ("delivery.key.absent", "delivery.key.env_hint")
    assert error.problem.args["reference"] == "env:STOREOPS_TEST"
    assert refused("env:STOREOPS_NO_SUCH").problem.id == "delivery.key.absent"


@pytest.fixture
def secret_file(tmp_path):
    def make(data: bytes, mode: int = 0o600):
        path = tmp_path / "密码.txt"
        path.write_bytes(data)
        path.chmod(mode)
        return path

    return make


@pytest.mark.parametrize("ending", ["", "\n", "\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "as notepad saves"])
def test_a_file_with_one_line(secret_file, mark, ending):
    path = secret_file(mark + (VALUE + ending).encode())
    assert reveal(f"file:{path}").value == VALUE


def test_a_file_in_the_home_folder(secret_file, monkeypatch):
    path = secret_file(b"x")
    monkeypatch.setenv("HOME", str(path.parent))
    monkeypatch.setenv("USERPROFILE", str(path.parent))
    assert reveal(f"file:~/{path.name}").value == "x"


@pytest.mark.skipif(sys.platform == "win32", reason="modes are a matter of Unix")
@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o666, 0o602])
def test_a_file_others_can_open_is_not_used(secret_file, mode):
    error = refused(f"file:{secret_file(VALUE.encode(), mode)}")
    assert error.problem.id == "delivery.key.open_to_others"
    assert error.hint.args["file"].endswith("密码.txt")


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "absent"),
        (b"\n", "absent"),
        (VALUE.encode() + b"\xff", "not_text"),
        (VALUE.encode("utf-16"), "not_text"),
        (VALUE.encode() * 5000, "not_text"),
    ],
    ids=["empty", "a line break", "broken", "another encoding", "too long"],
)
def test_a_file_without_a_usable_text_is_named(secret_file, data, problem):
    path = secret_file(data)
    error = refused(f"file:{path}")
    assert error.problem.id == f"delivery.key.{problem}"
    assert error.problem.args["reference"] == f"file:{path}"


def test_a_file_that_is_absent_or_a_folder_is_named(tmp_path, monkeypatch):
    assert refused(f"file:{tmp_path}").problem.id == "delivery.key.unreadable"
    monkeypatch.chdir(tmp_path)
    error = refused("file:no/such.txt")
    assert error.problem.args["file"] == str(tmp_path / "no" / "such.txt")


class KeyringError(Exception):
    """The base of all errors of the library."""


class NoKeyringError(KeyringError, RuntimeError):
    """What it raises on a server."""


@pytest.fixture
def chain(monkeypatch):
    """The library's two names that are used, in its place: it is an extra, and not installed here."""

    def install(kept: dict[tuple[str, str], str], error: Exception | None = None) -> None:
        def get_password(service: str, username: str) -> str | None:
            if error:
                raise error
            return kept.get((service, username))

        errors = ModuleType("keyring.errors")
        vars(errors).update(KeyringError=KeyringError)
        library = ModuleType("keyring")
        vars(library).update(get_password=get_password, errors=errors)
        monkeypatch.setitem(sys.modules, "keyring", library)
        monkeypatch.setitem(sys.modules, "keyring.errors", errors)

    return install


def test_a_keyring(chain):
    chain({("storeops", "shop@qq.com"): VALUE})
    assert reveal("keyring:storeops/shop@qq.com").value == VALUE
    error = refused("keyring:storeops/other")
    assert (error.problem.id, error.hint.id) == ("delivery.key.absent", "delivery.key.keyring_hint")


@pytest.mark.parametrize("failure", [NoKeyringError, KeyringError])
def test_a_keyring_that_does_not_open_is_explained(chain, failure):
    chain({}, failure(f"cannot unlock {VALUE}"))
    error = refused("keyring:storeops/shop@qq.com")
    assert error.problem.id == "delivery.key.no_keyring"
    assert error.problem.args["reference"] == "keyring:storeops/shop@qq.com"


def test_without_the_extra_it_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert refused("keyring:storeops/shop").problem.id == "delivery.key.no_extra"


def test_what_is_no_reference_is_not_repeated():
    error = refused(VALUE)
    assert error.problem.id == "delivery.key.no_kind"
    assert error.problem.args == {}


@pytest.mark.skipif(sys.platform == "win32", reason="an environment of bytes is a matter of Unix")
def test_a_variable_that_is_no_text_is_named(monkeypatch):
    monkeypatch.setenv("STOREOPS_TEST", os.fsdecode(b"pa55\xff"))
    assert refused("env:STOREOPS_TEST").problem.id == "delivery.key.not_text"


def test_a_secret_hides_itself():
    secret = Revealed(VALUE)
    shown = [
        repr(secret),
        str(secret),
        f"{secret}",
        f"{secret!r}",
        f"{secret}",
        repr([secret]),
    ]
    assert not any(VALUE in text for text in shown)
    for copying in (pickle.dumps, copy.deepcopy):
        with pytest.raises(TypeError) as caught:
            copying(secret)
        assert VALUE not in written(caught.value)
    with pytest.raises(TypeError):
        json.dumps({"secret": secret})


secrets = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=6, max_size=40)


@settings(deadline=None)
@given(secrets, st.binary(max_size=7), st.binary(max_size=7))
def test_no_shape_of_a_secret_survives(secret, before, after):
    plain = secret.encode()
    coded = base64.b64encode(before + plain + after).decode()
    text = " | ".join([secret, quote(secret, safe=""), quote(secret), quote_plus(secret), coded])
    left = scrub(text, [Revealed(secret)])
    assert secret.strip() not in left.replace("***", "")
    core = base64.b64encode(plain).decode()[:-4]
    assert len(core) < 6 or core not in left


def test_keys_in_addresses_are_masked_by_their_names():
    for text in (
        "GET /robot/send?access_token=abc123&timestamp=1&sign=x%2B failed",
        "url: /cgi-bin/webhook/send?key=0123-4567 HTTP/1.1",
        "/open-apis/bot/v2/hook/0aa1-bb22: not found",
        "redirect=%2Fsend%3Faccess_token%3Dabc123",
    ):
        left = scrub(text, [])
        for part in ("abc123", "x%2B", "0123-4567", "0aa1-bb22"):
            assert part not in left
        assert "***" in left


def test_what_is_no_secret_is_kept():
    text = "550 5.1.1 <boss@example.com>: no such user; see monkey=1"
    assert scrub(text, [Revealed("hunter2hunter2")]) == text


def test_libraries_are_quiet_for_a_while_and_then_heard_again(caplog):
    caplog.set_level(logging.DEBUG, logger="urllib3.connectionpool")
    log = logging.getLogger("urllib3.connectionpool")
    with quiet():
        with quiet():
            log.debug("one")
        log.debug("two")
    log.debug("three")
    assert [record.message for record in caplog.records] == ["three"]


LITERALS = (
    "hunter2x", "'hunter2x'", '"hunter2x"', "*hunter2x", "!hunter2x a", "!!python/hunter2x a",
    "[hunter2x]", "{hunter2x: 1}", "@hunter2x", "%hunter2x", "'hunter2x", '"hunter2x\\q"',
    "env:hunter2x!", "hunter2x: hunter2x", "env:https://a.example/hunter2x", "keyring:hunter2x",
    "|hunter2x", "plain:hunter2x",
)  # fmt: skip


@pytest.mark.parametrize("literal", LITERALS)
@pytest.mark.parametrize(
    "text",
    [
        "delivery:\n  mail:\n    host: a\n    password: {}\n",
        "delivery:\n  recipients:\n    - name: a\n      channel: wecom\n      url: {}\n",
        "delivery:\n  recipients:\n    - name: a\n      channel: feishu\n      url: env:A\n      secret: {}\n",
        "delivery:\n  mail:\n    pasword: {}\n",
    ],
    ids=["password", "url", "secret", "misspelt"],
)
def test_a_password_in_the_configuration_is_refused_and_not_repeated(text, literal):
    with pytest.raises(StoreopsError) as caught:
        parse_settings(text.format(literal), "config.yaml")
    assert "hunter2x" not in written(caught.value) + repr(caught.value.problem.args)


def test_a_number_as_a_password_is_refused_and_not_repeated():
    number = str(86420130 + 5)
    with pytest.raises(StoreopsError) as caught:
        parse_settings(f"delivery:\n  mail:\n    password: {number}\n", "config.yaml")
    assert number not in written(caught.value) + repr(caught.value.problem.args)


def test_the_advice_names_the_ways():
    with pytest.raises(StoreopsError) as caught:
        parse_settings("delivery:\n  mail:\n    password: hunter2x\n", "config.yaml")
    args = caught.value.problem.args
    assert (args["key"], args["line"]) == ("delivery.mail.password", 3)
    assert all(way in args["problem"] for way in ("env:NAME", "file:PATH", "keyring:SERVICE/USER"))
