"""A partner's reports come in: only what is signed, once each, in the name of a member."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from apps.custody.models import CustodyEvent
from apps.exchange.delivering import DELIVERY
from apps.exchange.feeding import close_feed, open_feed
from apps.exchange.models import Feed
from apps.exchange.webhooks.signing import HEADER, is_signed, signature
from apps.jobs.models import Job
from apps.jobs.services import run_one_step
from pharmatrace.kernel.custody import acts
from pharmatrace.kernel.epcis.jsonld_writing import write_query_document
from pharmatrace.kernel.refusal import Refused
from tests.custody.goods import EXPIRY, LOT, START, uris

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def report(mia: Any, batch: Any) -> bytes:
    """Of Mia's line: three packs were commissioned."""
    event = acts.commission(uris(3), lot=LOT, expiry=EXPIRY, site_gln=mia.site.gln, at=START)
    return json.dumps(write_query_document([event], START, query_name="all")).encode()


@pytest.fixture
def feed(mia: Any) -> tuple[Feed, str]:
    return open_feed(membership=mia.membership, name="Our line", at=NOON)


def send(feed: tuple[Feed, str], body: bytes, *, delivery: str = "", **changed: Any) -> Any:
    token, at = changed.get("token", feed[1]), changed.get("at", timezone.now())
    signed = changed.get("signature", signature(token.encode(), body, at=at))
    return Client(enforce_csrf_checks=True).post(
        f"/epcis/feeds/{feed[0].pk}", changed.get("sent", body), content_type="application/json",
        headers={HEADER: signed, DELIVERY: delivery},
    )  # fmt: skip


def test_a_signed_report_is_captured(feed: Any, report: bytes) -> None:
    answer = send(feed, report)
    assert answer.status_code == 202 and answer.json()["events"] == 1
    while run_one_step(at=timezone.now()):
        pass
    job = Job.objects.get(pk=answer.json()["captureID"])
    assert (job.state, job.parameters["errors"]) == (Job.State.DONE, [])
    assert CustodyEvent.objects.get().package_count == 3
    assert Feed.objects.get().last_report_at is not None


def test_the_same_report_again_is_the_same_job(feed: Any, report: bytes) -> None:
    first = send(feed, report, delivery="7f1c")
    again = send(feed, report, delivery="7f1c")
    assert (first.status_code, again.status_code) == (202, 200)
    assert first.json() == again.json() and Job.objects.count() == 1
    assert send(feed, report, delivery="7f1d").status_code == 202


@pytest.mark.parametrize(
    "changed",
    [
        {"token": "0" * 64},
        {"signature": ""},
        {"signature": "t=1,sha256=" + "0" * 64},
        {"signature": "sha256=" + "0" * 64},
        {"signature": "t=99999999999999999999,sha256=" + "0" * 64},
        {"sent": b"{}"},
        {"at": datetime(2026, 1, 1, tzinfo=UTC)},
    ],
    ids=["another token", "no signature", "a made up one", "no time", "a huge time", "another body",
         "an old one"],
)  # fmt: skip
def test_what_the_partner_did_not_sign_is_not_taken(
    feed: Any, report: bytes, changed: dict[str, Any]
) -> None:
    answer = send(feed, report, **changed)
    assert answer.status_code == 401
    assert answer.json()["type"] == "epcisException:SecurityException"
    assert not Job.objects.exists()


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b"{}", b'{"type":"EPCISDocument"}'])
def test_what_is_no_report_is_refused_with_its_reason(feed: Any, body: bytes) -> None:
    answer = send(feed, body)
    assert answer.status_code == 400 and answer.json()["detail"]
    assert not Job.objects.exists()


def test_an_empty_report_is_taken(feed: Any) -> None:
    body = json.dumps(write_query_document([], START, query_name="all")).encode()
    assert send(feed, body).status_code == 202
    run_one_step(at=timezone.now())
    assert Job.objects.get().state == Job.State.DONE


def test_a_closed_feed_a_strange_one_and_one_of_who_left_take_nothing(
    feed: Any, report: bytes, mia: Any
) -> None:
    strange = Feed(pk=uuid4())
    assert send((strange, feed[1]), report).status_code == 404
    mia.user.is_active = False
    mia.user.save()
    assert send(feed, report).status_code == 404
    mia.user.is_active = True
    mia.user.save()
    assert send(feed, report).status_code == 202
    close_feed(feed=feed[0], at=NOON)
    assert send(feed, report).status_code == 404
    assert Client().get(f"/epcis/feeds/{feed[0].pk}").status_code == 405


def test_the_token_is_shown_once_and_kept_sealed(mia: Any, capsys: Any) -> None:
    call_command("feed", "open", mia.organisation.gln, mia.user.email, "Dan")
    told = dict(line.split(": ") for line in capsys.readouterr().out.splitlines())
    feed = Feed.objects.get()
    assert told["dest"].endswith(f"/epcis/feeds/{feed.pk}")
    assert told["signatureToken"].encode() not in bytes(feed.sealed_token)
    call_command("feed", "list")
    assert told["signatureToken"] not in capsys.readouterr().out
    call_command("feed", "close", str(feed.pk))
    assert Feed.objects.get().closed_at


def test_who_may_only_look_opens_none(mia: Any) -> None:
    mia.membership.role = "viewer"
    with pytest.raises(Refused, match="look"):
        open_feed(membership=mia.membership, name="x", at=NOON)


def test_a_signature_is_good_for_five_minutes() -> None:
    signed = signature(b"key", b"body", at=NOON)
    assert is_signed(b"key", signed, b"body", at=NOON + timedelta(minutes=5))
    assert is_signed(b"key", signed, b"body", at=NOON - timedelta(minutes=5))
    assert not is_signed(b"key", signed, b"body", at=NOON + timedelta(minutes=5, seconds=1))
