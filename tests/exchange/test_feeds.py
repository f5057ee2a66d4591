"""A partner's reports come in: only what is signed, once each, in the name of a member."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from apps.custody.models import CustodyEvent
from apps.exchange.delivering import DELIVERY
from apps.exchange.feeding import close_feed, open_feed
from apps.exchange.models import Feed
from apps.exchange.webhooks.signing import HEADER, is_signed, signature
from apps.jobs.models import Job
from apps.jobs.services import run_one_step
from apps.parties.services import represent
from pharmatrace.kernel.custody import acts
from pharmatrace.kernel.custody.act import RESOLVER
from pharmatrace.kernel.custody.kinds import Kind
from pharmatrace.kernel.epcis.jsonld_writing import write_query_document
from pharmatrace.kernel.refusal import Refused
from tests.cast import LONG_AGO
from tests.custody.goods import EXPIRY, LOT, START, Goods, uris, wrong
from tests.custody.test_unmanaged import told as stranger

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


def test_another_report_under_a_used_id_is_not_lost(feed: Any, report: bytes) -> None:
    assert send(feed, report, delivery="1").status_code == 202
    other = json.dumps(write_query_document([], START, query_name="all")).encode()
    assert send(feed, other, delivery="1").status_code == 202
    for delivery in ("x" * 300 + "a", "x" * 300 + "b"):
        assert send(feed, report, delivery=delivery).status_code == 202
    assert Job.objects.count() == 4


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
    mia.membership.ended_at = NOON
    mia.membership.save()
    assert send(feed, report).status_code == 404, "a 202 would be a promise that nobody keeps"
    mia.membership.ended_at = None
    mia.membership.save()
    assert send(feed, report).status_code == 202
    close_feed(feed=feed[0], at=NOON)
    assert send(feed, report).status_code == 404
    assert Client().get(f"/epcis/feeds/{feed[0].pk}").status_code == 405


def test_the_token_is_shown_once_and_kept_sealed(mia: Any, capsys: Any) -> None:
    call_command("feed", "open", mia.organisation.gln, mia.user.email, "Our line", "--own")
    told = dict(line.split(": ") for line in capsys.readouterr().out.splitlines())
    feed = Feed.objects.get()
    assert told["dest"].endswith(f"/epcis/feeds/{feed.pk}")
    assert told["signatureToken"].encode() not in bytes(feed.sealed_token)
    call_command("feed", "list")
    assert told["signatureToken"] not in capsys.readouterr().out
    call_command("feed", "close", str(feed.pk))
    assert Feed.objects.get().closed_at


def captured() -> list[str]:
    """The codes of what was refused, after all jobs have run."""
    while run_one_step(at=timezone.now()):
        pass
    errors = Job.objects.latest("created_at").parameters["errors"]
    return [one["refusal"]["code"] for one in errors]


@pytest.fixture
def partners_feed(mia: Any, dan: Any) -> tuple[Feed, str]:
    """Mia has no key here, and Dan records what she reports."""
    mia.organisation.keys.update(revoked_at=LONG_AGO)
    represent(partner=mia.organisation, representative=dan.organisation, at=LONG_AGO)
    return open_feed(
        membership=dan.membership, partner=mia.organisation, name=mia.organisation.name, at=NOON
    )


def test_a_partners_feed_takes_what_the_partner_did(
    partners_feed: Any, report: bytes, mia: Any, dan: Any
) -> None:
    assert send(partners_feed, report).status_code == 202
    assert captured() == []
    event = CustodyEvent.objects.get()
    assert (event.actor, event.reporter) == (dan.organisation, mia.organisation)


def test_a_partners_feed_is_no_way_to_act_as_the_receiver_or_as_another_partner(
    partners_feed: Any, report: bytes, mia: Any, dan: Any, petra: Any, goods: Goods
) -> None:
    petra.organisation.keys.update(revoked_at=LONG_AGO)
    represent(partner=petra.organisation, representative=dan.organisation, at=LONG_AGO)
    send(partners_feed, report)
    assert captured() == []
    goods.record(dan, goods.shipment(mia, uris(3), dan)).raise_refused()
    own = acts.receive(
        uris(3), sender_gln=mia.organisation.gln, consignee_gln=dan.organisation.gln,
        reference="D1", site_gln=dan.site.gln, at=goods.tick(),
    )  # fmt: skip
    others = [own, acts.act(Kind.INSPECT, uris(1), site_gln=petra.site.gln, at=goods.now)]
    told = json.dumps(write_query_document(others, START, query_name="all")).encode()
    assert send(partners_feed, told).status_code == 202
    assert captured() == ["not_the_partners"] * 2
    goods.record(dan, own).raise_refused()
    send(partners_feed, told, delivery="again")  # Dan's own, told back to him, is nothing new
    assert captured() == ["not_the_partners"]
    declared = [wrong(own, at=goods.tick())]
    told = json.dumps(write_query_document(declared, START, query_name="all")).encode()
    send(partners_feed, told)
    assert captured() == ["not_the_partners"]


def test_a_partners_feed_keeps_what_it_knows_of_strangers_but_not_as_ours(
    partners_feed: Any, dan: Any
) -> None:
    ours = stranger(bizLocation={"id": RESOLVER + "414/" + dan.site.gln})
    told = json.dumps(write_query_document([stranger(), ours], START, query_name="all")).encode()
    send(partners_feed, told)
    assert captured() == ["not_the_partners"]
    assert CustodyEvent.objects.get().kind == "unmanaged"


def test_a_feed_is_opened_for_a_partner_that_is_represented(
    mia: Any, dan: Any, partners_feed: Any, capsys: Any
) -> None:
    with pytest.raises(Refused) as refused:
        open_feed(membership=mia.membership, partner=dan.organisation, name="x", at=NOON)
    assert refused.value.codes == ("not_represented",)
    call_command(
        "feed", "open", dan.organisation.gln, dan.user.email, "Mia", "--partner",
        mia.organisation.gln,
    )  # fmt: skip
    assert Feed.objects.latest("created_at").partner == mia.organisation
    with pytest.raises(CommandError):
        call_command("feed", "open", dan.organisation.gln, dan.user.email, "Mia")


def test_who_may_only_look_opens_none(mia: Any) -> None:
    mia.membership.role = "viewer"
    with pytest.raises(Refused, match="look"):
        open_feed(membership=mia.membership, name="x", at=NOON)


def test_a_signature_is_good_for_five_minutes() -> None:
    signed = signature(b"key", b"body", at=NOON)
    assert is_signed(b"key", signed, b"body", at=NOON + timedelta(minutes=5))
    assert is_signed(b"key", signed, b"body", at=NOON - timedelta(minutes=5))
    assert not is_signed(b"key", signed, b"body", at=NOON + timedelta(minutes=5, seconds=1))
