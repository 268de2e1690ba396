"""The commands of reports as the user runs them: streams, files, exit status."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from test_commands import run

from storeops.demo import write_demo

CONFIG = """\
delivery:
  recipients:
    - {name: boss, to: boss@example.com, view: boss, language: en}
    - {name: group, channel: wecom, url: "env:NO_SUCH_ADDRESS", language: zh}
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("report") / "try"
    write_demo(root, days=75, items=5)
    return root


@pytest.fixture
def folder(made, tmp_path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "try"))


def test_a_day_is_printed_and_filed(folder):
    done = run("report", "day", folder, "--lang", "en")
    assert done.returncode == 1
    assert "Abnormal" in done.stdout.splitlines()[0]
    assert {path.suffix for path in (folder / "reports").iterdir()} == {".html", ".xlsx"}
    assert "page: " in done.stderr
    assert "workbook: " in done.stderr


def test_a_text_for_a_chat_is_short_and_writes_no_file(folder):
    done = run("report", "day", folder, "--text", "--for", "boss", "--lang", "zh", "--quiet")
    assert len(done.stdout) <= 801
    assert "拍板" in done.stdout
    assert done.stderr == ""
    assert not (folder / "reports").exists()


def test_a_preview_shows_each_recipients_message_and_keeps_nothing(folder):
    (folder / "config.yaml").write_text(CONFIG, encoding="utf-8")
    done = run("report", "day", folder, "--preview", "--lang", "en")
    assert "--- boss (mail) ---" in done.stdout
    assert "Decision" in done.stdout
    assert "--- group (wecom) ---" in done.stdout
    assert "_boss.xlsx" in done.stdout
    assert not (folder / ".storeops" / "outbox").exists()


def test_json_is_the_same_document(folder):
    done = run("report", "week", folder, "--json", "--date", "2026-09-13", "--quiet")
    document = json.loads(done.stdout)
    assert document["date"] == "2026-09-13"
    assert "visitors_per_day" in {each["metric"] for each in document["figures"]}


def test_sending_without_recipients_is_explained(folder):
    done = run("report", "day", folder, "--send", "--lang", "en", LANG="en_US.UTF-8")
    assert done.returncode == 2
    assert "config.example.yaml" in done.stderr


def test_a_run_speaks_on_stderr_only_and_a_missing_secret_waits(folder):
    (folder / "config.yaml").write_text(CONFIG.replace("to: boss@", "to: b@"), encoding="utf-8")
    done = run("run", folder, "--lang", "en")
    assert done.stdout == ""
    assert done.stderr.splitlines()[-1].split(" ", 2)[2].startswith("end: exit status")
    assert "NO_SUCH_ADDRESS" in done.stderr
    listed = run("outbox", folder, "--lang", "en")
    assert "group" in listed.stdout
    quiet = run("run", folder, "--quiet", "--no-send")
    assert (quiet.stdout, quiet.stderr) == ("", "")


def test_a_literal_password_is_refused_and_not_shown(folder):
    (folder / "config.yaml").write_text("delivery: {mail: {password: hunter2hunter2}}\n")
    done = run("run", folder, "--lang", "en")
    assert done.returncode == 2
    assert "env:NAME" in done.stderr
    assert "hunter2" not in done.stderr + done.stdout


def test_debugging_shows_where_and_never_a_secret(folder):
    config = CONFIG.replace("recipients:", "mail: {host: 127.0.0.1, port: 9, security: tls, "
                            "user: shop@example.com, password: 'env:MAIL_KEY'}\n  recipients:")  # fmt: skip
    (folder / "config.yaml").write_text(config, encoding="utf-8")
    secrets = {"MAIL_KEY": "s3cret-of-the-mail", "NO_SUCH_ADDRESS": "http://127.0.0.1:9/key=t0ken"}
    done = run("--debug", "run", folder, "--lang", "en", **secrets)
    told = done.stdout + done.stderr
    told += "".join(p.read_text("utf-8", "replace") for p in (folder / ".storeops").rglob("*.log"))
    assert "DEBUG:" in told
    assert "Connection refused" in told
    assert "s3cret-of-the-mail" not in told
    assert "t0ken" not in told
    broken = run("--debug", "outbox", folder, "--retry", "no-such-message")
    assert "Traceback" in broken.stderr
    assert broken.returncode == 2
