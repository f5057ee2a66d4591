from __future__ import annotations

from datetime import datetime

from django.db import transaction

from apps.parties.announcing import announce_key
from apps.parties.models import Membership, RegistryChange, SigningKey
from apps.parties.permissions import may
from pharmatrace.kernel.refusal import Refused


@transaction.atomic
def report_stolen_key(
    *, key: SigningKey, since: datetime, at: datetime, by: Membership | None = None
) -> RegistryChange:
    """The key signs nothing more at once, and whatever it signed since that moment is marked as possibly the
    thief's, on every page and in every bundle.

    `by` is an administrator of the key's organisation or of the regulator, None for the registrar at the
    command line or in the admin. It may be reported again with an earlier moment, never with a later one: a
    report is not taken back. Raises Refused: `not_yours`, `not_an_organisations_key`, `theft_in_the_future`,
    `theft_known_already`.
    """
    key = SigningKey.objects.select_for_update().get(pk=key.pk)
    check_report(key=key, since=since, at=at)
    if by is not None and not _is_its_business(by, key):
        raise Refused.one(
            "not_yours",
            "An administrator of the organisation whose key it is, or of the regulator, reports it.",
        )
    if key.is_active:
        key.revoked_at = at
        key.save(update_fields=["revoked_at"])
        announce_key(key, RegistryChange.Action.REVOKED, at=at)
    key.stolen_since = since
    key.save(update_fields=["stolen_since"])
    return announce_key(key, RegistryChange.Action.STOLEN, at=at, since=since)


def check_report(*, key: SigningKey, since: datetime, at: datetime) -> None:
    """Raises Refused where the key cannot be reported stolen as of `since`."""
    if key.organisation_id is None:
        raise Refused.one(
            "not_an_organisations_key",
            "The registrar's key is the installation's own: manage.py recover says what to do.",
        )
    if since > at:
        raise Refused.one(
            "theft_in_the_future", "A key is reported stolen as of a moment that has passed."
        )
    if key.stolen_since is not None and since >= key.stolen_since:
        raise Refused.one(
            "theft_known_already",
            f"Key {key} is reported stolen as of {key.stolen_since.isoformat()} already.",
        )


def _is_its_business(by: Membership, key: SigningKey) -> bool:
    own = by.organisation_id == key.organisation_id and may(by, "parties.revoke_key")
    return own or may(by, "parties.report_any_stolen_key")
