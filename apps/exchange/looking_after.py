"""What an administrator does to a subscription: stop it for now, give it another secret, try it."""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime

import orjson
from django.db import transaction

from apps.exchange.delivering import DELIVERY
from apps.exchange.models import Subscription
from apps.exchange.subscribing import resume
from apps.exchange.webhooks import signing
from apps.exchange.webhooks.posting import Answer, host_of, post
from apps.parties import deeds
from apps.parties.models import Membership
from apps.parties.sealing import open_secret, seal_secret
from pharmatrace.kernel.epcis.jsonld_writing import write_query_document

State = Subscription.State


@transaction.atomic
def pause(*, subscription: Subscription, at: datetime) -> Subscription:
    """Nothing is sent until it is resumed; what comes meanwhile waits and arrives then, in order. Twice changes
    nothing, nor where it has stopped by itself."""
    row = Subscription.objects.select_for_update(no_key=True).get(pk=subscription.pk)
    if row.state == State.ACTIVE:
        row.state, row.reason = State.PAUSED, "Paused by an administrator."
        row.save(update_fields=["state", "reason"])
        _record(deeds.Action.WEBHOOK_PAUSED, row, at)
    return row


@transaction.atomic
def go_on(*, subscription: Subscription, by: Membership, at: datetime) -> Subscription:
    """Delivers again from where it stopped, and acts as `by` from now on. Twice changes nothing."""
    row = Subscription.objects.select_for_update(no_key=True).get(pk=subscription.pk)
    if row.state == State.ACTIVE:
        return row
    row = resume(subscription=row, by=by, token=None, at=at)
    _record(deeds.Action.WEBHOOK_RESUMED, row, at)
    return row


@transaction.atomic
def replace_secret(*, subscription: Subscription, at: datetime) -> str:
    """A new signature token, returned this once. From the next delivery on reports are signed with it."""
    row = Subscription.objects.select_for_update(no_key=True).get(pk=subscription.pk)
    secret = secrets.token_urlsafe(32)
    row.sealed_token = seal_secret(secret.encode(), of=row.pk.bytes)
    row.save(update_fields=["sealed_token"])
    _record(deeds.Action.WEBHOOK_SECRET, row, at)
    return secret


def try_out(*, subscription: Subscription, at: datetime) -> Answer:
    """Sends a report without events, signed like any, and returns what was answered; nothing is marked by it.

    Takes as long as the receiver does, posting.AT_MOST seconds at most. Call it outside any transaction.
    """
    id = uuid.uuid4()
    body = orjson.dumps(
        write_query_document(
            [], at, query_name=subscription.query.name, subscription_id=str(subscription.pk)
        )
    )
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "PharmaTrace",
        DELIVERY: str(id),
        "X-PharmaTrace-Test": "true",
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
    answer = post(subscription.dest, body, headers, at=at)
    with transaction.atomic():
        _record(deeds.Action.WEBHOOK_TESTED, subscription, at)
    return answer


def _record(action: deeds.Action, row: Subscription, at: datetime) -> None:
    about = f"{row.query.name} → {host_of(row.dest)}"  # its path may hold a secret
    deeds.record(action, about, organisation_id=row.query.organisation_id, at=at, id=row.pk)
