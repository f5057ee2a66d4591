from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from apps.parties import deeds
from apps.parties.models import ApiToken, Invitation, Membership, Organisation, Site
from apps.parties.permissions import may
from apps.parties.services.revoke_invitation import revoke_invitation
from pharmatrace.kernel.refusal import Refused

ADMIN = Membership.Role.ADMIN


@transaction.atomic
def change_member(
    *, member: Membership, by: Membership, role: str, site: Site, at: datetime
) -> Membership:
    """Another role or another place of work. Raises Refused: `not_yours`, `role`, `site_not_yours`,
    `last_admin`."""
    row = _locked(member, by)
    if role not in Membership.Role.values:
        raise Refused.one("role", f"There is no role {role!r}.", field="role")
    if site.organisation_id != row.organisation_id:
        raise Refused.one("site_not_yours", f"{site.name} is not a site of yours.", field="site")
    if row.role == ADMIN and role != ADMIN:
        _check_not_last(row)
    if (row.role, row.site_id) == (role, site.pk):
        return row
    row.role, row.site = role, site
    row.save(update_fields=["role", "site"])
    if role != ADMIN:
        _withdraw_links_of(row, at)
    _record(deeds.Action.PERSON_CHANGED, row, f"{row.user.email}: {role}, {site.name}", at)
    return row


@transaction.atomic
def end_member(*, member: Membership, by: Membership, at: datetime) -> Membership:
    """The person works here no more, from the next request on; tokens that act as them are revoked, and links they
    made and nobody used. What they did
    stays theirs. Twice changes nothing. Raises Refused: `not_yours`, `last_admin`."""
    row = _locked(member, by)
    if row.ended_at is not None:
        return row
    if row.role == ADMIN:
        _check_not_last(row)
    row.ended_at = at
    row.save(update_fields=["ended_at"])
    _record(deeds.Action.PERSON_ENDED, row, row.user.email, at)
    _withdraw_links_of(row, at)
    for token in ApiToken.objects.select_for_update().filter(membership=row, revoked_at=None):
        token.revoked_at = at
        token.save(update_fields=["revoked_at"])
        _record(deeds.Action.TOKEN_REVOKED, row, str(token), at)
    return row


@transaction.atomic
def take_back_member(*, member: Membership, by: Membership, at: datetime) -> Membership:
    """The person works here again, as before; revoked tokens stay so. Raises Refused `not_yours`."""
    row = _locked(member, by)
    if row.ended_at is not None:
        row.ended_at = None
        row.save(update_fields=["ended_at"])
        _record(deeds.Action.PERSON_TAKEN_BACK, row, f"{row.user.email} as {row.role}", at)
    return row


def _locked(member: Membership, by: Membership) -> Membership:
    """The member, when it is `by`'s to change. Changes in one organisation take turns, so that of two last
    administrators who remove each other one stays."""
    if member.organisation_id != by.organisation_id or not may(by, "administer"):
        raise Refused.one("not_yours", "An administrator of the organisation changes its people.")
    Organisation.objects.select_for_update(no_key=True).get(pk=by.organisation_id)
    still = Membership.objects.filter(pk=by.pk, ended_at=None, role=ADMIN)
    if not still.exists():  # while this waited for its turn
        raise Refused.one("not_yours", "An administrator of the organisation changes its people.")
    return Membership.objects.select_related("user", "site", "organisation").get(pk=member.pk)


def _check_not_last(row: Membership) -> None:
    others = Membership.objects.filter(
        organisation_id=row.organisation_id, role=ADMIN, ended_at=None, user__is_active=True
    ).exclude(pk=row.pk)
    if row.ended_at is None and not others.exists():
        raise Refused.one(
            "last_admin",
            f"{row.user.email} is the last administrator. Make somebody else one first.",
        )


def _withdraw_links_of(row: Membership, at: datetime) -> None:
    """What somebody may do no more, their links do no more: else a link made the day before is a way back."""
    sent = Q(organisation_id=row.organisation_id) | Q(sender_id=row.organisation_id)
    for one in Invitation.objects.filter(
        sent, invited_by_id=row.user_id, accepted_at=None, revoked_at=None, expires_at__gt=at
    ):
        revoke_invitation(invitation=one, at=at)


def _record(action: deeds.Action, row: Membership, about: str, at: datetime) -> None:
    deeds.record(action, about, organisation_id=row.organisation_id, at=at, id=row.user_id)
