from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from apps.parties.checking import checked_text
from apps.parties.models import Membership, Organisation, Site, User
from apps.parties.people import address
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
    """A person works for an organisation at one of its sites.

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
    user = _person(email=email, name=name, password=password)
    try:
        with transaction.atomic():
            return Membership.objects.create(
                user=user, organisation_id=organisation.pk, role=role, site=site, created_at=at
            )
    except IntegrityError as error:
        raise Refused.one(
            "member_already", f"{user.email} works for {organisation.name} already.", field="email"
        ) from error


def _person(*, email: str, name: str, password: str | None) -> User:
    email = address(checked_text(email, field="email", most=254))
    if "@" not in email[1:-1]:
        raise Refused.one("email", f"{email!r} is not an e-mail address.", field="email")
    known = User.objects.filter(email=email).first()
    if known:
        return known
    return User.objects.create_user(email, checked_text(name, field="name", most=120), password)
