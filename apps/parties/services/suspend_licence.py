from __future__ import annotations

from datetime import datetime

from django.db import transaction

from apps.parties.announcing import announce_licence
from apps.parties.models import Licence, RegistryChange
from pharmatrace.kernel.refusal import Refused


@transaction.atomic
def suspend_licence(*, licence: Licence, at: datetime) -> Licence:
    """The licence does not count until it is reinstated.

    Raises Refused: `licence_revoked`, `licence_suspended`.
    """
    licence = Licence.objects.select_for_update().get(pk=licence.pk)
    if licence.revoked_at:
        raise Refused.one("licence_revoked", f"Licence {licence.number} is revoked for good.")
    if licence.suspended_at:
        raise Refused.one("licence_suspended", f"Licence {licence.number} is suspended already.")
    licence.suspended_at = at
    licence.save(update_fields=["suspended_at"])
    announce_licence(licence, RegistryChange.Action.SUSPENDED, at=at)
    return licence
