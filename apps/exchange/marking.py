"""What a receiver's answer means for the delivery and for its subscription."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from apps.exchange.models import Delivery, Subscription
from apps.exchange.webhooks.posting import Answer

GIVE_UP_AFTER = timedelta(days=5)
MOST_REFUSALS = 5  # in a row; then it is their decision, not their outage
LONGEST_PAUSE = 3_600  # seconds
TOO_LARGE = 413
_LATER = (408, 425, 429)


@transaction.atomic
def mark(delivery: Delivery, answer: Answer, *, at: datetime) -> None:
    """Arrived; or to be split, tried again later, or given up. Does nothing where the subscription is gone,
    or where somebody else tried in the meantime and this one did not arrive."""
    subscription = (
        Subscription.objects.select_for_update(no_key=True)
        .filter(pk=delivery.subscription_id)
        .first()
    )
    waiting = Delivery.objects.filter(pk=delivery.pk, delivered_at=None)
    if subscription is None:
        return
    if 200 <= answer.status < 300:
        if waiting.update(delivered_at=at, not_before=None):
            _arrived(subscription, answer, at)
        return
    if not waiting.filter(attempts=delivery.attempts).exists():
        return
    subscription.last_status = answer.status or None
    subscription.last_error = answer.fault or f"It answered {answer.status}."
    if answer.status == TOO_LARGE and len(delivery.events) > 1:
        _split(delivery)
    else:
        pause = max(back_off(delivery.attempts), timedelta(seconds=answer.retry_after or 0))
        waiting.update(not_before=at + pause)
        _failed(subscription, answer, at)
    subscription.save()


def _arrived(subscription: Subscription, answer: Answer, at: datetime) -> None:
    subscription.failures = subscription.refusals = 0
    subscription.failing_since = None
    subscription.last_status, subscription.last_error = answer.status, ""
    subscription.last_notified_at = at
    subscription.save()


def _failed(subscription: Subscription, answer: Answer, at: datetime) -> None:
    subscription.failures += 1
    subscription.refusals += not is_passing(answer)
    subscription.failing_since = subscription.failing_since or at
    if subscription.refusals >= MOST_REFUSALS:
        subscription.state = Subscription.State.REFUSED
        subscription.reason = f"Refused {MOST_REFUSALS} times. {subscription.last_error}"
    elif at - subscription.failing_since >= GIVE_UP_AFTER:
        subscription.state = Subscription.State.FAILING
        subscription.reason = (
            f"Not reached for {GIVE_UP_AFTER.days} days. {subscription.last_error}"
        )


def is_passing(answer: Answer) -> bool:
    """True for outages and overload; a redirection or another 4xx is an answer."""
    if answer.status == 0:
        return not answer.forbidden
    return answer.status >= 500 or answer.status in _LATER


def back_off(attempts: int) -> timedelta:
    """How long to wait after so many attempts: 2 s, 8 s, 32 s, … an hour at most."""
    return timedelta(seconds=min(2 * 4 ** min(attempts - 1, 9), LONGEST_PAUSE))


def _split(delivery: Delivery) -> None:
    """Two halves in its place, each a delivery of its own (openapi.yaml: 413 asks for smaller batches)."""
    half = len(delivery.events) // 2
    parts = (
        (delivery.first, delivery.events[:half]),
        (delivery.first + half, delivery.events[half:]),
    )
    Delivery.objects.filter(pk=delivery.pk).delete()
    for first, events in parts:
        Delivery.objects.create(
            subscription_id=delivery.subscription_id, number=delivery.number, first=first,
            events=events, executed_at=delivery.executed_at,
        )  # fmt: skip
