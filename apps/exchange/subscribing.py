"""subscribe, unsubscribe, resume: who is told what a named query finds (EPCIS 2.0 §8.2.5, §12.7)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from apps.exchange.models import Delivery, NamedQuery, Subscription
from apps.exchange.named_queries import question_of
from apps.exchange.problems import EpcisException
from apps.exchange.webhooks.addresses import check_destination
from apps.ledger.order import log_size, size_before
from apps.parties.models import ApiToken, Membership
from apps.parties.sealing import seal_secret
from pharmatrace.kernel.epcis.formats import moment_of
from pharmatrace.kernel.epcis.schedule import Schedule, read_schedule
from pharmatrace.kernel.refusal import Refused

MOST_SUBSCRIPTIONS = 100  # an organisation
LINKS = "Always_GS1_Digital_Link"
SHORTEST_TOKEN, LONGEST_TOKEN = 16, 1_000
_MEMBERS = {
    "dest", "signatureToken", "secret", "initialRecordTime", "reportIfEmpty", "schedule", "stream",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wish:
    """What a subscriber asks for; `schedule` None is a stream."""

    dest: str
    token: str | None
    schedule: dict[str, str] | None
    report_if_empty: bool
    initial_record_time: datetime | None


def read_wish(body: Any) -> Wish:
    """Raises EpcisException `SubscriptionControlsException` for what is wrong with schedule or stream,
    `ValidationException` for the rest."""
    if not isinstance(body, dict):
        raise _invalid("A subscription is a JSON object.")
    for name in body:
        if name not in _MEMBERS:
            raise _invalid(f"{name[:80]} is not a member of a subscription.")
    if not isinstance(body.get("dest"), str):
        raise _invalid("dest is the URL that reports are sent to.")
    return Wish(
        dest=check_destination(body["dest"]),
        token=_token(body),
        schedule=_schedule(body),
        report_if_empty=_report_if_empty(body),
        initial_record_time=_initial(body),
    )


def _invalid(sentence: str) -> EpcisException:
    return EpcisException("ValidationException", sentence)


def _controls(sentence: str, **more: Any) -> EpcisException:
    return EpcisException("SubscriptionControlsException", sentence, **more)


def _token(body: Mapping[str, Any]) -> str | None:
    """`signatureToken`; openapi.yaml requires it under its older name, `secret`, too."""
    given = [body[name] for name in ("signatureToken", "secret") if name in body]
    if not given:
        return None
    token = given[0]
    if any(one != token for one in given):
        raise _invalid("signatureToken and secret are two names of the same thing.")
    if not isinstance(token, str) or not SHORTEST_TOKEN <= len(token) <= LONGEST_TOKEN:
        raise _invalid(
            f"signatureToken is a string of {SHORTEST_TOKEN} to {LONGEST_TOKEN:,} characters."
        )
    return token


def _schedule(body: Mapping[str, Any]) -> dict[str, str] | None:
    schedule, stream = body.get("schedule"), body.get("stream")
    if stream is not None and stream is not True:
        raise _controls("stream is true, or not there.")
    if (schedule is None) == (stream is None):
        raise _controls("A subscription has either a schedule or stream: true.")
    if schedule is None:
        return None
    if not isinstance(schedule, dict):
        raise _controls("schedule is an object with second, minute, hour and so on.")
    try:
        read_schedule(schedule)
    except Refused as refused:
        errors = [{"field": one.data["field"], "detail": one.sentence} for one in refused.refusals]
        raise _controls(str(refused), errors=errors) from None
    return dict(schedule)


def _report_if_empty(body: Mapping[str, Any]) -> bool:
    wanted = body.get("reportIfEmpty", False)
    if not isinstance(wanted, bool):
        raise _controls("reportIfEmpty is true or false.")
    if wanted and body.get("schedule") is None:
        raise _controls("reportIfEmpty is for a schedule; a stream reports when something comes.")
    return wanted


def _initial(body: Mapping[str, Any]) -> datetime | None:
    if "initialRecordTime" not in body:
        return None
    text = body["initialRecordTime"]
    try:
        moment = moment_of(text) if isinstance(text, str) else None
        if moment is not None:
            return moment.astimezone(UTC)
    except OverflowError:
        pass
    raise _invalid("initialRecordTime is a date and time with its zone.")


@transaction.atomic
def subscribe(
    *, named: NamedQuery, by: Membership, token: ApiToken | None, wish: Wish, epc_format: str,
    at: datetime,
) -> Subscription:  # fmt: skip
    """It acts as `by` from now on, and with `token` where one was used. Raises EpcisException."""
    if epc_format not in ("No_Preference", LINKS):
        raise EpcisException("NotAcceptableException", f"Reports are written {LINKS}.")
    query = question_of(named)
    if query.limit is not None or query.most is not None:
        raise _controls(
            "A subscription tells everything it finds, in portions: a query with eventCountLimit or"
            " maxEventCount cannot be subscribed to."
        )
    mine = Subscription.objects.filter(query__organisation_id=by.organisation_id)
    if mine.count() >= MOST_SUBSCRIPTIONS:
        raise _invalid(f"At most {MOST_SUBSCRIPTIONS} subscriptions.")
    # Deleting the query waits for this, or this finds it gone.
    if not NamedQuery.objects.select_for_update(no_key=True).filter(pk=named.pk).exists():
        raise EpcisException("NoSuchNameException", "There is no such query of yours.")
    id, since = uuid.uuid4(), wish.initial_record_time or at
    return Subscription.objects.create(
        id=id,
        query=named,
        membership=by,
        token=token,
        dest=wish.dest,
        sealed_token=seal_secret(wish.token.encode(), of=id.bytes) if wish.token else None,
        schedule=wish.schedule,
        report_if_empty=wish.report_if_empty,
        epc_format=LINKS,
        initial_record_time=since,
        created_at=at,
        cursor=min(size_before(since), log_size()),
        next_run_at=_next_run(wish.schedule, at),
    )


def _next_run(fields: Mapping[str, str] | None, at: datetime) -> datetime | None:
    if fields is None:
        return None
    found = schedule_of(fields).next_after(at)
    if found is None:
        raise _controls("This schedule names a day that never comes.")
    return found


def schedule_of(fields: Mapping[str, str]) -> Schedule:
    return read_schedule(fields)


@transaction.atomic
def unsubscribe(*, subscription: Subscription) -> None:
    """What still waits to be delivered goes with it."""
    Subscription.objects.select_for_update().filter(pk=subscription.pk).first()
    subscription.delete()


@transaction.atomic
def resume(
    *, subscription: Subscription, by: Membership, token: ApiToken | None, at: datetime
) -> Subscription:
    """Delivers again, from where it stopped, and acts as `by` from now on."""
    row = Subscription.objects.select_for_update(no_key=True).get(pk=subscription.pk)
    row.membership, row.token = by, token
    row.state, row.reason = Subscription.State.ACTIVE, ""
    row.failures = row.refusals = 0
    row.failing_since = None
    row.next_run_at = _next_run(row.schedule, at)
    row.save()
    Delivery.objects.filter(subscription=row, delivered_at=None).update(attempts=0, not_before=None)
    return row


def reader_of_subscription(subscription: Subscription) -> Membership | str:
    """Whoever it acts as; or the reason why it may not go on. A token that merely ended stops nothing: the
    membership it stood for goes on. One that was revoked may have been in wrong hands."""
    member = subscription.membership
    if member is None or member.ended_at is not None or not member.user.is_active:
        return "Whoever subscribed is no longer a member."
    if subscription.token is not None and subscription.token.revoked_at is not None:
        return "The token that was subscribed with has been revoked."
    return member
