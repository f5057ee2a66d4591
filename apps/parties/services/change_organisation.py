from __future__ import annotations

from datetime import datetime

from django.db import transaction

from apps.parties import deeds
from apps.parties.models import Organisation
from apps.parties.services.change_site import described


@transaction.atomic
def change_organisation(
    *, organisation: Organisation, at: datetime, **changes: str
) -> Organisation:
    """The organisation with other words about it: `name`, `country`, `street`, `city`, `state`,
    `postal_code`. What is not named stays; kind, GLN, keys and licences are not changed here.

    Who may is decided by the caller. Raises Refused: `country_code`, `missing`, `too_long`.
    """
    organisation = Organisation.objects.select_for_update().get(pk=organisation.pk)
    values = described(changes)
    for name, value in values.items():
        setattr(organisation, name, value)
    organisation.save(update_fields=list(values))
    deeds.record(
        deeds.Action.ORGANISATION_CHANGED,
        f"{organisation.name} ({', '.join(values)})",
        organisation_id=organisation.pk,
        at=at,
        id=organisation.pk,
    )
    return organisation
