from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from apps.parties.checking import checked_text
from apps.parties.models import ApiToken, Membership
from apps.parties.tokens import new_token
from pharmatrace.kernel.refusal import Refused


@transaction.atomic
def issue_token(
    *, membership: Membership, name: str, scopes: Iterable[str], expires_at: datetime, at: datetime
) -> tuple[ApiToken, str]:
    """The token's row and its text, which is shown this once and cannot be read again.

    Raises Refused: `token_scope`, `token_expiry`, `missing`, `too_long`.
    """
    wanted = sorted(set(scopes))
    unknown = set(wanted) - set(ApiToken.Scope.values)
    if unknown or not wanted:
        raise Refused.one(
            "token_scope",
            f"A token is for one or more of {', '.join(ApiToken.Scope.values)}.",
            field="scopes",
            unknown=sorted(unknown),
        )
    if expires_at <= at:
        raise Refused.one("token_expiry", "The token would be expired already.", field="expires_at")
    text = new_token()
    token = ApiToken.objects.create(
        membership=membership,
        name=checked_text(name, field="name", most=80),
        prefix=text.prefix,
        digest=text.digest(),
        scopes=wanted,
        expires_at=expires_at,
        created_at=at,
    )
    return token, str(text)
