"""What the makers' first pages show: the public looks at packs, and where packs are is counted."""

from __future__ import annotations

from datetime import datetime, timedelta

from apps.catalog.models import Batch
from apps.custody.models import Package
from apps.desk.whereabouts.counting import count_due
from apps.safety.looks import count_look
from apps.safety.models import PublicLook
from pharmatrace.demo.highlights import Highlight, Highlights
from pharmatrace.kernel.custody.act import RESOLVER
from pharmatrace.kernel.gs1.identifiers import package_id

COUNTING = 60.0  # seconds at most; the rest is counted in the background


def draw_attention(packs: Highlights, *, at: datetime) -> None:
    """People in two countries check a sound pack now and then, and a copied one often. A second time changes nothing
    of the looks."""
    if not PublicLook.objects.exists():
        for day in range(6):
            _looked(packs.good, at=at - timedelta(days=2 * day), countries=("PT",))
            _looked(packs.cloned, at=at - timedelta(days=day), countries=("PT", "PT", "ES"))
    count_due(at=at, seconds=COUNTING)


def _looked(pack: Highlight, *, at: datetime, countries: tuple[str, ...]) -> None:
    id = package_id(pack.uri.removeprefix(RESOLVER))
    batch: Batch | None = Package.objects.select_related("batch").get(pk=id).batch
    for number, country in enumerate(countries):
        count_look(
            package_id=id,
            batch_id=batch.pk if batch else None,
            country=country,
            visitor=f"{country} {number}",
            since=at.date(),
            at=at,
        )
