from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from apps.parties.models import Invitation, Membership, Organisation, Site, User
from apps.parties.services.add_member import join
from apps.parties.services.invite import digest_of
from pharmatrace.kernel.refusal import Refused


def open_invitation(secret: str, *, at: datetime) -> Invitation:
    """The invitation of a link. Raises Refused: `invitation_unknown`, `invitation_used`, `invitation_revoked`,
    `invitation_expired`; each names no address, since whoever holds a link may be anybody."""
    found = (
        Invitation.objects.select_related("organisation", "site", "sender", "invited_by")
        .filter(digest=digest_of(secret))
        .first()
    )
    if found is None:
        raise Refused.one("invitation_unknown", "There is no such invitation. Is the link whole?")
    check_open(found, at=at)
    return found


def check_open(invitation: Invitation, *, at: datetime) -> None:
    if invitation.accepted_at is not None:
        raise Refused.one("invitation_used", "This invitation was used already. Sign in instead.")
    if invitation.revoked_at is not None:
        raise Refused.one("invitation_revoked", "This invitation was withdrawn. Ask for a new one.")
    if invitation.expires_at <= at:
        raise Refused.one("invitation_expired", "This invitation has expired. Ask for a new one.")


@transaction.atomic
def accept_invitation(
    *, invitation: Invitation, person: Callable[[Invitation], User], at: datetime
) -> Membership:
    """Whoever `person` returns (asked once the invitation is sure to be open, in the same transaction) joins the
    organisation with the invitation's role, and the link is used up.

    Raises Refused as `open_invitation` does, and `not_your_invitation`, `member_already`.
    """
    row = take(invitation, at=at)
    assert row.organisation is not None and row.site is not None
    return settle(row, person(row), organisation=row.organisation, site=row.site, at=at)


def take(invitation: Invitation, *, at: datetime) -> Invitation:
    """The invitation, locked and open still: of two at once the second is refused. Call it in a transaction."""
    row = Invitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk)
    check_open(row, at=at)
    return row


def settle(
    row: Invitation, user: User, *, organisation: Organisation, site: Site, at: datetime
) -> Membership:
    """`user` joins, and the link is used up."""
    if user.email != row.email:
        raise Refused.one("not_your_invitation", "This invitation is for another address.")
    if not user.is_active:
        raise Refused.one("account_closed", "This account is closed.")
    made = join(user=user, organisation=organisation, role=row.role, site=site, at=at)
    row.accepted_at, row.accepted_by = at, user
    row.draft = {}
    row.save(update_fields=["accepted_at", "accepted_by", "draft"])
    return made


def used_by(secret: str) -> User | None:
    """Who used this link, if anybody did."""
    found = (
        Invitation.objects.select_related("accepted_by").filter(digest=digest_of(secret)).first()
    )
    return found.accepted_by if found is not None else None
