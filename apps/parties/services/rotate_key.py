from __future__ import annotations

from datetime import datetime

from django.db import transaction

from apps.parties.announcing import announce_key
from apps.parties.models import Organisation, RegistryChange, SigningKey
from apps.parties.signing import make_key


@transaction.atomic
def rotate_key(*, organisation: Organisation, at: datetime) -> SigningKey:
    """A new signing key; the active one, if any, is retired. Both are announced to the log.

    Waits for transactions that sign with the old key right now.
    """
    # Two rotations at once take turns here; the second retires the key of the first.
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    active = SigningKey.objects.select_for_update().filter(
        organisation_id=organisation.pk, retired_at=None, revoked_at=None
    )
    for key in active:
        key.retired_at = at
        key.save(update_fields=["retired_at"])
        announce_key(key, RegistryChange.Action.RETIRED, at=at)
    fresh = make_key(
        purpose=SigningKey.Purpose.ORGANISATION, organisation_id=organisation.pk, at=at
    )
    announce_key(fresh, RegistryChange.Action.REGISTERED, at=at)
    return fresh
