"""A person decides about a proposal: what of it becomes ours, or that nothing does."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import transaction

from apps.catalog.models import Product
from apps.catalog.services import change_product, register_product
from apps.exchange.master_data.differing import Difference, Record, Records, differences
from apps.exchange.master_data.models import Proposal
from apps.exchange.master_data.partners import take_partner
from apps.parties.actor import Actor
from apps.parties.models import Membership, Organisation, Site
from apps.parties.services import add_site, change_organisation, change_site
from pharmatrace.kernel.refusal import Refused

Kind, State = Proposal.Kind, Proposal.State


@transaction.atomic
def accept_proposal(
    *, actor: Actor, proposal: Proposal, fields: Collection[str], at: datetime
) -> Proposal:
    """Takes the chosen `fields` over into the record, or makes the record of them; notes old and new.

    Raises Refused: `not_admin`, `proposal_decided`, `nothing_chosen`, `not_ours` (see `take_partner`),
    `market_unknown`, and what the services of parties and catalog refuse.
    """
    proposal = _open(actor, proposal)
    records = Records.under([proposal.key])
    record = records.record(proposal.kind, proposal.key)
    chosen = [
        one for one in differences(proposal.kind, proposal.values, record) if one.field in fields
    ]
    if not chosen:
        raise Refused.one("nothing_chosen", "Choose at least one field to take over.")
    values = {one.field: one.new for one in chosen}
    owner = records.owner(proposal.kind, proposal.key)
    regulates = actor.kind == Organisation.Kind.REGULATOR
    if owner is None or (owner != actor.organisation_id and not regulates):
        take_partner(actor=actor, proposal=proposal, values=values, at=at)
    elif record is None:
        _register(actor, proposal, Organisation.objects.get(pk=owner), values, at=at)
    else:
        _change(record, values, at=at)
    return _decide(actor, proposal, State.ACCEPTED, chosen, at=at)


@transaction.atomic
def decline_proposal(*, actor: Actor, proposal: Proposal, at: datetime) -> Proposal:
    """Nothing is taken over, and the same values of the same sender are not proposed again.

    Raises Refused: `not_admin`, `proposal_decided`.
    """
    return _decide(actor, _open(actor, proposal), State.DECLINED, [], at=at)


def _open(actor: Actor, proposal: Proposal) -> Proposal:
    if actor.role != Membership.Role.ADMIN:
        raise Refused.one("not_admin", "An administrator of your organisation decides about this.")
    proposal = Proposal.objects.select_for_update(no_key=True).get(pk=proposal.pk)
    if proposal.state != State.OPEN:
        raise Refused.one(
            "proposal_decided", f"This was decided meanwhile: it is {proposal.get_state_display()}."
        )
    return proposal


def _change(record: Record, values: Mapping[str, str], *, at: datetime) -> None:
    if isinstance(record, Product):
        words = {name: text for name, text in values.items() if name != "ndc"}
        codes = {"national_codes": {"US": values["ndc"]}} if "ndc" in values else {}
        change_product(product=record, **words, **codes)
    elif isinstance(record, Site):
        change_site(site=record, at=at, **values)
    else:
        change_organisation(organisation=record, at=at, **values)


def _register(
    actor: Actor,
    proposal: Proposal,
    owner: Organisation,
    values: Mapping[str, str],
    *,
    at: datetime,
) -> None:
    """A record that is not there yet, under a key with a company prefix of `owner`'s."""
    if proposal.kind == Kind.SITE:
        words = {"name": "", "city": "", "country": "", **values}
        add_site(organisation=owner, gln=proposal.key, at=at, **words)
    elif proposal.kind == Kind.PRODUCT:
        # An NDC is given by the US authority for the US market; no other attribute of CBV names a market.
        if "ndc" not in values:
            raise Refused.one(
                "market_unknown",
                "Master data does not say for which market this product is. Register it by hand.",
            )
        words = {"name": "", "strength": "", "form": "", "pack_size": "", **values}
        register_product(
            actor=actor,
            gtin=proposal.key,
            national_codes={"US": words.pop("ndc")},
            market="US",
            at=at,
            **words,
        )
    else:
        take_partner(actor=actor, proposal=proposal, values=values, at=at)


def _decide(
    actor: Actor, proposal: Proposal, state: str, chosen: list[Difference], *, at: datetime
) -> Proposal:
    proposal.state, proposal.decided_at, proposal.decided_by_id = state, at, actor.user_id
    proposal.taken = {one.field: [one.old, one.new] for one in chosen}
    proposal.save(update_fields=["state", "decided_at", "decided_by", "taken"])
    return proposal
