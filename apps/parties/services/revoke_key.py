from __future__ import annotations

from datetime import datetime

from django.db import transaction

from apps.parties.announcing import announce_key
from apps.parties.models import RegistryChange, SigningKey
from pharmatrace.kernel.refusal import Refused


@transaction.atomic
def revoke_key(*, key: SigningKey, at: datetime) -> SigningKey:
    """The key signs nothing more; what it signed before still verifies.

    Revoking the active key makes no new one: until `rotate_key`, signing is refused
    (`no_signing_key`). Waits for transactions that sign with the key right now, so that their
    statements stand before the revocation. Raises Refused: `key_revoked`, `not_an_organisations_key`.
    """
    key = SigningKey.objects.select_for_update().get(pk=key.pk)
    if key.organisation_id is None:
        raise Refused.one(
            "not_an_organisations_key", "The registrar's key is the installation's own."
        )
    if key.revoked_at:
        raise Refused.one("key_revoked", f"Key {key} is revoked already.")
    key.revoked_at = at
    key.save(update_fields=["revoked_at"])
    announce_key(key, RegistryChange.Action.REVOKED, at=at)
    return key
