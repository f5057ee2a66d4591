"""Which package facts of which event a reader is shown, and the chain they stand in."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from apps.custody.models import PackageEvent
from apps.custody.selectors import Step
from apps.verify.statements import Stated, StatementFault, load_stated
from pharmatrace.kernel.custody.act import RESOLVER
from pharmatrace.kernel.gs1.identifiers import package_ids


@dataclass(frozen=True, slots=True)
class Naming:
    """A package fact of an event: which package, which number in its chain, where it stands."""

    package_id: UUID
    epc: str
    seq: int
    position: int


def namings(path: str, steps: Sequence[Step], *, whole: Collection[int]) -> list[list[Naming]]:
    """For each step the package facts to show: the package's own, and in the events of `whole` (ids)
    those of what it was in too, because a container's number may name a party. One query at most."""
    joins = [step for step in steps if step.event.id in whole and _joins_container(step)]
    containers = _containers(joins)
    out = []
    for step in steps:
        shown = []
        if step.via is None or step.event.id in whole:
            epc = RESOLVER + (step.via or path)
            shown.append(Naming(step.subject_id, epc, step.seq, step.position))
        if step.event.id in containers:
            shown.append(containers[step.event.id])
        out.append(shown)
    return out


def _joins_container(step: Step) -> bool:
    """The event puts the package into a container or takes it out, or declares one wrong that does: the
    container stands first."""
    return step.container is not None and step.position > 0


def _containers(steps: Sequence[Step]) -> dict[int, Naming]:
    """The container's own package fact of packing and unpacking events, by event id."""
    if not steps:
        return {}
    paths = {step.event.id: step.container or "" for step in steps}
    ids = dict(
        zip(paths, package_ids([uri.removeprefix(RESOLVER) for uri in paths.values()]), strict=True)
    )
    links = PackageEvent.objects.filter(package_id__in=set(ids.values()), event_id__in=list(ids))
    return {
        link.event_id: Naming(link.package_id, paths[link.event_id], link.seq, link.position)
        for link in links
        if ids[link.event_id] == link.package_id
    }


Chain = Mapping[tuple[UUID, int], bytes]


def chain_of(named: Iterable[tuple[Stated, Sequence[Naming]]]) -> Chain:
    """(package, seq) → leaf hash of that fact, for all that are named and the ones before them.

    Two queries where a container had a life before the package came in. Raises StatementFault.
    """
    namings = [(stated, one) for stated, names in named for one in names]
    chain = {
        (one.package_id, one.seq): stated.package_leaf(one.position) for stated, one in namings
    }
    before = {(one.package_id, one.seq - 1) for _, one in namings if one.seq > 0} - chain.keys()
    if before:
        links = PackageEvent.objects.filter(
            package_id__in={id for id, _ in before}, seq__in={seq for _, seq in before}
        ).values_list("package_id", "seq", "position", "event__statement_id")
        found = {(id, seq): (position, sid) for id, seq, position, sid in links}
        if gone := before - found.keys():
            raise StatementFault(f"{len(gone)} events of a container are not there")
        statements = load_stated({found[key][1] for key in before})
        for key in before:
            position, sid = found[key]
            chain[key] = statements[sid].package_leaf(position)
    return chain
