"""What can be asked of the registry. The bulk ones are one query each and return small values."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.contrib.postgres.aggregates import ArrayAgg
from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.parties.actor import Actor
from apps.parties.models import (
    ApiToken,
    Licence,
    Membership,
    Organisation,
    RegistryChange,
    Scanner,
    SigningKey,
    Site,
)
from apps.parties.tokens import read_token


@dataclass(frozen=True, slots=True)
class Party:
    """`activities` are those it is licensed for on the day that was asked about."""

    id: UUID
    kind: str
    name: str
    gln: str
    activities: frozenset[str]


@dataclass(frozen=True, slots=True)
class Place:
    id: UUID
    gln: str
    organisation_id: UUID
    country: str


def parties_by_gln(glns: Iterable[str], *, on: date) -> dict[str, Party]:
    """Those of `glns` that are organisations, with what they are licensed for that day. One query."""
    return {one.gln: one for one in _parties(Organisation.objects.filter(gln__in=set(glns)), on)}


def represented(
    representative_id: UUID, partner_ids: Collection[UUID], *, on: date
) -> dict[UUID, Party]:
    """Those of `partner_ids` that this organisation records for: it represents them, and they have no active key.

    Two queries, none without ids. Call it inside the transaction that stores what is recorded: a key that the
    partner is given meanwhile waits for it.
    """
    if not partner_ids:
        return {}
    with connection.cursor() as cursor:
        # FOR SHARE waits for rotate_key; whether there is a key is asked afterwards.
        cursor.execute(
            "SELECT o.id FROM parties_organisation o JOIN parties_representation r"
            " ON r.partner_id = o.id WHERE r.representative_id = %s AND o.id = ANY(%s::uuid[])"
            " ORDER BY o.id FOR SHARE OF o",
            [representative_id, [str(id) for id in partner_ids]],
        )
        ids = [id for (id,) in cursor.fetchall()]
    if not ids:
        return {}
    own_key = SigningKey.objects.filter(
        organisation=OuterRef("pk"), retired_at=None, revoked_at=None
    )
    keyless = Organisation.objects.filter(~Exists(own_key), id__in=ids)
    return {one.id: one for one in _parties(keyless, on)}


def _parties(organisations: QuerySet[Organisation], on: date) -> list[Party]:
    """With what they are licensed for that day. One query."""
    activities = ArrayAgg("licences__activity", filter=_in_force(on, "licences__"), default=[])
    rows = organisations.annotate(licensed_for=activities).values_list(
        "id", "kind", "name", "gln", "licensed_for"
    )
    return [
        Party(id, kind, name, gln, frozenset(licensed))
        for id, kind, name, gln, licensed in rows.order_by()
    ]


def owners_of_prefixes(prefixes: Iterable[str]) -> dict[str, UUID]:
    """Those of `prefixes` that are registered GS1 company prefixes, with whose they are. One query."""
    wanted = set(prefixes)
    if not wanted:
        return {}
    rows = Organisation.objects.filter(gs1_prefixes__overlap=list(wanted)).values_list(
        "id", "gs1_prefixes"
    )
    return {prefix: id for id, owned in rows.order_by() for prefix in owned if prefix in wanted}


def registered_prefixes() -> set[str]:
    """The GS1 company prefixes of all organisations. One query."""
    rows = Organisation.objects.exclude(gs1_prefixes=[]).order_by()
    return {prefix for owned in rows.values_list("gs1_prefixes", flat=True) for prefix in owned}


def sites_by_gln(glns: Iterable[str]) -> dict[str, Place]:
    """Those of `glns` that are sites. One query."""
    rows = Site.objects.filter(gln__in=set(glns)).values_list(
        "id", "gln", "organisation_id", "country"
    )
    return {row[1]: Place(*row) for row in rows.order_by()}


def licensed(organisation_id: UUID, activity: str, on: date) -> bool:
    """True when a licence for `activity` counts on that day."""
    return Licence.objects.filter(
        _in_force(on), organisation_id=organisation_id, activity=activity
    ).exists()


def _in_force(on: date, via: str = "") -> Q:
    """A licence (reached by the lookup `via`) counts on that day."""
    not_over = Q(**{f"{via}valid_until__isnull": True}) | Q(**{f"{via}valid_until__gte": on})
    begun_and_not_taken_away = {
        f"{via}valid_from__lte": on,
        f"{via}suspended_at__isnull": True,
        f"{via}revoked_at__isnull": True,
    }
    return not_over & Q(**begun_and_not_taken_away)


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
    told = (*about, ("action", str(change.action)), ("time", _iso(change.changed_at)))
    return told if change.since is None else (*told, ("since", int(change.since.timestamp())))


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


def scanners_at(actor: Actor) -> QuerySet[Scanner]:
    """The scanners in use at the actor's site."""
    return Scanner.objects.filter(
        organisation_id=actor.organisation_id, site_id=actor.site_id, retired_at=None
    )
