"""The one door. Screens, REST, files, the simulator and the tests all go through it.

Read every event, lock and load all packages in one query, decide in memory, sign, append, write: one
transaction, and a constant number of SQL statements however many packages an event names.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from operator import attrgetter
from typing import Any, Literal
from uuid import UUID

import orjson
from django.db import IntegrityError, OperationalError, transaction
from django.db.models import Q

from apps.custody.deciding import Table
from apps.custody.items import Item, Key
from apps.custody.loading import Loaded, load
from apps.custody.models import CustodyEvent
from apps.custody.outcomes import CaptureResult, Outcome
from apps.custody.past import past_of
from apps.custody.refusing import keep_refused
from apps.custody.strangers import Registered, registered
from apps.custody.underway import keeping_count
from apps.custody.writing import EventRow, write_events, write_packages
from apps.ledger.services import append
from apps.parties.actor import Actor
from apps.parties.signing import signer_for
from pharmatrace.kernel.custody.act import act_of, site_of
from pharmatrace.kernel.custody.kinds import DECLARE_ERROR, UNMANAGED
from pharmatrace.kernel.epcis.event_hash import digest_of, event_hash, says_the_same
from pharmatrace.kernel.epcis.jsonld import write_event
from pharmatrace.kernel.epcis.model import Event
from pharmatrace.kernel.refusal import Refusal, Refused

Mode = Literal["rollback", "proceed"]
ATTEMPTS = 3


def capture(
    *,
    actor: Actor,
    events: Sequence[Event],
    at: datetime,
    mode: Mode = "rollback",
    unmanaged: bool = False,
    partner_id: UUID | None = None,
) -> CaptureResult:
    """Accepts or refuses events one by one, in order; later ones see what earlier ones changed.

    `rollback`: one refusal and nothing is written. `proceed`: what is right goes on (EPCIS 2.0 §8.2.7).
    With `unmanaged` an event about things we do not track is stored and signed; without, it is refused.
    `partner_id`: the document is that partner's, so nothing but its own acts is taken from it.
    A repeated event is recognised by its hash and answered again. Refused events are kept as findings in
    either mode. Raises `Refused` only where the actor may not write at all.
    """
    if not actor.may_operate:
        raise Refused.one("not_operator", "Your role lets you look, not record.")
    for attempt in range(1, ATTEMPTS + 1):
        items = [_read(event) for event in events]
        try:
            with transaction.atomic():
                _capture(
                    items, actor=actor, at=at, mode=mode, unmanaged=unmanaged, partner_id=partner_id
                )
            break
        except (IntegrityError, OperationalError) as error:
            # Somebody registered the same package or event between our look and our write: look again.
            if attempt == ATTEMPTS or not _passes(error):
                raise
    return CaptureResult([item.outcome for item in items])


def _passes(error: IntegrityError | OperationalError) -> bool:
    """A race lost: the key is taken, a deadlock, a serialisation failure. Trying again helps."""
    return getattr(error.__cause__, "pgcode", None) in ("23505", "40P01", "40001")


def _read(event: Event) -> Item:
    """A declaration is read as what it declares wrong, and kept apart from it."""
    item = Item(event=event, hash=event_hash(event), outcome=Outcome("refused"))
    item.outcome.event_hash = item.hash
    item.declaration = event.error_declaration
    try:
        item.document = _document(event)
        if item.declaration is not None:
            item.outcome.kind = DECLARE_ERROR
            event = replace(event, error_declaration=None)
        item.act = act_of(event)
        item.outcome.kind = item.outcome.kind or item.act.kind.value
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


def _capture(
    items: list[Item], *, actor: Actor, at: datetime, mode: Mode, unmanaged: bool,
    partner_id: UUID | None,
) -> None:  # fmt: skip
    signer = signer_for(actor.organisation_id)  # inside the transaction: a revocation waits for it
    loaded = load(
        acts=[item.act for item in items if item.act is not None],
        actor_id=actor.organisation_id,
        actor_gln=actor.gln,
        on=at.date(),
        sites={site for item in items if unmanaged and (site := site_of(item.event))},
    )
    before = set(loaded.states)
    on_their_way = loaded.on_their_way
    touched: dict[UUID, None] = {}
    seen, documents = _already_recorded(items, actor.organisation_id)
    new = [item for item in items if item.key not in seen and item.document]
    doubtful = [*(_undeclared(new) if unmanaged else ()), *_kept(items, seen)]
    table = Table(
        actor=actor,
        signer=signer,
        loaded=loaded,
        registered=registered(doubtful, loaded) if doubtful else Registered(),
        past=past_of(new, loaded),
        at=at,
        partner_id=partner_id,
    )
    for item in items:
        if _kept([item], seen) and not table.registered.is_stranger(item, loaded):
            item.outcome.refusals = (KEPT,)
        elif item.key in seen and not _says(item, documents[item.key]):
            item.outcome.refusals = (HASH_TAKEN,)
        elif item.key in seen:
            item.outcome = replace(seen[item.key])
        elif item.document:
            table.take(item)
            if item.outcome.fate == "accepted":
                seen[item.key] = replace(item.outcome, fate="repeated")
                documents[item.key] = item.document
                touched.update((state.id, None) for state in item.states)
    if mode == "rollback" and any(item.outcome.fate == "refused" for item in items):
        for item in items:
            if item.outcome.fate != "refused" and item.outcome.event_id is None:
                item.outcome.fate = "rolled_back"
    else:
        with keeping_count(
            left=on_their_way & touched.keys(), set_out=loaded.on_their_way & touched.keys()
        ):
            _write(items, loaded=loaded, before=before, touched=touched, at=at)
    keep_refused(
        [(item.document, item.outcome) for item in items if item.outcome.fate == "refused"],
        actor=actor, at=at,
    )  # fmt: skip


KEPT = Refusal(
    "kept_as_unmanaged",
    "This event was kept before what it names was registered here, and changed nothing. Declare that one wrong, and"
    " send it again with a difference, such as a millisecond.",
)


HASH_TAKEN = Refusal(
    "hash_taken",
    "Another event, which says something else, has the same event hash and is recorded. Send this one with a"
    " difference, such as a millisecond.",
)


def _says(item: Item, document: str | dict[str, Any]) -> bool:
    """Whether an event says what stands in the record under its hash."""
    if item.document == document:
        return True
    recorded = orjson.loads(document) if isinstance(document, str) else document
    return says_the_same(orjson.loads(item.document), recorded)


def _kept(items: Iterable[Item], seen: dict[tuple[str, bool], Outcome]) -> list[Item]:
    """Events that are recorded as being about things we do not track. What they name may be ours by now; then to
    say that they are recorded would let the sender believe that they counted."""
    return [item for item in items if (one := seen.get(item.key)) and one.kind == UNMANAGED]


def _undeclared(items: Iterable[Item]) -> list[Item]:
    return [item for item in items if item.declaration is None]


def _already_recorded(
    items: list[Item], actor_id: UUID
) -> tuple[dict[Key, Outcome], dict[Key, Any]]:
    """What stands in the record of these events, and of declarations about them, with the documents: what
    happened to packages, whoever recorded it, and what the actor kept about other things."""
    digests = {digest_of(item.hash): item.hash for item in items if item.document}
    rows = (
        CustodyEvent.objects.filter(hash__in=list(digests))
        .filter(Q(package_count__gt=0) | Q(actor=actor_id))
        .order_by(
            "-package_count"
        )  # where the actor kept it before the packages were ours, that comes last
        .values_list("hash", "id", "statement_id", "kind", "document")
    )
    outcomes: dict[Key, Outcome] = {}
    documents: dict[Key, Any] = {}
    for digest, id, statement_id, kind, document in rows:
        name = digests[bytes(digest)]
        key = name, kind == DECLARE_ERROR
        outcomes[key] = Outcome(
            "repeated", kind=kind, event_hash=name, event_id=id, statement_id=statement_id
        )
        documents[key] = document
    return outcomes, documents


def _write(
    items: list[Item], *, loaded: Loaded, before: set[UUID], touched: dict[UUID, None],
    at: datetime,
) -> None:  # fmt: skip
    accepted = [item for item in items if item.outcome.fate == "accepted"]
    if not accepted:
        return
    statements = append([item.signed for item in accepted if item.signed], at=at)
    rows = [
        _event_row(item, statement, loaded.actor.id)
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


def _answer_repeats(items: list[Item], accepted: list[Item]) -> None:
    """The same event twice in one document: the second is answered with the first's record."""
    first = {item.key: item.outcome for item in accepted}
    for item in items:
        if item.outcome.fate == "repeated" and item.outcome.event_id is None:
            item.outcome.event_id = first[item.key].event_id
            item.outcome.statement_id = first[item.key].statement_id


def _event_row(item: Item, statement: int, actor_id: UUID) -> EventRow:
    signed = item.signed
    assert signed is not None
    return EventRow(
        hash=digest_of(item.hash),
        statement_id=statement,
        kind=item.outcome.kind,
        actor_id=actor_id,
        reporter_id=item.partner.id if item.partner else None,
        site_id=item.site_id,
        counterparty_id=item.counterparty_id,
        reference=item.reference,
        occurred_at=item.event.event_time,
        packages=[
            (state.id, seq) for state, (_, seq, _) in zip(item.states, signed.packages, strict=True)
        ],
        document=item.document,
    )
