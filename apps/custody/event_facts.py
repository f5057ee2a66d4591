"""The facts a custody statement states, in the order of docs/formats.md. What does not apply is left out."""

from __future__ import annotations

from typing import Any

from apps.custody.loading import Loaded
from apps.parties.actor import Actor
from pharmatrace.kernel.custody.act import RESOLVER, Act, site_of
from pharmatrace.kernel.custody.kinds import Kind
from pharmatrace.kernel.custody.world import Party
from pharmatrace.kernel.epcis.model import Event, moment_text, utc_text
from pharmatrace.kernel.epcis.parts import ErrorDeclaration
from pharmatrace.kernel.epcis.vocabulary import ERROR_REASONS
from pharmatrace.kernel.evidence.disclosure import DECLARATION

Facts = tuple[tuple[str, Any], ...]


def act_facts(
    *, event: Event, event_hash: str, act: Act, actor: Actor, partner: Party | None, loaded: Loaded
) -> Facts:
    """Of an act of custody; its package facts come after these."""
    facts: list[tuple[str, Any]] = [
        *_what(event, event_hash),
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
    return _stated(facts, _who(actor, partner, loaded.countries.get(act.site or "")))


def unmanaged_facts(
    *, event: Event, event_hash: str, actor: Actor, partner: Party | None, loaded: Loaded
) -> Facts:
    """Of an event about things we do not track: what it says of itself, and that nobody here knows better."""
    facts = [
        *_what(event, event_hash),
        ("place", event.biz_location or event.read_point),
        ("managed", False),
    ]
    return _stated(facts, _who(actor, partner, loaded.countries.get(site_of(event) or "")))


def declaration_facts(
    *,
    event: Event,
    event_hash: str,
    declaration: ErrorDeclaration,
    declares: bytes,
    managed: bool,
    actor: Actor,
    partner: Party | None,
    loaded: Loaded,
) -> Facts:
    """Of a declaration that an event was wrong. It does not say again what that event said, so that nobody
    takes it for a second one; `declares` is the facts root of the statement it takes back."""
    word = declaration.reason
    of_cbv = word is None or word in ERROR_REASONS
    facts: list[tuple[str, Any]] = [
        ("event", event_hash),
        ("type", DECLARATION),
        ("time", moment_text(declaration.declared_at)),
        ("declares", declares),
        ("reason", word if of_cbv else "other"),
        ("reason_uri", None if of_cbv else word),
        ("corrective", list(declaration.corrective_event_ids) or None),
        ("container", event.parent),
        ("managed", None if managed else False),
    ]
    country = loaded.countries.get(site_of(event) or "", actor.country)
    return _stated(facts, _who(actor, partner, country))


def _what(event: Event, event_hash: str) -> list[tuple[str, Any]]:
    return [
        ("event", event_hash),
        ("type", event.type),
        ("action", event.action or None),
        ("time", utc_text(event.event_time)),
        ("step", event.biz_step),
        ("disposition", event.disposition),
    ]


def _who(actor: Actor, partner: Party | None, country: str | None) -> list[tuple[str, Any]]:
    """`actor` is who signs. Whose act it is says `role`; where that is a partner without a key, `reported_by`
    names it and `recorder` is the role of who signs."""
    if partner is None:
        return [("actor", actor.did), ("role", actor.kind), ("country", country)]
    return [
        ("actor", actor.did),
        ("role", partner.kind),
        ("country", country),
        ("reported_by", f"{RESOLVER}417/{partner.gln}"),
        ("recorder", actor.kind),
    ]


def _stated(*parts: list[tuple[str, Any]]) -> Facts:
    return tuple((name, value) for part in parts for name, value in part if value is not None)
