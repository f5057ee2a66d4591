"""What a document's error declarations need to know: the events they declare wrong, and the lives of the
packages in them. A constant number of queries, and two more for each level of packing that goes further back.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from apps.custody.items import Item
from apps.custody.loading import Loaded, states_now
from apps.ledger.services import Signed
from pharmatrace.kernel.custody.act import RESOLVER
from pharmatrace.kernel.custody.corrections import Declared
from pharmatrace.kernel.custody.effects import OUTGOING, Deed, is_pack
from pharmatrace.kernel.custody.kinds import DECLARE_ERROR, ERASED, UNMANAGED, Kind
from pharmatrace.kernel.custody.lives import Chapter, Lives
from pharmatrace.kernel.custody.world import PackageState, Party
from pharmatrace.kernel.epcis.event_hash import digest_of
from pharmatrace.kernel.evidence.facts import facts_root
from pharmatrace.kernel.gs1.identifiers import package_ids

PACKING = (Kind.PACK, Kind.UNPACK)
_HASH_SIZE = 32


@dataclass(frozen=True, slots=True)
class Original:
    """A recorded event that a declaration may be about; `root` is the facts root of its statement."""

    kind: str
    actor_id: UUID
    partner: Party | None
    site_id: UUID | None
    counterparty_id: UUID | None
    reference: str
    occurred_at: datetime
    packages: int
    root: bytes

    @property
    def recorders(self) -> frozenset[UUID]:
        return frozenset({self.actor_id} | ({self.partner.id} if self.partner else set()))

    def declared(self, event: str) -> Declared:
        return Declared(event, Kind(self.kind), self.recorders, self.occurred_at, self.packages)


@dataclass(slots=True)
class Past:
    """`wanted` are the hash IDs that a document declares wrong."""

    wanted: frozenset[str] = frozenset()
    originals: dict[str, Original] = field(default_factory=dict)
    lives: Lives = field(default_factory=Lives)

    def remember(self, item: Item, *, kind: str, actor_id: UUID, loaded: Loaded) -> None:
        """An event of the same document that was accepted: a later one may declare it, or what came before
        it, wrong."""
        if not self.wanted:
            return
        if item.hash in self.wanted:
            self.originals[item.hash] = _just_signed(item, kind, actor_id)
        if item.act is not None and kind != UNMANAGED:
            self._live_on(item, actor_id, loaded)

    def _live_on(self, item: Item, actor_id: UUID, loaded: Loaded) -> None:
        act, lives = item.act, self.lives
        assert act is not None and item.site_id is not None
        party = item.partner.id if item.partner else actor_id
        sent_to = item.counterparty_id if act.kind in OUTGOING else None
        packing = act.kind in PACKING
        chapter = Chapter(
            item.hash,
            Deed(act.kind, party, item.site_id, sent_to, act.occurred_at),
            container=act.packages[0][0] if packing else None,
            tall=act.kind is Kind.PACK and not all(is_pack(p) for _, p in act.packages[1:]),
        )
        lives.add((id for id, _ in act.packages), chapter)
        if packing:
            lives.shells[act.packages[0][0]] = loaded.states[act.packages[0][0]]


def past_of(items: Sequence[Item], loaded: Loaded) -> Past:
    """Nothing, and no query, where a document declares nothing wrong."""
    declarations = [item for item in items if item.declaration is not None]
    if not declarations:
        return Past()
    wanted = frozenset(item.hash for item in declarations)
    # What happens in this document is remembered as it is accepted, with the lives of what it packs into.
    packages = {id for item in declarations if item.act for id, _ in item.act.packages} | {
        item.act.packages[0][0] for item in items if item.act and item.act.kind in PACKING
    }
    return Past(wanted, _originals(wanted, loaded.actor.id), lives_of(packages, loaded.states))


def _originals(hashes: Collection[str], actor_id: UUID) -> dict[str, Original]:
    digests = {digest_of(one): one for one in hashes}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.hash, e.kind, e.actor_id, e.site_id, e.counterparty_id, e.reference,"
            " e.occurred_at, e.package_count, s.leaves, r.id, r.kind, r.name, r.gln FROM custody_custodyevent e"
            " JOIN ledger_statement s ON s.id = e.statement_id"
            " LEFT JOIN parties_organisation r ON r.id = e.reporter_id"
            " WHERE e.hash = ANY(%s) AND e.kind <> %s"
            # What several were told is several records: the declarer's own, or what its recorder kept for it.
            " AND (e.package_count > 0 OR %s IN (e.actor_id, e.reporter_id)) "
            " ORDER BY e.package_count DESC",
            [list(digests), DECLARE_ERROR, actor_id],
        )
        rows = cursor.fetchall()
    return {digests[bytes(row[0])]: _original(row) for row in rows}


def _original(row: Sequence[Any]) -> Original:
    leaves = bytes(row[8])
    hashes = [leaves[at : at + _HASH_SIZE] for at in range(0, len(leaves), _HASH_SIZE)]
    partner = Party(*row[9:13]) if row[9] else None
    kind, actor, site, counterparty, reference, occurred_at, packages = row[1:8]
    root = facts_root(hashes)
    return Original(
        kind, actor, partner, site, counterparty, reference, occurred_at, packages, root
    )


def _just_signed(item: Item, kind: str, actor_id: UUID) -> Original:
    signed: Signed | None = item.signed
    assert signed is not None
    return Original(
        kind=kind,
        actor_id=actor_id,
        partner=item.partner,
        site_id=item.site_id,
        counterparty_id=item.counterparty_id,
        reference=item.reference,
        occurred_at=item.event.event_time,
        packages=len(item.act.packages) if item.act else 0,
        root=facts_root(signed.leaves),
    )


def lives_of(ids: Collection[UUID], states: dict[UUID, PackageState]) -> Lives:
    """The lives of these packages, and of what they came out of, and so on upwards."""
    lives = Lives()
    new = set(ids)
    while new:
        lives.chapters |= {id: [] for id in new}
        left = _read(new, lives)
        new = {id for id in left if id not in lives.chapters}
    unknown = lives.chapters.keys() - states.keys()
    lives.shells = states_now(unknown) | {id: states[id] for id in lives.chapters if id in states}
    return lives


def _read(ids: Collection[UUID], lives: Lives) -> set[UUID]:
    """Adds the chapters of these packages. Returns the containers that any of them came out of."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT h.package_id, h.position, e.id, e.hash, e.kind,"
            " coalesce(e.reporter_id, e.actor_id), e.site_id, e.counterparty_id, e.occurred_at"
            " FROM custody_packageevent h JOIN custody_custodyevent e ON e.id = h.event_id"
            " WHERE h.package_id = ANY(%s::uuid[]) ORDER BY h.package_id, h.seq",
            [[str(id) for id in ids]],
        )
        rows = cursor.fetchall()
    packings = _packings({row[2] for row in rows if row[4] in PACKING})
    left = set()
    for id, position, event, hash, kind, *deed in rows:
        if kind == ERASED:
            lives.erased.add(id)
            continue
        name = f"ni:///sha-256;{bytes(hash).hex()}?ver=CBV2.0"
        if kind == DECLARE_ERROR:
            lives.wrong.add(name)
            continue
        container, tall = packings.get(event, (None, False))
        party, site, other, at = deed
        outgoing = other if kind in OUTGOING else None
        lives.chapters[id].append(
            Chapter(
                name,
                Deed(Kind(kind), party, site, outgoing, at),
                container=container,
                outer=container is not None and position == 0,
                tall=tall,
            )
        )
        if kind == Kind.UNPACK and position > 0 and container is not None:
            left.add(container)
    return left


def _packings(events: Iterable[int]) -> dict[int, tuple[UUID, bool]]:
    """Of packings and unpackings: the container, and whether any of what went in was itself a container. Asked
    once for each event: a document of 2,000 children is not read again for each of them."""
    wanted = list(events)
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, document->>'parentID', kind = 'pack' AND EXISTS ("
            " SELECT FROM jsonb_array_elements_text(document->'childEPCs') c"
            " WHERE c ~ '^https://id.gs1.org/(00/|01/[1-8])') FROM custody_custodyevent WHERE id = ANY(%s)",
            [wanted],
        )
        rows = cursor.fetchall()
    ids = package_ids([parent.removeprefix(RESOLVER) for _, parent, _ in rows])
    return {event: (id, tall) for (event, _, tall), id in zip(rows, ids, strict=True)}
