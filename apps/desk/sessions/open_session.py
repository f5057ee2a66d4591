"""open_session: begins a piece of work. The same id again is the same session."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from apps.desk import deliveries
from apps.desk.models import Order, ScanSession
from apps.desk.sessions.trees import packs_in
from apps.desk.sessions.work import works_for
from apps.desk.wording import REASONS
from apps.parties.actor import Actor
from apps.parties.models import Organisation
from pharmatrace.kernel.refusal import Refused

NEEDS_PARTY = ("ship", "return")


@transaction.atomic
def open_session(
    *,
    actor: Actor,
    id: UUID,
    kind: str,
    at: datetime,
    party: Organisation | None = None,
    reference: str = "",
    container: str = "",
    order: Order | None = None,
    reason: str = "",
) -> ScanSession:
    """`id` is made by whoever asks, so that asking twice is harmless. `reference` is, on arrival, the one of the
    shipping event; `container` is a path.

    Raises `Refused`: `not_operator`, `kind_not_yours`, `party_missing`, `container_missing`, `reason_unknown`,
    `session_id_taken`.
    """
    _refuse(actor, kind, party, container, reason)
    session, _made = ScanSession.objects.select_related("party", "order").get_or_create(
        id=id,
        defaults={
            "kind": kind,
            "organisation_id": actor.organisation_id,
            "site_id": actor.site_id,
            "party": party,
            "reference": reference,
            "container": container,
            "order": order,
            "reason": reason,
            "expected": _expected(actor, kind, party, reference),
            "opened_by_id": actor.person_id,
            "opened_at": at,
            "changed_at": at,
        },
    )
    theirs = (session.organisation_id, session.site_id) != (actor.organisation_id, actor.site_id)
    if theirs or session.kind != kind:
        raise Refused.one("session_id_taken", _("This session belongs to somebody else."))
    return session


def _refuse(
    actor: Actor, kind: str, party: Organisation | None, container: str, reason: str
) -> None:
    if not actor.may_operate:
        raise Refused.one("not_operator", _("Your role lets you look, not record."))
    if kind not in works_for(actor.kind):
        raise Refused.one("kind_not_yours", _("Your organisation does no such work."))
    if kind in NEEDS_PARTY and party is None:
        raise Refused.one("party_missing", _("Say to whom it goes."), field="party")
    if kind == ScanSession.Kind.PACK and not container:
        raise Refused.one("container_missing", _("Scan the container first."), field="container")
    if reason and reason not in REASONS:
        raise Refused.one("reason_unknown", _("Choose one of the reasons."), field="reason")


def _expected(actor: Actor, kind: str, party: Organisation | None, reference: str) -> int | None:
    """Packs of the delivery that are still on their way: kept, because colleagues may receive some meanwhile."""
    if kind != ScanSession.Kind.RECEIVE or party is None:
        return None
    coming = deliveries.expected(
        receiver_id=actor.organisation_id, sender=party, reference=reference
    )
    return sum(packs_in(coming.values_list("id", flat=True)).values())
