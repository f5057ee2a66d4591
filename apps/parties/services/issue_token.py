from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from apps.parties import deeds
from apps.parties.checking import checked_text
from apps.parties.models import ApiToken, Membership
from apps.parties.tokens import new_token
from pharmatrace.kernel.refusal import Refused


@transaction.atomic
def issue_token(
    *,
    membership: Membership,
    name: str,
    scopes: Iterable[str],
    expires_at: datetime,
    at: datetime,
    id: UUID | None = None,
) -> tuple[ApiToken, str]:
    """The token's row and its text, which is shown this once and cannot be read again.

    `id` is for callers that may be asked twice for the same token. Raises Refused: `token_scope`, `token_expiry`,
    `token_made` (there is one of this id), `missing`, `too_long`.
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
    if id is not None and ApiToken.objects.filter(pk=id).exists():
        raise Refused.one("token_made", "This token was made already, and was shown then.")
    text = new_token()
    token = ApiToken.objects.create(
        id=id or uuid4(),
        membership=membership,
        name=checked_text(name, field="name", most=80),
        prefix=text.prefix,
        digest=text.digest(),
        scopes=wanted,
        expires_at=expires_at,
        created_at=at,
    )
    deeds.record(
        deeds.Action.TOKEN_ISSUED,
        f"{token}, {', '.join(wanted)}",
        organisation_id=membership.organisation_id,
        at=at,
        id=token.pk,
    )
    return token, str(text)
