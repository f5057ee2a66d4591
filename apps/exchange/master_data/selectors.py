"""Proposals for the people who decide about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from apps.exchange.master_data.differing import Difference, Record, Records, differences
from apps.exchange.master_data.models import Proposal
from apps.parties.actor import Actor
from apps.parties.models import Membership, Organisation


@dataclass(frozen=True, slots=True)
class Compared:
    """A proposal beside the record as it is now. `ours`: the actor may take it over; `decides`: the actor may
    decide about it at all."""

    proposal: Proposal
    record: Record | None
    differences: list[Difference]
    ours: bool
    decides: bool


def open_proposals(actor: Actor) -> QuerySet[Proposal]:
    """What waits for the actor's organisation, newest first; a regulator sees all."""
    found = Proposal.objects.filter(state=Proposal.State.OPEN).select_related("organisation")
    if actor.kind != Organisation.Kind.REGULATOR:
        found = found.filter(organisation_id=actor.organisation_id)
    return found.order_by("-last_seen_at", "-id")


def compared(proposals: Sequence[Proposal], actor: Actor) -> list[Compared]:
    """Each with what differs now. Four queries for all."""
    records = Records.under(one.key for one in proposals) if proposals else Records()
    return [_compare(one, records, actor) for one in proposals]


def _compare(proposal: Proposal, records: Records, actor: Actor) -> Compared:
    record = records.record(proposal.kind, proposal.key)
    owner = records.owner(proposal.kind, proposal.key)
    regulates = actor.kind == Organisation.Kind.REGULATOR
    return Compared(
        proposal=proposal,
        record=record,
        differences=differences(proposal.kind, proposal.values, record),
        ours=owner is not None and (regulates or owner == actor.organisation_id),
        decides=actor.role == Membership.Role.ADMIN,
    )
