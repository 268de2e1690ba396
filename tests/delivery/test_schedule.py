"""Entries: exact texts, Beijing time by other clocks, and never a line of somebody else."""

from __future__ import annotations

import os
import shutil
import subprocess
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest
from crontab import CronTab
from schedulers import POSIX, refuse, stand_in

from storeops.delivery import schedule
from storeops.delivery.schedule import Job, Machine, System
from storeops.delivery.schedule.clock import (
    SHANGHAI,
    LocalClock,
    Slot,
    by_clock,
    machine_clock,
    next_change,
)
from storeops.errors import StoreopsError

pytestmark = POSIX
NOW = datetime(2026, 11, 28, 4, 0, tzinfo=UTC)  # noon in Beijing, a Saturday
UTC_CLOCK = LocalClock("Etc/UTC", UTC)
NEW_YORK = LocalClock("America/New_York", ZoneInfo("America/New_York"))
EVERY = schedule.EVERY_DAY
MORNING = (time(8, 30), time(10, 35))
FOREIGN = """\
# m h dom mon dow command
MAILTO=""
PATH = /usr/local/bin:/usr/bin

0\t5  * * 1   tar -zcf /var/backups/home.tgz /home/   # nightly
# 30 4 * * * off for now
0 9 * * 1-5 echo 'a # b' | mail -s "x" y%body%second \\% line
@reboot  /usr/bin/某程序
0 0 * * fri#1 a spelling of another cron
LAST=1
"""


@pytest.fixture
def machine(monkeypatch, tmp_path):
    monkeypatch.setattr("storeops.delivery.schedule.crontab.machine_clock", lambda: UTC_CLOCK)
    monkeypatch.setattr("storeops.delivery.schedule.windows.machine_clock", lambda: UTC_CLOCK)
    return Machine("linux", UTC_CLOCK, NOW, str(tmp_path / "units"))


@pytest.fixture
def home(monkeypatch, tmp_path):
    return stand_in(tmp_path, monkeypatch, "crontab", "systemctl", "schtasks")


def job(folder="/数据/店铺 100%", times=MORNING, **more) -> Job:
    return Job(folder, times, "/opt/py 3/bin/python", **more)


def cron(machine: Machine, **more) -> schedule.Entry:
    return schedule.plan(job(**more), System.CRON, machine)


def ids(entry: schedule.Entry) -> list[str]:
    return [note.id for note in entry.notes]


# --- Beijing time by the machine's clock


def test_beijing_morning_is_the_same_day_in_london_and_the_evening_before_in_new_york():
    assert by_clock(time(8, 30), (0,), UTC_CLOCK, NOW) == Slot(time(0, 30), (0,))
    assert by_clock(time(8, 30), (0, 1), NEW_YORK, NOW) == Slot(time(19, 30), (0, 6))
    assert by_clock(time(7, 0), EVERY, UTC_CLOCK, NOW) == Slot(time(23, 0), EVERY)
    assert by_clock(time(8, 30), (4,), SHANGHAI, NOW) == Slot(time(8, 30), (4,))
    auckland = LocalClock("Pacific/Auckland", ZoneInfo("Pacific/Auckland"))
    assert by_clock(time(20, 0), (6,), auckland, NOW) == Slot(time(1, 0), (0,))


def test_summer_time_is_found_and_said_with_the_hour_it_costs(machine):
    change = next_change(NEW_YORK, NOW)
    assert change is not None
    assert change.later == timedelta(hours=-1)  # clocks go forward: Beijing sees it an hour earlier
    assert change.day == date(2027, 3, 14)
    assert next_change(UTC_CLOCK, NOW) is None
    there = Machine("linux", NEW_YORK, NOW, machine.units)
    note = next(note for note in cron(there).notes if note.id == "schedule.summer_time")
    assert note.args["moved"] == ("07:30", "09:35")
    assert note.args["there"] == ("08:30", "10:35")
    assert "schedule.exact_hour" in ids(cron(there))
    on_windows = schedule.plan(job(), System.WINDOWS, there)
    assert "schedule.summer_time" in ids(on_windows)
    assert "schedule.exact_hour" not in ids(on_windows)


