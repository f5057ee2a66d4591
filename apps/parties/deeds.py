"""The record of administrative deeds: written beside each, read by administrators and the authority."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from apps.parties.deed_models import Deed
from apps.parties.doing import doer
from apps.parties.models import Membership, User
from apps.parties.permissions import may
from apps.parties.selectors import memberships_of

Action = Deed.Action
OF_LICENCES_AND_KEYS = tuple(
    one for one in Action.values if one.startswith(("licence_", "key_", "organisation_"))
)


def record(
    action: Action, about: object, *, organisation_id: UUID | None, at: datetime, id: Any = ""
) -> Deed:
    """Writes down that whoever acts now (`doing.doer`) did `action` to `about`. `about` is shown to people and
    must hold no secret. Call it inside the transaction of the deed itself."""
    assert transaction.get_connection().in_atomic_block  # else one could stay without the other
    who = doer()
    return Deed.objects.create(
        at=at,
        organisation_id=organisation_id,
        by_id=who.user_id,
        by_organisation_id=who.organisation_id,
        via=who.via,
        action=action,
        about=str(about)[:200],
        about_id=str(id)[:64],
    )


def record_of_person(action: Action, user: User, *, about: object, at: datetime) -> None:
    """The same, in the affairs of every organisation the person works for; of none, where there is none."""
    places: set[UUID | None] = {one.organisation_id for one in memberships_of(user.pk)}
    for organisation_id in places or {None}:
        record(action, about, organisation_id=organisation_id, at=at, id=user.pk)


def visible_to(membership: Membership) -> QuerySet[Deed]:
    """An administrator sees what concerns the organisation and what its people did; the authority's also the
    licences and keys of everybody. Others see nothing."""
    if not may(membership, "administer"):
        return Deed.objects.none()
    mine = Q(organisation_id=membership.organisation_id) | Q(
        by_organisation_id=membership.organisation_id
    )
    if may(membership, "parties.see_registry_deeds"):
        mine |= Q(action__in=OF_LICENCES_AND_KEYS)
    return Deed.objects.filter(mine).select_related("organisation", "by", "by_organisation")
