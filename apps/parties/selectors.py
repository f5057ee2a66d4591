"""What can be asked of the registry. The bulk ones are one query each and return small values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from apps.parties.did import did_of
from apps.parties.models import (
    ApiToken,
    Licence,
    Membership,
    Organisation,
    RegistryChange,
    SigningKey,
    Site,
)
from apps.parties.tokens import read_token


@dataclass(frozen=True, slots=True)
class Party:
    id: UUID
    kind: str
    name: str
    gln: str
    country: str
    did: str


@dataclass(frozen=True, slots=True)
class Place:
    id: UUID
    gln: str
    organisation_id: UUID
    country: str


def organisations_by_gln(glns: Iterable[str]) -> dict[str, Party]:
    """Those of `glns` that are organisations. One query."""
    rows = Organisation.objects.filter(gln__in=set(glns)).values_list(
        "id", "kind", "name", "gln", "country"
    )
    return {
        gln: Party(id, kind, name, gln, country, did_of(id))
        for id, kind, name, gln, country in rows.order_by()
    }


def sites_by_gln(glns: Iterable[str]) -> dict[str, Place]:
    """Those of `glns` that are sites. One query."""
    rows = Site.objects.filter(gln__in=set(glns)).values_list(
        "id", "gln", "organisation_id", "country"
    )
    return {row[1]: Place(*row) for row in rows.order_by()}


def licensed(organisation_id: UUID, activity: str, on: date) -> bool:
    """True when a licence for `activity` counts on that day."""
    return _in_force(on).filter(organisation_id=organisation_id, activity=activity).exists()


def licensed_activities(organisation_ids: Iterable[UUID], on: date) -> dict[UUID, frozenset[str]]:
    """For each of `organisation_ids`, the activities it is licensed for that day. One query."""
    wanted = set(organisation_ids)
    found: dict[UUID, set[str]] = defaultdict(set)
    for organisation_id, activity in (
        _in_force(on)
        .filter(organisation_id__in=wanted)
        .order_by()
        .values_list("organisation_id", "activity")
    ):
        found[organisation_id].add(activity)
    return {organisation_id: frozenset(found[organisation_id]) for organisation_id in wanted}


def _in_force(on: date) -> QuerySet[Licence]:
    return Licence.objects.filter(
        Q(valid_until=None) | Q(valid_until__gte=on),
        valid_from__lte=on,
        suspended_at=None,
        revoked_at=None,
    )


def keys_of(organisation_id: UUID) -> list[SigningKey]:
    """All keys the organisation ever had, oldest first; never the private halves."""
    return list(
        SigningKey.objects.filter(organisation_id=organisation_id).defer("sealed_private_key")
    )


def memberships_of(user_id: int) -> QuerySet[Membership]:
    """Where a person works, longest first; organisation, site and person are loaded along."""
    return Membership.objects.filter(user_id=user_id).select_related("organisation", "site", "user")


def token_of(text: str, *, at: datetime) -> ApiToken | None:
    """The token written `text` that still opens something, its membership loaded along, or None.

    One query, none when `text` is not written like a token.
    """
    read = read_token(text)
    if read is None:
        return None
    token = (
        ApiToken.objects.filter(prefix=read.prefix)
        .select_related("membership__user", "membership__organisation", "membership__site")
        .first()
    )
    if token is None or not read.matches(bytes(token.digest)):
        return None
    if token.revoked_at or token.expires_at <= at or not token.membership.user.is_active:
        return None
    return token


def registry_facts(change: RegistryChange) -> tuple[tuple[str, Any], ...]:
    """What a registry statement says about `change`, as facts in order (DESIGN §4, entry type 2)."""
    if change.key is not None:
        about: tuple[tuple[str, Any], ...] = (
            ("registry", "key"),
            ("organisation", change.organisation.did),
            ("kid", change.key.kid),
            ("public_key", change.key.public_key),
        )
    else:
        assert change.licence is not None
        about = _licence_facts(change.organisation, change.licence)
    return (*about, ("action", str(change.action)), ("time", _iso(change.changed_at)))


def _licence_facts(organisation: Organisation, licence: Licence) -> tuple[tuple[str, Any], ...]:
    facts: list[tuple[str, Any]] = [
        ("registry", "licence"),
        ("organisation", organisation.did),
        ("authority", licence.authority),
        ("number", licence.number),
        ("activity", str(licence.activity)),
        ("valid_from", licence.valid_from.isoformat()),
    ]
    if licence.valid_until is not None:
        facts.append(("valid_until", licence.valid_until.isoformat()))
    return tuple(facts)


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
