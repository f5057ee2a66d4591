"""What is told about somebody else's organisation, sites and products."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from apps.exchange.master_data.models import Proposal
from apps.parties.actor import Actor
from pharmatrace.kernel.refusal import Refused


def take_partner(
    *, actor: Actor, proposal: Proposal, values: Mapping[str, str], at: datetime
) -> None:
    """Would take over what is not the actor's to change. Always raises Refused `not_ours`: the record of an
    organisation is that organisation's, or the regulator's, and master data makes no organisation."""
    raise Refused.one(
        "not_ours",
        f"{proposal.key} is not registered as yours, nor does it begin with a company prefix of yours. "
        "Its own organisation or the regulator takes this over.",
        key=proposal.key,
    )
