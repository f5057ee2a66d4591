from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction

from apps.parties import deeds
from apps.parties.announcing import announce_key
from apps.parties.checking import checked_address, checked_country, checked_gln, checked_text
from apps.parties.models import Organisation, RegistryChange, SigningKey
from apps.parties.signing import make_key
from pharmatrace.kernel.refusal import Refused


@transaction.atomic
def register_organisation(
    *,
    kind: str,
    name: str,
    gln: str,
    country: str,
    at: datetime,
    gs1_prefixes: Iterable[str] = (),
    with_key: bool = True,
    **address: str,
) -> Organisation:
    """A new organisation with its first signing key; the key is announced to the log. `address` is
    `street`, `city`, `state` and `postal_code`, as far as they are known.

    `with_key=False` is for a partner that others report for (`represent`): it can record nothing itself
    until it is given a key (`rotate_key`).

    Raises Refused: `organisation_kind`, `gln_…` (see kernel.gs1), `gln_taken`, `country_code`,
    `gs1_prefix`, `missing`, `too_long`.
    """
    if kind not in Organisation.Kind.values:
        raise Refused.one(
            "organisation_kind", f"There is no kind of organisation {kind!r}.", field="kind"
        )
    organisation = Organisation(
        kind=kind,
        name=checked_text(name, field="name", most=160),
        gln=checked_gln(gln),
        country=checked_country(country),
        gs1_prefixes=[_prefix(text) for text in gs1_prefixes],
        created_at=at,
        **checked_address(**address),
    )
    try:
        with transaction.atomic():
            organisation.save(force_insert=True)
    except IntegrityError as error:
        raise Refused.one(
            "gln_taken",
            f"The GLN {organisation.gln} belongs to an organisation that is registered already.",
            field="gln",
            gln=organisation.gln,
        ) from error
    deeds.record(
        deeds.Action.ORGANISATION_REGISTERED,
        organisation,
        organisation_id=organisation.pk,
        at=at,
        id=organisation.pk,
    )
    if not with_key:
        return organisation
    key = make_key(purpose=SigningKey.Purpose.ORGANISATION, organisation_id=organisation.id, at=at)
    announce_key(key, RegistryChange.Action.REGISTERED, at=at)
    return organisation


def _prefix(text: str) -> str:
    if not (text.isascii() and text.isdigit() and 4 <= len(text) <= 12):
        raise Refused.one(
            "gs1_prefix",
            f"A GS1 company prefix has 4 to 12 digits, not {text!r}.",
            field="gs1_prefixes",
            prefix=text,
        )
    return text
