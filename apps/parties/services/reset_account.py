from __future__ import annotations

from datetime import datetime

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from django.db import transaction

from apps.parties import deeds
from apps.parties.models import BrowserSession, User


@transaction.atomic
def reset_account(*, user: User, at: datetime) -> dict[str, str]:
    """For somebody who has lost password, phone and passkey: whatever they signed in with opens nothing more, and
    the result, `uidb36` and `key`, is the link with which they choose a new password. For the registrar at the
    command line: an administrator of one organisation must not open an account that works for others too."""
    Authenticator.objects.filter(user=user).delete()
    BrowserSession.objects.filter(user=user).delete()
    user.set_password(None)
    user.save(update_fields=["password"])
    deeds.record_of_person(deeds.Action.ACCOUNT_RESET, user, about=user, at=at)
    return {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
