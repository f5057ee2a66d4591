from __future__ import annotations

from datetime import datetime

from django.db import transaction

from apps.parties import deeds
from apps.parties.accounts.sign_ins import device_words
from apps.parties.models import BrowserSession


@transaction.atomic
def end_session(*, session: BrowserSession, at: datetime) -> bool:
    """The device is signed out, from its next request on. False where it was already."""
    row = BrowserSession.objects.select_for_update().filter(pk=session.pk).first()
    if row is None or row.user is None:
        return False
    about = f"{row.user.email}, {device_words(row.device) or '?'}"
    deeds.record_of_person(deeds.Action.SESSION_ENDED, row.user, about=about, at=at)
    row.delete()
    return True
