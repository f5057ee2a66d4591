"""Receivers can tell who speaks; one that fails is tried again, and whoever may not ask any more is told nothing."""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta
from typing import Any

import pytest

from apps.exchange import delivering, marking, reporting
from apps.exchange.delivering import deliver
from apps.exchange.models import Delivery, Subscription
from apps.exchange.reporting import report_due
from apps.exchange.subscribing import resume
from apps.exchange.webhooks import posting
from apps.exchange.webhooks.posting import Answer
from apps.ledger.services.seal import seal
from apps.parties.services import issue_token, revoke_token
from tests.custody.goods import START
from tests.exchange.receiver import Receiver, status
from tests.exchange.subscriber import TOKEN, Desk

# --- the signature -----------------------------------------------------------------------------------------


def is_signed(token: str, header: str, body: bytes, *, now: float) -> bool:
    """The check of docs/epcis.md, as a receiver has it."""
    parts = dict(part.partition("=")[::2] for part in header.split(","))
    expected = hmac.new(token.encode(), f"{parts['t']}.".encode() + body, hashlib.sha256)
    return abs(now - int(parts["t"])) < 300 and hmac.compare_digest(
        expected.hexdigest(), parts["sha256"]
    )


@pytest.mark.django_db
def test_a_report_is_signed_with_the_token(desk: Desk, mia: Any) -> None:
    desk.subscribe(mia, signatureToken=TOKEN)
    desk.commission(mia, "A")
    desk.round()
    (one,) = desk.receiver.requests
    header, now = one.headers["gs1-signature"], desk.now.timestamp()
    assert is_signed(TOKEN, header, one.body, now=now)
    assert not is_signed(TOKEN + "x", header, one.body, now=now)
    assert not is_signed(TOKEN, header, one.body + b" ", now=now)
    assert not is_signed(TOKEN, header, one.body, now=now + 301)


@pytest.mark.django_db
def test_without_a_token_nothing_is_signed(desk: Desk, mia: Any) -> None:
    desk.subscribe(mia)
    desk.commission(mia, "A")
    desk.round()
    assert "gs1-signature" not in desk.receiver.requests[0].headers


# --- receivers that fail -----------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("answer", "wait"),
    [
        (500, 2), (503, 2), (408, 2), (429, 2), (status(503, Retry_After="100"), 100),
        (status(429, Retry_After="Mon, 02 Nov 2026 08:05:00 GMT"), 300), (status(503, Retry_After="soon"), 2),
        (status(503, Retry_After="9" * 40), 86_400), ("die", 2), (b"nonsense\r\n\r\n", 2),
        (b"HTTP/1.1 2", 2), (302, 2), (404, 2),
    ],
)  # fmt: skip
def test_it_is_tried_again(desk: Desk, mia: Any, answer: Any, wait: int) -> None:
    row = desk.subscribe(mia)
    desk.commission(mia, "A")
    desk.receiver.will_answer(answer)
    desk.round()
    row.refresh_from_db()
    assert (row.failures, row.state, row.last_notified_at) == (1, "active", None)
    assert row.last_error
    desk.later(seconds=wait - 1)
    desk.round()
    assert len(desk.receiver.requests) == 1
    desk.later(seconds=1)
    desk.round()
    first, second = desk.receiver.requests
    assert (first.id, first.body) == (second.id, second.body)
    row.refresh_from_db()
    assert (row.failures, row.last_error, row.last_notified_at) == (0, "", desk.now)


@pytest.mark.django_db
def test_a_redirection_is_not_followed(desk: Desk, mia: Any) -> None:
    desk.subscribe(mia)
    desk.commission(mia, "A")
    with Receiver() as elsewhere:
        desk.receiver.will_answer(status(307, Location=elsewhere.url))
        desk.round()
        assert elsewhere.requests == []
    assert Subscription.objects.get().last_status == 307


