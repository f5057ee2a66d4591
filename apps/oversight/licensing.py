"""The register of licences as an authority keeps it. Each change becomes an entry of the log (apps/parties/announcing).

An authority grants in its own name and country, and changes what it has granted itself.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet

from apps.parties.models import Licence, Membership, Organisation
from apps.parties.permissions import may
from apps.parties.services import (
    grant_licence,
    reinstate_licence,
    revoke_licence,
    suspend_licence,
)
from pharmatrace.kernel.refusal import Refused

SOON = timedelta(days=90)
STATES = ("in_force", "ends_soon", "over", "suspended", "revoked")
VERBS = {"suspend": suspend_licence, "revoke": revoke_licence, "reinstate": reinstate_licence}


def licences(
    *, on: date, state: str = "", activity: str = "", country: str = ""
) -> QuerySet[Licence]:
    """The register, narrowed; those that end first stand first."""
    rows = Licence.objects.select_related("organisation")
    if state in STATES:
        rows = rows.filter(_in_state(state, on))
    if activity in Licence.Activity.values:
        rows = rows.filter(activity=activity)
    if country:
        rows = rows.filter(organisation__country=country)
    return rows.order_by("valid_until", "authority", "number")


def _in_state(state: str, on: date) -> Q:
    standing = Q(suspended_at=None, revoked_at=None)
    lasting = Q(valid_until=None) | Q(valid_until__gte=on)
    return {
        "in_force": standing & lasting & Q(valid_from__lte=on),
        "ends_soon": standing & Q(valid_until__gte=on, valid_until__lte=on + SOON),
        "over": standing & Q(valid_until__lt=on),
        "suspended": Q(suspended_at__isnull=False, revoked_at=None),
        "revoked": Q(revoked_at__isnull=False),
    }[state]


def state_of(licence: Licence, *, on: date) -> str:
    """One of STATES, or `not_yet`."""
    if licence.revoked_at:
        return "revoked"
    if licence.suspended_at:
        return "suspended"
    if licence.valid_from > on:
        return "not_yet"
    if licence.valid_until is None or licence.valid_until > on + SOON:
        return "in_force"
    return "ends_soon" if licence.valid_until >= on else "over"


def may_change(by: Membership, licence: Licence) -> bool:
    return may(by, "parties.suspend_licence") and licence.authority == by.organisation.name


def grant(
    *,
    by: Membership,
    organisation: Organisation,
    number: str,
    activity: str,
    valid_from: date,
    valid_until: date | None,
    at: datetime,
) -> Licence:
    """Raises Refused: `not_the_authority`, `other_country`, and what `grant_licence` refuses."""
    if not may(by, "parties.suspend_licence"):
        raise Refused.one("not_the_authority", "An administrator of the authority grants licences.")
    if organisation.country != by.organisation.country:
        raise Refused.one(
            "other_country",
            f"{organisation.name} is in {organisation.country}. Its licences are that country's to grant.",
            field="organisation",
        )
    return grant_licence(
        organisation=organisation,
        authority=by.organisation.name,
        number=number,
        activity=activity,
        valid_from=valid_from,
        valid_until=valid_until,
        at=at,
    )


def change(*, by: Membership, licence: Licence, verb: str, at: datetime) -> Licence:
    """`verb` is one of VERBS. Raises Refused: `not_the_authority`, and what its service refuses."""
    if not may_change(by, licence):
        raise Refused.one(
            "not_the_authority",
            f"This licence was granted by {licence.authority}. Only an administrator there changes it.",
        )
    return VERBS[verb](licence=licence, at=at)
