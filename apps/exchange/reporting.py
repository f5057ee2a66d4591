"""Standing queries are asked: what a subscription has not told yet becomes deliveries.

Nothing is lost and nothing is told twice, because a subscription reads the log onward: `cursor` is a place in
the order of sealed entries (apps/ledger/order.py), not a time and not a highest id, both of which later
commits can slip in below. The cursor moves in the transaction that writes the deliveries. A report so tells
sealed events only, about a second after they were recorded, and each can be proved when it arrives.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import F, Q, QuerySet

from apps.custody.models import CustodyEvent
from apps.exchange.models import Delivery, Subscription
from apps.exchange.named_queries import question_of
from apps.exchange.problems import EpcisException
from apps.exchange.query import Query
from apps.exchange.selectors import find_events
from apps.exchange.subscribing import reader_of_subscription, schedule_of
from apps.ledger.order import log_size, statements_between
from apps.parties.models import Membership

log = structlog.get_logger(__name__)

EVENTS_A_REPORT = 1_000
PACKAGES_A_REPORT = (
    20_000  # named by its events: an event may name 2,000, and a report fits in memory
)
MOST_WAITING = 10  # deliveries of one subscription; the rest stays in the log until there is room
WINDOW, WIDEST_WINDOW = 1_000, 16_000  # entries looked at in one question
WINDOWS_A_STEP = 50


class Portion(NamedTuple):
    """The ids of the events of one report, and the index that reading goes on from."""

    events: list[int]
    cursor: int


def report_due(*, at: datetime) -> int:
    """Asks every query that is due; returns how many deliveries that made. A subscription that somebody
    else is at work on is left to them."""
    made = 0
    for id in list(_due(at).values_list("pk", flat=True)):
        try:
            made += report(id, at=at)
        except EpcisException as error:  # too much for the database just now
            Subscription.objects.filter(pk=id).update(last_error=error.detail)
        except Exception as error:  # one subscription's fault is not the others'
            log.error("report_failed", subscription=str(id), exc_info=error)
    return made


def _due(at: datetime) -> QuerySet[Subscription]:
    going_on = Q(run_until__isnull=False)
    stream = Q(schedule__isnull=True, cursor__lt=log_size())
    return Subscription.objects.filter(
        going_on | stream | Q(next_run_at__lte=at), state=Subscription.State.ACTIVE
    ).order_by(F("last_run_at").asc(nulls_first=True), "pk")


@transaction.atomic
def report(id: UUID, *, at: datetime) -> int:
    """One subscription's run, as far as there is room for deliveries; returns how many it made."""
    row = (
        Subscription.objects.select_for_update(skip_locked=True, no_key=True, of=("self",))
        .select_related("query", "membership__organisation", "membership__user", "token")
        .filter(pk=id, state=Subscription.State.ACTIVE)
        .first()
    )
    if row is None:
        return 0
    reader = reader_of_subscription(row)
    if isinstance(reader, str):
        _stop(row, Subscription.State.STOPPED, reader)
        return 0
    try:
        query = question_of(row.query)
    except EpcisException as error:
        _stop(row, Subscription.State.FAILING, f"The query is not understood: {error.detail}")
        return 0
    _begin(row, at)
    made = _go_on(row, reader, query) if row.run_until is not None else 0
    row.save()
    return made


def _stop(row: Subscription, state: str, reason: str) -> None:
    row.state, row.reason = state, reason
    row.save(update_fields=["state", "reason"])
    log.warning("subscription_stopped", subscription=str(row.pk), state=state, reason=reason)


def _begin(row: Subscription, at: datetime) -> None:
    """Begins a run unless one is under way: it goes as far as the log goes now."""
    if row.run_until is not None:
        return
    if row.schedule is not None:
        if row.next_run_at is None or row.next_run_at > at:
            return
        row.next_run_at = schedule_of(row.schedule).next_after(at)
    row.run_at, row.run_until, row.run_told = at, max(log_size(), row.cursor), False


def _go_on(row: Subscription, reader: Membership, query: Query) -> int:
    assert row.run_until is not None and row.run_at is not None
    query.where &= Q(recorded_at__gte=row.initial_record_time)
    room = MOST_WAITING - row.deliveries.filter(delivered_at=None).count()
    made = 0
    while made < room:
        portion = read_on(reader, query, cursor=row.cursor, until=row.run_until)
        row.cursor = portion.cursor
        ended = row.cursor >= row.run_until
        if portion.events or (ended and row.report_if_empty and not row.run_told):
            Delivery.objects.create(
                subscription=row, number=row.reports, events=portion.events, executed_at=row.run_at
            )
            row.reports, row.run_told, made = row.reports + 1, True, made + 1
        if ended:
            row.last_run_at, row.run_at, row.run_until = row.run_at, None, None
            break
        if not portion.events:  # much was looked at and nothing found: others have their turn
            break
    return made


def read_on(reader: Membership, query: Query, *, cursor: int, until: int) -> Portion:
    """The next report's worth of events that match and that `reader` sees, of the log entries from `cursor`
    to `until`, in the order of the log, whatever order the query wants. Looks at a bounded number of entries;
    what it did not look at is after the new cursor."""
    told: list[int] = []
    packages, width, asked = 0, WINDOW, query.where
    for _ in range(WINDOWS_A_STEP):
        if cursor >= until:
            break
        statements = statements_between(cursor, min(until, cursor + width))
        query.where = asked & Q(statement_id__in=statements)
        page = find_events(reader, query, since=None, size=WINDOW)
        if page.next is not None:  # a window of WINDOW entries has no more events than that
            width = WINDOW
            continue
        place = {id: cursor + n for n, id in enumerate(statements)}
        for event in sorted(page.events, key=lambda one: place[one.statement_id]):
            if told and _is_full(told, packages, event):
                query.where = asked
                return Portion(told, place[event.statement_id])
            told.append(event.pk)
            packages += event.package_count
        cursor += len(statements)
        width = min(width * 4, WIDEST_WINDOW) if len(page.events) < WINDOW // 8 else width
    query.where = asked
    return Portion(told, cursor)


def _is_full(told: list[int], packages: int, event: CustodyEvent) -> bool:
    return len(told) >= EVENTS_A_REPORT or packages + event.package_count > PACKAGES_A_REPORT
