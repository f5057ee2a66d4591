"""A small pure world for the rules: the cast, their sites, one batch, and a `record` that applies acts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid5

from pharmatrace.kernel.custody.act import Act
from pharmatrace.kernel.custody.decide import decide
from pharmatrace.kernel.custody.kinds import Kind
from pharmatrace.kernel.custody.world import Batch, PackageState, Party, Place, World
from pharmatrace.kernel.gs1.identifiers import package_ids
from pharmatrace.kernel.refusal import Refused

NAMES = UUID("6ba7b812-9dad-11d1-80b4-00c04fd430c8")
GTIN, LOT, EXPIRY = "09521234543213", "L1", date(2027, 10, 31)
START = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
PACKS = [f"01/{GTIN}/21/S{n}" for n in range(6)]
CASES = ["00/095212340000000013", "00/095212340000000020"]
PALLET = "00/095212340000000037"


def party(name: str, kind: str, *activities: str) -> Party:
    return Party(uuid5(NAMES, name), kind, name, name.ljust(13, "0"), frozenset(activities))


MIA = party("mia", "manufacturer", "manufacture")
DAN = party("dan", "distributor", "wholesale")
PETRA = party("petra", "pharmacy", "dispense")
PAUL = party("paul", "pharmacy", "dispense")
ROSA = party("rosa", "regulator")
STAN = party("stan", "distributor")  # without any licence
CAST = [MIA, DAN, PETRA, PAUL, ROSA, STAN]
SITES = {p.id: Place(uuid5(NAMES, p.name + "-site"), "site-" + p.name, p.id) for p in CAST}
BATCH = Batch(uuid5(NAMES, "batch"), GTIN, LOT, EXPIRY, MIA.id, room=100)


def world(batch: Batch = BATCH) -> World:
    return World(
        parties={p.gln: p for p in CAST},
        places={place.gln: place for place in SITES.values()},
        batches={(batch.gtin, batch.lot): batch},
        batches_by_id={batch.id: batch},
    )


def act(kind: Kind, paths: list[str], *, by: Party, at: datetime, to: Party | None = None) -> Act:
    return Act(
        kind=kind,
        packages=tuple(zip(package_ids(paths), paths, strict=True)),
        occurred_at=at,
        site=SITES[by.id].gln,
        consignee=to.gln if to else None,
        sender=None,
        reference="",
        lot=LOT if kind is Kind.COMMISSION else None,
        expiry=EXPIRY if kind is Kind.COMMISSION else None,
    )


@dataclass
class Chain:
    """States so far and a clock that each act moves on."""

    states: dict[UUID, PackageState] = field(default_factory=dict)
    world: World = field(default_factory=world)
    now: datetime = START
    accepted: list[tuple[Act, Party, datetime]] = field(default_factory=list)

    def record(
        self,
        kind: Kind,
        paths: list[str],
        *,
        by: Party,
        to: Party | None = None,
        after: timedelta = timedelta(hours=1),
    ) -> list[PackageState]:
        """Applies an act or raises `Refused`, leaving the states alone."""
        self.now += after
        one = act(kind, paths, by=by, at=self.now, to=to)
        self.world.outermost.update(
            {s.id: self.outermost(s) for s in self.states.values() if s.parent is not None}
        )
        out = decide(self.states, one, by, self.now, world=self.world)
        self.states.update({state.id: state for state in out})
        self.accepted.append((one, by, self.now))
        return out

    def outermost(self, state: PackageState) -> PackageState:
        while state.parent is not None:
            state = self.states[state.parent]
        return state

    def codes(self, kind: Kind, paths: list[str], **how: object) -> set[str]:
        """The codes an act is refused with; empty where it is accepted."""
        try:
            self.record(kind, paths, **how)  # type: ignore[arg-type]
        except Refused as refused:
            return set(refused.codes)
        return set()

    def state(self, path: str) -> PackageState:
        return self.states[package_ids([path])[0]]


def with_packs() -> Chain:
    chain = Chain()
    chain.record(Kind.COMMISSION, PACKS, by=MIA)
    return chain
