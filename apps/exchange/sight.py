"""Which events a reader sees, and how much of each (DESIGN §6).

A regulator sees all. An organisation sees what it did and what was sent to it, and what was declared wrong
of that. Everything upstream it sees by asking for a package it had: then the package's earlier events are
there too, each with the packages that the question names and no others, since a partner's serials are
nobody else's business.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.custody.levels import is_party_to, level_of, party_to, whole_events
from apps.custody.models import CustodyEvent, Package, PackageEvent
from apps.custody.selectors import Step, history
from apps.parties.models import Membership, Organisation
from pharmatrace.kernel.custody.act import RESOLVER
from pharmatrace.kernel.custody.kinds import ERASED, Kind
from pharmatrace.kernel.gs1.identifiers import package_ids

_KEPT = ~Q(kind=ERASED)
"""Of an event that was erased there is no document to show."""


@dataclass(slots=True)
class Sight:
    """`where` over CustodyEvent. `narrowed`: per event seen only by its packages, which URIs show."""

    where: Q = field(default_factory=Q)
    narrowed: dict[int, set[str]] = field(default_factory=dict)


def sight_of(reader: Membership, named: Iterable[str] = ()) -> Sight:
    """`named` are the packages (canonical URIs) the question is about: a few queries for each."""
    if sees_all(reader):
        return Sight(_KEPT)
    sight = Sight()
    for uri in sorted(named):
        steps = history(package_ids([uri.removeprefix(RESOLVER)])[0])
        for id, shown in _upstream(uri, steps, reader).items():
            sight.narrowed.setdefault(id, set()).update(shown)
    seen = party_to(reader.organisation_id) | Q(id__in=list(sight.narrowed))
    sight.where = seen & _KEPT
    return sight


def sees_all(reader: Membership) -> bool:
    return reader.organisation.kind == Organisation.Kind.REGULATOR


def sees_package(reader: Membership, uri: str) -> bool:
    steps = history(package_ids([uri.removeprefix(RESOLVER)])[0])
    return bool(steps) and level_of(reader, steps) != "public"


def packages_seen(reader: Membership) -> QuerySet[Package]:
    """Packages that an event names which the reader did or received."""
    if sees_all(reader):
        return Package.objects.all()
    events = PackageEvent.objects.filter(package_id=OuterRef("pk"))
    return Package.objects.filter(
        Exists(events.filter(party_to(reader.organisation_id, "event__")))
    )


def _upstream(uri: str, steps: list[Step], reader: Membership) -> dict[int, set[str]]:
    """Events of a package that the reader sees because it had the package, with what it sees of them."""
    mine = reader.organisation_id
    ids = whole_events(steps, level=level_of(reader, steps), organisation_id=mine)
    earlier = [
        step
        for step in steps
        if step.event.id in ids
        and step.via is None
        and not is_party_to(step.event, mine)
        # What others took out of a container names only packages that never came with it; and an
        # unpacking without children would say that all were taken out (EPCIS 2.0 §7.4.3).
        and not (step.event.kind == Kind.UNPACK and step.position == 0)
        # Of a packing that never was, nothing is left to show but what went in.
        and (step.stands or step.container is None or step.position > 0)
    ]
    shown = {step.event.id: {uri} for step in earlier}
    packings = [
        one for one in earlier if one.event.kind == Kind.PACK and one.position == 0 and one.stands
    ]
    if packings:
        _add_contents(shown, packings, steps, mine)
    return shown


def _add_contents(
    shown: dict[int, set[str]], packings: list[Step], steps: list[Step], mine: UUID
) -> None:
    """A container came with what was in it: children packed before it reached the reader, and not taken
    out again on the way."""
    unpackings = [
        one for one in steps if one.event.kind == Kind.UNPACK and one.position == 0 and one.stands
    ]
    ids = [one.event.id for one in (*packings, *unpackings)]
    children: dict[int, Any] = dict(
        CustodyEvent.objects.filter(id__in=ids).values_list("id", "document__childEPCs")
    )
    for packing in packings:
        since = packing.event.id
        reached = min(
            s.event.id for s in steps if s.event.id > since and is_party_to(s.event, mine)
        )
        gone = {
            child
            for one in unpackings
            if since < one.event.id < reached
            for child in children[one.event.id]
        }
        came = set(children[since]) - gone
        if came:
            shown[since] |= came
        else:
            del shown[since]
