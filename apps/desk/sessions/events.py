"""The EPCIS events a session stands for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from apps.desk.deliveries import delivery_number
from apps.desk.models import ScanSession
from apps.desk.sessions.work import WORKS
from apps.parties.actor import Actor
from apps.parties.models import Organisation
from pharmatrace.kernel.custody import acts
from pharmatrace.kernel.custody.kinds import Kind
from pharmatrace.kernel.epcis.model import Event
from pharmatrace.kernel.gs1.identifiers import ID_STEM

COUNTING = "stock_taking"  # CBV 2.0 §7.1: seen where it was thought to be


def event_for(session: ScanSession, uris: Sequence[str], *, actor: Actor, at: datetime) -> Event:
    """The event of this session's kind about `uris`. A receipt has `receipt_for`."""
    kind = WORKS[session.kind].kind
    here = actor.site_gln
    match session.kind:
        case "ship" | "return":
            assert session.party is not None
            return acts.ship(
                uris,
                sender_gln=actor.gln,
                consignee_gln=session.party.gln,
                reference=session.reference,
                site_gln=here,
                at=at,
                returning=kind is Kind.RETURN,
            )
        case "pack":
            return acts.pack(ID_STEM + session.container, uris, site_gln=here, at=at)
        case "count":
            return replace(acts.act(kind, uris, site_gln=here, at=at), biz_step=COUNTING)
        case _:
            return acts.act(kind, uris, site_gln=here, at=at)


def receipt_for(
    uris: Sequence[str],
    *,
    sender: Organisation | None,
    reference: str,
    actor: Actor,
    at: datetime,
    refusing: bool = False,
) -> Event:
    """What arrived of one delivery, or with `refusing` what is not taken in."""
    if sender is None:
        kind = Kind.REFUSE if refusing else Kind.RECEIVE
        return acts.act(kind, uris, site_gln=actor.site_gln, at=at)
    return acts.receive(
        uris,
        sender_gln=sender.gln,
        consignee_gln=actor.gln,
        reference=delivery_number(reference),
        site_gln=actor.site_gln,
        at=at,
        refusing=refusing,
    )
