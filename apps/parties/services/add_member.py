from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from apps.parties import deeds
from apps.parties.checking import checked_email, checked_text
from apps.parties.models import Membership, Organisation, Site, User
from pharmatrace.kernel.refusal import Refused


@transaction.atomic
def add_member(
    *,
    email: str,
    name: str,
    password: str | None,
    organisation: Organisation,
    role: str,
    site: Site,
    at: datetime,
) -> Membership:
    """A person works for an organisation at one of its sites; who did before comes back.

    Someone known by `email` keeps name and password: adding a member never opens an account of
    somebody else. Raises Refused: `role`, `site_not_yours`, `email`, `member_already`, `missing`,
    `too_long`.
    """
    if role not in Membership.Role.values:
        raise Refused.one("role", f"There is no role {role!r}.", field="role")
    if site.organisation_id != organisation.pk:
        raise Refused.one(
            "site_not_yours", f"{site.name} is not a site of {organisation.name}.", field="site"
        )
    user = person(email=email, name=name, password=password)
    return join(user=user, organisation=organisation, role=role, site=site, at=at)


def join(
    *, user: User, organisation: Organisation, role: str, site: Site, at: datetime
) -> Membership:
    """The membership of somebody who has an account. Raises Refused `member_already`. Call it in a transaction."""
    ended = Membership.objects.filter(
        user=user, organisation_id=organisation.pk, ended_at__isnull=False
    )
    if not ended.update(role=role, site=site, ended_at=None):
        try:
            with transaction.atomic():
                Membership.objects.create(
                    user=user, organisation_id=organisation.pk, role=role, site=site, created_at=at
                )
        except IntegrityError as error:
            raise Refused.one(
                "member_already",
                f"{user.email} works for {organisation.name} already.",
                field="email",
            ) from error
    made = Membership.objects.select_related("organisation", "site", "user").get(
        user=user, organisation_id=organisation.pk
    )
    deeds.record(
        deeds.Action.PERSON_JOINED,
        f"{user.email} as {role}",
        organisation_id=organisation.pk,
        at=at,
        id=user.pk,
    )
    return made


def person(*, email: str, name: str, password: str | None) -> User:
    """Whoever has this address, or a new account under it."""
    email = checked_email(email)
    known = User.objects.filter(email=email).first()
    if known:
        return known
    return User.objects.create_user(email, checked_text(name, field="name", most=120), password)
