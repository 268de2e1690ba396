"""Own events and changes on disk: edited by hand and by command, whole or not at all."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storeops.calendars import Phase, load_calendar
from storeops.config import EventSettings, LoggedChange
from storeops.errors import StoreopsError
from storeops.pipeline import notebook, telling
from storeops.pipeline.questions import rebuild
from storeops.pipeline.workspace import open_workspace

PARTY = EventSettings(name="店庆", start=date(2026, 11, 20), end=date(2026, 11, 22))
SALE = EventSettings(name="清仓", start=date(2026, 9, 10), end=date(2026, 9, 12), phase="sale")


def write(root, name, text):
    (root / ".storeops").mkdir(exist_ok=True)
    (root / ".storeops" / name).write_text(text, encoding="utf-8")


def read(root, name):
    return (root / ".storeops" / name).read_text(encoding="utf-8")


def test_what_is_written_is_read_back(tmp_path):
    assert notebook.events(tmp_path) == ()
    assert notebook.add_event(tmp_path, PARTY)
    assert notebook.add_event(tmp_path, SALE)
    assert not notebook.add_event(tmp_path, PARTY)
    assert notebook.events(tmp_path) == (PARTY, SALE)
    notebook.remove_events(tmp_path, [PARTY])
    assert notebook.events(tmp_path) == (SALE,)
    notebook.remove_events(tmp_path, [SALE])
    assert notebook.events(tmp_path) == ()
    left = {path.name for path in (tmp_path / ".storeops").iterdir()} - {"notebook.lock"}
    assert left == {"events.yaml"}


NASTY = '# no: "remark" \\ =1+1\u2028\x1b[31m<b>\x85 {a} 😀\n- x: y'


@settings(max_examples=40, deadline=None)
@given(st.text(st.characters(exclude_categories=("Cs",)), min_size=1))
def test_any_text_survives_the_file(text):
    change = LoggedChange(day=date(2026, 9, 17), text=text, item="600123456789")
    with TemporaryDirectory() as folder:
        notebook.add_change(Path(folder), change)
        assert notebook.changes(Path(folder)) == (change,)
        written = read(Path(folder), "changes.yaml")
    assert all(mark.isprintable() or mark == "\n" for mark in written)


def test_hostile_text_is_kept_as_text(tmp_path):
    change = LoggedChange(day=date(2026, 9, 17), text=NASTY)
    notebook.add_change(tmp_path, change)
    notebook.add_change(tmp_path, LoggedChange(day=date(2026, 9, 18), text="next"))
    assert notebook.changes(tmp_path)[0] == change


BY_HAND = """\
# my events
events:
    - name: 店庆   # every year
      start: 2025-11-20
      end: 2025-11-22
    # the second one
    - {name: 618, start: 2025-06-18, end: 2025-06-18, phase: sale}
# the end
"""


def test_remarks_and_shape_of_a_file_edited_by_hand_stay(tmp_path):
    write(tmp_path, "events.yaml", BY_HAND)
    notebook.add_event(tmp_path, SALE)
    notebook.remove_events(tmp_path, [notebook.events(tmp_path)[0]])
    text = read(tmp_path, "events.yaml")
    assert "# my events" in text
    assert "# the second one" in text
    assert "every year" not in text
    assert [event.name for event in notebook.events(tmp_path)] == ["618", "清仓"]


@pytest.mark.parametrize("empty", ["", "events:\n", "events: []\n", "# only a remark\n"])
def test_an_empty_file_holds_no_events_and_takes_one(tmp_path, empty):
    write(tmp_path, "events.yaml", empty)
    assert notebook.events(tmp_path) == ()
    notebook.add_event(tmp_path, PARTY)
    assert notebook.events(tmp_path) == (PARTY,)


@pytest.mark.parametrize(
    ("text", "line", "key"),
    [
        ("events:\n- name: a\n  strat: 2026-01-01\n", 3, "events.0.strat"),
        ("event:\n- name: a\n", 1, "event"),
        ("events:\n- name: a\n  start: 2026-01-02\n  end: 2026-01-01\n", 2, "events.0"),
        ("events:\n- name: a\n  start: 2026-01-02\n  end: 2026-01-02\n  phase: party\n", 5, "events.0.phase"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_named_with_line_and_key(tmp_path, text, line, key):
    write(tmp_path, "events.yaml", text)
    with pytest.raises(StoreopsError) as caught:
        open_workspace(tmp_path)
    told = caught.value.problem.args
    assert (told["file"], told["line"], told["key"]) == (".storeops/events.yaml", line, key)


def test_a_file_that_is_no_yaml_or_no_utf8_is_named_and_left_alone(tmp_path):
    write(tmp_path, "changes.yaml", "changes:\n- day: [\n")
    with pytest.raises(StoreopsError) as caught:
        notebook.add_change(tmp_path, LoggedChange(day=date(2026, 9, 17), text="x"))
    assert caught.value.problem.args["file"] == ".storeops/changes.yaml"
    assert read(tmp_path, "changes.yaml") == "changes:\n- day: [\n"
    (tmp_path / ".storeops" / "changes.yaml").write_bytes("changes: # 改".encode("gbk"))
    with pytest.raises(StoreopsError) as caught:
        notebook.changes(tmp_path)
    assert caught.value.problem.id == "notebook.not_utf8"


def test_a_write_that_fails_leaves_the_old_file_whole(tmp_path, monkeypatch):
    notebook.add_event(tmp_path, PARTY)
    before = read(tmp_path, "events.yaml")

    def broken(source, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", broken)
    with pytest.raises(StoreopsError):
        notebook.add_event(tmp_path, SALE)
    assert read(tmp_path, "events.yaml") == before
    assert not list((tmp_path / ".storeops").glob("*.tmp"))


ADDS = """
import sys
from datetime import date
from pathlib import Path
from storeops.config import LoggedChange
from storeops.pipeline import notebook
for n in range(20):
    text = f"{sys.argv[2]} {n}"
    notebook.add_change(Path(sys.argv[1]), LoggedChange(day=date(2026, 9, 17), text=text))
