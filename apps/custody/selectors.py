"""Reads: packages, what happened to them, who holds what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Case, QuerySet, TextField, Value, When
from django.db.models.fields.json import KeyTextTransform

from apps.custody.models import CustodyEvent, Package, PackageEvent
from pharmatrace.kernel.custody.act import RESOLVER
from pharmatrace.kernel.custody.kinds import Kind
from pharmatrace.kernel.gs1.identifiers import package_ids


def find(path: str) -> Package | None:
    """The package with this canonical path (`01/{gtin}/21/{serial}` or `00/{sscc}`), if registered."""
    return (
        Package.objects.select_related("batch__product__manufacturer", "custodian", "site")
        .filter(id=package_ids([path])[0])
        .first()
    )


def outermost(package: Package) -> Package:
    """The package whose custody this one shares; itself where it is in nothing."""
    while package.parent_id is not None:
        package = Package.objects.select_related("custodian", "site", "consignee").get(
            id=package.parent_id
        )
    return package


@dataclass(frozen=True, slots=True)
class Step:
    """One event in a package's life. `subject_id` is the package the event named: itself or a container
    it was in then (`via`, the container's path). `position` is that fact's place among the package facts.
    `container` is the URI of the container that a packing or unpacking is about."""

    event: CustodyEvent
    subject_id: UUID
    seq: int
    position: int
    container: str | None
    via: str | None = None


def history(package_id: UUID) -> list[Step]:
    """Everything that happened to a package, oldest first, what happened to its containers while it
    was inside included. One query per level of packing, whatever their contents."""
    steps = _history(package_id, via=None)
    steps.sort(key=lambda step: step.event.id)
    return steps


def _history(package_id: UUID, *, via: str | None) -> list[Step]:
    own = _own_steps(package_id, via)
    steps = list(own)
    inside_since: tuple[UUID, str, int] | None = None  # container id, path, event id of packing
    for step in own:
        if step.event.kind == Kind.PACK and step.position > 0:
            path = (step.container or "").removeprefix(RESOLVER)
            inside_since = (package_ids([path])[0], path, step.event.id)
        elif step.event.kind == Kind.UNPACK and step.position > 0 and inside_since:
            steps += _while_inside(inside_since, until=step.event.id)
            inside_since = None
    if inside_since:
        steps += _while_inside(inside_since, until=None)
    return steps


def _own_steps(package_id: UUID, via: str | None) -> list[Step]:
    links = (
        PackageEvent.objects.filter(package_id=package_id)
        .select_related("event__actor", "event__site", "event__counterparty")
        .defer("event__document")
        .annotate(container=_CONTAINER)
        .order_by("seq")
    )
    return [
        Step(link.event, package_id, link.seq, link.position, link.container, via) for link in links
    ]


# Of the document (thousands of EPCs) only one line matters here, and only where things are packed: a
# commissioning's is not unpacked to learn that it has no parent.
_CONTAINER = Case(
    When(
        event__kind__in=[Kind.PACK, Kind.UNPACK],
        then=KeyTextTransform("parentID", "event__document"),
    ),
    default=Value(None),
    output_field=TextField(),
)


def _while_inside(packing: tuple[UUID, str, int], *, until: int | None) -> Iterable[Step]:
    container, path, since = packing
    return (
        step
        for step in _history(container, via=path)
        if step.event.id > since and (until is None or step.event.id < until)
    )


def held_by(organisation_id: UUID) -> QuerySet[Package]:
    """Outermost packages in somebody's custody and hands (what they shipped is not in their hands)."""
    return Package.objects.filter(custodian_id=organisation_id).exclude(status="in_transit")


def incoming(organisation_id: UUID) -> QuerySet[Package]:
    return Package.objects.filter(consignee_id=organisation_id).select_related(
        "custodian", "batch__product"
    )


def outgoing(organisation_id: UUID) -> QuerySet[Package]:
    return Package.objects.filter(custodian_id=organisation_id, status="in_transit").select_related(
        "consignee", "batch__product"
    )


def contents(package_id: UUID) -> QuerySet[Package]:
    """What lies directly inside a container."""
    return Package.objects.filter(parent_id=package_id).select_related("batch__product")


def events_of(organisation_id: UUID) -> QuerySet[CustodyEvent]:
    """What an organisation recorded, newest first, without the documents."""
    return (
        CustodyEvent.objects.defer("document")
        .filter(actor_id=organisation_id)
        .select_related("site", "counterparty", "statement__entry")
        .order_by("-id")
    )
