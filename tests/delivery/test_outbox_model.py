"""Whatever is put in, decided against, delivered and killed in whatever order: the model's outbox.

The model knows what a recipient has seen; the files and the order of the code's decisions it does
not know.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from datetime import timedelta
from pathlib import Path

from hypothesis import settings as effort
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from outbox_child import NOW, key, letter, mail, robot, settings

from storeops.delivery.outbox import Outbox, Status
from storeops.delivery.parcel import Fate, Outcome
from storeops.messages import message

NAMES = ("mail", "robot")
PEOPLE = settings(mail("mail"), robot("robot"))
GONE = {Status.SENT, Status.UNKNOWN}
KILLED_BEFORE, KILLED_AFTER = "killed before", "killed after"
each_name = st.sampled_from(NAMES)
digests = st.sampled_from("abc")
fates = st.sampled_from([*Fate, KILLED_BEFORE, KILLED_AFTER])


class Killed(BaseException):
    """Ends an attempt as a kill does: nothing after it runs."""


class Handed:
    """What one recipient was handed: subject and Message-ID of every copy, and how it ended."""

    def __init__(self):
        self.copies = []
        self.settled_copies = []


class OutboxMachine(RuleBasedStateMachine):
    """Drives a real outbox on disk beside what its recipients have seen."""

    @initialize()
    def begin(self):
        self.folder = Path(tempfile.mkdtemp()) / "outbox"
        self.now = NOW
        self.handed = {name: Handed() for name in NAMES}
        self.wanted = dict.fromkeys(NAMES)

    def teardown(self):
        """Let all be taken, and see that nobody is left with less than the last word."""
        try:
            while (due := self.box.next_due()) is not None:
                self.now = max(self.now, due)
                self.deliver(Fate.SENT)
            for name in NAMES:
                self.ends_well(name)
        finally:
            shutil.rmtree(self.folder.parent, ignore_errors=True)

    def ends_well(self, name):
        ticket, wanted = self.ticket(name), self.wanted[name]
        if wanted is None:
            return
        if ticket.status in {Status.REFUSED, Status.EXPIRED}:
            assert ticket.digest == wanted
        elif ticket.digest != wanted:
            subjects = [subject for subject, *_ in self.handed[name].copies]
            assert f"更正 {wanted}" in subjects, "neither the last word nor a second correction"

    @property
    def box(self):
        """A new process each time: nothing is remembered but on disk."""
        return Outbox(self.folder, PEOPLE, wait_seconds=1)

    def ticket(self, name):
        return next((t for t in self.box.entries() if t.key.recipient == name), None)

    @rule(name=each_name, digest=digests, held=st.booleans())
    def put(self, name, digest, held):
        before = self.ticket(name)
        moment = self.now + timedelta(hours=1) if held else None
        receipt = self.box.put(key(name), letter(digest), now=self.now, not_before=moment)
        after = self.ticket(name)
        if before is not None and before.digest == digest:
            assert receipt is None
        if receipt is None:
            assert after == before
        else:
            assert after.digest == digest
        self.wanted[name] = digest

    @rule(name=each_name)
    def skip(self, name):
        seen = bool(self.handed[name].settled_copies)
        self.box.skip(key(name), message("outbox.why.normal"), now=self.now)
        after = self.ticket(name)
        assert after.status is not Status.WAITING
        assert not seen or after.status in GONE
        self.wanted[name] = None

    @rule(minutes=st.sampled_from([1, 10, 90, 60 * 24]))
    def wait(self, minutes):
        self.now += timedelta(minutes=minutes)

    @rule(fate=fates)
    def deliver(self, fate):
        def send(parcel, recipient, message_id, /, *, handing_over):
            handed = self.handed[recipient.name]
            if fate == KILLED_BEFORE:
                raise Killed
            handing_over()
            handed.copies.append((parcel.subject, message_id, fate))
            if fate == KILLED_AFTER:
                raise Killed
            if fate is Fate.SENT:
                handed.settled_copies.append((parcel.subject, message_id))
            return Outcome(fate)

        with contextlib.suppress(Killed):
            self.box.deliver(send, self.now)

    @rule(name=each_name)
    def retry(self, name):
        ticket = self.ticket(name)
        if ticket is not None and ticket.status in {Status.REFUSED, Status.EXPIRED}:
            assert self.box.retry(ticket.key.name, self.now).ticket.status is Status.WAITING

    @invariant()
    def nobody_is_told_the_same_twice_once_it_was_taken(self):
        for handed in self.handed.values():
            taken = [message_id for _, message_id in handed.settled_copies]
            assert len(taken) == len(set(taken))
            for subject in {subject for subject, _ in handed.settled_copies}:
                assert [s for s, _ in handed.settled_copies].count(subject) == 1

    @invariant()
    def a_copy_more_is_a_copy_that_may_not_have_arrived(self):
        for name, handed in self.handed.items():
            for _, message_id, _ in handed.copies:
                answers = [fate for _, each, fate in handed.copies if each == message_id]
                unsure = [fate for fate in answers if fate in {Fate.UNKNOWN, KILLED_AFTER}]
                if name == "robot":
                    assert len(unsure) + answers.count(Fate.SENT) <= 1
                assert Fate.SENT not in answers[:-1]

    @invariant()
    def a_correction_follows_something(self):
        for handed in self.handed.values():
            unsure = {Fate.SENT, Fate.UNKNOWN, KILLED_AFTER}
            gone = [subject for subject, _, fate in handed.copies if fate in unsure]
            if gone:
                assert gone[0].startswith("日报")

    @invariant()
    def the_last_word_is_the_last_thing_wanted(self):
        for name in NAMES:
            ticket = self.ticket(name)
            if ticket is not None and ticket.status is Status.WAITING:
                assert ticket.digest == self.wanted[name]

    @invariant()
    def the_folder_is_in_order(self):
        if not self.folder.is_dir():
            return
        assert self.box.aside() == ()
        for ticket in self.box.entries():
            if ticket.status is Status.WAITING:
                assert (self.folder / f"{ticket.key.name}.{ticket.content}.parcel").is_file()


TestOutboxMachine = OutboxMachine.TestCase
TestOutboxMachine.settings = effort(max_examples=40, stateful_step_count=20, deadline=None)
