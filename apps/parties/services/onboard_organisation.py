from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from django.db import transaction

from apps.parties.models import Invitation, Licence, Membership, Organisation, User
from apps.parties.selectors import registered_prefixes
from apps.parties.services.accept_invitation import settle, take
from apps.parties.services.add_site import add_site
from apps.parties.services.apply_for_licence import apply_for_licence
from apps.parties.services.register_organisation import register_organisation
from pharmatrace.kernel.refusal import Refused

ACTIVITY: Mapping[str, str] = {
    Organisation.Kind.MANUFACTURER: Licence.Activity.MANUFACTURE,
    Organisation.Kind.DISTRIBUTOR: Licence.Activity.WHOLESALE,
    Organisation.Kind.PHARMACY: Licence.Activity.DISPENSE,
}


@transaction.atomic
def onboard_organisation(
    *,
    invitation: Invitation,
    organisation: Mapping[str, str],
    gs1_prefixes: Sequence[str] = (),
    site: Mapping[str, str],
    licence: Mapping[str, str] | None,
    person: Callable[[Invitation], User],
    at: datetime,
) -> Membership:
    """A new organisation with its first site, its signing key and its first administrator, all or nothing; and its
    licence, which waits for the authority. `organisation` and `site` are fields as `register_organisation` and
    `add_site` take them, `licence` is `authority` and `number`; `person` as in `accept_invitation`.

    Raises Refused as those do, and `licence_missing` for kinds that need one, `gs1_prefix_taken`.
    """
    row = take(invitation, at=at)
    if row.organisation_id is not None:
        raise Refused.one("invitation_unknown", "This link is not for a new organisation.")
    check_prefixes_free(gs1_prefixes)
    made = register_organisation(
        kind=row.kind, name=organisation["name"], gln=organisation["gln"],
        country=organisation["country"], gs1_prefixes=gs1_prefixes, at=at,
        street=organisation.get("street", ""), city=organisation.get("city", ""),
        state=organisation.get("state", ""), postal_code=organisation.get("postal_code", ""),
    )  # fmt: skip
    first = add_site(organisation=made, at=at, **site)
    activity = ACTIVITY.get(row.kind)
    if activity is not None:
        if licence is None:
            raise Refused.one("licence_missing", "The number of the licence is missing.")
        apply_for_licence(organisation=made, activity=activity, at=at, **licence)
    return settle(row, person(row), organisation=made, site=first, at=at)


def check_prefixes_free(prefixes: Iterable[str]) -> None:
    """Nobody registers itself under numbers of somebody else. Raises Refused `gs1_prefix_taken`."""
    taken = registered_prefixes()
    for one in prefixes:
        if any(one.startswith(other) or other.startswith(one) for other in taken):
            raise Refused.one(
                "gs1_prefix_taken",
                f"The company prefix {one} belongs to an organisation that is registered already.",
                field="gs1_prefix",
            )
