"""One attempt with everything watched that could show a secret."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest
from loopback import ACCESS, NOW, PASSWORD, SIGNING, shapes

from storeops.config import DeliverySettings, MailSettings, RecipientSettings
from storeops.delivery import senders
from storeops.delivery.parcel import Outcome, Parcel
from storeops.reporter.lang import Catalogue, catalogue


@pytest.fixture
def watched(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, capfd
) -> Callable[[Callable[[], Outcome]], Outcome]:
    """Run an attempt with logging at its most talkative, and search all it leaves for secrets."""
    monkeypatch.setenv("TEST_PASSWORD", PASSWORD)
    monkeypatch.setenv("TEST_SIGNING", SIGNING)
    monkeypatch.setattr(logging.getLogger("mail.log"), "disabled", True)  # the server's own
    caplog.set_level(logging.DEBUG)
    for name in ("urllib3", "urllib3.connectionpool", "stamina", "requests"):
        caplog.set_level(logging.DEBUG, logger=name)

    def run(attempt: Callable[[], Outcome]) -> Outcome:
        outcome = attempt()
        left = [repr(outcome), caplog.text, *capfd.readouterr()]
        left += [repr(vars(record)) for record in caplog.records]
        for lang in ("zh", "en"):
            said = [m for m in (outcome.meaning, outcome.advice) if m]
            assert len(said) == 2, "every outcome is explained"
            words = Catalogue(lang, catalogue(lang).templates, strict=True)
            left += [words.text(m) for m in said]
        for secret in (PASSWORD, SIGNING, ACCESS):
            for shape in shapes(secret):
                assert [text for text in left if shape in text] == []
        return outcome

    return run


@pytest.fixture
def attempt(watched) -> Callable[..., Outcome]:
    """Send a parcel to one recipient."""

    def run(
        parcel: Parcel, recipient: RecipientSettings, mail: MailSettings | None = None
    ) -> Outcome:
        settings = DeliverySettings(mail=mail or MailSettings(timeout_seconds=2))
        return watched(
            lambda: senders.send(parcel, recipient, settings, "day/2025-11-20/boss", NOW)
        )

    return run


@pytest.fixture
def tried(watched) -> Callable[..., Outcome]:
    """Try the way to one recipient."""

    def run(recipient: RecipientSettings, mail: MailSettings | None = None) -> Outcome:
        settings = DeliverySettings(mail=mail or MailSettings(timeout_seconds=2))
        return watched(lambda: senders.probe(recipient, settings, NOW))

    return run
