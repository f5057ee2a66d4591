"""A change of a key or a licence leaves a row and a deed and is told to the floors above, in one transaction."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from apps.parties import deeds
from apps.parties.deed_models import Deed
from apps.parties.models import Licence, RegistryChange, SigningKey
from apps.parties.signals import registry_changed


def announce_key(
    key: SigningKey,
    action: RegistryChange.Action,
    *,
    at: datetime,
    since: datetime | None = None,
) -> RegistryChange:
    """Says that an organisation's key was registered, retired, revoked or (`since` when) stolen."""
    assert key.organisation_id is not None  # the registrar's own key stands in the genesis entry
    change = RegistryChange(
        organisation_id=key.organisation_id, key=key, action=action, changed_at=at, since=since
    )
    _announce(change)
    return change


def announce_licence(licence: Licence, action: RegistryChange.Action, *, at: datetime) -> None:
    """Says that a licence was granted, suspended, reinstated or revoked."""
    _announce(
        RegistryChange(
            organisation_id=licence.organisation_id, licence=licence, action=action, changed_at=at
        )
    )


def _announce(change: RegistryChange) -> None:
    # Outside the transaction of the change itself, the row could stay without the change.
    assert transaction.get_connection().in_atomic_block
    change.save(force_insert=True)
    thing = "key" if change.key is not None else "licence"
    deeds.record(
        Deed.Action(f"{thing}_{change.action}"),
        change.key or change.licence,
        organisation_id=change.organisation_id,
        at=change.changed_at,
        id=change.key or change.licence_id,
    )
    registry_changed.send(sender=RegistryChange, change=change)
