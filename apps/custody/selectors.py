"""Reads: packages, what happened to them, who holds what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from django.db import connection
from django.db.models import QuerySet

from apps.catalog.models import Batch, Product
from apps.custody.joined import Part, columns, split
from apps.custody.models import CustodyEvent, Package
from apps.ledger.stolen import reported_stolen
from apps.parties.models import Organisation, Site
from pharmatrace.kernel.custody.act import RESOLVER
from pharmatrace.kernel.custody.kinds import DECLARE_ERROR, ERASED, Kind, Status
from pharmatrace.kernel.gs1.identifiers import package_ids

_PACKAGE = [
    Part(Package, "p"),
    Part(Batch, "b"),
    Part(Product, "d"),
    Part(Organisation, "m"),
    Part(Organisation, "o"),
    Part(Organisation, "c"),
    Part(Site, "s"),
]
_FIND = (
    f"SELECT {columns(_PACKAGE)} FROM custody_package p"  # noqa: S608 (names of our own models)
    " LEFT JOIN catalog_batch b ON b.id = p.batch_id"
    " LEFT JOIN catalog_product d ON d.id = b.product_id"
    " LEFT JOIN parties_organisation m ON m.id = d.manufacturer_id"
    " LEFT JOIN parties_organisation o ON o.id = p.custodian_id"
    " LEFT JOIN parties_organisation c ON c.id = p.consignee_id"
    " LEFT JOIN parties_site s ON s.id = p.site_id WHERE p.id = %s"
)


def find(path: str) -> Package | None:
    """The package with this canonical path (`01/{gtin}/21/{serial}` or `00/{sscc}`), if registered,
    with its batch, product, maker, custodian, consignee and site. One query."""
    return _package(package_ids([path])[0])


def _package(id: UUID) -> Package | None:
    with connection.cursor() as cursor:
        cursor.execute(_FIND, [id])
        row = cursor.fetchone()
    if row is None:
        return None
    package, batch, product, maker, custodian, consignee, site = split(_PACKAGE, row)
    if batch is not None:
        product.manufacturer = maker
        batch.product = product
    package.batch, package.site = batch, site
    package.custodian, package.consignee = custodian, consignee
    return package


def outermost(package: Package) -> Package:
    """The package whose custody this one shares; itself where it is in nothing. One query a level."""
    while package.parent_id is not None:
        container = _package(package.parent_id)
        if container is None:
            raise Package.DoesNotExist(f"the container {package.parent_id} is not there")
        package = container
    return package


@dataclass(frozen=True, slots=True)
class Step:
    """One event in a package's life. `subject_id` is the package the event named: itself or a container
    it was in then (`via`, the container's path). `position` is that fact's place among the package facts.
    `container` is the URI of the container that a packing or unpacking is about. `declaration` is the
    errorDeclaration of a step that declares another one wrong, `wrong` the step that declares this one wrong."""

    event: CustodyEvent
    subject_id: UUID
    seq: int
    position: int
    container: str | None
    via: str | None = None
    declaration: dict[str, Any] | None = None
    wrong: Step | None = None
    stolen_since: datetime | None = None
    """Set where the key that signed it was reported stolen and it may be the thief's: as of when."""

    @property
    def stands(self) -> bool:
        """It is an act of custody, and nobody declared it wrong: what the state of a package rests on."""
        return self.wrong is None and self.event.kind not in (DECLARE_ERROR, ERASED)

    @property
    def erased(self) -> bool:
        return self.event.kind == ERASED


def history(package_id: UUID) -> list[Step]:
    """Everything that happened to a package, oldest first, what happened to its containers while it
    was inside included. One query per level of packing, whatever their contents.

    What was declared wrong is there too, with the step that says so; a packing that never was puts nothing
    inside."""
    steps = _history(package_id, via=None)
    steps.sort(key=lambda step: step.event.id)
    return steps


def _history(package_id: UUID, *, via: str | None) -> list[Step]:
    own = _with_corrections(_own_steps(package_id, via))
    steps = list(own)
    inside_since: tuple[UUID, str, int] | None = None  # container id, path, event id of packing
    for step in own:
        if not step.stands:
            continue
        if step.event.kind == Kind.PACK and step.position > 0:
            path = (step.container or "").removeprefix(RESOLVER)
            inside_since = (package_ids([path])[0], path, step.event.id)
        elif step.event.kind == Kind.UNPACK and step.position > 0 and inside_since:
            steps += _while_inside(inside_since, until=step.event.id)
            inside_since = None
    if inside_since:
        steps += _while_inside(inside_since, until=None)
    return steps


def _with_corrections(steps: list[Step]) -> list[Step]:
    """A declaration has the hash of the event it declares wrong, and speaks of the same packages."""
    declarations = {bytes(one.event.hash): one for one in steps if one.declaration is not None}
    if not declarations:
        return steps
    return [
        replace(step, wrong=declarations.get(bytes(step.event.hash)))
        if step.declaration is None
        else step
        for step in steps
    ]


_STEP = [
    Part(CustodyEvent, "e", without=["document"]),
    Part(Organisation, "a"),
    Part(Site, "s"),
    Part(Organisation, "c"),
    Part(Organisation, "r"),
]
# Of the document (thousands of EPCs) only one line matters here, and only where things are packed: a
# commissioning's is not unpacked to learn that it has no parent.
_HISTORY = (
    f"SELECT {columns(_STEP)}, h.seq, h.position,"  # noqa: S608 (names of our own models)
    " CASE WHEN e.kind IN ('pack', 'unpack', 'declare_error') THEN e.document->>'parentID' END,"
    " CASE WHEN e.kind = 'declare_error' THEN e.document->'errorDeclaration' END,"
    " k.stolen_since"
    " FROM custody_packageevent h"
    " JOIN custody_custodyevent e ON e.id = h.event_id"
    " JOIN ledger_statement t ON t.id = e.statement_id"
    " JOIN parties_signingkey k ON k.kid = t.key_id"
    " JOIN parties_organisation a ON a.id = e.actor_id"
    " JOIN parties_site s ON s.id = e.site_id"
    " LEFT JOIN parties_organisation c ON c.id = e.counterparty_id"
    " LEFT JOIN parties_organisation r ON r.id = e.reporter_id"
    " WHERE h.package_id = %s ORDER BY h.seq"
)


def _own_steps(package_id: UUID, via: str | None) -> list[Step]:
    with connection.cursor() as cursor:
        cursor.execute(_HISTORY, [package_id])
        rows = cursor.fetchall()
    return _marked([_step(package_id, via, row) for row in rows])


def _marked(steps: list[Step]) -> list[Step]:
    """Of keys that were reported stolen, only what may be the thief's keeps the mark. No query without one."""
    suspects = {one.event.statement_id for one in steps if one.stolen_since is not None}
    if not suspects:
        return steps
    marked = reported_stolen(suspects)
    return [replace(one, stolen_since=marked.get(one.event.statement_id)) for one in steps]


def _step(package_id: UUID, via: str | None, row: Sequence[Any]) -> Step:
    event, actor, site, counterparty, reporter = split(_STEP, row)
    event.actor, event.site, event.counterparty = actor, site, counterparty
    event.reporter = reporter
    seq, position, container, declaration, stolen_since = row[-5:]
    told = orjson.loads(declaration) if declaration else None
    return Step(event, package_id, seq, position, container, via, told, stolen_since=stolen_since)


def _while_inside(packing: tuple[UUID, str, int], *, until: int | None) -> Iterable[Step]:
    container, path, since = packing
    return (
        step
        for step in _history(container, via=path)
        if step.event.id > since and (until is None or step.event.id < until)
    )


def held_by(organisation_id: UUID) -> QuerySet[Package]:
    """Outermost packages in somebody's custody and hands (what they shipped is not in their hands)."""
    # Only outermost packages have a custodian; said again, because the index speaks of them alone.
    return Package.objects.filter(custodian_id=organisation_id, parent=None).exclude(
        status__in=(Status.IN_TRANSIT, Status.VOID)
    )


def incoming(organisation_id: UUID) -> QuerySet[Package]:
    return Package.objects.filter(consignee_id=organisation_id).select_related(
        "custodian", "batch__product"
    )


def as_listed(events: QuerySet[CustodyEvent]) -> QuerySet[CustodyEvent]:
    """With their parties and their place in the log, as lists show them; without the documents and what was signed,
    which is 64 kB a row where a delivery holds 2,000 loose packs."""
    signed = ("statement__cose", "statement__facts", "statement__leaves")
    return events.select_related("actor", "reporter", "counterparty", "statement__entry").defer(
        "document", *signed
    )


def contents(package_id: UUID) -> QuerySet[Package]:
    """What lies directly inside a container."""
    return Package.objects.filter(parent_id=package_id).select_related("batch__product")
