"""The one door. Screens, REST, files, the simulator and the tests all go through it.

Read every event, lock and load all packages in one query, decide in memory, sign, append, write: one
transaction, and a constant number of SQL statements however many packages an event names.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from operator import attrgetter
from typing import Literal
from uuid import UUID

import orjson
from django.db import IntegrityError, OperationalError, transaction

from apps.custody.event_facts import event_facts
from apps.custody.loading import Loaded, load
from apps.custody.models import CustodyEvent
from apps.custody.outcomes import CaptureResult, Outcome
from apps.custody.refusing import keep_refused
from apps.custody.writing import EventRow, write_events, write_packages
from apps.ledger.services import Draft, Signed, append, sign
from apps.parties.actor import Actor
from apps.parties.signing import Signer, signer_for
from pharmatrace.kernel.custody.act import RESOLVER, Act, act_of
from pharmatrace.kernel.custody.decide import decide
from pharmatrace.kernel.custody.kinds import Kind
from pharmatrace.kernel.custody.world import PackageState
from pharmatrace.kernel.epcis.event_hash import digest_of, event_hash
from pharmatrace.kernel.epcis.jsonld import write_event
from pharmatrace.kernel.epcis.model import Event
from pharmatrace.kernel.evidence.statement import EntryType
from pharmatrace.kernel.refusal import Refused

Mode = Literal["rollback", "proceed"]
ATTEMPTS = 3


@dataclass(slots=True)
class _Item:
    """One event on its way through."""

    event: Event
    hash: str
    outcome: Outcome
    act: Act | None = None
    document: str = ""
    states: Sequence[PackageState] = ()
    signed: Signed | None = None


def capture(
    *, actor: Actor, events: Sequence[Event], at: datetime, mode: Mode = "rollback"
) -> CaptureResult:
    """Accepts or refuses events one by one, in order; later ones see what earlier ones changed.

    `rollback`: one refusal and nothing is written. `proceed`: what is right goes on (EPCIS 2.0 §8.2.7).
    A repeated event is recognised by its hash and answered again. Refused events are kept as findings in
    either mode. Raises `Refused` only where the actor may not write at all.
    """
    if not actor.may_operate:
        raise Refused.one("not_operator", "Your role lets you look, not record.")
    for attempt in range(1, ATTEMPTS + 1):
        items = [_read(event) for event in events]
        try:
            with transaction.atomic():
                _capture(items, actor=actor, at=at, mode=mode)
            break
        except (IntegrityError, OperationalError) as error:
            # Somebody registered the same package or event between our look and our write: look again.
            if attempt == ATTEMPTS or not _passes(error):
                raise
    return CaptureResult([item.outcome for item in items])


def _passes(error: IntegrityError | OperationalError) -> bool:
    """A race lost: the key is taken, a deadlock, a serialisation failure. Trying again helps."""
    return getattr(error.__cause__, "pgcode", None) in ("23505", "40P01", "40001")


def _read(event: Event) -> _Item:
    item = _Item(event=event, hash=event_hash(event), outcome=Outcome("refused"))
    item.outcome.event_hash = item.hash
    try:
        item.document = _document(event)
        item.act = act_of(event)
        item.outcome.kind = item.act.kind.value
    except Refused as refused:
        item.outcome.refusals = refused.refusals
    return item


def _document(event: Event) -> str:
    """The canonical JSON. Raises `Refused` for what neither JSON nor PostgreSQL can hold."""
    try:
        text = orjson.dumps(write_event(event)).decode()
    except TypeError as error:
        raise Refused.one("cannot_be_stored", f"The event cannot be stored: {error}.") from None
    if "\\u0000" in text:
        raise Refused.one("cannot_be_stored", "The event has a NUL character in it.")
    return text


def _capture(items: list[_Item], *, actor: Actor, at: datetime, mode: Mode) -> None:
    signer = signer_for(actor.organisation_id)  # inside the transaction: a revocation waits for it
    acts = [item.act for item in items if item.act is not None]
    loaded = load(acts=acts, actor_id=actor.organisation_id, actor_gln=actor.gln, on=at.date())
    before = set(loaded.states)
    touched: dict[UUID, None] = {}
    seen = _already_recorded(items)
    for item in items:
        if item.hash in seen:
            item.outcome = replace(seen[item.hash], kind=item.outcome.kind)
        elif item.act is not None:
            _decide_and_sign(item, actor=actor, signer=signer, loaded=loaded, at=at)
            if item.outcome.fate == "accepted":
                seen[item.hash] = replace(item.outcome, fate="repeated")
                touched.update((state.id, None) for state in item.states)
    if mode == "rollback" and any(item.outcome.fate == "refused" for item in items):
        for item in items:
            if item.outcome.fate != "refused" and item.outcome.event_id is None:
                item.outcome.fate = "rolled_back"
    else:
        _write(items, loaded=loaded, before=before, touched=touched, at=at)
    keep_refused(
        [(item.document, item.outcome) for item in items if item.outcome.fate == "refused"],
        actor=actor, at=at,
    )  # fmt: skip


def _already_recorded(items: list[_Item]) -> dict[str, Outcome]:
    digests = {digest_of(item.hash): item.hash for item in items}
    rows = CustodyEvent.objects.filter(hash__in=list(digests)).values_list(
        "hash", "id", "statement_id"
    )
    out = {}
    for digest, id, statement_id in rows:
        name = digests[bytes(digest)]
        out[name] = Outcome("repeated", event_hash=name, event_id=id, statement_id=statement_id)
    return out


def _decide_and_sign(
    item: _Item, *, actor: Actor, signer: Signer, loaded: Loaded, at: datetime
) -> None:
    act = item.act
    assert act is not None
    try:
        item.states = decide(loaded.states, act, loaded.actor, at, world=loaded.world)
    except Refused as refused:
        item.outcome.refusals = refused.refusals
        return
    links = [_next_link(loaded, id) for id, _ in act.packages]
    item.signed = sign(
        Draft(
            type=EntryType.CUSTODY,
            signer=signer,
            iss=actor.did,
            subject=item.hash,
            facts=event_facts(
                event=item.event, event_hash=item.hash, act=act, actor=actor, loaded=loaded
            ),
            packages=[
                (RESOLVER + path, seq, previous)
                for (_, path), (seq, previous) in zip(act.packages, links, strict=True)
            ],
        ),
        at=at,
    )
    item.outcome.fate = "accepted"
    for state, (seq, _), leaf in zip(item.states, links, item.signed.package_leaves, strict=True):
        loaded.states[state.id] = state
        loaded.chain[state.id] = (seq, leaf)
    _tell_the_world(act, item.states, loaded)


def _next_link(loaded: Loaded, id: UUID) -> tuple[int, bytes | None]:
    """Sequence number and `previous` of a package's next fact."""
    end = loaded.chain.get(id)
    return (0, None) if end is None else (end[0] + 1, end[1])


