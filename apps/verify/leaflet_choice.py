"""Which leaflet a reader sees: in their language, for the market of the pack; the others beside it."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest

from apps.catalog.leaflets import best_leaflet, current_leaflets
from apps.catalog.models import Leaflet, Product
from pharmatrace.language import wanted


@dataclass(frozen=True, slots=True)
class Choice:
    """`foreign`: the reader asked for none of the languages there are."""

    best: Leaflet
    others: list[Leaflet]
    foreign: bool


def choose_leaflet(request: HttpRequest, product: Product) -> Choice | None:
    """None where the product has no leaflet here. One query."""
    leaflets = current_leaflets(product.pk)
    languages = wanted(request)
    best = best_leaflet(leaflets, languages=languages, market=product.market)
    if best is None:
        return None
    return Choice(
        best, [one for one in leaflets if one.pk != best.pk], best.language not in languages
    )
