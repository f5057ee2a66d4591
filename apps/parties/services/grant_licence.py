from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction

from apps.parties.announcing import announce_licence
from apps.parties.checking import checked_text
from apps.parties.models import Licence, Organisation, RegistryChange
from pharmatrace.kernel.refusal import Refused


@transaction.atomic
def grant_licence(
    *,
    organisation: Organisation,
    authority: str,
    number: str,
    activity: str,
    valid_from: date,
    valid_until: date | None,
    at: datetime,
) -> Licence:
    """A licence, valid from the first day to the last one, or without end; announced to the log.

    Raises Refused: `licence_activity`, `licence_dates`, `licence_taken`, `missing`, `too_long`.
    """
    if activity not in Licence.Activity.values:
        raise Refused.one(
            "licence_activity",
            f"A licence is to {', '.join(Licence.Activity.values)}; not to {activity!r}.",
            field="activity",
        )
    if valid_until is not None and valid_until < valid_from:
        raise Refused.one(
            "licence_dates", "The licence ends before it begins.", field="valid_until"
        )
    licence = Licence(
        organisation_id=organisation.pk,
        authority=checked_text(authority, field="authority", most=120),
        number=checked_text(number, field="number", most=60),
        activity=activity,
        valid_from=valid_from,
        valid_until=valid_until,
    )
    try:
        with transaction.atomic():
            licence.save(force_insert=True)
    except IntegrityError as error:
        raise Refused.one(
            "licence_taken",
            f"{licence.authority} has issued licence {licence.number} already.",
            field="number",
        ) from error
    announce_licence(licence, RegistryChange.Action.GRANTED, at=at)
    return licence