def _tell_the_world(act: Act, states: Sequence[PackageState], loaded: Loaded) -> None:
    """What later events of the same document must know: room left in a batch, what is now inside."""
    world = loaded.world
    if act.kind is Kind.COMMISSION and states[0].batch is not None:
        batch = world.batches_by_id[states[0].batch]
        batch = replace(batch, room=batch.room - len(states))
        world.batches_by_id[batch.id] = world.batches[batch.gtin, batch.lot] = batch
    if act.kind is Kind.PACK:
        inside = world.contents.setdefault(states[0].id, {})
        for state in states[1:]:
            lots = {lot for one in world.contents.get(state.id, {}).values() for lot in one}
            inside[state.id] = frozenset(lots | ({state.batch} if state.batch else set()))
            world.outermost[state.id] = states[0]
    if act.kind is Kind.UNPACK:
        for state in states[1:]:
            world.contents.get(states[0].id, {}).pop(state.id, None)


def _write(
    items: list[_Item], *, loaded: Loaded, before: set[UUID], touched: dict[UUID, None],
    at: datetime,
) -> None:  # fmt: skip
    accepted = [item for item in items if item.outcome.fate == "accepted"]
    if not accepted:
        return
    statements = append([item.signed for item in accepted if item.signed], at=at)
    rows = [
        _event_row(item, statement, loaded)
        for item, statement in zip(accepted, statements, strict=True)
    ]
    for item, statement, id in zip(
        accepted, statements, write_events(rows, recorded_at=at), strict=True
    ):
        item.outcome.event_id, item.outcome.statement_id = id, statement
    _answer_repeats(items, accepted)
    write_packages(  # in id order, as they are locked: two captures cannot deadlock
        (loaded.states[id] for id in sorted(touched, key=attrgetter("int"))),
        chain=loaded.chain,
        before=before,
    )


def _answer_repeats(items: list[_Item], accepted: list[_Item]) -> None:
    """The same event twice in one document: the second is answered with the first's record."""
    first = {item.hash: item.outcome for item in accepted}
    for item in items:
        if item.outcome.fate == "repeated" and item.outcome.event_id is None:
            item.outcome.event_id = first[item.hash].event_id
            item.outcome.statement_id = first[item.hash].statement_id


def _event_row(item: _Item, statement: int, loaded: Loaded) -> EventRow:
    act, signed = item.act, item.signed
    assert act is not None and signed is not None
    outgoing = act.kind in (Kind.SHIP, Kind.RETURN)
    other = loaded.world.parties.get((act.consignee if outgoing else act.sender) or "")
    return EventRow(
        hash=digest_of(item.hash),
        statement_id=statement,
        kind=act.kind.value,
        actor_id=loaded.actor.id,
        site_id=loaded.world.places[act.site or ""].id,
        counterparty_id=other.id if other else None,
        reference=act.reference[:80],
        occurred_at=act.occurred_at,
        packages=[
            (id, seq) for (id, _), (_, seq, _) in zip(act.packages, signed.packages, strict=True)
        ],
        document=item.document,
    )