def test_a_clock_change_is_real_on_the_morning_after_it(machine):
    """What the note says is what the installed slot does."""
    slot = by_clock(time(8, 30), EVERY, NEW_YORK, NOW)
    after = slot.next(NEW_YORK, datetime(2027, 3, 20, tzinfo=UTC))
    assert after is not None
    assert after.astimezone(schedule.BEIJING).time() == time(7, 30)


def test_the_zone_is_read_from_the_system_and_a_stale_name_is_not_shown(monkeypatch, tmp_path):
    rules = Path("/usr/share/zoneinfo/America/New_York")
    if not rules.exists():
        pytest.skip("no zone files here")
    local, name = tmp_path / "localtime", tmp_path / "timezone"
    monkeypatch.setattr("storeops.delivery.schedule.clock._LOCALTIME", local)
    monkeypatch.setattr("storeops.delivery.schedule.clock._TIMEZONE", name)
    monkeypatch.setenv("TZ", "Asia/Tokyo")  # of this shell, not of the scheduler
    assert machine_clock() == LocalClock("UTC", UTC)
    local.write_bytes(rules.read_bytes())
    name.write_text("America/New_York\n")
    assert machine_clock().name == "America/New_York"
    assert machine_clock().read(NOW).utcoffset() == timedelta(hours=-5)
    name.write_text("Etc/UTC\n")
    assert machine_clock().name in {"UTC-0500", "UTC-0400"}
    local.unlink()
    local.symlink_to(rules)
    assert machine_clock().name == "America/New_York"


def test_nothing_is_said_of_zones_where_the_clock_is_beijings(machine):
    there = Machine("linux", SHANGHAI, NOW, machine.units)
    assert ids(cron(there)) == ["schedule.cron_no_catching_up"]
    assert ids(cron(machine))[0] == "schedule.converted"


def test_the_next_run_is_the_first_moment_after_now_on_a_marked_day():
    slot = Slot(time(8, 30), (0, 5))  # Monday and Saturday, in Beijing
    assert slot.next(SHANGHAI, NOW) == datetime(2026, 11, 30, 0, 30, tzinfo=UTC)
    early = datetime(2026, 11, 28, 0, 29, 59, tzinfo=UTC)
    assert slot.next(SHANGHAI, early) == datetime(2026, 11, 28, 0, 30, tzinfo=UTC)
    assert slot.next(SHANGHAI, datetime(2026, 11, 28, 0, 30, tzinfo=UTC)) == datetime(
        2026, 11, 30, 0, 30, tzinfo=UTC
    )
    assert Slot(time(8), ()).next(SHANGHAI, NOW) is None


@pytest.mark.parametrize("text", ["8:30", "08:30", " 08：30 "])
def test_a_time_is_read_as_people_write_it(text):
    assert schedule.parse_time(text) == time(8, 30)


@pytest.mark.parametrize("text", ["", "24:00", "8", "08:60", "8.30", "* *", "08:30\n* *", "٨:٣٠"])
def test_what_is_not_a_time_is_refused_with_advice(text):
    with pytest.raises(StoreopsError) as caught:
        schedule.parse_time(text)
    assert caught.value.hint is not None


@pytest.mark.parametrize("folder", ["/a\nb", "/a\rb", "/a\x00b"])
def test_a_path_that_would_start_a_line_of_its_own_is_refused(folder):
    with pytest.raises(StoreopsError, match="bad_path"):
        job(folder)


# --- the crontab


def test_the_line_means_the_same_to_an_independent_reader(machine):
    entry = cron(machine, days=(0, 6), locale="zh_CN.UTF-8")
    first, second = CronTab(tab=entry.pages[0].text)
    assert (str(first.slices), str(second.slices)) == ("30 0 * * 0,1", "35 2 * * 0,1")
    assert first.comment == f"storeops:{entry.id}"
    assert first.command == (
        "/usr/bin/env PYTHONUTF8=1 PYTHONSAFEPATH=1 LANG=zh_CN.UTF-8 "
        "'/opt/py 3/bin/python' -m storeops run '/数据/店铺 100%'"
    )


