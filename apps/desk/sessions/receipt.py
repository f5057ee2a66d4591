"""The events of a receipt: what comes out of its container, what is received, what is refused, delivery by delivery."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from apps.custody.models import Package
from apps.desk.deliveries import with_reference
from apps.desk.models import ScanLine
from apps.desk.recording import in_events
from apps.desk.sessions.events import receipt_for
from apps.desk.sessions.settling import Settled, settle
from apps.desk.sessions.trees import Tree, above, tree_under
from apps.parties.actor import Actor
from apps.parties.models import Organisation
from pharmatrace.kernel.custody import acts
from pharmatrace.kernel.epcis.model import Event
from pharmatrace.kernel.gs1.identifiers import ID_STEM


@dataclass(slots=True)
class Receipt:
    """`senders` gives sender and delivery number of each outermost package; `tops` the outermost one of each."""

    settled: Settled
    tree: Tree
    tops: dict[UUID, UUID] = field(default_factory=dict)
    senders: dict[UUID, tuple[Organisation, str]] = field(default_factory=dict)

    def events(self, *, actor: Actor, at: datetime) -> list[Event]:
        paths, settled = self.tree.paths, self.settled
        found: list[Event] = [
            acts.unpack(ID_STEM + paths[id], portion, site_gln=actor.site_gln, at=at)
            for id, out in settled.unpacked
            for portion in in_events([ID_STEM + paths[one] for one in out])
        ]
        for ids, refusing in ((settled.received, False), (settled.refused, True)):
            for (sender, reference), uris in self._by_delivery(ids).items():
                found += [
                    receipt_for(
                        portion,
                        sender=sender,
                        reference=reference,
                        actor=actor,
                        at=at,
                        refusing=refusing,
                    )
                    for portion in in_events(uris)
                ]
        return found

    def _by_delivery(self, ids: Sequence[UUID]) -> dict[tuple[Organisation, str], list[str]]:
        groups: dict[tuple[Organisation, str], list[str]] = {}
        for id in ids:
            groups.setdefault(self.senders[self.tops[id]], []).append(ID_STEM + self.tree.paths[id])
        return groups


def receipt_of(lines: Sequence[ScanLine], *, whole: Collection[UUID] = ()) -> Receipt:
    """From the lines that count. `whole` are containers that are said to have arrived with all that is inside,
    though only a part was scanned. A handful of queries."""
    scanned = {line.package_id: line.path for line in lines if line.package_id}
    refused = {line.package_id for line in lines if line.package_id and line.reason}
    around = above(scanned)
    tops = {id: around[id][-1] if id in around else (id, path) for id, path in scanned.items()}
    paths = dict(tops.values())
    opened = _opened(scanned, refused, {id: top for id, (top, _) in tops.items()})
    tree = tree_under(opened)
    tree.paths |= paths | scanned
    given = (set(scanned) - refused) | set(whole)
    settled = settle(list(paths), tree, given=given, refused=refused)
    return Receipt(
        settled=settled,
        tree=tree,
        tops=_tops(paths, tree),
        senders=_senders(paths),
    )


def _opened(
    scanned: Mapping[UUID, str], refused: Collection[UUID], tops: Mapping[UUID, UUID]
) -> set[UUID]:
    """Outermost containers that did not simply arrive as one: something inside was scanned, and not they
    themselves, or something inside is refused."""
    return {
        top
        for id, top in tops.items()
        if id != top and (id in refused or top not in scanned or top in refused)
    }


def _tops(paths: Mapping[UUID, str], tree: Tree) -> dict[UUID, UUID]:
    found: dict[UUID, UUID] = {}
    for top in paths:
        waiting = [top]
        while waiting:
            id = waiting.pop()
            found[id] = top
            waiting += tree.children.get(id, ())
    return found


def _senders(paths: Mapping[UUID, str]) -> dict[UUID, tuple[Organisation, str]]:
    rows = with_reference(Package.objects.filter(id__in=list(paths))).values_list(
        "id", "custodian_id", "reference"
    )
    found = {id: (custodian, reference) for id, custodian, reference in rows}
    parties = Organisation.objects.in_bulk({custodian for custodian, _ in found.values()})
    return {id: (parties[custodian], reference) for id, (custodian, reference) in found.items()}
