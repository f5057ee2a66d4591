"""The search box among the packs of a batch."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest

from apps.catalog.models import Batch
from apps.desk.scans import read_scan
from pharmatrace.kernel.gs1.identifiers import package_id, sgtin_path

MOST = 100  # characters


def asked_for(request: HttpRequest) -> str:
    """What stands in the search box, without what no list can hold."""
    return request.GET.get("q", "")[:MOST].replace("\x00", "").strip()


def pack_named(asked: str, batch: Batch) -> UUID:
    """The id of the pack that a serial or a whole code names; of nothing, where it names none."""
    identity = read_scan(asked).identity
    if identity is not None:
        return identity.package_id
    return package_id(sgtin_path(batch.product.gtin, asked))
