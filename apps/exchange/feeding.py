"""open_feed, close_feed, take_report: partners' subscription reports come in (EPCIS 2.0 §12.7, the receiver's side)."""

from __future__ import annotations

import secrets
from datetime import datetime
from hashlib import sha256
from uuid import UUID, uuid4, uuid5

from django.db import IntegrityError, transaction

from apps.exchange.capturing import KIND
from apps.exchange.models import Feed
from apps.exchange.reading import read_events
from apps.exchange.webhooks.signing import is_signed
from apps.jobs.models import Job
from apps.jobs.services import enqueue
from apps.parties.actor import actor_of
from apps.parties.checking import checked_text
from apps.parties.models import Membership, Organisation, Representation
from apps.parties.sealing import open_secret, seal_secret
from pharmatrace.kernel.epcis.jsonld import parse
from pharmatrace.kernel.refusal import Refused

REPORTS = ("EPCISQueryDocument", "EPCISDocument")


def open_feed(
    *, membership: Membership, name: str, at: datetime, partner: Organisation | None = None
) -> tuple[Feed, str]:
    """A new feed and its token, which is shown once and given to the partner as `signatureToken`. Without
    `partner` it is for the organisation's own machines: whoever has the token records in its name.

    Raises Refused `not_operator`, `not_represented`, `missing`, `too_long`.
    """
    if not actor_of(membership).may_operate:
        raise Refused.one("not_operator", "Your role lets you look, not record.")
    if partner is not None and not _is_represented(partner, membership):
        raise Refused.one(
            "not_represented", f"{membership.organisation} does not record what {partner} reports."
        )
    token = secrets.token_hex(32)
    feed = Feed(
        membership=membership, partner=partner,
        name=checked_text(name, field="name", most=120), created_at=at,
    )  # fmt: skip
    feed.sealed_token = seal_secret(token.encode(), of=feed.id.bytes)
    feed.save(force_insert=True)
    return feed, token


def _is_represented(partner: Organisation, membership: Membership) -> bool:
    return Representation.objects.filter(
        partner=partner, representative_id=membership.organisation_id
    ).exists()


def close_feed(*, feed: Feed, at: datetime) -> Feed:
    """Nothing more is taken in. Reports that came stay what they are."""
    feed.closed_at = feed.closed_at or at
    feed.save(update_fields=["closed_at"])
    return feed


def take_report(
    *, feed: Feed, body: bytes, signature: str, delivery: str, at: datetime
) -> tuple[Job, bool]:
    """The capture job of one report, and whether it is new. `delivery` is the sender's ID of the report: the
    same octets under the same ID again are the same job. What comes under an ID that was used before (by a
    sender who counts from one after each start) is another report: nothing is lost, and an event that comes
    twice is recognised anyway. Empty reports are jobs without events.

    Raises Refused `signature_wrong` where it is not signed with the feed's token within five minutes,
    `not_a_report`, and what reading an EPCIS document raises.
    """
    token = open_secret(bytes(feed.sealed_token), of=feed.id.bytes, name=f"feed {feed.id}")
    if not is_signed(token, signature, body, at=at):
        raise Refused.one(
            "signature_wrong",
            "This report is not signed with the token of this feed, or it is old.",
        )
    id = uuid5(feed.id, f"{sha256(body).hexdigest()} {delivery}") if delivery else uuid4()
    if known := Job.objects.filter(pk=id).first():
        return known, False
    document = parse(body)
    if not isinstance(document, dict) or document.get("type") not in REPORTS:
        raise Refused.one("not_a_report", f"A report is a JSON document: {' or '.join(REPORTS)}.")
    events = read_events(body, "json")
    try:
        with transaction.atomic():
            Feed.objects.filter(pk=feed.pk).update(last_report_at=at)
            return _enqueue(feed, body, len(events), id=id, at=at), True
    except IntegrityError:  # sent twice at once
        return Job.objects.get(pk=id), False


def _enqueue(feed: Feed, body: bytes, count: int, *, id: UUID, at: datetime) -> Job:
    member = feed.membership
    return enqueue(
        kind=KIND,
        title=f"Report of {feed.name} with {count:,} events",
        owner_id=member.user_id,
        organisation_id=member.organisation_id,
        parameters={
            "behaviour": "proceed", "form": "json", "membership": member.pk,
            "partner": str(feed.partner_id) if feed.partner_id else None,
            "source": f"feed {feed.name}", "receipts": [], "errors": [],
        },
        total=count,
        at=at,
        content=body,
        id=id,
    )  # fmt: skip