def test_other_lines_are_the_same_bytes_before_while_and_after(machine, home):
    other = FOREIGN.encode() + b"30 1 * * * /bin/echo \xff\xfe old bytes\n"
    (home / "tab").write_bytes(other)
    found = schedule.install(cron(machine), machine)
    assert (home / "tab").read_bytes() == other + cron(machine).pages[0].text.encode()
    assert found.folder == "/数据/店铺 100%"
    assert schedule.remove("/数据/店铺 100%", machine) == (System.CRON,)
    assert (home / "tab").read_bytes() == other


def test_installing_twice_leaves_one_and_the_later_times_hold(machine, home):
    (home / "tab").write_text(FOREIGN, encoding="utf-8")
    schedule.install(cron(machine), machine)
    schedule.install(cron(machine), machine)
    later = cron(machine, times=(time(9, 0),))
    schedule.install(later, machine)
    assert (home / "tab").read_text(encoding="utf-8") == FOREIGN + later.pages[0].text


def test_removing_touches_only_the_entry_of_that_folder(machine, home):
    schedule.install(cron(machine, folder="/shops/a"), machine)
    schedule.install(cron(machine, folder="/shops/a b"), machine)
    assert schedule.remove("/shops/nobody", machine) == ()
    assert schedule.remove("/shops/a", machine) == (System.CRON,)
    assert [found.folder for found in schedule.installed(machine)] == ["/shops/a b"]


def test_a_first_entry_needs_no_crontab_and_leaves_an_empty_one(machine, home):
    schedule.install(cron(machine), machine)
    schedule.remove(job().folder, machine)
    assert (home / "tab").read_text() == ""


def test_a_last_line_without_an_end_is_not_glued_to(machine, home):
    (home / "tab").write_text("0 1 * * * /bin/true")
    schedule.install(cron(machine), machine)
    assert (home / "tab").read_text().startswith("0 1 * * * /bin/true\n30 0 ")


def test_a_crontab_that_cannot_be_read_is_never_taken_for_an_empty_one(machine, home):
    refuse(home, "crontab", "You (someone) are not allowed to use this program (crontab)")
    (home / "tab").write_text(FOREIGN, encoding="utf-8")
    with pytest.raises(StoreopsError) as caught:
        schedule.install(cron(machine), machine)
    assert "not allowed" in str(caught.value.problem.args["detail"])
    assert (home / "tab").read_text(encoding="utf-8") == FOREIGN


def test_an_entry_that_is_not_kept_is_an_error(machine, home):
    deaf = '#!/bin/sh\n[ "$1" = - ] && exec cat > /dev/null\nexit 0\n'
    (home / "programs" / "crontab").write_text(deaf)
    with pytest.raises(StoreopsError, match="not_kept"):
        schedule.install(cron(machine), machine)


def test_without_crontab_the_error_says_what_to_do(machine, monkeypatch, tmp_path):
    stand_in(tmp_path, monkeypatch)
    with pytest.raises(StoreopsError) as caught:
        schedule.install(cron(machine), machine)
    assert caught.value.problem.args["program"] == "crontab"
    assert caught.value.hint is not None
    assert schedule.installed(machine) == ()


def test_a_line_somebody_switched_off_or_retimed_is_still_ours(machine, home):
    entry = cron(machine, times=(time(8, 30),))
    schedule.install(entry, machine)
    line = entry.pages[0].text
    (home / "tab").write_text(f"# {line}", encoding="utf-8")
    (found,) = schedule.installed(machine)
    assert not found.active
    assert found.next_run(NOW) is None
    (home / "tab").write_text(line.replace("30 0 *", "*/5 * *"), encoding="utf-8")
    assert schedule.installed(machine)[0].id == entry.id
    schedule.install(entry, machine)
    assert (home / "tab").read_text(encoding="utf-8") == line


# --- systemd


