"""What administrators find in the demo: a colleague, somebody invited, a licence that waits for the authority."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from apps.parties.models import Invitation, LicenceApplication, Membership
from apps.parties.services import add_member, apply_for_licence, invite_organisation, invite_person

Clock = Callable[[], datetime]
COLLEAGUES = (
    ("maker-m", "Otto", "otto@demo.example", Membership.Role.OPERATOR),
    ("maker-m", "Vera", "vera@demo.example", Membership.Role.VIEWER),
    ("pharmacy-porto", "Olga", "olga@demo.example", Membership.Role.OPERATOR),
)


def furnish(members: Mapping[str, Membership], *, password: str, clock: Clock) -> None:
    """What is there already is left as it is."""
    for key, name, email, role in COLLEAGUES:
        chief = members[key]
        if not Membership.objects.filter(user__email=email).exists():
            add_member(
                email=email, name=name, password=password, organisation=chief.organisation,
                role=role, site=chief.site, at=clock(),
            )  # fmt: skip
    if not Invitation.objects.exists():
        chief = members["pharmacy-porto"]
        invite_person(
            by=chief, email="nuno@demo.example", role=Membership.Role.OPERATOR, site=chief.site,
            at=clock(),
        )  # fmt: skip
        invite_organisation(
            by=members["regulator"], email="nova@demo.example", kind="pharmacy", at=clock()
        )
    if not LicenceApplication.objects.exists():
        apply_for_licence(
            organisation=members["logistics"].organisation, authority="Demo Medicines Authority",
            number="DEMO-202-IMPORT", activity="wholesale", at=clock(),
        )  # fmt: skip
