from __future__ import annotations

from datetime import datetime

from django.db import transaction

from apps.parties import deeds
from apps.parties.accounts.sign_ins import device_words
from apps.parties.models import BrowserSession
from apps.parties.selectors import memberships_of


@transaction.atomic
def end_session(*, session: BrowserSession, at: datetime) -> bool:
    """The device is signed out, from its next request on. False where it was already."""
    row = BrowserSession.objects.select_for_update().filter(pk=session.pk).first()
    if row is None or row.user is None:
        return False
    about = f"{row.user.email}, {device_words(row.device) or '?'}"
    for organisation_id in {one.organisation_id for one in memberships_of(row.user.pk)} or {None}:
        deeds.record(
            deeds.Action.SESSION_ENDED,
            about,
            organisation_id=organisation_id,
            at=at,
            id=row.user.pk,
        )
    row.delete()
    return True
