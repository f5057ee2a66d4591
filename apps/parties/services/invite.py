from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from apps.parties import deeds
from apps.parties.checking import checked_email
from apps.parties.doing import doer
from apps.parties.models import Invitation, Membership, Organisation, Site
from apps.parties.permissions import may
from pharmatrace.kernel.refusal import Refused

VALID_FOR = timedelta(days=7)


@transaction.atomic
def invite_person(
    *, by: Membership, email: str, role: str, site: Site, at: datetime
) -> tuple[Invitation, str]:
    """A link that lets whoever has this address into the organisation of `by`, once, within a week. Returns the row
    and the secret of the link, which is kept nowhere. Who was invited before gets a new link; the old one dies.

    Raises Refused: `not_admin`, `role`, `site_not_yours`, `email`, `member_already`, `missing`, `too_long`.
    """
    if not may(by, "parties.add_member"):
        raise Refused.one("not_admin", "An administrator of the organisation invites people.")
    _check_role(role)
    if site.organisation_id != by.organisation_id:
        raise Refused.one(
            "site_not_yours", f"{site.name} is not a site of {by.organisation.name}.", field="site"
        )
    email = checked_email(email)
    if Membership.objects.filter(
        user__email=email, organisation_id=by.organisation_id, ended_at=None
    ).exists():
        raise Refused.one(
            "member_already", f"{email} works for {by.organisation.name} already.", field="email"
        )
    made, secret = _make(
        email=email, organisation=by.organisation, kind="", role=role, site=site, by=by, at=at
    )
    deeds.record(
        deeds.Action.PERSON_INVITED,
        f"{email} as {role}",
        organisation_id=by.organisation_id,
        at=at,
        id=made.pk,
    )
    return made, secret


@transaction.atomic
def invite_organisation(
    *, by: Membership | None, email: str, kind: str, at: datetime
) -> tuple[Invitation, str]:
    """A link with which a new organisation of `kind` registers itself; whoever opens it becomes its first
    administrator. `by` is an administrator of the authority; None for the installation's own staff.

    Raises Refused: `not_regulator`, `organisation_kind`, `email`, `missing`, `too_long`.
    """
    if by is not None and not may(by, "parties.invite_organisation"):
        raise Refused.one(
            "not_regulator", "An administrator of the authority invites organisations."
        )
    if kind not in Organisation.Kind.values or (
        by is not None and kind == Organisation.Kind.REGULATOR
    ):
        raise Refused.one(
            "organisation_kind", f"No organisation of kind {kind!r} is invited here.", field="kind"
        )
    email = checked_email(email)
    made, secret = _make(
        email=email, organisation=None, kind=kind, role=Membership.Role.ADMIN, site=None, by=by,
        at=at,
    )  # fmt: skip
    deeds.record(
        deeds.Action.ORGANISATION_INVITED,
        f"{email}, {kind}",
        organisation_id=by.organisation_id if by else None,
        at=at,
        id=made.pk,
    )
    return made, secret


def digest_of(secret: str) -> bytes:
    """What is kept of a link. 32 random bytes: one SHA-256 is enough (see tokens)."""
    return hashlib.sha256(b"invitation " + secret.encode(errors="replace")).digest()


def _check_role(role: str) -> None:
    if role not in Membership.Role.values:
        raise Refused.one("role", f"There is no role {role!r}.", field="role")


def _make(
    *, email: str, organisation: Organisation | None, kind: str, role: str, site: Site | None,
    by: Membership | None, at: datetime,
) -> tuple[Invitation, str]:  # fmt: skip
    if organisation is not None:
        # Two invitations at once take turns here; the second withdraws the first.
        Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    open_ones = Invitation.objects.select_for_update().filter(
        organisation=organisation, email=email, accepted_at=None, revoked_at=None
    )
    for one in open_ones:
        one.revoked_at = at
        one.save(update_fields=["revoked_at"])
    secret = secrets.token_urlsafe(32)
    made = Invitation(
        digest=digest_of(secret),
        email=email,
        organisation=organisation,
        kind=kind,
        role=role,
        site=site,
        invited_by_id=by.user_id if by else doer().user_id,
        sender_id=by.organisation_id if by else None,
        created_at=at,
        expires_at=at + VALID_FOR,
    )
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        raise Refused.one(
            "invited_just_now", f"{email} was invited at this moment.", field="email"
        ) from error
    return made, secret
