"""Deliveries go out: claimed, sent without any lock held, and marked by what the receiver answered.

At least once. Claiming puts the delivery off by LEASE, so who dies between sending and marking leaves it to be
sent again after that, with the same `X-PharmaTrace-Delivery`: the receiver knows it by that. One at a time and
in order for each subscription; a receiver that does not answer keeps nobody waiting but itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import NamedTuple

import orjson
import structlog
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from apps.custody.models import CustodyEvent
from apps.exchange.documents import shown
from apps.exchange.marking import mark
from apps.exchange.models import Delivery, Subscription
from apps.exchange.named_queries import question_of
from apps.exchange.noting import note_told
from apps.exchange.sight import sight_of
from apps.exchange.subscribing import reader_of_subscription
from apps.exchange.webhooks import signing
from apps.exchange.webhooks.posting import Answer, host_of, post
from apps.parties.models import Membership
from apps.parties.sealing import open_secret
from pharmatrace.kernel.epcis.jsonld_writing import write_query_document

log = structlog.get_logger(__name__)

AT_ONCE = 8
LEASE = timedelta(seconds=60)  # longer than a POST may take (posting.AT_MOST) and a name server
KEEP_DELIVERED = timedelta(days=30)
DELIVERY = "X-PharmaTrace-Delivery"
Post = Callable[..., Answer]


class Letter(NamedTuple):
    """What is sent, ready in every octet: whoever posts it needs no database."""

    delivery: Delivery
    url: str
    body: bytes
    headers: Mapping[str, str]


def deliver(*, at: datetime, post: Post = post) -> int:
    """Sends what is due, AT_ONCE at most and each to another receiver; returns how many it tried."""
    claimed = _claim(at)
    letters = [letter for one in claimed if (letter := _write(one, at)) is not None]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = pool.map(lambda one: _send(one, post, at), letters)
        for letter, answer in zip(letters, answers, strict=True):
            mark(letter.delivery, answer, at=at)
            log.info(
                "delivered" if 200 <= answer.status < 300 else "not_delivered",
                delivery=str(letter.delivery.pk), host=host_of(letter.url),
                status=answer.status, fault=answer.fault, attempt=letter.delivery.attempts,
            )  # fmt: skip
    return len(claimed)


def _send(letter: Letter, post: Post, at: datetime) -> Answer:
    try:
        return post(letter.url, letter.body, letter.headers, at=at)
    except Exception as error:  # a fault of ours must not keep the other letters from being marked
        log.error("delivery_broke", delivery=str(letter.delivery.pk), exc_info=error)
        return Answer(0, "It could not be sent; this was logged.")


@transaction.atomic
def _claim(at: datetime) -> list[Delivery]:
    """The next delivery of each subscription whose turn it is. Counted as tried before it is: what kills
    the sender is not tried for ever without a pause."""
    waiting = Delivery.objects.filter(delivered_at=None)
    earlier = waiting.filter(subscription=OuterRef("subscription")).filter(
        Q(number__lt=OuterRef("number")) | Q(number=OuterRef("number"), first__lt=OuterRef("first"))
    )
    due = (
        waiting.filter(Q(not_before=None) | Q(not_before__lte=at), ~Exists(earlier))
        .filter(subscription__state=Subscription.State.ACTIVE)
        .select_for_update(skip_locked=True, of=("self",))
        .select_related(
            "subscription__query", "subscription__token", "subscription__membership__organisation",
            "subscription__membership__user",
        )
        .order_by(F("not_before").asc(nulls_first=True), "executed_at", "pk")[:AT_ONCE]
    )  # fmt: skip
    claimed = list(due)
    for one in claimed:
        one.attempts, one.not_before = one.attempts + 1, at + LEASE
    Delivery.objects.bulk_update(claimed, ["attempts", "not_before"])
    for one in claimed:
        if one.attempts == 1:  # in the same transaction: nothing leaves that is not noted
            note_told(one, at=at)
    return claimed


def _write(delivery: Delivery, at: datetime) -> Letter | None:
    """None where the subscription may not go on, or where writing failed; either is marked."""
    subscription = delivery.subscription
    try:
        reader = reader_of_subscription(subscription)
        if isinstance(reader, str):
            Subscription.objects.filter(pk=subscription.pk).update(
                state=Subscription.State.STOPPED, reason=reader
            )
            return None
        body = report_body(delivery, reader)
        headers = _headers(delivery, body, at)
    except Exception as error:
        log.error("delivery_not_written", delivery=str(delivery.pk), exc_info=error)
        mark(delivery, Answer(0, "It could not be written; this was logged."), at=at)
        return None
    return Letter(delivery, subscription.dest, body, headers)


def report_body(delivery: Delivery, reader: Membership) -> bytes:
    """The EPCISQueryDocument: the delivery's events as `reader` sees them now."""
    named = delivery.subscription.query
    sight = sight_of(reader, question_of(named).named)
    found = CustodyEvent.objects.filter(sight.where).in_bulk(delivery.events)
    events = [shown(found[id], sight) for id in delivery.events if id in found]
    return orjson.dumps(
        write_query_document(
            events, delivery.executed_at, query_name=named.name,
            subscription_id=str(delivery.subscription_id),
        )
    )  # fmt: skip


def _headers(delivery: Delivery, body: bytes, at: datetime) -> dict[str, str]:
    subscription = delivery.subscription
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "PharmaTrace",
        DELIVERY: str(delivery.pk),
        "GS1-EPCIS-Version": "2.0.0",
        "GS1-CBV-Version": "2.0.0",
        "GS1-EPC-Format": subscription.epc_format,
    }
    if subscription.sealed_token is not None:
        token = open_secret(
            bytes(subscription.sealed_token), of=subscription.pk.bytes,
            name=f"signature token of subscription {subscription.pk}",
        )  # fmt: skip
        headers[signing.HEADER] = signing.signature(token, body, at=at)
    return headers


def sweep(*, at: datetime) -> int:
    """Drops deliveries that arrived a month ago; returns how many."""
    gone, _ = Delivery.objects.filter(delivered_at__lt=at - KEEP_DELIVERED).delete()
    return gone
