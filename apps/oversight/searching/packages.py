"""Packages by what stands on them. Their ids are computed from their codes (DESIGN §3), so a serial alone is looked
up by computing it for every product there is: no index grows with the packs."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.catalog.models import Product
from apps.custody.levels import party_to
from apps.custody.models import Package, PackageEvent
from apps.oversight.searching.asked import Asked
from apps.parties.actor import Actor
from apps.parties.models import Organisation
from pharmatrace.kernel.gs1.identifiers import package_ids, sgtin_path

MOST_PRODUCTS = 20_000


def packages(asked: Asked, actor: Actor) -> QuerySet[Package] | None:
    """Packages that the text may name; None where it can name none. Two queries for a serial alone, the second of
    which the caller asks."""
    rows = Package.objects.select_related("batch__product")
    if asked.package:
        return rows.filter(pk=package_ids([asked.package])[0])
    if not asked.serial:
        return None
    gtins = Product.objects.order_by().values_list("gtin", flat=True)[:MOST_PRODUCTS]
    paths = [sgtin_path(gtin, asked.serial) for gtin in gtins]
    rows = rows.filter(pk__in=package_ids(paths))
    return rows if actor.kind == Organisation.Kind.REGULATOR else rows.filter(_handled(actor))


def _handled(actor: Actor) -> Q:
    """Of a serial alone others are told only what went through their own hands: a whole code says that somebody has
    the pack, a serial can be guessed."""
    me = actor.organisation_id
    touched = PackageEvent.objects.filter(party_to(me, on="event__"), package_id=OuterRef("pk"))
    return Q(Exists(touched)) | Q(custodian_id=me) | Q(parent__custodian_id=me)
