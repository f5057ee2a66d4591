"""Whose file it is, and how it is to be read."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from apps.parties.models import Membership
from pharmatrace.kernel.refusal import Refused


@dataclass(frozen=True, slots=True)
class Sender:
    """A member, and what was agreed about their files: `zone` is that of times written without one."""

    membership: int
    organisation: str  # id
    gln: str
    site_gln: str
    name: str
    user: int
    email: str
    mode: Literal["proceed", "rollback"]
    zone: str

    @property
    def timezone(self) -> ZoneInfo | None:
        return ZoneInfo(self.zone) if self.zone else None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def sender_of(*, email: str, gln: str, zone: str = "", together: bool = False) -> Sender:
    """Raises Refused `not_member`, `not_operator`, `zone_unknown`."""
    member = (
        Membership.objects.select_related("organisation", "site", "user")
        .filter(
            user__email__iexact=email, organisation__gln=gln, user__is_active=True, ended_at=None
        )
        .first()
    )
    if member is None:
        raise Refused.one("not_member", f"{email} is no member of an organisation with GLN {gln}.")
    if member.role not in (Membership.Role.ADMIN, Membership.Role.OPERATOR):
        raise Refused.one("not_operator", f"{email} may look, not record.")
    if zone and zone not in available_timezones():
        raise Refused.one(
            "zone_unknown", f"{zone!r} is not a time zone; one looks like Europe/Lisbon."
        )
    return Sender(
        membership=member.pk,
        organisation=str(member.organisation_id),
        gln=member.organisation.gln,
        site_gln=member.site.gln,
        name=member.organisation.name,
        user=member.user_id,
        email=member.user.email,
        mode="rollback" if together else "proceed",
        zone=zone,
    )