@pytest.mark.django_db
def test_a_status_counts_though_the_rest_breaks_off(desk: Desk, mia: Any) -> None:
    desk.subscribe(mia)
    desk.commission(mia, "A")
    desk.receiver.will_answer(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nthank")
    desk.round()
    assert Delivery.objects.get().delivered_at == desk.now


def test_it_waits_longer_and_longer() -> None:
    waits = [int(marking.back_off(n).total_seconds()) for n in range(1, 9)]
    assert waits == [2, 8, 32, 128, 512, 2_048, 3_600, 3_600]
    assert marking.back_off(10**6) == timedelta(hours=1)


@pytest.mark.django_db
def test_after_days_it_gives_up_and_can_be_resumed(desk: Desk, mia: Any) -> None:
    row = desk.subscribe(mia)
    desk.commission(mia, "A")

    def down(*_: Any, **__: Any) -> Answer:
        return Answer(0, "It refuses connections.")

    desk.round(post=down)
    tries = 1
    while Subscription.objects.get().state == "active":
        assert desk.later(hours=12) <= START + timedelta(days=5)
        tries += deliver(at=desk.now, post=down)
    assert desk.now == START + timedelta(days=5)
    row.refresh_from_db()
    assert (row.state, row.failures) == ("failing", tries)
    assert "5 days" in row.reason and "refuses connections" in row.reason
    desk.commission(mia, "B")
    desk.round()
    assert desk.receiver.requests == []
    resume(subscription=row, by=mia.membership, token=None, at=desk.now)
    desk.round()
    assert desk.told == ["A", "B"]


@pytest.mark.django_db
def test_who_says_no_five_times_is_not_asked_again(desk: Desk, mia: Any) -> None:
    row = desk.subscribe(mia)
    desk.commission(mia, "A")
    desk.receiver.will_answer(403, 500, 403, 403, 401, 410)
    for _ in range(10):
        desk.round()
        desk.later(hours=1)
    row.refresh_from_db()
    assert (row.state, row.last_status) == ("refused", 410)
    assert len(desk.receiver.requests) == 6
    resume(subscription=row, by=mia.membership, token=None, at=desk.now)
    desk.round()
    assert desk.told == ["A"]


@pytest.mark.django_db
def test_one_that_fails_keeps_nobody_else_waiting(desk: Desk, mia: Any, dan: Any) -> None:
    with Receiver() as other:
        other.will_answer(*["die"] * 9)
        desk.subscribe(mia, dest=other.url)
        desk.subscribe(mia)
        for serial in "AB":
            desk.commission(mia, serial)
            desk.round()
    assert desk.told == ["A", "B"]
    assert len(other.requests) == 1  # B waits for A


@pytest.mark.django_db
def test_what_cannot_be_written_is_tried_later(
    desk: Desk, mia: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.subscribe(mia)
    desk.commission(mia, "A")
    with monkeypatch.context() as broken:
        broken.setattr(delivering, "report_body", lambda *_: 1 / 0)
        desk.round()
    assert Subscription.objects.get().failures == 1
    desk.later(seconds=2)
    desk.round()
    assert desk.told == ["A"]


@pytest.mark.django_db
def test_a_fault_in_sending_one_is_no_fault_of_the_others(desk: Desk, mia: Any) -> None:
    broken, fine = desk.subscribe(mia, dest="https://partner.example.org/"), desk.subscribe(mia)
    desk.commission(mia, "A")

    def post(url: str, *rest: Any, **more: Any) -> Answer:
        if url == broken.dest:
            raise RuntimeError("ours")
        return posting.post(url, *rest, **more)

    desk.round(post=post)
    assert desk.told == ["A"]
    broken.refresh_from_db()
    fine.refresh_from_db()
    assert (broken.failures, fine.failures) == (1, 0)


@pytest.mark.django_db
def test_one_query_that_fails_stops_no_other(
    desk: Desk, mia: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, _ = desk.subscribe(mia), desk.subscribe(mia)
    asked = reporting.question_of
    monkeypatch.setattr(
        reporting, "question_of", lambda q: 1 / 0 if q == broken.query else asked(q)
    )
    desk.commission(mia, "A")
    desk.round()
    assert desk.told == ["A"]


# --- whoever may not ask any more --------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("asked", [False, True])
@pytest.mark.parametrize("how", ["left", "inactive", "revoked"])
def test_it_stops_with_whoever_subscribed(desk: Desk, mia: Any, how: str, asked: bool) -> None:
    token, _ = issue_token(
        membership=mia.membership, name="t", scopes=["read"], at=START,
        expires_at=START + timedelta(days=1),
    )  # fmt: skip
    row = desk.subscribe(mia, token=token)
    desk.commission(mia, "A")
    if asked:  # what is written down already is not sent either
        seal(at=desk.now)
        report_due(at=desk.now)
    if how == "left":
        mia.membership.delete()
    elif how == "inactive":
        mia.user.is_active = False
        mia.user.save()
    else:
        revoke_token(token=token, at=desk.now)
    desk.round()
    assert desk.receiver.requests == []
    row.refresh_from_db()
    assert row.state == "stopped"
    assert ("revoked" if how == "revoked" else "no longer a member") in row.reason


@pytest.mark.django_db
def test_a_token_that_merely_ended_stops_nothing(desk: Desk, mia: Any) -> None:
    token, _ = issue_token(
        membership=mia.membership, name="t", scopes=["read"], at=START,
        expires_at=START + timedelta(seconds=1),
    )  # fmt: skip
    desk.subscribe(mia, token=token)
    desk.commission(mia, "A")
    desk.later(days=1)
    desk.round()
    assert desk.told == ["A"]
