from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from apps.parties import deeds
from apps.parties.checking import checked_text
from apps.parties.models import Licence, LicenceApplication, Organisation
from pharmatrace.kernel.refusal import Refused


@transaction.atomic
def apply_for_licence(
    *, organisation: Organisation, authority: str, number: str, activity: str, at: datetime
) -> LicenceApplication:
    """The organisation says it holds this licence. Nothing follows from that until the authority grants it here.

    Raises Refused: `licence_activity`, `licence_taken`, `applied_already`, `missing`, `too_long`.
    """
    if activity not in Licence.Activity.values:
        raise Refused.one(
            "licence_activity", f"There is no activity {activity!r}.", field="activity"
        )
    authority = checked_text(authority, field="authority", most=120)
    number = checked_text(number, field="number", most=60)
    if Licence.objects.filter(authority=authority, number=number).exists():
        raise Refused.one(
            "licence_taken", f"{authority} has issued licence {number} already.", field="number"
        )
    try:
        with transaction.atomic():
            made = LicenceApplication.objects.create(
                organisation_id=organisation.pk, authority=authority, number=number,
                activity=activity, applied_at=at,
            )  # fmt: skip
    except IntegrityError as error:
        raise Refused.one(
            "applied_already", f"Licence {number} waits for {authority} already.", field="number"
        ) from error
    deeds.record(
        deeds.Action.LICENCE_APPLIED, made, organisation_id=organisation.pk, at=at, id=made.pk
    )
    return made
