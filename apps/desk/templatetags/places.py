"""Holders and countries in words."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.desk.whereabouts.models import SELF
from apps.desk.whereabouts.selectors import Place
from apps.parties.countries import country_name

register = template.Library()
HOLDERS: dict[str, str | Promise] = {
    SELF: _("The maker"),
    "manufacturer": _("Other makers"),
    "distributor": _("Distributors"),
    "pharmacy": _("Pharmacies"),
    "regulator": _("Authorities"),
}


@register.filter
def holders(kind: str) -> Any:
    return HOLDERS.get(kind, kind)


register.filter("country", country_name)


@register.filter
def packs_of(place: Place) -> int:
    return place.here + place.coming + place.gone
