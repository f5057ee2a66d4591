"""erase_event: an event's document and columns go with its statement; its place in every history stays."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from apps.custody.loading import lock_states
from apps.custody.models import CustodyEvent, PackageEvent, RefusedEvent
from apps.custody.underway import keeping_count
from apps.ledger.models import Erasure
from apps.ledger.services import erase
from pharmatrace.kernel.custody.kinds import ERASED
from pharmatrace.kernel.epcis.event_hash import event_hash
from pharmatrace.kernel.refusal import Refused


@transaction.atomic
def erase_event(*, event_id: int, ground: str, by: str, at: datetime) -> list[Erasure]:
    """Erases an event and, where there is one, the declaration that it was wrong, which says the same.

    What stays of the row: who recorded it at which site, when it was recorded, how many packages it had and
    which; they are organisations and goods. What goes: document, event hash, kind, time, trading partner, partner
    that reported, reference; and the documents of the same event that were refused. The states of packages stay
    as the event left them: who holds a pack is not forgotten. As the owner of the tables (`ledger.erase`).
    Raises Refused: `unknown_event` and what `erase` raises.
    """
    event = CustodyEvent.objects.filter(pk=event_id).first()
    if event is None or event.kind == ERASED:
        raise Refused.one("unknown_event", f"There is no event {event_id} that could be erased.")
    both = list(event.both().order_by("id"))
    _forget_refused(event)
    erased = [erase(statement_id=one.statement_id, ground=ground, by=by, at=at) for one in both]
    named = set(PackageEvent.objects.filter(event__in=both).values_list("package_id", flat=True))
    lock_states(named)
    with keeping_count(left=named, set_out=named), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE custody_custodyevent e SET hash = s.commitment, kind = %s, document = '{}',"
            " reference = '', counterparty_id = NULL, reporter_id = NULL, occurred_at = recorded_at"
            " FROM ledger_statement s WHERE s.id = e.statement_id AND e.id = ANY(%s)",
            [ERASED, [one.pk for one in both]],
        )
    return erased


def _forget_refused(event: CustodyEvent) -> None:
    """Attempts to record the same event that were refused, and kept as findings."""
    same_time = RefusedEvent.objects.filter(document__eventTime=event.document.get("eventTime"))
    digest = bytes(event.hash).hex()
    gone = [one.pk for one in same_time.iterator() if digest in _hash_of(one)]
    RefusedEvent.objects.filter(pk__in=gone).delete()


def _hash_of(refused: RefusedEvent) -> str:
    try:
        return event_hash(refused.document)
    except Exception:  # what was refused may be no event at all
        return ""
