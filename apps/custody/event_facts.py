"""The facts a custody statement states, in the order of DESIGN §4. What does not apply is left out."""

from __future__ import annotations

from typing import Any

from apps.custody.loading import Loaded
from apps.parties.actor import Actor
from pharmatrace.kernel.custody.act import RESOLVER, Act
from pharmatrace.kernel.custody.kinds import Kind
from pharmatrace.kernel.epcis.model import Event, utc_text


def event_facts(
    *, event: Event, event_hash: str, act: Act, actor: Actor, loaded: Loaded
) -> tuple[tuple[str, Any], ...]:
    facts: list[tuple[str, Any]] = [
        ("event", event_hash),
        ("type", event.type),
        ("action", event.action),
        ("time", utc_text(event.event_time)),
        ("step", event.biz_step),
        ("disposition", event.disposition),
        ("place", f"{RESOLVER}414/{act.site}"),
        ("from", f"{RESOLVER}417/{act.sender}" if act.sender else None),
        ("to", f"{RESOLVER}417/{act.consignee}" if act.consignee else None),
        ("container", event.parent),
    ]
    first = act.packages[0][1]
    if act.kind is Kind.COMMISSION and act.lot and first.startswith("01/"):
        gtin = first[3:17]
        batch = loaded.world.batches[gtin, act.lot]
        facts += [
            ("product", f"{RESOLVER}01/{gtin}"),
            ("lot", act.lot),
            ("expiry", batch.expiry.isoformat()),
            ("manufacturer", loaded.names[batch.maker]),
        ]
    facts += [
        ("actor", actor.did),
        ("role", actor.kind),
        ("country", loaded.countries.get(act.site or "")),
    ]
    return tuple((name, value) for name, value in facts if value is not None)
