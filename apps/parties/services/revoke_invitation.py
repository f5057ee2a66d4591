from __future__ import annotations

from datetime import datetime

from django.db import transaction

from apps.parties import deeds
from apps.parties.models import Invitation
from pharmatrace.kernel.refusal import Refused


@transaction.atomic
def revoke_invitation(*, invitation: Invitation, at: datetime) -> Invitation:
    """The link opens nothing more. Twice changes nothing. Raises Refused `invitation_used`."""
    row = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if row.accepted_at is not None:
        raise Refused.one("invitation_used", f"{row.email} has used this link already.")
    if row.revoked_at is None:
        row.revoked_at = at
        row.save(update_fields=["revoked_at"])
        deeds.record(
            deeds.Action.INVITATION_REVOKED,
            row,
            organisation_id=row.organisation_id or row.sender_id,
            at=at,
            id=row.pk,
        )
    return row
