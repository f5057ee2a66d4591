from __future__ import annotations

from datetime import datetime

from django.db import transaction

from apps.parties.announcing import announce_licence
from apps.parties.models import Licence, RegistryChange
from pharmatrace.kernel.refusal import Refused


@transaction.atomic
def reinstate_licence(*, licence: Licence, at: datetime) -> Licence:
    """A suspended licence counts again. Raises Refused: `licence_revoked`, `licence_in_force`."""
    licence = Licence.objects.select_for_update().get(pk=licence.pk)
    if licence.revoked_at:
        raise Refused.one("licence_revoked", f"Licence {licence.number} is revoked for good.")
    if not licence.suspended_at:
        raise Refused.one("licence_in_force", f"Licence {licence.number} is not suspended.")
    licence.suspended_at = None
    licence.save(update_fields=["suspended_at"])
    announce_licence(licence, RegistryChange.Action.REINSTATED, at=at)
    return licence
