"""Which refused scans are a reason to worry, and which are a tired hand scanning twice.

An alarm that is raised for nothing is a harm of its own: people learn to ignore the next one. So a second
scan by whoever dispensed the pack, or by the consignee before receiving, raises nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.dispatch import receiver

from apps.custody.models import Package, RefusedEvent
from apps.custody.selectors import outermost
from apps.custody.signals import events_refused
from apps.parties import selectors as parties
from apps.parties.actor import Actor
from apps.parties.countries import in_english
from apps.safety.models import Alert
from pharmatrace.kernel.custody.act import RESOLVER
from pharmatrace.kernel.custody.kinds import DECLARE_ERROR

OUT_OF_THE_CHAIN = frozenset(
    {"supplied", "destroyed", "exported", "stolen", "sample", "decommissioned"}
)
_WORDS = {
    Alert.Kind.CLONE: "{path} left the chain elsewhere and was presented again by {who}. One of the "
    "two is not genuine.",
    Alert.Kind.UNKNOWN: "{path} was never registered, and was presented by {who}.",
    Alert.Kind.RECALLED: "{path} belongs to a recalled batch and {who} tried to hand it on.",
}
_VOID = "{path} was registered by mistake, so nothing should bear it, and was presented by {who}."


@receiver(events_refused)
def raise_alerts(
    sender: object, *, actor: Actor, refused: Sequence[RefusedEvent], **_: Any
) -> None:
    """One alert for whoever scanned, and for a clone or unknown pack one for its maker too."""
    packages = {
        package.id: package
        for package in Package.objects.filter(
            id__in={row.package_id for row in refused if row.package_id}
        ).select_related("batch__product")
    }
    places = _places(refused, actor)
    alerts: list[Alert] = []
    for row in refused:
        package = packages.get(row.package_id) if row.package_id else None
        place = places.get(_site(row), (actor.organisation_id, actor.site_id))
        kind = _finding(row, package, place)
        if kind is not None:
            alerts += _alerts(kind, row, package, actor)
    Alert.objects.bulk_create(alerts)


Place = tuple[UUID, UUID]
"""An organisation and a site of its."""


def _places(refused: Sequence[RefusedEvent], actor: Actor) -> Mapping[str, Place]:
    """Where packs were presented, by GLN: sites of the actor's, whose machine may stand at another, and of
    partners it records for. Three queries at most, however much was refused."""
    sites = parties.sites_by_gln({site for row in refused if (site := _site(row))})
    others = {site.organisation_id for site in sites.values()} - {actor.organisation_id}
    own = {actor.organisation_id} | parties.represented(
        actor.organisation_id, others, on=refused[0].recorded_at.date()
    ).keys()
    return {
        gln: (site.organisation_id, site.id)
        for gln, site in sites.items()
        if site.organisation_id in own
    }


def _site(row: RefusedEvent) -> str:
    """The GLN of the site that a refused event names, as `kernel.custody.act.site_of` reads it."""
    head = f"{RESOLVER}414/"
    for name in ("bizLocation", "readPoint"):
        uri = row.document.get(name, {}).get("id", "")
        if uri.startswith(head):
            return str(uri[len(head) : len(head) + 13])
    return ""


def _finding(row: RefusedEvent, package: Package | None, place: Place) -> str | None:
    if row.kind == DECLARE_ERROR:
        return None  # somebody corrects a record; nobody presented a pack
    if row.code in ("unknown_package", "void"):
        return Alert.Kind.UNKNOWN
    if row.code == "recalled" and row.kind in ("ship", "dispense"):
        return Alert.Kind.RECALLED
    if package is None:
        return None
    top = outermost(package)  # inside a container, the container's state is the package's
    if (top.custodian_id, top.site_id) != place and top.status in OUT_OF_THE_CHAIN:
        return Alert.Kind.CLONE
    return None


def _alerts(kind: str, row: RefusedEvent, package: Package | None, actor: Actor) -> list[Alert]:
    told: set[UUID] = {actor.organisation_id}
    if kind in (Alert.Kind.CLONE, Alert.Kind.UNKNOWN) and package is not None:
        told.add(outermost(package).custodian_id or actor.organisation_id)
        if package.batch is not None:
            told.add(package.batch.product.manufacturer_id)
    words = _VOID if row.code == "void" else _WORDS[Alert.Kind(kind)]
    sentence = words.format(
        path=row.package_path, who=f"a {actor.kind} in {in_english(actor.country)}"
    )
    return [
        Alert(
            kind=kind,
            package_id=row.package_id,
            package_path=row.package_path,
            batch=package.batch if package else None,
            refused=row,
            raised_for_id=party,
            sentence=sentence,
            raised_at=row.recorded_at,
        )
        for party in told
    ]