def test_the_timer_goes_by_beijing_on_every_machine(machine):
    there = Machine("linux", NEW_YORK, NOW, machine.units)
    entry = schedule.plan(job(days=(0, 4)), System.SYSTEMD, there)
    timer = entry.pages[1].text
    assert "OnCalendar=Mon,Fri *-*-* 08:30:00 Asia/Shanghai\n" in timer
    assert "OnCalendar=Mon,Fri *-*-* 10:35:00 Asia/Shanghai\n" in timer
    assert "Persistent=true\n" in timer
    assert ids(entry) == ["schedule.linger"]


def test_units_are_written_started_read_back_and_removed(machine, home):
    entry = schedule.plan(job(), System.SYSTEMD, machine)
    found = schedule.install(entry, machine)
    assert (found.folder, found.active) == ("/数据/店铺 100%", True)
    assert found.next_run(NOW) == datetime(2026, 11, 29, 0, 30, tzinfo=UTC)
    assert schedule.remove(job().folder, machine) == (System.SYSTEMD,)
    assert list(Path(machine.units).iterdir()) == []
    log = (home / "systemctl.log").read_text().splitlines()
    assert log[:2] == ["--user daemon-reload", f"--user enable storeops-{entry.id}.timer"]
    assert log[-1] == "--user daemon-reload"


def test_units_that_systemd_refuses_are_taken_away_again_and_earlier_ones_return(machine, home):
    earlier = schedule.plan(job(), System.SYSTEMD, machine)
    schedule.install(earlier, machine)
    refuse(home, "systemctl", "Failed to connect to bus")
    for folder, times in ((job().folder, (time(9, 0),)), ("/another", MORNING)):
        with pytest.raises(StoreopsError) as caught:
            schedule.install(schedule.plan(job(folder, times), System.SYSTEMD, machine), machine)
        assert "bus" in str(caught.value.problem.args["detail"])
    left = {str(path): path.read_text() for path in Path(machine.units).iterdir()}
    assert left == {page.where: page.text for page in earlier.pages}


@pytest.mark.parametrize("folder", ["/数据/店铺 100%", "/shop/a 'b' \"c\" $HOME \\d %h;e"])
def test_systemd_itself_reads_the_units_as_meant(folder, tmp_path):
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("no systemd-analyze here")
    machine = Machine("linux", UTC_CLOCK, NOW, str(tmp_path))
    python = shutil.which("true") or "/bin/true"
    entry = schedule.plan(Job(folder, MORNING, python, locale="C.UTF-8"), System.SYSTEMD, machine)
    for page in entry.pages:
        Path(page.where).write_text(page.text, encoding="utf-8")
    done = subprocess.run(
        [analyze, "verify", "--user", *(page.where for page in entry.pages)],
        capture_output=True, text=True, check=False,
        env={**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)},
    )  # fmt: skip
    ours = [line for line in done.stderr.splitlines() if entry.id in line]
    assert (done.returncode, ours) == (0, []), done.stderr
    moment = entry.pages[1].text.split("OnCalendar=")[1].splitlines()[0]
    read = subprocess.run([analyze, "calendar", moment], capture_output=True, text=True, check=True)
    assert "00:30:00 UTC" in read.stdout


# --- Windows


def test_the_task_is_well_formed_and_escaped(machine):
    folder = 'D:\\下载\\a & b <c> "店" 100%\\'
    entry = schedule.plan(
        Job(folder, MORNING, r"C:\Program Files\Python & Co\python.exe", (1, 6)),
        System.WINDOWS, machine,
    )  # fmt: skip
    (page,) = entry.pages
    task = ElementTree.fromstring(page.text.encode("utf-16"))  # noqa: S314 (our own)
    space = {"t": "http://schemas.microsoft.com/windows/2004/02/mit/task"}
    assert task.findtext(".//t:Command", None, space) == (
        r"C:\Program Files\Python & Co\python.exe"
    )
    assert task.findtext(".//t:Arguments", None, space) == (
        '-X utf8 -P -m storeops run "D:\\下载\\a & b <c> \\"店\\" 100%\\\\"'
    )
    assert task.findtext(".//t:WorkingDirectory", None, space) == folder
    assert task.findtext(".//t:StartWhenAvailable", None, space) == "true"
    starts = [each.text for each in task.iterfind(".//t:StartBoundary", space)]
    assert starts == ["2026-11-28T00:30:00", "2026-11-28T02:35:00"]
    days = [each.tag.rpartition("}")[2] for each in task.find(".//t:DaysOfWeek", space)]
    assert days == ["Tuesday", "Sunday"]
    assert entry.commands[0][:4] == ("schtasks", "/Create", "/TN", f"storeops\\{entry.id}")


