"""What people are told of anchors: which kinds do nothing here, which fail and since when."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from apps.anchors import telling
from apps.anchors.models import Anchor, AnchorAttempt
from apps.anchors.telling import tell
from apps.ledger.services import open_log
from pharmatrace.diagnosis import Level, anchoring
from tests.anchors.openssl_tsa import OpensslTsa, serving

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def tsa(tmp_path_factory: pytest.TempPathFactory) -> OpensslTsa:
    return OpensslTsa(tmp_path_factory.mktemp("tsa") / "ca")


def test_a_kind_that_is_not_configured_says_so_in_the_log_once_and_in_doctor(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "_said", set())
    open_log(at=timezone.now())
    assert tell(at=timezone.now()) == 0
    assert tell(at=timezone.now()) == 0
    said = [one.msg for one in caplog.records if "anchor_not_configured" in str(one.msg)]
    assert [one["backend"] for one in said] == ["rfc3161", "opentimestamps", "evm"]
    told = list(anchoring())
    assert {one.level for one in told} == {Level.HINT}
    assert [one.sentence.split(":")[0] for one in told] == [
        f"checkpoints are not anchored by {kind}" for kind in ("rfc3161", "opentimestamps", "evm")
    ]
    assert not AnchorAttempt.objects.exists()
    assert set(Anchor.objects.values_list("backend", flat=True)) == {"journal"}


def test_an_anchor_that_works_is_good(tsa: OpensslTsa, settings: Any, client: Client) -> None:
    open_log(at=timezone.now())
    with serving(lambda *asked: (200, tsa.reply(asked[2]), {})) as url:
        settings.ANCHOR_RFC3161 = [f"{url}|{tsa.root}"]
        tell(at=timezone.now())
        found = next(one for one in anchoring() if url in one.sentence)
    assert found.level is Level.GOOD
    assert "1 entries anchored" in found.sentence
    assert client.get("/health/anchors/").status_code == 200


@pytest.mark.parametrize(
    ("hours", "level", "status"), [(23, Level.HINT, 200), (25, Level.WRONG, 500)]
)
def test_an_anchor_that_fails_for_a_day_is_an_alarm_and_names_no_address(
    hours: int, level: Level, status: int, tsa: OpensslTsa, settings: Any, client: Client
) -> None:
    open_log(at=timezone.now())
    with serving(lambda *asked: (503, b"", {})) as url:
        settings.ANCHOR_RFC3161 = [f"{url}|{tsa.root}"]
        tell(at=timezone.now() - timedelta(hours=hours))
    found = next(one for one in anchoring() if url in one.sentence)
    assert (found.level, "it answers 503" in found.sentence) == (level, True)
    answer = client.get("/health/anchors/")
    assert answer.status_code == status
    assert url not in answer.content.decode()
    assert client.get("/health/").status_code == 200  # anchoring never stops anything


def test_what_never_becomes_final_is_given_up(settings: Any) -> None:
    from tests.anchors.calendar_server import calendars

    now = timezone.now()
    open_log(at=now)
    with calendars("alice") as (alice,):
        settings.ANCHOR_OPENTIMESTAMPS = [alice.url]
        tell(at=now)
        settings.ANCHOR_OPENTIMESTAMPS_EVERY = 10**9
        tell(at=now + timedelta(days=59))
        assert AnchorAttempt.objects.get().state == "pending"
        tell(at=now + timedelta(days=60))
    assert AnchorAttempt.objects.get().state == "failed"
    assert "60 days" in AnchorAttempt.objects.get().last_error


def test_two_workers_take_different_steps(tsa: OpensslTsa, settings: Any) -> None:
    """What one has claimed, the other passes over."""
    now = timezone.now()
    open_log(at=now)
    taken = []
    with serving(lambda *asked: (200, tsa.reply(asked[2]), {})) as url:
        settings.ANCHOR_RFC3161 = [f"{url}|{tsa.root}"]

        def answer_and_ask_again(*asked: Any) -> Any:
            taken.append(tell(at=now))  # another worker, while this one waits
            connection.close()
            return 200, tsa.reply(asked[2]), {}

        with serving(answer_and_ask_again) as busy:
            settings.ANCHOR_RFC3161 = [f"{busy}|{tsa.root}"]
            assert tell(at=now) == 1
    assert taken == [0]
    assert Anchor.objects.filter(backend="rfc3161").count() == 1
