from __future__ import annotations

from typing import Any

from django.db import transaction

from apps.parties.checking import (
    checked_address,
    checked_coordinates,
    checked_country,
    checked_text,
)
from apps.parties.models import Site


@transaction.atomic
def change_site(*, site: Site, **changes: str) -> Site:
    """The site with other words about it: `name`, `country`, `street`, `city`, `state`, `postal_code`,
    `coordinates`. What is not named stays; the GLN never changes.

    Who may is decided by the caller. Raises Refused: `country_code`, `coordinates`, `missing`, `too_long`.
    """
    site = Site.objects.select_for_update().get(pk=site.pk)
    values = described(changes)
    for name, value in values.items():
        setattr(site, name, value)
    site.save(update_fields=list(values))
    return site


def described(changes: dict[str, str]) -> dict[str, Any]:
    """The words that describe a site or an organisation, as they are stored."""
    values: dict[str, Any] = {}
    for name, text in changes.items():
        if name == "name":
            values[name] = checked_text(text, field="name", most=160)
        elif name == "coordinates":
            values |= checked_coordinates(text)
        elif name == "country":
            values[name] = checked_country(text)
        else:
            values |= checked_address(**{name: text})
    return values