def test_a_task_is_created_read_back_and_deleted(machine, home):
    there = Machine("win32", UTC_CLOCK, NOW, machine.units)
    entry = schedule.plan(job(r"D:\下载\店铺"), System.WINDOWS, there)
    assert schedule.installed(there) == ()
    found = schedule.install(entry, there)
    assert (found.folder, found.slots) == (r"D:\下载\店铺", entry.slots)
    assert [each.id for each in schedule.installed(there)] == [entry.id]
    assert schedule.remove(r"d:\下载\店铺", there) == (System.WINDOWS,)
    assert schedule.remove(r"D:\下载\店铺", there) == ()


# --- choosing, moving, rehearsing


def test_the_scheduler_fits_the_platform(monkeypatch, tmp_path):
    home = stand_in(tmp_path, monkeypatch, "systemctl")
    assert schedule.choose("win32") is System.WINDOWS
    assert schedule.choose("darwin") is System.CRON
    assert schedule.choose("linux") is System.SYSTEMD
    refuse(home, "systemctl", "Failed to connect to bus")
    assert schedule.choose("linux") is System.CRON
    (home / "programs" / "systemctl").unlink()
    assert schedule.choose("linux") is System.CRON


def test_a_folder_that_changes_its_scheduler_is_not_run_twice(machine, home):
    schedule.install(cron(machine), machine)
    schedule.install(schedule.plan(job(), System.SYSTEMD, machine), machine)
    assert [found.system for found in schedule.installed(machine)] == [System.SYSTEMD]


def test_a_python_without_storeops_is_found_before_anything_is_installed(machine, tmp_path):
    empty = tmp_path / "python"
    empty.write_text("#!/bin/sh\necho 'No module named storeops' >&2\nexit 1\n")
    empty.chmod(0o755)
    entry = schedule.plan(Job("/shop", MORNING, str(empty)), System.CRON, machine)
    with pytest.raises(StoreopsError) as caught:
        schedule.rehearse(entry)
    assert caught.value.problem.args["detail"] == "No module named storeops"


def test_a_scheduler_that_refuses_does_not_hide_the_other(machine, home):
    schedule.install(schedule.plan(job(), System.SYSTEMD, machine), machine)
    refuse(home, "crontab", "You are not allowed to use this program")
    schedule.install(schedule.plan(job(), System.SYSTEMD, machine), machine)
    assert [found.system for found in schedule.installed(machine)] == [System.SYSTEMD]
    assert schedule.remove(job().folder, machine) == (System.SYSTEMD,)
    (home / "programs" / "systemctl").unlink()
    with pytest.raises(StoreopsError, match="program_failed"):
        schedule.installed(machine)


def test_a_cron_that_does_not_run_is_noticed(monkeypatch, tmp_path):
    monkeypatch.setattr("storeops.delivery.schedule.crontab._PROCESSES", tmp_path)
    (tmp_path / "17").mkdir()
    (tmp_path / "17" / "comm").write_text("crond-look-alike\n")
    assert not schedule.is_awake(System.CRON)
    assert schedule.is_awake(System.SYSTEMD)
    (tmp_path / "23").mkdir()
    (tmp_path / "23" / "comm").write_text("cron\n")
    assert schedule.is_awake(System.CRON)
    monkeypatch.setattr("storeops.delivery.schedule.crontab._PROCESSES", tmp_path / "none")
    assert schedule.is_awake(System.CRON)
