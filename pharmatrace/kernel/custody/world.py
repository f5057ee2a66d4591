"""What `decide` knows of the world: values, loaded by whoever asks."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from pharmatrace.kernel.custody.kinds import Level, Status


@dataclass(frozen=True, slots=True)
class Party:
    """An organisation: `kind` is manufacturer, distributor, pharmacy or regulator.

    `activities` are those it is licensed for at the moment the event is recorded.
    """

    id: UUID
    kind: str
    name: str
    gln: str
    activities: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Place:
    id: UUID
    gln: str
    owner: UUID


@dataclass(frozen=True, slots=True)
class Batch:
    """`room` is how many packs may still be commissioned."""

    id: UUID
    gtin: str
    lot: str
    expiry: date
    maker: UUID
    room: int = 0
    recalled: bool = False
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class PackageState:
    """Custody of one package. Inside another (`parent` set), custody is the outermost one's."""

    id: UUID
    path: str
    level: Level
    batch: UUID | None
    parent: UUID | None
    custodian: UUID | None
    site: UUID | None
    status: Status
    status_at: datetime
    consignee: UUID | None


@dataclass(frozen=True, slots=True)
class World:
    """Everything an act may speak of, by the words it uses."""

    parties: dict[str, Party]  # by GLN
    places: dict[str, Place]  # by GLN
    batches: dict[tuple[str, str], Batch]  # by (GTIN, lot)
    batches_by_id: dict[UUID, Batch]
    # container → what lies directly inside it → the batches somewhere inside that
    contents: dict[UUID, dict[UUID, frozenset[UUID]]] = field(default_factory=dict)
    # contained package → the outermost container, whose custody it shares
    outermost: dict[UUID, PackageState] = field(default_factory=dict)
    heights: dict[UUID, int] = field(default_factory=dict)  # container → levels of packing inside
    prefixes: dict[str, UUID] = field(default_factory=dict)  # GS1 company prefix → whose it is
    # package → whose counters it stopped, as long as nobody there has said what was done about it
    stopped: dict[UUID, frozenset[UUID]] = field(default_factory=dict)