"""


def test_commands_at_the_same_time_lose_no_note(tmp_path):
    writers = [
        subprocess.Popen([sys.executable, "-c", ADDS, str(tmp_path), name]) for name in "abc"
    ]
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    assert len(notebook.changes(tmp_path)) == 60


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / ".storeops").write_text("a file in the way", encoding="utf-8")
    with pytest.raises(StoreopsError) as caught:
        notebook.add_event(tmp_path, PARTY)
    assert caught.value.problem.id == "delivery.not_written"


def test_ids_edited_without_quotes_are_text(tmp_path):
    write(
        tmp_path, "changes.yaml", "changes:\n- day: 2026-09-17\n  text: 618\n  item: 600123456789\n"
    )
    (change,) = notebook.changes(tmp_path)
    assert (change.text, change.item, change.kind) == ("618", "600123456789", "other")


def test_every_calendar_of_a_workspace_knows_both_kinds_of_events(tmp_path):
    (tmp_path / "config.yaml").write_text(
        "events:\n- name: 停业\n  start: 2026-03-10\n  end: 2026-03-11\n  phase: closed\n",
        encoding="utf-8",
    )
    notebook.add_event(tmp_path, PARTY)
    calendar = load_calendar(open_workspace(tmp_path).settings.events)
    assert calendar.phase(date(2026, 3, 10)).phase is Phase.CLOSED
    assert calendar.phase(date(2026, 11, 21)).name == "店庆"


def test_an_event_of_the_configuration_is_not_removed_by_command(tmp_path):
    (tmp_path / "config.yaml").write_text(
        "events:\n- name: 停业\n  start: 2026-03-10\n  end: 2026-03-11\n", encoding="utf-8"
    )
    with pytest.raises(StoreopsError) as caught:
        telling.remove_event(open_workspace(tmp_path), "停业", None)
    assert caught.value.problem.id == "events.configured"


def test_several_events_of_one_name_are_removed_one_by_one(tmp_path):
    later = PARTY.model_copy(update={"start": date(2027, 11, 20), "end": date(2027, 11, 22)})
    notebook.add_event(tmp_path, PARTY)
    notebook.add_event(tmp_path, later)
    with pytest.raises(StoreopsError) as caught:
        telling.remove_event(open_workspace(tmp_path), "店庆", None)
    assert caught.value.problem.id == "events.several"
    assert telling.remove_event(open_workspace(tmp_path), "店庆", PARTY.start) == (PARTY,)
    assert notebook.events(tmp_path) == (later,)


def test_the_notebook_survives_a_new_record(tmp_path, asked):
    notebook.add_event(tmp_path, PARTY)
    notebook.add_change(tmp_path, LoggedChange(day=date(2026, 9, 17), text="x"))
    record = open_workspace(tmp_path).record
    record.write_bytes(b"garbage")
    rebuild(open_workspace(tmp_path), asked)
    assert len(notebook.events(tmp_path)) == len(notebook.changes(tmp_path)) == 1


def test_events_are_listed_around_the_last_day_on_record_else_today(copied, asked, tmp_path):
    found = telling.events_around(open_workspace(tmp_path), asked)
    assert found.day == asked.now.date()
    root = copied()
    rebuild(open_workspace(root), asked)
    found = telling.events_around(open_workspace(root), asked)
    assert found.day == date(2026, 9, 17)
    assert any(stretch.what.event == "september_9" for stretch in found.calendar)
