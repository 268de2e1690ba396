"""Filing: atomic, quiet when nothing changed, clear when the file is open."""

from __future__ import annotations

import os
import stat
import sys

import pytest

from storeops.delivery.files import file_report, safe_name
from storeops.errors import StoreopsError


def test_a_new_report_is_written_and_the_folder_made(tmp_path):
    receipt = file_report(tmp_path / "reports" / "2025", "日报.xlsx", b"one")
    assert receipt.status == "new"
    assert receipt.path == tmp_path / "reports" / "2025" / "日报.xlsx"
    assert receipt.path.read_bytes() == b"one"


def test_identical_bytes_are_not_written_again(tmp_path):
    path = file_report(tmp_path, "a.xlsx", b"one").path
    os.utime(path, (1, 1))
    assert file_report(tmp_path, "a.xlsx", b"one").status == "unchanged"
    assert path.stat().st_mtime == 1


def test_other_bytes_replace_and_leave_nothing_behind(tmp_path):
    file_report(tmp_path, "a.xlsx", b"one")
    assert file_report(tmp_path, "a.xlsx", b"two").status == "replaced"
    assert [path.name for path in tmp_path.iterdir()] == ["a.xlsx"]
    assert (tmp_path / "a.xlsx").read_bytes() == b"two"


def test_a_failure_in_the_last_step_keeps_the_old_file_and_no_litter(tmp_path, monkeypatch):
    file_report(tmp_path, "a.xlsx", b"one")

    def refuse(source, target):
        raise PermissionError(13, "in use", str(target))

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(StoreopsError) as caught:
        file_report(tmp_path, "a.xlsx", b"two")
    assert caught.value.problem.id == "delivery.locked"
    assert caught.value.hint.id == "delivery.locked_hint"
    assert [path.name for path in tmp_path.iterdir()] == ["a.xlsx"]
    assert (tmp_path / "a.xlsx").read_bytes() == b"one"


def test_a_folder_that_is_a_file_is_an_error_to_act_on(tmp_path):
    (tmp_path / "reports").write_bytes(b"")
    with pytest.raises(StoreopsError) as caught:
        file_report(tmp_path / "reports", "a.xlsx", b"one")
    assert caught.value.problem.id == "delivery.not_written"


@pytest.mark.skipif(sys.platform == "win32", reason="modes are a matter of Unix")
def test_a_report_is_readable_like_any_other_file(tmp_path):
    mask = os.umask(0o022)
    try:
        path = file_report(tmp_path, "a.xlsx", b"one").path
    finally:
        os.umask(mask)
    assert stat.S_IMODE(path.stat().st_mode) == 0o644


@pytest.mark.parametrize(
    ("wanted", "safe"),
    [
        ("店铺日报_一叶旗舰店_2025-11-20.xlsx", "店铺日报_一叶旗舰店_2025-11-20.xlsx"),
        ('日报_A/B\\C:D*E?F"G<H>I|J.xlsx', "日报_A_B_C_D_E_F_G_H_I_J.xlsx"),
        ("../../etc/passwd", "_._etc_passwd"),
        ("CON.xlsx", "_CON.xlsx"),
        ("com1", "_com1"),
        ("  name . ", "name"),
        ("...", "_"),
        ("a\x00b\x1b[31mc\n.xlsx", "a_b_[31mc_.xlsx"),
        ("\u202excod.xlsx", "_xcod.xlsx"),
    ],
)
def test_names_are_safe_everywhere(wanted, safe):
    assert safe_name(wanted) == safe


def test_a_long_name_keeps_its_ending_and_whole_characters(tmp_path):
    name = safe_name("店" * 300 + ".xlsx")
    assert name.endswith("店.xlsx")
    assert len(name.encode()) <= 200
    assert file_report(tmp_path, "店" * 300 + ".xlsx", b"x").status == "new"
