from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from apps.parties import deeds
from apps.parties.checking import checked_text
from apps.parties.models import LicenceApplication, Membership
from apps.parties.permissions import may
from apps.parties.services.grant_licence import grant_licence
from pharmatrace.kernel.refusal import Refused

Outcome = LicenceApplication.Outcome


@transaction.atomic
def grant_application(
    *,
    application: LicenceApplication,
    by: Membership,
    valid_from: date,
    valid_until: date | None,
    at: datetime,
) -> LicenceApplication:
    """The licence that was applied for counts from `valid_from` on. `by` is an administrator of the authority.

    Raises Refused: `not_regulator`, `application_decided`, and as `grant_licence` does.
    """
    row = _waiting(application, by)
    licence = grant_licence(
        organisation=row.organisation, authority=row.authority, number=row.number,
        activity=row.activity, valid_from=valid_from, valid_until=valid_until, at=at,
    )  # fmt: skip
    row.outcome, row.decided_at, row.licence = Outcome.GRANTED, at, licence
    row.save(update_fields=["outcome", "decided_at", "licence"])
    return row


@transaction.atomic
def decline_application(
    *, application: LicenceApplication, by: Membership, reason: str, at: datetime
) -> LicenceApplication:
    """The licence is not granted; the organisation reads why. Raises Refused: `not_regulator`,
    `application_decided`, `missing`, `too_long`."""
    row = _waiting(application, by)
    row.outcome, row.decided_at = Outcome.DECLINED, at
    row.reason = checked_text(reason, field="reason", most=300)
    row.save(update_fields=["outcome", "decided_at", "reason"])
    deeds.record(
        deeds.Action.LICENCE_DECLINED, row, organisation_id=row.organisation_id, at=at, id=row.pk
    )
    return row


def _waiting(application: LicenceApplication, by: Membership) -> LicenceApplication:
    if not may(by, "parties.decide_licence"):
        raise Refused.one(
            "not_regulator", "An administrator of the authority decides about licences."
        )
    row = LicenceApplication.objects.select_for_update(of=("self",)).get(pk=application.pk)
    if row.outcome != Outcome.WAITING:
        raise Refused.one("application_decided", f"This was decided meanwhile: {row.outcome}.")
    return row
