"""One act before the rules: everything a check may look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from pharmatrace.kernel.custody.act import Act
from pharmatrace.kernel.custody.kinds import Kind
from pharmatrace.kernel.custody.world import Batch, PackageState, Party, Place, World

LATENESS = timedelta(days=1)  # a scanner without network is emptied within a day


@dataclass(frozen=True, slots=True)
class Case:
    act: Act
    states: Mapping[UUID, PackageState]
    actor: Party
    world: World
    now: datetime
    known: list[PackageState] = field(init=False)
    """The packages of the act that exist, in document order."""

    def __post_init__(self) -> None:
        states = self.states  # found once: most checks look at them
        known = [states[id] for id, _ in self.act.packages if id in states]
        object.__setattr__(self, "known", known)

    @property
    def place(self) -> Place | None:
        return self.world.places.get(self.act.site or "")

    @property
    def consignee(self) -> Party | None:
        return self.world.parties.get(self.act.consignee or "")

    @property
    def latest(self) -> datetime:
        """When it happened, for rules about deadlines: a clock that is set back more than a day, or an
        event that is brought in later than that, counts as now minus a day."""
        return max(self.act.occurred_at, self.now - LATENESS)

    def custody(self, state: PackageState) -> PackageState:
        """Whose state counts: inside a container, the outermost one's."""
        return self.world.outermost.get(state.id, state) if state.parent is not None else state

    def batches(self, state: PackageState) -> list[Batch]:
        """The batches of a pack, or of all that is inside a container."""
        by_id = self.world.batches_by_id
        inside = {one for lot in self.world.contents.get(state.id, {}).values() for one in lot}
        if state.batch is not None:
            inside.add(state.batch)
        return [by_id[batch] for batch in inside if batch in by_id]

    @property
    def makes_parent(self) -> bool:
        """A container that does not exist yet comes to life by being packed."""
        parent = self.act.parent
        return (
            self.act.kind is Kind.PACK
            and parent is not None
            and parent[0] not in self.states
            and parent[1].startswith("00/")
        )
