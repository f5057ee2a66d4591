"""What `decide` must know, loaded with a handful of queries however many packages there are."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection

from apps.parties import selectors as parties
from pharmatrace.kernel.custody.act import Act
from pharmatrace.kernel.custody.kinds import Kind, Level, Status
from pharmatrace.kernel.custody.world import Batch, PackageState, Party, Place, World


@dataclass(frozen=True, slots=True)
class Loaded:
    """`chain` is seq and head of every package that exists: the end of its hash chain."""

    states: dict[UUID, PackageState]
    chain: dict[UUID, tuple[int, bytes]]
    world: World
    actor: Party
    countries: dict[str, str]  # site GLN → country
    names: dict[UUID, str]  # manufacturer names, for the facts


def load(*, acts: Collection[Act], actor_id: UUID, actor_gln: str, on: date) -> Loaded:
    """Locks the packages the acts name (in id order, so captures cannot deadlock) and loads the rest."""
    states, chain = lock_states({id for act in acts for id, _ in act.packages})
    glns = {gln for act in acts for gln in (act.consignee, act.sender) if gln} | {actor_gln}
    people = {
        gln: Party(p.id, p.kind, p.name, p.gln, p.activities)
        for gln, p in parties.parties_by_gln(glns, on=on).items()
    }
    sites = parties.sites_by_gln({act.site for act in acts if act.site})
    contents = _contents(_containers_to_look_into(acts, states))
    wanted = {s.batch for s in states.values() if s.batch} | {
        batch for inside in contents.values() for batch in inside
    }
    commissioned = _lots(acts)
    batches = _batches(wanted, commissioned)
    room = _room([id for id, row in batches.items() if (row.gtin, row.lot) in commissioned])
    by_id = {id: row.batch(room.get(id, 0)) for id, row in batches.items()}
    return Loaded(
        states=states,
        chain=chain,
        world=World(
            parties=people,
            places={gln: Place(s.id, s.gln, s.organisation_id) for gln, s in sites.items()},
            batches={(b.gtin, b.lot): b for b in by_id.values()},
            batches_by_id=by_id,
            contents=contents,
        ),
        actor=people[actor_gln],
        countries={gln: site.country for gln, site in sites.items()},
        names={row.maker: row.maker_name for row in batches.values()},
    )


def lock_states(
    ids: Collection[UUID],
) -> tuple[dict[UUID, PackageState], dict[UUID, tuple[int, bytes]]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, path, level, batch_id, parent_id, custodian_id, site_id, status, status_at,"
            " consignee_id, seq, head FROM custody_package WHERE id = ANY(%s::uuid[])"
            " ORDER BY id FOR UPDATE",
            [[str(id) for id in ids]],
        )
        rows = cursor.fetchall()
    states = {
        row[0]: PackageState(
            row[0], row[1], Level(row[2]), row[3], row[4], row[5], row[6], Status(row[7]), row[8],
            row[9],
        )
        for row in rows
    }  # fmt: skip
    return states, {row[0]: (row[10], bytes(row[11])) for row in rows}


def _containers_to_look_into(acts: Collection[Act], states: dict[UUID, PackageState]) -> list[UUID]:
    """Where something is sent onwards, what is inside must be sound. Others need not be looked into."""
    if not any(act.kind is Kind.SHIP for act in acts):
        return []
    return [id for id, state in states.items() if state.level is not Level.PACK]


def _contents(containers: list[UUID]) -> dict[UUID, frozenset[UUID]]:
    if not containers:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE inside(root, id, batch_id) AS ("
            " SELECT id, id, batch_id FROM custody_package WHERE id = ANY(%s::uuid[])"
            " UNION ALL SELECT inside.root, p.id, p.batch_id FROM custody_package p"
            " JOIN inside ON p.parent_id = inside.id)"
            " SELECT DISTINCT root, batch_id FROM inside WHERE batch_id IS NOT NULL",
            [[str(id) for id in containers]],
        )
        rows = cursor.fetchall()
    out: dict[UUID, set[UUID]] = {}
    for root, batch in rows:
        out.setdefault(root, set()).add(batch)
    return {root: frozenset(batches) for root, batches in out.items()}


def _lots(acts: Iterable[Act]) -> set[tuple[str, str]]:
    return {
        (path[3:17], act.lot)
        for act in acts
        if act.kind is Kind.COMMISSION and act.lot
        for _, path in act.packages
        if path.startswith("01/")
    }


@dataclass(frozen=True, slots=True)
class _BatchRow:
    id: UUID
    gtin: str
    lot: str
    expiry: date
    quantity: int
    recalled: bool
    withdrawn: bool
    maker: UUID
    maker_name: str

    def batch(self, room: int) -> Batch:
        return Batch(
            self.id, self.gtin, self.lot, self.expiry, self.maker, room, self.recalled,
            self.withdrawn,
        )  # fmt: skip


_BATCHES = (
    "SELECT b.id, p.gtin, b.lot, b.expiry, b.quantity, b.recalled_at IS NOT NULL,"
    " p.withdrawn_at IS NOT NULL, o.id, o.name"
    " FROM catalog_batch b JOIN catalog_product p ON p.id = b.product_id"
    " JOIN parties_organisation o ON o.id = p.manufacturer_id"
    " WHERE b.id = ANY(%s::uuid[]) OR (p.gtin, b.lot) IN"
    " (SELECT * FROM unnest(%s::text[], %s::text[]))"
)
_BATCHES_IN_TURN = _BATCHES + " ORDER BY b.id FOR NO KEY UPDATE OF b"


def _batches(ids: Collection[UUID], lots: Collection[tuple[str, str]]) -> dict[UUID, _BatchRow]:
    """Batches by id or by (GTIN, lot). Commissions of one batch (`lots`) take turns; others do not wait."""
    if not ids and not lots:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            _BATCHES_IN_TURN if lots else _BATCHES,
            [[str(id) for id in ids], [gtin for gtin, _ in lots], [lot for _, lot in lots]],
        )
        return {row[0]: _BatchRow(*row) for row in cursor.fetchall()}


def _room(batches: list[UUID]) -> dict[UUID, int]:
    """How many packs may still be commissioned, per batch."""
    if not batches:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT b.id, b.quantity - (SELECT count(*) FROM custody_package p WHERE p.batch_id = b.id)"
            " FROM catalog_batch b WHERE b.id = ANY(%s::uuid[])",
            [[str(id) for id in batches]],
        )
        return dict(cursor.fetchall())
