from __future__ import annotations

from datetime import datetime

from django.db import transaction

from apps.parties import deeds
from apps.parties.models import Scanner


@transaction.atomic
def retire_scanner(*, scanner: Scanner, at: datetime) -> None:
    """It is used no more; devices that remember it read without it. Retiring twice changes nothing."""
    if Scanner.objects.filter(pk=scanner.pk, retired_at=None).update(retired_at=at):
        deeds.record(
            deeds.Action.SCANNER_REMOVED,
            scanner,
            organisation_id=scanner.organisation_id,
            at=at,
            id=scanner.pk,
        )
