from __future__ import annotations

from datetime import datetime

from django.db import transaction

from apps.parties import deeds
from apps.parties.models import ApiToken


@transaction.atomic
def revoke_token(*, token: ApiToken, at: datetime) -> ApiToken:
    """The token opens nothing more, from the next request on. Revoking twice changes nothing."""
    token = ApiToken.objects.select_for_update().get(pk=token.pk)
    if token.revoked_at is None:
        token.revoked_at = at
        token.save(update_fields=["revoked_at"])
        deeds.record(
            deeds.Action.TOKEN_REVOKED,
            token,
            organisation_id=token.membership.organisation_id,
            at=at,
            id=token.pk,
        )
    return token
