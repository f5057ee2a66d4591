"""Who may see how much of a package's history (DESIGN §6)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal
from uuid import UUID

from django.db.models import Q

from apps.custody.models import CustodyEvent
from apps.custody.selectors import Step
from apps.parties.models import Membership, Organisation
from pharmatrace.kernel.custody.kinds import DECLARE_ERROR, Kind

Level = Literal["public", "party", "regulator"]
DELIVERY = (Kind.SHIP, Kind.RETURN, Kind.RECEIVE, Kind.REFUSE, DECLARE_ERROR)
"""Kinds whose counterparty is a party to the event. A declaration has that of the event it declares wrong."""


def level_of(membership: Membership | None, steps: Sequence[Step]) -> Level:
    """A regulator sees all, whoever had the package in hands or under way a party's view, others the
    public one."""
    if membership is None:
        return "public"
    if membership.organisation.kind == Organisation.Kind.REGULATOR:
        return "regulator"
    return "party" if _last_share(steps, membership.organisation_id) >= 0 else "public"


def whole_events(
    steps: Sequence[Step], *, level: Level, organisation_id: UUID | None
) -> frozenset[int]:
    """Ids of the events a reader sees whole: for a party what it did, what was sent to it, the receipt of
    what it sent, and all before; and that any of its own was declared wrong, whoever says so."""
    if level == "regulator":
        return frozenset(step.event.id for step in steps)
    if level == "public" or organisation_id is None:
        return frozenset()
    last = _last_share(steps, organisation_id)
    mine = {bytes(step.event.hash) for step in steps if is_party_to(step.event, organisation_id)}
    declared = [one for one in steps if one.declaration and bytes(one.event.hash) in mine]
    return frozenset(step.event.id for step in [*steps[: last + 1], *declared])


def _last_share(steps: Sequence[Step], organisation_id: UUID) -> int:
    """Where an organisation last acted or was the other side of a delivery; −1 if never."""
    shares = [at for at, step in enumerate(steps) if is_party_to(step.event, organisation_id)]
    return shares[-1] if shares else -1


def is_party_to(event: CustodyEvent, organisation_id: UUID) -> bool:
    """Whoever recorded an event, whoever had it recorded, and the other side of a delivery."""
    return organisation_id in (event.actor_id, event.reporter_id) or (
        event.counterparty_id == organisation_id and event.kind in DELIVERY
    )


def party_to(organisation_id: UUID, on: str = "") -> Q:
    """`is_party_to` as a question; `on` is the lookup that leads to the event."""
    return (
        Q(**{f"{on}actor_id": organisation_id})
        | Q(**{f"{on}reporter_id": organisation_id})
        | Q(**{f"{on}counterparty_id": organisation_id, f"{on}kind__in": DELIVERY})
    )
