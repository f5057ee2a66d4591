"""Who is acting: a value that every write takes instead of a request or a model."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from apps.parties.models import Membership


@dataclass(frozen=True, slots=True)
class Actor:
    """An organisation, the site it acts at, and the person (None for a machine of ours)."""

    organisation_id: UUID
    kind: str
    name: str
    gln: str
    country: str
    did: str
    site_id: UUID
    site_gln: str
    role: str
    user_id: int | None

    @property
    def may_operate(self) -> bool:
        """May record events: roles admin and operator."""
        return self.role in (Membership.Role.ADMIN, Membership.Role.OPERATOR)

    @property
    def person_id(self) -> int:
        """Who it is, where only people do something. Raises ValueError for a program that acts by itself."""
        if self.user_id is None:
            raise ValueError("somebody must do this, and no person is there")
        return self.user_id


def actor_of(membership: Membership) -> Actor:
    """The actor a membership stands for. One query unless organisation and site are loaded."""
    organisation, site = membership.organisation, membership.site
    return Actor(
        organisation_id=organisation.id,
        kind=organisation.kind,
        name=organisation.name,
        gln=organisation.gln,
        country=organisation.country,
        did=organisation.did,
        site_id=site.id,
        site_gln=site.gln,
        role=membership.role,
        user_id=membership.user_id,
    )
