from __future__ import annotations

from datetime import datetime

from django.db import transaction

from apps.parties import deeds
from apps.parties.models import Organisation, Representation, SigningKey
from pharmatrace.kernel.refusal import Refused


@transaction.atomic
def represent(
    *, partner: Organisation, representative: Organisation, at: datetime
) -> Representation:
    """From now on `representative` may record what `partner` reports, as long as the partner has no key of its
    own. Saying it twice changes nothing.

    Raises Refused: `represents_itself`, `partner_has_key`, `regulator_represented`.
    """
    if partner.pk == representative.pk:
        raise Refused.one("represents_itself", "Nobody represents itself.")
    if partner.kind == Organisation.Kind.REGULATOR:
        raise Refused.one("regulator_represented", "An authority speaks for itself.")
    if SigningKey.objects.filter(organisation=partner, retired_at=None, revoked_at=None).exists():
        raise Refused.one(
            "partner_has_key", f"{partner} has a signing key, so it records its events itself."
        )
    made, is_new = Representation.objects.get_or_create(
        partner=partner, representative=representative, defaults={"created_at": at}
    )
    if is_new:
        deeds.record(
            deeds.Action.PARTNER_REPRESENTED,
            partner,
            organisation_id=representative.pk,
            at=at,
            id=partner.pk,
        )
    return made
