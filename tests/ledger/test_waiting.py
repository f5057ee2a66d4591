"""Sealing that stopped is said: in the log, by the doctor, and at /health/sealing/."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import connections
from django.http import HttpResponse
from django.test import Client
from structlog.testing import capture_logs

from apps.ledger.services import open_log, seal
from apps.ledger.tasks import seal_pending
from apps.ledger.waiting import LONG, waiting, why_stopped
from pharmatrace import diagnosis
from tests.ledger.statements import NOON, append_some

LATER = NOON + LONG + timedelta(seconds=5)


def get(address: str) -> HttpResponse:
    """In a thread of its own: the health view is asynchronous, and a browser test that ran before in this
    process leaves an event loop in the main thread."""

    def ask() -> HttpResponse:
        try:
            return Client().get(address)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as one:
        return one.submit(ask).result()


def stop(settings: Any) -> None:
    """Something that a person has to put right."""
    with Path(settings.JOURNAL_FILE).open("ab") as file:
        file.write(b"hello\n")


@pytest.mark.django_db
def test_nothing_waits_after_sealing() -> None:
    append_some(3)
    seal(at=NOON)
    assert waiting(now=LATER) is None
    assert why_stopped() is None


@pytest.mark.django_db
def test_the_age_is_that_of_the_oldest() -> None:
    append_some(3)
    found = waiting(now=NOON + timedelta(seconds=9))
    assert found is not None
    assert (found.count, found.age, found.too_long) == (3, timedelta(seconds=9), False)


@pytest.mark.django_db
def test_the_doctor_says_that_sealing_stopped_and_why(settings: Any) -> None:
    open_log(at=NOON)
    assert [one.level for one in diagnosis.sealing()] == [diagnosis.Level.GOOD]
    append_some(2)
    stop(settings)
    with time_machine.travel(LATER):
        (finding,) = diagnosis.sealing()
    assert finding.level is diagnosis.Level.WRONG
    assert "2 signed statements wait to be sealed, the oldest for 65 s" in finding.sentence
    assert "cannot be read" in finding.sentence


@pytest.mark.django_db
def test_the_doctor_says_so_when_the_logs_key_is_gone(settings: Any) -> None:
    open_log(at=NOON)
    append_some(1)
    Path(settings.LOG_KEY_FILE).unlink()
    with time_machine.travel(LATER):
        (finding,) = diagnosis.sealing()
    assert "its key does not" in finding.sentence


@pytest.mark.django_db
def test_a_stopped_sealer_is_an_error_in_the_log(settings: Any) -> None:
    open_log(at=NOON)
    append_some(1)
    stop(settings)
    with capture_logs() as said:
        seal_pending()
    (line,) = [one for one in said if one["event"] == "sealing_stopped"]
    assert line["log_level"] == "error"
    assert "cannot be read" in line["reason"]


@pytest.mark.django_db(transaction=True)
def test_health_tells_how_long_the_oldest_waits_and_leaves_web_in_service() -> None:
    open_log(at=NOON)
    append_some(1)
    with time_machine.travel(NOON + timedelta(seconds=2), tick=False):
        assert get("/health/sealing/?format=text").status_code == 200
    with time_machine.travel(LATER, tick=False):
        answer = get("/health/sealing/?format=text")
        assert get("/health/").status_code == 200
    assert answer.status_code == 500
    assert "the oldest for 65 s" in answer.content.decode()


@pytest.mark.django_db(transaction=True)
def test_health_tells_that_nobody_cosigns_and_leaves_sealing_and_web_in_service(
    settings: Any, tmp_path: Path
) -> None:
    open_log(at=NOON)
    settings.WITNESS_POLICY_FILE = str(tmp_path / "missing.txt")
    append_some(1)
    seal(at=NOON)
    with time_machine.travel(NOON + timedelta(seconds=2), tick=False):
        assert get("/health/witnesses/?format=text").status_code == 200
    with time_machine.travel(LATER, tick=False):
        answer = get("/health/witnesses/?format=text")
        assert get("/health/sealing/?format=text").status_code == 200
        assert get("/health/").status_code == 200
        (finding, *_) = diagnosis.witnesses()
    assert answer.status_code == 500
    assert "is signed and not published" in answer.content.decode()
    assert "missing.txt" not in answer.content.decode()
    assert finding.level is diagnosis.Level.WRONG and "cannot be read" in finding.sentence


@pytest.mark.django_db
def test_the_doctor_says_that_nobody_is_asked() -> None:
    assert [one.level for one in diagnosis.witnesses()] == [diagnosis.Level.HINT]
