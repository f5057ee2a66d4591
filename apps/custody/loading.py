"""What `decide` must know, loaded with a handful of queries however many packages there are."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection

from apps.custody.models import Stop
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
    partners: dict[UUID, Party]  # whose sites are named, and for whom the actor records

    @property
    def on_their_way(self) -> set[UUID]:
        """Which of the packages somebody waits for, as they are at this moment."""
        return {id for id, state in self.states.items() if state.consignee is not None}

    def partner_at(self, site: str | None) -> Party | None:
        """Whose act it is, where a site belongs to a partner that the actor records for."""
        place = self.world.places.get(site or "")
        return self.partners.get(place.owner) if place is not None else None


def load(
    *,
    acts: Collection[Act],
    actor_id: UUID,
    actor_gln: str,
    on: date,
    sites: Collection[str] = (),
) -> Loaded:
    """Locks the packages the acts name (in id order, so captures cannot deadlock) and loads the rest. `sites` are
    GLNs of further sites to know."""
    states, chain = lock_states({id for act in acts for id, _ in act.packages})
    glns = {gln for act in acts for gln in (act.consignee, act.sender) if gln} | {actor_gln}
    people = {gln: _party(p) for gln, p in parties.parties_by_gln(glns, on=on).items()}
    places = parties.sites_by_gln({act.site for act in acts if act.site} | set(sites))
    others = {place.organisation_id for place in places.values()} - {actor_id}
    contents, heights = _contents(_containers_to_look_into(acts, states))
    wanted = {s.batch for s in states.values() if s.batch} | {
        batch for inside in contents.values() for one in inside.values() for batch in one
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
            places={gln: Place(s.id, s.gln, s.organisation_id) for gln, s in places.items()},
            batches={(b.gtin, b.lot): b for b in by_id.values()},
            batches_by_id=by_id,
            contents=contents,
            outermost=_outermost(_to_climb_from(acts, states)),
            heights=heights,
            prefixes=parties.owners_of_prefixes(_new_prefixes(acts, states)),
            stopped=_stopped(acts),
        ),
        actor=people[actor_gln],
        countries={gln: place.country for gln, place in places.items()},
        names={row.maker: row.maker_name for row in batches.values()},
        partners={id: _party(p) for id, p in parties.represented(actor_id, others, on=on).items()},
    )


def _party(found: parties.Party) -> Party:
    return Party(found.id, found.kind, found.name, found.gln, found.activities)


_STATE = (
    "id, path, level, batch_id, parent_id, custodian_id, site_id, status, status_at, consignee_id"
)


def states_now(ids: Collection[UUID]) -> dict[UUID, PackageState]:
    """States to look at, not locked. One query, none without ids."""
    if not ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_STATE} FROM custody_package WHERE id = ANY(%s::uuid[])",  # noqa: S608
            [[str(id) for id in ids]],
        )
        return {row[0]: _state(row) for row in cursor.fetchall()}


def lock_states(
    ids: Collection[UUID],
) -> tuple[dict[UUID, PackageState], dict[UUID, tuple[int, bytes]]]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_STATE}, seq, head FROM custody_package WHERE id = ANY(%s::uuid[])"  # noqa: S608
            " ORDER BY id FOR UPDATE",
            [[str(id) for id in ids]],
        )
        rows = cursor.fetchall()
    return (
        {row[0]: _state(row) for row in rows},
        {row[0]: (row[10], bytes(row[11])) for row in rows},
    )


def _state(row: Sequence[Any]) -> PackageState:
    """From the columns of `PackageState`, in order."""
    return PackageState(
        row[0], row[1], Level(row[2]), row[3], row[4], row[5], row[6], Status(row[7]), row[8],
        row[9],
    )  # fmt: skip


_LOOKS_INSIDE = frozenset({Kind.SHIP, Kind.EXPORT, Kind.REINSTATE})


def _containers_to_look_into(acts: Collection[Act], states: dict[UUID, PackageState]) -> list[UUID]:
    """Where something goes onwards, what is inside must be sound; what is packed must not be too deep."""
    everything = any(act.kind in _LOOKS_INSIDE for act in acts)
    packed = {id for act in acts if act.kind is Kind.PACK for id, _ in act.packages[1:]}
    return [
        id
        for id, state in states.items()
        if state.level is not Level.PACK and (everything or id in packed)
    ]


Contents = dict[UUID, dict[UUID, frozenset[UUID]]]


def _contents(containers: list[UUID]) -> tuple[Contents, dict[UUID, int]]:
    """For each container what lies directly inside, with the batches inside that; and the levels inside."""
    if not containers:
        return {}, {}
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE inside(root, child, id, batch_id, depth) AS ("
            " SELECT id, NULL::uuid, id, NULL::uuid, 0 FROM custody_package WHERE id = ANY(%s::uuid[])"
            " UNION ALL SELECT i.root, coalesce(i.child, p.id), p.id, p.batch_id, i.depth + 1"
            " FROM custody_package p JOIN inside i ON p.parent_id = i.id)"
            " SELECT root, child, array_agg(DISTINCT batch_id) FILTER (WHERE batch_id IS NOT NULL),"
            " max(depth) FROM inside WHERE child IS NOT NULL GROUP BY root, child",
            [[str(id) for id in containers]],
        )
        rows = cursor.fetchall()
    contents: Contents = {}
    heights: dict[UUID, int] = {}
    for root, child, batches, depth in rows:
        contents.setdefault(root, {})[child] = frozenset(batches or ())
        heights[root] = max(depth, heights.get(root, 0))
    return contents, heights


def _to_climb_from(acts: Collection[Act], states: dict[UUID, PackageState]) -> list[UUID]:
    """Contained packages that are acted on as if they were not. Being unpacked is no such thing."""
    named = {
        id
        for act in acts
        for id, _ in (act.packages[:1] if act.kind is Kind.UNPACK else act.packages)
    }
    return [id for id in named if id in states and states[id].parent is not None]


def _outermost(contained: list[UUID]) -> dict[UUID, PackageState]:
    """The outermost container around each of `contained`. Not locked: it only serves to say why not."""
    if not contained:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE up(start, id) AS ("
            " SELECT id, parent_id FROM custody_package WHERE id = ANY(%s::uuid[])"
            " UNION ALL SELECT up.start, p.parent_id FROM custody_package p JOIN up ON p.id = up.id"
            "  WHERE p.parent_id IS NOT NULL)"
            " SELECT up.start, p.id, p.path, p.level, p.batch_id, p.parent_id, p.custodian_id,"
            " p.site_id, p.status, p.status_at, p.consignee_id FROM up"
            " JOIN custody_package p ON p.id = up.id WHERE p.parent_id IS NULL",
            [[str(id) for id in contained]],
        )
        return {start: _state(row) for start, *row in cursor.fetchall()}


def _stopped(acts: Collection[Act]) -> dict[UUID, frozenset[UUID]]:
    """Whose counters the packs stopped that are to be dispensed. One query, none where nothing is."""
    ids = {id for act in acts if act.kind is Kind.DISPENSE for id, _ in act.packages}
    if not ids:
        return {}
    found: dict[UUID, frozenset[UUID]] = {}
    standing = Stop.objects.filter(package_id__in=ids, answered_at=None)
    for id, organisation_id in standing.values_list("package_id", "organisation_id"):
        found[id] = found.get(id, frozenset()) | {organisation_id}
    return found


def _new_prefixes(acts: Collection[Act], states: dict[UUID, PackageState]) -> set[str]:
    """What may be the company prefix of an SSCC that comes to life (GS1 General Specifications §2.2.1)."""
    return {
        path[4 : 4 + length]
        for act in acts
        if act.kind in (Kind.PACK, Kind.COMMISSION)
        for id, path in (act.packages[:1] if act.kind is Kind.PACK else act.packages)
        if path.startswith("00/") and id not in states
        for length in range(4, 13)
    }


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
            "SELECT b.id, b.quantity - (SELECT count(*) FROM custody_package p"
            "  WHERE p.batch_id = b.id AND p.status <> 'void')"
            " FROM catalog_batch b WHERE b.id = ANY(%s::uuid[])",
            [[str(id) for id in batches]],
        )
        return dict(cursor.fetchall())
