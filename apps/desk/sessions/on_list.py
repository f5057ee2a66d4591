"""What already counts in a session, as far as new scans touch it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from apps.desk.models import ScanLine, ScanSession
from apps.desk.sessions.trees import above
from apps.desk.sessions.weighing import GOOD, Weighed


@dataclass(slots=True)
class OnList:
    """`packages` count; `packs_inside` are packs of counting lines by container they lie in."""

    packages: set[UUID] = field(default_factory=set)
    packs_inside: dict[UUID, int] = field(default_factory=dict)

    def has(self, id: UUID) -> bool:
        return id in self.packages

    def inside(self, container: UUID) -> int:
        return self.packs_inside.get(container, 0)

    def add(self, id: UUID, inside: Iterable[UUID], covers: int) -> None:
        self.packages.add(id)
        for container in inside:
            self.packs_inside[container] = self.packs_inside.get(container, 0) + covers


def on_list(
    session: ScanSession, paths: Mapping[UUID, str], weighed: Mapping[UUID, Weighed]
) -> OnList:
    """One query; two more where a container was scanned, whose packs may be on the list one by one."""
    near = {*paths, *(one for each in weighed.values() for one in each.inside)}
    lines = ScanLine.objects.filter(session=session, outcome=GOOD, removed_at=None)
    named = lines.filter(package_id__in=near).values_list("package_id", flat=True)
    found = OnList({id for id in named if id is not None})
    if any(not path.startswith("01/0") for path in paths.values()):
        covers = dict(lines.values_list("package_id", "covers"))
        for id, containers in above([id for id in covers if id]).items():
            for container, _ in containers:
                found.packs_inside[container] = found.inside(container) + covers[id]
    return found
