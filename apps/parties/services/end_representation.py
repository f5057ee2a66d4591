from __future__ import annotations

from datetime import datetime

from django.db import transaction

from apps.parties import deeds
from apps.parties.models import Organisation, Representation


@transaction.atomic
def end_representation(
    *, partner: Organisation, representative: Organisation, at: datetime
) -> bool:
    """The representative records nothing more for the partner; what it recorded stands. False where it did
    not represent it."""
    gone, _ = Representation.objects.filter(partner=partner, representative=representative).delete()
    if gone:
        deeds.record(
            deeds.Action.PARTNER_ENDED,
            partner,
            organisation_id=representative.pk,
            at=at,
            id=partner.pk,
        )
    return bool(gone)
