from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from apps.parties.checking import (
    checked_address,
    checked_coordinates,
    checked_country,
    checked_gln,
    checked_text,
)
from apps.parties.models import Organisation, Site
from pharmatrace.kernel.refusal import Refused


@transaction.atomic
def add_site(
    *,
    organisation: Organisation,
    gln: str,
    name: str,
    city: str,
    country: str,
    at: datetime,
    street: str = "",
    state: str = "",
    postal_code: str = "",
    coordinates: str = "",
) -> Site:
    """A place of the organisation, named by its GLN. `coordinates` are latitude and longitude, if they are known.

    Raises Refused: `gln_…` (see kernel.gs1), `gln_taken`, `country_code`, `coordinates`, `missing`, `too_long`.
    """
    site = Site(
        organisation_id=organisation.pk,
        gln=checked_gln(gln),
        name=checked_text(name, field="name", most=160),
        country=checked_country(country),
        created_at=at,
        **checked_coordinates(coordinates),
        **checked_address(city=city[:80], street=street, state=state, postal_code=postal_code),
    )
    try:
        with transaction.atomic():
            site.save(force_insert=True)
    except IntegrityError as error:
        raise Refused.one(
            "gln_taken",
            f"The GLN {site.gln} belongs to a site that is registered already.",
            field="gln",
            gln=site.gln,
        ) from error
    return site
