from __future__ import annotations

from datetime import datetime

from django.db import transaction

from apps.parties.announcing import announce_licence
from apps.parties.models import Licence, RegistryChange
from pharmatrace.kernel.refusal import Refused


@transaction.atomic
def revoke_licence(*, licence: Licence, at: datetime) -> Licence:
    """The licence ends for good. Raises Refused: `licence_revoked`."""
    licence = Licence.objects.select_for_update().get(pk=licence.pk)
    if licence.revoked_at:
        raise Refused.one("licence_revoked", f"Licence {licence.number} is revoked already.")
    licence.revoked_at = at
    licence.save(update_fields=["revoked_at"])
    announce_licence(licence, RegistryChange.Action.REVOKED, at=at)
    return licence
