"""Who of the authorities looked at whose data: noted with each look, shown to both sides."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from apps.custody.models import CustodyEvent
from apps.oversight.models import AccessRecord, CaseFile
from apps.parties.models import Membership, Organisation

LONGEST_SUBJECT = 300
Kind = AccessRecord.Kind


def note_look(
    *,
    membership: Membership | None,
    kind: str,
    subject: str,
    concerned: Iterable[UUID | None] | None,
    case: CaseFile | None = None,
    at: datetime,
) -> None:
    """One INSERT, and only where the reader is an authority: what others see is their own.

    `concerned` are the organisations whose data it is; None where it is everybody's.
    """
    if membership is None or membership.organisation.kind != Organisation.Kind.REGULATOR:
        return
    ids = None if concerned is None else {one for one in concerned if one is not None}
    AccessRecord.objects.create(
        authority_id=membership.organisation_id,
        user_id=membership.user_id,
        kind=kind,
        subject=subject[:LONGEST_SUBJECT],
        concerned=[] if ids is None else sorted(ids or {membership.organisation_id}),
        case=case,
        looked_at=at,
    )


def parties_to(events: Iterable[CustodyEvent]) -> set[UUID | None]:
    """The organisations whose acts these are, and the other sides."""
    return {
        id for event in events for id in (event.actor_id, event.reporter_id, event.counterparty_id)
    }


def looks_of(authority_id: UUID) -> QuerySet[AccessRecord]:
    """What the people of an authority looked at, newest first."""
    looks = AccessRecord.objects.filter(authority_id=authority_id)
    return looks.select_related("user", "case").order_by("-id")


def looks_at(organisation_id: UUID, *, before: int | None, size: int) -> list[AccessRecord]:
    """The newest looks at an organisation's data with an id below `before`; lists of everybody's count too.

    Two index scans, joined: one question with "or" would read all there is. One query.
    """
    sides: list[dict[str, list[UUID]]] = [
        {"concerned__contains": [organisation_id]},
        {"concerned": []},
    ]
    about_it, about_all = (
        _below(AccessRecord.objects.filter(**of), before).order_by("-id").values("id")[:size]
        for of in sides
    )
    found = AccessRecord.objects.filter(id__in=about_it.union(about_all))
    return list(found.select_related("authority").order_by("-id")[:size])


def _below(looks: QuerySet[AccessRecord], before: int | None) -> QuerySet[AccessRecord]:
    return looks if before is None else looks.filter(id__lt=before)
